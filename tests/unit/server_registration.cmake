# SPDX-License-Identifier: Apache-2.0
assay_test(server.registry
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/server_registration_registry_test.c
    DEPENDS server_registration)
