# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.package_build
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_build_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_set
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_set_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_version
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_version_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_files
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_files_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_golden
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_golden_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_traps
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_traps_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_names
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_names_test.c
    DEPENDS scenarios_package)
