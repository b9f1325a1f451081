/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/json_reader.h"

#include <assert.h>
#include <string.h>

#include "server/data/scalar.h"

enum {
    ESCAPE_DIGITS = 4,
    HIGH_SURROGATE = 0xd800,
    LOW_SURROGATE = 0xdc00,
    SURROGATE_MASK = 0xfc00,
    SURROGATE_BITS = 10,
    FIRST_SUPPLEMENTARY = 0x10000,
    SEQUENCE_MAX = 4, /* bytes of one character in UTF-8 */
    SCAN_WIDTH = 16,  /* bytes that a processor compares at once */
};

void json_reader_init(struct json_reader *reader, const uint8_t *bytes,
                      size_t length, struct reason *reason)
{
    *reader = (struct json_reader){ .cursor = { bytes, length, 0 },
                                    .reason = reason };
}

void json_reader_trust(struct json_reader *reader)
{
    reader->is_trusted = true;
}

static enum status fail_at(struct json_reader *reader, size_t offset,
                           enum status status, const char *what)
{
    return reason_set(reader->reason, status, "JSON at offset %zu: %s", offset,
                      what);
}

static enum status fail(struct json_reader *reader, const char *what)
{
    return fail_at(reader, reader->cursor.offset, STATUS_MALFORMED, what);
}

/** The next byte, not taken; -1 at the end. */
static int peek(const struct json_reader *reader)
{
    return reader->cursor.length > 0 ? reader->cursor.bytes[0] : -1;
}

static void take(struct json_reader *reader, size_t length)
{
    const uint8_t *bytes = NULL;

    (void)cursor_take(&reader->cursor, length, &bytes); /* it was peeked at */
}

static void skip_space(struct json_reader *reader)
{
    for (int next = peek(reader);
         next == ' ' || next == '\t' || next == '\n' || next == '\r';
         next = peek(reader)) {
        take(reader, 1);
    }
}

static bool take_word(struct json_reader *reader, const char *word)
{
    size_t length = strlen(word);

    if (reader->cursor.length < length ||
        memcmp(reader->cursor.bytes, word, length) != 0) {
        return false;
    }
    take(reader, length);
    return true;
}

/** Four hexadecimal digits at `text`; -1 for others. */
static long read_unit(const char *text, size_t length)
{
    long unit = 0;

    if (length < ESCAPE_DIGITS) {
        return -1;
    }
    for (size_t i = 0; i < ESCAPE_DIGITS; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *found = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
        if (found == NULL) {
            return -1;
        }
        long digit = found - digits;
        unit = unit * 16 + (digit < 16 ? digit : digit - 6);
    }
    return unit;
}

/**
 * The character of the escape at `text`, which stands behind its backslash.
 *
 * @return bytes that the escape takes without the backslash; 0: it is none
 */
static size_t read_escape(const char *text, size_t length, uint32_t *out_code)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    const char *found =
        length > 0 && text[0] != '\0' ? strchr(letters, text[0]) : NULL;

    if (found != NULL) {
        *out_code = (uint32_t)meant[found - letters];
        return 1;
    }
    if (length == 0 || text[0] != 'u') {
        return 0;
    }
    long unit = read_unit(text + 1, length - 1);
    if (unit < 0 || (unit & SURROGATE_MASK) == LOW_SURROGATE) {
        return 0;
    }
    *out_code = (uint32_t)unit;
    if ((unit & SURROGATE_MASK) != HIGH_SURROGATE) {
        return 1 + ESCAPE_DIGITS;
    }
    size_t at = 1 + ESCAPE_DIGITS;
    if (length < at + 2 || text[at] != '\\' || text[at + 1] != 'u') {
        return 0;
    }
    long low = read_unit(text + at + 2, length - at - 2);
    if (low < 0 || (low & SURROGATE_MASK) != LOW_SURROGATE) {
        return 0;
    }
    *out_code = FIRST_SUPPLEMENTARY +
                ((uint32_t)(unit - HIGH_SURROGATE) << SURROGATE_BITS) +
                (uint32_t)(low - LOW_SURROGATE);
    return at + 2 + ESCAPE_DIGITS;
}

