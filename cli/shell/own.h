/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_OWN_H
#define CLI_SHELL_OWN_H

/* The shell's own commands: what is not a step. */
#include <stddef.h>

enum shell_own {
    SHELL_DEVICES,
    SHELL_USE,
    SHELL_RUN,
    SHELL_RECORD,
    SHELL_HELP,
    SHELL_QUIT,
    SHELL_OWN_COUNT
};

/** What an own command is followed by, for completion. */
enum shell_operand {
    SHELL_OPERAND_NONE,
    SHELL_OPERAND_ENDPOINT,
    SHELL_OPERAND_CASE,
    SHELL_OPERAND_FILE,
    SHELL_OPERAND_VERB,
};

struct shell_own_row {
    const char *verb;
    const char *usage;
    const char *help; /**< one line */
    enum shell_operand operand;
};

/** Indexed by enum shell_own. */
extern const struct shell_own_row shell_own_rows[SHELL_OWN_COUNT];
/** @return SHELL_OWN_COUNT for none; `exit` is `quit` */
enum shell_own shell_own_of(const char *verb);

#endif
