/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/tlv.h"

#include <string.h>

#include "server/data/buffer.h"
#include "server/data/cursor.h"
#include "server/data/scalar.h"
#include "server/data/wire_value.h"

/* Type byte. Spec: content-formats.md, section 5. */
enum {
    KIND_SHIFT = 6,
    KIND_INSTANCE = 0,
    KIND_RESOURCE_INSTANCE = 1,
    KIND_MULTIPLE = 2,
    KIND_RESOURCE = 3,
    WIDE_ID = 0x20,
    LENGTH_SHIFT = 3,
    LENGTH_MASK = 3,
    INLINE_MASK = 7,
    LENGTH_MAX = 0xffffff,
    OBJLNK_SIZE = 4,
};

struct entry {
    unsigned kind;
    uint16_t id;
    struct cursor value;
};

struct decoder {
    const struct definitions *definitions;
    struct record_list *list;
    struct reason *reason;
};

static enum status next_entry(struct cursor *cursor, struct entry *out_entry,
                              struct reason *reason)
{
    size_t start = cursor->offset;
    uint64_t type = 0;
    uint64_t id = 0;
    uint64_t length = 0;
    const uint8_t *value = NULL;

    if (!cursor_number(cursor, 1, &type) ||
        !cursor_number(cursor, (type & WIDE_ID) != 0 ? 2 : 1, &id)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "TLV entry at offset %zu: identifier is cut", start);
    }
    if (id > LWM2M_ID_MAX) {
        return reason_set(reason, STATUS_MALFORMED,
                          "TLV entry at offset %zu: reserved ID 65535", start);
    }
    size_t width = type >> LENGTH_SHIFT & LENGTH_MASK;
    if (width == 0) {
        length = type & INLINE_MASK;
    } else if (!cursor_number(cursor, width, &length)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "TLV entry at offset %zu: length is cut", start);
    }
    out_entry->value.offset = cursor->offset;
    if (!cursor_take(cursor, (size_t)length, &value)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "TLV entry at offset %zu: length %u, but %zu bytes "
                          "are left",
                          start, (unsigned)length, cursor->length);
    }
    out_entry->kind = (unsigned)(type >> KIND_SHIFT);
    out_entry->id = (uint16_t)id;
    out_entry->value.bytes = value;
    out_entry->value.length = (size_t)length;
    return STATUS_OK;
}

static bool is_number_size(size_t length)
{
    return length == 1 || length == 2 || length == 4 || length == 8;
}

static int64_t sign_extend(uint64_t number, size_t size)
{
    unsigned shift = (unsigned)(64 - 8 * size);
    uint64_t bits = number << shift;

    /* Arithmetic shift without relying on it: fill by the sign bit. */
    if ((bits >> 63) == 0) {
        return (int64_t)(bits >> shift);
    }
    uint64_t filled =
        (bits >> shift) | (shift == 0 ? 0 : ~(UINT64_MAX >> shift));
    return -(int64_t)(~filled) - 1;
}

static double real_of(uint64_t number, size_t size)
{
    if (size == sizeof(float)) {
        uint32_t bits = (uint32_t)number;
        float real = 0;
        memcpy(&real, &bits, sizeof(real));
        return (double)real;
    }
    double real = 0;
    memcpy(&real, &number, sizeof(real));
    return real;
}

/** @return NULL when the bytes carry the type, else why not */
static const char *read_value(enum lwm2m_type type, struct cursor bytes,
                              struct lwm2m_value *value)
{
    size_t length = bytes.length;
    const uint8_t *start = bytes.bytes;
    uint64_t number = 0;
    bool has_number = cursor_number(&bytes, length, &number);

