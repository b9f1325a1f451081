/* SPDX-License-Identifier: Apache-2.0 */

/* Values that are written. Spec: lwm2m-core.md, section 3.1. */
#include <string.h>

#include "tests/device/objects_parts.h"

enum { YEAR_S = 365 * 24 * 3600 };

/** Data of a Resource of /3. */
static uint8_t store_device(struct objects *objects, uint16_t id,
                            const struct lwm2m_value *value, bool dry)
{
    char *text = id == 14 ? objects->utc_offset : objects->timezone;
    size_t length = value->as.data.length;

    if (value->type != LWM2M_TYPE_STRING || length >= OBJECTS_TEXT_SIZE) {
        return CODE(4, 0);
    }
    if (!dry) {
        memcpy(text, value->as.data.bytes, length);
        text[length] = '\0';
        objects->has_changed = true;
    }
    return CODE(2, 4);
}

/** What Severity (or Maximum Defer Period) cannot be. */
static bool is_bad(const struct objects *objects, bool is_period,
                   const struct lwm2m_value *value)
{
    enum mutant mutant = objects_mutant(objects);
    bool is_long = objects_vary(objects, VARIANT_LONG_PERIOD_REFUSED);

    if (!is_period) {
        bool is_one = value->as.integer >= 0 && value->as.integer <= 2;
        return value->type != LWM2M_TYPE_INTEGER ||
               (!is_one && mutant != MUTANT_SEVERITY_WRAPS);
    }
    return value->type != LWM2M_TYPE_UNSIGNED ||
           (is_long && value->as.unsigned_integer > YEAR_S);
}

static uint8_t store_firmware(struct objects *objects,
                              const struct lwm2m_path *path,
                              const struct lwm2m_value *value, bool dry)
{
    struct component *component = &objects->firmware->components[path->ids[1]];

    enum mutant mutant = objects_mutant(objects);
    bool is_period = path->ids[2] != 11;

    if (is_bad(objects, is_period, value)) {
        return CODE(4, 0);
    }
    if (dry || mutant == (is_period ? MUTANT_PERIOD_IGNORED
                                    : MUTANT_SEVERITY_IGNORED)) {
        return CODE(2, 4);
    }
    if (!is_period) {
        component->severity = mutant == MUTANT_SEVERITY_WRAPS
                                  ? (value->as.integer % 3 + 3) % 3
                                  : value->as.integer;
    } else {
        component->defer_s = value->as.unsigned_integer;
    }
    return dry || firmware_save(objects->firmware) ? CODE(2, 4) : CODE(5, 0);
}

/** A Resource Instance of /16/x/0; without a value it is to go. */
static uint8_t store_identity(struct objects *objects,
                              const struct lwm2m_path *path,
                              const struct lwm2m_value *value, bool dry)
{
    struct portfolio_instance *instance =
        portfolio_find(&objects->portfolio, path->ids[1]);
    uint16_t member = path->ids[3];

    if (value->type == LWM2M_TYPE_NONE) {
        bool is_there = portfolio_member(instance, member) != NULL;
        objects->has_changed = true;
        return is_there && (dry || portfolio_delete_member(instance, member))
                   ? CODE(2, 4)
                   : CODE(4, 4);
    }
    if (value->type != LWM2M_TYPE_STRING ||
        value->as.data.length >= PORTFOLIO_TEXT_SIZE) {
        return CODE(4, 0);
    }
    objects->has_changed = true;
    return dry || portfolio_write(instance, member, value->as.data.bytes,
                                  value->as.data.length)
               ? CODE(2, 4)
               : CODE(5, 0);
}

static uint8_t store_value(struct objects *objects,
                           const struct lwm2m_path *path,
                           const struct lwm2m_value *value, bool dry)
{
    switch (path->ids[0]) {
    case OBJECT_FU:
        return path->ids[2] == 1 && value->type == LWM2M_TYPE_STRING
                   ? fu_write_uri(objects, value->as.data.length, dry)
                   : CODE(4, 5);
    case OBJECT_SERVER:
        return server_object_write(objects, path->ids[1], path->ids[2], value,
                                   dry);
    case OBJECT_DEVICE:
        return store_device(objects, path->ids[2], value, dry);
    case OBJECT_PORTFOLIO:
        return store_identity(objects, path, value, dry);
    default:
        return store_firmware(objects, path, value, dry);
    }
}

uint8_t objects_write_uri(struct objects *objects, uint16_t instance,
                          const void *bytes, size_t length, bool dry)
{
    if (length > 0 && fu_blocks(objects)) {
        return CODE(4, 5); /* one process at a time */
    }
    if (length > 0 && !dry) {
        fu_spoil(objects);
    }
    return firmware_write_uri(objects->firmware, instance, bytes, length, dry);
}

