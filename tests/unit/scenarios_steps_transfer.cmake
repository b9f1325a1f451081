# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.steps_transfer
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_transfer_test.c
    DEPENDS steps_fake)
assay_test(scenarios.delivery_blocks
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_delivery_blocks_test.c
    DEPENDS scenarios_engine)
