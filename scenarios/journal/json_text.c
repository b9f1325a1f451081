/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/journal/json_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_TEXT_MAX 40
#define CAPACITY_FIRST  512
#define EXACT_DOUBLE    9007199254740992.0 /* 2^53 */

void json_text_release(struct json_text *text)
{
    free(text->text);
    *text = (struct json_text){ .text = NULL };
}

static bool json_text_reserve(struct json_text *text, size_t more)
{
    size_t wanted = text->length + more + 1;
    size_t capacity = text->capacity > 0 ? text->capacity : CAPACITY_FIRST;
    char *grown;

    if (text->failed) {
        return false;
    }
    if (wanted <= text->capacity) {
        return true;
    }
    if (wanted < more || wanted > SIZE_MAX / 2) {
        text->failed = true;
        return false;
    }
    while (capacity < wanted) {
        capacity *= 2;
    }
    grown = realloc(text->text, capacity);
    if (grown == NULL) {
        text->failed = true;
        return false;
    }
    text->text = grown;
    text->capacity = capacity;
    return true;
}

void json_text_append(struct json_text *text, const char *bytes, size_t length)
{
    if (!json_text_reserve(text, length)) {
        return;
    }
    if (length > 0) {
        memcpy(text->text + text->length, bytes, length);
    }
    text->length += length;
    text->text[text->length] = '\0';
}

void json_text_literal(struct json_text *text, const char *literal)
{
    json_text_append(text, literal, strlen(literal));
}

static void append_number(struct json_text *text, bool is_negative,
                          uint64_t magnitude)
{
    const bool is_exact = magnitude <= JSON_TEXT_EXACT_MAX;
    char digits[NUMBER_TEXT_MAX];
    size_t at = sizeof(digits);

    if (!is_exact) {
        digits[--at] = '"';
    }
    do {
        digits[--at] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude > 0);
    if (is_negative) {
        digits[--at] = '-';
    }
    if (!is_exact) {
        digits[--at] = '"';
    }
    json_text_append(text, digits + at, sizeof(digits) - at);
}

void json_text_unsigned(struct json_text *text, uint64_t number)
{
    append_number(text, false, number);
}

