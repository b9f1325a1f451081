/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_JSON_READER_H
#define SERVER_DATA_JSON_READER_H

/*
 * A strict reader of JSON: what travels, and the lines of journals. It takes
 * RFC 8259 and nothing more (no BOM, comments, leading zeros, trailing commas,
 * NaN), and of what the RFC leaves open it refuses duplicate names, text that
 * is not UTF-8 and lone surrogates. Numbers stay text, so that no integer
 * passes through a double. It allocates nothing.
 *
 * The caller pulls: json_begin_array(), then while json_next_element() says
 * so, one json_value() each, and so on; json_end() at last. After a call that
 * failed the reader is of no more use.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/cursor.h"
#include "server/data/status.h"

#define JSON_DEPTH_MAX   16         /**< arrays and objects in each other */
#define JSON_SIZE_MAX    (16 << 20) /**< bytes of one text */
#define JSON_NAMES_MAX   64         /**< names in all open objects */
#define JSON_NUMBER_SIZE 400        /**< characters of a number */

enum json_kind {
    JSON_OBJECT, /**< not yet entered */
    JSON_ARRAY,  /**< not yet entered */
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

/** One value. Borrows from the text. */
struct json_value {
    enum json_kind kind;
    size_t offset;    /**< where it starts */
    const char *text; /**< NUMBER: as written; STRING: between the quotes */
    size_t length;
    bool has_escape; /**< STRING */
};

/** Part of the text: a name, between its quotes. */
struct json_name {
    const char *text;
    size_t length;
    bool has_escape;
};

/** An open array or object. */
struct json_frame {
    bool is_object;
    bool has_member;
    size_t first_name; /**< in `names` */
};

/** All fields are private. */
struct json_reader {
    struct cursor cursor;
    struct reason *reason;
    struct json_frame frames[JSON_DEPTH_MAX];
    size_t depth;
    struct json_name names[JSON_NAMES_MAX]; /**< of all open objects */
    size_t name_count;
    bool is_trusted;
};

/** @param reason  filled by whichever call fails; may be NULL */
void json_reader_init(struct json_reader *reader, const uint8_t *bytes,
                      size_t length, struct reason *reason);

/** Take duplicate names, and any number of them: the text is our own. */
void json_reader_trust(struct json_reader *reader);

/*
 * Each of these fails with STATUS_MALFORMED and the offset, or with
 * STATUS_LIMIT.
 */

/** The next value; an array or object is only announced: begin or skip it. */
MUST_CHECK
enum status json_value(struct json_reader *reader,
                       struct json_value *out_value);
/** Enter the array whose JSON_ARRAY was just announced. */
MUST_CHECK
enum status json_begin_array(struct json_reader *reader);
/** Enter the object whose JSON_OBJECT was just announced. */
MUST_CHECK
enum status json_begin_object(struct json_reader *reader);
/** To the next element, whose json_value() must follow; false: the array has
 *  ended and is left. */
MUST_CHECK
enum status json_next_element(struct json_reader *reader, bool *out_has);
/** To the next member, whose json_value() must follow; false: the object has
 *  ended and is left. The name is as a JSON_STRING. */
MUST_CHECK
enum status json_next_member(struct json_reader *reader, bool *out_has,
                             struct json_value *out_name);
/** Go over an array or object that was announced; nothing for the others. */
MUST_CHECK
enum status json_skip(struct json_reader *reader,
                      const struct json_value *value);
/** What was not read yet; an array or object that was announced stands first.
 *  @return its length */
size_t json_rest(const struct json_reader *reader, const char **out_text);
/** Go over so many bytes of the rest: an array or object that was announced,
 *  as somebody else has read it. */
void json_pass(struct json_reader *reader, size_t length);
/** Nothing but white space may follow. */
MUST_CHECK
enum status json_end(struct json_reader *reader);

/** Whether the string says `text`, its escapes resolved. */
bool json_string_is(const struct json_value *string, const char *text);
/**
 * Resolve the escapes of a JSON_STRING.
 *
 * @param out_text  room for `string->length` bytes; no NUL is written
 * @return the bytes in use: valid UTF-8, U+0000 included
 */
size_t json_string_text(const struct json_value *string, char *out_text);

#endif
