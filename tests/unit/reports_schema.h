/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_REPORTS_SCHEMA_H
#define TESTS_UNIT_REPORTS_SCHEMA_H

/* The part of JSON Schema that docs/results.schema.json uses, and no more: a
 * keyword that is not checked here makes the schema unknown, so that none can
 * be written down and then not hold. */
#include <cjson/cJSON.h>

enum schema_result {
    SCHEMA_ACCEPTS,
    SCHEMA_REFUSES,
    SCHEMA_UNKNOWN, /**< a keyword, a type or a reference that is not known */
};

#define SCHEMA_WHY_SIZE 256

/** @param root     where "#/$defs/…" leads from
 *  @param out_why  SCHEMA_WHY_SIZE bytes: the place and what is wrong */
enum schema_result schema_check(const cJSON *root, const cJSON *schema,
                                const cJSON *value, char *out_why);
/** Check a text against docs/results.schema.json; one that is no JSON is
 *  refused. */
enum schema_result schema_check_results(const char *text, char *out_why);

#endif
