/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/scenarios_oracle_scene.h"

/* What is read out of the events, and the limits. */

enum {
    IDLE = 1 << 0,
    DOWNLOADING = 1 << 1,
    DOWNLOADED = 1 << 2,
    UPDATING = 1 << 3,
    ANY_RESULT = (1 << 14) - 1,
};

static const struct scene_setup three = { .component_count = 3 };

static void resources_take_only_their_operations(void)
{
    static const struct scene_row rows[] = {
        { "Write of State refused", "state/405", "", NULL },
        { "Write of State", "state", "fail AFU-008", NULL },
        { "Write of Severity", "severity", "", NULL },
        { "Read of Package refused", "get=0/405", "", NULL },
        { "Read of Package", "get=0/205", "fail AFU-008", NULL },
        { "Read of Update", "get=2/205", "fail AFU-008", NULL },
        { "Execute of State refused", "post=3/405", "", NULL },
        { "Execute of State", "post=3/204", "fail AFU-008", NULL },
        { "Execute of Package URI", "post=1/204", "fail AFU-008", NULL },
        { "Delete of a Resource", "drop=15/202", "fail AFU-008", NULL },
        { "of no defined Resource", "get=4/205", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void values_have_the_defined_type_and_range(void)
{
    static const struct scene_row rows[] = {
        { "State in range", "s=U", "", NULL },
        { "State out of range", "raw=3:04", "fail AFU-009", NULL },
        { "State negative", "raw=3:ff", "fail AFU-009", NULL },
        { "State in three bytes", "raw=3:000001", "fail AFU-009; fail AFU-009",
          NULL },
        { "Result out of range", "raw=5:0e", "fail AFU-009", NULL },
        { "Result 200", "raw=5:7f", "fail AFU-009", NULL },
        { "empty State", "raw=3:", "fail AFU-009; fail AFU-009", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void a_malformed_payload_is_told_and_shows_nothing(void)
{
    scene_open(&three);
    scene_play("L0 cut L0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-009");
    scene_close();
}

/** A request that is encoded in another way is the same stimulus. */
static void writes_are_understood_in_every_format(void)
{
    static const struct scene_row rows[] = {
        { "0x00 as opaque", "L0 put=0:42:00 I0", "", NULL },
        { "0x00 in TLV", "L0 put=0:11542:c10000 I0", "", NULL },
        { "0x00 in Base64", "L0 put=0:0:41413d3d I0", "", NULL },
        { "0x01 is no reset", "L0 put=0:42:01 I0", "fail AFU-052", NULL },
        { "0x0000 is no reset", "L0 put=0:42:0000 I0", "fail AFU-052", NULL },
        { "zero length in TLV", "L0 put=0:11542:c000 I8", "", NULL },
        { "empty URI in text", "L0 put=1:0: I0", "", NULL },
        { "empty URI in TLV", "L0 put=1:11542:c001 I0", "", NULL },
        { "URI in TLV", "I0 put=1:11542:c30161626c D0", "", NULL },
        { "URI in TLV is no reset", "L0 put=1:11542:c30161626c I0",
          "fail AFU-052", NULL },
        { "empty URI in a Write of the instance", "L0 put=-:11542:c001 I0", "",
          NULL },
        { "URI in a Write of the instance", "I0 put=-:11542:c30161626c D0", "",
          NULL },
        { "0x00 in a Write of the instance", "L0 put=-:11542:c10000 I0", "",
          NULL },
        { "nothing of both in a Write of the instance",
          "L0 put=-:11542:c10b02 I0", "fail AFU-052", NULL },
        { "an alternate path", "L0 prefix cancel I10", "", NULL },
        { "another object", "L0 prefix I10 prefix", "fail AFU-052", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

/* The next case. */

static void a_restart_forgets_what_was_believed(void)
{
    static const struct scene_row rows[] = {
        { "any state", "L0 restart U0", "", NULL },
        { "any version", "v=1 L0 restart v=2 L0", "", NULL },
        { "any change time", "lsct=@-9 L0 restart lsct=@-99 L0", "", NULL },
        { "but not what is illegal", "L0 restart L4", "fail AFU-053", NULL },
        { "an answer to what was asked before",
          "L0 cancel/open restart L0 answer L0", "", NULL },
        { "a push in Idle goes on to fail", "I0 push I0 restart I0 +60000 I4",
          "", NULL },
        { "a push in Idle goes on to fail two cases later",
          "I0 push I0 restart restart I0 +60000 I4", "", NULL },
        { "no push, no failure", "I0 restart I0 +60000 I4", "fail AFU-052",
          NULL },
        { "a reset was to end the push",
          "I0 push I0 restart uri0 +6000 I0 +60000 I4",
          "warning AFU-055,AFU-056 A-05", NULL },
        { "attributes write no empty URI",
          "I0 push I0 restart attributes +6000 I0 +60000 I4", "", NULL },
        { "a batch goes on", "L0 1.L0 update=1 U0 1.L0 restart 1.L0 1.U0", "",
          NULL },
        { "no batch, no start", "L0 1.L0 restart 1.L0 1.U0", "fail AFU-052",
          NULL },
        { "the error that ends a download", "restart D4 I4", "", NULL },
        { "an old Result in D", "restart D1 D0", "", NULL },
        { "the Result that ends an update", "restart U1 I1", "warning AFU-054",
          NULL },
        { "a shared package",
          "all=I0,I0,I0 load=0,1 whole all=L0,L0,I0 "
          "restart L0 1.L0 cancel I10 1.I10",
          "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

/* Belief. */

static unsigned states(uint16_t instance)
{
    struct oracle_belief belief = { .known = false };

    CU_ASSERT_TRUE(oracle_belief(scene_oracle(), instance, &belief));
    return belief.states;
}

static void belief_says_what_is_possible(void)
{
    struct oracle_belief belief = { .known = true };

    scene_open(&three);
    CU_ASSERT_TRUE(oracle_belief(scene_oracle(), 0, &belief));
    CU_ASSERT_FALSE(belief.known);
    CU_ASSERT_EQUAL(states(0), IDLE | DOWNLOADING | DOWNLOADED | UPDATING);
    scene_play("L0");
    CU_ASSERT_TRUE(oracle_belief(scene_oracle(), 0, &belief));
    CU_ASSERT_TRUE(belief.known);
    CU_ASSERT_EQUAL(belief.states, DOWNLOADED);
    CU_ASSERT_EQUAL(belief.results, 1u << 0);
    CU_ASSERT_FALSE(belief.may_change);
    scene_play("update");
    CU_ASSERT_TRUE(oracle_belief(scene_oracle(), 0, &belief));
    CU_ASSERT_EQUAL(belief.states, IDLE | DOWNLOADED | UPDATING);
    CU_ASSERT_TRUE(belief.may_change);
    scene_play("+6000 I1");
    CU_ASSERT_TRUE(oracle_belief(scene_oracle(), 0, &belief));
    CU_ASSERT_EQUAL(belief.states, IDLE);
    CU_ASSERT_EQUAL(belief.results, 1u << 1);
    CU_ASSERT_FALSE(oracle_belief(scene_oracle(), 9, &belief));
    scene_close();
}

static void can_reach_says_when_waiting_is_in_vain(void)
{
    scene_open(&three);
    CU_ASSERT_TRUE(oracle_can_reach(scene_oracle(), 0, UPDATING, 1));
    scene_play("L0");
    CU_ASSERT_TRUE(oracle_can_reach(scene_oracle(), 0, DOWNLOADED, 1));
    CU_ASSERT_FALSE(oracle_can_reach(scene_oracle(), 0, UPDATING, ANY_RESULT));
    CU_ASSERT_FALSE(oracle_can_reach(scene_oracle(), 0, DOWNLOADED, 1 << 8));
    scene_play("update U0");
    CU_ASSERT_TRUE(oracle_can_reach(scene_oracle(), 0, IDLE, 1 << 1));
    CU_ASSERT_TRUE(oracle_can_reach(scene_oracle(), 0, DOWNLOADED, 1 << 8));
    CU_ASSERT_FALSE(oracle_can_reach(scene_oracle(), 0, IDLE, 1 << 4));
    CU_ASSERT_FALSE(
        oracle_can_reach(scene_oracle(), 0, DOWNLOADING, ANY_RESULT));
    scene_play("+6000 I8");
    CU_ASSERT_FALSE(oracle_can_reach(scene_oracle(), 0, IDLE, 1 << 1));
    CU_ASSERT_TRUE(oracle_can_reach(scene_oracle(), 9, IDLE, 1 << 1));
    scene_close();
}

/* What is told. */

static void a_finding_names_what_was_possible_and_how_it_came(void)
{
    scene_open(&three);
    scene_play("I0 push D0 block I1");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-052");
    CU_ASSERT_STRING_EQUAL(scene_expected(),
                           "one of State/Result Idle/2 (ST-21), Idle/3 "
                           "(ST-22), Idle/4 (ST-23), Idle/5 (ST-18), Idle/6 "
                           "(ST-19, ST-24), Idle/7 (ST-24), Idle/8 (ST-19, "
                           "ST-24), Idle/9 (ST-24), Idle/12 (ST-20), "
                           "Downloading/0");
    CU_ASSERT_STRING_EQUAL(
        scene_observed(),
        "State Idle with Update Result 1 (before: State Downloading with "
        "Update Result 0), which nothing that was done explains");
    CU_ASSERT_STRING_EQUAL(scene_detail(),
                           "#2 read: State Idle with Update Result 0\n"
                           "#3 Package, first block\n"
                           "#6 read: State Downloading with Update Result 0\n"
                           "#7 Package, next block");
    scene_close();
}

static void an_effect_of_what_is_refused_says_so(void)
{
    scene_open(&three);
    scene_play("L0 cancel/open I10 answer/405");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-063");
    CU_ASSERT_STRING_EQUAL(scene_expected(), "no effect of what is refused");
    CU_ASSERT_STRING_EQUAL(
        scene_observed(),
        "State Idle with Update Result 10 (before: State Idle with Update "
        "Result 10), which nothing that was done explains");
    scene_close();
}

static void a_long_trace_keeps_its_end(void)
{
    scene_open(&three);
    for (int i = 0; i < 30; i++) {
        scene_play("L0 +6000 cancel I10 +6000 whole");
    }
    scene_play("L0 +6000 L0 I2");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-052");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(scene_detail(), "read: State Downloaded with Update Result 0"));
    CU_ASSERT_PTR_NULL(strstr(scene_detail(), "#2 "));
    scene_close();
}

/* Limits: full tables are errors. */

static void a_long_push_fills_no_table(void)
{
    scene_open(&three);
    scene_play("I0 push");
    for (int i = 0; i < 2000; i++) {
        scene_play("block");
    }
    scene_play("D0 last L0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_close();
}

/** All blocks behind a gap. */
static void a_long_push_that_is_refused_fills_no_table(void)
{
    scene_open(&three);
    scene_play("I0 push block");
    for (int i = 0; i < 2000; i++) {
        scene_play("block/408");
    }
    scene_play("D0 last/408 D0 +6000 I4");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_close();
}

/** … and what a refusal ended stays ended. */
static void what_a_refused_block_made_stays_possible(void)
{
    static const struct {
        const char *script;
        const char *findings;
    } rows[] = {
        { "I0 push block/408 block I5", "" },
        { "I0 push block/408 block block/408 block I5", "" },
        { "I0 push block/408 block D0 block I4", "" },
        { "I0 push block/408 block L0", "fail AFU-052" },
        { "I0 push block/408 block/408 block/408 last/408 L0", "fail AFU-063" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        scene_open(&three);
        scene_play(rows[i].script);
        if (strcmp(scene_findings(), rows[i].findings) != 0) {
            printf("\n    %s: %s", rows[i].script, scene_findings());
        }
        CU_ASSERT_STRING_EQUAL(scene_findings(), rows[i].findings);
        scene_close();
    }
}

static void a_refusal_within_a_long_push_is_seen(void)
{
    scene_open(&three);
    scene_play("I0 push block block block/405 block +6000 L0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-052");
    scene_close();
}

static void blocks_that_are_all_refused_fill_no_table(void)
{
    scene_open(&three);
    scene_play("I0");
    for (int i = 0; i < 500; i++) {
        scene_play("block/408");
    }
    scene_play("I0 +6000 I0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_play("L0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-052");
    scene_close();
}

static void more_stimuli_than_are_followed_are_an_error(void)
{
    scene_open(&three);
    scene_play("L0");
    for (int i = 0; i < 128; i++) {
        scene_play("cancel/405");
    }
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_play("cancel/405 cancel/405");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "error ");
    scene_close();
}

static void stimuli_that_are_settled_make_room(void)
{
    scene_open(&three);
    scene_play("L0");
    for (int i = 0; i < 100; i++) {
        scene_play("cancel/405 +6000");
    }
    scene_play("I10");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-063");
    scene_close();
}

static void more_open_requests_than_are_followed_are_an_error(void)
{
    scene_open(&three);
    for (int i = 0; i < 512; i++) {
        scene_play("s/open");
    }
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_play("s/open s/open");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "error ");
    scene_close();
}

static void requests_that_are_over_make_room(void)
{
    scene_open(&three);
    scene_play("~L0");
    for (int i = 0; i < 2000; i++) {
        scene_play("s=L s/lost");
    }
    scene_play("~L4");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-051");
    scene_close();
}

static void any_number_of_transfers_is_followed(void)
{
    scene_open(&three);
    scene_play("all=I0,I0,I0");
    for (int i = 0; i < 100; i++) {
        scene_play("load=0,1 2.load=2,0");
    }
    scene_play("whole 2.whole loaded all=L0,L0,L0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_close();
}

static void more_components_than_are_followed_are_a_status(void)
{
    static const struct oracle_component components[65];
    const struct oracle_config config = { .endpoint = "device",
                                          .components = components,
                                          .component_count = 65 };
    struct oracle *oracle = NULL;
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(oracle_new(&config, &oracle, &reason), STATUS_LIMIT);
    CU_ASSERT_PTR_NULL(oracle);
    CU_ASSERT_STRING_EQUAL(reason.text, "more than 64 components");
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "operations", resources_take_only_their_operations },
        { "values", values_have_the_defined_type_and_range },
        { "malformed", a_malformed_payload_is_told_and_shows_nothing },
        { "formats", writes_are_understood_in_every_format },
        { "restart", a_restart_forgets_what_was_believed },
        { "belief", belief_says_what_is_possible },
        { "can reach", can_reach_says_when_waiting_is_in_vain },
        { "words", a_finding_names_what_was_possible_and_how_it_came },
        { "words of a refusal", an_effect_of_what_is_refused_says_so },
        { "trace", a_long_trace_keeps_its_end },
        { "long push", a_long_push_fills_no_table },
        { "long refused push", a_long_push_that_is_refused_fills_no_table },
        { "ended by a block", what_a_refused_block_made_stays_possible },
        { "refused block", a_refusal_within_a_long_push_is_seen },
        { "refused blocks", blocks_that_are_all_refused_fill_no_table },
        { "too many stimuli", more_stimuli_than_are_followed_are_an_error },
        { "settled stimuli", stimuli_that_are_settled_make_room },
        { "too many requests",
          more_open_requests_than_are_followed_are_an_error },
        { "requests over", requests_that_are_over_make_room },
        { "many transfers", any_number_of_transfers_is_followed },
        { "too many components",
          more_components_than_are_followed_are_a_status },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle journal", NULL, NULL, NULL, NULL, tests },
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
