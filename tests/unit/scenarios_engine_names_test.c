/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/names.h"

enum { MANY = 10000, NAME_SIZE = 32 };

static void a_slug_is_a_plain_name_of_a_folder(void)
{
    static const struct {
        const char *name;
        const char *slug;
    } rows[] = {
        { "urn:imei:350000000000001", "urn-imei-350000000000001" },
        { "Quad_1.b", "quad_1.b" },
        { "", "-" },
        { ".", "-" },
        { "..", "-." },
        { ".hidden", "-hidden" },
        { "../../etc/passwd", "-.-..-etc-passwd" },
        { "a b\tc\n", "a-b-c-" },
        { "gr\xc3\xbcn", "gr--n" },
        { "a/b\\c", "a-b-c" },
        { "0123456789012345678901234567890123456789012345678901234567890123456",
          "012345678901234567890123456789012345678901234567890123456789012" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char slug[SLUG_SIZE];
        slug_of(rows[i].name, slug);
        CU_ASSERT_STRING_EQUAL(slug, rows[i].slug);
    }
}

static void slugs_that_collide_get_numbers(void)
{
    static const char long_name[] =
        "x0123456789012345678901234567890123456789012345678901234567890123456";
    const char *const names[] = {
        "a:b",           "a-b",       "A B",     "a-b-2",
        "events.ndjson", "JUnit.xml", "free",    "results.json",
        "campaign.json", long_name,   long_name,
    };
    static const char *const wanted[] = {
        "a-b",
        "a-b-2",
        "a-b-3",
        "a-b-2-2",
        "events.ndjson-2",
        "junit.xml-2",
        "free",
        "results.json-2",
        "campaign.json-2",
        "x01234567890123456789012345678901234567890123456789012345678901",
        "x012345678901234567890123456789012345678901234567890123456789-2",
    };
    enum { COUNT = sizeof(names) / sizeof(names[0]) };
    char slugs[COUNT][SLUG_SIZE];
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL_FATAL(slugs_assign(names, COUNT, slugs, &reason),
                          STATUS_OK);
    for (size_t i = 0; i < COUNT; i++) {
        CU_ASSERT_STRING_EQUAL(slugs[i], wanted[i]);
    }
}

/** Ten thousand devices whose slugs are all alike. */
static void many_slugs_are_all_different(void)
{
    const char **names = calloc(MANY, sizeof(*names));
    char(*texts)[NAME_SIZE] = calloc(MANY, sizeof(*texts));
    char(*slugs)[SLUG_SIZE] = calloc(MANY, sizeof(*slugs));
    struct name_table table = { .slots = NULL };
    size_t index = 0;

    CU_ASSERT_TRUE_FATAL(names != NULL && texts != NULL && slugs != NULL);
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(texts[i], NAME_SIZE, "dev%c%zu", i % 2 == 0 ? ':' : '-',
                       i / 2);
        names[i] = texts[i];
    }
    CU_ASSERT_EQUAL_FATAL(slugs_assign(names, MANY, slugs, NULL), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(name_table_init(&table, MANY, NULL), STATUS_OK);
    for (size_t i = 0; i < MANY; i++) {
        CU_ASSERT_TRUE(name_table_add(&table, slugs[i], i, NULL));
    }
    CU_ASSERT_TRUE(name_table_find(&table, "dev-4711", &index));
    CU_ASSERT_EQUAL(index, 2 * 4711);
    CU_ASSERT_TRUE(name_table_find(&table, "dev-4711-2", &index));
    CU_ASSERT_EQUAL(index, 2 * 4711 + 1);
    name_table_release(&table);
    free(slugs);
    free(texts);
    free(names);
}

static void a_name_is_found_where_it_was_put(void)
{
    struct name_table table = { .slots = NULL };
    size_t index = 99;

    CU_ASSERT_FALSE(name_table_find(&table, "a", &index)); /* not yet there */
    CU_ASSERT_EQUAL_FATAL(name_table_init(&table, 2, NULL), STATUS_OK);
    CU_ASSERT_TRUE(name_table_add(&table, "a", 7, &index));
    CU_ASSERT_TRUE(name_table_add(&table, "", 8, &index));
    CU_ASSERT_EQUAL(index, 99);
    CU_ASSERT_FALSE(name_table_add(&table, "a", 9, &index));
    CU_ASSERT_EQUAL(index, 7);
    CU_ASSERT_TRUE(name_table_find(&table, "", &index));
    CU_ASSERT_EQUAL(index, 8);
    CU_ASSERT_FALSE(name_table_find(&table, "A", &index));
    name_table_release(&table);
    name_table_release(&table); /* once is enough */
}

static void the_number_replaces_each_mark(void)
{
    static const struct {
        const char *text;
        unsigned number;
        const char *wanted;
    } rows[] = {
        { "urn:{n}", 1, "urn:1" }, { "{n}-of-{n}", 10000, "10000-of-10000" },
        { "none", 5, "none" },     { "{n", 5, "{n" },
        { "{{n}}", 5, "{5}" },     { "", 5, "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *text = name_numbered(rows[i].text, rows[i].number);
        CU_ASSERT_STRING_EQUAL(text, rows[i].wanted);
        free(text);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "slug", a_slug_is_a_plain_name_of_a_folder },
        { "collisions", slugs_that_collide_get_numbers },
        { "many", many_slugs_are_all_different },
        { "table", a_name_is_found_where_it_was_put },
        { "numbers", the_number_replaces_each_mark },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "scenarios.names", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* says nothing of failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
