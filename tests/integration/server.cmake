# SPDX-License-Identifier: Apache-2.0
# Plays a device towards the server.
assay_test_helper(server_peer SOURCES server_peer.c DEPENDS server)
assay_test(server.udp
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_udp_test.c
    DEPENDS server_peer TIMEOUT 300)
assay_test(server.operations
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_operations_test.c
    DEPENDS server_peer TIMEOUT 300)
assay_test(server.observe
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_observe_test.c
    DEPENDS server_peer TIMEOUT 300)
assay_test(server.queue_mode
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_queue_mode_test.c
    DEPENDS server_peer server_registration server_transport TIMEOUT 300)
assay_test(server.send
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_send_test.c
    DEPENDS server_peer TIMEOUT 300)
