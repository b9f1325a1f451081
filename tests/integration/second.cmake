# SPDX-License-Identifier: Apache-2.0
assay_test(server.second
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_second_test.c
    DEPENDS server_peer TIMEOUT 300)
