# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.delivery
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_delivery_test.c
    DEPENDS scenarios_engine)
