/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/steps.h"
#include "tests/unit/scenarios_steps_fake.h"

/* Transfers that rest, go on and are given up, and how they ended. */

static struct run *run;

static void begin(void)
{
    run = fake_new();
}

static void end(void)
{
    fake_free(run);
    run = NULL;
}

static void expect_one(enum finding_level level)
{
    CU_ASSERT_EQUAL(run->finding_count, 1);
    CU_ASSERT_EQUAL(run->findings[0].level, level);
}

static enum step_progress give(enum journal_kind kind, const char *data)
{
    fake_append_data(run, kind, data);
    return run->type->drive(
        run, event_store_at(run->store, event_store_count(run->store) - 1));
}

static void several_go_on_until_the_last_has_ended(void)
{
    begin();
    run->is_transfer_paused[0] = true;
    run->is_transfer_paused[1] = true;
    CU_ASSERT_EQUAL(fake_start(run, "{\"resume\": \"x\", \"with\": [\"y\"]}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(run->transfers, 2);
    CU_ASSERT_EQUAL(give(JOURNAL_TRANSFER_END,
                         "{\"transfer\": 2, \"outcome\": \"complete\"}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(give(JOURNAL_TRANSFER_END,
                         "{\"transfer\": 7, \"outcome\": \"complete\"}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(give(JOURNAL_TRANSFER_END,
                         "{\"transfer\": 1, \"outcome\": \"refused\"}"),
                    STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

static void one_that_was_lost_makes_it_inconc(void)
{
    begin();
    run->is_transfer_paused[0] = true;
    run->is_transfer_paused[1] = true;
    (void)fake_start(run, "{\"resume\": \"x\", \"with\": [\"y\"]}");
    (void)give(JOURNAL_TRANSFER_END,
               "{\"transfer\": 1, \"outcome\": \"lost\"}");
    CU_ASSERT_EQUAL(give(JOURNAL_TRANSFER_END,
                         "{\"transfer\": 2, \"outcome\": \"complete\"}"),
                    STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_INCONC);
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                           "the transfer ended with 'lost'");
    end();
}

static void what_has_ended_already_is_left_out(void)
{
    begin();
    run->is_transfer_paused[1] = true;
    CU_ASSERT_EQUAL(fake_start(run, "{\"resume\": \"x\", \"with\": [\"y\"]}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(run->transfers, 1);
    CU_ASSERT_EQUAL(give(JOURNAL_TRANSFER_PAUSE,
                         "{\"transfer\": 1, \"outcome\": \"paused\"}"),
                    STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

/** The device ended it before it could be paused: nothing to test, and no
 *  failure of ours. */
static void nothing_that_is_paused_is_inconc(void)
{
    static const char *const steps[] = { "{\"resume\": \"x\"}",
                                         "{\"abandon\": \"x\"}" };

    for (size_t i = 0; i < 2; i++) {
        begin();
        CU_ASSERT_EQUAL(fake_start(run, steps[i]), STEP_DONE);
        CU_ASSERT_FALSE(run->failed);
        fake_judge(run, STEP_DONE);
        expect_one(FINDING_INCONC);
        CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                               "no transfer to instance 0 is paused");
        end();
    }
}

static void abandoned_is_what_was_paused(void)
{
    begin();
    run->is_transfer_paused[1] = true;
    CU_ASSERT_EQUAL(fake_start(run, "{\"abandon\": \"y\"}"), STEP_DONE);
    CU_ASSERT_FALSE(run->is_transfer_paused[1]);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

static void it_may_go_on_later(void)
{
    begin();
    run->is_transfer_paused[0] = true;
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"resume\": \"x\", \"after\": \"settle\"}"),
        STEP_GO_ON);
    CU_ASSERT_EQUAL(run->deadline, LIMIT_SETTLE);
    CU_ASSERT_EQUAL(run->transfers, 0);
    CU_ASSERT_EQUAL(fake_deadline(run, "state"), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->transfers, 0);
    CU_ASSERT_EQUAL(fake_deadline(run, "settle"), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->transfers, 1);
    CU_ASSERT_EQUAL(give(JOURNAL_TRANSFER_END,
                         "{\"transfer\": 1, \"outcome\": \"complete\"}"),
                    STEP_DONE);
    end();
}

/* Expected of a transfer. */

#define SKIPPED                                                                \
    "{\"transfer\": 2, \"outcome\": \"refused\", \"code\": \"4.08\", "         \
    "\"faults\": [{\"do\": \"skip\", \"number\": 4, \"code\": \"4.08\"}]}"

static void what_went_wrong_is_graded_by_its_answer(void)
{
    static const char step[] =
        "{\"expect\": {\"transfer\": {\"fault-code\": {\"pass\": [\"4.08\", "
        "\"5.03\"], \"warn\": \"4.xx\"}}}, \"req\": [\"AFU-046\"]}";
    static const struct {
        const char *faults;
        enum finding_level level;
    } rows[] = {
        { "[{\"do\":\"skip\",\"number\":4,\"code\":\"4.08\"}]", FINDING_PASS },
        { "[{\"do\":\"skip\",\"number\":4,\"code\":\"4.13\"}]",
          FINDING_WARNING },
        { "[{\"do\":\"skip\",\"number\":4,\"code\":\"2.31\"}]", FINDING_FAIL },
        { "[{\"do\":\"skip\",\"number\":4,\"code\":null}]", FINDING_FAIL },
        { "[{\"do\":\"swap\",\"number\":4,\"code\":\"4.08\"},"
          "{\"do\":\"swap\",\"number\":3,\"code\":\"2.31\"}]",
          FINDING_FAIL },
        { "[]", FINDING_INCONC },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];
        begin();
        fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                         "{\"transfer\": 2, \"instance\": 0}");
        (void)snprintf(text, sizeof(text),
                       "{\"transfer\": 2, \"outcome\": \"refused\", "
                       "\"faults\": %s}",
                       rows[i].faults);
        fake_append_data(run, JOURNAL_TRANSFER_END, text);
        CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE);
        fake_judge(run, STEP_DONE);
        expect_one(rows[i].level);
        end();
    }
}

static void a_pause_has_its_outcome_too(void)
{
    begin();
    fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                     "{\"transfer\": 2, \"instance\": 0}");
    fake_append_data(run, JOURNAL_TRANSFER_PAUSE,
                     "{\"transfer\": 2, \"outcome\": \"paused\", \"code\": "
                     "\"2.31\"}");
    (void)fake_start(run, "{\"expect\": {\"transfer\": {\"code\": {\"pass\": "
                          "\"4.05\", \"warn\": \"2.xx\"}}}, \"req\": "
                          "[\"AFU-045\"]}");
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_WARNING);
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed, "2.31");
    end();
}

