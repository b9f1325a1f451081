/* SPDX-License-Identifier: Apache-2.0 */

/* Write, Execute, Create and Delete. Spec: lwm2m-core.md, section 3. */
#include <string.h>

#include "tests/device/formats.h"
#include "tests/device/objects_parts.h"

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

static uint8_t store_firmware(struct objects *objects,
                              const struct lwm2m_path *path,
                              const struct lwm2m_value *value, bool dry)
{
    struct component *component = &objects->firmware->components[path->ids[1]];

    if (path->ids[2] == 11) {
        if (value->type != LWM2M_TYPE_INTEGER || value->as.integer < 0 ||
            value->as.integer > 2) {
            return CODE(4, 0);
        }
        component->severity = dry ? component->severity : value->as.integer;
    } else {
        if (value->type != LWM2M_TYPE_UNSIGNED) {
            return CODE(4, 0);
        }
        component->defer_s =
            dry ? component->defer_s : value->as.unsigned_integer;
    }
    return dry || firmware_save(objects->firmware) ? CODE(2, 4) : CODE(5, 0);
}

static uint8_t store_value(struct objects *objects,
                           const struct lwm2m_path *path,
                           const struct lwm2m_value *value, bool dry)
{
    switch (path->ids[0]) {
    case OBJECT_SERVER:
        return server_object_write(objects, path->ids[2], value, dry);
    case OBJECT_DEVICE:
        return store_device(objects, path->ids[2], value, dry);
    default:
        return store_firmware(objects, path, value, dry);
    }
}

/** @param dry  only say which code it would get */
static uint8_t write_record(struct objects *objects,
                            const struct lwm2m_path *path,
                            const struct lwm2m_record *record, bool dry)
{
    const struct lwm2m_path *target = &record->path;
    const struct resource *resource = resource_find(objects, target);
    bool special = target->ids[0] == OBJECT_FIRMWARE && target->ids[2] <= 1;

    if (resource == NULL) {
        return CODE(2, 4); /* unknown optional Resources are no error */
    }
    if ((resource->operations & OBJECTS_WRITE) == 0 ||
        !lwm2m_path_is_within(target, path)) {
        return CODE(4, 5);
    }
    if (target->depth != 3) {
        return CODE(4, 0); /* an instance of a single Resource */
    }
    if (special && target->ids[2] == 1 &&
        record->value.type == LWM2M_TYPE_STRING) {
        return firmware_write_uri(objects->firmware, target->ids[1],
                                  record->value.as.data.bytes,
                                  record->value.as.data.length, dry);
    }
    return special ? CODE(4, 5)
                   : store_value(objects, target, &record->value, dry);
}

static uint8_t write_each(struct objects *objects,
                          const struct lwm2m_path *path,
                          const struct record_list *list, bool dry)
{
    uint8_t code = CODE(2, 4);

    for (size_t i = 0; code == CODE(2, 4) && i < list->count; i++) {
        code = write_record(objects, path, &list->records[i], dry);
    }
    return code;
}

/** All of it or nothing. Spec: lwm2m-core.md, section 3.1. */
static uint8_t write_list(struct objects *objects,
                          const struct lwm2m_path *path,
                          const struct record_list *list, bool replaces)
{
    uint8_t code = write_each(objects, path, list, true);

    if (code != CODE(2, 4)) {
        return code;
    }
    if (replaces && path->depth == 2 && path->ids[0] == OBJECT_SERVER) {
        server_object_reset(objects);
    }
    return write_each(objects, path, list, false);
}

/** The types come from the compiled-in definitions, as on real devices. */
static uint8_t write_values(struct objects *objects,
                            const struct message *request,
                            const struct lwm2m_path *path, int format)
{
    struct definitions *definitions = definitions_new();
    struct record_list list;
    uint8_t code = CODE(2, 4);

    record_list_init(&list);
    if (definitions == NULL ||
        definitions_add_embedded(definitions, NULL) != STATUS_OK) {
        code = CODE(5, 0);
    } else if (codec_decode(format, definitions, path, request->payload,
                            request->payload_length, &list,
                            NULL) != STATUS_OK ||
               (list.count == 0 && list.empty_count == 0)) {
        code = CODE(4, 0);
    }
    if (code == CODE(2, 4)) {
        code = write_list(objects, path, &list, request->code == METHOD_PUT);
    }
    record_list_release(&list);
    definitions_free(definitions);
    return code;
}

static uint8_t write_package(struct objects *objects,
                             const struct message *request,
                             const struct lwm2m_path *path, int format,
                             uint64_t now_ms, bool *out_has_block)
{
    uint32_t block = message_number(request, OPTION_BLOCK1, UINT32_MAX);
    size_t size = (size_t)1 << ((block & 7) + 4);
    bool has_block = message_option(request, OPTION_BLOCK1) != NULL;

    if (format != CONTENT_FORMAT_OPAQUE) {
        return CODE(4, 15);
    }
    if (!has_block) {
        return firmware_write_package(objects->firmware, path->ids[1], 0, false,
                                      request->payload, request->payload_length,
                                      now_ms);
    }
    bool more = (block & 8) != 0;
    if ((block & 7) == 7 || request->payload_length > size ||
        (more && request->payload_length != size)) {
        return CODE(4, 0);
    }
    *out_has_block = true;
    return firmware_write_package(
        objects->firmware, path->ids[1], (size_t)(block >> 4) * size, more,
        request->payload, request->payload_length, now_ms);
}