static size_t write_utf8(uint32_t code, char out_bytes[SEQUENCE_MAX])
{
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

    for (size_t i = length; i > 1; i--) {
        out_bytes[i - 1] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out_bytes[0] = (char)(leads[length] | code);
    return length;
}

/** Whether a byte ends what stands in a string as itself. */
static bool is_special(uint8_t byte)
{
    return byte == '"' || byte == '\\' || byte < ' ';
}

/** Go over what stands in a string as itself. @return the next byte, or -1 */
static int skip_plain(struct json_reader *reader, bool *has_more_than_ascii)
{
    const uint8_t *bytes = reader->cursor.bytes;
    size_t length = reader->cursor.length;
    uint8_t all = 0;
    size_t at = 0;
    bool is_open = true;

    while (is_open && length - at >= SCAN_WIDTH) {
        unsigned special = 0;
        uint8_t seen = 0;
        for (size_t i = 0; i < SCAN_WIDTH; i++) { /* at once: no branch */
            special |= is_special(bytes[at + i]);
            seen |= bytes[at + i];
        }
        is_open = special == 0;
        all |= is_open ? seen : 0;
        at += is_open ? SCAN_WIDTH : 0;
    }
    while (at < length && !is_special(bytes[at])) {
        all |= bytes[at++];
    }
    take(reader, at);
    *has_more_than_ascii = *has_more_than_ascii || all >= 0x80;
    return peek(reader);
}

/** Go on to the quote that ends the string; its escapes are checked. */
static enum status find_quote(struct json_reader *reader,
                              struct json_value *value,
                              bool *has_more_than_ascii)
{
    for (int next = skip_plain(reader, has_more_than_ascii); next != '"';
         next = skip_plain(reader, has_more_than_ascii)) {
        if (next < 0) {
            return fail(reader, "a string without its end");
        }
        if (next < ' ') {
            return fail(reader, "a control character in a string");
        }
        take(reader, 1); /* the backslash */
        uint32_t code = 0;
        size_t length = read_escape((const char *)reader->cursor.bytes,
                                    reader->cursor.length, &code);
        if (length == 0) {
            return fail(reader, "no such escape, or half a surrogate pair");
        }
        take(reader, length);
        value->has_escape = true;
    }
    return STATUS_OK;
}

static enum status read_string(struct json_reader *reader,
                               struct json_value *out_value)
{
    bool has_more_than_ascii = false;

    out_value->kind = JSON_STRING;
    out_value->offset = reader->cursor.offset;
    take(reader, 1);
    const char *text = (const char *)reader->cursor.bytes;
    size_t start = reader->cursor.offset;
    enum status status = find_quote(reader, out_value, &has_more_than_ascii);
    if (status != STATUS_OK) {
        return status;
    }
    out_value->text = text;
    out_value->length = reader->cursor.offset - start;
    if (has_more_than_ascii &&
        !utf8_is_valid((const uint8_t *)text, out_value->length)) {
        return fail_at(reader, out_value->offset, STATUS_MALFORMED,
                       "a string that is not UTF-8");
    }
    take(reader, 1);
    return STATUS_OK;
}

static size_t take_digits(struct json_reader *reader)
{
    size_t count = 0;

    for (int next = peek(reader); next >= '0' && next <= '9';
         next = peek(reader)) {
        take(reader, 1);
        count++;
    }
    return count;
}

static bool take_either(struct json_reader *reader, char one, char other)
{
    if (peek(reader) != one && peek(reader) != other) {
        return false;
    }
    take(reader, 1);
    return true;
}

static enum status read_number(struct json_reader *reader,
                               struct json_value *out_value)
{
    out_value->kind = JSON_NUMBER;
    out_value->offset = reader->cursor.offset;
    out_value->text = (const char *)reader->cursor.bytes;
    (void)take_either(reader, '-', '-'); /* it may be there */
    bool has_zero = peek(reader) == '0';
    size_t digits = take_digits(reader);
    if (digits == 0) {
        return fail(reader, "a digit is expected");
    }
    if (has_zero && digits > 1) {
        return fail_at(reader, out_value->offset, STATUS_MALFORMED,
                       "a number with leading zeros");
    }
    if (take_either(reader, '.', '.') && take_digits(reader) == 0) {
        return fail(reader, "a digit is expected");
    }
    if (take_either(reader, 'e', 'E')) {
        (void)take_either(reader, '+', '-'); /* it may be there */
        if (take_digits(reader) == 0) {
            return fail(reader, "a digit is expected");
        }
    }
    out_value->length = reader->cursor.offset - out_value->offset;
    if (out_value->length > JSON_NUMBER_SIZE) {
        return fail_at(reader, out_value->offset, STATUS_LIMIT,
                       "a number that is too long");
    }
    return STATUS_OK;
}

static enum status read_word(struct json_reader *reader,
                             struct json_value *out_value)
{
    static const struct {
        const char *word;
        enum json_kind kind;
    } words[] = { { "true", JSON_TRUE },
                  { "false", JSON_FALSE },
                  { "null", JSON_NULL } };

    out_value->offset = reader->cursor.offset;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (take_word(reader, words[i].word)) {
            out_value->kind = words[i].kind;
            return STATUS_OK;
        }
    }
    return fail(reader, "a value is expected");
}

