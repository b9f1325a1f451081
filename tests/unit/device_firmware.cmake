# SPDX-License-Identifier: Apache-2.0
# The simulated device without its network.
assay_test_helper(device_image SOURCES device_image.c DEPENDS device_firmware)
assay_test_helper(device_bench SOURCES device_bench.c
    DEPENDS device_image device_firmware)
function(device_test name source)
    assay_test(device.${name}
        SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/${source}
        DEPENDS device_bench device_image)
endfunction()
device_test(firmware device_firmware_test.c)
device_test(download device_download_test.c)
device_test(update device_update_test.c)
device_test(deferral device_deferral_test.c)
device_test(links device_links_test.c)
device_test(variants device_variants_test.c)
device_test(operations device_operations_test.c)
