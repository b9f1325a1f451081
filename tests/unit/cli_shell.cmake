# SPDX-License-Identifier: Apache-2.0
assay_test(cli.shell_words
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/cli_shell_words_test.c
    DEPENDS cli_shell)
assay_test(cli.shell_command
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/cli_shell_command_test.c
    DEPENDS cli_shell)
assay_test(cli.shell_completion
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/cli_shell_completion_test.c
    DEPENDS cli_shell)
assay_test(cli.shell_text
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/cli_shell_text_test.c
    DEPENDS cli_shell)
assay_test(cli.shell_input
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/cli_shell_input_test.c
    DEPENDS cli_shell)
