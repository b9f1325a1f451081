/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/cbor_item.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "server/data/buffer.h"
#include "server/data/cbor_scan.h"
#include "server/data/date.h"

enum {
    HEAD_SIZE = 9,     /* the longest head of an item */
    DECIMAL_SIZE = 48, /* mantissa and exponent in digits, signs, 'e', NUL */
    HEAD_HALF = 0xf9,
    HEAD_SINGLE = 0xfa,
    HEAD_DOUBLE = 0xfb,
};
#define TWO_TO_64 18446744073709551616.0

enum status item_load(const uint8_t *bytes, size_t length,
                      cbor_item_t **out_item, struct reason *reason)
{
    struct cbor_load_result result;
    enum status status = scan_cbor(bytes, length, reason);

    if (status != STATUS_OK) {
        return status;
    }
    cbor_item_t *item = cbor_load(bytes, length, &result);
    if (item == NULL) {
        return result.error.code == CBOR_ERR_MEMERROR
                   ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
                   : reason_set(reason, STATUS_MALFORMED,
                                "CBOR at offset %zu: libcbor cannot load it",
                                result.error.position);
    }
    *out_item = item; /* handed over */
    return STATUS_OK;
}

/* Reading. */

static enum status no_value(struct reason *reason, const char *what)
{
    return reason_set(reason, STATUS_MALFORMED, "%s is no value", what);
}

/** The bytes of a string; those of one in chunks are put together. */
static enum status read_string(const cbor_item_t *item,
                               struct byte_buffer *scratch,
                               struct wire_value *value, struct reason *reason)
{
    bool is_text = cbor_isa_string(item);
    bool is_whole = is_text ? cbor_string_is_definite(item)
                            : cbor_bytestring_is_definite(item);
    enum status status = STATUS_OK;

    value->kind = is_text ? WIRE_TEXT : WIRE_BYTES;
    if (is_whole) {
        value->bytes = (const char *)(is_text ? cbor_string_handle(item)
                                              : cbor_bytestring_handle(item));
        value->length =
            is_text ? cbor_string_length(item) : cbor_bytestring_length(item);
        return STATUS_OK;
    }
    size_t count = is_text ? cbor_string_chunk_count(item)
                           : cbor_bytestring_chunk_count(item);
    cbor_item_t **chunks = is_text ? cbor_string_chunks_handle(item)
                                   : cbor_bytestring_chunks_handle(item);
    scratch->length = 0;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        struct wire_value chunk = { .length = 0 };
        status = read_string(chunks[i], scratch, &chunk, reason); /* definite */
        if (status == STATUS_OK) {
            status =
                byte_buffer_add(scratch, chunk.bytes, chunk.length, reason);
        }
    }
    value->bytes = (const char *)scratch->bytes;
    value->length = scratch->length;
    return status;
}

static void set_real(struct number *number, double real)
{
    if (!number_of_real(real, number)) {
        *number = (struct number){ .real = real }; /* see item_read() */
    }
}

static bool read_integer(const cbor_item_t *item, struct number *number)
{
    if (cbor_isa_uint(item)) {
        *number = number_of_unsigned(cbor_get_int(item));
        return true;
    }
    if (!cbor_isa_negint(item)) {
        return false;
    }
    if (!number_of_negative(cbor_get_int(item), number)) {
        set_real(number, -TWO_TO_64);
    }
    return true;
}

static enum status read_simple(const cbor_item_t *item,
                               struct wire_value *value, struct reason *reason)
{
    if (cbor_is_float(item)) {
        value->kind = WIRE_NUMBER;
        set_real(&value->number, cbor_float_get_float(item));
        return STATUS_OK;
    }
    if (cbor_is_bool(item)) {
        value->kind = WIRE_BOOLEAN;
        value->boolean = cbor_get_bool(item);
        return STATUS_OK;
    }
    if (cbor_is_null(item)) {
        value->kind = WIRE_NULL;
        return STATUS_OK;
    }
    return no_value(reason, "undefined");
}

/** Spec: RFC 8949, 3.4.4. */
static bool read_decimal(const cbor_item_t *item, struct number *number)
{
    struct number exponent = { .real = 0 };
    struct number mantissa = { .real = 0 };
    char text[DECIMAL_SIZE];

    if (!cbor_isa_array(item) || cbor_array_size(item) != 2 ||
        !read_integer(cbor_array_handle(item)[0], &exponent) ||
        !read_integer(cbor_array_handle(item)[1], &mantissa) ||
        !exponent.is_plain || !mantissa.is_plain) {
        return false;
    }
    int length = snprintf(text, sizeof(text), "%s%" PRIu64 "e%s%" PRIu64,
                          mantissa.is_negative ? "-" : "", mantissa.magnitude,
                          exponent.is_negative ? "-" : "", exponent.magnitude);
    return number_of_text(text, (size_t)length, number);
}

