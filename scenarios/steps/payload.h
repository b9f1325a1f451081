/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_PAYLOAD_H
#define SCENARIOS_STEPS_PAYLOAD_H

/* Private to scenarios/steps: bytes and values written in scenario files. */
#include <cjson/cJSON.h>

#include "server/server.h"

#define PAYLOAD_MAX 4096 /**< bytes of a payload in a scenario file */

/** Whether the text is pairs of hexadecimal digits, none included. */
bool payload_is_hex(const char *text);
/** Append the bytes to an initialised buffer. Errors: STATUS_MALFORMED,
 *  STATUS_NO_MEMORY, STATUS_LIMIT. */
MUST_CHECK
enum status payload_hex(const char *text, struct byte_buffer *buffer,
                        struct reason *reason);
/** Append bytes. Errors: STATUS_NO_MEMORY, STATUS_LIMIT. */
MUST_CHECK
enum status payload_bytes(const void *bytes, size_t length,
                          struct byte_buffer *buffer, struct reason *reason);
/**
 * A JSON value as a value of the type: numbers, true, text; "33629:1" for a
 * link. Text is borrowed from `json`.
 *
 * Errors: STATUS_MALFORMED when they do not go together.
 */
MUST_CHECK
enum status payload_value(const cJSON *json, enum lwm2m_type type,
                          struct lwm2m_value *out_value, struct reason *reason);

#endif
