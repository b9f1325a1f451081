# SPDX-License-Identifier: Apache-2.0
assay_test(server.data_cbor_scan
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_cbor_scan_test.c
    DEPENDS server_data)
