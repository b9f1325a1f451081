/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/lwm2m_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/json_wire.h"
#include "server/data/scalar.h"
#include "server/data/senml.h"

/** The members of an entry, and the fields of SenML that mean the same. */
static const struct member {
    const char *name;
    enum senml_label label;
} members[] = {
    { "n", SENML_NAME },     { "v", SENML_VALUE }, { "sv", SENML_STRING },
    { "bv", SENML_BOOLEAN }, { "ov", SENML_LINK }, { "t", SENML_TIME },
};
enum { MEMBER_COUNT = sizeof(members) / sizeof(members[0]) };

struct decoder {
    struct json_input input;
    struct senml_resolver resolver;
    /** What the object has beside its entries, wherever it stands. */
    bool has_base_name;
    struct senml_name base_name;
    bool has_base_time;
    struct number base_time;
    bool has_entries;
    /** The request's path with a slash behind: the base name of drafts. */
    char request[LWM2M_PATH_TEXT_MAX + 1];
    bool has_noted_request;
};

static const struct member *member_of(const struct json_value *name)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        if (json_string_is(name, members[i].name)) {
            return &members[i];
        }
    }
    return NULL;
}

static enum status read_member(struct decoder *decoder,
                               const struct json_value *name,
                               struct senml_record *record)
{
    const struct member *member = member_of(name);
    struct json_value value;
    struct wire_value wire;
    enum status status = json_value(&decoder->input.reader, &value);

    if (status == STATUS_OK && member == NULL) {
        return json_skip(&decoder->input.reader, &value);
    }
    if (status == STATUS_OK) {
        status =
            json_input_value(&decoder->input, member->name,
                             senml_field(member->label)->kind, &value, &wire);
    }
    return status == STATUS_OK
               ? senml_set(record, member->label, &wire, decoder->input.reason)
               : status;
}

/** The base fields of the object count for each of its entries. */
static void put_bases(struct decoder *decoder, struct senml_record *record)
{
    bool is_absolute = senml_has(record, SENML_NAME) &&
                       record->name.length > 0 && record->name.bytes[0] == '/';

    record->present |= 1u << SENML_BASE_NAME;
    if (decoder->has_base_name) {
        record->base_name = decoder->base_name;
    } else if (!is_absolute) {
        size_t length = strlen(decoder->request);
        bool is_named = senml_has(record, SENML_NAME);
        /* Without a name it is the Resource that the request was about. */
        record->base_name.bytes = decoder->request;
        record->base_name.length = length - (is_named || length == 1 ? 0 : 1);
    }
    if (decoder->has_base_time) {
        record->present |= 1u << SENML_BASE_TIME;
        record->base_time = decoder->base_time;
    }
}

/** Note a name that needs the request to be understood. */
static void note_request(struct decoder *decoder, struct lwm2m_path path)
{
    if (!decoder->has_noted_request) {
        decoder->has_noted_request = true;
        record_list_note(decoder->resolver.list, RECORD_NOTE_TOLERATED, path,
                         "a name relative to the request, without base name");
    }
}

