# SPDX-License-Identifier: Apache-2.0
# Skipped, with the reason in its output, where a program is absent.
if(TARGET assay-device)
    add_test(NAME campaign.matrix
        COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/matrix_campaign_test.sh"
            $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
            "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/matrix")
    set_tests_properties(campaign.matrix PROPERTIES TIMEOUT 300
        SKIP_RETURN_CODE 77)
endif()
