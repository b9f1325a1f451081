# SPDX-License-Identifier: Apache-2.0
assay_test(server.push SOURCES server_transport_push_test.c
    DEPENDS server_transport)
assay_test(server.answers SOURCES server_transport_answers_test.c
    DEPENDS server_transport)
