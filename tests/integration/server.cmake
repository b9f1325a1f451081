# SPDX-License-Identifier: Apache-2.0
assay_test(server.udp
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_udp_test.c
            ${CMAKE_CURRENT_SOURCE_DIR}/wire.c
    DEPENDS server TIMEOUT 300)
