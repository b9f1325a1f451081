/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_REGISTRATION_H
#define SCENARIOS_STEPS_REGISTRATION_H

/* Private to scenarios/steps: what a Register or an Update says. */
#include "scenarios/steps/expect.h"

#define REGISTRATION_VALUE_MAX 256 /**< bytes, with NUL; longer is cut */

/** The Lifetime of our own instance of /1. */
struct lwm2m_path registration_lifetime_path(const struct binding *binding);
/** The value of a parameter of "ep=…&lt=…", "" for one without a value.
 *  @return false when it is absent */
bool registration_parameter(const char *query, const char *name, char *out,
                            size_t size);
/**
 * The parts of `expect` on the newest registration that are not about one
 * Object:
 *   "well-formed": true           the parameters are as its version wants them
 *   "lifetime": "shown"           "lt", graded
 *   "objects": {"/1": "present"}  what the list has, graded
 */
void registration_judge(const struct expect_judge *judge, const cJSON *spec);

#endif
