/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a legal device may show, found by the random walks of
 * scenarios_oracle_walk_test.c and cut down to the few events that matter.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "tests/unit/scenarios_oracle_scene.h"

static void links_count_only_while_nothing_moves(void)
{
    static const struct scene_row rows[] = {
        { "the executed one was Idle still when they were read",
          "all=I0,L0,I0 push last li= I0 update li=1 U0 1.U0", "", NULL },
        { "a pull of a third one could end",
          "all=L0,L0,I0 2.uri 2.D0 li= L0 update U0 1.U0", "", NULL },
        { "nothing moved", "all=L0,L0,I0 2.uri 2.D0 2.L0 li= L0 update U0 1.U0",
          "fail AFU-084,AFU-100", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void an_error_code_may_come_with_a_result(void)
{
    static const struct scene_row rows[] = {
        { "A-09: through Downloading", "I0 whole/415 D0 I6", "", NULL },
        { "A-09: with the old Result", "I1 whole/415 D1 I6", "", NULL },
        { "A-09: the old Result is reset first", "I1 whole/500 I0 I3", "",
          "warning AFU-052 A-24" },
        { "but not for longer", "I0 whole/415 D0 +6000 D0", "fail AFU-063",
          NULL },
        { "A-05: zero length, with any outcome", "L0 zero/415 I6", "", NULL },
        { "A-05: 0x00 taken as a package", "I0 null/415 I6",
          "warning AFU-055,AFU-056 A-05", "fail AFU-055,AFU-056 A-05" },
        { "but not where it is a reset", "L0 null/415 I6", "fail AFU-063",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_sibling_may_reset_its_result_before_it_loads(void)
{
    static const struct scene_row rows[] = {
        { "at once", "all=I0,I10,I0 load=0,1 push last 1.I0 1.L0", "", NULL },
        { "not at all", "all=I0,I10,I0 load=0,1 push last 1.I0 +6000 1.I0",
          "fail AFU-116", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_deferred_update_starts_by_itself(void)
{
    static const struct scene_row rows[] = {
        { "its Result is reset first", "L0 update L11 +9000 L0 U0", "",
          "warning AFU-081 A-24" },
        { "and stays so", "L0 update L11 +9000 L0 +6000 L0",
          "fail AFU-081 A-24", "warning AFU-081 A-24; fail AFU-081 A-24" },
        { "with one that could not be updated before by itself",
          "all=L0,L0,I0 1.exec=0='<_33629_0>' 1.L11 update=2/405 L13 +9000 U0",
          "", NULL },
        { "after a reboot", "L0 update L11 register +9000 L0 +9000 U0", "",
          NULL },
        { "but not after one that was not deferred",
          "L0 register +9000 L0 +9000 U0", "fail AFU-052", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void half_way_pairs_last_from_when_they_began(void)
{
    static const struct scene_row rows[] = {
        { "not from the same pair before",
          "I0 push last L0 update U0 +9000 I0 +1000 I0 +2000 I1", "",
          "warning AFU-058,AFU-061 A-24" },
        { "nor from that, unseen",
          "I0 +9000 I0 push last update +9000 I0 +1000 I0 +2000 I1", "",
          "warning AFU-058,AFU-061 A-24" },
        { "Cancel, State first", "L13 cancel I13 I10", "",
          "warning AFU-059 A-24" },
        { "an Update that ends with 13 at once, State first",
          "L8 1.I0 update=1/405 I8 I13", "", "warning AFU-097 A-24" },
    };

    SCENE_CHECK(rows, NULL);
}

static void zero_length_may_have_any_outcome_step_by_step(void)
{
    static const struct scene_row rows[] = {
        { "an error, State first", "L13 zero I13 I6", "", NULL },
        { "loaded, Result first", "I12 zero I0 L0", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_new_version_may_run_on_trial(void)
{
    static const struct scene_row rows[] = {
        { "and be rolled back", "v=1 L0 update=0 U0 v=2 U0 v=1 L8", "", NULL },
        { "an Update was missed, and a download fails",
          "v=1 I0 push last L0 update=0 v=2 push last I5", "", NULL },
        { "but not be kept", "v=1 L0 update=0 U0 v=2 U0 L8", "fail AFU-015",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_read_under_way_may_show_what_was_before(void)
{
    static const struct scene_row rows[] = {
        { "although the next write comes late",
          "I2 whole/500 read/open +6000 1.I0 1.update/405 uri0/open answer=I2 "
          "I12",
          "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void an_update_is_judged_by_what_it_met(void)
{
    static const struct scene_row rows[] = {
        { "a Read overtakes the answer", "L0 update=1/open I13 answer", "",
          NULL },
        { "and there was nothing", "I0 update=1/open I0 answer",
          "fail AFU-080 A-02", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "links count only while nothing moves",
          links_count_only_while_nothing_moves },
        { "an error code may come with a Result",
          an_error_code_may_come_with_a_result },
        { "a sibling may reset its Result before it loads",
          a_sibling_may_reset_its_result_before_it_loads },
        { "a deferred Update starts by itself",
          a_deferred_update_starts_by_itself },
        { "half-way pairs last from when they began",
          half_way_pairs_last_from_when_they_began },
        { "zero length may have any outcome, step by step",
          zero_length_may_have_any_outcome_step_by_step },
        { "a new version may run on trial", a_new_version_may_run_on_trial },
        { "a Read under way may show what was before",
          a_read_under_way_may_show_what_was_before },
        { "an Update is judged by what it met",
          an_update_is_judged_by_what_it_met },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle, legal devices", NULL, NULL, NULL, NULL, tests },
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
