# SPDX-License-Identifier: Apache-2.0
# What is declared, detected and seen of the device, with a stand-in for the
# lane.
assay_test_helper(engine_ics
    SOURCES ${PROJECT_SOURCE_DIR}/scenarios/engine/ics.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/ics_items.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/nearest.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/view.c
    DEPENDS scenarios_journal server_data)
assay_test(scenarios.ics
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_ics_test.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/ics_checks.c
    DEPENDS engine_ics scenarios_journal server_data)
target_compile_definitions(test_scenarios_ics PRIVATE
    PROFILE_PAGE="${PROJECT_SOURCE_DIR}/docs/profile.md")
