# SPDX-License-Identifier: Apache-2.0
# Which format a device takes: the state machine alone.
assay_test(scenarios.negotiation
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_negotiation_test.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/negotiation.c
    DEPENDS server_data)
