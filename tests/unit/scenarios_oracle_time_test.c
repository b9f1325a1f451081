/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "tests/unit/scenarios_oracle_scene.h"

/* Time is an interval: design.md section 7; afu.md 4.4, section 8. */

static void a_stimulus_takes_effect_until_t_state(void)
{
    static const struct scene_row rows[] = {
        { "at once", "L0 cancel I10", "", NULL },
        { "just in time", "L0 cancel +4900 L0 +4000 I10", "", NULL },
        { "too late", "L0 cancel +6000 L0", "fail AFU-059", NULL },
        { "too late for an Update", "L0 update +6000 L0", "fail AFU-081",
          NULL },
        { "slow, and seen in between",
          "L0 update +2000 L0 +2000 L0 +900 U0 +60000 U0 I1", "", NULL },
        { "what was lost counts from the time-out",
          "L0 cancel/open +60000 lose +4000 L0 +900 I10", "", NULL },
        { "a slow answer", "L0 cancel/open +60000 L0 answer +4000 L0 I10", "",
          NULL },
        { "an effect before the answer", "L0 cancel/open I10 answer I10", "",
          NULL },
        { "back from a new state", "L0 cancel I10 L0", "fail AFU-059", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void an_answer_may_be_lost(void)
{
    static const struct scene_row rows[] = {
        { "Update taken", "L0 update/lost U0", "", NULL },
        { "Update not taken", "L0 update/lost +6000 L0", "", NULL },
        { "Update taken, seen late", "L0 update/lost L0 +4000 U0", "", NULL },
        { "Cancel taken", "L0 cancel/lost I10", "", NULL },
        { "Cancel not taken", "L0 cancel/lost +6000 L0", "", NULL },
        { "Cancel in Idle, answer lost", "I0 cancel/lost +6000 I0", "", NULL },
        { "Update in Idle, answer lost", "I0 update/lost +6000 I0", "", NULL },
        { "block taken", "I0 push block/lost D0 last L0", "", NULL },
        { "all blocks lost", "I5 push/lost +6000 I5", "", NULL },
        { "reset taken", "L0 null/lost I0", "", NULL },
        { "URI taken", "I0 uri/lost D0 L0", "", NULL },
        { "but nothing else", "L0 cancel/lost U0", "fail AFU-059", NULL },
        { "Update in Idle starts nothing", "I0 update/lost U0", "fail AFU-081",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_read_may_overlap_a_stimulus(void)
{
    static const struct scene_row rows[] = {
        { "the old state", "L0 read/open cancel answer=L0 I10", "", NULL },
        { "the new state", "L0 read/open cancel answer=I10 I10", "", NULL },
        { "the old state after the answer, and much later",
          "L0 read/open cancel +60000 answer=L0 I10", "", NULL },
        { "a Read that follows must be new",
          "L0 cancel +6000 read/open answer=L0", "fail AFU-059", NULL },
        { "two stimuli, the state between",
          "L0 read/open cancel push answer=I10 D0", "", NULL },
        { "two stimuli, the first", "L0 read/open cancel push answer=L0 D0", "",
          NULL },
        { "a stimulus after one that is settled",
          "L0 read/open cancel +6000 push answer=L0 D0", "", NULL },
        { "no other", "L0 read/open cancel push answer=U0", "fail AFU-052",
          NULL },
        { "effect before a refusal", "L0 cancel/open I10 answer/405",
          "fail AFU-063", NULL },
        { "effect of an Update before a refusal",
          "L0 update/open U0 answer/405", "fail AFU-063", NULL },
        { "R=13 before a refusal", "L0 update/open L13 answer/405 L13", "",
          NULL },
        { "of a part between two answers",
          "L0 cancel/open push/open I10 answer D0 answer/231 D0", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_read_may_be_overtaken_by_a_newer_one(void)
{
    static const struct scene_row rows[] = {
        { "older state last", "L0 update read/open U0 answer=L0 U0 I1", "",
          NULL },
        { "it does not take the newer one back",
          "I0 push D0 read/open block I4 answer=D0 I4", "", NULL },
        { "an error after a fresh start",
          "I4 read/open push D0 answer=I4 D0 last L0", "", NULL },
        { "over a stimulus that is settled by then",
          "L0 read/open cancel +6000 I10 answer=L0 I10", "", NULL },
        { "two of them",
          "L0 read/open read/open update U0 answer=L0 "
          "answer=L0 U0 I1",
          "", NULL },
        { "but nothing that never was", "L0 read/open update U0 answer=I10",
          "fail AFU-081", NULL },
        { "and a later Read is judged as ever",
          "L0 read/open update U0 answer=L0 D0", "fail AFU-081", NULL },
        { "a version that is older",
          "v=1 L0 update read/open v=2 I1 v=1 answer=L0 v=2 I1", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_notification_may_be_older_than_a_read(void)
{
    static const struct scene_row rows[] = {
        { "older", "~L0 cancel I10 ~L0 I10", "", NULL },
        { "newer", "~L0 cancel ~I10 I10", "", NULL },
        { "much older", "~I0 push D0 last L0 update U0 I1 ~D0 ~L0 ~U0 ~I1", "",
          NULL },
        { "an illegal pair", "~L0 ~L1", "fail AFU-051", NULL },
        { "an illegal pair in U", "~L0 update ~U11", "fail AFU-051", NULL },
        { "its Result before State", "~L0 update ~U1 ~I1 I1", "warning AFU-054",
          NULL },
        { "old Result in D", "~I5 push ~D5 ~D0 D0", "", NULL },
        { "11 in Idle", "~I0 ~I11", "warning AFU-051", NULL },
        { "none for a short state", "~I0 push last ~L0 update ~I1 I1", "",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void state_leaves_updating_in_time(void)
{
    static const struct scene_row rows[] = {
        { "in time", "L0 update U0 +119000 U0 I1", "", NULL },
        { "too late", "L0 update U0 +60000 U0 +61000 U0", "warning AFU-064",
          NULL },
        { "told once", "L0 update U0 +60000 U0 +61000 U0 +1000 U0",
          "warning AFU-064", NULL },
        { "State alone", "L0 update s=U +60000 s=U +61000 s=U",
          "warning AFU-064", NULL },
        { "another update that was not seen to begin",
          "L0 update U0 +100000 U0 update +30000 U0", "", NULL },
        { "not told of what no Read saw", "L0 update U0 +500000 U0", "", NULL },
        { "but then it must go on",
          "L0 update U0 +500000 U0 +119000 U0 +2000 "
          "U0",
          "warning AFU-064", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void state_leaves_downloading_when_nothing_is_sent(void)
{
    static const struct scene_row rows[] = {
        { "in time", "I0 push D0 +59000 D0 +5000 D0 I4", "", NULL },
        { "too late", "I0 push D0 +66000 D0", "fail AFU-040", NULL },
        { "told once", "I0 push D0 +66000 D0 +66000 D0", "fail AFU-040", NULL },
        { "blocks go on", "I0 push D0 +60000 block D0 +60000 block D0", "",
          NULL },
        { "a refused block is a sign, too",
          "I0 push D0 +60000 block/408 D0 +60000 D0", "", NULL },
        { "all is there", "I0 push D0 last D0 +66000 D0", "fail AFU-030",
          NULL },
        { "in one message", "I0 whole D0 +66000 D0", "fail AFU-030", NULL },
        { "after a reboot", "I0 push D0 register D0 +66000 D0",
          "warning AFU-164", NULL },
        { "after a reboot, in time", "I0 push D0 +50000 register D0 +50000 D0",
          "", NULL },
        { "a pull: its traffic is not seen", "I0 uri D0 +999000 D0", "", NULL },
        { "a pull after a reboot", "I0 uri D0 register D0 +999000 D0", "",
          NULL },
        { "may be a pull from before", "D0 push/503 +999000 D0", "", NULL },
        { "a pull that a push does not stop",
          "I0 uri D0 push +6000 D0 +999000 D0", "", NULL },
        { "a push after a pull", "I0 uri D0 L0 null I0 push D0 +66000 D0",
          "fail AFU-040", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

/* Last State Change Time: AFU-150, A-24, A-37, section 8. */

static void change_time_is_set_when_state_changes(void)
{
    static const struct scene_row rows[] = {
        { "it is", "lsct=@-100 L0 +30000 update lsct=@0 U0 +9000 lsct=@0 I1",
          "", NULL },
        { "a second early", "lsct=@-100 L0 +30000 update lsct=@-1 U0", "",
          NULL },
        { "within T_CLK", "lsct=@-100 L0 +30000 update lsct=@-5 U0", "", NULL },
        { "unchanged", "lsct=@-100 L0 +30000 L0 update U0", "fail AFU-150",
          NULL },
        { "unchanged, and two changes are close",
          "lsct=@0 L0 +1000 update U0 +1000 I1", "", NULL },
        { "unchanged is told each time",
          "lsct=@-100 L0 +30000 L0 update U0 +30000 U0 I1",
          "fail AFU-150; fail AFU-150", NULL },
        { "older than the change, by our clock",
          "lsct=@-1000 L0 +30000 L0 update lsct=@-900 U0", "warning AFU-150",
          NULL },
        { "a change of Result alone needs none",
          "lsct=@-100 L0 +30000 L0 update L11", "", NULL },
        { "a change of Result alone may set it",
          "lsct=@-100 L0 +30000 update lsct=@0 L11", "", NULL },
        { "a state between was missed", "lsct=@-100 I0 +30000 push lsct=@0 I4",
          "", NULL },
        { "State alone says nothing", "lsct=@-100 L0 +30000 s=L update s=U", "",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void change_time_does_not_decrease_or_lie_ahead(void)
{
    static const struct scene_row rows[] = {
        { "decreases", "lsct=@-100 L0 lsct=@-200 L0", "fail AFU-150", NULL },
        { "notified as it is",
          "lsct=@-100 ~L0 ~L0 update lsct=@0 ~U0 +3000 lsct=@0 ~I1", "", NULL },
        { "decreases in notifications",
          "lsct=@-100 ~L0 ~L0 update lsct=@-200 ~U0", "fail AFU-150", NULL },
        { "decreases in notifications, within T_CLK",
          "lsct=@0 ~L0 ~L0 update lsct=@-4 ~U0", "warning AFU-150", NULL },
        { "decreases in notifications, as it restarted",
          "lsct=@-100 ~L0 ~L0 update register lsct=9 ~U0 ~U0", "", NULL },
        { "decreases with State", "lsct=@-100 L0 update lsct=@-200 U0",
          "fail AFU-150", NULL },
        { "decreases within T_CLK", "lsct=@0 L0 update lsct=@-4 U0",
          "warning AFU-150", NULL },
        { "over a reboot", "lsct=@-100 L0 register lsct=0 L0", "", NULL },
        { "after a reboot as ever",
          "lsct=@-100 L0 register lsct=50 L0 lsct=7 L0", "fail AFU-150", NULL },
        { "ahead, by our clock", "lsct=@60 L0", "warning AFU-150", NULL },
        { "ahead is told once", "lsct=@60 L0 L0 L0", "warning AFU-150", NULL },
        { "ahead within T_CLK", "lsct=@5 L0", "", NULL },
        { "negative", "lsct=-1 L0", "fail AFU-009", NULL },
        { "A-37: 0 at first", "lsct=0 I0 push lsct=@0 D0", "", NULL },
        { "A-37: time of the boot at first", "lsct=@-9999 I0 I0", "", NULL },
        { "no wall clock", "lsct=0 L0 +30000 update lsct=30 U0 lsct=31 I1", "",
          NULL },
        { "no wall clock: the same is monotonic",
          "lsct=0 L0 +30000 L0 update U0 I1", "", NULL },
        { "no wall clock: decreases", "lsct=900 L0 update lsct=30 U0",
          "fail AFU-150", NULL },
        { "an overtaken Read",
          "lsct=@-100 L0 update read/open +3000 lsct=@0 U0 lsct=@-100 "
          "answer=L0 lsct=@0 U0",
          "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void change_time_is_held_against_a_clock_that_is_known(void)
{
    static const struct scene_row rows[] = {
        { "ahead", "clock=@0 lsct=@60 L0", "fail AFU-150", NULL },
        { "older than the change",
          "clock=@0 lsct=@-1000 L0 +30000 L0 update lsct=@-900 U0",
          "fail AFU-150", NULL },
        { "a clock of its own", "clock=@-600 lsct=@60 L0", "warning AFU-150",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "T_STATE", a_stimulus_takes_effect_until_t_state },
        { "lost answers", an_answer_may_be_lost },
        { "overlap", a_read_may_overlap_a_stimulus },
        { "overtaken Reads", a_read_may_be_overtaken_by_a_newer_one },
        { "notifications", a_notification_may_be_older_than_a_read },
        { "Updating", state_leaves_updating_in_time },
        { "Downloading", state_leaves_downloading_when_nothing_is_sent },
        { "change time", change_time_is_set_when_state_changes },
        { "its order", change_time_does_not_decrease_or_lie_ahead },
        { "its clock", change_time_is_held_against_a_clock_that_is_known },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle time", NULL, NULL, NULL, NULL, tests },
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