/** What attributes may be set at a path. */
static struct attribute_target target_of(const struct objects *objects,
                                         const struct lwm2m_path *path)
{
    const struct resource *resource = resource_find(objects, path);
    enum lwm2m_type type = resource != NULL ? resource->type : LWM2M_TYPE_NONE;

    return (struct attribute_target){
        .version = objects_version(objects),
        .depth = path->depth,
        .is_readable =
            resource == NULL || resource_is_readable(objects, resource),
        .is_numeric = type == LWM2M_TYPE_INTEGER ||
                      type == LWM2M_TYPE_UNSIGNED || type == LWM2M_TYPE_FLOAT ||
                      type == LWM2M_TYPE_TIME,
        .is_boolean = type == LWM2M_TYPE_BOOLEAN,
    };
}

bool objects_take_attributes(const struct objects *objects,
                             const struct message *request,
                             const struct lwm2m_path *path,
                             struct attributes *attributes, unsigned *out_count)
{
    struct attribute_target target = target_of(objects, path);

    *out_count = 0;
    for (size_t i = 0; i < request->option_count; i++) {
        const struct message_option *option = &request->options[i];
        if (option->number != OPTION_URI_QUERY) {
            continue;
        }
        if (!attributes_take(attributes, (const char *)option->bytes,
                             option->length, &target)) {
            return false;
        }
        ++*out_count;
    }
    return true;
}

/** Spec: lwm2m-core.md, section 4.3. */
static uint8_t write_attributes(struct objects *objects,
                                const struct message *request,
                                const struct lwm2m_path *path)
{
    struct attributes attributes =
        attribute_table_at(&objects->attributes, path);
    const struct attributes before = attributes;
    unsigned count = 0;

    if (request->payload_length > 0 ||
        !objects_take_attributes(objects, request, path, &attributes, &count) ||
        count == 0) {
        return CODE(4, 0);
    }
    /* Together they must agree; one by one they need not (yet). */
    if (count > 1 && !attributes_agree(&attributes) &&
        attributes_agree(&before)) {
        return CODE(4, 0);
    }
    if (objects_variant(objects) == VARIANT_PMAX_BELOW_PMIN_400 &&
        attributes_have(&attributes, ATTRIBUTE_PMIN) &&
        attributes_have(&attributes, ATTRIBUTE_PMAX) &&
        attributes.values[ATTRIBUTE_PMAX] < attributes.values[ATTRIBUTE_PMIN]) {
        return CODE(4, 0);
    }
    objects->has_changed = true; /* another deadline, perhaps */
    return attribute_table_put(&objects->attributes, path, &attributes)
               ? CODE(2, 4)
               : CODE(5, 0);
}

static void put(struct objects *objects, const struct message *request,
                const struct lwm2m_path *path, uint64_t now_ms,
                struct answer *answer)
{
    const struct resource *resource = resource_find(objects, path);
    int format = message_option(request, OPTION_CONTENT_FORMAT) != NULL
                     ? (int)message_number(request, OPTION_CONTENT_FORMAT, 0)
                     : CONTENT_FORMAT_NONE;
    bool is_firmware = path->ids[0] == OBJECT_FIRMWARE;
    enum variant variant = objects_variant(objects);

    if ((path->depth >= 3 && resource == NULL) ||
        (path->depth == 4 && !resource->multiple)) {
        answer->code = CODE(4, 4);
    } else if (variant == VARIANT_FORMAT_REFUSED_415 &&
               format == CONTENT_FORMAT_TEXT) {
        answer->code = CODE(4, 15);
    } else if (format == CONTENT_FORMAT_NONE) {
        answer->code = request->code == METHOD_PUT
                           ? write_attributes(objects, request, path)
                           : CODE(4, 5);
    } else if (path->depth >= 3 &&
               (resource->operations & OBJECTS_WRITE) == 0) {
        answer->code = CODE(4, 5);
    } else if (path->depth == 3 && is_firmware && path->ids[2] == 0) {
        answer->code = write_package(objects, request, path, format, now_ms,
                                     &answer->has_block1);
    } else if (path->depth == 3 && is_firmware && path->ids[2] == 1 &&
               format == CONTENT_FORMAT_TEXT &&
               formats_have(objects_formats(objects), format)) {
        answer->code = firmware_write_uri(objects->firmware, path->ids[1],
                                          request->payload,
                                          request->payload_length, false);
    } else if (!formats_have(objects_formats(objects), format)) {
        answer->code = CODE(4, 15);
    } else {
        answer->code = write_values(objects, request, path, format);
    }
}

