/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_RECORD_H
#define CLI_SHELL_RECORD_H

/* What was typed, as a file with one test case. */
#include <cjson/cJSON.h>

#include "scenarios/scenarios.h"

struct shell_record;

/** Errors: STATUS_INVALID for a file that exists, STATUS_NETWORK. */
MUST_CHECK
enum status shell_record_new(const char *path, struct shell_record **out_record,
                             struct reason *reason);
void shell_record_free(struct shell_record *record);
/**
 * Add a copy of the step and write the file. A case knows components by their
 * names only, so numbers of instances become names where the profile has one.
 * A step without "req" gets the case's own requirement, SHELL-000: what it
 * judged has to come out again.
 *
 * Errors: STATUS_NETWORK, STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status shell_record_add(struct shell_record *record,
                             const struct step_type *type, const cJSON *step,
                             const struct profile *profile,
                             struct reason *reason);

#endif
