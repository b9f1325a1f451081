# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
    add_test(NAME campaign.operations
        COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/operations_campaign_test.sh"
            $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
            "${PROJECT_SOURCE_DIR}"
            "${CMAKE_CURRENT_BINARY_DIR}/operations_campaign")
    set_tests_properties(campaign.operations PROPERTIES TIMEOUT 180)
endif()
