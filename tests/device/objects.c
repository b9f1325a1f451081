/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/objects.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    READ = 1,
    WRITE = 2,
    EXECUTE = 4,
};

/** One Resource that the device has. */
struct resource {
    uint16_t object;
    uint16_t id;
    unsigned operations;
    enum lwm2m_type type;
    bool multiple;
};

static const struct resource resources[] = {
    { 1, 0, READ, LWM2M_TYPE_INTEGER, false },
    { 1, 1, READ | WRITE, LWM2M_TYPE_INTEGER, false },
    { 1, 6, READ, LWM2M_TYPE_BOOLEAN, false },
    { 1, 7, READ, LWM2M_TYPE_STRING, false },
    { 1, 8, EXECUTE, LWM2M_TYPE_NONE, false },
    { 3, 0, READ, LWM2M_TYPE_STRING, false },
    { 3, 1, READ, LWM2M_TYPE_STRING, false },
    { 3, 2, READ, LWM2M_TYPE_STRING, false },
    { 3, 3, READ, LWM2M_TYPE_STRING, false },
    { 3, 4, EXECUTE, LWM2M_TYPE_NONE, false },
    { 3, 11, READ, LWM2M_TYPE_INTEGER, true },
    { 3, 16, READ, LWM2M_TYPE_STRING, false },
    { 33629, 0, WRITE, LWM2M_TYPE_OPAQUE, false },
    { 33629, 1, READ | WRITE, LWM2M_TYPE_STRING, false },
    { 33629, 2, EXECUTE, LWM2M_TYPE_NONE, false },
    { 33629, 3, READ, LWM2M_TYPE_INTEGER, false },
    { 33629, 5, READ, LWM2M_TYPE_INTEGER, false },
    { 33629, 6, READ, LWM2M_TYPE_STRING, false },
    { 33629, 7, READ, LWM2M_TYPE_STRING, false },
    { 33629, 8, READ, LWM2M_TYPE_INTEGER, true },
    { 33629, 9, READ, LWM2M_TYPE_INTEGER, false },
    { 33629, 10, EXECUTE, LWM2M_TYPE_NONE, false },
    { 33629, 11, READ | WRITE, LWM2M_TYPE_INTEGER, false },
    { 33629, 12, READ, LWM2M_TYPE_TIME, false },
    { 33629, 13, READ | WRITE, LWM2M_TYPE_UNSIGNED, false },
    { 33629, 14, READ, LWM2M_TYPE_STRING, false },
    { 33629, 15, READ, LWM2M_TYPE_STRING, false },
    { 33629, 16, READ, LWM2M_TYPE_OBJLNK, true },
    { 33629, 17, READ, LWM2M_TYPE_OBJLNK, true },
};

enum { RESOURCE_COUNT = sizeof(resources) / sizeof(resources[0]) };

static enum mutant mutant_of(const struct objects *objects)
{
    return objects->firmware->config.mutant;
}

static bool is_absent(const struct objects *objects,
                      const struct resource *resource, uint16_t instance)
{
    return (mutant_of(objects) == MUTANT_MISSING_MANDATORY &&
            resource->object == OBJECT_FIRMWARE && resource->id == 15) ||
           (mutant_of(objects) == MUTANT_LINKS_MISSING &&
            resource->object == OBJECT_FIRMWARE && resource->id == 16) ||
           (resource->object == OBJECT_FIRMWARE && resource->id == 8 &&
            objects->firmware->config.protocols == 0) ||
           variant_hides(objects->firmware, resource->object, instance,
                         resource->id);
}

static const struct resource *find(const struct objects *objects,
                                   const struct lwm2m_path *path)
{
    for (size_t i = 0; path->depth >= 3 && i < RESOURCE_COUNT; i++) {
        if (resources[i].object == path->ids[0] &&
            resources[i].id == path->ids[2] &&
            path->ids[1] < FIRMWARE_COMPONENTS &&
            !is_absent(objects, &resources[i], path->ids[1])) {
            return &resources[i];
        }
    }
    return NULL;
}

