# SPDX-License-Identifier: Apache-2.0
assay_test(server.system
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_transport_system_test.c
    DEPENDS server_transport)
