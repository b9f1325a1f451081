# SPDX-License-Identifier: Apache-2.0
# The simulated device as a process.
foreach(topic IN ITEMS command garbage kill observe)
    assay_test(device.${topic}
        SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_${topic}_test.c
            ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
            ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
            ${CMAKE_CURRENT_SOURCE_DIR}/device_peer.c
        DEPENDS device_firmware TIMEOUT 240)
    add_dependencies(test_device_${topic} assay-device)
endforeach()