static void of_several_one_may_be_meant(void)
{
    static const struct {
        const char *to;
        enum finding_level level;
    } rows[] = { { "x", FINDING_FAIL }, { "y", FINDING_PASS } };

    for (size_t i = 0; i < 2; i++) {
        char text[160];
        begin();
        fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                         "{\"transfer\": 1, \"instance\": 1}");
        fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                         "{\"transfer\": 2, \"instance\": 0}");
        fake_append_data(run, JOURNAL_TRANSFER_END, SKIPPED);
        fake_append_data(run, JOURNAL_TRANSFER_END,
                         "{\"transfer\": 1, \"outcome\": \"complete\"}");
        (void)snprintf(text, sizeof(text),
                       "{\"expect\": {\"transfer\": {\"to\": \"%s\", "
                       "\"outcome\": \"complete\"}}, \"req\": [\"AFU-046\"]}",
                       rows[i].to);
        (void)fake_start(run, text);
        fake_judge(run, STEP_DONE);
        expect_one(rows[i].level);
        end();
    }
}

/* Alternatives. */

static const char alternatives[] =
    "{\"either\": ["
    "{\"when\": {\"x\": {\"state\": \"Idle\"}}, \"transfer\": \"refused\"},"
    "{\"when\": {\"x\": {\"state\": \"Downloading\"}}, \"at-limit\": true, "
    "\"grade\": \"warn\"}], \"within\": \"abort\", \"req\": [\"AFU-040\"]}";