static unsigned instance_count(const struct objects *objects, uint16_t object)
{
    return object == OBJECT_FIRMWARE ? variant_instances(objects->firmware)
           : object == OBJECT_SERVER || object == OBJECT_DEVICE ? 1
                                                                : 0;
}

static bool exists(const struct objects *objects, const struct lwm2m_path *path)
{
    return path->depth >= 1 && instance_count(objects, path->ids[0]) > 0 &&
           (path->depth < 2 ||
            path->ids[1] < instance_count(objects, path->ids[0]));
}

static void set_text(struct lwm2m_value *value, const char *text)
{
    value->type = LWM2M_TYPE_STRING;
    value->as.data.bytes = text;
    value->as.data.length = strlen(text);
}

static void set_integer(struct lwm2m_value *value, int64_t integer)
{
    value->type = LWM2M_TYPE_INTEGER;
    value->as.integer = integer;
}

static bool package_is_shown(const struct shown *shown)
{
    return shown->state == STATE_DOWNLOADED || shown->state == STATE_UPDATING;
}

static void set_state(const struct objects *objects, const struct shown *shown,
                      struct lwm2m_value *value)
{
    static const char *const words[] = { "idle", "downloading", "downloaded",
                                         "updating" };

    if (mutant_of(objects) == MUTANT_STATE_AS_STRING) {
        set_text(value, words[shown->state]);
    } else {
        set_integer(value, shown->state);
    }
}

static void firmware_value(const struct objects *objects, uint16_t instance,
                           uint16_t id, const struct shown *now,
                           struct lwm2m_value *value)
{
    const struct component *component =
        &objects->firmware->components[instance];
    bool shown = package_is_shown(now);

    switch (id) {
    case 1:
        set_text(value, component->uri[0] != '\0' &&
                                mutant_of(objects) == MUTANT_OTHER_URI_SHOWN
                            ? "coap://127.0.0.1/"
                            : component->uri);
        break;
    case 3:
        set_state(objects, now, value);
        break;
    case 5:
        set_integer(value, now->result);
        break;
    case 6:
        set_text(value, shown && mutant_of(objects) != MUTANT_NAME_MISSING
                            ? component->name
                            : "");
        break;
    case 7:
        if (shown && mutant_of(objects) == MUTANT_WRONG_PACKAGE_VERSION) {
            set_text(value, component->version);
        } else {
            set_text(value, shown ? now->package_version : "");
        }
        break;
    case 9:
        set_integer(value, (int)objects->firmware->config.delivery);
        break;
    case 11:
        set_integer(value, component->severity);
        break;
    case 12:
        value->type = LWM2M_TYPE_TIME;
        value->as.integer = component->changed_s;
        break;
    case 13:
        value->type = LWM2M_TYPE_UNSIGNED;
        value->as.unsigned_integer = component->defer_s;
        break;
    case 14:
        set_text(value, component->name);
        break;
    default:
        set_text(value, component->version);
        break;
    }
}

static void device_value(const struct objects *objects, uint16_t id,
                         struct lwm2m_value *value)
{
    static const char *const texts[] = { "Assay", "quad", "0001" };

    if (id == 3) {
        set_text(value, mutant_of(objects) == MUTANT_MAIN_VERSION_DIFFERS
                            ? "factory"
                            : objects->firmware->components[0].version);
    } else {
        set_text(value, id < 3 ? texts[id] : "U");
    }
}

static void server_value(const struct objects *objects, uint16_t id,
                         struct lwm2m_value *value)
{
    if (id == 6) {
        value->type = LWM2M_TYPE_BOOLEAN;
        value->as.boolean = false;
    } else if (id == 7) {
        set_text(value, "U");
    } else {
        set_integer(value, id == 0 ? 1 : (int64_t)objects->lifetime_s);
    }
}

/** Firmware Update Protocol Support. */
static bool add_protocols(const struct objects *objects, struct lwm2m_path path,
                          struct record_list *list)
{
    uint16_t next = 0;