enum status json_value(struct json_reader *reader, struct json_value *out_value)
{
    struct json_value value = { .text = "" };
    enum status status = STATUS_OK;

    if (reader->cursor.length > JSON_SIZE_MAX) {
        return fail_at(reader, reader->cursor.offset, STATUS_LIMIT,
                       "a text that is too long");
    }
    skip_space(reader);
    int next = peek(reader);
    if (next == '{' || next == '[') {
        value.kind = next == '{' ? JSON_OBJECT : JSON_ARRAY;
        value.offset = reader->cursor.offset;
    } else if (next == '"') {
        status = read_string(reader, &value);
    } else if (next == '-' || (next >= '0' && next <= '9')) {
        status = read_number(reader, &value);
    } else {
        status = read_word(reader, &value);
    }
    if (status == STATUS_OK) {
        *out_value = value;
    }
    return status;
}

static enum status begin(struct json_reader *reader, bool is_object)
{
    assert(peek(reader) == (is_object ? '{' : '[')); /* it was announced */
    if (reader->depth == JSON_DEPTH_MAX) {
        return fail_at(reader, reader->cursor.offset, STATUS_LIMIT,
                       "nested too deeply");
    }
    take(reader, 1);
    reader->frames[reader->depth++] =
        (struct json_frame){ .is_object = is_object,
                             .first_name = reader->name_count };
    return STATUS_OK;
}

enum status json_begin_array(struct json_reader *reader)
{
    return begin(reader, false);
}

enum status json_begin_object(struct json_reader *reader)
{
    return begin(reader, true);
}

/** To the next member or element, or out of the array or object. */
static enum status advance(struct json_reader *reader, char end, bool *out_has)
{
    struct json_frame *frame = &reader->frames[reader->depth - 1];

    skip_space(reader);
    *out_has = peek(reader) != end;
    if (!*out_has) {
        take(reader, 1);
        reader->name_count = frame->first_name;
        reader->depth--;
        return STATUS_OK;
    }
    if (frame->has_member) {
        if (peek(reader) != ',') {
            return fail(reader, "a comma or an end is expected");
        }
        take(reader, 1);
        skip_space(reader);
    }
    frame->has_member = true;
    return STATUS_OK;
}

enum status json_next_element(struct json_reader *reader, bool *out_has)
{
    assert(reader->depth > 0 && !reader->frames[reader->depth - 1].is_object);
    return advance(reader, ']', out_has);
}

/** The bytes of a string one by one, its escapes resolved. */
struct plain {
    struct json_name string;
    size_t at;
    char bytes[SEQUENCE_MAX]; /**< of an escape */
    size_t count;
    size_t next;
};

static int next_byte(struct plain *plain)
{
    if (plain->next < plain->count) {
        return (unsigned char)plain->bytes[plain->next++];
    }
    if (plain->at == plain->string.length) {
        return -1;
    }
    char byte = plain->string.text[plain->at++];
    if (byte != '\\' || !plain->string.has_escape) {
        return (unsigned char)byte;
    }
    uint32_t code = 0;
    plain->at += read_escape(plain->string.text + plain->at,
                             plain->string.length - plain->at, &code);
    plain->count = write_utf8(code, plain->bytes);
    plain->next = 1;
    return (unsigned char)plain->bytes[0];
}

