# SPDX-License-Identifier: Apache-2.0
# Cases that follow from what packages of a profile require.
assay_test(scenarios.engine_matrix
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_engine_matrix_test.c
    DEPENDS scenarios_steps scenarios_engine scenarios_profiles)
