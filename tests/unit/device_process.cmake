# SPDX-License-Identifier: Apache-2.0
# The simulated device as a process.
function(device_process_test name source)
    assay_test(device.${name}
        SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/${source}
            ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
            ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
            ${CMAKE_CURRENT_SOURCE_DIR}/device_peer.c
        DEPENDS device_firmware TIMEOUT 240)
    add_dependencies(test_device_${name} assay-device)
endfunction()
device_process_test(command device_command_test.c)
device_process_test(garbage device_garbage_test.c)
device_process_test(kill device_kill_test.c)
device_process_test(observe device_observe_test.c)
device_process_test(registration device_registration_test.c)
device_process_test(notify device_notify_test.c)