/** Opaque travels in `sv` as padded Base64; any other text stays text. */
static enum status add_text(struct decoder *decoder,
                            const struct lwm2m_record *place,
                            const struct wire_value *text)
{
    struct reason *reason = decoder->input.reason;
    struct wire_value value = *text;
    uint8_t *bytes = malloc(text->length / 4 * 3 + 1);

    if (bytes == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (base64_decode(text->bytes, text->length, bytes, &value.length)) {
        value.kind = WIRE_BYTES;
        value.bytes = (const char *)bytes;
    } else {
        value = *text;
    }
    enum status status =
        wire_value_add(decoder->resolver.list, decoder->resolver.definitions,
                       place, &value, reason);
    free(bytes);
    return status;
}

static enum status add_record(struct decoder *decoder,
                              struct senml_record *record)
{
    struct senml_resolver *resolver = &decoder->resolver;
    struct lwm2m_record place;

    put_bases(decoder, record);
    enum status status =
        senml_place(resolver, record, &place, decoder->input.reason);
    if (status != STATUS_OK) {
        return status;
    }
    if (record->base_name.bytes == decoder->request) {
        note_request(decoder, place.path);
    }
    const struct resource_definition *definition =
        resolver->definitions != NULL
            ? definitions_resource(resolver->definitions, &place.path)
            : NULL;
    if (definition != NULL && definition->type == LWM2M_TYPE_OPAQUE &&
        record->value.kind == WIRE_TEXT) {
        return add_text(decoder, &place, &record->value);
    }
    return wire_value_add(resolver->list, resolver->definitions, &place,
                          &record->value, decoder->input.reason);
}

static enum status read_entry(struct decoder *decoder)
{
    struct senml_record record = { .present = 0 };
    struct json_reader *reader = &decoder->input.reader;
    struct json_value value;
    size_t used = decoder->input.used;
    bool has = true;
    enum status status = json_value(reader, &value);

    if (status == STATUS_OK) {
        record.offset = value.offset;
        status =
            json_input_enter(&decoder->input, &value, JSON_OBJECT, "an entry");
    }
    while (status == STATUS_OK && has) {
        struct json_value name;
        status = json_next_member(reader, &has, &name);
        if (status == STATUS_OK && has) {
            status = read_member(decoder, &name, &record);
        }
    }
    if (status == STATUS_OK) {
        status = add_record(decoder, &record);
    }
    decoder->input.used = used; /* the list has its own copies */
    return status;
}

/** First walk: the base fields, which may stand behind the entries. */
static enum status read_base(struct decoder *decoder,
                             const struct json_value *name,
                             const struct json_value *value)
{
    bool is_name = json_string_is(name, "bn");
    struct wire_value wire;

    if (json_string_is(name, "e")) {
        decoder->has_entries = true;
    }
    if (!is_name && !json_string_is(name, "bt")) {
        return json_skip(&decoder->input.reader, value);
    }
    enum status status =
        json_input_value(&decoder->input, is_name ? "bn" : "bt",
                         is_name ? WIRE_TEXT : WIRE_NUMBER, value, &wire);
    if (status == STATUS_OK && wire.kind == WIRE_NULL) {
        status = reason_set(decoder->input.reason, STATUS_MALFORMED,
                            "JSON at offset %zu: '%s' is null", value->offset,
                            is_name ? "bn" : "bt");
    }
    if (status == STATUS_OK && is_name) {
        decoder->has_base_name = true;
        decoder->base_name = (struct senml_name){ wire.bytes, wire.length };
    } else if (status == STATUS_OK) {
        decoder->has_base_time = true;
        decoder->base_time = wire.number;
    }
    return status;
}

/** Second walk: the entries. */
static enum status read_entries(struct decoder *decoder,
                                const struct json_value *name,
                                const struct json_value *value)
{
    bool has = true;

    if (!json_string_is(name, "e")) {
        return json_skip(&decoder->input.reader, value);
    }
    enum status status =
        json_input_enter(&decoder->input, value, JSON_ARRAY, "e");
    while (status == STATUS_OK && has) {
        status = json_next_element(&decoder->input.reader, &has);
        if (status == STATUS_OK && has) {
            status = read_entry(decoder);
        }
    }
    return status;
}

static enum status walk(
    struct decoder *decoder,
    enum status (*on_member)(struct decoder *decoder,
                             const struct json_value *name,
                             const struct json_value *value))
{
    struct json_reader *reader = &decoder->input.reader;
    struct json_value value;
    bool has = true;
    enum status status = json_value(reader, &value);

    if (status == STATUS_OK) {
        status =
            json_input_enter(&decoder->input, &value, JSON_OBJECT, "the whole");
    }
    while (status == STATUS_OK && has) {
        struct json_value name;
        status = json_next_member(reader, &has, &name);
        if (status == STATUS_OK && has) {
            status = json_value(reader, &value);
            status = status == STATUS_OK ? on_member(decoder, &name, &value)
                                         : status;
        }
    }
    return status == STATUS_OK ? json_end(reader) : status;
}

enum status lwm2m_json_decode(const struct definitions *definitions,
                              const struct lwm2m_path *base,
                              const uint8_t *bytes, size_t length,
                              struct record_list *list, struct reason *reason)
{
    struct decoder decoder = { .has_base_name = false };
    char text[LWM2M_PATH_TEXT_MAX];
    enum status status = json_input_init(&decoder.input, bytes, length, reason);

    if (status != STATUS_OK) {
        return status;
    }
    (void)snprintf(decoder.request, sizeof(decoder.request), "%s%s",
                   lwm2m_path_text(base, text),
                   base->depth > 0 ? "/" : ""); /* it fits */
    senml_resolver_init(&decoder.resolver, PAYLOAD_VALUES, false, definitions,
                        base, list);
    decoder.resolver.is_legacy = true;
    status = walk(&decoder, read_base);
    if (status == STATUS_OK && !decoder.has_entries) {
        status = reason_set(reason, STATUS_MALFORMED, "JSON without 'e'");
    }
    if (status == STATUS_OK) {
        json_reader_init(&decoder.input.reader, bytes, length, reason);
        status = walk(&decoder, read_entries);
    }
    if (status == STATUS_OK) {
        status = senml_resolve_end(&decoder.resolver, reason);
    }
    json_input_release(&decoder.input);
    return status;
}

static enum status put_data(struct byte_buffer *buffer,
                            const struct wire_value *value,
                            struct reason *reason)
{
    size_t length = (value->length + 2) / 3 * 4;
    char *text = malloc(length + 1);

    if (text == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    base64_encode((const uint8_t *)value->bytes, value->length, text);
    enum status status = json_put_string(buffer, text, length, reason);
    free(text);
    return status;
}

static enum status put_value(struct byte_buffer *buffer,
                             const struct wire_value *value,
                             struct reason *reason)
{
    static const char *const names[] = {
        [WIRE_NUMBER] = "\"v\":",   [WIRE_TEXT] = "\"sv\":",
        [WIRE_BOOLEAN] = "\"bv\":", [WIRE_BYTES] = "\"sv\":",
        [WIRE_LINK] = "\"ov\":",    [WIRE_NULL] = "",
    };
    enum status status = json_put(buffer, names[value->kind], reason);

    if (status != STATUS_OK) {
        return status;
    }
    switch (value->kind) {
    case WIRE_NUMBER:
        return json_put_number(buffer, &value->number, reason);
    case WIRE_TEXT:
    case WIRE_LINK:
        return json_put_string(buffer, value->bytes, value->length, reason);
    case WIRE_BOOLEAN:
        return json_put(buffer, value->boolean ? "true" : "false", reason);
    case WIRE_BYTES:
        return put_data(buffer, value, reason);
    case WIRE_NULL:
        break;
    }
    return reason_set(reason, STATUS_INVALID, "no value to encode");
}

static enum status put_entry(struct byte_buffer *buffer,
                             const struct senml_record *record, bool is_named,
                             struct reason *reason)
{
    enum status status = json_put(buffer, is_named ? "{\"n\":" : "{", reason);

    if (status == STATUS_OK && is_named) {
        status = json_put_string(buffer, record->name.bytes,
                                 record->name.length, reason);
        status = status == STATUS_OK ? json_put(buffer, ",", reason) : status;
    }
    if (status == STATUS_OK) {
        status = put_value(buffer, &record->value, reason);
    }
    if (status == STATUS_OK && senml_has(record, SENML_TIME)) {
        status = json_put(buffer, ",\"t\":", reason);
        status = status == STATUS_OK
                     ? json_put_number(buffer, &record->time, reason)
                     : status;
    }
    return status == STATUS_OK ? json_put(buffer, "}", reason) : status;
}

/** Whether the base name names every record by itself. */
static bool is_whole(const struct lwm2m_path *base,
                     const struct record_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!lwm2m_path_equal(&list->records[i].path, base)) {
            return false;
        }
    }
    return list->count > 0;
}

