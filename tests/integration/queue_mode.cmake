# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
    add_test(NAME campaign.queue_mode
        COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/queue_mode_campaign_test.sh"
            $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
            "${PROJECT_SOURCE_DIR}"
            "${CMAKE_CURRENT_BINARY_DIR}/queue_mode_campaign")
    set_tests_properties(campaign.queue_mode PROPERTIES TIMEOUT 180)
endif()
