/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_APPLIES_H
#define SCENARIOS_ENGINE_APPLIES_H

/*
 * Private to scenarios/engine: the lines of `applies`. A line is one or more
 * terms joined by " or ", each optionally with "not " before it:
 *
 *   components >= N   the device has N instances or more
 *   lwm2m >= N        the version it registered with
 *   package NAME      a component of the profile has it
 *   hook NAME         the profile has it, and it can be done
 *   deps              an ICS item in lower case: its value says yes
 *   enc = required    an ICS item that has this value
 *
 * Spec: design.md section 5, afu.md section 2.
 */
#include "scenarios/engine/ics.h"

/** @return NULL for a line that can be read, else what is expected */
const char *applies_misfit(const char *line);

/**
 * While the device was not looked at (ics->is_known) what only it can tell
 * holds, with "not " as well: a plan made then leaves nothing out.
 *
 * @param profile  NULL: nothing is known of packages and hooks, they hold
 * @return false for a line that cannot be read, too
 */
bool applies_holds(const char *line, const struct profile *profile,
                   const struct ics *ics);

/** Greater is better: of the terms of a line the best one counts. */
enum applies_state {
    APPLIES_FAILS,
    APPLIES_UNKNOWN, /**< only a look at the device can tell */
    APPLIES_HOLDS,
};
/**
 * The same with the reason: "declared: true", "no component of the profile
 * has it", one for each term, with "; " between them.
 *
 * @param out_why  cut where it does not fit; NULL when `size` is 0
 */
enum applies_state applies_explain(const char *line,
                                   const struct profile *profile,
                                   const struct ics *ics, char *out_why,
                                   size_t size);

/** Whether one of the lines, NULL at their end, is "not ITEM". */
bool applies_denies(const char *const *lines, const char *item);

/** What a term may ask for of the profile. */
enum applies_kind { APPLIES_PACKAGE, APPLIES_HOOK, APPLIES_ITEM };
typedef void (*applies_fn)(enum applies_kind kind, const char *name,
                           void *user);
/** Call for each package, hook and ICS item that the line names without "not "
 *  before it. */
void applies_names(const char *line, applies_fn on_name, void *user);

#endif
