# SPDX-License-Identifier: Apache-2.0
# The tester's envelopes and the device's code for them, which share none.
assay_test(device.manifest
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_manifest_test.c
    DEPENDS scenarios_package device_firmware)
assay_test(device.recipients
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/device_recipients_test.c
    DEPENDS scenarios_package device_firmware)
