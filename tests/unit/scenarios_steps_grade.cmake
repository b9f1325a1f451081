# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.steps_grade
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_grade_test.c
    DEPENDS scenarios)
