/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_STEPS_H
#define SCENARIOS_STEPS_STEPS_H

/*
 * The vocabulary of scenarios, shell and explorer: one verb is one file in
 * this folder and one row of the table. docs/scenarios.md describes the verbs
 * for people who write cases.
 */
#include "scenarios/engine/step.h"

/** All verbs, sorted by name, NULL-terminated; lives as long as the program. */
const struct step_type *const *steps_table(void);

#endif
