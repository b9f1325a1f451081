/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_JSON_FILE_H
#define SCENARIOS_ENGINE_JSON_FILE_H

/* Private to scenarios/engine: JSON that people write, with comments. */
#include <cjson/cJSON.h>
#include <stddef.h>

#include "server/server.h"

#define JSON_FILE_MAX   (4u * 1024 * 1024) /**< bytes of a file */
#define JSON_NESTED_MAX 64

/**
 * Parse JSON in which // and block comments are allowed. Comments are blanked
 * first, so that positions stay.
 *
 * Errors: STATUS_MALFORMED with name, line and column; duplicate keys, NUL
 *         and content behind the value are refused.
 */
MUST_CHECK
enum status json_file_parse(const char *name, const char *text, size_t length,
                            cJSON **out_json, struct reason *reason);

/** The word of the NULL-terminated list that is nearest to `word`, or NULL
 *  when none is near. */
const char *nearest_word(const char *word, const char *const *words);
/** "unknown key 'a', did you mean 'b'? allowed: …" into a buffer. */
char *unknown_word(const char *what, const char *word, const char *const *words,
                   char *buffer, size_t size);

#endif