    for (int i = URI_COAP; i < URI_OTHER; i++) {
        struct lwm2m_record record = { .path = lwm2m_path_child(path, next) };
        if ((objects->firmware->config.protocols & 1u << i) == 0) {
            continue;
        }
        next++;
        set_integer(&record.value, i);
        if (record_list_add(list, &record, NULL) != STATUS_OK) {
            return false;
        }
    }
    return true;
}

/** Members of a multiple Resource. */
static bool add_array(const struct objects *objects, struct lwm2m_path path,
                      struct record_list *list)
{
    struct lwm2m_record record = { .path = path };
    unsigned mask = 0;
    uint16_t next = 0;

    if (path.ids[0] == OBJECT_DEVICE) { /* Error Code: none */
        record.path = lwm2m_path_child(path, 0);
        set_integer(&record.value, 0);
        return record_list_add(list, &record, NULL) == STATUS_OK;
    }
    if (path.ids[2] == 8) {
        return add_protocols(objects, path, list);
    }
    mask = path.ids[2] == 16
               ? firmware_linked(objects->firmware, path.ids[1])
               : firmware_conflicting(objects->firmware, path.ids[1]);
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((mask & 1u << i) == 0) {
            continue;
        }
        record.path = lwm2m_path_child(path, next++);
        record.value.type = LWM2M_TYPE_OBJLNK;
        record.value.as.link.object = OBJECT_FIRMWARE;
        record.value.as.link.instance = i;
        if (record_list_add(list, &record, NULL) != STATUS_OK) {
            return false;
        }
    }
    return mask != 0 || record_list_add_empty(list, path, NULL) == STATUS_OK;
}

static bool add_resource(const struct objects *objects,
                         const struct resource *resource, uint16_t instance,
                         struct record_list *list)
{
    struct lwm2m_record record = {
        .path = lwm2m_path_resource(resource->object, instance, resource->id)
    };

    struct shown now = { .from_ms = 0 };

    if (resource->multiple) {
        return add_array(objects, record.path, list);
    }
    if (resource->object == OBJECT_FIRMWARE) {
        variant_show(objects->firmware, instance, &now);
        mutant_show(mutant_of(objects), instance, &now.state, &now.result);
    }
    if (resource->object == OBJECT_FIRMWARE && resource->id == 0) {
        record.value.type = LWM2M_TYPE_OPAQUE; /* only a mutant gets here */
        record.value.as.data.bytes = "";
    } else if (resource->object == OBJECT_FIRMWARE) {
        firmware_value(objects, instance, resource->id, &now, &record.value);
    } else if (resource->object == OBJECT_DEVICE) {
        device_value(objects, resource->id, &record.value);
    } else {
        server_value(objects, resource->id, &record.value);
    }
    return record_list_add(list, &record, NULL) == STATUS_OK;
}

static bool is_readable(const struct objects *objects,
                        const struct resource *resource)
{
    return (resource->operations & READ) != 0 ||
           (mutant_of(objects) == MUTANT_READ_PACKAGE &&
            resource->object == OBJECT_FIRMWARE && resource->id == 0);
}

/** Everything readable at or below the path. */
static bool collect(const struct objects *objects,
                    const struct lwm2m_path *path, struct record_list *list)
{
    for (uint16_t i = 0; i < instance_count(objects, path->ids[0]); i++) {
        if (path->depth >= 2 && path->ids[1] != i) {
            continue;
        }
        for (size_t j = 0; j < RESOURCE_COUNT; j++) {
            const struct resource *row = &resources[j];
            bool wanted = row->object == path->ids[0] &&
                          (path->depth < 3 || path->ids[2] == row->id) &&
                          !is_absent(objects, row, i) &&
                          is_readable(objects, row);
            if (wanted && !add_resource(objects, row, i, list)) {
                return false;
            }
        }
    }
    return true;
}

static void fail(struct answer *answer, uint8_t code)
{
    answer->code = code;
}

