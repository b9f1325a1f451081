# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.steps_told
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_told_test.c
    DEPENDS steps_fake)
