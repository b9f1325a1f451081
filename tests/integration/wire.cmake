# SPDX-License-Identifier: Apache-2.0
assay_test(server.wire
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_wire_test.c
    DEPENDS server_peer TIMEOUT 120)
