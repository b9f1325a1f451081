/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/buffer.h"
#include "server/data/scalar.h"

enum {
    FLOAT_DIGITS_MAX = 340, /* decimals of the smallest double that is shown */
    NUMBER_TEXT_SIZE = 400,
};

static bool is_single(const struct lwm2m_path *base)
{
    return base->depth == 3 || base->depth == 4;
}

static void note(struct record_list *list, enum record_note_class class,
                 const struct lwm2m_path *base, const char *text)
{
    record_list_note(list, class, *base, "%s", text);
}

static enum status wrong_text(struct reason *reason, enum lwm2m_type type,
                              const uint8_t *bytes, size_t length)
{
    (void)bytes; /* not shown: it may be anything */
    return reason_set(reason, STATUS_MALFORMED, "%zu bytes of text are no %s",
                      length, lwm2m_type_name(type));
}

static enum status decode_base64(const struct lwm2m_record *record,
                                 const char *text, size_t length,
                                 struct record_list *list,
                                 struct reason *reason)
{
    struct lwm2m_record copy = *record;
    uint8_t *bytes = malloc(length / 4 * 3 + 1);
    size_t used = 0;

    if (bytes == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = STATUS_OK;
    if (!base64_decode(text, length, bytes, &used)) {
        status = reason_set(reason, STATUS_MALFORMED,
                            "%zu bytes of text are no padded Base64", length);
    } else {
        copy.value.as.data.bytes = (const char *)bytes;
        copy.value.as.data.length = used;
        status = record_list_add(list, &copy, reason);
    }
    free(bytes);
    return status;
}

static bool read_number(struct lwm2m_value *value, const char *text,
                        size_t length, struct record_list *list,
                        const struct lwm2m_path *base)
{
    bool zeros = false;
    bool exponent = false;
    bool fits = false;

    switch (value->type) {
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
        fits = parse_integer(text, length, &value->as.integer, &zeros);
        break;
    case LWM2M_TYPE_UNSIGNED:
        fits =
            parse_unsigned(text, length, &value->as.unsigned_integer, &zeros);
        break;
    case LWM2M_TYPE_FLOAT:
        fits = parse_real(text, length, &value->as.real, &exponent);
        break;
    case LWM2M_TYPE_BOOLEAN:
        value->as.boolean = length == 1 && text[0] == '1';
        fits = length == 1 && (text[0] == '0' || text[0] == '1');
        break;
    case LWM2M_TYPE_OBJLNK:
        fits = parse_objlnk(text, length, &value->as.link.object,
                            &value->as.link.instance, &zeros);
        break;
    default:
        break;
    }
    if (zeros) {
        note(list, RECORD_NOTE_TOLERATED, base, "leading zeros");
    }
    if (exponent) {
        /* content-formats.md, section 12: the value is clear. */
        note(list, RECORD_NOTE_TOLERATED, base,
             "a Float in text has no exponent");
    }
    return fits;
}

enum status text_decode(const struct definitions *definitions,
                        const struct lwm2m_path *base, const uint8_t *bytes,
                        size_t length, struct record_list *list,
                        struct reason *reason)
{
    const struct resource_definition *definition =
        definitions != NULL ? definitions_resource(definitions, base) : NULL;
    struct lwm2m_record record = { .path = *base };
    const char *text = (const char *)bytes;

    if (!is_single(base)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "text carries one Resource only");
    }
    if (definition != NULL && definition->multiple && base->depth == 3) {
        note(list, RECORD_NOTE_NON_CONFORMING, base,
             "text for a multiple-instance Resource as a whole");
    }
    record.value.type = definition == NULL ||
                                definition->type == LWM2M_TYPE_NONE ||
                                definition->type == LWM2M_TYPE_UNKNOWN
                            ? LWM2M_TYPE_STRING
                            : definition->type;
    switch (record.value.type) {
    case LWM2M_TYPE_OPAQUE:
        return decode_base64(&record, text, length, list, reason);
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_CORELNK:
        if (!utf8_is_valid(bytes, length)) {
            return reason_set(reason, STATUS_MALFORMED, "text is not UTF-8");
        }
        record.value.as.data.bytes = text;
        record.value.as.data.length = length;
        break;
    default:
        if (!read_number(&record.value, text, length, list, base)) {
            return wrong_text(reason, record.value.type, bytes, length);
        }
        break;
    }
    return record_list_add(list, &record, reason);
}