static void an_alternative_may_need_an_outcome(void)
{
    static const char *const outcomes[] = { "complete", "refused" };

    for (size_t i = 0; i < 2; i++) {
        char text[64];
        begin();
        fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                         "{\"transfer\": 2, \"instance\": 0}");
        (void)snprintf(text, sizeof(text),
                       "{\"transfer\": 2, \"outcome\": \"%s\"}", outcomes[i]);
        fake_append_data(run, JOURNAL_TRANSFER_END, text);
        (void)fake_start(run, alternatives);
        CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 0)),
                        i == 0 ? STEP_GO_ON : STEP_DONE);
        fake_judge(run, i == 0 ? STEP_AT_LIMIT : STEP_DONE);
        expect_one(i == 0 ? FINDING_FAIL : FINDING_PASS);
        end();
    }
}

static void the_last_resort_is_taken_at_the_limit_only(void)
{
    begin();
    fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                     "{\"transfer\": 2, \"instance\": 0}");
    (void)fake_start(run, alternatives);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 1, 0)), STEP_GO_ON);
    run->now_ms += 60000;
    (void)fake_timer(run);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 1, 0)), STEP_GO_ON);
    (void)fake_timer(run);
    fake_append_data(run, JOURNAL_DEADLINE, "{\"limit\": \"abort\"}");
    CU_ASSERT_EQUAL(fake_deadline(run, "abort"), STEP_GO_ON);
    /* That Read was sent before the limit: it is old, so one more follows. */
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 1, 0)), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 1, 0)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_WARNING);
    end();
}

/* What cannot be read. */

static const struct step_type *type_of(const cJSON *step)
{
    const struct step_type *const *table = steps_table();

    while (strcmp((*table)->verb, step->child->string) != 0) {
        table++;
    }
    return *table;
}

static void misuse_is_named_with_its_place(void)
{
    static const struct {
        const char *step;
        const char *reason;
    } rows[] = {
        { "{\"expect\": {\"transfer\": {}}}",
          "test /expect/transfer: expected an object" },
        { "{\"expect\": {\"transfer\": {\"codes\": \"4.08\"}}}",
          "test /expect/transfer: expected outcome, code, fault-code, to or "
          "blocks-as-told, found 'codes'" },
        { "{\"expect\": {\"transfer\": {\"fault-code\": \"408\"}}}",
          "test /expect/transfer/fault-code: expected codes such as \"4.08\" "
          "or \"4.xx\", graded or not" },
        { "{\"expect\": {\"transfer\": {\"outcome\": 7}}}",
          "test /expect/transfer/outcome: expected a text, graded or not" },
        { "{\"either\": [{\"when\": {\"x\": {\"state\": \"Idle\"}}, "
          "\"transfer\": 7}]}",
          "test /either/0/transfer: expected an outcome such as \"refused\", "
          "or a list of them" },
        { "{\"deliver\": \"G\", \"to\": \"x\", \"blocks\": {\"size\": 17}}",
          "test /blocks/size: expected 16, 32, 64 … 1024" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        cJSON *step = cJSON_Parse(rows[i].step);
        const struct step_type *type = type_of(step);
        CU_ASSERT_EQUAL(type->check(step, "test ", &reason), STATUS_MALFORMED);
        CU_ASSERT_STRING_EQUAL(reason.text, rows[i].reason);
        cJSON_Delete(step);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "several", several_go_on_until_the_last_has_ended },
        { "lost", one_that_was_lost_makes_it_inconc },
        { "left out", what_has_ended_already_is_left_out },
        { "none", nothing_that_is_paused_is_inconc },
        { "abandon", abandoned_is_what_was_paused },
        { "later", it_may_go_on_later },
        { "fault code", what_went_wrong_is_graded_by_its_answer },
        { "pause", a_pause_has_its_outcome_too },
        { "to", of_several_one_may_be_meant },
        { "outcome", an_alternative_may_need_an_outcome },
        { "last resort", the_last_resort_is_taken_at_the_limit_only },
        { "misuse", misuse_is_named_with_its_place },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "transfers", NULL, NULL, NULL, NULL, tests },
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
