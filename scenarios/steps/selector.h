/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_SELECTOR_H
#define SCENARIOS_STEPS_SELECTOR_H

/*
 * Private to scenarios/steps: which components a key of `await` or `expect`
 * names.
 *   "x", "tee"    a role or a component of the profile
 *   "all"         every component
 *   "others"      every component that no other key of the object names
 *   "parts"       those that the newest package is for
 *   "linked(x)"   Linked Instances of x when Update was executed on it last
 */
#include "scenarios/steps/look.h"

/** Whether the key can name components; a role of letters is enough here. */
bool selector_is_valid(const char *key);
/**
 * @param object  the object the key stands in, for "others"; may be NULL
 * @return false for a role that nobody has; the set is then empty
 */
bool selector_expand(const struct look *look, const char *key,
                     const cJSON *object, struct component_set *out_set);
/** Components named by a list of roles, or by one role. */
bool selector_list(const struct look *look, const cJSON *roles,
                   struct component_set *out_set);

#endif
