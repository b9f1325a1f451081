# SPDX-License-Identifier: Apache-2.0
# The disk of the device with each changing call wrapped.
assay_test(device.store
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_store_test.c
    DEPENDS device_disk device_bench device_image TIMEOUT 400)
target_link_options(test_device_store PRIVATE
    -Wl,--wrap=write,--wrap=fsync,--wrap=openat,--wrap=renameat
    -Wl,--wrap=unlinkat)
# It forks thousands of times: a large quarantine makes that slow.
set_tests_properties(device.store PROPERTIES
    ENVIRONMENT "ASAN_OPTIONS=quarantine_size_mb=1")