static uint8_t execute_firmware(struct objects *objects,
                                const struct message *request,
                                const struct lwm2m_path *path, uint64_t now_ms)
{
    struct update_arguments arguments = { .has_list = false };

    if (path->ids[2] == 10) {
        return firmware_cancel(objects->firmware, path->ids[1]);
    }
    uint8_t code = arguments_parse(request->payload, request->payload_length,
                                   path->ids[1], &arguments);
    /* Outside Downloaded no argument makes it right: ST-12, ST-29, ST-50. */
    if (code != 0 &&
        objects->firmware->components[path->ids[1]].state == STATE_DOWNLOADED) {
        return code;
    }
    return firmware_update(objects->firmware, path->ids[1], &arguments, now_ms);
}

static uint8_t execute(struct objects *objects, const struct message *request,
                       const struct lwm2m_path *path, uint64_t now_ms)
{
    const struct resource *resource = resource_find(objects, path);

    if (resource == NULL) {
        return CODE(4, 4);
    }
    if ((resource->operations & OBJECTS_EXECUTE) == 0) {
        return CODE(4, 5);
    }
    if (request->payload_length > 0 &&
        message_number(request, OPTION_CONTENT_FORMAT, 0) !=
            CONTENT_FORMAT_TEXT) {
        return CODE(4, 15);
    }
    if (path->ids[0] == OBJECT_FIRMWARE) {
        return execute_firmware(objects, request, path, now_ms);
    }
    if (path->ids[0] == OBJECT_SERVER) {
        return server_object_execute(objects, path->ids[2],
                                     (const char *)request->payload,
                                     request->payload_length);
    }
    objects->wants_reboot = true;
    return CODE(2, 4);
}

/** What Create and Delete are answered. */
static uint8_t refusal(const struct objects *objects,
                       const struct message *request,
                       const struct lwm2m_path *path, bool on_firmware)
{
    enum variant variant = objects_variant(objects);

    if (on_firmware && variant == VARIANT_CREATE_DELETE_404) {
        return CODE(4, 4);
    }
    return on_firmware && path->depth == 1 && request->code == METHOD_DELETE &&
                   variant == VARIANT_DELETE_OBJECT_400
               ? CODE(4, 0)
               : CODE(4, 5);
}

/** For a variant: TLV of an Object Instance that is there. */
static bool names_used_instance(const struct objects *objects,
                                const struct message *request)
{
    enum { TLV_INSTANCE_MASK = 0xE0, TLV_INSTANCE = 0x00 };

    return objects_variant(objects) == VARIANT_CREATE_USED_400 &&
           request->payload_length > 1 &&
           (request->payload[0] & TLV_INSTANCE_MASK) == TLV_INSTANCE &&
           request->payload[1] < FIRMWARE_COMPONENTS;
}

/** Only Package takes more than one block. @return 0, or the refusal */
static uint8_t refuse_blocks(const struct message *request,
                             const struct lwm2m_path *path)
{
    uint32_t block = message_number(request, OPTION_BLOCK1, 0);
    bool is_package = path->depth == 3 && path->ids[0] == OBJECT_FIRMWARE &&
                      path->ids[2] == 0;

    if (is_package || (block & ~7u) == 0) {
        return 0;
    }
    return block >> 4 == 0 ? CODE(4, 13) : CODE(4, 8);
}

/** A PUT with neither a format nor a body. */
static bool is_write_attributes(const struct message *request)
{
    return request->code == METHOD_PUT && request->payload_length == 0 &&
           message_option(request, OPTION_CONTENT_FORMAT) == NULL;
}

void objects_change(struct objects *objects, const struct message *request,
                    const struct lwm2m_path *path, uint64_t now_ms,
                    struct answer *answer)
{
    bool on_firmware = path->depth > 0 && path->ids[0] == OBJECT_FIRMWARE;
    uint8_t block_code = refuse_blocks(request, path);

    if (path->depth == 0) {
        answer->code = CODE(4, 5);
    } else if (block_code != 0) {
        answer->code = block_code;
    } else if (!objects_exist(objects, path) &&
               !(request->code == METHOD_POST && path->depth == 1)) {
        answer->code = CODE(4, 4);
    } else if (request->code == METHOD_DELETE) {
        answer->code = on_firmware && path->depth == 2 &&
                               objects_mutant(objects) == MUTANT_DELETE_ACCEPTED
                           ? CODE(2, 2)
                           : refusal(objects, request, path, on_firmware);
    } else if (request->code == METHOD_POST && path->depth == 1) {
        answer->code =
            !objects_exist(objects, path) ? CODE(4, 4)
            : on_firmware && objects_mutant(objects) == MUTANT_CREATE_ACCEPTED
                ? CODE(2, 1)
            : names_used_instance(objects, request)
                ? CODE(4, 0)
                : refusal(objects, request, path, on_firmware);
    } else if (request->code == METHOD_POST && path->depth == 3) {
        answer->code = execute(objects, request, path, now_ms);
    } else if (path->depth >= 2 || is_write_attributes(request)) {
        put(objects, request, path, now_ms, answer);
    } else {
        answer->code = CODE(4, 5);
    }
}
