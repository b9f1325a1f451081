# SPDX-License-Identifier: Apache-2.0
assay_test(device.image
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_image_test.c
    DEPENDS device_firmware)
