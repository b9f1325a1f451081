/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_HOOK_H
#define SCENARIOS_STEPS_HOOK_H

/*
 * Private to scenarios/steps: a hook of the profile as a step. What a hook
 * cannot do is no fault of the device: the case is inconc, and the hook is
 * named.
 */
#include "scenarios/engine/run.h"

/** Start the hook and wait until its program has ended, at most `within`. */
enum step_progress hook_drive(struct run *run,
                              const struct journal_event *event,
                              const char *name);
/** Inconc unless the program ended with 0. */
void hook_judge(const struct judge_input *input, const char *check,
                const char *name, finding_fn on_finding, void *user);

#endif
