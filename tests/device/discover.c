/* SPDX-License-Identifier: Apache-2.0 */

/* Discover. Spec: lwm2m-core.md, section 3.1. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/objects_parts.h"

/** What is asked for, and the links so far. */
struct discovery {
    const struct objects *objects;
    struct lwm2m_path target;
    unsigned last; /**< level of the lowest links: 1 Object … 4 */
    struct byte_buffer links;
    bool has_failed; /**< memory ran out */
};

static void add_text(struct discovery *discovery, const char *format, ...)
    PRINTF_LIKE(2, 3);

static void add_text(struct discovery *discovery, const char *format, ...)
{
    struct byte_buffer *buffer = &discovery->links;
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        discovery->has_failed = true;
        return;
    }
    uint8_t *grown =
        realloc(buffer->bytes, buffer->length + (size_t)length + 1);
    if (grown != NULL) {
        memcpy(grown + buffer->length, text, (size_t)length + 1);
        buffer->bytes = grown;
        buffer->length += (size_t)length;
        buffer->capacity = buffer->length + 1;
    }
    discovery->has_failed = discovery->has_failed || grown == NULL;
    free(text);
}

/** One link; the target also shows what it inherits. */
static void add_link(struct discovery *discovery, const struct lwm2m_path *path,
                     int dim)
{
    const struct objects *objects = discovery->objects;
    bool is_target = lwm2m_path_equal(path, &discovery->target);
    struct attributes attributes =
        is_target ? attribute_table_effective(&objects->attributes, path)
                  : attribute_table_at(&objects->attributes, path);
    const char *root =
        objects_vary(objects, VARIANT_ALTERNATE_PATH) ? OBJECTS_ROOT : "";
    char words[ATTRIBUTES_TEXT_SIZE];
    char text[LWM2M_PATH_TEXT_MAX];
    char members[16] = "";

    if (dim >= 0) {
        (void)snprintf(members, sizeof(members), ";dim=%d", dim); /* fits */
    }
    attributes_text(&attributes, words);
    add_text(discovery, "%s<%s%s>%s%s", discovery->links.length > 0 ? "," : "",
             root, lwm2m_path_text(path, text), members, words);
}

static void link_resource(struct discovery *discovery,
                          const struct resource *resource, uint16_t instance)
{
    struct lwm2m_path path =
        lwm2m_path_resource(resource->object, instance, resource->id);
    struct record_list list;

    record_list_init(&list);
    if (resource->multiple &&
        !objects_add_resource(discovery->objects, resource, instance, &list)) {
        discovery->has_failed = true;
    }
    if (discovery->last >= 3 && discovery->target.depth <= 3) {
        int more = objects_mutant(discovery->objects) == MUTANT_DIM_WRONG &&
                   resource->object == OBJECT_FIRMWARE;
        add_link(discovery, &path,
                 resource->multiple ? (int)list.count + more : -1);
    }
    for (size_t i = 0; discovery->last >= 4 && i < list.count; i++) {
        if (lwm2m_path_is_within(&list.records[i].path, &discovery->target)) {
            add_link(discovery, &list.records[i].path, -1);
        }
    }
    record_list_release(&list);
}

static bool is_left_out(const struct discovery *discovery,
                        const struct resource *resource)
{
    return objects_mutant(discovery->objects) == MUTANT_DISCOVER_LESS &&
           resource->object == OBJECT_FIRMWARE && resource->id == 15 &&
           discovery->target.depth == 2;
}

static void link_instance(struct discovery *discovery, uint16_t instance)
{
    const struct lwm2m_path *target = &discovery->target;
    struct lwm2m_path path = lwm2m_path_instance(target->ids[0], instance);
    const struct resource *row = NULL;

    if (target->depth <= 2 && discovery->last >= 2) {
        add_link(discovery, &path, -1);
    }
    for (size_t i = 0; (row = resource_at(i)) != NULL; i++) {
        if (row->object == target->ids[0] &&
            (target->depth < 3 || target->ids[2] == row->id) &&
            !is_left_out(discovery, row) &&
            !resource_is_absent(discovery->objects, row, instance)) {
            link_resource(discovery, row, instance);
        }
    }
}

static void link_all(struct discovery *discovery)
{
    const struct lwm2m_path *target = &discovery->target;
    const struct objects *objects = discovery->objects;
    uint16_t ids[OBJECTS_INSTANCES_MAX];
    size_t count = objects_instances(objects, target->ids[0], ids);

    if (target->depth == 1) {
        add_link(discovery, target, -1);
    }
    if (target->depth == 1 && target->ids[0] == OBJECT_FIRMWARE &&
        objects_mutant(objects) == MUTANT_DISCOVER_MORE) {
        struct lwm2m_path more = lwm2m_path_instance(OBJECT_FIRMWARE, 4);
        add_link(discovery, &more, -1);
    }
    for (size_t i = 0; i < count; i++) {
        if (target->depth < 2 || target->ids[1] == ids[i]) {
            link_instance(discovery, ids[i]);
        }
    }
}

/** Level of the lowest links. Without `depth` it is that of Resources, below
 *  a Resource that of its Instances since 1.1. */
static unsigned last_level(const struct objects *objects,
                           const struct lwm2m_path *path, uint32_t depth)
{
    bool is_known = objects_version(objects) >= 12;

    if (depth == DISCOVER_DEFAULT || !is_known) {
        return path->depth == 3 && objects_version(objects) >= 11 ? 4 : 3;
    }
    return depth > 4u - path->depth ? 4 : path->depth + depth;
}

void objects_discover(const struct objects *objects,
                      const struct lwm2m_path *path, uint32_t depth,
                      struct answer *answer)
{
    if (path->depth == 4) {
        answer->code = CODE(4, 5);
        return;
    }
    if (!objects_exist(objects, path) ||
        (path->depth == 3 && resource_find(objects, path) == NULL)) {
        answer->code = CODE(4, 4);
        return;
    }
    struct discovery discovery = {
        .objects = objects,
        .target = *path,
        .last = last_level(objects, path, depth),
    };
    byte_buffer_init(&discovery.links);
    link_all(&discovery);
    if (discovery.has_failed) {
        byte_buffer_release(&discovery.links);
        answer->code = CODE(5, 0);
        return;
    }
    answer->payload = discovery.links; /* handed over */
    answer->content_format = CONTENT_FORMAT_LINK;
    answer->code = CODE(2, 5);
}
