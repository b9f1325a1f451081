/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_WRITE_H
#define SCENARIOS_STEPS_WRITE_H

/* Private to scenarios/steps: the payload of a Write. */
#include "scenarios/engine/run.h"

/** One value, typed by the definitions. Errors: STATUS_MALFORMED. */
MUST_CHECK
enum status write_value(const struct run *run, struct lwm2m_path path,
                        const cJSON *value, struct lwm2m_value *out_value,
                        struct reason *reason);
/**
 * Encode what a scenario file writes at the path, typed by the definitions: a
 * value, for an Object Instance an object of values by Resource ID, for a
 * multiple Resource a list of the values of its Resource Instances. A value
 * {"limit": "lifetime"} is that limit of the profile in seconds, or one more
 * where the path has that value already.
 *
 * Errors: STATUS_MALFORMED, STATUS_INVALID (the format cannot carry it),
 *         STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status write_encode(struct run *run, struct lwm2m_path path,
                         const cJSON *value, int format,
                         struct byte_buffer *payload, struct reason *reason);

#endif
