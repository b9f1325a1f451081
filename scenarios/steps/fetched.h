/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_FETCHED_H
#define SCENARIOS_STEPS_FETCHED_H

/*
 * Private to scenarios/steps: which packages our file server gave as a whole.
 * A component that is Downloaded without any of them holds a mixture, or a
 * part. AFU-048, AFU-049.
 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/look.h"

#define FETCHED_MAX 16 /**< packages that are told */

/** Names of packages, each once; loans of the events. */
struct fetched {
    const char *names[FETCHED_MAX];
    size_t count;
};

/** Of the files that were offered in the case; of several with one name the
 *  newest. */
struct fetched fetched_packages(const struct look *look);
bool fetched_has(const struct fetched *fetched, const char *package);
/** Whether the package of this name is one of them; NULL holds. */
bool fetched_holds(const struct look *look, const cJSON *package);

#endif
