/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/scenarios_oracle_scene.h"

/* What several components show together: Updates and packages for several. */

static void all_that_take_part_in_an_update_end_alike(void)
{
    static const struct scene_setup transactional = { .transactional = true };
    static const struct scene_row rows[] = {
        { "both are new",
          "v=1 1.v=1 all=L0,L0,I0 update=1 all=U0,U0,I0 v=2 1.v=2 all=I1,I1,I0",
          "", NULL },
        { "none is new",
          "v=1 1.v=1 all=L0,L0,I0 update=1 all=U0,U0,I0 all=L8,I5,I0", "",
          NULL },
        { "one is new, one has failed",
          "v=1 1.v=1 all=L0,L0,I0 update=1 all=U0,U0,I0 v=2 all=I1,L8,I0",
          "warning AFU-093", NULL },
        { "one after the other",
          "v=1 1.v=1 all=L0,L0,I0 update=1 U0 v=2 I1 1.L0 1.U0 1.L8",
          "warning AFU-093", NULL },
        { "the failure first",
          "v=1 1.v=1 all=L0,L0,I0 update=1 1.U0 1.I13 U0 v=2 I1",
          "warning AFU-093", NULL },
        { "it is told once",
          "v=1 1.v=1 all=L0,L0,L0 update=1,2 v=2 all=I1,L8,L8 all=I1,L8,L8",
          "warning AFU-093", NULL },
        { "the version is not known to be another",
          "all=L0,L0,I0 update=1 all=I1,L8,I0", "", NULL },
        { "the failure is that of an Update before",
          "v=1 1.v=1 all=L0,L8,I0 update=1 U0 v=2 all=I1,L8,I0", "", NULL },
        { "… and then its own",
          "v=1 1.v=1 all=L0,L8,I0 update=1 U0 v=2 all=I1,U0,I0 all=I1,L8,I0",
          "warning AFU-093", NULL },
        { "two Updates of one each",
          "v=1 all=L0,L0,I0 update=0 1.update=0 v=2 all=I1,L8,I0", "", NULL },
        { "an Update of its own after it",
          "v=1 1.v=1 all=L0,L0,I0 update=1 U0 v=2 I1 1.L0 1.update=0 1.L8", "",
          NULL },
        { "refused, then alone",
          "v=1 all=L0,L0,I0 update=1/405 update=0 v=2 all=I1,L0,I0 1.update=0 "
          "1.L8",
          "", NULL },
        { "a next case knows nothing of it",
          "v=1 1.v=1 all=L0,L0,I0 update=1 U0 v=2 I1 restart all=I1,L8,I0", "",
          NULL },
    };
    static const struct scene_row declared[] = {
        { "one is new, one has failed",
          "v=1 1.v=1 all=L0,L0,I0 update=1 all=U0,U0,I0 v=2 all=I1,L8,I0",
          "fail AFU-093", NULL },
        { "none is new",
          "v=1 1.v=1 all=L0,L0,I0 update=1 all=U0,U0,I0 all=L8,I5,I0", "",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
    SCENE_CHECK(declared, &transactional);
}

/** Linked Instances say who may take part; a view, who does. */
static void who_is_updated_takes_part(void)
{
    static const struct scene_row rows[] = {
        { "linked",
          "v=1 li=1 all=L0,L0,I0 update li= all=U0,U0,I0 v=2 all=I1,L8,I0",
          "warning AFU-093", NULL },
        { "linked, and left as it was",
          "v=1 li=1 all=L0,L0,I0 update li= all=U0,L0,I0 v=2 all=I1,L0,I0 "
          "+999000 all=I1,L0,I0",
          "", NULL },
        { "links that were not read",
          "v=1 s=L 0.L0 1.L0 s=L update all=U0,U0,I0 v=2 all=I1,L8,I0",
          "warning AFU-093", NULL },
        { "by one of two Updates: which one is not known",
          "v=1 2.v=1 all=L0,L0,L0 2.cancel/405 update 2.update 1.U0 v=2 0.I1 "
          "1.L8",
          "", NULL },
        { "by one of two Updates, and it makes no difference",
          "v=1 2.v=1 all=L0,L0,L0 2.cancel/405 update 2.update 1.U0 v=2 2.v=2 "
          "0.I1 1.L8 2.I1",
          "warning AFU-093", NULL },
        { "by one of two Updates, as the Linked Instances of one are read",
          "v=1 2.v=1 all=L0,L0,L0 update 2.update 1.U0 2.v=2 2.I1 1.L8",
          "warning AFU-093", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void who_is_listed_is_updated_or_fails(void)
{
    static const struct scene_row rows[] = {
        { "later than the one addressed",
          "all=L0,L0,I0 update=1 U0 I1 +100000 1.L0 1.U0 1.I1", "", NULL },
        { "never", "all=L0,L0,I0 update=1 U0 I1 +126000 1.L0",
          "fail AFU-086,AFU-096", NULL },
        { "never, told once",
          "all=L0,L0,L0 update=1,2 U0 I1 +126000 1.L0 2.L0 1.L0",
          "fail AFU-086,AFU-096", NULL },
        { "never, but the other one took long",
          "all=L0,L0,I0 update=1 U0 +100000 U0 I1 +100000 1.L0", "", NULL },
        { "never, but the device restarts",
          "all=L0,L0,I0 update=1 U0 I1 register +126000 1.L0", "", NULL },
        { "it has failed before, and may have failed again",
          "all=L0,L8,I0 update=1 U0 I1 +126000 1.L8", "", NULL },
        { "deferred", "all=L0,L0,I0 update=1 U0 I1 1.L11 +126000 1.L11", "",
          NULL },
        { "the whole has failed", "all=L0,L0,I0 update=1 U0 L8 +126000 1.L0",
          "", NULL },
        { "addressed by something else",
          "all=L0,L0,I0 update=1 U0 I1 1.push/405 +126000 1.L0", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_package_loads_all_that_it_is_for_or_none(void)
{
    static const struct scene_row rows[] = {
        { "all", "all=I0,I0,I0 load=0,1 whole all=L0,L0,I0 +6000 all=L0,L0,I0",
          "", NULL },
        { "one late", "all=I0,I0,I0 load=0,1 whole L0 1.I0 +4000 1.I0 1.L0", "",
          NULL },
        { "one is left", "all=I0,I0,I0 load=0,1 whole L0 +6000 1.I0",
          "fail AFU-116", NULL },
        { "one is left, told once",
          "all=I0,I0,I0 load=0,1 whole L0 +6000 1.I0 +6000 1.I0",
          "fail AFU-116", NULL },
        { "of a pull", "all=I0,I0,I0 load=0,1 uri D0 L0 +6000 1.I0",
          "fail AFU-116", NULL },
        { "one had an error before",
          "all=I0,I5,I0 load=0,1 whole L0 +6000 1.I5", "fail AFU-116", NULL },
        { "one is addressed itself",
          "all=I0,I0,I0 load=0,1 1.push/405 whole L0 +6000 1.I0", "", NULL },
        { "it is cancelled",
          "all=I0,I0,I0 load=0,1 whole L0 cancel +6000 I10 1.I0", "", NULL },
        { "a restart", "all=I0,I0,I0 load=0,1 whole L0 register +6000 1.I0", "",
          NULL },
        { "a restart that an update brings, not registered yet",
          "2.L0 1.I0 I0 2.update=0 2.U0 load=0,1 whole L0 +6000 2.U0 1.I0", "",
          NULL },
        { "none", "all=I0,I0,I0 load=0,1 whole I5 +6000 1.I0", "", NULL },
        { "rejected: one is occupied", "all=I0,L0,I0 load=0,1 whole I12 1.L0",
          "", NULL },
        { "one is occupied, and it is taken", "all=I0,L0,I0 load=0,1 whole L0",
          "fail AFU-117", NULL },
        { "one was occupied, and became Idle",
          "all=I0,L0,I0 load=0,1 1.cancel push last 1.I10 L0 +3000 1.L0", "",
          NULL },
        { "one is deferred, and starts",
          "all=I0,L11,I0 load=0,1 push 1.U0 last 1.I1 L0 1.L0", "", NULL },
        { "the Write is another one",
          "all=I0,I0,I0 load=0,1 whole whole L0 +6000 1.I0", "", NULL },
        { "of another component, refused", "all=I0,I0,I0 load=1 whole I6", "",
          NULL },
        { "of another component, taken", "all=I0,I0,I0 load=1 whole L0",
          "fail AFU-121", NULL },
        { "of another component, taken, told once",
          "all=I0,I0,I0 load=1 whole L0 +1000 L0", "fail AFU-121", NULL },
        { "of nobody that is known", "all=I0,I0,I0 load=9 whole L0", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

/* Each of three may be in any of five Updates: 125 hypotheses. */
static void more_hypotheses_than_there_is_room_for_are_an_error(void)
{
    static const struct scene_setup setup = { .component_count = 8 };

    scene_open(&setup);
    scene_play("5.s=L 6.s=L 7.s=L 5.r=0 6.r=0 7.r=0");
    for (int i = 0; i < 5; i++) {
        char script[80];
        (void)snprintf(script, sizeof(script), "%d.s=L %d.r=0 %d.update", i, i,
                       i);
        scene_play(script);
    }
    scene_play("5.U0 6.U0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_play("7.U0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "error ");
    scene_play("0.U0 0.I1 7.L8 +1000 7.L8");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "error ");
    scene_close();
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "whole", all_that_take_part_in_an_update_end_alike },
        { "who takes part", who_is_updated_takes_part },
        { "listed", who_is_listed_is_updated_or_fails },
        { "packages", a_package_loads_all_that_it_is_for_or_none },
        { "room", more_hypotheses_than_there_is_room_for_are_an_error },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle hypotheses", NULL, NULL, NULL, NULL, tests },
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
    scene_end();
    return failures != 0;
}
