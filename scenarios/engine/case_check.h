/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_CASE_CHECK_H
#define SCENARIOS_ENGINE_CASE_CHECK_H

/* Private to scenarios/engine: a case file against the step table. */
#include "scenarios/engine/test_case.h"

/**
 * Check a whole file: ids, requirement ids, lines of `applies`, mechanisms,
 * verbs, parameters and their types.
 *
 * @param json          what json_file_parse() read
 * @param out_delivers  one flag per case, TEST_CASES_MAX of them: has it a
 *                      step that delivers?
 * Errors: STATUS_MALFORMED: name, JSON pointer, what was found and the
 *         allowed words; STATUS_LIMIT.
 */
MUST_CHECK
enum status case_check_file(const struct step_type *const *steps,
                            const char *name, const cJSON *json,
                            bool *out_delivers, struct reason *reason);

/** Bits 1 << enum mechanism of a checked "mechanisms", all for NULL. */
unsigned case_mechanisms(const cJSON *list);

#endif
