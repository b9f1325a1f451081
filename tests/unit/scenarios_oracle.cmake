# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.oracle_rows
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_rows_test.c
    DEPENDS scenarios_oracle)
foreach(part ambiguity batch journal model time)
    assay_test(scenarios.oracle_${part}
        SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_${part}_test.c
            ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene.c
            ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_scene_words.c
        DEPENDS scenarios_oracle scenarios_journal server_data
        LIBRARIES PkgConfig::CJSON)
endforeach()
