# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.oracle_rows
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_oracle_rows_test.c
    DEPENDS scenarios_oracle)
target_compile_definitions(test_scenarios_oracle_rows PRIVATE
    AFU_DIGEST="${PROJECT_SOURCE_DIR}/docs/afu.md")

# Tests whose journals are scripts.
assay_test_helper(oracle_scene
    SOURCES scenarios_oracle_scene.c scenarios_oracle_scene_words.c
    DEPENDS scenarios_oracle scenarios_journal server_data PkgConfig::CJSON)
function(oracle_test name source)
    assay_test(scenarios.oracle_${name}
        SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/${source} DEPENDS oracle_scene)
endfunction()
oracle_test(ambiguity scenarios_oracle_ambiguity_test.c)
oracle_test(batch scenarios_oracle_batch_test.c)
oracle_test(composite scenarios_oracle_composite_test.c)
oracle_test(ending scenarios_oracle_ending_test.c)
oracle_test(hypotheses scenarios_oracle_hypotheses_test.c)
oracle_test(journal scenarios_oracle_journal_test.c)
oracle_test(legal scenarios_oracle_legal_test.c)
oracle_test(model scenarios_oracle_model_test.c)
oracle_test(pull scenarios_oracle_pull_test.c)
oracle_test(time scenarios_oracle_time_test.c)
