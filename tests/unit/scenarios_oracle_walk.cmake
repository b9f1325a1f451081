# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.oracle_walk
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_walk_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_walk_device.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_walk_feed.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_walk_illegal.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_walk_rows.c
        ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_walk_walker.c
    DEPENDS scenarios_oracle scenarios_journal server_data
    LIBRARIES PkgConfig::CJSON
    TIMEOUT 600)
