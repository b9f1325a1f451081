# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.digest
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_digest_test.c
    DEPENDS scenarios)
