/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/definition.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/definition_set.h"
#include "server/data/embedded.h"

extern const struct embedded_file definition_files[];
extern const size_t definition_files_count;

struct definitions *definitions_new(void)
{
    return calloc(1, sizeof(struct definitions));
}

void object_definition_release(struct object_definition *object)
{
    struct resource_definition *resources =
        (struct resource_definition *)(uintptr_t)object->resources;

    for (size_t i = 0; i < object->resource_count; i++) {
        free((void *)(uintptr_t)resources[i].name);
        free((void *)(uintptr_t)resources[i].range_text);
        free((void *)(uintptr_t)resources[i].intervals);
    }
    free(resources);
    free((void *)(uintptr_t)object->name);
    free((void *)(uintptr_t)object->urn);
    *object = (struct object_definition){ .id = 0 };
}

void definitions_release(struct definitions *set)
{
    for (size_t i = 0; i < set->object_count; i++) {
        object_definition_release(&set->objects[i]);
    }
    for (size_t i = 0; i < set->warning_count; i++) {
        free(set->warnings[i]);
    }
    free(set->objects);
    free(set->warnings);
    *set = (struct definitions){ .objects = NULL };
}

void definitions_free(struct definitions *definitions)
{
    if (definitions != NULL) {
        definitions_release(definitions);
        free(definitions);
    }
}

/** The row of the same Object and version, or NULL. */
static struct object_definition *same_object(
    const struct definitions *set, const struct object_definition *object)
{
    for (size_t i = 0; i < set->object_count; i++) {
        struct object_definition *row = &set->objects[i];
        if (row->id == object->id &&
            row->version_major == object->version_major &&
            row->version_minor == object->version_minor) {
            return row;
        }
    }
    return NULL;
}

/** Room for all of `fresh`, so that nothing can fail after it. */
static enum status reserve(struct definitions *set,
                           const struct definitions *fresh,
                           struct reason *reason)
{
    struct object_definition *objects =
        realloc(set->objects, (set->object_count + fresh->object_count + 1) *
                                  sizeof(*objects));

    if (objects == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    set->objects = objects;
    char **warnings =
        realloc(set->warnings, (set->warning_count + fresh->warning_count + 1) *
                                   sizeof(*warnings));
    if (warnings == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    set->warnings = warnings;
    return STATUS_OK;
}

enum status definitions_merge(struct definitions *set,
                              struct definitions *fresh, struct reason *reason)
{
    size_t added = 0;

    for (size_t i = 0; i < fresh->object_count; i++) {
        added += same_object(set, &fresh->objects[i]) == NULL ? 1 : 0;
    }
    if (set->object_count + added > DEFINITION_OBJECTS_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d Objects",
                          DEFINITION_OBJECTS_MAX);
    }
    enum status status = reserve(set, fresh, reason);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < fresh->object_count; i++) {
        struct object_definition *row = same_object(set, &fresh->objects[i]);
        if (row != NULL) {
            object_definition_release(row); /* the later one wins */
        } else {
            row = &set->objects[set->object_count++];
        }
        *row = fresh->objects[i];
    }
    fresh->object_count = 0; /* handed over */
    for (size_t i = 0; i < fresh->warning_count; i++) {
        if (set->warning_count < DEFINITION_WARNINGS_MAX) {
            set->warnings[set->warning_count++] = fresh->warnings[i];
        } else {
            free(fresh->warnings[i]);
        }
    }
    fresh->warning_count = 0; /* handed over */
    definitions_release(fresh);
    return STATUS_OK;
}

enum status definitions_add_embedded(struct definitions *definitions,
                                     struct reason *reason)
{
    struct definitions fresh = { .objects = NULL };
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < definition_files_count; i++) {
        status = definitions_add_xml(&fresh, definition_files[i].name,
                                     definition_files[i].bytes,
                                     definition_files[i].size, reason);
    }
    if (status == STATUS_OK) {
        status = definitions_merge(definitions, &fresh, reason);
    }
    definitions_release(&fresh);
    return status;
}

const char *definitions_warning(const struct definitions *definitions,
                                size_t index)
{
    return index < definitions->warning_count ? definitions->warnings[index]
                                              : NULL;
}

