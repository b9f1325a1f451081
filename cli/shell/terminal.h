/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_TERMINAL_H
#define CLI_SHELL_TERMINAL_H

/*
 * The line that is typed: editing, history and completion by readline, in its
 * callback form. There is one terminal at a time.
 */
#include "cli/shell/completion.h"

struct terminal;

struct terminal_config {
    const char *prompt;
    /** A line was entered; NULL: Ctrl-D. The prompt is hidden then. */
    void (*on_line)(const char *line, void *user);
    /** What completion may offer now. */
    const struct shell_known *(*known)(void *user);
    void *user;
};

/** Read the history. No prompt is shown yet. */
MUST_CHECK
enum status terminal_new(const struct terminal_config *config,
                         struct terminal **out_terminal, struct reason *reason);
/** Puts the terminal back and writes the history. Accepts NULL. */
void terminal_free(struct terminal *terminal);

/** Show the prompt, with what was typed. */
void terminal_show(struct terminal *terminal);
/** Give the terminal back while a command runs. */
void terminal_hide(struct terminal *terminal);
/** The descriptor can be read. May call on_line. */
void terminal_read(struct terminal *terminal);
/** Drop what is typed and show a fresh prompt: Ctrl-C. */
void terminal_drop(struct terminal *terminal);
/** Print whole lines above the prompt, if it is shown. */
void terminal_print(struct terminal *terminal, const char *text);

#endif
