# SPDX-License-Identifier: Apache-2.0
# common_checks.c with a stand-in for the runner.
assay_test(scenarios.common_checks
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_common_checks_test.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/common_checks.c
    DEPENDS engine_ics scenarios_journal server_data)
