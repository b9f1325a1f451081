# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME cli.initial
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/initial_test.sh" $<TARGET_FILE:assay>
        $<TARGET_FILE:assay-device> "${PROJECT_SOURCE_DIR}"
        "${CMAKE_CURRENT_BINARY_DIR}/initial")
set_tests_properties(cli.initial PROPERTIES TIMEOUT 120)
endif()
