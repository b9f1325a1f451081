# SPDX-License-Identifier: Apache-2.0
# common_checks.c with a stand-in for the runner.
assay_test(scenarios.common_checks
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_common_checks_test.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/common_checks.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/ics.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/ics_items.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/nearest.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/view.c
    DEPENDS scenarios_journal server_data)
