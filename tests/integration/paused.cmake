# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.paused
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/paused_test.sh"
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
        "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/paused")
set_tests_properties(campaign.paused PROPERTIES TIMEOUT 120)
endif()
