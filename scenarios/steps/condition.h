/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_CONDITION_H
#define SCENARIOS_STEPS_CONDITION_H

/*
 * Private to scenarios/steps: conditions on one atomic (State, Result).
 *   { "state": "Idle", "result": {"pass": [6], "warn": [5]} }
 *   { "pair": {"pass": [{"state": "Idle", "result": 5}],
 *              "A-15": [{"state": "Downloaded", "result": 5}]} }
 * State and result may each be a value, a list or graded; "pair" grades both
 * together, and its candidates are plain.
 */
#include "scenarios/steps/grade.h"

/** Whether the object says something about State or Result. */
bool condition_is_present(const cJSON *object);
struct grade condition_grade(const cJSON *object,
                             const struct grade_rules *rules, int state,
                             int result);
/** Bit S for each State, bit R for each Result some candidate allows;
 *  `index` counts the candidates of "pair", false past the last one. */
bool condition_masks(const cJSON *object, size_t index, unsigned *out_states,
                     unsigned *out_results);
/** "Idle with Result 6, tolerated: 5". */
void condition_words(struct words *words, const cJSON *object);
/** Check names and types. */
MUST_CHECK
enum status condition_check(const cJSON *object, const char *pointer,
                            struct reason *reason);

#endif
