# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.steps_operation
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_operation_test.c
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
assay_test(scenarios.steps_await
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_await_test.c
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
assay_test(scenarios.steps_expect
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_expect_test.c
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
assay_test(scenarios.steps_core
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_core_test.c
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
assay_test(scenarios.steps_lwm2m
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_lwm2m_test.c
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
assay_test(scenarios.steps_fetched
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_fetched_test.c
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