    value->type = type;
    switch (type) {
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
        if (!is_number_size(length)) {
            return "an Integer has 1, 2, 4 or 8 bytes";
        }
        value->as.integer = sign_extend(number, length);
        return NULL;
    case LWM2M_TYPE_UNSIGNED:
        value->as.unsigned_integer = number;
        return is_number_size(length)
                   ? NULL
                   : "an Unsigned Integer has 1, 2, 4 or 8 bytes";
    case LWM2M_TYPE_FLOAT:
        if (length != sizeof(float) && length != sizeof(double)) {
            return "a Float has 4 or 8 bytes";
        }
        value->as.real = real_of(number, length);
        return NULL;
    case LWM2M_TYPE_BOOLEAN:
        value->as.boolean = number != 0;
        return length == 1 && number <= 1 ? NULL
                                          : "a Boolean is one byte, 0 or 1";
    case LWM2M_TYPE_OBJLNK:
        value->as.link.object = (uint16_t)(number >> 16);
        value->as.link.instance = (uint16_t)number;
        return has_number && length == OBJLNK_SIZE ? NULL
                                                   : "an Objlnk has 4 bytes";
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_CORELNK:
        if (!utf8_is_valid(start, length)) {
            return "a String is UTF-8";
        }
        break;
    case LWM2M_TYPE_NONE:
    case LWM2M_TYPE_UNKNOWN:
    case LWM2M_TYPE_OPAQUE:
        break;
    }
    if (type == LWM2M_TYPE_NONE) {
        value->type = LWM2M_TYPE_UNKNOWN;
    }
    value->as.data.bytes = (const char *)start;
    value->as.data.length = length;
    return NULL;
}

static enum status add_value(struct decoder *decoder, struct lwm2m_path path,
                             struct cursor bytes)
{
    const struct resource_definition *definition =
        decoder->definitions != NULL
            ? definitions_resource(decoder->definitions, &path)
            : NULL;
    struct lwm2m_record record = { .path = path };
    const char *wrong =
        read_value(definition != NULL ? definition->type : LWM2M_TYPE_UNKNOWN,
                   bytes, &record.value);

    if (wrong != NULL) {
        record_list_note(decoder->list, RECORD_NOTE_NON_CONFORMING, path,
                         "%zu bytes at offset %zu: %s", bytes.length,
                         bytes.offset, wrong);
        (void)read_value(LWM2M_TYPE_UNKNOWN, bytes,
                         &record.value); /* never wrong */
    }
    return record_list_add(decoder->list, &record, decoder->reason);
}

static enum status decode_array(struct decoder *decoder, struct lwm2m_path path,
                                struct cursor cursor)
{
    enum status status = STATUS_OK;

    if (cursor.length == 0) {
        return record_list_add_empty(decoder->list, path, decoder->reason);
    }
    while (status == STATUS_OK && cursor.length > 0) {
        struct entry entry;
        status = next_entry(&cursor, &entry, decoder->reason);
        if (status != STATUS_OK) {
            return status;
        }
        if (entry.kind != KIND_RESOURCE_INSTANCE) {
            return reason_set(decoder->reason, STATUS_MALFORMED,
                              "TLV at offset %zu: only Resource Instances "
                              "stand in a Multiple Resource",
                              entry.value.offset);
        }
        status =
            add_value(decoder, lwm2m_path_child(path, entry.id), entry.value);
    }
    return status;
}

/** Note a form that does not suit the definition of the Resource. */
static void note_misfit(struct decoder *decoder, struct lwm2m_path path,
                        const char *form, bool is_array)
{
    const struct resource_definition *definition =
        decoder->definitions != NULL
            ? definitions_resource(decoder->definitions, &path)
            : NULL;

    if (definition != NULL && definition->multiple != is_array) {
        record_list_note(decoder->list, RECORD_NOTE_NON_CONFORMING, path,
                         "%s for a %s-instance Resource", form,
                         is_array ? "single" : "multiple");
    }
}

/** One Resource or Multiple Resource entry below an Object Instance. */
static enum status decode_resource(struct decoder *decoder,
                                   struct lwm2m_path instance,
                                   const struct entry *entry)
{
    struct lwm2m_path path = lwm2m_path_child(instance, entry->id);

    if (entry->kind != KIND_RESOURCE && entry->kind != KIND_MULTIPLE) {
        return reason_set(decoder->reason, STATUS_MALFORMED,
                          "TLV at offset %zu: %s stands directly in an "
                          "Object Instance",
                          entry->value.offset,
                          entry->kind == KIND_INSTANCE ? "an Object Instance"
                                                       : "a Resource Instance");
    }
    bool is_array = entry->kind == KIND_MULTIPLE;
    note_misfit(decoder, path, is_array ? "Multiple Resource" : "Resource",
                is_array);
    return is_array ? decode_array(decoder, path, entry->value)
                    : add_value(decoder, path, entry->value);
}

