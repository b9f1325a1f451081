# SPDX-License-Identifier: Apache-2.0
assay_test(device.pull
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_pull_test.c
    DEPENDS device_bench device_image)
assay_test(device.uri SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_uri_test.c
    DEPENDS device_firmware)
