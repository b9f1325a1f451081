# SPDX-License-Identifier: Apache-2.0
# The simulated device without its network.
foreach(topic IN ITEMS firmware download update links)
    assay_test(device.${topic}
        SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_${topic}_test.c
            ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
            ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
        DEPENDS device_firmware)
endforeach()