/** @param dry  only say which code it would get */
static uint8_t write_record(struct objects *objects,
                            const struct lwm2m_record *record, enum writing how,
                            bool dry)
{
    const struct lwm2m_path *target = &record->path;
    const struct resource *resource = resource_find(objects, target);
    bool special = target->ids[0] == OBJECT_FIRMWARE && target->ids[2] <= 1;

    if (resource == NULL) { /* unknown optional Resources are no error */
        return how == WRITING_COMPOSITE ? CODE(4, 4) : CODE(2, 4);
    }
    if ((resource->operations & OBJECTS_WRITE) == 0) {
        return CODE(4, 5);
    }
    if (target->depth != (resource->multiple ? 4 : 3)) {
        return CODE(4, 0); /* an instance of a single Resource, or all */
    }
    if (record->value.type == LWM2M_TYPE_NONE &&
        (!resource->multiple || objects_version(objects) < 12)) {
        return CODE(4, 5);
    }
    if (special && target->ids[2] == 1 &&
        record->value.type == LWM2M_TYPE_STRING) {
        return objects_write_uri(objects, target->ids[1],
                                 record->value.as.data.bytes,
                                 record->value.as.data.length, dry);
    }
    return special ? CODE(4, 5)
                   : store_value(objects, target, &record->value, dry);
}

static uint8_t write_each(struct objects *objects,
                          const struct record_list *list, enum writing how,
                          bool dry)
{
    uint8_t code = CODE(2, 4);

    for (size_t i = 0; code == CODE(2, 4) && i < list->count; i++) {
        code = write_record(objects, &list->records[i], how, dry);
    }
    return code;
}

/** What was there goes before the new values come. */
static void clear(struct objects *objects, const struct lwm2m_path *base)
{
    if (base->ids[0] == OBJECT_SERVER && base->depth == 2) {
        server_object_reset(objects);
    } else if (base->ids[0] == OBJECT_PORTFOLIO &&
               (base->depth == 2 || base->depth == 3)) {
        portfolio_find(&objects->portfolio, base->ids[1])->count = 0;
    }
}

uint8_t objects_write(struct objects *objects, const struct lwm2m_path *base,
                      const struct record_list *list, enum writing how)
{
    const struct portfolio before = objects->portfolio;
    bool is_partly = how == WRITING_COMPOSITE &&
                     objects_mutant(objects) == MUTANT_PATCH_PARTLY;
    uint8_t code = write_each(objects, list, how, !is_partly);

    if (code != CODE(2, 4)) {
        for (size_t i = 0;
             objects_mutant(objects) == MUTANT_WRITE_PARTLY && i < list->count;
             i++) {
            (void)write_record(objects, &list->records[i], how,
                               false); /* as far as it goes */
        }
        return code;
    }
    if (how == WRITING_REPLACE &&
        objects_mutant(objects) != MUTANT_REPLACE_MERGES) {
        clear(objects, base);
    }
    code = write_each(objects, list, how, false);
    if (code != CODE(2, 4)) {
        objects->portfolio = before; /* all of it or nothing */
    }
    return code;
}

void objects_list_changed(struct objects *objects)
{
    objects->has_changed = true;
    objects->wants_update = true;
    objects->has_new_list = true;
}

uint8_t objects_create(struct objects *objects, const struct lwm2m_path *path,
                       const struct record_list *list)
{
    const struct portfolio before = objects->portfolio;

    for (size_t i = 0; i < list->count; i++) {
        if (!lwm2m_path_is_within(&list->records[i].path, path)) {
            return CODE(4, 0); /* several at once */
        }
    }
    if (portfolio_find(&objects->portfolio, path->ids[1]) != NULL) {
        return CODE(4, 0);
    }
    if (portfolio_create(&objects->portfolio, path->ids[1]) == NULL) {
        return CODE(5, 0);
    }
    uint8_t code = objects_write(objects, path, list, WRITING_UPDATE);
    if (code != CODE(2, 4) ||
        portfolio_find(&objects->portfolio, path->ids[1])->count == 0) {
        objects->portfolio = before;
        return code != CODE(2, 4) ? code : CODE(4, 0); /* Identity is a must */
    }
    objects_list_changed(objects);
    return CODE(2, 1);
}

struct definitions *objects_definitions(const struct objects *objects)
{
    struct definitions *definitions = definitions_new();
    bool good = definitions != NULL &&
                definitions_add_embedded(definitions, NULL) == STATUS_OK;

    if (good && objects->portfolio.is_there) {
        good = definitions_add_xml(definitions, "portfolio",
                                   (const uint8_t *)portfolio_definition,
                                   strlen(portfolio_definition),
                                   NULL) == STATUS_OK;
    }
    if (!good) {
        definitions_free(definitions);
        return NULL;
    }
    return definitions;
}
