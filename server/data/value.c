/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/value.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { OPAQUE_SHOWN = 32 };

const char *lwm2m_type_name(enum lwm2m_type type)
{
    switch (type) {
    case LWM2M_TYPE_NONE:
        return "none";
    case LWM2M_TYPE_UNKNOWN:
        return "unknown";
    case LWM2M_TYPE_STRING:
        return "String";
    case LWM2M_TYPE_INTEGER:
        return "Integer";
    case LWM2M_TYPE_UNSIGNED:
        return "Unsigned Integer";
    case LWM2M_TYPE_FLOAT:
        return "Float";
    case LWM2M_TYPE_BOOLEAN:
        return "Boolean";
    case LWM2M_TYPE_OPAQUE:
        return "Opaque";
    case LWM2M_TYPE_TIME:
        return "Time";
    case LWM2M_TYPE_OBJLNK:
        return "Objlnk";
    case LWM2M_TYPE_CORELNK:
        return "Corelnk";
    }
    return "unknown";
}

bool lwm2m_value_equal(const struct lwm2m_value *a, const struct lwm2m_value *b)
{
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case LWM2M_TYPE_NONE:
        return true;
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
        return a->as.integer == b->as.integer;
    case LWM2M_TYPE_UNSIGNED:
        return a->as.unsigned_integer == b->as.unsigned_integer;
    case LWM2M_TYPE_FLOAT:
        return memcmp(&a->as.real, &b->as.real, sizeof(a->as.real)) == 0;
    case LWM2M_TYPE_BOOLEAN:
        return a->as.boolean == b->as.boolean;
    case LWM2M_TYPE_OBJLNK:
        return a->as.link.object == b->as.link.object &&
               a->as.link.instance == b->as.link.instance;
    case LWM2M_TYPE_UNKNOWN:
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_OPAQUE:
    case LWM2M_TYPE_CORELNK:
        return a->as.data.length == b->as.data.length &&
               (a->as.data.length == 0 ||
                memcmp(a->as.data.bytes, b->as.data.bytes, a->as.data.length) ==
                    0);
    }
    return false;
}

/** Text under construction: appends are cut where `size` ends. */
struct text {
    char *buffer;
    size_t size;
    size_t used;
};

static void text_add(struct text *text, const char *format, ...)
    PRINTF_LIKE(2, 3);

static void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;

    if (text->used + 1 >= text->size) {
        return;
    }
    va_start(arguments, format);
    int length = vsnprintf(text->buffer + text->used, text->size - text->used,
                           format, arguments);
    va_end(arguments);
    if (length > 0) {
        text->used += (size_t)length;
    }
    if (text->used >= text->size) {
        text->used = text->size - 1;
    }
}

static void add_string(struct text *text, const char *bytes, size_t length)
{
    text_add(text, "\"");
    for (size_t i = 0; i < length && text->used + 1 < text->size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == '"' || byte == '\\') {
            text_add(text, "\\%c", byte);
        } else if (byte < 0x20 || byte == 0x7f) {
            text_add(text, "\\x%02x", byte);
        } else {
            text_add(text, "%c", byte);
        }
    }
    text_add(text, "\"");
}

static void add_hex(struct text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && i < OPAQUE_SHOWN; i++) {
        text_add(text, "%02x", (unsigned char)bytes[i]);
    }
    text_add(text, "%s", length > OPAQUE_SHOWN ? "\u2026" : "");
    if (length == 0) {
        text_add(text, "(empty)");
    }
}

char *lwm2m_value_text(const struct lwm2m_value *value, char *buffer,
                       size_t size)
{
    struct text text = { buffer, size, 0 };

    if (size == 0) {
        return buffer;
    }
    buffer[0] = '\0';
    switch (value->type) {
    case LWM2M_TYPE_NONE:
        text_add(&text, "(none)");
        break;
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
        text_add(&text, "%" PRId64, value->as.integer);
        break;
    case LWM2M_TYPE_UNSIGNED:
        text_add(&text, "%" PRIu64, value->as.unsigned_integer);
        break;
    case LWM2M_TYPE_FLOAT:
        text_add(&text, "%.17g", value->as.real);
        break;
    case LWM2M_TYPE_BOOLEAN:
        text_add(&text, "%s", value->as.boolean ? "true" : "false");
        break;
    case LWM2M_TYPE_OBJLNK:
        text_add(&text, "%u:%u", value->as.link.object,
                 value->as.link.instance);
        break;
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_CORELNK:
        add_string(&text, value->as.data.bytes, value->as.data.length);
        break;
    case LWM2M_TYPE_UNKNOWN:
    case LWM2M_TYPE_OPAQUE:
        add_hex(&text, value->as.data.bytes, value->as.data.length);
        break;
    }
    return buffer;
}
