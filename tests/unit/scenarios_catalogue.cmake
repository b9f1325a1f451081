# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.catalogue
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_catalogue_test.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/case_rows.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/json_file.c
        ${PROJECT_SOURCE_DIR}/scenarios/engine/nearest.c
    DEPENDS steps_fake scenarios_catalogue scenarios_profiles)
target_compile_definitions(test_scenarios_catalogue PRIVATE
    CORE_REQUIREMENTS="${PROJECT_SOURCE_DIR}/docs/core.md")
