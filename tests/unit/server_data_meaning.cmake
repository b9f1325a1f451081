# SPDX-License-Identifier: Apache-2.0
assay_test(server.meaning
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_meaning_test.c
    DEPENDS server_data)
