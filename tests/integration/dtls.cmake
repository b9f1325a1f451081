# SPDX-License-Identifier: Apache-2.0
# Skipped, with the reason in its output, where a program is absent.
add_test(NAME interop.dtls
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/dtls_test.sh" $<TARGET_FILE:assay>
        "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/dtls")
set_tests_properties(interop.dtls PROPERTIES TIMEOUT 120
    SKIP_RETURN_CODE 77)
if(TARGET assay-device)
    add_test(NAME campaign.dtls
        COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/dtls_campaign_test.sh"
            $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
            "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/dtls_campaign")
    set_tests_properties(campaign.dtls PROPERTIES TIMEOUT 180
        SKIP_RETURN_CODE 77)
endif()
