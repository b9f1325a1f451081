/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/journal/fields.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_TEXT_MAX  8
#define LEVEL_TEXT_MAX 16
#define BLOCK_SZX_MAX  7

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

/** Digits and nothing else; false also for more than 64 bits. */
static bool read_digits(const char *text, size_t length, uint64_t *out_number)
{
    uint64_t number = 0;

    for (size_t i = 0; i < length; i++) {
        uint64_t digit = (uint64_t)((unsigned char)text[i] - '0');

        if (digit > 9 || number > (UINT64_MAX - digit) / 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    *out_number = number;
    return length > 0;
}

bool number_read(const struct json_value *value, bool *out_negative,
                 uint64_t *out_magnitude)
{
    struct number number;

    *out_negative = false;
    if (value->kind == JSON_STRING) {
        return read_digits(value->text, value->length, out_magnitude);
    }
    if (value->kind != JSON_NUMBER) {
        return false;
    }
    if (!read_digits(value->text, value->length, out_magnitude)) {
        if (!number_of_text(value->text, value->length, &number) ||
            !number.is_integral) {
            return false;
        }
        *out_negative = number.is_negative && number.magnitude > 0;
        *out_magnitude = number.magnitude;
    }
    return *out_magnitude <= JSON_TEXT_EXACT_MAX;
}

enum status text_read(const struct json_value *value, const char *name,
                      bool keep_nul, struct event_memory *memory,
                      const char **out_text, size_t *out_length,
                      struct reason *reason)
{
    if (value->kind != JSON_STRING) {
        return wrong(name, "a text", reason);
    }
    char *text = event_memory_take(memory, value->length + 1);
    if (text == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    size_t length = json_string_text(value, text);
    if (value->has_escape && memchr(text, '\0', length) != NULL) {
        return wrong(name, "a text without U+0000", reason);
    }
    *out_length = json_text_restore(text, length, keep_nul);
    *out_text = text;
    return STATUS_OK;
}

static enum status read_unsigned(const struct json_value *value,
                                 const char *name, uint64_t high,
                                 uint64_t *out_number, struct reason *reason)
{
    bool negative;

    if (!number_read(value, &negative, out_number) || negative ||
        *out_number > high) {
        return wrong(name, "a whole number in range", reason);
    }
    return STATUS_OK;
}

static enum status read_int(const struct json_value *value,
                            const struct field *field,
                            struct journal_event *event, struct reason *reason)
{
    bool negative;
    uint64_t magnitude;

    if (!number_read(value, &negative, &magnitude) || magnitude > INT_MAX) {
        return wrong(field->name, "a whole number in range", reason);
    }
    int number = negative ? -(int)magnitude : (int)magnitude;
    SET(event, field->offset, number);
    return STATUS_OK;
}

static enum status read_integer(const struct json_value *value,
                                const struct field *field,
                                struct journal_event *event,
                                struct reason *reason)
{
    uint64_t u64;
    uint32_t u32;
    enum status status = read_unsigned(
        value, field->name, field->form == FIELD_U64 ? UINT64_MAX : UINT32_MAX,
        &u64, reason);

    if (status != STATUS_OK) {
        return status;
    }
    if (field->form == FIELD_U64) {
        SET(event, field->offset, u64);
    } else {
        _Static_assert(sizeof(unsigned) == sizeof(uint32_t),
                       "FIELD_UNSIGNED is stored as FIELD_U32");
        u32 = (uint32_t)u64;
        SET(event, field->offset, u32);
    }
    return STATUS_OK;
}

static enum status read_text(const struct json_value *value,
                             const struct field *field,
                             struct journal_event *event,
                             struct event_memory *memory, struct reason *reason)
{
    const char *text = NULL;
    size_t length = 0;
    enum status status =
        text_read(value, field->name, field->form == FIELD_TEXT, memory, &text,
                  &length, reason);

    if (status != STATUS_OK) {
        return status;
    }
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

static enum status read_bytes(const struct json_value *value,
                              const struct field *field,
                              struct journal_event *event,
                              struct event_memory *memory,
                              struct reason *reason)
{
    size_t length = value->length / 2;
    uint8_t *bytes;

    if (value->kind != JSON_STRING || value->length % 2 != 0) {
        return wrong(field->name, "an even number of digits", reason);
    }
    bytes = event_memory_take(memory, length + 1);
    if (bytes == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < length; i++) {
        int high = digit_value(value->text[2 * i]);
        int low = digit_value(value->text[2 * i + 1]);

        if (high < 0 || low < 0) {
            return wrong(field->name, "lower-case hexadecimal", reason);
        }
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    SET(event, field->offset, bytes);
    SET(event, field->second, length);
    return STATUS_OK;
}

static enum status read_code(const struct json_value *value,
                             const struct field *field,
                             struct journal_event *event, struct reason *reason)
{
    const char *text = value->text;
    uint8_t code;

    if (value->kind != JSON_STRING) {
        return wrong(field->name, "a code such as \"2.05\"", reason);
    }
    for (size_t i = 1; field->form == FIELD_METHOD && i < METHOD_COUNT; i++) {
        if (json_string_is(value, methods[i])) {
            code = (uint8_t)i;
            SET(event, field->offset, code);
            return STATUS_OK;
        }
    }
    if (value->length != 4 || text[0] < '0' || text[0] > '7' ||
        text[1] != '.' || text[2] < '0' || text[2] > '3' || text[3] < '0' ||
        text[3] > '9' || (text[2] == '3' && text[3] > '1')) {
        return wrong(field->name, "a code such as \"2.05\"", reason);
    }
    code = (uint8_t)(((text[0] - '0') << 5) |
                     ((text[2] - '0') * 10 + (text[3] - '0')));
    SET(event, field->offset, code);
    return STATUS_OK;
}

static enum status read_option(const struct json_value *value,
                               const struct field *field,
                               struct journal_event *event,
                               struct reason *reason)
{
    bool present = true;
    uint64_t number;
    enum status status =
        read_unsigned(value, field->name, UINT32_MAX, &number, reason);

    if (status != STATUS_OK) {
        return status;
    }
    uint32_t u32 = (uint32_t)number;
    SET(event, field->offset, u32);
    SET(event, field->second, present);
    return STATUS_OK;
}

/** {"number":1,"more":true,"szx":6}, which was announced. */
static enum status read_block(struct json_reader *reader,
                              const struct field *field,
                              struct journal_event *event,
                              struct reason *reason)
{
    struct json_value number = { .kind = JSON_NULL };
    struct json_value more = { .kind = JSON_FALSE };
    struct json_value szx = { .kind = JSON_NULL };
    struct json_value name;
    struct json_value value;
    struct server_block block;
    bool present = true;
    bool has = false;
    uint64_t digits;
    uint64_t size;
    enum status status = json_begin_object(reader);

    while (status == STATUS_OK &&
           (status = json_next_member(reader, &has, &name)) == STATUS_OK &&
           has && (status = json_value(reader, &value)) == STATUS_OK) {
        if (json_string_is(&name, "number")) {
            number = value;
        } else if (json_string_is(&name, "more")) {
            more = value;
        } else if (json_string_is(&name, "szx")) {
            szx = value;
        }
        status = json_skip(reader, &value);
    }
    if (status == STATUS_OK) {
        status =
            read_unsigned(&number, field->name, UINT32_MAX, &digits, reason);
    }
    if (status == STATUS_OK) {
        status = read_unsigned(&szx, field->name, BLOCK_SZX_MAX, &size, reason);
    }
    if (status != STATUS_OK) {
        return status;
    }
    block = (struct server_block){ .number = (uint32_t)digits,
                                   .more = more.kind == JSON_TRUE,
                                   .szx = (uint8_t)size };
    SET(event, field->offset, block);
    SET(event, field->second, present);
    return STATUS_OK;
}

static enum status read_evidence(struct json_reader *reader,
                                 const struct field *field,
                                 struct journal_event *event,
                                 struct reason *reason)
{
    struct finding *finding = &event->as.finding;
    struct json_value value;
    bool has = false;
    enum status status = json_begin_array(reader);

    while (status == STATUS_OK &&
           (status = json_next_element(reader, &has)) == STATUS_OK && has &&
           (status = json_value(reader, &value)) == STATUS_OK) {
        if (finding->evidence_count == FINDING_EVIDENCE_MAX) {
            return wrong(field->name, "a list of at most 8 events", reason);
        }
        status =
            read_unsigned(&value, field->name, UINT64_MAX,
                          &finding->evidence[finding->evidence_count], reason);
        finding->evidence_count++;
    }
    return status;
}

static enum status read_level(const struct json_value *value,
                              const struct field *field,
                              struct journal_event *event,
                              struct reason *reason)
{
    char name[LEVEL_TEXT_MAX];

    if (value->kind == JSON_STRING && value->length < sizeof(name)) {
        name[json_string_text(value, name)] = '\0';
        if (finding_level_parse(name, &event->as.finding.level)) {
            return STATUS_OK;
        }
    }
    return wrong(field->name, "a level", reason);
}

/** The value was just read, or announced. */
static enum status read_field(struct json_reader *reader,
                              const struct json_value *value,
                              const struct field *field,
                              struct journal_event *event,
                              struct event_memory *memory,
                              struct reason *reason)
{
    bool flag = value->kind == JSON_TRUE;

    switch (field->form) {
    case FIELD_TEXT:
    case FIELD_OUTPUT:
        return read_text(value, field, event, memory, reason);
    case FIELD_BYTES:
        return read_bytes(value, field, event, memory, reason);
    case FIELD_BOOL:
        SET(event, field->offset, flag);
        return json_skip(reader, value);
    case FIELD_U64:
    case FIELD_U32:
    case FIELD_UNSIGNED:
        return read_integer(value, field, event, reason);
    case FIELD_INT:
    case FIELD_FORMAT:
        return read_int(value, field, event, reason);
    case FIELD_CODE:
    case FIELD_METHOD:
        return read_code(value, field, event, reason);
    case FIELD_OPTION:
        return read_option(value, field, event, reason);
    case FIELD_BLOCK:
        return value->kind == JSON_OBJECT
                   ? read_block(reader, field, event, reason)
                   : wrong(field->name, "an object", reason);
    case FIELD_LEVEL:
        return read_level(value, field, event, reason);
    case FIELD_EVIDENCE:
        return value->kind == JSON_ARRAY
                   ? read_evidence(reader, field, event, reason)
                   : wrong(field->name, "a list of events", reason);
    case FIELD_TREE:
    case FIELD_FORMS:
        break;
    }
    return STATUS_OK;
}

/** Of bytes that were not kept only the length is known: "NAME-length". */
static bool is_length_of(const struct json_value *name,
                         const struct field *field)
{
    static const char suffix[] = "-length";
    size_t length = strlen(field->name);

    return field->form == FIELD_BYTES &&
           name->length == length + sizeof(suffix) - 1 &&
           memcmp(name->text, field->name, length) == 0 &&
           memcmp(name->text + length, suffix, sizeof(suffix) - 1) == 0;
}

static enum status read_length(const struct json_value *value,
                               const struct field *field,
                               struct journal_event *event,
                               struct reason *reason)
{
    const uint8_t *bytes;
    uint64_t number;
    enum status status =
        read_unsigned(value, field->name, SIZE_MAX, &number, reason);

    GET(event, field->offset, bytes);
    if (status == STATUS_OK && bytes == NULL) { /* else they say it */
        size_t length = (size_t)number;
        SET(event, field->second, length);
    }
    return status;
}

/** The member's value was just read, or announced. */
static enum status read_member(struct json_reader *reader,
                               const struct json_value *name,
                               const struct json_value *value, size_t *next,
                               struct journal_event *event,
                               struct event_memory *memory,
                               struct reason *reason)
{
    const struct kind_row *row = &kind_rows[event->kind];

    for (size_t i = 0; i < row->field_count; i++) {
        /* They stand in the order of the table. */
        size_t at = (*next + i) % row->field_count;
        const struct field *field = &row->fields[at];
        if (json_string_is(name, field->name)) {
            *next = at + 1;
            return read_field(reader, value, field, event, memory, reason);
        }
        if (is_length_of(name, field)) {
            *next = at + 1;
            return read_length(value, field, event, reason);
        }
    }
    return json_skip(reader, value);
}

enum status fields_read(struct json_reader *reader, struct journal_event *event,
                        struct event_memory *memory, struct reason *reason)
{
    const struct kind_row *row = &kind_rows[event->kind];
    enum status status = json_begin_object(reader);
    struct json_value name;
    struct json_value value;
    size_t next = 0;
    bool has = false;
    int none = CONTENT_FORMAT_NONE;

    for (size_t i = 0; i < row->field_count; i++) {
        if (row->fields[i].form == FIELD_FORMAT) {
            SET(event, row->fields[i].offset, none);
        }
    }
    while (status == STATUS_OK &&
           (status = json_next_member(reader, &has, &name)) == STATUS_OK &&
           has && (status = json_value(reader, &value)) == STATUS_OK) {
        status =
            read_member(reader, &name, &value, &next, event, memory, reason);
    }
    return status;
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