static bool is_same(struct json_name a, struct json_name b)
{
    struct plain left = { .string = a };
    struct plain right = { .string = b };
    int byte = 0;

    if (!a.has_escape && !b.has_escape) { /* as it mostly is */
        return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
    }
    do {
        byte = next_byte(&left);
        if (byte != next_byte(&right)) {
            return false;
        }
    } while (byte >= 0);
    return true;
}

static struct json_name name_of(const struct json_value *string)
{
    return (struct json_name){ string->text, string->length,
                               string->has_escape };
}

static enum status remember_name(struct json_reader *reader,
                                 const struct json_value *name)
{
    const struct json_frame *frame = &reader->frames[reader->depth - 1];
    struct json_name fresh = name_of(name);

    for (size_t i = frame->first_name; i < reader->name_count; i++) {
        const struct json_name *old = &reader->names[i];
        bool may_be =
            old->has_escape || fresh.has_escape || old->length == fresh.length;
        if (may_be && is_same(*old, fresh)) {
            return fail_at(reader, name->offset, STATUS_MALFORMED,
                           "a name that the object has already");
        }
    }
    if (reader->name_count == JSON_NAMES_MAX) {
        return fail_at(reader, name->offset, STATUS_LIMIT, "too many names");
    }
    reader->names[reader->name_count++] = fresh;
    return STATUS_OK;
}

enum status json_next_member(struct json_reader *reader, bool *out_has,
                             struct json_value *out_name)
{
    struct json_value name = { .text = "" };

    assert(reader->depth > 0 && reader->frames[reader->depth - 1].is_object);
    enum status status = advance(reader, '}', out_has);
    if (status != STATUS_OK || !*out_has) {
        return status;
    }
    if (peek(reader) != '"') {
        return fail(reader, "a name is expected");
    }
    status = read_string(reader, &name);
    if (status == STATUS_OK && !reader->is_trusted) {
        status = remember_name(reader, &name);
    }
    if (status != STATUS_OK) {
        return status;
    }
    skip_space(reader);
    if (peek(reader) != ':') {
        return fail(reader, "a colon is expected");
    }
    take(reader, 1);
    *out_name = name;
    return STATUS_OK;
}

static enum status enter(struct json_reader *reader,
                         const struct json_value *value)
{
    return value->kind == JSON_OBJECT  ? json_begin_object(reader)
           : value->kind == JSON_ARRAY ? json_begin_array(reader)
                                       : STATUS_OK;
}

enum status json_skip(struct json_reader *reader,
                      const struct json_value *value)
{
    size_t depth = reader->depth;
    enum status status = enter(reader, value);

    while (status == STATUS_OK && reader->depth > depth) {
        struct json_value inner;
        bool has = false;
        status = reader->frames[reader->depth - 1].is_object
                     ? json_next_member(reader, &has, &inner)
                     : json_next_element(reader, &has);
        if (status == STATUS_OK && has) {
            status = json_value(reader, &inner);
            status = status == STATUS_OK ? enter(reader, &inner) : status;
        }
    }
    return status;
}

enum status json_end(struct json_reader *reader)
{
    skip_space(reader);
    return reader->cursor.length == 0
               ? STATUS_OK
               : fail(reader, "nothing is expected behind the value");
}

size_t json_rest(const struct json_reader *reader, const char **out_text)
{
    *out_text = (const char *)reader->cursor.bytes;
    return reader->cursor.length;
}

void json_pass(struct json_reader *reader, size_t length)
{
    assert(length <= reader->cursor.length);
    take(reader, length);
}

bool json_string_is(const struct json_value *string, const char *text)
{
    size_t at = 0;

    if (string->has_escape) {
        return is_same(name_of(string),
                       (struct json_name){ text, strlen(text), false });
    }
    while (at < string->length && text[at] == string->text[at] &&
           text[at] != '\0') {
        at++;
    }
    return at == string->length && text[at] == '\0';
}

size_t json_string_text(const struct json_value *string, char *out_text)
{
    struct plain plain = { .string = name_of(string) };
    size_t used = 0;

    if (!string->has_escape) {
        memcpy(out_text, string->text, string->length);
        return string->length;
    }
    for (int byte = next_byte(&plain); byte >= 0; byte = next_byte(&plain)) {
        out_text[used++] = (char)byte;
    }
    return used;
}