static enum status decode_instance(struct decoder *decoder,
                                   struct lwm2m_path path, struct cursor cursor)
{
    enum status status = STATUS_OK;

    if (cursor.length == 0) {
        return record_list_add_empty(decoder->list, path, decoder->reason);
    }
    while (status == STATUS_OK && cursor.length > 0) {
        struct entry entry;
        status = next_entry(&cursor, &entry, decoder->reason);
        if (status == STATUS_OK) {
            status = decode_resource(decoder, path, &entry);
        }
    }
    return status;
}

static enum status below_object(struct decoder *decoder, struct lwm2m_path base,
                                const struct entry *entry)
{
    if (entry->kind == KIND_INSTANCE) {
        return decode_instance(decoder, lwm2m_path_child(base, entry->id),
                               entry->value);
    }
    struct lwm2m_path first = lwm2m_path_child(base, 0);
    record_list_note(decoder->list, RECORD_NOTE_NON_CONFORMING, first,
                     "Resource at offset %zu without its Object Instance TLV",
                     entry->value.offset);
    return decode_resource(decoder, first, entry);
}

static enum status below_instance(struct decoder *decoder,
                                  struct lwm2m_path base,
                                  const struct entry *entry)
{
    if (entry->kind != KIND_INSTANCE) {
        return decode_resource(decoder, base, entry);
    }
    struct lwm2m_path path = lwm2m_path_instance(base.ids[0], entry->id);
    record_list_note(decoder->list, RECORD_NOTE_TOLERATED, path,
                     "Object Instance TLV %u in a payload about %u", entry->id,
                     base.ids[1]);
    return decode_instance(decoder, path, entry->value);
}

static enum status below_resource(struct decoder *decoder,
                                  struct lwm2m_path base,
                                  const struct entry *entry)
{
    struct lwm2m_path instance = lwm2m_path_instance(base.ids[0], base.ids[1]);

    if (entry->kind == KIND_RESOURCE_INSTANCE) {
        struct lwm2m_path resource =
            lwm2m_path_resource(base.ids[0], base.ids[1], base.ids[2]);
        if (base.depth == 3) {
            record_list_note(decoder->list, RECORD_NOTE_TOLERATED, base,
                             "Resource Instance without its Multiple "
                             "Resource");
        }
        note_misfit(decoder, resource, "Resource Instance", true);
        return add_value(decoder, lwm2m_path_child(resource, entry->id),
                         entry->value);
    }
    if (base.depth == 4 && entry->kind == KIND_MULTIPLE) {
        record_list_note(decoder->list, RECORD_NOTE_TOLERATED, base,
                         "Resource Instance wrapped in its Multiple "
                         "Resource");
    }
    return decode_resource(decoder, instance, entry);
}

enum status tlv_decode(const struct definitions *definitions,
                       const struct lwm2m_path *base, const uint8_t *bytes,
                       size_t length, struct record_list *list,
                       struct reason *reason)
{
    struct decoder decoder = { definitions, list, reason };
    struct cursor cursor = { bytes, length, 0 };
    enum status status = STATUS_OK;

    if (base->depth == 0) {
        return reason_set(reason, STATUS_INVALID, "TLV has no root");
    }
    if (length == 0 && base->depth >= 3) {
        return reason_set(reason, STATUS_MALFORMED,
                          "empty TLV, but a Resource was asked for");
    }
    while (status == STATUS_OK && cursor.length > 0) {
        struct entry entry;
        status = next_entry(&cursor, &entry, reason);
        if (status != STATUS_OK) {
            break;
        }
        status = base->depth == 1   ? below_object(&decoder, *base, &entry)
                 : base->depth == 2 ? below_instance(&decoder, *base, &entry)
                                    : below_resource(&decoder, *base, &entry);
    }
    return status == STATUS_OK ? wire_list_check(list, base, reason) : status;
}