/** The Content-Format to answer with, or CONTENT_FORMAT_NONE. */
static int choose_format(enum variant variant, const struct lwm2m_path *path,
                         const struct resource *resource, int accept)
{
    bool is_value = resource != NULL &&
                    (!resource->multiple || path->depth == 4) &&
                    variant != VARIANT_NO_TEXT_PLAIN &&
                    variant != VARIANT_ACCEPT_REFUSED_400;

    if (accept == CONTENT_FORMAT_NONE) {
        return is_value && resource->type != LWM2M_TYPE_OPAQUE
                   ? CONTENT_FORMAT_TEXT
                   : CONTENT_FORMAT_TLV;
    }
    if (accept == CONTENT_FORMAT_TLV) {
        return accept;
    }
    if (accept == CONTENT_FORMAT_TEXT && is_value) {
        return accept;
    }
    return accept == CONTENT_FORMAT_OPAQUE && is_value &&
                   resource->type == LWM2M_TYPE_OPAQUE
               ? accept
               : CONTENT_FORMAT_NONE;
}

static bool add_text(struct byte_buffer *buffer, const char *format, ...)
    PRINTF_LIKE(2, 3);

static bool add_text(struct byte_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        return false;
    }
    uint8_t *grown =
        realloc(buffer->bytes, buffer->length + (size_t)length + 1);
    if (grown != NULL) {
        memcpy(grown + buffer->length, text, (size_t)length + 1);
        buffer->bytes = grown;
        buffer->length += (size_t)length;
        buffer->capacity = buffer->length + 1;
    }
    free(text);
    return grown != NULL;
}

static bool link_resource(const struct objects *objects,
                          const struct resource *resource, uint16_t instance,
                          struct byte_buffer *buffer)
{
    struct record_list list;
    bool good = true;

    if (!resource->multiple) {
        return add_text(buffer, ",</%u/%u/%u>", resource->object, instance,
                        resource->id);
    }
    record_list_init(&list);
    good = add_resource(objects, resource, instance, &list) &&
           add_text(buffer, ",</%u/%u/%u>;dim=%zu", resource->object, instance,
                    resource->id, list.count);
    record_list_release(&list);
    return good;
}

static bool link_all(const struct objects *objects,
                     const struct lwm2m_path *path, struct byte_buffer *buffer)
{
    bool good = path->depth > 1 || add_text(buffer, ",</%u>", path->ids[0]);

    if (path->ids[0] == OBJECT_FIRMWARE && path->depth == 1 &&
        mutant_of(objects) == MUTANT_DISCOVER_MORE) {
        good = good && add_text(buffer, ",</%u/4>", OBJECT_FIRMWARE);
    }

    for (uint16_t i = 0; good && i < instance_count(objects, path->ids[0]);
         i++) {
        if (path->depth >= 2 && path->ids[1] != i) {
            continue;
        }
        if (path->depth < 3) {
            good = add_text(buffer, ",</%u/%u>", path->ids[0], i);
        }
        for (size_t j = 0; good && j < RESOURCE_COUNT; j++) {
            if (resources[j].object == path->ids[0] &&
                (path->depth < 3 || path->ids[2] == resources[j].id) &&
                !is_absent(objects, &resources[j], i)) {
                good = link_resource(objects, &resources[j], i, buffer);
            }
        }
    }
    return good;
}

/** "</3/0>" becomes "</lwm2m/3/0>" in a list of links. */
static bool put_below_root(struct byte_buffer *links)
{
    struct byte_buffer moved;
    bool good = true;

    byte_buffer_init(&moved);
    for (size_t i = 0; good && i < links->length; i++) {
        good = add_text(&moved, "%c%s", links->bytes[i],
                        links->bytes[i] == '<' ? OBJECTS_ROOT : "");
    }
    byte_buffer_release(links);
    *links = moved; /* handed over */
    return good;
}

