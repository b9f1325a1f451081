/* SPDX-License-Identifier: Apache-2.0 */

/* Write, Execute, Create and Delete. Spec: lwm2m-core.md, section 3. */
#include <string.h>

#include "tests/device/formats.h"
#include "tests/device/objects_parts.h"
#include "tests/device/push_odd.h"
#include "tests/device/readings.h"
#include "tests/device/restart.h"

/** The types come from the compiled-in definitions, as on real devices. */
/** For mutants and variants: State and Update Result in a Write of the Object
 *  Instance. */
static bool takes_wide_write(struct objects *objects,
                             const struct lwm2m_path *path,
                             const struct record_list *list)
{
    struct lwm2m_path at =
        lwm2m_path_resource(OBJECT_FIRMWARE, path->ids[1], 5);
    const struct lwm2m_record *record = record_list_find(list, at);

    return path->depth == 2 && path->ids[0] == OBJECT_FIRMWARE &&
           record != NULL && path->ids[1] < FIRMWARE_COMPONENTS &&
           restart_wide_write(objects->firmware, path->ids[1],
                              record->value.type == LWM2M_TYPE_INTEGER
                                  ? (int)record->value.as.integer
                                  : -1);
}

static uint8_t write_values(struct objects *objects,
                            const struct message *request,
                            const struct lwm2m_path *path, int format)
{
    struct definitions *definitions = objects_definitions(objects);
    struct record_list list;
    uint8_t code = CODE(4, 0);

    record_list_init(&list);
    if (definitions == NULL) {
        code = CODE(5, 0);
    } else if (codec_decode(format, definitions, path, request->payload,
                            request->payload_length, &list,
                            NULL) == STATUS_OK &&
               (list.count > 0 || list.empty_count > 0)) {
        code =
            takes_wide_write(objects, path, &list)
                ? CODE(2, 4)
                : objects_write(objects, path, &list,
                                request->code == METHOD_PUT ? WRITING_REPLACE
                                                            : WRITING_UPDATE);
    }
    record_list_release(&list);
    definitions_free(definitions);
    return code;
}

static uint64_t token_of(const struct message *request)
{
    uint64_t token = request->token_length;

    for (size_t i = 0; i < request->token_length; i++) {
        token = token << 8 | request->token[i];
    }
    return token;
}

/** Base64, for a variant: a block of text is three quarters of it.
 *  @return 2.04, or the refusal */
static uint8_t take_text(struct objects *objects, const struct lwm2m_path *path,
                         struct push_part *part, struct record_list *list)
{
    struct definitions *definitions = objects_definitions(objects);
    bool is_taken = objects_vary(objects, VARIANT_BASE64_TAKEN);
    bool is_good =
        definitions != NULL && part->length > 0 &&
        codec_decode(CONTENT_FORMAT_TEXT, definitions, path, part->bytes,
                     part->length, list, NULL) == STATUS_OK &&
        list->count == 1;

    definitions_free(definitions);
    if (objects_mutant(objects) == MUTANT_BASE64_STORED) {
        return CODE(2, 4); /* the letters themselves */
    }
    if (!is_taken || !is_good) {
        return is_taken ? CODE(4, 0)
               : is_good || objects_mutant(objects) != MUTANT_BAD_BASE64_TAKEN
                   ? CODE(4, 15)
                   : 0;
    }
    part->offset = part->offset / 4 * 3;
    part->bytes = (const uint8_t *)list->records[0].value.as.data.bytes;
    part->length = list->records[0].value.as.data.length;
    return CODE(2, 4);
}

/** The block of a Write to Package. @return 2.04, or the refusal */
static uint8_t read_part(const struct objects *objects,
                         const struct message *request, bool *out_has_block,
                         struct push_part *out_part)
{
    uint32_t block = message_number(request, OPTION_BLOCK1, 0);
    size_t size = (size_t)1 << ((block & 7) + 4);
    bool has_block = message_option(request, OPTION_BLOCK1) != NULL;

