/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_JOURNAL_JSON_TEXT_H
#define SCENARIOS_JOURNAL_JSON_TEXT_H

/*
 * JSON as text, for lines of the journal; private to scenarios/journal.
 *
 * A JSON string holds characters, a name given by a device holds bytes. So
 * that each byte survives, a byte that cannot be written as itself (0x00, and
 * every byte of what is not valid UTF-8) is written as the one character
 * U+10FF00 + byte, from a private-use plane; the characters U+10FF00 to
 * U+10FFFF themselves are written as their four bytes in that way. Reading
 * turns it round, and no two byte strings have the same text.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_TEXT_DEPTH_MAX 100 /**< levels of a tree that is written */
/** Integers up to 2^53 are JSON numbers; greater ones decimal strings. */
#define JSON_TEXT_EXACT_MAX (UINT64_C(1) << 53)

/** A growing text; `failed` sticks once memory ran out. */
struct json_text {
    char *text; /**< NUL-terminated once something was appended */
    size_t length;
    size_t capacity;
    bool failed;
};

void json_text_release(struct json_text *text);
/** Append as it is. */
void json_text_append(struct json_text *text, const char *bytes, size_t length);
void json_text_literal(struct json_text *text, const char *literal);
/** Append a string with its quotes. */
void json_text_string(struct json_text *text, const char *bytes, size_t length);
void json_text_unsigned(struct json_text *text, uint64_t number);
void json_text_signed(struct json_text *text, int64_t number);
/** Append lower-case hexadecimal in quotes. */
void json_text_hex(struct json_text *text, const uint8_t *bytes, size_t length);
/** Append a tree on one line. Numbers that JSON has not become null; what lies
 *  deeper than JSON_TEXT_DEPTH_MAX makes the text fail. */
void json_text_tree(struct json_text *text, const cJSON *tree);

/**
 * Turn the characters that stand for bytes back, in place.
 *
 * @param keep_nul  leave a NUL as its character, so that a C string stays one
 * @return the new length
 */
size_t json_text_restore(char *bytes, size_t length, bool keep_nul);
/** The same for all strings and names of a tree. */
void json_text_restore_tree(cJSON *tree);

#endif
