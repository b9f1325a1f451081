/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_COMPLETION_H
#define CLI_SHELL_COMPLETION_H

/*
 * What could stand where the cursor is. Pure: it looks at the line, the step
 * table and what is known of the device.
 */
#include "cli/shell/word_list.h"
#include "scenarios/scenarios.h"

/** What completion may offer; all borrowed. */
struct shell_known {
    const struct step_type *const *steps;
    const struct definitions *definitions;
    const struct word_list *endpoints;
    const struct word_list *components; /**< names, and instance numbers */
    const struct word_list *packages;   /**< of all components */
    const struct word_list *instances;  /**< "/3/0" …: of the registration */
    const struct word_list *cases;      /**< ids and groups */
};

struct shell_completion {
    struct word_list candidates; /**< for what begins at `begin` */
    size_t begin;                /**< offset in the line */
    bool wants_file;             /**< file names instead */
    bool is_final; /**< a blank may follow a candidate that is the only one
                        and does not end in '=' or '/' */
};

/**
 * @param line   `cursor` bytes of it count
 * @param out    released with word_list_release(&out->candidates)
 */
void shell_complete(const struct shell_known *known, const char *line,
                    size_t cursor, struct shell_completion *out);

#endif
