# SPDX-License-Identifier: Apache-2.0
# The engine below the steps as a stand-in, with those parts of the true one
# that need no network.
assay_test_helper(steps_fake
    SOURCES scenarios_steps_fake.c scenarios_steps_fake_wire.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/delivery.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/delivery_blocks.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/delivery_protocol.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/links.c
        ${PROJECT_SOURCE_DIR}/server/impairment/impairment.c
        ${PROJECT_SOURCE_DIR}/server/transport/malformed.c
        ${PROJECT_SOURCE_DIR}/server/transport/push.c
    DEPENDS scenarios_steps server_management server_authority server_repository
        scenarios_package)
assay_test(scenarios.steps_operation
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_operation_test.c
    DEPENDS steps_fake)
assay_test(scenarios.steps_await
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_await_test.c
    DEPENDS steps_fake)
assay_test(scenarios.steps_expect
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_expect_test.c
    DEPENDS steps_fake)
assay_test(scenarios.steps_core
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_core_test.c
    DEPENDS steps_fake)
assay_test(scenarios.steps_lwm2m
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_lwm2m_test.c
    DEPENDS steps_fake)
assay_test(scenarios.steps_fetched
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_fetched_test.c
    DEPENDS steps_fake)
