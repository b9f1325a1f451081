# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME cli.usage
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/cli_test.sh" $<TARGET_FILE:assay>
        $<TARGET_FILE:assay-device> "${PROJECT_SOURCE_DIR}"
        "${CMAKE_CURRENT_BINARY_DIR}/cli")
set_tests_properties(cli.usage PROPERTIES TIMEOUT 300)
endif()
