/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_QUERY_H
#define SCENARIOS_STEPS_QUERY_H

/*
 * Private to scenarios/steps: notification attributes of a scenario file,
 *   { "pmin": 10, "gt": -1.5, "lt": null }
 * as a query. null has no value: the attribute is unset. Text stands as it is,
 * so that a case can send what no server should.
 */
#include <cjson/cJSON.h>
#include <stddef.h>

#include "server/server.h"

#define QUERY_MAX 256 /**< bytes of a query with NUL */

/** Write "pmin=10&gt=-1.5&lt". Errors: STATUS_LIMIT. */
MUST_CHECK
enum status query_of(const cJSON *attributes, char buffer[QUERY_MAX],
                     struct reason *reason);
/** Check the parameter `name` of the step, which may be absent. */
MUST_CHECK
enum status query_check(const cJSON *step, const char *name,
                        const char *pointer, struct reason *reason);

#endif