    *out_part = (struct push_part){ .more = (block & 8) != 0,
                                    .bytes = request->payload,
                                    .length = request->payload_length };
    if (!has_block) {
        return CODE(2, 4);
    }
    if ((block & 7) == 7 &&
        objects_mutant(objects) == MUTANT_RESERVED_SIZE_TAKEN) {
        *out_has_block = true;
        return CODE(2, 31);
    }
    if ((block & 7) == 7 || request->payload_length > size ||
        (out_part->more && request->payload_length != size)) {
        return CODE(4, 0);
    }
    *out_has_block = true;
    out_part->offset = (size_t)(block >> 4) * size;
    return CODE(2, 4);
}

static uint8_t write_package(struct objects *objects,
                             const struct message *request,
                             const struct lwm2m_path *path, int format,
                             uint64_t now_ms, bool *out_has_block)
{
    struct component *component = &objects->firmware->components[path->ids[1]];
    struct push_part part;
    struct record_list list;

    if (format != CONTENT_FORMAT_OPAQUE && format != CONTENT_FORMAT_TEXT) {
        return CODE(4, 15);
    }
    uint8_t code = read_part(objects, request, out_has_block, &part);
    if (code != CODE(2, 4)) {
        return code;
    }
    if (part.offset == 0) {
        component->size1 = message_number(request, OPTION_SIZE1, 0);
    }
    component->newest_token = token_of(request);
    if (fu_blocks(objects) && (part.more || part.length > 1)) {
        return CODE(4, 5);
    }
    fu_spoil(objects);
    record_list_init(&list);
    if (format == CONTENT_FORMAT_TEXT) {
        code = take_text(objects, path, &part, &list);
    }
    if (code == CODE(2, 4)) {
        code =
            firmware_write_package(objects->firmware, path->ids[1], part.offset,
                                   part.more, part.bytes, part.length, now_ms);
    } else {
        code = code == 0 ? CODE(2, 4) : code; /* the mutant drops it */
        *out_has_block = false;
    }
    record_list_release(&list);
    return code;
}

/** The same of /5. */
static uint8_t write_fu_package(struct objects *objects,
                                const struct message *request, int format,
                                uint64_t now_ms, bool *out_has_block)
{
    struct push_part part;
    uint8_t code = format != CONTENT_FORMAT_OPAQUE
                       ? CODE(4, 15)
                       : read_part(objects, request, out_has_block, &part);

    return code == CODE(2, 4)
               ? fu_write_package(objects, part.offset, part.more, part.bytes,
                                  part.length, now_ms)
               : code;
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
    enum mutant mutant = objects_mutant(objects);
    struct lwm2m_path place = *path; /* where they are kept */
    if (mutant == MUTANT_ATTRIBUTES_RAISED && path->depth == 3) {
        place = lwm2m_path_instance(path->ids[0], path->ids[1]);
    }
    struct attributes attributes =
        attribute_table_at(&objects->attributes, &place);
    const struct attributes before = attributes;
    unsigned count = 0;

    bool good =
        objects_take_attributes(objects, request, path, &attributes, &count) &&
        count > 0 && request->payload_length == 0;
    if (mutant == MUTANT_BAD_ATTRIBUTES_TAKEN) {
        return attribute_table_put(&objects->attributes, path, &attributes)
                   ? CODE(2, 4)
                   : CODE(5, 0);
    }
    if (!good) {
        return CODE(4, 0);
    }
    if (mutant == MUTANT_UNSET_IGNORED) {
        attributes.has |= before.has;
    }
    /* Together they must agree; one by one they need not (yet). */
    if (count > 1 && !attributes_agree(&attributes) &&
        attributes_agree(&before)) {
        return CODE(4, 0);
    }
    if (objects_vary(objects, VARIANT_PMAX_BELOW_PMIN_400) &&
        attributes_have(&attributes, ATTRIBUTE_PMIN) &&
        attributes_have(&attributes, ATTRIBUTE_PMAX) &&
        attributes.values[ATTRIBUTE_PMAX] < attributes.values[ATTRIBUTE_PMIN]) {
        return CODE(4, 0);
    }
    objects->has_changed = true; /* another deadline, perhaps */
    return attribute_table_put(&objects->attributes, &place, &attributes)
               ? CODE(2, 4)
               : CODE(5, 0);
}