static enum status put_entry(struct byte_buffer *buffer, unsigned kind,
                             uint16_t id, const uint8_t *value, size_t length,
                             struct reason *reason)
{
    size_t width = length <= INLINE_MASK ? 0
                   : length <= 0xff      ? 1
                   : length <= 0xffff    ? 2
                                         : 3;
    bool wide = id > 0xff;

    if (length > LENGTH_MAX) {
        return reason_set(reason, STATUS_INVALID,
                          "%zu bytes do not fit a TLV entry", length);
    }
    uint64_t type = (uint64_t)kind << KIND_SHIFT | (wide ? WIDE_ID : 0u) |
                    (uint64_t)width << LENGTH_SHIFT |
                    (width == 0 ? length : 0u);
    enum status status = byte_buffer_number(buffer, type, 1, reason);
    if (status == STATUS_OK) {
        status = byte_buffer_number(buffer, id, wide ? 2 : 1, reason);
    }
    if (status == STATUS_OK && width > 0) {
        status = byte_buffer_number(buffer, length, width, reason);
    }
    return status == STATUS_OK ? byte_buffer_add(buffer, value, length, reason)
                               : status;
}

static size_t signed_size(int64_t integer)
{
    return integer >= INT8_MIN && integer <= INT8_MAX     ? 1
           : integer >= INT16_MIN && integer <= INT16_MAX ? 2
           : integer >= INT32_MIN && integer <= INT32_MAX ? 4
                                                          : 8;
}

static size_t unsigned_size(uint64_t integer)
{
    return integer <= UINT8_MAX    ? 1
           : integer <= UINT16_MAX ? 2
           : integer <= UINT32_MAX ? 4
                                   : 8;
}

static enum status put_number(struct byte_buffer *buffer, unsigned kind,
                              uint16_t id, uint64_t number, size_t size,
                              struct reason *reason)
{
    uint8_t bytes[sizeof(number)];

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
    }
    return put_entry(buffer, kind, id, bytes, size, reason);
}

