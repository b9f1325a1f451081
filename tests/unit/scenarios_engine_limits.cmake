# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.limits
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_limits_test.c
    DEPENDS scenarios)
