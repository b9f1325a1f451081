/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_JSON_FILE_H
#define SCENARIOS_ENGINE_JSON_FILE_H

/* Private to scenarios/engine: JSON that people write, with comments. */
#include <cjson/cJSON.h>
#include <stddef.h>

#include "scenarios/engine/nearest.h"
#include "server/server.h"

#define JSON_FILE_MAX    (4u * 1024 * 1024) /**< bytes of a file */
#define JSON_NESTED_MAX  64
#define JSON_POINTER_MAX 128 /**< bytes of a pointer, with NUL */

/**
 * Parse JSON in which // and block comments are allowed. Comments are blanked
 * first, so that positions stay.
 *
 * Errors: STATUS_MALFORMED with name, line and column, or the JSON pointer of
 *         a key that stands twice or of what is nested too deeply; NUL (also
 *         as \u0000, which would cut a text short) and content behind the
 *         value are refused. STATUS_LIMIT for a file over JSON_FILE_MAX.
 */
MUST_CHECK
enum status json_file_parse(const char *name, const char *text, size_t length,
                            cJSON **out_json, struct reason *reason);

/** Fail with "name: pointer: what". Of a long name its end is kept, so that
 *  pointer and words fit into the reason. */
enum status json_file_wrong(const char *name, const char *pointer,
                            const char *what, struct reason *reason);

/** Append "/key" to a pointer, escaped as RFC 6901 has it; cut where it does
 *  not fit. */
void json_pointer_push(char *pointer, size_t size, const char *key);

/** "expected, found …" into a buffer: what stands there, cut to be short. */
char *json_expected(const char *expected, const cJSON *found, char *buffer,
                    size_t size);

#endif
