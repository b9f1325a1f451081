/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/journal/fields.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_TEXT_MAX 8
#define NAME_MAX_SIZE 64
#define BLOCK_SZX_MAX 7

static const char *const methods[] = {
    NULL, "GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH",
};
#define METHOD_COUNT (sizeof(methods) / sizeof(methods[0]))

/*
 * Members are reached by their offset. memcpy keeps the access legal whatever
 * the member's type is, and says how many bytes it has.
 */
#define GET(event, at, variable)                                               \
    memcpy(&(variable), (const char *)(event) + (at), sizeof(variable))
#define SET(event, at, variable)                                               \
    memcpy((char *)(event) + (at), &(variable), sizeof(variable))

static void write_name(struct json_text *text, const char *name,
                       const char *suffix)
{
    if (text->length > 0 && text->text[text->length - 1] != '{') {
        json_text_literal(text, ",");
    }
    json_text_literal(text, "\"");
    json_text_literal(text, name);
    json_text_literal(text, suffix);
    json_text_literal(text, "\":");
}

static void write_code(struct json_text *text, uint8_t code, bool is_method)
{
    char words[CODE_TEXT_MAX];

    if (is_method && code < METHOD_COUNT && methods[code] != NULL) {
        json_text_string(text, methods[code], strlen(methods[code]));
        return;
    }
    (void)snprintf(words, sizeof(words), "%u.%02u", code >> 5, code & 0x1fu);
    json_text_string(text, words, strlen(words));
}

static void write_text(struct json_text *text, const struct field *field,
                       const struct journal_event *event)
{
    const char *value;
    size_t length;

    GET(event, field->offset, value);
    if (value == NULL) {
        return;
    }
    if (field->form == FIELD_OUTPUT) {
        GET(event, field->second, length);
    } else {
        length = strlen(value);
    }
    write_name(text, field->name, "");
    json_text_string(text, value, length);
}

static void write_bytes(struct json_text *text, const struct field *field,
                        const struct journal_event *event)
{
    const uint8_t *bytes;
    size_t length;

    GET(event, field->offset, bytes);
    GET(event, field->second, length);
    if (length == 0) {
        return;
    }
    if (bytes == NULL) {
        write_name(text, field->name, "-length");
        json_text_unsigned(text, length);
        return;
    }
    write_name(text, field->name, "");
    json_text_hex(text, bytes, length);
}

static void write_option(struct json_text *text, const struct field *field,
                         const struct journal_event *event)
{
    struct server_block block;
    uint32_t number;
    bool present;

    GET(event, field->second, present);
    if (!present) {
        return;
    }
    write_name(text, field->name, "");
    if (field->form == FIELD_OPTION) {
        GET(event, field->offset, number);
        json_text_unsigned(text, number);
        return;
    }
    GET(event, field->offset, block);
    json_text_literal(text, "{\"number\":");
    json_text_unsigned(text, block.number);
    json_text_literal(text, ",\"more\":");
    json_text_literal(text, block.more ? "true" : "false");
    json_text_literal(text, ",\"szx\":");
    json_text_unsigned(text, block.szx);
    json_text_literal(text, "}");
}

static void write_evidence(struct json_text *text, const struct field *field,
                           const struct journal_event *event)
{
    const struct finding *finding = &event->as.finding;
    size_t count = finding->evidence_count;

    if (count > FINDING_EVIDENCE_MAX) {
        count = FINDING_EVIDENCE_MAX;
    }
    if (count == 0) {
        return;
    }
    write_name(text, field->name, "");
    for (size_t i = 0; i < count; i++) {
        json_text_literal(text, i == 0 ? "[" : ",");
        json_text_unsigned(text, finding->evidence[i]);
    }
    json_text_literal(text, "]");
}

static void write_integer(struct json_text *text, const struct field *field,
                          const struct journal_event *event)
{
    uint64_t u64;
    uint32_t u32;
    unsigned plain;
    int number;

    if (field->form == FIELD_U64) {
        GET(event, field->offset, u64);
        write_name(text, field->name, "");
        json_text_unsigned(text, u64);
    } else if (field->form == FIELD_U32) {
        GET(event, field->offset, u32);
        write_name(text, field->name, "");
        json_text_unsigned(text, u32);
    } else if (field->form == FIELD_UNSIGNED) {
        GET(event, field->offset, plain);
        write_name(text, field->name, "");
        json_text_unsigned(text, plain);
    } else {
        GET(event, field->offset, number);
        if (field->form == FIELD_FORMAT && number == CONTENT_FORMAT_NONE) {
            return;
        }
        write_name(text, field->name, "");
        json_text_signed(text, number);
    }
}

