# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.devices
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/devices_test.sh"
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
        "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/devices")
set_tests_properties(campaign.devices PROPERTIES TIMEOUT 400)
endif()
