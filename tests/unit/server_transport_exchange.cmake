# SPDX-License-Identifier: Apache-2.0
assay_test(server.exchange SOURCES server_transport_exchange_test.c
    DEPENDS server_transport)
