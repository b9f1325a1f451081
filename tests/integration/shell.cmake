# SPDX-License-Identifier: Apache-2.0
if(TARGET assay-device)
add_test(NAME cli.shell
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/shell_test.sh" $<TARGET_FILE:assay>
        $<TARGET_FILE:assay-device> "${PROJECT_SOURCE_DIR}"
        "${CMAKE_CURRENT_BINARY_DIR}/shell")
set_tests_properties(cli.shell PROPERTIES TIMEOUT 120)
assay_test(cli.shell_terminal
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/shell_terminal_test.c
    LIBRARIES util TIMEOUT 180)
target_compile_definitions(test_cli_shell_terminal PRIVATE
    ASSAY="$<TARGET_FILE:assay>" ASSAY_DEVICE="$<TARGET_FILE:assay-device>"
    ASSAY_PROFILE="${PROJECT_SOURCE_DIR}/scenarios/profiles/quad.json")
add_dependencies(test_cli_shell_terminal assay assay-device)
endif()