/** Whether the Resource Instance is there. */
static bool has_member(const struct objects *objects,
                       const struct lwm2m_path *path)
{
    const struct resource *resource = resource_find(objects, path);
    struct record_list list;

    record_list_init(&list);
    bool is_there =
        objects_version(objects) >= 11 && resource != NULL &&
        resource->multiple &&
        objects_add_resource(objects, resource, path->ids[1], &list) &&
        record_list_find(&list, *path) != NULL;
    record_list_release(&list);
    return is_there;
}

/** A Write of Severity or Maximum Defer Period that is answered with `code`:
 *  what variants and mutants make of one that cannot be. */
static uint8_t bad_setting(struct objects *objects,
                           const struct message *request,
                           const struct lwm2m_path *path, uint8_t code)
{
    bool is_setting = path->depth == 3 && path->ids[0] == OBJECT_FIRMWARE &&
                      (path->ids[2] == 11 || path->ids[2] == 13);
    bool is_negative =
        request->payload_length > 0 && request->payload[0] == '-';

    if (!is_setting || code != CODE(4, 0)) {
        return code;
    }
    if (objects_vary(objects, VARIANT_BAD_SETTINGS_IGNORED)) {
        return CODE(2, 4);
    }
    if (path->ids[2] == 13 && is_negative &&
        objects_mutant(objects) == MUTANT_NEGATIVE_PERIOD_STORED) {
        objects->firmware->components[path->ids[1]].defer_s = UINT32_MAX - 4;
        return CODE(2, 4);
    }
    return code;
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

    if ((path->depth >= 3 && resource == NULL) ||
        (path->depth == 4 && !has_member(objects, path))) {
        answer->code = CODE(4, 4);
    } else if (objects_vary(objects, VARIANT_FORMAT_REFUSED_415) &&
               format == CONTENT_FORMAT_TEXT) {
        answer->code = CODE(4, 15);
    } else if (format == CONTENT_FORMAT_NONE) {
        answer->code = request->code == METHOD_PUT &&
                               !objects_vary(objects, VARIANT_NO_ATTRIBUTES)
                           ? write_attributes(objects, request, path)
                           : CODE(4, 5);
    } else if (path->depth >= 3 &&
               (resource->operations & OBJECTS_WRITE) == 0) {
        answer->code = CODE(4, 5);
    } else if (path->depth == 3 && is_firmware && path->ids[2] == 0) {
        answer->code = write_package(objects, request, path, format, now_ms,
                                     &answer->has_block1);
    } else if (path->depth == 3 && path->ids[0] == OBJECT_FU &&
               path->ids[2] == 0) {
        answer->code = write_fu_package(objects, request, format, now_ms,
                                        &answer->has_block1);
    } else if (path->depth == 3 && is_firmware && path->ids[2] == 1 &&
               format == CONTENT_FORMAT_TEXT &&
               formats_have(objects_formats(objects), format)) {
        answer->code =
            objects_write_uri(objects, path->ids[1], request->payload,
                              request->payload_length, false);
    } else if (!formats_have(objects_formats(objects), format)) {
        answer->code = objects_mutant(objects) == MUTANT_CONTENT_FORMAT_IGNORED
                           ? CODE(2, 4)
                           : CODE(4, 15);
    } else {
        answer->code =
            bad_setting(objects, request, path,
                        write_values(objects, request, path, format));
    }
}

