# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.suit
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/suit_campaign_test.sh"
        $<TARGET_FILE:assay> "${CMAKE_CURRENT_BINARY_DIR}/suit")
set_tests_properties(campaign.suit PROPERTIES TIMEOUT 180)
endif()
