/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/senml_cbor.h"

#include <math.h>
#include <string.h>

#include "server/data/cbor_item.h"
#include "server/data/cbor_scan.h"
#include "server/data/senml.h"

/** Room for the strings of one record that came in chunks. */
enum scratch {
    SCRATCH_BASE_NAME,
    SCRATCH_NAME,
    SCRATCH_VALUE, /**< there is one value, or the record is refused */
    SCRATCH_LABEL,
    SCRATCH_COUNT,
};

struct decoder {
    struct senml_resolver resolver;
    struct byte_buffer scratch[SCRATCH_COUNT];
    struct reason *reason;
    enum item_tag tag; /**< of the value of the record that is read */
};

static enum status wrong_record(const struct decoder *decoder,
                                const struct senml_record *record,
                                const char *what)
{
    return reason_set(decoder->reason, STATUS_MALFORMED,
                      "record at offset %zu: %s", record->offset, what);
}

/** item_read(), which knows no offset. */
static enum status read_item(struct decoder *decoder,
                             const struct senml_record *record,
                             const cbor_item_t *item, enum scratch scratch,
                             struct wire_value *value, enum item_tag *out_tag)
{
    struct reason inner = { .status = STATUS_OK };
    enum status status =
        item_read(item, &decoder->scratch[scratch], value, out_tag, &inner);

    return status == STATUS_OK
               ? STATUS_OK
               : reason_set(decoder->reason, status, "record at offset %zu: %s",
                            record->offset, inner.text);
}

static enum status read_text_label(struct decoder *decoder,
                                   const struct senml_record *record,
                                   const struct wire_value *text,
                                   enum senml_label *out_label,
                                   bool *out_is_known)
{
    if (senml_label_of_name(text->bytes, text->length, out_label)) {
        *out_is_known = true;
        return senml_field(*out_label)->has_number
                   ? wrong_record(decoder, record,
                                  "text as the label of a field that has a "
                                  "number")
                   : STATUS_OK;
    }
    return senml_name_is_mandatory(text->bytes, text->length)
               ? wrong_record(decoder, record,
                              "a label that must be understood")
               : STATUS_OK;
}

/** Which field a key names; what no label is known for is to be ignored. */
static enum status read_label(struct decoder *decoder,
                              const struct senml_record *record,
                              const cbor_item_t *key,
                              enum senml_label *out_label, bool *out_is_known)
{
    struct wire_value value = { .kind = WIRE_NULL };
    enum item_tag tag = ITEM_TAG_NONE;
    int64_t number = 0;
    enum status status =
        read_item(decoder, record, key, SCRATCH_LABEL, &value, &tag);

    if (status != STATUS_OK) {
        return status;
    }
    if (value.kind == WIRE_TEXT) {
        return read_text_label(decoder, record, &value, out_label,
                               out_is_known);
    }
    if (!cbor_is_int(key)) {
        return wrong_record(decoder, record,
                            "a label that is no integer and no text");
    }
    *out_is_known = number_is_signed(&value.number, &number) &&
                    senml_label_of_number(number, out_label);
    return STATUS_OK;
}

/** A number, name or value that is not dropped. */
static enum status read_content(struct decoder *decoder,
                                const struct senml_record *record,
                                enum senml_label label, const cbor_item_t *item,
                                struct wire_value *value)
{
    enum scratch scratch = label == SENML_BASE_NAME ? SCRATCH_BASE_NAME
                           : label == SENML_NAME    ? SCRATCH_NAME
                                                    : SCRATCH_VALUE;
    enum item_tag tag = ITEM_TAG_NONE;
    enum status status = read_item(decoder, record, item, scratch, value, &tag);

    if (status != STATUS_OK) {
        return status;
    }
    if (value->kind == WIRE_NUMBER && !isfinite(value->number.real)) {
        return wrong_record(decoder, record, "a number that is not finite");
    }
    if (label == SENML_LINK && value->kind == WIRE_TEXT) {
        value->kind = WIRE_LINK;
    }
    if (label == SENML_VALUE) {
        decoder->tag = tag;
    } else if (tag == ITEM_TAG_DATE || tag == ITEM_TAG_EPOCH) {
        return wrong_record(decoder, record, "a date that is no value");
    }
    return STATUS_OK;
}

static enum status read_member(struct decoder *decoder,
                               const struct cbor_pair *pair,
                               struct senml_record *record)
{
    struct wire_value value = { .kind = WIRE_NULL };
    enum senml_label label = SENML_NAME;
    bool is_known = false;
    enum status status =
        read_label(decoder, record, pair->key, &label, &is_known);

    if (status != STATUS_OK || !is_known) {
        return status;
    }
    enum senml_role role = senml_field(label)->role;
    if (role != SENML_ROLE_IGNORE && role != SENML_ROLE_REFUSE) {
        status = read_content(decoder, record, label, pair->value, &value);
    }
    return status == STATUS_OK
               ? senml_set(record, label, &value, decoder->reason)
               : status;
}

/** A date is for a Time: the value that was added last. */
static void note_date(const struct decoder *decoder)
{
    const struct definitions *definitions = decoder->resolver.definitions;
    struct record_list *list = decoder->resolver.list;
    struct lwm2m_path path = list->records[list->count - 1].path;
    const struct resource_definition *definition =
        definitions != NULL ? definitions_resource(definitions, &path) : NULL;

    if (definition != NULL) {
        item_note_date(list, path, decoder->tag, definition->type);
    }
}

