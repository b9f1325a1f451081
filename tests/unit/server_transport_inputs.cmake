# SPDX-License-Identifier: Apache-2.0
assay_test(server.inputs
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_transport_inputs_test.c
    DEPENDS server_transport)
