# SPDX-License-Identifier: Apache-2.0
assay_test(device.attributes
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_attributes_test.c
    DEPENDS device_firmware)
