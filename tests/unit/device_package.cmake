# SPDX-License-Identifier: Apache-2.0
assay_test(device.package
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_package_test.c
    DEPENDS device_image)
