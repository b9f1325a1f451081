# SPDX-License-Identifier: Apache-2.0
add_test(NAME cli.package
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/package_test.sh" $<TARGET_FILE:assay>
        "${CMAKE_CURRENT_BINARY_DIR}/package")
set_tests_properties(cli.package PROPERTIES TIMEOUT 120)
