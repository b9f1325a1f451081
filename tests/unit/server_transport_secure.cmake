# SPDX-License-Identifier: Apache-2.0
assay_test(server.secure SOURCES server_transport_secure_test.c
    DEPENDS server_transport)
