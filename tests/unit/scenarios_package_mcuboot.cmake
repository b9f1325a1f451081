# SPDX-License-Identifier: Apache-2.0
assay_test(scenarios.package_mcuboot
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_mcuboot_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_keys
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_keys_test.c
    DEPENDS scenarios_package)
assay_test(scenarios.package_images
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/scenarios_package_images_test.c
    DEPENDS scenarios_package)
