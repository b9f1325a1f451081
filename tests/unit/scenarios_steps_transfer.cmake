# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.steps_transfer
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_transfer_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_fake.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_fake_wire.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/delivery.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/delivery_blocks.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/delivery_protocol.c
        ${PROJECT_SOURCE_DIR}/server/transport/push.c
        ${PROJECT_SOURCE_DIR}/server/transport/malformed.c
        ${PROJECT_SOURCE_DIR}/server/impairment/impairment.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/links.c
    DEPENDS scenarios_steps server_management server_authority server_repository
        scenarios_package)
assay_test(scenarios.delivery_blocks
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_delivery_blocks_test.c
    DEPENDS scenarios_engine)
