/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CASE_TEXT_H
#define CLI_CASE_TEXT_H

#include "scenarios/scenarios.h"

/** What `list --json` and `describe --json` say of a case.
 *  @return owned by the caller */
cJSON *case_text_json(const struct test_case *test_case, bool with_steps);
/** Whether a requirement is among those of the case. */
bool case_text_claims(const struct test_case *test_case, const char *id);
/** A text member, "" when there is none. */
const char *case_text_member(const cJSON *json, const char *name);
/** On stdout, with a line end. Frees it. */
void case_text_print(cJSON *json);

#endif
