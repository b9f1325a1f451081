# SPDX-License-Identifier: Apache-2.0
assay_test(server.repository SOURCES server_repository_test.c
    DEPENDS server_repository)
assay_test(server.repository_faults SOURCES server_repository_faults_test.c
    DEPENDS server_repository)
assay_test(server.repository_http SOURCES server_repository_http_test.c
    DEPENDS server_repository)
