# SPDX-License-Identifier: Apache-2.0
assay_test(server.relay
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_relay_test.c
    DEPENDS server TIMEOUT 300)
