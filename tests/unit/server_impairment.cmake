# SPDX-License-Identifier: Apache-2.0
assay_test(server.impairment
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_impairment_test.c
    DEPENDS server_impairment)
