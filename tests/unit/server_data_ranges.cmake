# SPDX-License-Identifier: Apache-2.0
assay_test(server.range SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_range_test.c
    DEPENDS server_data)
