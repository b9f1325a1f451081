# SPDX-License-Identifier: Apache-2.0
# The simulated device without its network.
assay_test(device.firmware
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_firmware_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
    DEPENDS device_firmware)
assay_test(device.download
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_download_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
    DEPENDS device_firmware)
assay_test(device.update
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_update_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
    DEPENDS device_firmware)
assay_test(device.links
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_links_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
    DEPENDS device_firmware)
