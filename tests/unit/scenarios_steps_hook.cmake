# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.steps_hook
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_hook_test.c
    DEPENDS steps_fake)
