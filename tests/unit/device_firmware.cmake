# SPDX-License-Identifier: Apache-2.0
# The simulated device without its network.
function(device_test name source)
    assay_test(device.${name}
        SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/${source}
            ${CMAKE_CURRENT_SOURCE_DIR}/device_bench.c
            ${CMAKE_CURRENT_SOURCE_DIR}/device_image.c
        DEPENDS device_firmware)
endfunction()
device_test(firmware device_firmware_test.c)
device_test(download device_download_test.c)
device_test(update device_update_test.c)
device_test(deferral device_deferral_test.c)
device_test(links device_links_test.c)
device_test(variants device_variants_test.c)
device_test(operations device_operations_test.c)
