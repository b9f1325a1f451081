/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_SESSION_H
#define CLI_SHELL_SESSION_H

/* The state of a shell; private to cli/shell. */
#include "cli/shell/command.h"
#include "cli/shell/completion.h"
#include "cli/shell/describe.h"
#include "cli/shell/input.h"
#include "cli/shell/own.h"
#include "cli/shell/record.h"
#include "cli/shell/shell.h"
#include "cli/shell/terminal.h"

struct shell {
    const struct shell_options *options;
    struct console *console;
    struct terminal *terminal; /**< NULL: a script */
    struct shell_input *input; /**< NULL: a terminal */
    uint64_t watch;            /**< of either; 0: not watched */
    struct shell_view view;
    bool is_coloured;
    struct word_list endpoints;
    struct word_list components;
    struct word_list packages;
    struct word_list instances;
    struct word_list cases;
    struct shell_known known;
    const struct step_type *type; /**< of the step that runs, or NULL */
    cJSON *step;                  /**< that runs, or NULL */
    uint64_t began_ms;
    enum verdict command; /**< what the command that runs is worth */
    enum verdict worst;
    char *line; /**< that is done next, maybe once the device is there */
    size_t line_length;
    bool is_register_over; /**< devices had their time to register */
    bool is_ending;
    struct shell_record *record; /**< NULL: nothing is recorded */
};

/* session.c: printing. */

/** Print a description, by words or as JSON; takes it over, NULL is allowed.
 */
void session_tell(struct shell *shell, cJSON *description);
/** Print words; with --json {"event": "text", "text"}. */
void session_say(struct shell *shell, const char *format, ...)
    PRINTF_LIKE(2, 3);
/** Complain on standard error; `verdict` is what the command is worth now. */
void session_complain(struct shell *shell, enum verdict verdict,
                      const char *text);
/** Gather what completion offers. */
void session_learn(struct shell *shell);

/* shell.c */

/** Complain about a verb that is none. */
void session_unknown(struct shell *shell, const char *verb);

/* own_commands.c */

/** Do one of the shell's own commands. */
void session_own(struct shell *shell, enum shell_own own,
                 const struct shell_words *words);

#endif