static void discover(const struct objects *objects,
                     const struct lwm2m_path *path, struct answer *answer)
{
    struct byte_buffer links;

    byte_buffer_init(&links);
    if (path->depth == 4 || !link_all(objects, path, &links) ||
        links.length == 0) {
        byte_buffer_release(&links);
        fail(answer, path->depth == 4 ? CODE(4, 5) : CODE(5, 0));
        return;
    }
    memmove(links.bytes, links.bytes + 1, links.length); /* the first comma */
    links.length--;
    if (objects->firmware->config.variant == VARIANT_ALTERNATE_PATH &&
        !put_below_root(&links)) {
        byte_buffer_release(&links);
        fail(answer, CODE(5, 0));
        return;
    }
    answer->payload = links; /* handed over */
    answer->content_format = CONTENT_FORMAT_LINK;
    answer->code = CODE(2, 5);
}

void objects_get(const struct objects *objects, const struct lwm2m_path *path,
                 int accept, struct answer *answer)
{
    const struct resource *resource = find(objects, path);
    struct record_list list;

    if (!exists(objects, path) || (path->depth >= 3 && resource == NULL)) {
        fail(answer, CODE(4, 4));
        return;
    }
    if (accept == CONTENT_FORMAT_LINK) {
        discover(objects, path, answer);
        return;
    }
    if (resource != NULL && !is_readable(objects, resource)) {
        fail(answer, CODE(4, 5));
        return;
    }
    enum variant variant = objects->firmware->config.variant;
    if (variant == VARIANT_NO_ACCEPT_KNOWN && accept != CONTENT_FORMAT_NONE) {
        fail(answer, CODE(4, 2));
        return;
    }
    int format = choose_format(variant, path, resource, accept);
    if (format == CONTENT_FORMAT_NONE) {
        fail(answer,
             variant == VARIANT_ACCEPT_REFUSED_400 ? CODE(4, 0) : CODE(4, 6));
        return;
    }
    record_list_init(&list);
    bool good = collect(objects, path, &list);
    if (good && path->depth == 4) {
        const struct lwm2m_record *record = record_list_find(&list, *path);
        struct record_list one = { .records =
                                       (struct lwm2m_record *)(uintptr_t)record,
                                   .count = 1 };
        answer->code = record == NULL ? CODE(4, 4) : CODE(2, 5);
        good = record == NULL ||
               codec_encode(format, path, &one, &answer->payload, NULL) ==
                   STATUS_OK;
    } else if (good) {
        answer->code = CODE(2, 5);
        good = codec_encode(format, path, &list, &answer->payload, NULL) ==
               STATUS_OK;
    }
    answer->content_format =
        answer->code == CODE(2, 5) ? format : CONTENT_FORMAT_NONE;
    if (!good) {
        fail(answer, CODE(5, 0));
        answer->content_format = CONTENT_FORMAT_NONE;
    }
    record_list_release(&list);
}

/* Changes. */

