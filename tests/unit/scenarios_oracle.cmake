# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.oracle_rows
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_rows_test.c
    DEPENDS scenarios_oracle)
assay_test(scenarios.oracle_ambiguity
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_ambiguity_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene_words.c
    DEPENDS scenarios_oracle scenarios_journal server_data
    LIBRARIES PkgConfig::CJSON)
assay_test(scenarios.oracle_batch
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_batch_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene_words.c
    DEPENDS scenarios_oracle scenarios_journal server_data
    LIBRARIES PkgConfig::CJSON)
assay_test(scenarios.oracle_journal
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_journal_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene_words.c
    DEPENDS scenarios_oracle scenarios_journal server_data
    LIBRARIES PkgConfig::CJSON)
assay_test(scenarios.oracle_model
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_model_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene_words.c
    DEPENDS scenarios_oracle scenarios_journal server_data
    LIBRARIES PkgConfig::CJSON)
assay_test(scenarios.oracle_time
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_time_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene_words.c
    DEPENDS scenarios_oracle scenarios_journal server_data
    LIBRARIES PkgConfig::CJSON)
