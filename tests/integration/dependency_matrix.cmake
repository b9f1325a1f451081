# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME campaign.dependency_matrix
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/dependency_matrix_test.sh"
        $<TARGET_FILE:assay> "${PROJECT_SOURCE_DIR}"
        "${CMAKE_CURRENT_BINARY_DIR}/dependency_matrix")
set_tests_properties(campaign.dependency_matrix PROPERTIES TIMEOUT 300)
endif()
