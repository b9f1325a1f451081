# SPDX-License-Identifier: Apache-2.0
assay_test(server.copies
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_copies_test.c
    DEPENDS server_peer TIMEOUT 60)
