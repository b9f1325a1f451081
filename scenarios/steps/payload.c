/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/payload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool payload_is_hex(const char *text)
{
    size_t length = text != NULL ? strlen(text) : 1;

    for (size_t i = 0; text != NULL && i < length; i++) {
        if (digit_of(text[i]) < 0) {
            return false;
        }
    }
    return length % 2 == 0 && length / 2 <= PAYLOAD_MAX;
}

enum status payload_bytes(const void *bytes, size_t length,
                          struct byte_buffer *buffer, struct reason *reason)
{
    if (length == 0) {
        return STATUS_OK;
    }
    if (length > PAYLOAD_MAX - buffer->length) {
        return reason_set(reason, STATUS_LIMIT, "payload over %d bytes",
                          PAYLOAD_MAX);
    }
    if (buffer->capacity < buffer->length + length) {
        uint8_t *grown = realloc(buffer->bytes, buffer->length + length);
        if (grown == NULL) {
            return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
        buffer->bytes = grown;
        buffer->capacity = buffer->length + length;
    }
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return STATUS_OK;
}

enum status payload_hex(const char *text, struct byte_buffer *buffer,
                        struct reason *reason)
{
    if (!payload_is_hex(text)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "payload is not pairs of hexadecimal digits");
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && text[i] != '\0'; i += 2) {
        uint8_t byte =
            (uint8_t)(digit_of(text[i]) * 16 + digit_of(text[i + 1]));
        status = payload_bytes(&byte, 1, buffer, reason);
    }
    return status;
}

static enum status number_value(const cJSON *json, enum lwm2m_type type,
                                struct lwm2m_value *out_value,
                                struct reason *reason)
{
    if (!cJSON_IsNumber(json)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "expected a number for a value of type %s",
                          lwm2m_type_name(type));
    }
    out_value->type = type;
    if (type == LWM2M_TYPE_FLOAT) {
        out_value->as.real = json->valuedouble;
    } else if (type == LWM2M_TYPE_UNSIGNED) {
        if (json->valuedouble < 0) {
            return reason_set(reason, STATUS_MALFORMED,
                              "a negative value for an unsigned Resource; "
                              "give it as \"payload\"");
        }
        out_value->as.unsigned_integer = (uint64_t)json->valuedouble;
    } else {
        out_value->as.integer = (int64_t)json->valuedouble;
    }
    return STATUS_OK;
}

static enum status text_value(const cJSON *json, enum lwm2m_type type,
                              struct lwm2m_value *out_value,
                              struct reason *reason)
{
    const char *text = cJSON_GetStringValue(json);
    unsigned object = 0;
    unsigned instance = 0;
    char more = '\0';

    if (text == NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "expected text for a value of type %s",
                          lwm2m_type_name(type));
    }
    out_value->type = type;
    if (type != LWM2M_TYPE_OBJLNK) {
        out_value->as.data.bytes = text;
        out_value->as.data.length = strlen(text);
        return STATUS_OK;
    }
    if (sscanf(text, "%5u:%5u%c", &object, &instance, &more) != 2 ||
        object > UINT16_MAX || instance > UINT16_MAX) {
        return reason_set(reason, STATUS_MALFORMED,
                          "expected a link such as \"33629:1\"");
    }
    out_value->as.link.object = (uint16_t)object;
    out_value->as.link.instance = (uint16_t)instance;
    return STATUS_OK;
}

enum status payload_value(const cJSON *json, enum lwm2m_type type,
                          struct lwm2m_value *out_value, struct reason *reason)
{
    switch (type) {
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_UNSIGNED:
    case LWM2M_TYPE_TIME:
    case LWM2M_TYPE_FLOAT:
        return number_value(json, type, out_value, reason);
    case LWM2M_TYPE_BOOLEAN:
        if (!cJSON_IsBool(json)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "expected true or false");
        }
        out_value->type = type;
        out_value->as.boolean = cJSON_IsTrue(json);
        return STATUS_OK;
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_OPAQUE:
    case LWM2M_TYPE_CORELNK:
    case LWM2M_TYPE_OBJLNK:
        return text_value(json, type, out_value, reason);
    case LWM2M_TYPE_NONE:
    case LWM2M_TYPE_UNKNOWN:
        break;
    }
    return reason_set(reason, STATUS_MALFORMED,
                      "no definition says the type of the Resource; give the "
                      "bytes as \"payload\"");
}
