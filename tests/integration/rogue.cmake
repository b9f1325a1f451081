# SPDX-License-Identifier: Apache-2.0
add_executable(rogue rogue.c)
target_link_libraries(rogue PRIVATE project_options)
add_test(NAME cli.rogue
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/rogue_test.sh" $<TARGET_FILE:assay>
        $<TARGET_FILE:rogue> "${PROJECT_SOURCE_DIR}"
        "${CMAKE_CURRENT_BINARY_DIR}/rogue-campaigns")
set_tests_properties(cli.rogue PROPERTIES TIMEOUT 300)
if(TARGET assay-device)
add_test(NAME cli.probe
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/probe_test.sh" $<TARGET_FILE:assay>
        $<TARGET_FILE:assay-device> $<TARGET_FILE:rogue>
        "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/probe")
set_tests_properties(cli.probe PROPERTIES TIMEOUT 180)
endif()
