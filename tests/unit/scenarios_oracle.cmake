# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.oracle_rows
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_rows_test.c
    DEPENDS scenarios_oracle)
