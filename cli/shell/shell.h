/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_SHELL_H
#define CLI_SHELL_SHELL_H

/*
 * The shell: a person, or a script, says step by step what to do to a device.
 * Its verbs are those of scenarios/steps, with a few of its own.
 */
#include "scenarios/scenarios.h"

struct shell_options {
    struct campaign_config campaign; /**< without callbacks and patterns */
    const struct profile *plain;     /**< an empty one, for other devices */
    const char *script; /**< file, or "-"; NULL: the terminal, or what standard
                             input is */
    bool is_json;
    bool keeps_going; /**< a script goes on after an error */
    bool is_verbose;  /**< CoAP messages pass by */
};

/**
 * Run it until its end. Prints to standard output, complains on standard
 * error.
 *
 * @return exit status: of a script 3 for an error of ours or a line that is
 *         none, 1 when something failed, 2 when something could not be judged
 *         or done, else 0; of a person's session 3 when it cannot begin, else
 *         0
 */
int shell_run(const struct shell_options *options);

#endif
