# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.declared
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/declared_campaign_test.sh"
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device> "${PROJECT_SOURCE_DIR}"
        "${CMAKE_CURRENT_BINARY_DIR}/declared")
set_tests_properties(campaign.declared PROPERTIES TIMEOUT 120)
endif()
