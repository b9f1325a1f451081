/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_AWAIT_EVENT_H
#define SCENARIOS_STEPS_AWAIT_EVENT_H

/*
 * Private to scenarios/steps: what `await` waits for on the registration
 * interface.
 *   { "registration": true }    a Register
 *   { "deregister": true }      a De-register
 *   { "update": true }          an Update, or one with these parameters:
 *   { "update": { "lifetime": "written", "links": "absent",
 *                 "parameters": { "pass": "none", "warn": "any" } } }
 */
#include "scenarios/steps/grade.h"

/** The member that names an event, NULL without one. */
const cJSON *await_event_of(const cJSON *object);
/** Where looking for it begins: the mark of "since", else `first`. */
size_t await_event_from(const struct look *look, const cJSON *step,
                        size_t first);
/** Whether one that fits, at whatever grade, happened in [from, look->end). */
bool await_event_seen(const struct look *look, size_t from,
                      const cJSON *wanted);
void await_event_judge(const struct judge_input *input, const cJSON *wanted,
                       finding_fn on_finding, void *user);
/** Check the members of "update". */
MUST_CHECK
enum status await_event_check(const cJSON *wanted, const char *pointer,
                              struct reason *reason);

#endif
