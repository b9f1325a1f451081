# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME cli.recheck
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/recheck_test.sh" $<TARGET_FILE:assay>
        $<TARGET_FILE:assay-device> "${PROJECT_SOURCE_DIR}"
        "${CMAKE_CURRENT_BINARY_DIR}/recheck")
set_tests_properties(cli.recheck PROPERTIES TIMEOUT 240)
endif()
