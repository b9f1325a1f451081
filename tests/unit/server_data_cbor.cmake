# SPDX-License-Identifier: Apache-2.0
assay_test_helper(cbor_bench SOURCES server_data_cbor_bench.c
    DEPENDS server_data)
assay_test(server.data_cbor_date
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_cbor_date_test.c
    DEPENDS server_data)
assay_test(server.data_cbor_item
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_cbor_item_test.c
    DEPENDS cbor_bench)
assay_test(server.data_cbor_lwm2m
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_cbor_lwm2m_test.c
    DEPENDS cbor_bench)
assay_test(server.data_cbor_scan
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_cbor_scan_test.c
    DEPENDS server_data)
assay_test(server.data_cbor_senml
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_cbor_senml_test.c
    DEPENDS cbor_bench)
