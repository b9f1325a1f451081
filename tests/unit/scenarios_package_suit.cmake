# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.package_suit
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_suit_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_dfumi
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_dfumi_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_vectors
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_vectors_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_cbor
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_cbor_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_cose
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_cose_test.c
    DEPENDS scenarios_package)
