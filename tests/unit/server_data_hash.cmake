# SPDX-License-Identifier: Apache-2.0
assay_test(server.data_hash
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_hash_test.c
    DEPENDS server_data)
