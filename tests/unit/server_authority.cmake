# SPDX-License-Identifier: Apache-2.0
assay_test(server.authority SOURCES server_authority_test.c
    DEPENDS server_authority)
