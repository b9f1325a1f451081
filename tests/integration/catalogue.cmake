# SPDX-License-Identifier: Apache-2.0
add_test(NAME cli.catalogue
    COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/catalogue_test.sh
        $<TARGET_FILE:assay> ${PROJECT_SOURCE_DIR}
        ${CMAKE_CURRENT_BINARY_DIR}/catalogue)