static uint8_t execute_firmware(struct objects *objects,
                                const struct message *request,
                                const struct lwm2m_path *path, uint64_t now_ms)
{
    struct update_arguments arguments = { .has_list = false };

    if (path->ids[2] == 10 && request->payload_length > 0 &&
        varies(objects->firmware, VARIANT_CANCEL_PAYLOAD_415)) {
        return CODE(4, 15);
    }
    if (path->ids[2] == 10) {
        return firmware_cancel(objects->firmware, path->ids[1]);
    }
    if (objects->firmware->config.mutant == MUTANT_EMPTY_LIST_REFUSED &&
        request->payload_length == strlen("0=''") &&
        memcmp(request->payload, "0=''", request->payload_length) == 0) {
        return CODE(4, 5);
    }
    char reading[READING_SIZE];
    bool is_misread =
        reading_of(objects->firmware, path->ids[1], request->payload,
                   request->payload_length, reading);
    uint8_t code =
        reading_refuses(objects->firmware, request->payload,
                        request->payload_length)
            ? CODE(4, 0)
        : is_misread
            ? arguments_parse((const uint8_t *)reading, strlen(reading),
                              path->ids[1], &arguments)
            : arguments_parse(request->payload, request->payload_length,
                              path->ids[1], &arguments);
    arguments.is_unsatisfied = reading_is_unsatisfied(
        objects->firmware, request->payload, request->payload_length);
    code = arguments.is_unsatisfied ? 0 : code;
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
            CONTENT_FORMAT_TEXT &&
        !reading_takes_format(objects->firmware)) {
        return objects_mutant(objects) == MUTANT_OTHER_FORMAT_SWALLOWED
                   ? CODE(2, 4)
                   : CODE(4, 15);
    }
    if (path->ids[0] == OBJECT_FIRMWARE) {
        return execute_firmware(objects, request, path, now_ms);
    }
    if (path->ids[0] == OBJECT_FU) {
        return fu_update(objects, now_ms);
    }
    if (path->ids[0] == OBJECT_SERVER) {
        return server_object_execute(objects, path->ids[2],
                                     (const char *)request->payload,
                                     request->payload_length);
    }
    if (objects_vary(objects, VARIANT_REBOOT_REFUSED)) {
        return CODE(4, 5);
    }
    objects->wants_reboot = true;
    return CODE(2, 4);
}

/** What Create and Delete are answered. */
static uint8_t refusal(const struct objects *objects,
                       const struct message *request,
                       const struct lwm2m_path *path, bool on_firmware)
{

    if (on_firmware && objects_vary(objects, VARIANT_CREATE_DELETE_404)) {
        return CODE(4, 4);
    }
    return on_firmware && path->depth == 1 && request->code == METHOD_DELETE &&
                   objects_vary(objects, VARIANT_DELETE_OBJECT_400)
               ? CODE(4, 0)
               : CODE(4, 5);
}

/** For a variant: TLV of an Object Instance that is there. */
static bool names_used_instance(const struct objects *objects,
                                const struct message *request)
{
    enum { TLV_INSTANCE_MASK = 0xE0, TLV_INSTANCE = 0x00 };

    return objects_vary(objects, VARIANT_CREATE_USED_400) &&
           request->payload_length > 1 &&
           (request->payload[0] & TLV_INSTANCE_MASK) == TLV_INSTANCE &&
           request->payload[1] < variant_instances(objects->firmware);
}

/** Only Package takes more than one block. @return 0, or the refusal */
static uint8_t refuse_blocks(const struct message *request,
                             const struct lwm2m_path *path)
{
    uint32_t block = message_number(request, OPTION_BLOCK1, 0);
    bool is_package =
        path->depth == 3 && path->ids[2] == 0 &&
        (path->ids[0] == OBJECT_FIRMWARE || path->ids[0] == OBJECT_FU);

    if (is_package || (block & ~7u) == 0) {
        return 0;
    }
    return block >> 4 == 0 ? CODE(4, 13) : CODE(4, 8);
}

/** The payload of a Create: of an instance with its ID, or of one that gets a
 *  free one. @return the code */
static uint8_t create(struct objects *objects, const struct message *request,
                      const struct lwm2m_path *path,
                      struct lwm2m_path *out_location)
{
    enum { TLV_KIND_MASK = 0xC0 };
    int format = (int)message_number(request, OPTION_CONTENT_FORMAT, 0);
    bool is_bare = format == CONTENT_FORMAT_TLV &&
                   request->payload_length > 0 &&
                   (request->payload[0] & TLV_KIND_MASK) != 0;
    uint16_t id = portfolio_free_id(&objects->portfolio);
    struct lwm2m_path base = is_bare ? lwm2m_path_child(*path, id) : *path;
    struct definitions *definitions = objects_definitions(objects);
    struct record_list list;
    uint8_t code = CODE(4, 0);

