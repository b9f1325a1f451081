# SPDX-License-Identifier: Apache-2.0
assay_test(server.siege
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_siege_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/siege.c
    DEPENDS server TIMEOUT 400)
