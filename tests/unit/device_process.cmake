# SPDX-License-Identifier: Apache-2.0
# The simulated device as a process.
assay_test(device.command
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_command_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_peer.c
    DEPENDS device_firmware TIMEOUT 240)
add_dependencies(test_device_command assay-device)
assay_test(device.garbage
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_garbage_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_peer.c
    DEPENDS device_firmware TIMEOUT 240)
add_dependencies(test_device_garbage assay-device)
assay_test(device.kill
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_kill_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_peer.c
    DEPENDS device_firmware TIMEOUT 240)
add_dependencies(test_device_kill assay-device)
assay_test(device.observe
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_observe_test.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
        ${CMAKE_CURRENT_SOURCE_DIR}/device_peer.c
    DEPENDS device_firmware TIMEOUT 240)
add_dependencies(test_device_observe assay-device)
