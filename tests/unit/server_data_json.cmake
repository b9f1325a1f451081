# SPDX-License-Identifier: Apache-2.0
assay_test(server.data_json_reader
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_json_reader_test.c
    DEPENDS server_data)
assay_test(server.data_json_number
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_json_number_test.c
    DEPENDS server_data)
assay_test(server.data_json
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_json_test.c
    DEPENDS server_data)
