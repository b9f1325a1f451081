# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.relay
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/relay_test.sh"
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
        "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/relay")
set_tests_properties(campaign.relay PROPERTIES TIMEOUT 200)
endif()
