# SPDX-License-Identifier: Apache-2.0
# The tester's packages and the device's code for them, which share none.
assay_test(device.damage
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_damage_test.c
    DEPENDS scenarios_package device_firmware TIMEOUT 300)
