# SPDX-License-Identifier: Apache-2.0
assay_test(device.multi_image
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_multi_image_test.c
    DEPENDS scenarios_package device_firmware)
