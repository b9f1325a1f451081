/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle.h"

/* First and last column of the transition table, afu.md section 4.3; the
 * digest itself is not part of the sources. */
static const struct {
    const char *id;
    const char *requirement;
} digest[] = {
    { "ST-01", "AFU-050" },
    { "ST-02", "AFU-036,AFU-030" },
    { "ST-03", "AFU-013,AFU-045" },
    { "ST-04", "AFU-046" },
    { "ST-05", "AFU-055,AFU-056" },
    { "ST-06", "AFU-056" },
    { "ST-07", "AFU-031,AFU-036" },
    { "ST-08", "AFU-038" },
    { "ST-09", "AFU-039" },
    { "ST-10", "AFU-013,AFU-045" },
    { "ST-11", "AFU-009" },
    { "ST-12", "AFU-080" },
    { "ST-13", "AFU-141" },
    { "ST-14", "AFU-142" },
    { "ST-15", "AFU-116,AFU-120" },
    { "ST-16", "AFU-001" },
    { "ST-17", "AFU-030,AFU-031" },
    { "ST-18", "AFU-043" },
    { "ST-19", "AFU-044,AFU-121" },
    { "ST-20", "AFU-117,AFU-118,AFU-119,AFU-104" },
    { "ST-21", "AFU-041" },
    { "ST-22", "AFU-042" },
    { "ST-23", "AFU-040" },
    { "ST-24", "AFU-039" },
    { "ST-25", "AFU-045" },
    { "ST-26", "AFU-045" },
    { "ST-27", "AFU-045" },
    { "ST-28", "AFU-055,AFU-056" },
    { "ST-29", "AFU-080" },
    { "ST-30", "AFU-140,AFU-143" },
    { "ST-31", "AFU-164" },
    { "ST-32", "AFU-081,AFU-082,AFU-084" },
    { "ST-33", "AFU-085" },
    { "ST-34", "AFU-086,AFU-087" },
    { "ST-35", "AFU-088,AFU-104,AFU-097" },
    { "ST-36", "AFU-089,AFU-104" },
    { "ST-37", "AFU-131" },
    { "ST-38", "AFU-091,AFU-092" },
    { "ST-39", "AFU-132,AFU-134,AFU-137" },
    { "ST-40", "AFU-055,AFU-056,AFU-057" },
    { "ST-41", "AFU-140" },
    { "ST-42", "AFU-045" },
    { "ST-43", "AFU-045" },
    { "ST-44", "AFU-100,AFU-106,AFU-107" },
    { "ST-45", "AFU-163" },
    { "ST-46", "AFU-058,AFU-096,AFU-016" },
    { "ST-47", "AFU-061" },
    { "ST-48", "AFU-060" },
    { "ST-49", "AFU-089,AFU-097" },
    { "ST-50", "AFU-080" },
    { "ST-51", "AFU-141" },
    { "ST-52", "AFU-045,AFU-062" },
    { "ST-53", "AFU-165,AFU-094" },
    { "ST-54", "AFU-003,AFU-004" },
    { "ST-55", "AFU-020,AFU-022" },
    { "ST-56", "AFU-008" },
};

enum { DIGEST_ROWS = sizeof(digest) / sizeof(digest[0]) };

static void rows_are_those_of_the_digest_in_its_order(void)
{
    size_t count = 0;
    const struct oracle_row *rows = oracle_rows(&count);

    CU_ASSERT_EQUAL(count, DIGEST_ROWS);
    for (size_t i = 0; i < count && i < DIGEST_ROWS; i++) {
        CU_ASSERT_STRING_EQUAL(rows[i].id, digest[i].id);
        CU_ASSERT_STRING_EQUAL(rows[i].requirement, digest[i].requirement);
    }
}

/** By itself, so that an error in the copy above shows as well. */
static void ids_run_from_1_to_56_without_gap_or_repetition(void)
{
    size_t count = 0;
    const struct oracle_row *rows = oracle_rows(&count);
    char id[8];

    CU_ASSERT_EQUAL(count, 56);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(id, sizeof(id), "ST-%02u", (unsigned)i + 1);
        CU_ASSERT_STRING_EQUAL(rows[i].id, id);
    }
}

static void every_row_says_in_words_what_it_is(void)
{
    size_t count = 0;
    const struct oracle_row *rows = oracle_rows(&count);

    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_PTR_NOT_NULL(rows[i].text);
        CU_ASSERT(rows[i].text != NULL && rows[i].text[0] != '\0');
        for (size_t j = 0; j < i; j++) {
            CU_ASSERT_STRING_NOT_EQUAL(rows[i].text, rows[j].text);
        }
    }
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("oracle rows", NULL, NULL);
    CU_ADD_TEST(suite, rows_are_those_of_the_digest_in_its_order);
    CU_ADD_TEST(suite, ids_run_from_1_to_56_without_gap_or_repetition);
    CU_ADD_TEST(suite, every_row_says_in_words_what_it_is);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures != 0;
}
