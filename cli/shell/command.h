/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_COMMAND_H
#define CLI_SHELL_COMMAND_H

/*
 * A line of the shell as a step of a scenario, by the row of its verb:
 *
 *   verb [VALUE]… [KEY=VALUE]… [FLAG]…
 *
 * Values without a key go to the row's parameters in their order; a first
 * parameter of paths takes all paths. Where the first parameter is an object
 * (await, expect), values are its keys, and each KEY=VALUE that is no
 * parameter of the row goes into the key before it, or stands beside them:
 *
 *   await application state=Downloaded,Updating tee state=Idle within=download
 *   {"await": {"application": {"state": ["Downloaded", "Updating"]},
 *              "tee": {"state": "Idle"}}, "within": "download"}
 *
 *   attributes /33629/0/3 pmin=1 pmax=10
 *   {"attributes": "/33629/0/3", "set": {"pmin": 1, "pmax": 10}}
 *
 * Lists are separated by commas; a value that begins with { or [ is JSON.
 */
#include <cjson/cJSON.h>

#include "cli/shell/word_list.h"
#include "cli/shell/words.h"
#include "scenarios/scenarios.h"

/** The key that stands for a package which is no package of the profile. */
#define SHELL_FILE_KEY "file"

struct shell_command {
    const struct step_type *type;
    cJSON *step;      /**< owned; "req" and "within" included */
    const char *file; /**< of "file=PATH", else NULL; owned by the words */
};

/** The row of a verb, or NULL. */
const struct step_type *shell_verb(const struct step_type *const *steps,
                                   const char *verb);
/** The parameter of a row that a word on the line calls `key`, or NULL.
 *  `accept` is another name of `format`. */
const struct step_parameter *shell_parameter(const struct step_type *type,
                                             const char *key);
/** Short names of Content-Formats, NULL past the end. */
const char *shell_format_name(size_t index, int *out_format);

/** A step's first member is its verb: put it there. */
void shell_command_order(cJSON *step, const char *verb);

/**
 * Whether the components that a step names exist: values of parameters that
 * are components, and what stands for an instance in a path.
 *
 * @param components  names, and numbers of instances; empty: nothing is known
 * Errors: STATUS_NOT_FOUND: which one, the allowed words, and the nearest one.
 */
MUST_CHECK
enum status shell_command_check(const struct shell_command *command,
                                const struct word_list *components,
                                struct reason *reason);

/**
 * @param steps        table for nested steps
 * @param type         row of the first word
 * @param definitions  types of the Resources that are written
 * @param out_command  `step` is to be deleted by the caller
 *
 * Errors: STATUS_MALFORMED: column, what was found, the allowed words, and the
 *         nearest one suggested.
 */
MUST_CHECK
enum status shell_command_parse(const struct shell_words *words,
                                const struct step_type *const *steps,
                                const struct step_type *type,
                                const struct definitions *definitions,
                                struct shell_command *out_command,
                                struct reason *reason);

#endif
