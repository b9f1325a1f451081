/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/grade.h"

/*
 * What each grade is worth under each reading, and when the profile tolerates
 * a row of the ambiguity list.
 */

static bool equals(const cJSON *candidate, void *user)
{
    const int *value = user;

    return cJSON_IsNumber(candidate) && candidate->valueint == *value;
}

static void each_grade_acts_by_the_reading_and_by_tolerate(void)
{
    static const char spec[] =
        "{\"pass\": 1, \"warn\": [2, 3], \"A-11\": 4, \"A-12\": [5]}";
    static const struct {
        int value;
        enum reading reading;
        const char *tolerate; /* a row, or NULL */
        enum finding_level level;
        const char *ambiguity;
    } rows[] = {
        { 1, READING_INTEROP, NULL, FINDING_PASS, "" },
        { 1, READING_STRICT, NULL, FINDING_PASS, "" },
        { 2, READING_INTEROP, NULL, FINDING_WARNING, "" },
        { 3, READING_STRICT, NULL, FINDING_WARNING, "" },
        { 4, READING_INTEROP, NULL, FINDING_WARNING, "A-11" },
        { 4, READING_STRICT, NULL, FINDING_FAIL, "A-11" },
        { 4, READING_STRICT, "A-11", FINDING_WARNING, "A-11" },
        { 4, READING_STRICT, "A-12", FINDING_FAIL, "A-11" },
        { 4, READING_INTEROP, "A-12", FINDING_WARNING, "A-11" },
        { 5, READING_STRICT, "A-12", FINDING_WARNING, "A-12" },
        { 6, READING_INTEROP, NULL, FINDING_FAIL, "" },
        { 6, READING_INTEROP, "A-11", FINDING_FAIL, "" },
        { 6, READING_STRICT, NULL, FINDING_FAIL, "" },
    };
    cJSON *json = cJSON_Parse(spec);

    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *const tolerate[] = { rows[i].tolerate, NULL };
        const struct grade_rules rules = { .reading = rows[i].reading,
                                           .tolerate = tolerate };
        int value = rows[i].value;
        struct grade grade = grade_of(json, &rules, equals, &value);
        if (grade.level != rows[i].level ||
            strcmp(grade.ambiguity, rows[i].ambiguity) != 0) {
            printf("row %zu: %s '%s'\n", i, finding_level_name(grade.level),
                   grade.ambiguity);
            CU_FAIL("grade");
        }
    }
    cJSON_Delete(json);
}

static void a_value_without_grades_passes_or_fails(void)
{
    cJSON *json = cJSON_Parse("[1, 2]");
    const struct grade_rules rules = { .reading = READING_INTEROP };
    int value = 2;

    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    CU_ASSERT_EQUAL(grade_of(json, &rules, equals, &value).level, FINDING_PASS);
    value = 3;
    CU_ASSERT_EQUAL(grade_of(json, &rules, equals, &value).level, FINDING_FAIL);
    cJSON_Delete(json);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "readings", each_grade_acts_by_the_reading_and_by_tolerate },
        { "plain", a_value_without_grades_passes_or_fails },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "grade", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures != 0;
}
