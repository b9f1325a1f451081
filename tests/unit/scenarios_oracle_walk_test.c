/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random walks of a legal device under the oracle: no walk may end in a fail.
 * One walk alone: ASSAY_WALK_SEED=17 [ASSAY_WALK_READING=strict] PROGRAM
 * More than a build's time allows: ASSAY_WALKS=100000 PROGRAM
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/scenarios_oracle_walk_walker.h"

enum { WALKS = 300, STEPS = 60, SHOWN = 3, LISTED = 50 };

static struct {
    struct definitions *definitions;
    struct walk walk;
    uint64_t seed;  /**< of the environment, 0: all */
    uint64_t walks; /**< of each reading */
    bool is_strict;
} fixture;

static int set_up(void)
{
    const char *seed = getenv("ASSAY_WALK_SEED");
    const char *reading = getenv("ASSAY_WALK_READING");

    const char *walks = getenv("ASSAY_WALKS");

    fixture.walks = walks != NULL ? strtoull(walks, NULL, 10) : WALKS;
    fixture.seed = seed != NULL ? strtoull(seed, NULL, 10) : 0;
    fixture.is_strict = reading != NULL && strcmp(reading, "strict") == 0;
    fixture.definitions = definitions_new();
    return fixture.definitions == NULL ||
           definitions_add_embedded(fixture.definitions, NULL) != STATUS_OK;
}

static int tear_down(void)
{
    definitions_free(fixture.definitions);
    return 0;
}

enum show { SHOW_NOTHING, SHOW_FAIL, SHOW_ALL };

/** @return whether the oracle found no fail */
static bool walk_once(uint64_t seed, bool is_strict, enum show shows)
{
    struct walk *walk = &fixture.walk;
    unsigned step = 0;

    CU_ASSERT_TRUE_FATAL(walk_init(walk, fixture.definitions, seed, is_strict));
    walk_read(walk, -1, -1, false);
    while (step < STEPS && walk->feed.fail_count == 0) {
        walk_step(walk);
        step++;
    }
    if (walk->feed.fail_count == 0) {
        walk_calm(walk);
        walk_read(walk, -1, -1, false);
        walk_pass(walk, 1000);
    }
    bool is_clean = walk->feed.fail_count == 0;
    if (shows != SHOW_NOTHING) {
        printf("\n  seed %" PRIu64 " %s, step %u: %s\n", seed,
               is_strict ? "strict" : "interop", step,
               is_clean ? "no fail" : "a legal device fails");
    }
    if (shows == SHOW_FAIL && !is_clean) {
        printf("    %s\n", walk->feed.fails[0]);
    } else if (shows == SHOW_ALL) {
        walk_feed_print(&walk->feed);
    }
    walk_release(walk);
    return is_clean;
}

static void walk_all(bool is_strict)
{
    unsigned failed = 0;

    if (fixture.seed != 0) {
        CU_ASSERT_TRUE(is_strict != fixture.is_strict ||
                       walk_once(fixture.seed, is_strict, SHOW_ALL));
        return;
    }
    for (uint64_t seed = 1; seed <= fixture.walks; seed++) {
        if (!walk_once(seed, is_strict, SHOW_NOTHING)) {
            failed++;
            if (failed <= LISTED) {
                (void)walk_once(seed, is_strict,
                                failed <= SHOWN ? SHOW_ALL : SHOW_FAIL);
            }
        }
    }
    if (failed > 0) {
        printf("\n  %u of %" PRIu64 " walks fail\n", failed, fixture.walks);
    }
    CU_ASSERT_EQUAL(failed, 0);
}

static void a_legal_device_never_fails_in_the_interop_reading(void)
{
    walk_all(false);
}

static void a_legal_device_never_fails_in_the_strict_reading(void)
{
    walk_all(true);
}

int main(void)
{
    CU_pSuite suite = NULL;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    suite = CU_add_suite("scenarios/oracle, random walks", set_up, tear_down);
    if (suite == NULL ||
        CU_ADD_TEST(suite, a_legal_device_never_fails_in_the_interop_reading) ==
            NULL ||
        CU_ADD_TEST(suite, a_legal_device_never_fails_in_the_strict_reading) ==
            NULL) {
        CU_cleanup_registry();
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