static enum status read_date(const cbor_item_t *item,
                             struct byte_buffer *scratch, struct number *number,
                             bool *out_is_right, struct reason *reason)
{
    struct wire_value text = { .length = 0 };
    int64_t seconds = 0;

    if (!cbor_isa_string(item)) {
        return STATUS_OK;
    }
    enum status status = read_string(item, scratch, &text, reason);
    if (status == STATUS_OK && date_parse(text.bytes, text.length, &seconds)) {
        *number = number_of_signed(seconds);
        *out_is_right = true;
    }
    return status;
}

static bool read_epoch(const cbor_item_t *item, struct number *number)
{
    if (cbor_isa_float_ctrl(item) && cbor_is_float(item)) {
        set_real(number, cbor_float_get_float(item));
        return true;
    }
    return read_integer(item, number);
}

static enum status read_tagged(const cbor_item_t *item,
                               struct byte_buffer *scratch,
                               struct wire_value *value, enum item_tag *out_tag,
                               struct reason *reason)
{
    uint64_t tag = cbor_tag_value(item);
    /* libcbor counts this loan; the tag keeps the item alive without it. */
    const cbor_item_t *tagged = cbor_move(cbor_tag_item(item));
    enum status status = STATUS_OK;
    bool is_right = false;

    value->kind = WIRE_NUMBER;
    switch (tag) {
    case ITEM_TAG_DATE:
        status = read_date(tagged, scratch, &value->number, &is_right, reason);
        break;
    case ITEM_TAG_EPOCH:
        is_right = read_epoch(tagged, &value->number);
        break;
    case ITEM_TAG_DECIMAL:
        is_right = read_decimal(tagged, &value->number);
        break;
    default:
        return reason_set(reason, STATUS_MALFORMED,
                          "tag %" PRIu64 ", which no LwM2M format has", tag);
    }
    if (status == STATUS_OK && !is_right) {
        return reason_set(reason, STATUS_MALFORMED,
                          "tag %u around the wrong item", (unsigned)tag);
    }
    *out_tag = (enum item_tag)tag;
    return status;
}

enum status item_read(const cbor_item_t *item, struct byte_buffer *scratch,
                      struct wire_value *out_value, enum item_tag *out_tag,
                      struct reason *reason)
{
    struct wire_value value = { .kind = WIRE_NUMBER };
    enum item_tag tag = ITEM_TAG_NONE;
    enum status status = STATUS_OK;

    switch (cbor_typeof(item)) {
    case CBOR_TYPE_UINT:
    case CBOR_TYPE_NEGINT:
        (void)read_integer(item, &value.number); /* it is one */
        break;
    case CBOR_TYPE_BYTESTRING:
    case CBOR_TYPE_STRING:
        status = read_string(item, scratch, &value, reason);
        break;
    case CBOR_TYPE_TAG:
        status = read_tagged(item, scratch, &value, &tag, reason);
        break;
    case CBOR_TYPE_FLOAT_CTRL:
        status = read_simple(item, &value, reason);
        break;
    case CBOR_TYPE_ARRAY:
        return no_value(reason, "an array");
    case CBOR_TYPE_MAP:
        return no_value(reason, "a map");
    default:
        return no_value(reason, "an item of this type");
    }
    if (status == STATUS_OK) {
        *out_value = value;
        *out_tag = tag;
    }
    return status;
}

void item_note_date(struct record_list *list, struct lwm2m_path path,
                    enum item_tag tag, enum lwm2m_type type)
{
    if ((tag == ITEM_TAG_DATE || tag == ITEM_TAG_EPOCH) &&
        type != LWM2M_TYPE_TIME && type != LWM2M_TYPE_UNKNOWN) {
        record_list_note(list, RECORD_NOTE_NON_CONFORMING, path,
                         "a date (tag %d) where %s is expected", (int)tag,
                         lwm2m_type_name(type));
    }
}

static enum status add_value(struct record_list *list,
                             const struct definitions *definitions,
                             struct lwm2m_path path, struct wire_value *value,
                             enum item_tag tag, bool may_delete,
                             struct reason *reason)
{
    const struct lwm2m_record place = { .path = path };
    const struct resource_definition *definition =
        definitions != NULL ? definitions_resource(definitions, &path) : NULL;
    enum lwm2m_type type =
        definition != NULL ? definition->type : LWM2M_TYPE_UNKNOWN;

