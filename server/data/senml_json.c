/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/senml_json.h"

#include <stdlib.h>

#include "server/data/json_wire.h"
#include "server/data/scalar.h"
#include "server/data/senml.h"

/** Deviations of a Base64 text that leave its bytes clear. */
struct data_form {
    bool is_padded;
    bool is_standard; /**< '+' or '/' */
};

struct decoder {
    struct json_input input;
    struct senml_resolver resolver;
    struct data_form data; /**< of the record that is read */
};

/** Base64 without escapes becomes the bytes it stands for, in its place. */
static enum status read_data(struct decoder *decoder, size_t offset,
                             struct wire_value *value)
{
    /* The text stands in the scratch: ours to write. */
    uint8_t *bytes = (uint8_t *)decoder->input.scratch +
                     (value->bytes - decoder->input.scratch);

    if (!base64url_decode(value->bytes, value->length, bytes, &value->length,
                          &decoder->data.is_padded,
                          &decoder->data.is_standard)) {
        return reason_set(decoder->input.reason, STATUS_MALFORMED,
                          "JSON at offset %zu: 'vd' is no Base64", offset);
    }
    return STATUS_OK;
}

static enum status read_known(struct decoder *decoder, enum senml_label label,
                              const struct json_value *value,
                              struct senml_record *record)
{
    const struct senml_field *field = senml_field(label);
    struct wire_value wire = { .kind = WIRE_NULL };
    enum status status = STATUS_OK;

    if (field->role == SENML_ROLE_IGNORE) {
        status = json_skip(&decoder->input.reader, value);
    } else if (field->role != SENML_ROLE_REFUSE) {
        status = json_input_value(&decoder->input, field->name, field->kind,
                                  value, &wire);
    }
    if (status == STATUS_OK && wire.kind == WIRE_BYTES) {
        status = read_data(decoder, value->offset, &wire);
    }
    return status == STATUS_OK
               ? senml_set(record, label, &wire, decoder->input.reason)
               : status;
}

static enum status read_member(struct decoder *decoder,
                               const struct json_value *name,
                               struct senml_record *record)
{
    const char *text = NULL;
    size_t length = 0;
    enum senml_label label = SENML_NAME;
    struct json_value value;
    enum status status = json_value(&decoder->input.reader, &value);

    if (status != STATUS_OK) {
        return status;
    }
    json_input_text(&decoder->input, name, &text, &length);
    if (senml_label_of_name(text, length, &label)) {
        return read_known(decoder, label, &value, record);
    }
    if (senml_name_is_mandatory(text, length)) {
        return reason_set(decoder->input.reason, STATUS_MALFORMED,
                          "JSON at offset %zu: a member that must be "
                          "understood",
                          name->offset);
    }
    return json_skip(&decoder->input.reader, &value);
}

/** Say how the data of the record that was added last were written. */
static void note_data(const struct decoder *decoder)
{
    struct record_list *list = decoder->resolver.list;
    struct lwm2m_path path = list->records[list->count - 1].path;

    if (decoder->data.is_padded) {
        record_list_note(list, RECORD_NOTE_TOLERATED, path,
                         "'vd' with padding");
    }
    if (decoder->data.is_standard) {
        record_list_note(list, RECORD_NOTE_NON_CONFORMING, path,
                         "'vd' in the standard alphabet of Base64");
    }
}

static enum status read_record(struct decoder *decoder)
{
    struct senml_record record = { .present = 0 };
    struct json_reader *reader = &decoder->input.reader;
    struct json_value value;
    bool has = true;
    enum status status = json_value(reader, &value);

    decoder->input.used = 0;
    decoder->data = (struct data_form){ .is_padded = false };
    if (status == STATUS_OK) {
        record.offset = value.offset;
        status =
            json_input_enter(&decoder->input, &value, JSON_OBJECT, "a record");
    }
    while (status == STATUS_OK && has) {
        struct json_value name;
        status = json_next_member(reader, &has, &name);
        if (status == STATUS_OK && has) {
            status = read_member(decoder, &name, &record);
        }
    }
    if (status == STATUS_OK) {
        status =
            senml_resolve(&decoder->resolver, &record, decoder->input.reason);
    }
    if (status == STATUS_OK) {
        note_data(decoder);
    }
    return status;
}

static enum status read_pack(struct decoder *decoder)
{
    struct json_reader *reader = &decoder->input.reader;
    struct json_value value;
    bool has = true;
    enum status status = json_value(reader, &value);

    if (status == STATUS_OK) {
        status =
            json_input_enter(&decoder->input, &value, JSON_ARRAY, "a pack");
    }
    while (status == STATUS_OK && has) {
        status = json_next_element(reader, &has);
        if (status == STATUS_OK && has) {
            status = read_record(decoder);
        }
    }
    if (status == STATUS_OK) {
        status = json_end(reader);
    }
    return status == STATUS_OK
               ? senml_resolve_end(&decoder->resolver, decoder->input.reason)
               : status;
}

