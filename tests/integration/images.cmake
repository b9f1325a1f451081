# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.images
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/images_campaign_test.sh"
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device> "${PROJECT_SOURCE_DIR}"
        "${CMAKE_CURRENT_BINARY_DIR}/images")
set_tests_properties(campaign.images PROPERTIES TIMEOUT 180)
endif()