    if (value->kind == WIRE_NULL && !may_delete) {
        return no_value(reason, "null");
    }
    if (value->kind == WIRE_NULL && path.depth < 4) {
        record_list_note(list, RECORD_NOTE_NON_CONFORMING, path,
                         "null deletes a Resource Instance, not a Resource");
    }
    if (value->kind == WIRE_TEXT && type == LWM2M_TYPE_OBJLNK) {
        value->kind = WIRE_LINK;
    }
    if (tag == ITEM_TAG_DECIMAL) {
        record_list_note(list, RECORD_NOTE_NON_CONFORMING, path,
                         "a decimal fraction (tag 4) outside of SenML");
    }
    item_note_date(list, path, tag, type);
    return wire_value_add(list, definitions, &place, value, reason);
}

enum status item_add(struct record_list *list,
                     const struct definitions *definitions,
                     struct lwm2m_path path, const cbor_item_t *item,
                     bool may_delete, struct reason *reason)
{
    struct wire_value value = { .kind = WIRE_NULL };
    enum item_tag tag = ITEM_TAG_NONE;
    struct byte_buffer scratch;
    struct reason inner = { .status = STATUS_OK };
    char text[LWM2M_PATH_TEXT_MAX];

    byte_buffer_init(&scratch);
    enum status status = item_read(item, &scratch, &value, &tag, &inner);
    if (status == STATUS_OK) {
        status =
            add_value(list, definitions, path, &value, tag, may_delete, &inner);
    }
    byte_buffer_release(&scratch);
    return status == STATUS_OK
               ? STATUS_OK
               : reason_set(reason, status, "%s: %s",
                            lwm2m_path_text(&path, text), inner.text);
}

/* Writing. */

/** A head of libcbor's, which takes the number in its shortest form. */
static enum status put_head(struct byte_buffer *buffer,
                            const unsigned char *head, size_t length,
                            struct reason *reason)
{
    return byte_buffer_add(buffer, head, length, reason);
}

enum status item_put_unsigned(struct byte_buffer *buffer, uint64_t number,
                              struct reason *reason)
{
    unsigned char head[HEAD_SIZE];

    return put_head(buffer, head, cbor_encode_uint(number, head, sizeof(head)),
                    reason);
}

enum status item_put_negative(struct byte_buffer *buffer, uint64_t argument,
                              struct reason *reason)
{
    unsigned char head[HEAD_SIZE];

    return put_head(buffer, head,
                    cbor_encode_negint(argument, head, sizeof(head)), reason);
}

enum status item_put_array(struct byte_buffer *buffer, size_t count,
                           struct reason *reason)
{
    unsigned char head[HEAD_SIZE];

    return put_head(buffer, head,
                    cbor_encode_array_start(count, head, sizeof(head)), reason);
}

enum status item_put_map(struct byte_buffer *buffer, size_t count,
                         struct reason *reason)
{
    unsigned char head[HEAD_SIZE];

    return put_head(buffer, head,
                    cbor_encode_map_start(count, head, sizeof(head)), reason);
}

enum status item_put_text(struct byte_buffer *buffer, const char *text,
                          size_t length, struct reason *reason)
{
    unsigned char head[HEAD_SIZE];
    enum status status =
        put_head(buffer, head,
                 cbor_encode_string_start(length, head, sizeof(head)), reason);

    return status == STATUS_OK ? byte_buffer_add(buffer, text, length, reason)
                               : status;
}

static enum status put_bytes(struct byte_buffer *buffer, const char *bytes,
                             size_t length, struct reason *reason)
{
    unsigned char head[HEAD_SIZE];
    enum status status = put_head(
        buffer, head, cbor_encode_bytestring_start(length, head, sizeof(head)),
        reason);

    return status == STATUS_OK ? byte_buffer_add(buffer, bytes, length, reason)
                               : status;
}

/* IEEE 754: binary32 as it is taken apart, and binary16. */
enum {
    SINGLE_MANTISSA_BITS = 23,
    SINGLE_EXPONENT_MAX = 0xff,
    SINGLE_BIAS = 127,
    SINGLE_MANTISSA_MASK = 0x7fffff,
    SINGLE_QUIET = 0x400000,
    HALF_MANTISSA_BITS = 10,
    HALF_EXPONENT_LOW = -14,
    HALF_EXPONENT_HIGH = 15,
    HALF_BIAS = 15,
    HALF_INFINITE = 0x7c00,
    CUT_BITS = SINGLE_MANTISSA_BITS - HALF_MANTISSA_BITS,
};

