# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.deliver
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/deliver_campaign_test.sh"
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
        "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/deliver_campaign")
set_tests_properties(campaign.deliver PROPERTIES TIMEOUT 120)
endif()