/** Whether `a` serves a wish for major.minor better than `b` does. */
static bool is_better(const struct object_definition *a,
                      const struct object_definition *b, unsigned minor)
{
    bool a_below = a->version_minor <= minor;
    bool b_below = b->version_minor <= minor;

    if (a_below != b_below) {
        return a_below;
    }
    return a_below ? a->version_minor > b->version_minor
                   : a->version_minor < b->version_minor;
}

const struct object_definition *definitions_object(
    const struct definitions *definitions, uint16_t object, unsigned major,
    unsigned minor)
{
    const struct object_definition *best = NULL;

    for (size_t i = 0; i < definitions->object_count; i++) {
        const struct object_definition *row = &definitions->objects[i];
        if (row->id != object) {
            continue;
        }
        if (major == 0 && minor == 0) {
            if (best == NULL || row->version_major > best->version_major ||
                (row->version_major == best->version_major &&
                 row->version_minor > best->version_minor)) {
                best = row;
            }
        } else if (row->version_major == major &&
                   (best == NULL || is_better(row, best, minor))) {
            best = row;
        }
    }
    return best;
}

const struct resource_definition *object_resource(
    const struct object_definition *object, uint16_t resource)
{
    size_t low = 0;
    size_t high = object->resource_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (object->resources[middle].id == resource) {
            return &object->resources[middle];
        }
        if (object->resources[middle].id < resource) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const struct resource_definition *definitions_resource(
    const struct definitions *definitions, const struct lwm2m_path *path)
{
    if (path->depth < 3) {
        return NULL;
    }
    const struct object_definition *object =
        definitions_object(definitions, path->ids[0], 0, 0);
    return object != NULL ? object_resource(object, path->ids[2]) : NULL;
}

static bool is_in(const struct definition_interval *interval,
                  const struct lwm2m_value *value)
{
    switch (value->type) {
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
        return value->as.integer >= interval->low &&
               value->as.integer <= interval->high;
    case LWM2M_TYPE_UNSIGNED:
        return value->as.unsigned_integer >= interval->low_unsigned &&
               value->as.unsigned_integer <= interval->high_unsigned;
    case LWM2M_TYPE_FLOAT:
        return value->as.real >= interval->low_real &&
               value->as.real <= interval->high_real;
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_OPAQUE:
    case LWM2M_TYPE_CORELNK:
        return value->as.data.length >= interval->low_unsigned &&
               value->as.data.length <= interval->high_unsigned;
    case LWM2M_TYPE_NONE:
    case LWM2M_TYPE_UNKNOWN:
    case LWM2M_TYPE_BOOLEAN:
    case LWM2M_TYPE_OBJLNK:
        break;
    }
    return true;
}

static bool is_wanted_type(const struct resource_definition *resource,
                           const struct lwm2m_value *value)
{
    return resource->type == LWM2M_TYPE_UNKNOWN ||
           value->type == resource->type;
}

enum status resource_check_value(const struct resource_definition *resource,
                                 const struct lwm2m_value *value,
                                 struct reason *reason)
{
    char text[64];

    if (!is_wanted_type(resource, value)) {
        return reason_set(
            reason, STATUS_MALFORMED, "%s is to be a %s, but is %s",
            resource->name, lwm2m_type_name(resource->type),
            value->type == LWM2M_TYPE_UNKNOWN ? "not decodable as one"
                                              : lwm2m_type_name(value->type));
    }
    if (value->type == LWM2M_TYPE_FLOAT && !isfinite(value->as.real)) {
        return reason_set(reason, STATUS_MALFORMED, "%s is no finite number",
                          resource->name);
    }
    if (resource->strictness == DEFINITION_RANGE_NONE) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < resource->interval_count; i++) {
        if (is_in(&resource->intervals[i], value)) {
            return STATUS_OK;
        }
    }
    return reason_set(
        reason,
        resource->strictness == DEFINITION_RANGE_FAIL ? STATUS_MALFORMED
                                                      : STATUS_LIMIT,
        "%s is to be in %s, but is %s", resource->name, resource->range_text,
        lwm2m_value_text(value, text, sizeof(text)));
}