static void write_field(struct json_text *text, const struct field *field,
                        const struct journal_event *event)
{
    uint8_t code;
    bool flag;

    switch (field->form) {
    case FIELD_TEXT:
    case FIELD_OUTPUT:
        write_text(text, field, event);
        break;
    case FIELD_BYTES:
        write_bytes(text, field, event);
        break;
    case FIELD_BOOL:
        GET(event, field->offset, flag);
        if (flag) {
            write_name(text, field->name, "");
            json_text_literal(text, "true");
        }
        break;
    case FIELD_U64:
    case FIELD_U32:
    case FIELD_UNSIGNED:
    case FIELD_INT:
    case FIELD_FORMAT:
        write_integer(text, field, event);
        break;
    case FIELD_CODE:
    case FIELD_METHOD:
        GET(event, field->offset, code);
        write_name(text, field->name, "");
        write_code(text, code, field->form == FIELD_METHOD);
        break;
    case FIELD_BLOCK:
    case FIELD_OPTION:
        write_option(text, field, event);
        break;
    case FIELD_LEVEL:
        write_name(text, field->name, "");
        json_text_string(text, finding_level_name(event->as.finding.level),
                         strlen(finding_level_name(event->as.finding.level)));
        break;
    case FIELD_EVIDENCE:
        write_evidence(text, field, event);
        break;
    case FIELD_TREE:
    case FIELD_FORMS:
        break;
    }
}

void fields_write(struct json_text *text, const struct journal_event *event)
{
    const struct kind_row *row = &kind_rows[event->kind];

    if (row->field_count == 1 && row->fields[0].form == FIELD_TREE) {
        if (event->as.data != NULL) {
            json_text_tree(text, event->as.data);
        } else {
            json_text_literal(text, "{}");
        }
        return;
    }
    json_text_literal(text, "{");
    for (size_t i = 0; i < row->field_count; i++) {
        write_field(text, &row->fields[i], event);
    }
    json_text_literal(text, "}");
}

static enum status wrong(const char *name, const char *expected,
                         struct reason *reason)
{
    return reason_set(reason, STATUS_MALFORMED, "member '%s' is not %s", name,
                      expected);
}

/** A whole number, also one too great for a double, which is a string. */
static enum status read_number(const cJSON *item, const char *name, int64_t low,
                               uint64_t high, bool *out_negative,
                               uint64_t *out_number, struct reason *reason)
{
    double value;

    *out_negative = false;
    if (cJSON_IsString(item)) {
        char *end = NULL;

        if (item->valuestring[0] < '0' || item->valuestring[0] > '9' ||
            strlen(item->valuestring) > 20) {
            return wrong(name, "a number", reason);
        }
        errno = 0;
        *out_number = strtoull(item->valuestring, &end, 10);
        if (errno != 0 || *end != '\0' || *out_number > high) {
            return wrong(name, "a number in range", reason);
        }
        return STATUS_OK;
    }
    if (!cJSON_IsNumber(item)) {
        return wrong(name, "a number", reason);
    }
    value = item->valuedouble;
    if (value < (double)low || value > (double)JSON_TEXT_EXACT_MAX) {
        return wrong(name, "a number in range", reason);
    }
    *out_negative = value < 0;
    *out_number = (uint64_t)(value < 0 ? -value : value);
    if ((double)*out_number != (value < 0 ? -value : value) ||
        *out_number > high) {
        return wrong(name, "a whole number in range", reason);
    }
    return STATUS_OK;
}

static enum status read_integer(const cJSON *item, const struct field *field,
                                struct journal_event *event,
                                struct reason *reason)
{
    bool is_int = field->form == FIELD_INT || field->form == FIELD_FORMAT;
    uint64_t high = field->form == FIELD_U64 ? UINT64_MAX
                    : is_int                 ? INT_MAX
                                             : UINT32_MAX;
    uint64_t u64;
    uint32_t u32;
    int number;
    bool negative;
    enum status status = read_number(item, field->name, is_int ? INT_MIN : 0,
                                     high, &negative, &u64, reason);

    if (status != STATUS_OK) {
        return status;
    }
    if (field->form == FIELD_U64) {
        SET(event, field->offset, u64);
    } else if (is_int) {
        number = negative ? -(int)u64 : (int)u64;
        SET(event, field->offset, number);
    } else {
        _Static_assert(sizeof(unsigned) == sizeof(uint32_t),
                       "FIELD_UNSIGNED is stored as FIELD_U32");
        u32 = (uint32_t)u64;
        SET(event, field->offset, u32);
    }
    return STATUS_OK;
}

