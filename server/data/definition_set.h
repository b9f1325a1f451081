/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_DEFINITION_SET_H
#define SERVER_DATA_DEFINITION_SET_H

/* Private to server/data: what a set of definitions is made of. */
#include <stdbool.h>
#include <stddef.h>

#include "server/data/definition.h"

#define DEFINITION_OBJECTS_MAX   4096
#define DEFINITION_WARNINGS_MAX  1000
#define DEFINITION_RESOURCES_MAX 2000 /**< of one Object */

struct definitions {
    struct object_definition *objects; /**< in the order of loading */
    size_t object_count;
    char **warnings;
    size_t warning_count;
    bool is_lacking; /**< memory ran out for a warning */
};

/**
 * Move all of `fresh` into `set`; a definition of the same Object and version
 * is replaced. `fresh` is empty then.
 *
 * Errors: STATUS_NO_MEMORY, STATUS_LIMIT; both are as they were.
 */
MUST_CHECK
enum status definitions_merge(struct definitions *set,
                              struct definitions *fresh, struct reason *reason);
/** Release what is in the set, not the set itself. */
void definitions_release(struct definitions *set);

/** Frees what the definition owns. */
void object_definition_release(struct object_definition *object);

#endif