static uint8_t store_value(struct objects *objects,
                           const struct lwm2m_path *path,
                           const struct lwm2m_value *value, bool dry)
{
    if (path->ids[0] == OBJECT_SERVER) {
        if (value->type != LWM2M_TYPE_INTEGER || value->as.integer < 1 ||
            value->as.integer > UINT32_MAX) {
            return CODE(4, 0);
        }
        if (!dry) {
            objects->lifetime_s = (uint32_t)value->as.integer;
            objects->wants_update = true;
        }
        return CODE(2, 4);
    }
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

/** @param dry  only say which code it would get */
static uint8_t write_record(struct objects *objects,
                            const struct lwm2m_path *path,
                            const struct lwm2m_record *record, bool dry)
{
    const struct lwm2m_path *target = &record->path;
    const struct resource *resource = find(objects, target);
    bool special = target->ids[0] == OBJECT_FIRMWARE && target->ids[2] <= 1;

    if (resource == NULL) {
        return CODE(2, 4); /* unknown optional Resources are no error */
    }
    if ((resource->operations & WRITE) == 0 ||
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
    for (int pass = 0; code == CODE(2, 4) && pass < 2; pass++) {
        for (size_t i = 0; code == CODE(2, 4) && i < list.count; i++) {
            code = write_record(objects, path, &list.records[i], pass == 0);
        }
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

static void put(struct objects *objects, const struct message *request,
                const struct lwm2m_path *path, uint64_t now_ms,
                struct answer *answer)
{
    const struct resource *resource = find(objects, path);
    int format = message_option(request, OPTION_CONTENT_FORMAT) != NULL
                     ? (int)message_number(request, OPTION_CONTENT_FORMAT, 0)
                     : CONTENT_FORMAT_NONE;
    bool is_firmware = path->ids[0] == OBJECT_FIRMWARE;
    enum variant variant = objects->firmware->config.variant;

    if ((path->depth >= 3 && resource == NULL) ||
        (path->depth == 4 && !resource->multiple)) {
        answer->code = CODE(4, 4);
    } else if (variant == VARIANT_FORMAT_REFUSED_415 &&
               format == CONTENT_FORMAT_TEXT) {
        answer->code = CODE(4, 15);
    } else if (format == CONTENT_FORMAT_NONE) {
        answer->code = CODE(4, 5); /* Write-Attributes are not offered */
    } else if (path->depth >= 3 && (resource->operations & WRITE) == 0) {
        answer->code = CODE(4, 5);
    } else if (path->depth == 3 && is_firmware && path->ids[2] == 0) {
        answer->code = write_package(objects, request, path, format, now_ms,
                                     &answer->has_block1);
    } else if (path->depth == 3 && is_firmware && path->ids[2] == 1 &&
               format == CONTENT_FORMAT_TEXT) {
        answer->code = firmware_write_uri(objects->firmware, path->ids[1],
                                          request->payload,
                                          request->payload_length, false);
    } else if (!content_format_is_supported(format)) {
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

    if (request->payload_length > 0 &&
        message_number(request, OPTION_CONTENT_FORMAT, 0) != 0) {
        return CODE(4, 15);
    }
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
    const struct resource *resource = find(objects, path);

    if (resource == NULL) {
        return CODE(4, 4);
    }
    if ((resource->operations & EXECUTE) == 0) {
        return CODE(4, 5);
    }
    if (path->ids[0] == OBJECT_FIRMWARE) {
        return execute_firmware(objects, request, path, now_ms);
    }
    if (path->ids[0] == OBJECT_DEVICE) {
        objects->wants_reboot = true;
    } else {
        objects->wants_update = true;
    }
    return CODE(2, 4);
}

/** What Create and Delete are answered. */
static uint8_t refusal(const struct objects *objects,
                       const struct message *request,
                       const struct lwm2m_path *path, bool on_firmware)
{
    enum variant variant = objects->firmware->config.variant;

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

    return objects->firmware->config.variant == VARIANT_CREATE_USED_400 &&
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
    } else if (!exists(objects, path) &&
               !(request->code == METHOD_POST && path->depth == 1)) {
        answer->code = CODE(4, 4);
    } else if (request->code == METHOD_DELETE) {
        answer->code = on_firmware && path->depth == 2 &&
                               mutant_of(objects) == MUTANT_DELETE_ACCEPTED
                           ? CODE(2, 2)
                           : refusal(objects, request, path, on_firmware);
    } else if (request->code == METHOD_POST && path->depth == 1) {
        answer->code =
            !exists(objects, path) ? CODE(4, 4)
            : on_firmware && mutant_of(objects) == MUTANT_CREATE_ACCEPTED
                ? CODE(2, 1)
            : names_used_instance(objects, request)
                ? CODE(4, 0)
                : refusal(objects, request, path, on_firmware);
    } else if (request->code == METHOD_POST && path->depth == 3) {
        answer->code = execute(objects, request, path, now_ms);
    } else if (path->depth >= 2) {
        put(objects, request, path, now_ms, answer);
    } else {
        answer->code = CODE(4, 5);
    }
}
