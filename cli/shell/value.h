/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_VALUE_H
#define CLI_SHELL_VALUE_H

/* One value of a command line as JSON, by the type of its parameter. */
#include <cjson/cJSON.h>

#include "scenarios/scenarios.h"

/**
 * @param out_json  deleted by the caller
 * Errors: STATUS_MALFORMED: what is expected, without the column;
 *         STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status shell_value(const struct step_parameter *parameter,
                        const char *text, cJSON **out_json,
                        struct reason *reason);
/** A value to be written: by the type of the Resource, or by its looks when
 *  that is unknown. */
MUST_CHECK
enum status shell_value_typed(enum lwm2m_type type, const char *text,
                              cJSON **out_json, struct reason *reason);
/** By its looks: JSON, true, false, a number, a list of these, else text. */
MUST_CHECK
enum status shell_value_guess(const char *text, cJSON **out_json,
                              struct reason *reason);

#endif
