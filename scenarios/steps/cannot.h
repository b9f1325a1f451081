/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_CANNOT_H
#define SCENARIOS_STEPS_CANNOT_H

/*
 * Private to scenarios/steps: a step that has nothing to do its work with
 * ("no newer package left") makes the case inconc, not an error. The reason
 * stands in the journal, so that recheck sees it too.
 */
#include "scenarios/engine/run.h"

/** Put the reason on record; returns STEP_DONE, or STEP_FAILED when even that
 *  is impossible. */
enum step_progress cannot_record(struct run *run, const char *why);
/** Hand out FINDING_INCONC for each such reason of the step; returns whether
 *  there was one. */
bool cannot_judge(const struct judge_input *input, const char *check,
                  finding_fn on_finding, void *user);

#endif
