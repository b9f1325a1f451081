# SPDX-License-Identifier: Apache-2.0
assay_test(server.data_limits
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_limits_test.c
    DEPENDS server_data)
assay_test(server.data_violations
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_data_violations_test.c
    DEPENDS server_data)
assay_test(server.registration_limits
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_registration_limits_test.c
    DEPENDS server_registration)
