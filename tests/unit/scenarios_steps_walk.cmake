# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.steps_walk
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_walk_test.c
    DEPENDS steps_fake)
