/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/scenarios_oracle_scene.h"

/* Several components, reboots and versions. */

static void an_update_without_argument_includes_linked_ones(void)
{
    static const struct scene_row rows[] = {
        { "linked", "li=1 all=L0,L0,L0 update li= all=U0,U0,L0 all=I1,I1,L0",
          "", NULL },
        { "linked, and later", "li=1 all=L0,L0,L0 update U0 I1 1.L0 1.U0 1.I1",
          "", NULL },
        { "linked, but not updated",
          "li=1 all=L0,L0,L0 update U0 I1 +60000 "
          "1.L0",
          "", NULL },
        { "not linked", "li=1 all=L0,L0,L0 update all=U0,L0,U0",
          "fail AFU-084,AFU-100", NULL },
        { "nothing linked", "li= all=L0,L0,L0 update all=U0,U0,L0",
          "fail AFU-084,AFU-100", NULL },
        { "without Linked Instances", "all=L0,L0,L0 update all=U0,U0,L0",
          "fail AFU-084,AFU-100", NULL },
        { "only the version changes",
          "li= all=L0,L0,L0 update I1 +6000 1.L0 "
          "+6000 1.v=2 1.L0",
          "fail AFU-084,AFU-100", NULL },
        { "links that were not read", "s=L 1.L0 update U0 1.U0", "", NULL },
        { "links older than the package",
          "li= 1.I0 L0 1.push 1.last 1.L0 update U0 1.U0", "", NULL },
        { "links older than its own State Downloaded",
          "1.L0 0.I0 push last li= D0 s=L update U0 1.U0", "", NULL },
        { "links that a stimulus overlaps",
          "1.L0 L0 read/open 1.cancel li= answer=L0 update U0 1.U0", "", NULL },
        { "links older than State Downloaded of the other one",
          "1.I0 1.push 1.last 1.D0 li= L0 1.L0 update U0 1.U0", "", NULL },
        { "links newer than State Downloaded of the other one",
          "1.I0 1.push 1.last 1.L0 li= L0 update U0 1.U0",
          "fail AFU-084,AFU-100", NULL },
        { "one Resource of links is not all of them",
          "li=1,2 1.L0 2.L0 s=L update U0 1.U0", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void the_argument_of_an_update_says_who_takes_part(void)
{
    static const struct scene_row rows[] = {
        { "0: only itself",
          "li=1 all=L0,L0,L0 update=0 all=U0,L0,L0 "
          "all=I1,L0,L0",
          "", NULL },
        { "0: another starts", "li=1 all=L0,L0,L0 update=0 li= all=U0,U0,L0",
          "fail AFU-085", NULL },
        { "0: another has failed", "li=1 all=L0,L0,L0 update=0 all=U0,L8,L0",
          "fail AFU-085", NULL },
        { "0: another has a new version",
          "li=1 all=L0,L0,L0 update=0 1.v=2 all=U0,L0,L0", "fail AFU-085",
          NULL },
        { "list: all of them",
          "all=L0,L0,L0 update=1,2 all=U0,U0,U0 "
          "all=I1,I1,I1",
          "", NULL },
        { "list: in another order", "all=L0,L0,L0 update=2,1 all=U0,U0,U0", "",
          NULL },
        { "list: itself", "all=L0,L0,L0 update=0,1 all=U0,U0,L0", "", NULL },
        { "list: another starts", "li=2 all=L0,L0,L0 update=1 li= all=U0,U0,U0",
          "fail AFU-087", NULL },
        { "list: through another instance",
          "all=L0,L0,L0 2.exec=0='<_33629_0>' all=U0,L0,U0", "", NULL },
        { "list: one that is Idle stays so", "all=L0,I0,L0 update=1 L13 1.U0",
          "fail AFU-052", NULL },
        { "list: those who failed need another Update",
          "all=L0,L0,L0 update=1 all=L8,L8,L0 +60000 all=L8,U0,L0",
          "fail AFU-052", NULL },
        { "an Update after that is one of its own",
          "all=L0,L0,L0 update=0 all=I1,L0,L0 1.update=0 all=I1,U0,L0", "",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_list_may_be_as_long_as_it_likes(void)
{
    static const struct scene_setup setup = { .component_count = 64 };
    char script[1200] = "1.L0 62.L0 63.L0 40.L0 L0 update=";
    size_t used = strlen(script);

    for (unsigned i = 1; i < 64; i++) {
        if (i != 40) {
            used += (size_t)snprintf(script + used, sizeof(script) - used,
                                     "%s%u", i > 1 ? "," : "", i);
        }
    }
    scene_open(&setup);
    scene_play(script);
    scene_play("U0 1.U0 62.U0 63.U0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_play("40.U0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-087");
    scene_close();
}

static void links_reach_the_last_of_64_components(void)
{
    static const struct scene_setup setup = { .component_count = 64 };

    scene_open(&setup);
    scene_play("63.L0 62.L0 li=63 L0 update U0 63.U0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_play("62.U0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-084,AFU-100");
    scene_close();
}

static void a_package_may_load_its_siblings(void)
{
    static const struct scene_row rows[] = {
        { "both", "all=I0,I0,I0 load=0,1 push last all=L0,L0,I0", "", NULL },
        /* AFU-MUL-008: y with 5 is a warning, with another Result a fail. */
        { "corrupt, told on both", "all=I0,I0,I0 load=0,1 push last I5 1.I5",
          "warning AFU-118", NULL },
        { "corrupt, and the sibling shows 8",
          "all=I0,I0,I0 load=0,1 push last I5 1.I8", "fail AFU-052", NULL },
        { "one after the other",
          "all=I0,I0,I0 load=0,1 push last L0 1.I0 "
          "loaded +3000 1.L0",
          "", NULL },
        { "the old Result of a sibling is reset",
          "all=I0,I8,I0 load=0,1 push "
          "last all=L0,L0,I0",
          "", NULL },
        { "the old Result of a sibling stays",
          "all=I0,I8,I0 load=0,1 push last all=L0,L8,I0", "fail AFU-120",
          NULL },
        { "one that has no part",
          "all=I0,I0,I0 load=0,1 push last all=L0,L0,L0", "fail AFU-177",
          NULL },
        { "rejected: 12", "all=I0,L0,I0 load=0,1 push all=I12,L0,I0", "",
          NULL },
        { "rejected, but the sibling lost its package",
          "all=I0,L0,I0 load=0,1 push all=I12,I0,I0", "fail AFU-052", NULL },
        { "a sibling that became Idle before",
          "all=I0,L0,I0 load=0,1 push 1.cancel 1.I10 last all=L0,L0,I0", "",
          NULL },
        { "the receiver takes its time",
          "all=I0,I0,I0 load=0,1 push last loaded D0 +60000 D0 1.I0 +60000 L0 "
          "1.I0 +3000 1.L0",
          "", NULL },
        { "the receiver takes its time, a sibling still more",
          "all=I0,I0,I0 load=0,1 push last loaded D0 +60000 L0 1.I0 +6000 1.I0 "
          "1.L0",
          "fail AFU-116; fail AFU-177", NULL },
        { "long after the transfer",
          "all=I0,I0,I0 load=0,1 push last loaded L0 +6000 1.I0 +6000 1.L0",
          "fail AFU-116; fail AFU-177", NULL },
        { "after it was cancelled",
          "all=I0,I0,I0 load=0,1 push last loaded "
          "all=L0,L0,I0 1.cancel +6000 1.I10 1.L0",
          "fail AFU-052", NULL },
        { "a sibling updates by itself",
          "all=I0,I0,I0 load=0,1 push last all=L0,L0,I0 1.update=0 "
          "all=L0,U0,I0 all=L0,I1,I0",
          "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void others_are_left_alone(void)
{
    static const struct scene_row rows[] = {
        { "by a download", "all=I0,I0,I0 push 1.D0", "fail AFU-177", NULL },
        { "by a failure", "all=I0,L8,I0 push D0 I5 1.L0", "fail AFU-177",
          NULL },
        { "by a Cancel", "all=L0,L0,I0 cancel I10 1.I10", "fail AFU-177",
          NULL },
        { "by a reset", "all=L0,I1,I0 uri0 I0 1.I0", "fail AFU-177", NULL },
        { "nobody was addressed", "all=L0,I1,I0 +9000 1.I0", "fail AFU-052",
          NULL },
        { "an instance of another device is no concern",
          "L0 stranger U0 L5 stranger L0", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void links_lead_to_instances_that_are_there(void)
{
    static const struct scene_row rows[] = {
        { "fine", "li=1 ci=2 L0", "", NULL },
        { "linked to itself", "1.li=1 1.L0", "fail AFU-103", NULL },
        { "linked to nobody", "li=9 L0", "fail AFU-103", NULL },
        { "conflict with one that is not there", "ci=9 L0", "", NULL },
        { "linked to another object", "li=5:0 L0", "fail AFU-102", NULL },
        { "conflict with another object", "ci=5:0 L0", "fail AFU-105", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

/* Reboots. ST-31, ST-45, ST-53. */

static void a_reboot_is_survived_in_each_state(void)
{
    static const struct scene_row rows[] = {
        { "I: kept", "I5 register I5", "", NULL },
        { "I: cleared", "I5 register I0", "", NULL },
        { "I: another", "I5 register I4", "fail AFU-052", NULL },
        { "I: not L", "I0 register L0", "fail AFU-052", NULL },
        { "I with a push", "I0 push I0 register I4", "", NULL },
        { "D: resumed", "I0 uri D0 register D0 L0", "", NULL },
        { "D: L", "I0 uri D0 register L0", "", NULL },
        { "D: a push is not there by itself", "I0 push D0 register L0",
          "fail AFU-052", NULL },
        { "L: kept", "L8 register L8", "", NULL },
        { "L: Result cleared", "L13 register L0", "", NULL },
        { "L: still deferred", "L11 register L11 U0", "", NULL },
        { "L: no more deferred", "L11 register L0", "", NULL },
        { "L: dropped", "L0 register I0", "warning AFU-095,AFU-163", NULL },
        { "L: dropped with the Result", "L8 register I8",
          "warning AFU-095,AFU-163", NULL },
        { "L: not installed", "L0 register U0", "fail AFU-052", NULL },
        { "U: done", "L0 update U0 register I1", "", NULL },
        { "U: failed", "L0 update U0 register L8", "", NULL },
        { "U: goes on", "L0 update U0 register U0 I1", "", NULL },
        { "U: forgotten", "L0 update U0 register I0", "warning AFU-165", NULL },
        { "U: back", "L0 update U0 register L0", "warning AFU-165", NULL },
        { "U: forgotten, but the version is new",
          "L0 update U0 register v=2 I0", "", NULL },
        { "U: reset after the reboot", "L0 update U0 register uri0 I0", "",
          NULL },
        { "U: not D", "L0 update U0 register D0", "fail AFU-081", NULL },
        { "by the server", "L0 reboot I0", "warning AFU-095,AFU-163", NULL },
        { "by the server, refused", "L0 reboot/405 I0", "fail AFU-052", NULL },
        { "by the server, answer lost", "L8 reboot/lost L0", "", NULL },
        { "by the operator", "I0 push D0 operator I4", "", NULL },
        { "by a hook", "I0 push D0 hook I4", "", NULL },
        { "just after it registered", "L0 register L0 +3000 I0",
          "warning AFU-095,AFU-163", NULL },
        { "not long after", "L0 register L0 +6000 L0 I0", "fail AFU-052",
          NULL },
        { "again and again",
          "I0 push D0 register register register register register register "
          "register register register register register register register "
          "register register register register register register register "
          "register register register register register register register "
          "register register register register register register register "
          "I0",
          "", NULL },
    };
    static const struct scene_setup persist = { .persist = true };
    static const struct scene_setup alone = { .component_count = 1 };

    SCENE_CHECK(rows, NULL);
    SCENE_CHECK(rows, &persist); /* T: a warning at most */
    SCENE_CHECK(rows, &alone);
}

/** It answers a Read before it registers. */
static void an_update_may_reboot_the_others(void)
{
    static const struct scene_row rows[] = {
        { "Results are cleared",
          "all=L0,L8,I5 update=0 U0 1.L0 2.I0 register I1", "", NULL },
        { "Results are cleared, in one Read",
          "all=L0,L8,I5 update=0 U0 all=I1,L0,I0 register", "", NULL },
        { "a package is dropped", "all=L0,L8,I5 update=0 U0 1.I0",
          "warning AFU-095,AFU-163", NULL },
        { "a download is off",
          "1.I0 1.push 1.D0 L0 update=0 U0 1.I0 +6000 "
          "1.I0",
          "", NULL },
        { "the change time starts anew",
          "1.lsct=@-9 lsct=@-9 all=L0,L0,I0 update=0 lsct=@0 U0 lsct=3 I1 "
          "1.lsct=0 1.L0",
          "", NULL },
        { "it is no excuse for a reset",
          "all=L0,L8,I5 update=0 U0 1.uri0 1.I10",
          "warning AFU-055,AFU-056 A-04", "fail AFU-055,AFU-056 A-04" },
        { "not when nothing is updated", "all=L0,L8,I5 1.L0", "fail AFU-052",
          NULL },
        { "not when the Update was refused", "all=L0,L8,I5 update=0/405 1.L0",
          "fail AFU-177", NULL },
        { "not long after", "all=L0,L8,I5 update=0 I1 +6000 1.L8 +6000 1.L0",
          "fail AFU-177", NULL },
        { "it does not start them", "all=L0,L8,I5 update=0 U0 1.U0",
          "fail AFU-085", NULL },
        { "nor its own Result", "all=L0,L8,I5 update=0 U0 I1 I0",
          "fail AFU-081", NULL },
        { "nor itself", "all=L0,L8,I5 update=0 U0 I2", "fail AFU-081", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

/* Current Version: AFU-015, AFU-093. */

static void a_version_changes_only_by_an_update(void)
{
    static const struct scene_row rows[] = {
        { "by an update", "v=1 L0 update U0 v=2 I1", "", NULL },
        { "all at once", "v=1 L0 update v=2 I1", "", NULL },
        { "by an update, a moment later", "v=1 L0 update U0 I1 +1000 v=2 I1",
          "", NULL },
        { "by an update, and U is seen with it", "v=1 L0 update U0 v=2 U0 I1",
          "", NULL },
        { "by nothing", "v=1 L0 +6000 L0 v=2 L0", "fail AFU-015", NULL },
        { "by a download", "v=1 I0 push last v=2 L0", "fail AFU-015", NULL },
        { "by a refused Update", "v=1 L0 update/405 L0 v=2 L0", "fail AFU-015",
          NULL },
        { "by a refused Update, seen with the answer",
          "v=1 L0 update/405 v=2 L0", "fail AFU-015", NULL },
        { "long after an update", "v=1 L0 update U0 I1 +6000 I1 v=2 I1",
          "fail AFU-015", NULL },
        { "by a reboot", "v=1 I1 register v=2 I1", "fail AFU-015", NULL },
        { "twice", "v=1 L0 update v=2 I1 +6000 I1 v=3 I1", "fail AFU-015",
          NULL },
        { "by an update that failed", "v=1 L0 update=0 U0 v=2 I8",
          "fail AFU-015", NULL },
        { "by an update that failed, back in L", "v=1 L0 update=0 v=2 L8",
          "fail AFU-015", NULL },
        { "by a damaged package", "v=1 L0 update=0 v=2 I5",
          "fail AFU-015,AFU-170", NULL },
        { "by an unmet dependency", "v=1 L0 update=0 v=2 L13", "fail AFU-015",
          NULL },
        { "by an update before the one that failed",
          "v=1 L0 update=0 s=I push last update=0 v=2 I8", "", NULL },
        { "by an update before a download that failed",
          "v=1 L0 update=0 r=1 whole v=2 I5", "", NULL },
        { "by an update that was read of, before a failure",
          "v=1 L0 update=0 whole v=2 I5", "", NULL },
        { "by an accepted deferral", "v=1 L0 update L11 +99000 v=2 I1", "",
          NULL },
        { "long ones that differ at the end",
          "v=12345678901234567890123456789012345678901234567890123456789012345"
          "67890a I0 "
          "v=12345678901234567890123456789012345678901234567890123456789012345"
          "67890b I0",
          "fail AFU-015", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_batch_that_fails_is_to_leave_every_version(void)
{
    static const struct scene_setup transactional = { .transactional = true };
    static const struct scene_row tolerated[] = {
        { "one is new", "v=1 all=L0,L0,I0 update=1 v=2 all=L8,L8,I0",
          "warning AFU-093", NULL },
        { "none is new", "v=1 all=L0,L0,I0 update=1 all=L8,L8,I0", "", NULL },
        { "13 installs nothing", "v=1 all=L0,L0,I0 update=1 v=2 all=L13,L13,I0",
          "fail AFU-015", NULL },
    };
    static const struct scene_row declared[] = {
        { "one is new", "v=1 all=L0,L0,I0 update=1 v=2 all=L8,L8,I0",
          "fail AFU-093", NULL },
        { "none is new", "v=1 all=L0,L0,I0 update=1 all=L8,L8,I0", "", NULL },
    };

    SCENE_CHECK(tolerated, NULL);
    SCENE_CHECK(declared, &transactional);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "links", an_update_without_argument_includes_linked_ones },
        { "arguments", the_argument_of_an_update_says_who_takes_part },
        { "long lists", a_list_may_be_as_long_as_it_likes },
        { "many components", links_reach_the_last_of_64_components },
        { "siblings", a_package_may_load_its_siblings },
        { "others", others_are_left_alone },
        { "where links lead", links_lead_to_instances_that_are_there },
        { "reboots", a_reboot_is_survived_in_each_state },
        { "reboots by an update", an_update_may_reboot_the_others },
        { "versions", a_version_changes_only_by_an_update },
        { "failed batches", a_batch_that_fails_is_to_leave_every_version },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle batches", NULL, NULL, NULL, NULL, tests },
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