void json_text_signed(struct json_text *text, int64_t number)
{
    append_number(text, number < 0,
                  number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void json_text_hex(struct json_text *text, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";

    if (length > SIZE_MAX / 4) {
        text->failed = true;
        return;
    }
    json_text_literal(text, "\"");
    if (!json_text_reserve(text, 2 * length)) {
        return;
    }
    for (size_t i = 0; i < length; i++) {
        text->text[text->length++] = digits[bytes[i] >> 4];
        text->text[text->length++] = digits[bytes[i] & 0x0f];
    }
    text->text[text->length] = '\0';
    json_text_literal(text, "\"");
}

/** Bytes of the valid UTF-8 character at `bytes` that may be written as it
 *  is; 0 when its first byte has to be mapped. RFC 3629, 4. */
static size_t character_length(const unsigned char *bytes, size_t length)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t size = bytes[0] < 0x80             ? 1
                  : (bytes[0] & 0xe0) == 0xc0 ? 2
                  : (bytes[0] & 0xf0) == 0xe0 ? 3
                  : (bytes[0] & 0xf8) == 0xf0 ? 4
                                              : 0;
    uint32_t character;

    if (size < 2) {
        return bytes[0] == 0 ? 0 : size;
    }
    if (size > length) {
        return 0;
    }
    character = bytes[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        character = (character << 6) | (bytes[i] & 0x3fu);
    }
    if (character < smallest[size] || character >= 0x10ff00 ||
        (character >= 0xd800 && character <= 0xdfff)) {
        return 0;
    }
    return size;
}

static void append_escaped(struct json_text *text, const char *format,
                           unsigned value)
{
    char escaped[NUMBER_TEXT_MAX];

    if (format[0] == 'm') {
        /* U+10FF00 + byte as a surrogate pair. */
        (void)snprintf(escaped, sizeof(escaped), "\\udbff\\udf%02x", value);
    } else {
        (void)snprintf(escaped, sizeof(escaped), "\\u%04x", value);
    }
    json_text_literal(text, escaped);
}

/** Bytes of ASCII from here on that stand in a string as themselves. */
static size_t plain_length(const char *bytes, size_t length)
{
    size_t count = 0;

    while (count < length && bytes[count] >= ' ' && bytes[count] <= '~' &&
           bytes[count] != '"' && bytes[count] != '\\') {
        count++;
    }
    return count;
}

void json_text_string(struct json_text *text, const char *bytes, size_t length)
{
    size_t at = 0;

    json_text_literal(text, "\"");
    while (at < length && !text->failed) {
        unsigned char byte = (unsigned char)bytes[at];
        size_t plain = plain_length(bytes + at, length - at);
        size_t size = plain > 0
                          ? plain
                          : character_length((const unsigned char *)bytes + at,
                                             length - at);

        if (plain > 0) {
            json_text_append(text, bytes + at, plain);
        } else if (size == 0) {
            append_escaped(text, "mapped", byte);
            size = 1;
        } else if (byte == '"' || byte == '\\') {
            json_text_literal(text, byte == '"' ? "\\\"" : "\\\\");
        } else if (byte == '\n' || byte == '\t') {
            json_text_literal(text, byte == '\n' ? "\\n" : "\\t");
        } else if (byte < 0x20 || byte == 0x7f) {
            append_escaped(text, "control", byte);
        } else if (byte == 0xc2 && (unsigned char)bytes[at + 1] < 0xa0) {
            /* U+0080 to U+009F: a terminal takes some for an escape. */
            append_escaped(text, "control", (unsigned char)bytes[at + 1]);
        } else {
            json_text_append(text, bytes + at, size);
        }
        at += size;
    }
    json_text_literal(text, "\"");
}

static void append_double(struct json_text *text, double number)
{
    char digits[NUMBER_TEXT_MAX];

    if (!isfinite(number)) {
        json_text_literal(text, "null");
        return;
    }
    if (number >= -EXACT_DOUBLE && number <= EXACT_DOUBLE &&
        !(number < (double)(int64_t)number) &&
        !(number > (double)(int64_t)number)) {
        json_text_signed(text, (int64_t)number);
        return;
    }
    (void)snprintf(digits, sizeof(digits), "%.17g", number);
    for (char *c = digits; *c != '\0'; c++) {
        /* The decimal point of the locale. */
        if (strchr("0123456789+-eE", *c) == NULL) {
            *c = '.';
        }
    }
    json_text_literal(text, digits);
}

static void append_tree(struct json_text *text, const cJSON *tree,
                        unsigned depth);

static void append_children(struct json_text *text, const cJSON *tree,
                            unsigned depth)
{
    bool is_object = cJSON_IsObject(tree);

    json_text_literal(text, is_object ? "{" : "[");
    for (const cJSON *child = tree->child; child != NULL; child = child->next) {
        if (child != tree->child) {
            json_text_literal(text, ",");
        }
        if (is_object) {
            const char *name = child->string != NULL ? child->string : "";

            json_text_string(text, name, strlen(name));
            json_text_literal(text, ":");
        }
        append_tree(text, child, depth + 1);
    }
    json_text_literal(text, is_object ? "}" : "]");
}

/* Bounded by JSON_TEXT_DEPTH_MAX. */
static void append_tree(struct json_text *text, const cJSON *tree,
                        unsigned depth)
{
    if (depth > JSON_TEXT_DEPTH_MAX) {
        text->failed = true;
    } else if (cJSON_IsObject(tree) || cJSON_IsArray(tree)) {
        append_children(text, tree, depth);
    } else if (cJSON_IsString(tree) && tree->valuestring != NULL) {
        json_text_string(text, tree->valuestring, strlen(tree->valuestring));
    } else if (cJSON_IsNumber(tree)) {
        append_double(text, tree->valuedouble);
    } else if (cJSON_IsBool(tree)) {
        json_text_literal(text, cJSON_IsTrue(tree) ? "true" : "false");
    } else {
        json_text_literal(text, "null");
    }
}

void json_text_tree(struct json_text *text, const cJSON *tree)
{
    append_tree(text, tree, 0);
}

size_t json_text_restore(char *bytes, size_t length, bool keep_nul)
{
    unsigned char *raw = (unsigned char *)bytes;
    size_t out = 0;

    if (length == 0 || memchr(raw, 0xf4, length) == NULL) {
        raw[length] = '\0';
        return length; /* as it mostly is */
    }
    for (size_t in = 0; in < length; in++) {
        if (length - in >= 4 && raw[in] == 0xf4 && raw[in + 1] == 0x8f &&
            raw[in + 2] >= 0xbc && raw[in + 2] <= 0xbf) {
            unsigned byte =
                ((raw[in + 2] & 0x03u) << 6) | (raw[in + 3] & 0x3fu);

            if (byte != 0 || !keep_nul) {
                raw[out++] = (unsigned char)byte;
                in += 3;
                continue;
            }
        }
        raw[out++] = raw[in];
    }
    raw[out] = '\0';
    return out;
}

void json_text_restore_tree(cJSON *tree)
{
    if (tree->valuestring != NULL) {
        (void)json_text_restore(tree->valuestring, strlen(tree->valuestring),
                                true);
    }
    if (tree->string != NULL) {
        (void)json_text_restore(tree->string, strlen(tree->string), true);
    }
    /* cJSON refuses nesting beyond CJSON_NESTING_LIMIT when it parses. */
    for (cJSON *child = tree->child; child != NULL; child = child->next) {
        json_text_restore_tree(child);
    }
}
