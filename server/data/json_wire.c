/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/json_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ESCAPE_SIZE = 7 }; /* "\u001f" and NUL */

enum status json_input_init(struct json_input *input, const uint8_t *bytes,
                            size_t length, struct reason *reason)
{
    if (length > JSON_SIZE_MAX) {
        return reason_set(reason, STATUS_LIMIT, "JSON of %zu bytes", length);
    }
    char *scratch = malloc(length + 1);
    if (scratch == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    *input = (struct json_input){ .reason = reason, .scratch = scratch };
    json_reader_init(&input->reader, bytes, length, reason);
    return STATUS_OK;
}

void json_input_release(struct json_input *input)
{
    free(input->scratch);
    input->scratch = NULL;
}

void json_input_text(struct json_input *input, const struct json_value *string,
                     const char **out_bytes, size_t *out_length)
{
    char *text = input->scratch + input->used;

    *out_bytes = text;
    *out_length = json_string_text(string, text);
    input->used += *out_length;
}

static enum status wrong_kind(const struct json_input *input, const char *name,
                              const struct json_value *value, const char *kind)
{
    return reason_set(input->reason, STATUS_MALFORMED,
                      "JSON at offset %zu: '%s' is to be %s", value->offset,
                      name, kind);
}

enum status json_input_value(struct json_input *input, const char *name,
                             enum wire_kind kind,
                             const struct json_value *value,
                             struct wire_value *out_value)
{
    struct wire_value wire = { .kind = kind };

    if (value->kind == JSON_NULL) {
        wire.kind = WIRE_NULL;
        *out_value = wire;
        return STATUS_OK;
    }
    switch (kind) {
    case WIRE_NUMBER:
        if (value->kind != JSON_NUMBER ||
            !number_of_text(value->text, value->length, &wire.number)) {
            return wrong_kind(input, name, value, "a number of binary64");
        }
        break;
    case WIRE_BOOLEAN:
        if (value->kind != JSON_TRUE && value->kind != JSON_FALSE) {
            return wrong_kind(input, name, value, "true or false");
        }
        wire.boolean = value->kind == JSON_TRUE;
        break;
    case WIRE_TEXT:
    case WIRE_BYTES:
    case WIRE_LINK:
        if (value->kind != JSON_STRING) {
            return wrong_kind(input, name, value, "a string");
        }
        json_input_text(input, value, &wire.bytes, &wire.length);
        break;
    case WIRE_NULL:
        return wrong_kind(input, name, value, "null");
    }
    *out_value = wire;
    return STATUS_OK;
}

enum status json_input_enter(struct json_input *input,
                             const struct json_value *value,
                             enum json_kind kind, const char *what)
{
    if (value->kind != kind) {
        return wrong_kind(input, what, value,
                          kind == JSON_ARRAY ? "an array" : "an object");
    }
    return kind == JSON_ARRAY ? json_begin_array(&input->reader)
                              : json_begin_object(&input->reader);
}

enum status json_put(struct byte_buffer *buffer, const char *text,
                     struct reason *reason)
{
    return byte_buffer_add(buffer, text, strlen(text), reason);
}

/** The escape of a byte that may not stand for itself; "" for the others. */
static void escape(char byte, char out_text[ESCAPE_SIZE])
{
    static const char bytes[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = byte != '\0' ? strchr(bytes, byte) : NULL;

    out_text[0] = '\0';
    if (found != NULL) {
        (void)snprintf(out_text, ESCAPE_SIZE, "\\%c", letters[found - bytes]);
    } else if ((unsigned char)byte < ' ') {
        (void)snprintf(out_text, ESCAPE_SIZE, "\\u%04x",
                       (unsigned)(unsigned char)byte);
    }
}

enum status json_put_string(struct byte_buffer *buffer, const char *bytes,
                            size_t length, struct reason *reason)
{
    enum status status = json_put(buffer, "\"", reason);
    size_t start = 0; /* of what is not yet written */

    for (size_t i = 0; status == STATUS_OK && i < length; i++) {
        char text[ESCAPE_SIZE];
        escape(bytes[i], text);
        if (text[0] == '\0') {
            continue;
        }
        status = byte_buffer_add(buffer, bytes + start, i - start, reason);
        if (status == STATUS_OK) {
            status = json_put(buffer, text, reason);
        }
        start = i + 1;
    }
    if (status == STATUS_OK) {
        status = byte_buffer_add(buffer, bytes + start, length - start, reason);
    }
    return status == STATUS_OK ? json_put(buffer, "\"", reason) : status;
}

enum status json_put_number(struct byte_buffer *buffer,
                            const struct number *number, struct reason *reason)
{
    char text[NUMBER_SHOWN];
    size_t length = number_text(number, text);

    return byte_buffer_add(buffer, text, length, reason);
}