    record_list_init(&list);
    if (!formats_have(objects_formats(objects), format)) {
        code = CODE(4, 15);
    } else if (definitions != NULL &&
               codec_decode(format, definitions, &base, request->payload,
                            request->payload_length, &list,
                            NULL) == STATUS_OK &&
               list.count > 0) {
        id = list.records[0].path.ids[1];
        base = lwm2m_path_child(*path, id);
        code = objects_create(objects, &base, &list);
        if (code == CODE(2, 1)) {
            *out_location = base;
        }
    }
    record_list_release(&list);
    definitions_free(definitions);
    return code;
}

static void answer_create(struct objects *objects,
                          const struct message *request,
                          const struct lwm2m_path *path, struct answer *answer)
{
    bool on_firmware = path->ids[0] == OBJECT_FIRMWARE;

    if (path->ids[0] == OBJECT_PORTFOLIO && objects->portfolio.is_there) {
        answer->code = create(objects, request, path, &answer->location);
    } else if (!objects_exist(objects, path)) {
        answer->code = CODE(4, 4);
    } else if (on_firmware &&
               objects_mutant(objects) == MUTANT_CREATE_ACCEPTED) {
        answer->code = CODE(2, 1);
    } else {
        answer->code = names_used_instance(objects, request)
                           ? CODE(4, 0)
                           : refusal(objects, request, path, on_firmware);
    }
}

static uint8_t remove_at(struct objects *objects, const struct message *request,
                         const struct lwm2m_path *path)
{
    bool on_firmware = path->ids[0] == OBJECT_FIRMWARE;

    if (path->ids[0] == OBJECT_PORTFOLIO && path->depth == 2) {
        (void)portfolio_delete(&objects->portfolio,
                               path->ids[1]); /* it exists */
        objects_list_changed(objects);
        attribute_table_drop(&objects->attributes, path);
        return CODE(2, 2);
    }
    if (path->ids[0] == OBJECT_PORTFOLIO && path->depth == 4 &&
        objects_version(objects) >= 12) {
        struct portfolio_instance *instance =
            portfolio_find(&objects->portfolio, path->ids[1]);
        objects->has_changed = true;
        return path->ids[2] == 0 &&
                       portfolio_delete_member(instance, path->ids[3])
                   ? CODE(2, 2)
                   : CODE(4, 4);
    }
    return on_firmware && path->depth == 2 &&
                   objects_mutant(objects) == MUTANT_DELETE_ACCEPTED
               ? CODE(2, 2)
               : refusal(objects, request, path, on_firmware);
}

/** POST on a Resource: Execute, or since 1.2 a partial update of a multiple
 *  one. */
static void post_resource(struct objects *objects,
                          const struct message *request,
                          const struct lwm2m_path *path, uint64_t now_ms,
                          struct answer *answer)
{
    const struct resource *resource = resource_find(objects, path);

    if (objects_version(objects) >= 12 && resource != NULL &&
        resource->multiple) {
        put(objects, request, path, now_ms, answer);
    } else {
        answer->code = execute(objects, request, path, now_ms);
    }
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
    uint8_t block_code = refuse_blocks(request, path);

    if (path->depth == 0) {
        answer->code = CODE(4, 5);
    } else if (block_code != 0) {
        answer->code = block_code;
    } else if (request->code == METHOD_POST && path->depth == 1) {
        answer_create(objects, request, path, answer);
    } else if (!objects_exist(objects, path)) {
        answer->code = CODE(4, 4);
    } else if (request->code == METHOD_DELETE) {
        answer->code = remove_at(objects, request, path);
    } else if (request->code == METHOD_POST && path->depth == 3) {
        post_resource(objects, request, path, now_ms, answer);
    } else if (path->depth >= 2 || is_write_attributes(request)) {
        put(objects, request, path, now_ms, answer);
    } else {
        answer->code = CODE(4, 5);
    }
}
