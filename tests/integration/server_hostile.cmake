# SPDX-License-Identifier: Apache-2.0
# What no device should send, over the wire.
assay_test(server.hostile_requests
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_hostile_register_test.c
    DEPENDS server_peer TIMEOUT 120)
assay_test(server.hostile_answers
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_hostile_answer_test.c
    DEPENDS server_peer TIMEOUT 120)
if(TARGET assay-device)
assay_test(server.hostile_dtls
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_hostile_dtls_test.c
    DEPENDS server TIMEOUT 120)
target_compile_definitions(test_server_hostile_dtls PRIVATE
    ASSAY_DEVICE="$<TARGET_FILE:assay-device>")
add_dependencies(test_server_hostile_dtls assay-device)
endif()
assay_test(server.hostile_vectors
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_hostile_vectors_test.c
    DEPENDS server_peer LIBRARIES PkgConfig::CJSON TIMEOUT 120)
