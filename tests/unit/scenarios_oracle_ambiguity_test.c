/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "tests/unit/scenarios_oracle_scene.h"

/*
 * Rows of afu.md, section 9, as far as the oracle sees them: what
 * they let pass gives no fail, what they forbid does. What a row says about
 * response codes alone is for the steps.
 */

static void a01_writes_outside_of_idle(void)
{
    static const struct scene_row rows[] = {
        { "URI refused in D", "I0 push D0 uri/400 +6000 D0 last L0", "", NULL },
        { "URI refused in L", "L0 uri/405 +6000 L0", "", NULL },
        { "URI refused in U", "L0 update U0 uri/409 +6000 U0", "", NULL },
        { "push refused in L", "L0 push/405 +6000 L0", "", NULL },
        { "push refused in U", "L0 update U0 whole/500 +6000 U0", "", NULL },
        { "push refused in a pull", "I0 uri D0 push/405 +6000 D0 L0", "",
          NULL },
        { "URI taken without effect in L", "L0 uri +6000 L0",
          "warning AFU-045 A-01", NULL },
        { "URI taken without effect in U", "L0 update U0 uri +6000 U0",
          "warning AFU-045 A-01", NULL },
        { "URI taken in D, which may be its own",
          "I0 push D0 uri +6000 D0 last L0", "", NULL },
        { "push taken without effect in L", "L8 push block last +6000 L8",
          "warning AFU-045 A-01", NULL },
        { "push taken without effect in U", "L0 update U0 push +6000 U0",
          "warning AFU-045 A-01", NULL },
        { "push taken without effect in a pull", "I0 uri D0 push +6000 D0 L0",
          "warning AFU-045 A-01", NULL },
        { "URI taken in L: replaced", "L0 uri D0", "fail AFU-052", NULL },
        { "URI taken in L: dropped", "L0 uri I7", "fail AFU-052", NULL },
        { "push taken in L: replaced", "L0 push D0", "fail AFU-052", NULL },
        { "push refused in L: dropped", "L0 push/413 I2", "fail AFU-063",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a02_update_outside_of_downloaded(void)
{
    static const struct scene_row rows[] = {
        { "4.05 in I", "I0 update/405 +6000 I0", "", NULL },
        { "5.00 in D", "I0 push D0 update/500 +6000 D0", "", NULL },
        { "4.05 in U", "L0 update U0 update/405 +6000 U0 I1", "", NULL },
        { "2.04 in I", "I0 update", "fail AFU-080 A-02", NULL },
        { "2.04 in I is told once", "I0 update I0 +6000 I0",
          "fail AFU-080 A-02", NULL },
        { "2.04 in D", "I0 push D0 update", "fail AFU-080 A-02", NULL },
        { "2.04 where it may have been L", "I0 uri D0 update U0", "", NULL },
        { "2.04 that comes when the update is over",
          "L0 update/open U0 I1 answer I1", "", NULL },
        { "2.04 that comes when the package is cancelled",
          "L0 update/open cancel/open +6000 I10 answer answer", "", NULL },
        { "2.04, and it was still D", "I0 uri D0 update +6000 D0",
          "fail AFU-080 A-02", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a03_cancel_in_idle(void)
{
    static const struct scene_row rows[] = {
        { "4.05", "I0 cancel/405 +6000 I0", "", NULL },
        { "4.05 after an update", "I1 cancel/405 +6000 I1", "", NULL },
        { "2.04 with I,10", "I0 cancel I10", "warning AFU-142 A-03", NULL },
        { "2.04 with I,10 as before", "I10 cancel +6000 I10",
          "warning AFU-142 A-03", NULL },
        { "2.04 with I,0", "I0 cancel +6000 I0", "fail AFU-142 A-03", NULL },
        { "2.04 with the old I,5", "I5 cancel +6000 I5", "fail AFU-142 A-03",
          NULL },
        { "2.04 with I,4", "I5 cancel I4", "fail AFU-059", NULL },
        { "2.04 with I,10 after an update", "I1 cancel I10", "fail AFU-141",
          NULL },
        { "2.04 with I,1 after an update", "I1 cancel +6000 I1", "fail AFU-141",
          NULL },
        { "2.04 in U", "L0 update U0 cancel +6000 U0", "fail AFU-141", NULL },
        { "4.05 in U", "L0 update U0 cancel/405 +6000 U0", "", NULL },
        { "4.05, but it worked", "I0 cancel/405 I10", "fail AFU-063", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a04_resets(void)
{
    static const struct scene_row rows[] = {
        { "L to I,0", "L0 null I0", "", NULL },
        { "L to I,10", "L0 null I10", "warning AFU-055,AFU-056 A-04",
          "fail AFU-055,AFU-056 A-04" },
        { "L ignores", "L0 uri0 +6000 L0", "fail AFU-055", NULL },
        { "L to another", "L0 uri0 I8", "fail AFU-055", NULL },
        { "D to I,0", "I0 push D0 uri0 +6000 I0", "", NULL },
        { "D refuses", "I0 push D0 null/405 +6000 D0 last L0", "", NULL },
        { "D ignores", "I0 push D0 null +6000 D0 last L0",
          "warning AFU-055,AFU-056 A-04", NULL },
        { "D to I,10", "I0 push D0 null I10 +6000 I10",
          "warning AFU-055,AFU-056 A-04",
          "warning AFU-052 A-24; fail AFU-055,AFU-056 A-04" },
        { "U refuses", "L0 update U0 null/405 +6000 U0 I1", "", NULL },
        { "U ignores", "L0 update U0 null +6000 U0 I1",
          "warning AFU-055,AFU-056 A-04", NULL },
        { "the update was over before the reset", "L0 update U0 uri0 +6000 I0",
          "", NULL },
        { "Idle, and the update goes on", "L0 update U0 uri0 I0 +6000 I0 U0",
          "fail AFU-062", NULL },
        { "Idle, and the version changes",
          "L0 update U0 uri0 I0 +6000 I0 +6000 I0 v=2 I0", "fail AFU-015",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a05_forms_of_reset_and_reset_in_idle(void)
{
    static const struct scene_row rows[] = {
        { "I,0", "I0 null I0", "", NULL },
        { "the Result is cleared", "I5 uri0 +6000 I0", "", NULL },
        { "refused", "I5 null/400 +6000 I5", "", NULL },
        { "the Result is kept", "I5 null +6000 I5",
          "warning AFU-055,AFU-056 A-05", "fail AFU-055,AFU-056 A-05" },
        { "I,6", "I0 null I6", "warning AFU-055,AFU-056 A-05",
          "fail AFU-055,AFU-056 A-05" },
        { "I,8", "I0 null I8", "warning AFU-055,AFU-056 A-05",
          "fail AFU-055,AFU-056 A-05" },
        { "refused with I,6", "I0 null/415 I6", "warning AFU-055,AFU-056 A-05",
          "fail AFU-055,AFU-056 A-05" },
        { "I,4", "I0 null I4", "fail AFU-056", NULL },
        { "refused, but changed", "I5 null/400 I0", "fail AFU-063", NULL },
        { "0x00 in L", "L0 null I0", "", NULL },
        { "empty URI in L", "L11 uri0 I0", "", NULL },
        { "zero length in L: I,0", "L0 zero I0", "", NULL },
        { "zero length in L: I,5", "L0 zero I5", "", NULL },
        { "zero length in L: nothing", "L13 zero +6000 L13", "", NULL },
        { "zero length in I: D", "I0 zero D0 I6", "", NULL },
        { "zero length in I: I,6", "I1 zero/400 I6", "", NULL },
        { "zero length in I: L", "I0 zero L0", "", NULL },
        { "zero length in L: refused, and I,5", "L0 zero/408 I5", "", NULL },
        { "zero length in L: I, then I,6", "L13 zero I13 +20000 I13 I6", "",
          NULL },
        { "zero length in U: refused", "L0 update U0 zero/405 +6000 U0", "",
          NULL },
        { "zero length starts nothing", "L0 zero U0", "fail AFU-052", NULL },
        { "zero length gives no illegal pair", "L0 zero L4", "fail AFU-053",
          NULL },
        { "Idle: after a second URI, the old Result is kept",
          "I0 uri I7 uri I7 +6000 I7 uri0 +6000 I7",
          "warning AFU-055,AFU-056 A-05", "fail AFU-055,AFU-056 A-05" },
        { "Idle: at once after a second URI, the old Result is kept",
          "I0 uri I7 +6000 I7 uri I7 uri0 +6000 I7",
          "warning AFU-055,AFU-056 A-05", "fail AFU-055,AFU-056 A-05" },
        { "Idle: by both forms, after a second URI",
          "I0 uri I7 uri I7 uri0 null +6000 I7", "warning AFU-055,AFU-056 A-05",
          "fail AFU-055,AFU-056 A-05" },
        { "Idle: the reset may have come to a download that nobody saw",
          "I0 uri I7 +6000 I7 uri uri0 +6000 I7",
          "warning AFU-055,AFU-056 A-04", NULL },
        { "Downloading: it begins late, and the reset is ignored",
          "I0 uri I7 +6000 I7 uri I7 uri0 D0 +6000 D0 I7",
          "warning AFU-055,AFU-056 A-04", NULL },
        { "Downloading: after a second URI, ignored",
          "I0 uri I7 uri D0 +6000 D0 uri0 +6000 D0 I7",
          "warning AFU-055,AFU-056 A-04", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a06_a09_a10_a11_errors_of_a_transfer(void)
{
    static const struct scene_row rows[] = {
        { "A-06: 2.04 and 9", "I0 uri I9", "", NULL },
        { "A-06: 4.00 and 9", "I5 uri/400 I9", "", NULL },
        { "A-06: by way of D", "I0 uri D0 I9", "", NULL },
        { "A-09: 2.04 and 5", "I0 push D0 last I5", "", NULL },
        { "A-09: 4.00 and 5", "I0 push D0 last/400 I5", "", NULL },
        { "A-09: 4.08 and 5", "I0 push D0 last/408 I5", "", NULL },
        { "A-09: 4.13 and 2", "I0 whole/413 I2", "", NULL },
        { "A-09: 4.15 and 6", "I1 push/415 I6", "", NULL },
        { "A-09: 5.00 and 8", "I0 push D0 block/500 I8", "", NULL },
        { "A-09: 5.00 and 12", "I0 push/500 I12", "", NULL },
        { "A-09: 5.00 and 0", "I0 push D0 last/500 I0 +6000 I0",
          "fail AFU-052 A-24", "warning AFU-052 A-24; fail AFU-052 A-24" },
        { "A-09: refused with a Result that is none of them", "I0 push/500 I1",
          "fail AFU-063", NULL },
        { "A-09: D is seen after the code", "I0 whole/415 D0 +2000 D0 I6", "",
          NULL },
        { "A-09: D is seen with the old Result", "I2 whole/500 D2 I8", "",
          NULL },
        { "A-09: D is seen with the Result to come", "I3 whole/500 D12 I12", "",
          NULL },
        { "A-09: the old Result is gone first", "I3 whole/500 I0 I12", "",
          NULL },
        { "A-09: the old Result is gone, and no other comes",
          "I3 whole/500 I0 +6000 I0", "fail AFU-063", NULL },
        { "A-09: D, then the Result to come", "I0 whole/500 D0 D3 I3", "",
          NULL },
        { "A-09: 10 for a moment", "I0 whole/415 D0 I10 I6", "",
          "warning AFU-052 A-24" },
        { "A-09: D stays after the code", "I0 whole/415 D0 +6000 D0",
          "fail AFU-063", NULL },
        { "A-06: a download begins after the code", "I0 uri/400 D0 L0",
          "fail AFU-063", NULL },
        { "A-10: 4", "I0 uri D0 I4", "", NULL },
        { "A-10: 6", "I0 uri/400 I6", "", NULL },
        { "A-10: 7", "I0 uri/400 I7", "", NULL },
        { "A-10: 8", "I0 uri D0 I8", "", NULL },
        { "A-10: refused, and unchanged", "I3 uri/400 +6000 I3", "", NULL },
        { "A-11: 6", "I0 whole I6", "", NULL },
        { "A-11: 5", "I0 whole I5", "", NULL },
        { "A-31: D is not seen", "I0 uri +6000 I7", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a07_a14_a41_lists_that_cannot_be_had(void)
{
    static const struct scene_row rows[] = {
        { "2.04 and L,13", "L0 1.I0 update=1 L13", "", NULL },
        { "2.04 and I,13", "L0 1.I0 update=1 I13", "", NULL },
        { "by way of U", "L0 1.I0 update=1 U0 L13", "", NULL },
        { "4.05 and L,13", "L0 1.I0 update=1/405 L13", "", NULL },
        { "4.06 and I,13", "L0 1.I0 update=1/406 I13", "", NULL },
        { "4.05 and nothing", "L0 1.I0 update=1/405 +6000 L0", "", NULL },
        { "4.05, and it starts", "L0 1.I0 update=1/405 U0", "fail AFU-063",
          NULL },
        { "4.05, and the other one starts", "L0 1.L0 update=1/405 1.U0",
          "fail AFU-063", NULL },
        { "2.04 and L,5 is not 13", "L0 1.I0 update=1 L4", "fail AFU-053",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a08_a16_a23_pushes(void)
{
    static const struct scene_row rows[] = {
        { "A-08: D while it lasts", "I0 push D0 block +6000 D0 last L0", "",
          NULL },
        { "A-08: I while it lasts", "I0 push I0 block +6000 I0 last L0", "",
          NULL },
        { "A-08: I, then an error", "I0 push +6000 I0 +60000 I4", "", NULL },
        { "A-16: the new one goes on", "I0 push D0 push D0 last L0", "", NULL },
        { "A-16: 5.03", "I0 push D0 push/503 +6000 D0 +30000 I4", "", NULL },
        { "A-16: refused, and both are off", "I0 push D0 push/400 I0", "",
          NULL },
        { "A-16: an error", "I0 push D0 push I5", "", NULL },
        { "A-16: half of it is no package", "I0 push D0 push/503 L0",
          "fail AFU-063", NULL },
        { "A-23: old Result in I during a push", "I5 push +6000 I5 last L0",
          "warning AFU-036 A-23", NULL },
        { "A-23: old Result in D for a moment", "I5 push D5 D0", "", NULL },
        { "A-23: old Result in D for longer", "I5 push D5 +3000 D5 +3000 D5 D5",
          "warning AFU-036 A-23", "fail AFU-036 A-23" },
        { "A-23: of a pull", "I13 uri D13 +6000 D13", "warning AFU-036 A-23",
          "fail AFU-036 A-23" },
        { "A-23: in L", "I8 push D0 last L8", "fail AFU-036", NULL },
        { "4.1: the error that ends it for a moment",
          "I0 push D0 D5 +3000 D5 I5", "", NULL },
        { "4.1: the error that ends it for longer", "I0 push D0 D5 +6000 D5 I5",
          "warning AFU-051", NULL },
        { "4.1: and then another error", "I0 push D0 D5 I4", "fail AFU-052",
          NULL },
        { "4.1: and then L all the same", "I0 push D0 last D5 L0",
          "fail AFU-052", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a12_linked_instances_that_are_not_downloaded(void)
{
    static const struct scene_row rows[] = {
        { "all are", "li=1,2 all=L0,L0,L8", "", NULL },
        { "one is Idle", "li=1 all=L0,I0,I0", "warning AFU-101 A-12",
          "fail AFU-101 A-12" },
        { "one is Updating", "li=1,2 all=L0,L0,U0", "warning AFU-101 A-12",
          "fail AFU-101 A-12" },
        { "not judged over several Reads", "li=1 1.I0 L0", "", NULL },
        { "itself", "li=0 L0", "fail AFU-103", NULL },
        { "one that is not there", "li=7 L0", "fail AFU-103", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a13_a18_deferral(void)
{
    static const struct scene_row rows[] = {
        { "L,11", "L0 update L11", "", NULL },
        { "by way of U", "L0 update U0 L11", "warning AFU-131 A-13", NULL },
        { "by way of U, and long", "L0 update U0 +6000 U0 L11",
          "warning AFU-131 A-13", "fail AFU-131 A-13" },
        { "I,8 instead", "L0 update I8", "", NULL },
        { "I,11", "L0 update I11", "fail AFU-081", NULL },
        { "I,11 as a first view", "I11", "warning AFU-051", NULL },
        { "A-18: starts when it likes", "L0 update L11 +999000 L11 U0", "",
          NULL },
        { "R stays 11 in U", "L0 update L11 U11", "fail AFU-054,AFU-082",
          NULL },
        { "Cancel", "L11 cancel I10", "", NULL },
        { "reset", "L11 null I0", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a15_ends_of_an_update(void)
{
    static const struct scene_row rows[] = {
        { "I,5", "L0 update U0 I5", "", NULL },
        { "L,5", "L0 update U0 L5", "warning AFU-060 A-15",
          "fail AFU-060 A-15" },
        { "L,5 with U missed", "L0 update L5", "warning AFU-060 A-15",
          "fail AFU-060 A-15" },
        { "L,5 in a notification", "~L0 update ~L5 I5", "warning AFU-060 A-15",
          "fail AFU-060 A-15" },
        { "I,8", "L0 update U0 I8", "", NULL },
        { "L,8", "L0 update U0 L8", "", NULL },
        { "its Result before State", "L0 update U0 U8 L8", "warning AFU-054",
          NULL },
        { "its Result before State, and long", "L0 update U0 U8 +6000 U8 L8",
          "warning AFU-054; fail AFU-054", NULL },
        { "its Result before State, and another after", "L0 update U0 U8 I1",
          "warning AFU-054; fail AFU-081", NULL },
        { "the Result from before", "L8 update U8 U0",
          "warning AFU-054; fail AFU-081", NULL },
        { "the Result from before, 11", "L11 update U11",
          "fail AFU-054,AFU-082", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a17_reboot_while_downloading(void)
{
    static const struct scene_row rows[] = {
        { "I,0", "I0 push D0 register I0 +6000 I0", "", NULL },
        { "I,4", "I0 push D0 register I4", "", NULL },
        { "D,0", "I0 push D0 register D0", "", NULL },
        { "I,10", "I0 push D0 register I10 +6000 I10", "warning AFU-164 A-17",
          NULL },
        { "I,1", "I0 push D0 register I1", "fail AFU-052", NULL },
        { "I,13", "I0 push D0 register I13", "fail AFU-052", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a20_a33_several_downloads(void)
{
    static const struct scene_row rows[] = {
        { "A-20: parallel", "I0 1.I0 uri 1.uri D0 1.D0 L0 1.L0", "", NULL },
        { "A-20: queued in D", "I0 1.I0 uri 1.uri D0 1.D0 L0 +99000 1.D0 1.L0",
          "", NULL },
        { "A-20: queued in I", "I0 1.I5 uri 1.uri D0 +9000 1.I5 +9000 L0 1.D0",
          "", NULL },
        { "A-20: rejected", "I0 1.I0 uri 1.uri/405 D0 +9000 1.I0", "", NULL },
        { "A-20: 12 for another transfer", "I0 1.I0 uri D0 1.push/500 1.I12",
          "", NULL },
        { "A-33: I,10", "I0 1.I0 uri 1.uri D0 1.D0 1.cancel 1.I10", "", NULL },
        { "A-33: no effect",
          "I0 1.I0 uri 1.uri D0 1.D0 1.cancel +6000 1.D0 1.L0",
          "warning AFU-140 A-33", "fail AFU-140 A-33" },
        { "A-33: no effect while it is the only one",
          "I0 1.I0 2.I0 1.uri 1.D0 1.cancel +6000 1.D0", "fail AFU-059", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a22_packages_of_several_components(void)
{
    static const struct scene_row rows[] = {
        { "siblings stay", "I0 1.I0 load=0,1 whole L0 1.L0 cancel I10 1.L0", "",
          NULL },
        { "siblings are cancelled, too",
          "I0 1.I0 load=0,1 whole L0 1.L0 cancel I10 1.I10", "", NULL },
        { "siblings are reset, too",
          "I0 1.I0 load=0,1 whole L0 1.L0 uri0 I0 1.I0", "", NULL },
        { "siblings drop after an update",
          "I0 1.I0 load=0,1 whole L0 1.L0 update=0 I1 +60000 1.I0", "", NULL },
        { "siblings do not start",
          "I0 1.I0 load=0,1 whole L0 1.L0 cancel I10 1.U0", "fail AFU-177",
          NULL },
        { "a package of its own does not go",
          "I0 1.I0 whole 1.whole +6000 L0 1.L0 cancel I10 1.I10",
          "fail AFU-177", NULL },
        { "nor does a newer one",
          "I0 1.I0 load=0,1 whole L0 1.L0 1.cancel 1.I10 1.load=1 1.whole "
          "+6000 1.L0 cancel I10 1.I10",
          "fail AFU-177", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a24_results_that_are_not_final_yet(void)
{
    static const struct scene_row rows[] = {
        { "Cancel: State first", "L0 cancel I0 I10", "",
          "warning AFU-059 A-24" },
        { "Cancel: Result first", "L0 cancel L10 I10", "",
          "warning AFU-059 A-24" },
        { "Cancel: told once", "L0 cancel I0 +1000 I0 +1000 I0 I10", "",
          "warning AFU-059 A-24" },
        { "Cancel: and stays", "L0 cancel I0 +6000 I0", "fail AFU-059 A-24",
          "warning AFU-059 A-24; fail AFU-059 A-24" },
        { "Cancel: and another one", "L0 cancel I0 I4", "fail AFU-059",
          "warning AFU-059 A-24; fail AFU-059" },
        { "download: 10 for a moment", "I0 push D0 I10 I4", "",
          "warning AFU-052 A-24" },
        { "download: 10 and 0 for a moment", "I0 push D0 I10 I0 I12", "",
          "warning AFU-052 A-24; warning AFU-052 A-24" },
        { "download: 10 and stays", "I0 push D0 I10 +6000 I10",
          "fail AFU-052 A-24", "warning AFU-052 A-24; fail AFU-052 A-24" },
        { "download: 0 for a moment", "I0 push D0 I0 I5", "",
          "warning AFU-052 A-24" },
        { "download: not after long", "I0 push D0 uri0 I0 +6000 I0 +6000 I5",
          "fail AFU-052", NULL },
        { "update: State first", "L0 update U0 I0 I1", "",
          "warning AFU-058,AFU-061 A-24" },
        { "update: back to L", "L0 update U0 L0 L8", "",
          "warning AFU-058,AFU-061 A-24" },
        { "update: and stays", "L0 update U0 I0 +6000 I0",
          "fail AFU-058,AFU-061 A-24",
          "warning AFU-058,AFU-061 A-24; fail AFU-058,AFU-061 A-24" },
        { "reset: State first", "L8 null I8 I0", "",
          "warning AFU-055,AFU-056 A-24" },
        { "reset: Result first", "L8 null L0 I0", "",
          "warning AFU-055,AFU-056 A-24" },
        { "reset: and stays", "L8 null I8 +6000 I8",
          "fail AFU-055,AFU-056 A-24",
          "warning AFU-055,AFU-056 A-24; fail AFU-055,AFU-056 A-24" },
        { "start: Result first", "L8 update L0 U0", "",
          "warning AFU-081 A-24" },
        { "start: of a deferred update", "L11 L0 U0", "",
          "warning AFU-081 A-24" },
        { "start: of a deferred update, and stays", "L11 L0 +6000 L0",
          "fail AFU-081 A-24", "warning AFU-081 A-24; fail AFU-081 A-24" },
        { "sibling's package: Result first", "1.I0 I5 1.load=0,1 1.whole I0 L0",
          "", NULL },
        { "sibling's package: and stays",
          "1.I0 I5 1.load=0,1 1.whole I0 +6000 I0", "fail AFU-116", NULL },
        { "start: State first", "L11 update U11 U0", "fail AFU-054,AFU-082",
          NULL },
        { "notification of a Cancel", "~L0 cancel ~L10 ~I10", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a25_a35_a38_a42_execute(void)
{
    static const struct scene_row rows[] = {
        { "A-25: quoted", "L0 1.L0 2.L0 exec=0='<_33629_1>' U0 1.U0 2.L0", "",
          NULL },
        { "A-25: unquoted, the meaning it shows",
          "L0 1.L0 2.L0 exec=0=<_33629_1> U0 1.U0 2.L0", "", NULL },
        { "A-25: unquoted, another meaning",
          "L0 1.L0 2.L0 exec=0=<_33629_1> U0 1.L0 2.U0", "fail AFU-087", NULL },
        { "A-25: unquoted, taken as no argument",
          "li=1,2 all=L0,L0,L0 "
          "exec=0=<_33629_1> U0 2.U0",
          "fail AFU-087", NULL },
        { "A-35: at once", "L0 1.L0 update=1 all=U0,U0,I0", "", NULL },
        { "A-35: later", "L0 1.L0 update=1 U0 1.L0 I1 +30000 1.L0 1.U0 1.I1",
          "", NULL },
        { "A-34: each its own Result", "L0 1.L0 update=1 U0 1.U0 L8 1.I5", "",
          NULL },
        { "A-34: deferred together", "L0 1.L0 update=1 L11 1.L11", "", NULL },
        { "A-38: the answer is lost", "L0 update/lost U0 I1", "", NULL },
        { "A-42: free text as no argument",
          "li=1 all=L0,L0,L0 exec=now U0 "
          "1.U0",
          "", NULL },
        { "A-42: but no one who is not linked",
          "li=1 all=L0,L0,L0 exec=now U0 2.U0", "fail AFU-091", NULL },
        { "argument 0 with nothing", "li=1 all=L0,L0,L0 exec=0='' U0 1.U0",
          "fail AFU-085", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a32_create_and_delete(void)
{
    static const struct scene_row rows[] = {
        { "refused", "I0 create/405 delete/405", "", NULL },
        { "refused in another way", "I0 create/400 delete/500", "", NULL },
        { "created", "I0 create/201", "fail AFU-003", NULL },
        { "deleted", "I0 delete/202", "fail AFU-004", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_profile_may_tolerate_what_strict_fails(void)
{
    static const char *const tolerate[] = { "A-12", "A-15", "A-02", NULL };
    static const struct scene_setup setup = { .tolerate = tolerate };
    static const struct scene_row rows[] = {
        { "A-15", "L0 update L5", "warning AFU-060 A-15", NULL },
        { "A-12", "li=1 all=L0,I0,I0", "warning AFU-101 A-12", NULL },
        { "A-05 is not in the list", "I0 null I6",
          "warning AFU-055,AFU-056 A-05", "fail AFU-055,AFU-056 A-05" },
        { "A-02 tolerates nothing", "I0 update", "fail AFU-080 A-02", NULL },
    };

    SCENE_CHECK(rows, &setup);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "A-01", a01_writes_outside_of_idle },
        { "A-02", a02_update_outside_of_downloaded },
        { "A-03", a03_cancel_in_idle },
        { "A-04", a04_resets },
        { "A-05", a05_forms_of_reset_and_reset_in_idle },
        { "A-06, A-09 to A-11, A-31", a06_a09_a10_a11_errors_of_a_transfer },
        { "A-07, A-14, A-41", a07_a14_a41_lists_that_cannot_be_had },
        { "A-08, A-16, A-23", a08_a16_a23_pushes },
        { "A-12", a12_linked_instances_that_are_not_downloaded },
        { "A-13, A-18", a13_a18_deferral },
        { "A-15", a15_ends_of_an_update },
        { "A-17", a17_reboot_while_downloading },
        { "A-20, A-33", a20_a33_several_downloads },
        { "A-22", a22_packages_of_several_components },
        { "A-24", a24_results_that_are_not_final_yet },
        { "A-25, A-34, A-35, A-38, A-42", a25_a35_a38_a42_execute },
        { "A-32", a32_create_and_delete },
        { "tolerate", a_profile_may_tolerate_what_strict_fails },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle ambiguities", NULL, NULL, NULL, NULL, tests },
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
