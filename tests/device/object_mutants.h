/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_OBJECT_MUTANTS_H
#define TESTS_DEVICE_OBJECT_MUTANTS_H

/* Mutants of the definition of /33629: what they make of values. */
#include "tests/device/objects.h"

/** Change what a Read of the path shows in the format. */
void object_mutant_spoils(const struct objects *objects,
                          const struct lwm2m_path *path, int format,
                          struct record_list *list);

/** What notifications and Sends show instead of this pair. */
void object_mutant_tells(const struct objects *objects, int *state,
                         int *result);
/** Whether the observer of a path is not told of this change. */
bool object_mutant_hides(const struct objects *objects,
                         const struct lwm2m_path *path);

#endif