static enum status read_text(const cJSON *item, const struct field *field,
                             struct journal_event *event,
                             struct event_memory *memory, struct reason *reason)
{
    char *text;
    size_t length;

    if (!cJSON_IsString(item)) {
        return wrong(field->name, "a text", reason);
    }
    length = strlen(item->valuestring);
    text = event_memory_copy(memory, item->valuestring, length);
    if (text == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    length = json_text_restore(text, length, field->form == FIELD_TEXT);
    SET(event, field->offset, text);
    if (field->form == FIELD_OUTPUT) {
        SET(event, field->second, length);
    }
    return STATUS_OK;
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static enum status read_bytes(const cJSON *item, const struct field *field,
                              struct journal_event *event,
                              struct event_memory *memory,
                              struct reason *reason)
{
    size_t digits;
    size_t length;
    uint8_t *bytes;

    if (!cJSON_IsString(item) || strlen(item->valuestring) % 2 != 0) {
        return wrong(field->name, "an even number of digits", reason);
    }
    digits = strlen(item->valuestring);
    length = digits / 2;
    bytes = event_memory_take(memory, length + 1);
    if (bytes == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < length; i++) {
        int high = digit_value(item->valuestring[2 * i]);
        int low = digit_value(item->valuestring[2 * i + 1]);

        if (high < 0 || low < 0) {
            return wrong(field->name, "lower-case hexadecimal", reason);
        }
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    SET(event, field->offset, bytes);
    SET(event, field->second, length);
    return STATUS_OK;
}

static enum status read_code(const cJSON *item, const struct field *field,
                             struct journal_event *event, struct reason *reason)
{
    const char *text = cJSON_GetStringValue(item);
    uint8_t code;

    if (text == NULL) {
        return wrong(field->name, "a code such as \"2.05\"", reason);
    }
    for (size_t i = 1; field->form == FIELD_METHOD && i < METHOD_COUNT; i++) {
        if (strcmp(text, methods[i]) == 0) {
            code = (uint8_t)i;
            SET(event, field->offset, code);
            return STATUS_OK;
        }
    }
    if (strlen(text) != 4 || text[0] < '0' || text[0] > '7' || text[1] != '.' ||
        text[2] < '0' || text[2] > '3' || text[3] < '0' || text[3] > '9' ||
        (text[2] == '3' && text[3] > '1')) {
        return wrong(field->name, "a code such as \"2.05\"", reason);
    }
    code = (uint8_t)(((text[0] - '0') << 5) |
                     ((text[2] - '0') * 10 + (text[3] - '0')));
    SET(event, field->offset, code);
    return STATUS_OK;
}

static enum status read_option(const cJSON *item, const struct field *field,
                               struct journal_event *event,
                               struct reason *reason)
{
    const cJSON *number = item;
    const cJSON *szx = NULL;
    struct server_block block = { .number = 0 };
    bool present = true;
    bool negative;
    uint64_t value;
    uint64_t size;
    enum status status;
    uint32_t u32;

    if (field->form == FIELD_BLOCK) {
        number = cJSON_GetObjectItemCaseSensitive(item, "number");
        szx = cJSON_GetObjectItemCaseSensitive(item, "szx");
    }
    status = read_number(number, field->name, 0, UINT32_MAX, &negative, &value,
                         reason);
    if (status == STATUS_OK && field->form == FIELD_BLOCK) {
        status = read_number(szx, field->name, 0, BLOCK_SZX_MAX, &negative,
                             &size, reason);
    }
    if (status != STATUS_OK) {
        return status;
    }
    u32 = (uint32_t)value;
    SET(event, field->second, present);
    if (field->form == FIELD_OPTION) {
        SET(event, field->offset, u32);
        return STATUS_OK;
    }
    block.number = u32;
    block.szx = (uint8_t)size;
    block.more = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "more"));
    SET(event, field->offset, block);
    return STATUS_OK;
}

static enum status read_evidence(const cJSON *item, const struct field *field,
                                 struct journal_event *event,
                                 struct reason *reason)
{
    struct finding *finding = &event->as.finding;
    const cJSON *child;

    if (!cJSON_IsArray(item) ||
        cJSON_GetArraySize(item) > FINDING_EVIDENCE_MAX) {
        return wrong(field->name, "a list of events", reason);
    }
    cJSON_ArrayForEach(child, item)
    {
        bool negative;
        enum status status =
            read_number(child, field->name, 0, UINT64_MAX, &negative,
                        &finding->evidence[finding->evidence_count], reason);

        if (status != STATUS_OK) {
            return status;
        }
        finding->evidence_count++;
    }
    return STATUS_OK;
}

static enum status read_field(cJSON *item, const struct field *field,
                              struct journal_event *event,
                              struct event_memory *memory,
                              struct reason *reason)
{
    const char *text;
    bool flag;

