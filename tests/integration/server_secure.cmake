# SPDX-License-Identifier: Apache-2.0
assay_test(server.dtls
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_secure_test.c
        ${PROJECT_SOURCE_DIR}/tests/device/dtls.c
    DEPENDS server)
