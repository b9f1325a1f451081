# SPDX-License-Identifier: Apache-2.0
foreach(topic date item lwm2m scan senml)
    assay_test(server.data_cbor_${topic}
        SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_cbor_${topic}_test.c
            ${CMAKE_CURRENT_SOURCE_DIR}/server_data_cbor_bench.c
        DEPENDS server_data)
endforeach()
