# SPDX-License-Identifier: Apache-2.0
assay_test(server.files
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_files_test.c
    DEPENDS server TIMEOUT 120)
assay_test(server.http
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_http_test.c
    DEPENDS server TIMEOUT 120)