    switch (field->form) {
    case FIELD_TEXT:
    case FIELD_OUTPUT:
        return read_text(item, field, event, memory, reason);
    case FIELD_BYTES:
        return read_bytes(item, field, event, memory, reason);
    case FIELD_BOOL:
        flag = cJSON_IsTrue(item);
        SET(event, field->offset, flag);
        return STATUS_OK;
    case FIELD_U64:
    case FIELD_U32:
    case FIELD_UNSIGNED:
    case FIELD_INT:
    case FIELD_FORMAT:
        return read_integer(item, field, event, reason);
    case FIELD_CODE:
    case FIELD_METHOD:
        return read_code(item, field, event, reason);
    case FIELD_BLOCK:
    case FIELD_OPTION:
        return read_option(item, field, event, reason);
    case FIELD_LEVEL:
        text = cJSON_GetStringValue(item);
        if (text == NULL ||
            !finding_level_parse(text, &event->as.finding.level)) {
            return wrong(field->name, "a level", reason);
        }
        return STATUS_OK;
    case FIELD_EVIDENCE:
        return read_evidence(item, field, event, reason);
    case FIELD_TREE:
    case FIELD_FORMS:
        break;
    }
    return STATUS_OK;
}

/** Of bytes that were not kept only the length is known. */
static enum status read_length(const cJSON *data, const struct field *field,
                               struct journal_event *event,
                               struct reason *reason)
{
    char name[NAME_MAX_SIZE];
    const cJSON *item;
    bool negative;
    uint64_t value;
    size_t length;
    enum status status;

    (void)snprintf(name, sizeof(name), "%s-length", field->name);
    item = cJSON_GetObjectItemCaseSensitive(data, name);
    if (item == NULL) {
        return STATUS_OK;
    }
    status = read_number(item, name, 0, SIZE_MAX, &negative, &value, reason);
    if (status == STATUS_OK) {
        length = (size_t)value;
        SET(event, field->second, length);
    }
    return status;
}

enum status fields_read(cJSON *line, struct journal_event *event,
                        struct event_memory *memory, struct reason *reason)
{
    const struct kind_row *row = &kind_rows[event->kind];
    cJSON *data = cJSON_GetObjectItemCaseSensitive(line, "data");

    if (row->field_count == 1 && row->fields[0].form == FIELD_TREE) {
        cJSON *taken =
            event_memory_keep(memory, cJSON_DetachItemViaPointer(line, data));

        if (taken == NULL) {
            return data == NULL
                       ? wrong("data", "there", reason)
                       : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
        json_text_restore_tree(taken);
        event->as.data = taken;
        return STATUS_OK;
    }
    if (!cJSON_IsObject(data)) {
        return wrong("data", "an object", reason);
    }
    for (size_t i = 0; i < row->field_count; i++) {
        const struct field *field = &row->fields[i];
        cJSON *item = cJSON_GetObjectItemCaseSensitive(data, field->name);
        int none = CONTENT_FORMAT_NONE;
        enum status status = STATUS_OK;

        if (item != NULL) {
            status = read_field(item, field, event, memory, reason);
        } else if (field->form == FIELD_FORMAT) {
            SET(event, field->offset, none);
        } else if (field->form == FIELD_BYTES) {
            status = read_length(data, field, event, reason);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

bool fields_copy(struct journal_event *event, struct event_memory *memory)
{
    const struct kind_row *row = &kind_rows[event->kind];

    for (size_t i = 0; i < row->field_count; i++) {
        const struct field *field = &row->fields[i];
        const char *bytes = NULL;
        size_t length = 0;

        if (field->form == FIELD_TREE) {
            if (event->as.data != NULL) {
                event->as.data = event_memory_keep(
                    memory, cJSON_Duplicate(event->as.data, true));
                if (event->as.data == NULL) {
                    return false;
                }
            }
            continue;
        }
        if (field->form != FIELD_TEXT && field->form != FIELD_BYTES &&
            field->form != FIELD_OUTPUT) {
            continue;
        }
        GET(event, field->offset, bytes);
        if (bytes == NULL) {
            continue;
        }
        if (field->form == FIELD_TEXT) {
            length = strlen(bytes);
        } else {
            GET(event, field->second, length);
        }
        bytes = event_memory_copy(memory, bytes, length);
        if (bytes == NULL) {
            return false;
        }
        SET(event, field->offset, bytes);
    }
    return true;
}
