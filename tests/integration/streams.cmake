# SPDX-License-Identifier: Apache-2.0
assay_test(server.streams
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_streams_test.c
    DEPENDS server TIMEOUT 120)
assay_test(server.ports
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_ports_test.c
    DEPENDS server TIMEOUT 60)