static enum status read_record(struct decoder *decoder, const cbor_item_t *item,
                               size_t offset)
{
    struct senml_record record = { .offset = offset };
    enum status status = STATUS_OK;

    decoder->tag = ITEM_TAG_NONE;
    if (!cbor_isa_map(item)) {
        return wrong_record(decoder, &record, "no map");
    }
    for (size_t i = 0; status == STATUS_OK && i < cbor_map_size(item); i++) {
        status = read_member(decoder, &cbor_map_handle(item)[i], &record);
    }
    if (status == STATUS_OK) {
        status = senml_resolve(&decoder->resolver, &record, decoder->reason);
    }
    if (status == STATUS_OK) {
        note_date(decoder);
    }
    return status;
}

static enum status read_pack(struct decoder *decoder, const cbor_item_t *pack,
                             struct cursor cursor)
{
    enum status status = STATUS_OK;

    if (!cbor_isa_array(pack)) {
        return reason_set(decoder->reason, STATUS_MALFORMED,
                          "a pack of SenML is an array");
    }
    scan_enter(&cursor);
    for (size_t i = 0; status == STATUS_OK && i < cbor_array_size(pack); i++) {
        status =
            read_record(decoder, cbor_array_handle(pack)[i], cursor.offset);
        scan_skip(&cursor);
    }
    return status == STATUS_OK
               ? senml_resolve_end(&decoder->resolver, decoder->reason)
               : status;
}

static enum status decode(enum payload_kind kind, bool is_etch,
                          const struct definitions *definitions,
                          const struct lwm2m_path *base, const uint8_t *bytes,
                          size_t length, struct record_list *list,
                          struct reason *reason)
{
    struct decoder decoder = { .reason = reason };
    const struct cursor cursor = { bytes, length, 0 };
    cbor_item_t *pack = NULL;
    enum status status = item_load(bytes, length, &pack, reason);

    if (status != STATUS_OK) {
        return status;
    }
    senml_resolver_init(&decoder.resolver, kind, is_etch, definitions, base,
                        list);
    for (size_t i = 0; i < SCRATCH_COUNT; i++) {
        byte_buffer_init(&decoder.scratch[i]);
    }
    status = read_pack(&decoder, pack, cursor);
    for (size_t i = 0; i < SCRATCH_COUNT; i++) {
        byte_buffer_release(&decoder.scratch[i]);
    }
    cbor_decref(&pack);
    return status;
}

enum status senml_cbor_decode_values(const struct definitions *definitions,
                                     const struct lwm2m_path *base,
                                     const uint8_t *bytes, size_t length,
                                     struct record_list *list,
                                     struct reason *reason)
{
    return decode(PAYLOAD_VALUES, false, definitions, base, bytes, length, list,
                  reason);
}

enum status senml_cbor_decode_paths(const struct definitions *definitions,
                                    const struct lwm2m_path *base,
                                    const uint8_t *bytes, size_t length,
                                    struct record_list *list,
                                    struct reason *reason)
{
    return decode(PAYLOAD_PATHS, false, definitions, base, bytes, length, list,
                  reason);
}

enum status senml_cbor_decode_patch(const struct definitions *definitions,
                                    const struct lwm2m_path *base,
                                    const uint8_t *bytes, size_t length,
                                    struct record_list *list,
                                    struct reason *reason)
{
    return decode(PAYLOAD_PATCH, true, definitions, base, bytes, length, list,
                  reason);
}

static enum status put_label(struct byte_buffer *buffer, enum senml_label label,
                             struct reason *reason)
{
    const struct senml_field *field = senml_field(label);

    if (!field->has_number) {
        return item_put_text(buffer, field->name, strlen(field->name), reason);
    }
    return field->number < 0
               ? item_put_negative(buffer, (uint64_t)(-1 - field->number),
                                   reason)
               : item_put_unsigned(buffer, (uint64_t)field->number, reason);
}

static enum status put_record(struct byte_buffer *buffer,
                              const struct senml_record *record,
                              struct reason *reason)
{
    size_t count = 0;

    for (unsigned i = 0; i < SENML_LABEL_COUNT; i++) {
        count += senml_has(record, (enum senml_label)i) ? 1 : 0;
    }
    enum status status = item_put_map(buffer, count, reason);
    for (unsigned i = 0; status == STATUS_OK && i < SENML_LABEL_COUNT; i++) {
        enum senml_label label = (enum senml_label)i;
        if (senml_has(record, label)) {
            const struct wire_value content = senml_content(record, label);
            status = put_label(buffer, label, reason);
            if (status == STATUS_OK) {
                status = item_put_wire(buffer, &content, reason);
            }
        }
    }
    return status;
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
        status = item_put_array(buffer, list->count, reason);
    }
    for (size_t i = 0; status == STATUS_OK && i < list->count; i++) {
        struct senml_record record;
        status = senml_record_of(&sender, i, &record, reason);
        if (status == STATUS_OK) {
            status = put_record(buffer, &record, reason);
        }
    }
    return status;
}

enum status senml_cbor_encode_values(const struct lwm2m_path *base,
                                     const struct record_list *list,
                                     struct byte_buffer *buffer,
                                     struct reason *reason)
{
    return encode(PAYLOAD_VALUES, false, base, list, buffer, reason);
}

enum status senml_cbor_encode_paths(const struct lwm2m_path *base,
                                    const struct record_list *list,
                                    struct byte_buffer *buffer,
                                    struct reason *reason)
{
    return encode(PAYLOAD_PATHS, false, base, list, buffer, reason);
}

enum status senml_cbor_encode_patch(const struct lwm2m_path *base,
                                    const struct record_list *list,
                                    struct byte_buffer *buffer,
                                    struct reason *reason)
{
    return encode(PAYLOAD_PATCH, true, base, list, buffer, reason);
}
