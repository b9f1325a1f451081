/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/own.h"

#include <string.h>

/* clang-format off */
const struct shell_own_row shell_own_rows[SHELL_OWN_COUNT] = {
    [SHELL_DEVICES] = { "devices", "devices",
                        "list the registered devices", SHELL_OPERAND_NONE },
    [SHELL_USE] = { "use", "use ENDPOINT",
                    "choose a device; a unique prefix suffices",
                    SHELL_OPERAND_ENDPOINT },
    [SHELL_RUN] = { "run", "run CASE|GROUP|GLOB...",
                    "run test cases on the device", SHELL_OPERAND_CASE },
    [SHELL_RECORD] = { "record", "record FILE|off",
                       "write the steps that follow as a test case",
                       SHELL_OPERAND_FILE },
    [SHELL_HELP] = { "help", "help [VERB]", "this list, or one verb",
                     SHELL_OPERAND_VERB },
    [SHELL_QUIT] = { "quit", "quit", "leave the shell; also Ctrl-D",
                     SHELL_OPERAND_NONE },
};
/* clang-format on */

enum shell_own shell_own_of(const char *verb)
{
    for (int i = 0; i < SHELL_OWN_COUNT; i++) {
        if (strcmp(shell_own_rows[i].verb, verb) == 0) {
            return (enum shell_own)i;
        }
    }
    return strcmp(verb, "exit") == 0 ? SHELL_QUIT : SHELL_OWN_COUNT;
}