/** By their bits: also for what is no number, and a negative zero. */
static bool is_same_real(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

static enum status put_value(struct byte_buffer *buffer, unsigned kind,
                             uint16_t id, const struct lwm2m_value *value,
                             struct reason *reason)
{
    uint64_t bits = 0;
    float narrow = 0;

    switch (value->type) {
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
        return put_number(buffer, kind, id, (uint64_t)value->as.integer,
                          signed_size(value->as.integer), reason);
    case LWM2M_TYPE_UNSIGNED:
        return put_number(buffer, kind, id, value->as.unsigned_integer,
                          unsigned_size(value->as.unsigned_integer), reason);
    case LWM2M_TYPE_FLOAT:
        narrow = (float)value->as.real;
        if (is_same_real((double)narrow, value->as.real)) {
            uint32_t narrow_bits = 0;
            memcpy(&narrow_bits, &narrow, sizeof(narrow_bits));
            return put_number(buffer, kind, id, narrow_bits, sizeof(narrow),
                              reason);
        }
        memcpy(&bits, &value->as.real, sizeof(bits));
        return put_number(buffer, kind, id, bits, sizeof(bits), reason);
    case LWM2M_TYPE_BOOLEAN:
        return put_number(buffer, kind, id, value->as.boolean, 1, reason);
    case LWM2M_TYPE_OBJLNK:
        return put_number(buffer, kind, id,
                          (uint64_t)value->as.link.object << 16 |
                              value->as.link.instance,
                          OBJLNK_SIZE, reason);
    case LWM2M_TYPE_NONE:
        return reason_set(reason, STATUS_INVALID, "no value to encode");
    case LWM2M_TYPE_UNKNOWN:
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_OPAQUE:
    case LWM2M_TYPE_CORELNK:
        break;
    }
    return put_entry(buffer, kind, id, (const uint8_t *)value->as.data.bytes,
                     value->as.data.length, reason);
}

/** Where the encoder stands in the list: records, then empty arrays. */
struct encoder {
    const struct record_list *list;
    struct reason *reason;
};

/** Whether an earlier record or empty entry already lies within `path`. */
static bool came_before(const struct encoder *encoder, size_t index,
                        struct lwm2m_path path)
{
    for (size_t i = 0; i < index && i < encoder->list->count; i++) {
        if (lwm2m_path_is_within(&encoder->list->records[i].path, &path)) {
            return true;
        }
    }
    for (size_t i = encoder->list->count; i < index; i++) {
        if (lwm2m_path_is_within(
                &encoder->list->empty[i - encoder->list->count], &path)) {
            return true;
        }
    }
    return false;
}

static const struct lwm2m_path *path_at(const struct encoder *encoder,
                                        size_t index)
{
    return index < encoder->list->count
               ? &encoder->list->records[index].path
               : &encoder->list->empty[index - encoder->list->count];
}

static size_t total(const struct encoder *encoder)
{
    return encoder->list->count + encoder->list->empty_count;
}

static enum status put_array(const struct encoder *encoder,
                             struct lwm2m_path path, struct byte_buffer *buffer)
{
    struct byte_buffer inner;
    enum status status = STATUS_OK;

    byte_buffer_init(&inner);
    for (size_t i = 0; status == STATUS_OK && i < encoder->list->count; i++) {
        const struct lwm2m_record *record = &encoder->list->records[i];
        if (lwm2m_path_is_within(&record->path, &path)) {
            status =
                put_value(&inner, KIND_RESOURCE_INSTANCE, record->path.ids[3],
                          &record->value, encoder->reason);
        }
    }
    if (status == STATUS_OK) {
        status = put_entry(buffer, KIND_MULTIPLE, path.ids[2], inner.bytes,
                           inner.length, encoder->reason);
    }
    byte_buffer_release(&inner);
    return status;
}

static enum status put_resources(const struct encoder *encoder,
                                 struct lwm2m_path within,
                                 struct byte_buffer *buffer)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < total(encoder); i++) {
        struct lwm2m_path path = *path_at(encoder, i);
        if (!lwm2m_path_is_within(&path, &within) || path.depth < 3) {
            continue;
        }
        if (i < encoder->list->count && path.depth == 3) {
            status =
                put_value(buffer, KIND_RESOURCE, path.ids[2],
                          &encoder->list->records[i].value, encoder->reason);
            continue;
        }
        struct lwm2m_path resource =
            lwm2m_path_resource(path.ids[0], path.ids[1], path.ids[2]);
        if (!came_before(encoder, i, resource)) {
            status = put_array(encoder, resource, buffer);
        }
    }
    return status;
}

static enum status put_instances(const struct encoder *encoder,
                                 struct lwm2m_path object,
                                 struct byte_buffer *buffer)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < total(encoder); i++) {
        struct lwm2m_path path = *path_at(encoder, i);
        struct lwm2m_path instance =
            lwm2m_path_instance(path.ids[0], path.ids[1]);
        if (!lwm2m_path_is_within(&path, &object) ||
            came_before(encoder, i, instance)) {
            continue;
        }
        struct byte_buffer inner;
        byte_buffer_init(&inner);
        status = put_resources(encoder, instance, &inner);
        if (status == STATUS_OK) {
            status = put_entry(buffer, KIND_INSTANCE, instance.ids[1],
                               inner.bytes, inner.length, encoder->reason);
        }
        byte_buffer_release(&inner);
    }
    return status;
}

enum status tlv_encode(const struct lwm2m_path *base,
                       const struct record_list *list,
                       struct byte_buffer *buffer, struct reason *reason)
{
    struct encoder encoder = { list, reason };

    switch (base->depth) {
    case 1:
        return put_instances(&encoder, *base, buffer);
    case 2:
    case 3:
        return put_resources(&encoder, *base, buffer);
    case 4:
        if (list->count == 1) {
            return put_value(buffer, KIND_RESOURCE_INSTANCE, base->ids[3],
                             &list->records[0].value, reason);
        }
        break;
    default:
        break;
    }
    return reason_set(reason, STATUS_INVALID,
                      "TLV cannot carry %zu records at depth %u", list->count,
                      base->depth);
}
