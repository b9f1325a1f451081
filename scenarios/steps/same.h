/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_SAME_H
#define SCENARIOS_STEPS_SAME_H

/*
 * Private to scenarios/steps: whether two lists of values say the same, in
 * whatever format and order they came.
 */
#include "scenarios/steps/look.h"
#include "scenarios/steps/words.h"

/**
 * Compare what both have at or below a path. A multiple Resource without
 * members is like one that is not there: SenML cannot say the difference.
 *
 * @param observed  gets the first difference: "/33629/0/14 is "tee" and
 *                  "modem""
 */
bool same_values(const struct record_list *one, const struct record_list *other,
                 struct lwm2m_path path, struct words *observed);

#endif
