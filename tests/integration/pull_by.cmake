# SPDX-License-Identifier: Apache-2.0
add_test(NAME campaign.pull_by
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/pull_by_test.sh"
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device>
        "${PROJECT_SOURCE_DIR}/scenarios/profiles/quad.json"
        "${CMAKE_CURRENT_BINARY_DIR}/pull_by")
set_tests_properties(campaign.pull_by PROPERTIES TIMEOUT 300)
