# SPDX-License-Identifier: Apache-2.0
# The simulated device as a process.
assay_test_helper(device_peer SOURCES device_peer.c DEPENDS device_firmware)
function(device_process_test name source)
    assay_test(device.${name}
        SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/${source}
        DEPENDS device_peer device_bench device_image TIMEOUT 240)
    add_dependencies(test_device_${name} assay-device)
endfunction()
device_process_test(command device_command_test.c)
device_process_test(garbage device_garbage_test.c)
device_process_test(kill device_kill_test.c)
device_process_test(observe device_observe_test.c)
device_process_test(registration device_registration_test.c)
device_process_test(notify device_notify_test.c)
