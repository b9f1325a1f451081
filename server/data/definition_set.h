/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_DEFINITION_SET_H
#define SERVER_DATA_DEFINITION_SET_H

/* Private to server/data: what a set of definitions is made of. */
#include "server/data/definition.h"

#define DEFINITION_OBJECTS_MAX   4096
#define DEFINITION_WARNINGS_MAX  1000
#define DEFINITION_RESOURCES_MAX 2000 /**< of one Object */

struct definitions {
    struct object_definition *objects; /**< in the order of loading */
    size_t object_count;
    char **warnings;
    size_t warning_count;
};

/** Frees what the definition owns. */
void object_definition_release(struct object_definition *object);

#endif
