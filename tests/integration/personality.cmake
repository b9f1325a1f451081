# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.personality
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/personality_test.sh"
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
        "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/personality")
set_tests_properties(campaign.personality PROPERTIES TIMEOUT 180)
endif()
