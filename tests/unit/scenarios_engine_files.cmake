# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.json_file
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_json_file_test.c
    DEPENDS scenarios_engine)
assay_test(scenarios.profile
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_profile_test.c
    DEPENDS scenarios_engine scenarios_profiles TIMEOUT 180)
assay_test(scenarios.cases
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_cases_test.c
    DEPENDS scenarios_catalogue scenarios_steps scenarios_engine
        server_management)
assay_test(scenarios.selection
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_selection_test.c
    DEPENDS scenarios_steps scenarios_engine server_management)
assay_test(scenarios.security
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_security_test.c
    DEPENDS scenarios_engine)
assay_test(scenarios.applies
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_applies_test.c
    DEPENDS scenarios_engine)