/** Decimal without exponent: as many decimals as bring the value back. */
static size_t real_text(double real, char *buffer, size_t size)
{
    int length = 0;

    for (int digits = 1; digits <= FLOAT_DIGITS_MAX; digits++) {
        length = snprintf(buffer, size, "%.*f", digits, real);
        if (length > 0 && (size_t)length < size &&
            strtod(buffer, NULL) == real) {
            break;
        }
    }
    return length > 0 && (size_t)length < size ? (size_t)length : 0;
}

static enum status encode_opaque_text(const struct lwm2m_value *value,
                                      struct byte_buffer *buffer,
                                      struct reason *reason)
{
    size_t length = (value->as.data.length + 2) / 3 * 4;
    char *text = malloc(length + 1);

    if (text == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    base64_encode((const uint8_t *)value->as.data.bytes, value->as.data.length,
                  text);
    enum status status = byte_buffer_add(buffer, text, length, reason);
    free(text);
    return status;
}

enum status text_encode(const struct lwm2m_path *base,
                        const struct record_list *list,
                        struct byte_buffer *buffer, struct reason *reason)
{
    char text[NUMBER_TEXT_SIZE];
    size_t length = 0;

    if (!is_single(base) || list->count != 1) {
        return reason_set(reason, STATUS_INVALID,
                          "text cannot carry %zu records", list->count);
    }
    const struct lwm2m_value *value = &list->records[0].value;
    switch (value->type) {
    case LWM2M_TYPE_OPAQUE:
        return encode_opaque_text(value, buffer, reason);
    case LWM2M_TYPE_UNKNOWN:
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_CORELNK:
        return byte_buffer_add(buffer, value->as.data.bytes,
                               value->as.data.length, reason);
    case LWM2M_TYPE_FLOAT:
        length = real_text(value->as.real, text, sizeof(text));
        break;
    case LWM2M_TYPE_BOOLEAN:
        length = 1;
        text[0] = value->as.boolean ? '1' : '0';
        break;
    case LWM2M_TYPE_NONE:
        break;
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
    case LWM2M_TYPE_UNSIGNED:
    case LWM2M_TYPE_OBJLNK:
        (void)lwm2m_value_text(value, text, sizeof(text));
        length = strlen(text);
        break;
    }
    if (length == 0) {
        return reason_set(reason, STATUS_INVALID, "no text for this value");
    }
    return byte_buffer_add(buffer, text, length, reason);
}

enum status opaque_decode(const struct definitions *definitions,
                          const struct lwm2m_path *base, const uint8_t *bytes,
                          size_t length, struct record_list *list,
                          struct reason *reason)
{
    const struct resource_definition *definition =
        definitions != NULL ? definitions_resource(definitions, base) : NULL;
    struct lwm2m_record record = {
        .path = *base,
        .value = { .type = LWM2M_TYPE_OPAQUE,
                   .as.data = { (const char *)bytes, length } },
    };

    if (!is_single(base)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "octet-stream carries one Resource only");
    }
    if (definition != NULL && definition->type != LWM2M_TYPE_OPAQUE) {
        record_list_note(list, RECORD_NOTE_NON_CONFORMING, *base,
                         "octet-stream does not fit a %s",
                         lwm2m_type_name(definition->type));
    }
    return record_list_add(list, &record, reason);
}

enum status opaque_encode(const struct lwm2m_path *base,
                          const struct record_list *list,
                          struct byte_buffer *buffer, struct reason *reason)
{
    if (!is_single(base) || list->count != 1 ||
        (list->records[0].value.type != LWM2M_TYPE_OPAQUE &&
         list->records[0].value.type != LWM2M_TYPE_UNKNOWN)) {
        return reason_set(reason, STATUS_INVALID,
                          "octet-stream carries one Opaque only");
    }
    const struct lwm2m_value *value = &list->records[0].value;
    return byte_buffer_add(buffer, value->as.data.bytes, value->as.data.length,
                           reason);
}
