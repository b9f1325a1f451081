# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
assay_test(scenarios.campaign
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_campaign_test.c
    DEPENDS scenarios_steps scenarios_engine server_management TIMEOUT 300)
target_compile_definitions(test_scenarios_campaign PRIVATE
    ASSAY_DEVICE="$<TARGET_FILE:assay-device>")
add_dependencies(test_scenarios_campaign assay-device)
endif()
