# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME cli.readings
    COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/readings_test.sh
        $<TARGET_FILE:assay> $<TARGET_FILE:assay-device> ${PROJECT_SOURCE_DIR}
        ${CMAKE_CURRENT_BINARY_DIR}/readings)
set_tests_properties(cli.readings PROPERTIES TIMEOUT 120)
endif()
