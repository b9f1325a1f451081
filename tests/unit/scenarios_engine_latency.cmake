# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.latency SOURCES scenarios_engine_latency_test.c
    DEPENDS scenarios_engine reports)
