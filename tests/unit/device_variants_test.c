/* SPDX-License-Identifier: Apache-2.0 */
/* Variants of the device together, and with a mutant, without its network. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>

#include "tests/unit/device_bench.h"

enum { IDLE = 0, DOWNLOADED = 200 };

static struct bench bench;

static void open_bench(const enum variant *variants, size_t count,
                       enum mutant mutant)
{
    CU_ASSERT_TRUE_FATAL(bench_open(&bench, NULL, mutant));
    for (size_t i = 0; i < count; i++) {
        variants_add(&bench.firmware.config.variants, variants[i]);
    }
}

/** One byte 0x00 to Package. */
static uint8_t reset(unsigned instance)
{
    char path[32];

    (void)snprintf(path, sizeof(path), "/33629/%u/0", instance);
    return bench_request(&bench, METHOD_PUT, path, 42, "", 1, -1);
}

static void a_device_does_all_variants_that_it_was_given(void)
{
    static const enum variant all[] = {
        VARIANT_RESET_CANCELS,      VARIANT_RESET_IDLE_REFUSED,
        VARIANT_UPDATE_IN_IDLE_400, VARIANT_CANCEL_IN_IDLE,
        VARIANT_JUNK_IS_5,          VARIANT_UPDATE_LATE
    };

    open_bench(all, sizeof(all) / sizeof(all[0]), MUTANT_NONE);
    CU_ASSERT_EQUAL(reset(1), CODE(4, 5));
    CU_ASSERT_EQUAL(bench_update(&bench, 1, NULL), CODE(4, 0));
    CU_ASSERT_EQUAL(bench_cancel(&bench, 1), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, 1), IDLE + 10);
    CU_ASSERT_EQUAL(
        bench_push_plan(&bench, 1,
                        (struct image_plan){ .instance = 1, .version = "2.0" }),
        CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, 1), DOWNLOADED);
    CU_ASSERT_EQUAL(reset(1), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, 1), IDLE + 10);
    CU_ASSERT_EQUAL(bench_request(&bench, METHOD_PUT, "/33629/1/0", 42,
                                  "no package", 10, -1),
                    CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, 1), IDLE + 5);
    bench_close(&bench);
}

static void a_mutant_has_variants_too(void)
{
    static const enum variant all[] = { VARIANT_UPDATE_IN_IDLE_400,
                                        VARIANT_RESET_IDLE_REFUSED };

    open_bench(all, sizeof(all) / sizeof(all[0]), MUTANT_JUNK_ACCEPTED);
    CU_ASSERT_EQUAL(bench_update(&bench, 1, NULL), CODE(4, 0));
    CU_ASSERT_EQUAL(reset(1), CODE(4, 5));
    CU_ASSERT_EQUAL(bench_request(&bench, METHOD_PUT, "/33629/1/0", 42,
                                  "no package", 10, -1),
                    CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, 1), DOWNLOADED);
    bench_close(&bench);
}

static void answers_to_the_same_question_contradict_each_other(void)
{
    static const struct {
        enum variant first;
        enum variant second;
        bool contradict;
    } rows[] = {
        { VARIANT_JUNK_IS_5, VARIANT_JUNK_IS_8, true },
        { VARIANT_JUNK_IS_8, VARIANT_JUNK_IS_5, true },
        { VARIANT_UPDATE_LATE - 1, VARIANT_UPDATE_LATE, false },
        { VARIANT_NO_LINKS, VARIANT_ONE_COMPONENT, true },
        { VARIANT_JUNK_IS_5, VARIANT_RESET_CANCELS, false },
        { VARIANT_RESET_IDLE_REFUSED, VARIANT_RESET_DOWNLOADING_REFUSED,
          false },
        { VARIANT_JUNK_IS_5, VARIANT_JUNK_IS_5, false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct variants variants = { .bits = { 0 } };
        enum variant pair[2] = { VARIANT_NONE, VARIANT_NONE };
        variants_add(&variants, VARIANT_NOTIFY_NON);
        variants_add(&variants, rows[i].first);
        variants_add(&variants, rows[i].second);
        CU_ASSERT_TRUE(variants_have(&variants, rows[i].first));
        CU_ASSERT_TRUE(variants_have(&variants, rows[i].second));
        CU_ASSERT_TRUE(variants_have(&variants, VARIANT_NOTIFY_NON));
        CU_ASSERT_FALSE(variants_have(&variants, VARIANT_URI_KEPT));
        CU_ASSERT_EQUAL(variants_contradict(&variants, pair),
                        rows[i].contradict);
        if (rows[i].contradict) {
            CU_ASSERT_NOT_EQUAL(pair[0], pair[1]);
            CU_ASSERT_TRUE(pair[0] == rows[i].first ||
                           pair[0] == rows[i].second);
            CU_ASSERT_TRUE(pair[1] == rows[i].first ||
                           pair[1] == rows[i].second);
        }
    }
}

static CU_TestInfo tests[] = {
    { "several", a_device_does_all_variants_that_it_was_given },
    { "mutant", a_mutant_has_variants_too },
    { "rivals", answers_to_the_same_question_contradict_each_other },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "variants", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