/** The binary16 of the same value, without its sign; false if there is none.
 *  Written here because cbor_encode_half() rounds without a word. */
static bool half_of(uint32_t single, uint64_t *out_half)
{
    uint32_t mantissa = single & SINGLE_MANTISSA_MASK;
    int exponent = (int)(single >> SINGLE_MANTISSA_BITS & SINGLE_EXPONENT_MAX) -
                   SINGLE_BIAS;
    unsigned cut = CUT_BITS;

    if (exponent > SINGLE_BIAS) { /* of NaNs libcbor reads this one alone */
        *out_half = HALF_INFINITE | mantissa >> CUT_BITS;
        return mantissa == 0 || mantissa == SINGLE_QUIET;
    }
    if (exponent == -SINGLE_BIAS) {
        *out_half = 0;
        return mantissa == 0;
    }
    if (exponent > HALF_EXPONENT_HIGH ||
        exponent < HALF_EXPONENT_LOW - HALF_MANTISSA_BITS) {
        return false;
    }
    uint64_t biased = (uint64_t)(exponent + HALF_BIAS) << HALF_MANTISSA_BITS;
    if (exponent < HALF_EXPONENT_LOW) { /* subnormal: the first 1 is written */
        mantissa |= SINGLE_MANTISSA_MASK + 1;
        cut += (unsigned)(HALF_EXPONENT_LOW - exponent);
        biased = 0;
    }
    *out_half = biased | mantissa >> cut;
    return (mantissa & ((1u << cut) - 1)) == 0;
}

static enum status put_float(struct byte_buffer *buffer, unsigned head,
                             uint64_t bits, size_t size, struct reason *reason)
{
    enum status status = byte_buffer_number(buffer, head, 1, reason);

    return status == STATUS_OK ? byte_buffer_number(buffer, bits, size, reason)
                               : status;
}

static enum status put_real(struct byte_buffer *buffer, double real,
                            struct reason *reason)
{
    /* Beyond its range the conversion would be undefined. */
    bool fits = !isfinite(real) || fabs(real) <= (double)FLT_MAX;
    float narrow = fits ? (float)real : 0;
    double again = (double)narrow;
    uint64_t bits = 0;
    uint32_t single = 0;
    uint64_t half = 0;

    memcpy(&bits, &real, sizeof(bits));
    memcpy(&single, &narrow, sizeof(single));
    if (!fits || memcmp(&again, &real, sizeof(again)) != 0) {
        return put_float(buffer, HEAD_DOUBLE, bits, sizeof(bits), reason);
    }
    if (!half_of(single, &half)) {
        return put_float(buffer, HEAD_SINGLE, single, sizeof(single), reason);
    }
    half |= (uint64_t)(single >> 31) << 15;
    return put_float(buffer, HEAD_HALF, half, 2, reason);
}

static enum status put_number(struct byte_buffer *buffer,
                              const struct number *number,
                              struct reason *reason)
{
    if (!number->is_plain) {
        return put_real(buffer, number->real, reason);
    }
    return number->is_negative && number->magnitude > 0
               ? item_put_negative(buffer, number->magnitude - 1, reason)
               : item_put_unsigned(buffer, number->magnitude, reason);
}

enum status item_put_wire(struct byte_buffer *buffer,
                          const struct wire_value *value, struct reason *reason)
{
    unsigned char head[HEAD_SIZE];

    switch (value->kind) {
    case WIRE_NUMBER:
        return put_number(buffer, &value->number, reason);
    case WIRE_TEXT:
    case WIRE_LINK:
        return item_put_text(buffer, value->bytes, value->length, reason);
    case WIRE_BYTES:
        return put_bytes(buffer, value->bytes, value->length, reason);
    case WIRE_BOOLEAN:
        return put_head(buffer, head,
                        cbor_encode_bool(value->boolean, head, sizeof(head)),
                        reason);
    case WIRE_NULL:
        break;
    }
    return put_head(buffer, head, cbor_encode_null(head, sizeof(head)), reason);
}

enum status item_put_value(struct byte_buffer *buffer,
                           const struct lwm2m_value *value,
                           struct reason *reason)
{
    struct wire_value wire = { .kind = WIRE_NULL };
    char link[WIRE_LINK_SIZE];

    if (value->type == LWM2M_TYPE_FLOAT && !isfinite(value->as.real)) {
        return put_real(buffer, value->as.real, reason);
    }
    enum status status = wire_value_of(value, link, &wire, reason);
    return status == STATUS_OK ? item_put_wire(buffer, &wire, reason) : status;
}