/** The object up to its entries. */
static enum status put_head(struct byte_buffer *buffer,
                            const struct lwm2m_path *base_name,
                            const char *behind, struct reason *reason)
{
    char path[LWM2M_PATH_TEXT_MAX];
    char text[LWM2M_PATH_TEXT_MAX + sizeof("{\"bn\":\"/\",\"e\":[")];

    (void)snprintf(text, sizeof(text), "{\"bn\":\"%s%s\",\"e\":[",
                   lwm2m_path_text(base_name, path), behind); /* it fits */
    return json_put(buffer, text, reason);
}

enum status lwm2m_json_encode(const struct lwm2m_path *base,
                              const struct record_list *list,
                              struct byte_buffer *buffer, struct reason *reason)
{
    struct senml_sender sender;
    bool is_named = !is_whole(base, list);
    enum status status =
        senml_sender_init(&sender, PAYLOAD_VALUES, false, base, list, reason);

    if (status == STATUS_OK && !is_named) {
        status = put_head(buffer, base, "", reason);
    } else if (status == STATUS_OK && sender.base_name.depth > 0) {
        status = put_head(buffer, &sender.base_name, "/", reason);
    } else if (status == STATUS_OK) {
        status = json_put(buffer, "{\"e\":[", reason);
    }
    for (size_t i = 0; status == STATUS_OK && i < list->count; i++) {
        struct senml_record record;
        status = senml_record_of(&sender, i, &record, reason);
        if (status == STATUS_OK && i > 0) {
            status = json_put(buffer, ",", reason);
        }
        if (status == STATUS_OK) {
            status = put_entry(buffer, &record, is_named, reason);
        }
    }
    return status == STATUS_OK ? json_put(buffer, "]}", reason) : status;
}
