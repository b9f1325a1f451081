# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.catalogue
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_catalogue_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_fake.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_steps_fake_wire.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/case_rows.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/json_file.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/nearest.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/delivery.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/delivery_blocks.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/delivery_protocol.c
        ${PROJECT_SOURCE_DIR}/server/transport/push.c
        ${PROJECT_SOURCE_DIR}/server/transport/malformed.c
        ${PROJECT_SOURCE_DIR}/server/impairment/impairment.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/links.c
    DEPENDS scenarios_catalogue scenarios_profiles scenarios_steps
        server_management server_authority server_repository scenarios_package)
target_compile_definitions(test_scenarios_catalogue PRIVATE
    CORE_REQUIREMENTS="${PROJECT_SOURCE_DIR}/docs/core.md")
