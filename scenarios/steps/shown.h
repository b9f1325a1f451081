/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_SHOWN_H
#define SCENARIOS_STEPS_SHOWN_H

/*
 * Private to scenarios/steps: what an answer shows and what it leaves out, by
 * path, and the attributes that a Discover lists.
 */
#include "scenarios/steps/operation.h"

/**
 * Judge "shows" (each path is there, or something below it), "lacks" (nothing
 * is) and "lists" ({"/3/0/9": {"pmin": 10, "pmax": null}}) by the newest
 * 2.05 of the step. Without one: inconc.
 */
void shown_judge(const struct judge_input *input,
                 const struct operation_judge *how, finding_fn on_finding,
                 void *user);
/** Check these parameters. */
MUST_CHECK
enum status shown_check(const cJSON *step, const char *pointer,
                        struct reason *reason);

/* clang-format off */
#define SHOWN_PARAMETERS                                                       \
    { "shows", STEP_PATHS, .help = "paths that the answer has" },              \
    { "lacks", STEP_PATHS, .help = "paths that it has not" }
/* clang-format on */

#endif
