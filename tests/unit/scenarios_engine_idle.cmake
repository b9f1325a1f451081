# SPDX-License-Identifier: Apache-2.0
# The engine's own step "idle" against a stand-in for the run.
assay_test(scenarios.idle
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_idle_test.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/builtin_steps.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/core_detect.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/links.c
    DEPENDS engine_ics scenarios_journal server_management server_data)
