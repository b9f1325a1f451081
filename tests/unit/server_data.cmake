# SPDX-License-Identifier: Apache-2.0
assay_test(server.data_vectors SOURCES server_data_vectors_test.c
    DEPENDS server_data LIBRARIES PkgConfig::CJSON)
