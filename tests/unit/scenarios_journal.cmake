# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.journal
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_journal_test.c
    DEPENDS scenarios_journal)
assay_test(scenarios.journal_file
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_journal_file_test.c
    DEPENDS scenarios_journal)
assay_test(scenarios.journal_memory
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_journal_memory_test.c
    DEPENDS scenarios_journal)
