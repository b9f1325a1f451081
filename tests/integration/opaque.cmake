# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.opaque
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/opaque_campaign_test.sh"
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
        "${CMAKE_CURRENT_BINARY_DIR}/opaque")
set_tests_properties(campaign.opaque PROPERTIES TIMEOUT 120)
endif()