static enum status decode(enum payload_kind kind, bool is_etch,
                          const struct definitions *definitions,
                          const struct lwm2m_path *base, const uint8_t *bytes,
                          size_t length, struct record_list *list,
                          struct reason *reason)
{
    struct decoder decoder;
    enum status status = json_input_init(&decoder.input, bytes, length, reason);

    if (status != STATUS_OK) {
        return status;
    }
    senml_resolver_init(&decoder.resolver, kind, is_etch, definitions, base,
                        list);
    status = read_pack(&decoder);
    json_input_release(&decoder.input);
    return status;
}

enum status senml_json_decode_values(const struct definitions *definitions,
                                     const struct lwm2m_path *base,
                                     const uint8_t *bytes, size_t length,
                                     struct record_list *list,
                                     struct reason *reason)
{
    return decode(PAYLOAD_VALUES, false, definitions, base, bytes, length, list,
                  reason);
}

enum status senml_json_decode_paths(const struct definitions *definitions,
                                    const struct lwm2m_path *base,
                                    const uint8_t *bytes, size_t length,
                                    struct record_list *list,
                                    struct reason *reason)
{
    return decode(PAYLOAD_PATHS, false, definitions, base, bytes, length, list,
                  reason);
}

enum status senml_json_decode_patch(const struct definitions *definitions,
                                    const struct lwm2m_path *base,
                                    const uint8_t *bytes, size_t length,
                                    struct record_list *list,
                                    struct reason *reason)
{
    return decode(PAYLOAD_PATCH, true, definitions, base, bytes, length, list,
                  reason);
}

/** Opaque bytes in the URL-safe alphabet, without padding. */
static enum status put_data(struct byte_buffer *buffer,
                            const struct wire_value *value,
                            struct reason *reason)
{
    char *text = malloc((value->length + 2) / 3 * 4 + 1);

    if (text == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    size_t length =
        base64url_encode((const uint8_t *)value->bytes, value->length, text);
    enum status status = json_put_string(buffer, text, length, reason);
    free(text);
    return status;
}

static enum status put_value(struct byte_buffer *buffer,
                             const struct wire_value *value,
                             struct reason *reason)
{
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
        return json_put(buffer, "null", reason);
    }
    return STATUS_INVALID;
}

static enum status put_record(struct byte_buffer *buffer,
                              const struct senml_record *record,
                              struct reason *reason)
{
    const char *before = "{\"";
    enum status status = STATUS_OK;

    for (unsigned i = 0; status == STATUS_OK && i < SENML_LABEL_COUNT; i++) {
        enum senml_label label = (enum senml_label)i;
        if (!senml_has(record, label)) {
            continue;
        }
        struct wire_value content = senml_content(record, label);
        status = json_put(buffer, before, reason);
        if (status == STATUS_OK) {
            status = json_put(buffer, senml_field(label)->name, reason);
        }
        if (status == STATUS_OK) {
            status = json_put(buffer, "\":", reason);
        }
        if (status == STATUS_OK) {
            status = put_value(buffer, &content, reason);
        }
        before = ",\"";
    }
    return status == STATUS_OK ? json_put(buffer, "}", reason) : status;
}

static enum status encode(enum payload_kind kind, bool is_etch,
                          const struct lwm2m_path *base,
                          const struct record_list *list,
                          struct byte_buffer *buffer, struct reason *reason)
{
    struct senml_sender sender;
    enum status status =
        senml_sender_init(&sender, kind, is_etch, base, list, reason);

    if (status == STATUS_OK) {
        status = json_put(buffer, "[", reason);
    }
    for (size_t i = 0; status == STATUS_OK && i < list->count; i++) {
        struct senml_record record;
        status = senml_record_of(&sender, i, &record, reason);
        if (status == STATUS_OK && i > 0) {
            status = json_put(buffer, ",", reason);
        }
        if (status == STATUS_OK) {
            status = put_record(buffer, &record, reason);
        }
    }
    return status == STATUS_OK ? json_put(buffer, "]", reason) : status;
}

enum status senml_json_encode_values(const struct lwm2m_path *base,
                                     const struct record_list *list,
                                     struct byte_buffer *buffer,
                                     struct reason *reason)
{
    return encode(PAYLOAD_VALUES, false, base, list, buffer, reason);
}

enum status senml_json_encode_paths(const struct lwm2m_path *base,
                                    const struct record_list *list,
                                    struct byte_buffer *buffer,
                                    struct reason *reason)
{
    return encode(PAYLOAD_PATHS, false, base, list, buffer, reason);
}

enum status senml_json_encode_patch(const struct lwm2m_path *base,
                                    const struct record_list *list,
                                    struct byte_buffer *buffer,
                                    struct reason *reason)
{
    return encode(PAYLOAD_PATCH, true, base, list, buffer, reason);
}
