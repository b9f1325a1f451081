# SPDX-License-Identifier: Apache-2.0
assay_test(server.hooks SOURCES server_transport_hooks_test.c
    DEPENDS server_transport)
