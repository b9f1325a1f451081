# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.steps_watch
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_watch_test.c
    DEPENDS steps_fake)
