/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_CASE_ROWS_H
#define SCENARIOS_ENGINE_CASE_ROWS_H

/*
 * Private to scenarios/engine: data-driven lists of steps. Where a list has
 *
 *   { "rows": [ { "code": "4.00" }, … ], "steps": [ … "$code" … ] }
 *
 * the steps stand in its place once for each row, and each text "$NAME" in
 * them is replaced by the member NAME of the row, whatever that is.
 */
#include <cjson/cJSON.h>

#include "server/server.h"

#define CASE_ROWS_MAX 64

/**
 * Replace all of them in a file, in place.
 *
 * @param name  of the file, for the reason
 * Errors: STATUS_MALFORMED: JSON pointer and what is wrong; STATUS_LIMIT for
 *         more than CASE_ROWS_MAX rows; STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status case_rows_expand(const char *name, cJSON *json,
                             struct reason *reason);

#endif
