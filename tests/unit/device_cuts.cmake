# SPDX-License-Identifier: Apache-2.0
# The disk of the device with each changing call wrapped, as in device_store.
assay_test_helper(device_disk SOURCES device_disk.c DEPENDS device_firmware)
assay_test(device.cuts
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_cuts_test.c
    DEPENDS device_disk scenarios_package device_firmware TIMEOUT 300)
target_link_options(test_device_cuts PRIVATE
    -Wl,--wrap=write,--wrap=fsync,--wrap=openat,--wrap=renameat
    -Wl,--wrap=unlinkat)
set_tests_properties(device.cuts PROPERTIES
    ENVIRONMENT "ASAN_OPTIONS=quarantine_size_mb=1")
