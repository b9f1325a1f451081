# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.cuts
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/cuts_campaign_test.sh"
        "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
set_tests_properties(campaign.cuts PROPERTIES TIMEOUT 180)
endif()
