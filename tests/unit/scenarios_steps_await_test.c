/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "tests/unit/scenarios_steps_fake.h"

/* await, either, each and deliver: what is waited for, and for how long. */

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

static void expect_one(enum finding_level level, const char *ambiguity)
{
    CU_ASSERT_EQUAL(run->finding_count, 1);
    CU_ASSERT_EQUAL(run->findings[0].level, level);
    CU_ASSERT_STRING_EQUAL(run->findings[0].ambiguity, ambiguity);
}

static const char await_updated[] =
    "{\"await\": {\"x\": {\"state\": \"Idle\", \"result\": 1}}, "
    "\"within\": \"update\", \"req\": [\"AFU-058\"]}";

static void await_polls_until_the_condition_holds(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, await_updated), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->deadline, LIMIT_UPDATE);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/0"));
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 3, 0)), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->wake_ms, 20);
    CU_ASSERT_EQUAL(fake_timer(run), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 3, 0)), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->wake_ms, 40);
    CU_ASSERT_EQUAL(fake_timer(run), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 1)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS, "");
    CU_ASSERT_STRING_EQUAL(run->findings[0].expected,
                           "application (/33629/0) Idle with Result 1");
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                           "application (/33629/0) Idle with Result 1 "
                           "(updated successfully)");
    end();
}

static void at_the_limit_a_last_round_decides(void)
{
    begin();
    (void)fake_start(run, await_updated);
    (void)fake_show(run, fake_view_of(0, 3, 0));
    CU_ASSERT_EQUAL(fake_deadline(run, "state"), STEP_GO_ON); /* another's */
    CU_ASSERT_EQUAL(fake_deadline(run, "update"), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 3, 0)), STEP_AT_LIMIT);
    fake_judge(run, STEP_AT_LIMIT);
    expect_one(FINDING_FAIL, "");
    CU_ASSERT_STRING_EQUAL(run->findings[0].requirement, "AFU-058");
    run->is_preamble = true;
    fake_judge(run, STEP_AT_LIMIT);
    expect_one(FINDING_INCONC, "");
    end();
}

static void a_silent_device_is_inconc_at_the_limit(void)
{
    begin();
    (void)fake_start(run, await_updated);
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_TIMEOUT), STEP_GO_ON);
    (void)fake_timer(run);
    CU_ASSERT_EQUAL(fake_deadline(run, "update"), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_TIMEOUT), STEP_SILENT);
    fake_judge(run, STEP_SILENT);
    expect_one(FINDING_INCONC, "");
    end();
}

/** Where a requirement sets the time for an answer. */
static void silence_may_break_a_requirement(void)
{
    static const char *const steps[] = {
        "{\"await\": {\"x\": {\"result\": 1}}, \"within\": \"update\", "
        "\"req\": [\"AFU-093\"], \"silence\": [\"AFU-094\", \"AFU-166\"]}",
        "{\"either\": [{\"when\": {\"x\": {\"result\": 1}}, \"steps\": []}], "
        "\"within\": \"update\", \"req\": [\"AFU-093\"], \"silence\": "
        "[\"AFU-094\", \"AFU-166\"]}",
    };

    for (size_t i = 0; i < 2; i++) {
        begin();
        (void)fake_start(run, steps[i]);
        (void)fake_show(run, fake_view_of(0, 3, 0));
        (void)fake_timer(run);
        CU_ASSERT_EQUAL(fake_deadline(run, "update"), STEP_GO_ON);
        CU_ASSERT_EQUAL(fake_lose(run, SERVER_TIMEOUT), STEP_SILENT);
        fake_judge(run, STEP_SILENT);
        expect_one(FINDING_FAIL, "");
        CU_ASSERT_STRING_EQUAL(run->findings[0].requirement, "AFU-094,AFU-166");
        run->is_preamble = true;
        fake_judge(run, STEP_SILENT);
        expect_one(FINDING_INCONC, "");
        end();
    }
}

static void a_reboot_is_waited_for(void)
{
    begin();
    (void)fake_start(run, await_updated);
    run->is_registered = false;
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_SESSION_LOST), STEP_GO_ON);
    run->is_registered = true; /* the Read that waited is answered */
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 1)), STEP_DONE);
    /* Without a registration within T_BOOT it may still install. */
    (void)fake_start(run, await_updated);
    run->is_registered = false;
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_SESSION_LOST), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_SESSION_LOST), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_timer(run), STEP_GO_ON);
    run->is_registered = true;
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 1)), STEP_DONE);
    /* The limit ends it. */
    (void)fake_start(run, await_updated);
    run->is_registered = false;
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_SESSION_LOST), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_deadline(run, "update"), STEP_SILENT);
    end();
}

static void what_the_model_cannot_reach_ends_the_waiting(void)
{
    begin();
    (void)fake_start(run, await_updated);
    run->can_reach = false;
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 13)), STEP_GO_ON);
    (void)fake_timer(run);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 13)), STEP_HOPELESS);
    fake_judge(run, STEP_HOPELESS);
    expect_one(FINDING_FAIL, "");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(run->findings[0].observed,
               "Downloaded with Result 13 (dependency error)"));
    end();
}

static void an_old_pair_proves_nothing_before_t_state(void)
{
    static const char step[] =
        "{\"await\": {\"x\": {\"result\": 13}}, \"within\": \"update\", "
        "\"req\": [\"AFU-089\"]}";

    begin();
    fake_seen(run, fake_view_of(0, 2, 13));
    fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(2, 4));
    (void)fake_start(run, step);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 13)), STEP_GO_ON);
    run->now_ms += 2000;
    CU_ASSERT_EQUAL(fake_timer(run), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 13)), STEP_DONE);
    /* Once another pair was seen it is new at once. */
    fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(2, 4));
    (void)fake_start(run, step);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 3, 0)), STEP_GO_ON);
    (void)fake_timer(run);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 13)), STEP_DONE);
    end();
}

static void a_lesser_value_must_stay_for_t_state(void)
{
    static const char step[] =
        "{\"await\": {\"x\": {\"state\": \"Idle\", \"result\": "
        "{\"pass\": 6, \"warn\": 5, \"A-11\": 8}}}, "
        "\"within\": \"download\", \"req\": [\"AFU-044\"]}";

    begin();
    (void)fake_start(run, step);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 8)), STEP_GO_ON);
    (void)fake_timer(run);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 6)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS, "");

    (void)fake_start(run, step);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 8)), STEP_GO_ON);
    run->now_ms += 2000;
    (void)fake_timer(run);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 8)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_WARNING, "A-11");
    run->reading = READING_STRICT;
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_FAIL, "A-11");
    end();
}

static void a_plain_warning_has_no_ambiguity(void)
{
    begin();
    (void)fake_start(run, "{\"await\": {\"x\": {\"result\": {\"pass\": 6, "
                          "\"warn\": 5}}}, \"req\": [\"AFU-044\"]}");
    (void)fake_show(run, fake_view_of(0, 0, 5));
    CU_ASSERT_EQUAL(fake_deadline(run, "state"), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 5)), STEP_DONE);
    run->reading = READING_STRICT;
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_WARNING, "");
    end();
}

static void several_components_must_all_fit(void)
{
    begin();
    (void)fake_start(run, "{\"await\": {\"x\": {\"state\": \"Downloaded\"}, "
                          "\"y\": {\"state\": \"Downloaded\", \"result\": 0}}, "
                          "\"req\": [\"AFU-116\"]}");
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 0)), STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/1"));
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(1, 0, 0)), STEP_GO_ON);
    (void)fake_timer(run);
    (void)fake_show(run, fake_view_of(0, 2, 0));
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(1, 2, 0)), STEP_DONE);
    end();
}

static void linked_means_the_links_at_the_last_update(void)
{
    struct fake_view view = fake_view_of(0, 2, 0);

    begin();
    view.linked = 1;
    fake_seen(run, view);
    fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(2, 4));
    (void)fake_start(run, "{\"await\": {\"linked(x)\": {\"state\": \"Idle\", "
                          "\"result\": 1}}, \"req\": [\"AFU-096\"]}");
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/1"));
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(1, 0, 1)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS, "");
    end();
}

static void a_registration_counts_since_the_mark(void)
{
    static const char step[] =
        "{\"await\": {\"registration\": true}, \"since\": \"reboot\", "
        "\"within\": \"boot\", \"req\": [\"AFU-166\"]}";
    struct journal_event registration = {
        .kind = (enum journal_kind)SERVER_REGISTER
    };

    begin();
    fake_append(run, registration);
    fake_append_data(run, JOURNAL_MARK, "{\"name\": \"reboot\"}");
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, registration), STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS, "");
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE); /* it came before */

    fake_append_data(run, JOURNAL_MARK, "{\"name\": \"reboot\"}");
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_deadline(run, "boot"), STEP_AT_LIMIT);
    fake_judge(run, STEP_AT_LIMIT);
    expect_one(FINDING_FAIL, "");
    fake_judge(run, STEP_SILENT);
    expect_one(FINDING_INCONC, "");
    end();
}

/* either */

static const char either_two[] =
    "{\"either\": ["
    "{\"when\": {\"x\": {\"state\": \"Idle\", \"result\": 1}}, "
    "\"steps\": [{\"note\": \"done\"}]},"
    "{\"when\": {\"x\": {\"result\": 13}}, \"grade\": \"A-41\", \"steps\": []}"
    "], \"within\": \"update\", \"req\": [\"AFU-086\"]}";

static void either_goes_on_with_the_steps_of_what_fits(void)
{
    begin();
    (void)fake_start(run, either_two);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 3, 0)), STEP_GO_ON);
    (void)fake_timer(run);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 1)), STEP_DONE);
    CU_ASSERT_EQUAL(run->nest_count, 1);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(run->nests[0].steps), 1);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS, "");
    end();
}

/** What 2.04 is worth is known when the outcome is. */
static void the_answer_to_the_newest_write_chooses(void)
{
    static const struct {
        uint8_t code;
        int result;
        enum finding_level level;
    } rows[] = {
        { COAP_CODE(4, 5), 1, FINDING_PASS },
        { COAP_CODE(2, 4), 1, FINDING_WARNING },
        { COAP_CODE(2, 4), 0, FINDING_PASS },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        (void)fake_start(run,
                         "{\"write\": \"/33629/x/0\", \"payload\": \"00\"}");
        (void)fake_answer(run, rows[i].code);
        (void)fake_start(
            run, "{\"either\": ["
                 "{\"when\": {\"x\": {\"state\": \"Idle\", \"result\": 1}}, "
                 "\"written\": \"4.05\"},"
                 "{\"when\": {\"x\": {\"state\": \"Idle\", \"result\": 1}}, "
                 "\"written\": [\"4.xx\", \"2.04\"], \"grade\": \"warn\"},"
                 "{\"when\": {\"x\": {\"state\": \"Idle\", \"result\": 0}}, "
                 "\"written\": \"2.04\"}"
                 "], \"within\": \"update\", \"req\": [\"AFU-062\"]}");
        (void)fake_show(run, fake_view_of(0, 3, 0));
        (void)fake_timer(run);
        (void)fake_show(run, fake_view_of(0, 0, rows[i].result));
        fake_judge(run, STEP_DONE);
        expect_one(rows[i].level, "");
        end();
    }
}

static void the_grade_of_an_alternative_counts(void)
{
    begin();
    (void)fake_start(run, either_two);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 13)), STEP_GO_ON);
    run->now_ms += 2000; /* a lesser one has to stay */
    (void)fake_timer(run);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 13)), STEP_DONE);
    CU_ASSERT_EQUAL(run->nest_count, 0);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_WARNING, "A-41");
    run->reading = READING_STRICT;
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_FAIL, "A-41");
    end();
}

static void none_of_the_alternatives_is_a_fail(void)
{
    begin();
    (void)fake_start(run, either_two);
    (void)fake_show(run, fake_view_of(0, 2, 8));
    CU_ASSERT_EQUAL(fake_deadline(run, "update"), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 8)), STEP_AT_LIMIT);
    fake_judge(run, STEP_AT_LIMIT);
    expect_one(FINDING_FAIL, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(run->findings[0].observed,
                                  "Downloaded with Result 8 (update failed)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(run->findings[0].expected, "; or "));
    end();
}

static void an_alternative_may_need_a_refusal(void)
{
    static const char step[] =
        "{\"either\": [{\"when\": {\"x\": {\"state\": \"Downloaded\", "
        "\"result\": 0}}, \"code\": [\"4.xx\"], \"steps\": []}], "
        "\"req\": [\"AFU-086\"]}";

    begin();
    fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(2, 4));
    (void)fake_start(run, step);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 0)), STEP_GO_ON);
    fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(4, 5));
    (void)fake_start(run, step);
    run->now_ms += 2000; /* T_STATE after the refusal */
    (void)fake_show(run, fake_view_of(0, 2, 0));
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS, "");
    end();
}

/** An error code is no success; a lost answer may have been one. */
static void an_alternative_may_need_a_success(void)
{
    static const char step[] =
        "{\"either\": [{\"when\": {\"x\": {\"result\": 1}}, \"code\": "
        "\"2.04\", \"steps\": []}], \"within\": \"update\", \"req\": "
        "[\"AFU-086\"]}";
    struct journal_event request = {
        .kind = (enum journal_kind)SERVER_REQUEST,
        .as.server = { .id = 900,
                       .as.request = { .method = METHOD_POST,
                                       .path = "/33629/0/2" } },
    };

    begin();
    fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(4, 5));
    (void)fake_start(run, step);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 1)), STEP_GO_ON);
    (void)fake_deadline(run, "update");
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 1)), STEP_AT_LIMIT);
    fake_judge(run, STEP_AT_LIMIT);
    expect_one(FINDING_FAIL, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(run->findings[0].observed,
                                  "after an answer of 4.05 Method Not "
                                  "Allowed"));
    end();

    begin();
    fake_append(run, request); /* never answered */
    (void)fake_start(run, step);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 1)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS, "");
    end();
}

static void undeclared_tolerates_only_what_the_profile_does_not_claim(void)
{
    static const char step[] =
        "{\"either\": [{\"when\": {\"x\": {\"result\": 1}}, \"grade\": "
        "\"undeclared(trans)\", \"steps\": []}], \"req\": [\"AFU-093\"]}";
    char name[] = "trans";
    char value[] = "true";
    struct profile_item item = { name, value };

    begin();
    (void)fake_start(run, step);
    (void)fake_show(run, fake_view_of(0, 0, 1));
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_WARNING, "");
    end();

    begin();
    run->profile.ics = &item;
    run->profile.ics_count = 1;
    (void)fake_start(run, step);
    (void)fake_show(run, fake_view_of(0, 0, 1));
    (void)fake_deadline(run, "state");
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 1)), STEP_AT_LIMIT);
    fake_judge(run, STEP_AT_LIMIT);
    expect_one(FINDING_FAIL, "");
    end();
}

/* each and deliver */

static void where_runs_the_body_if_the_line_holds(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"where\": \"not\", \"steps\": "
                                    "[{\"note\": \"a\"}]}"),
                    STEP_DONE);
    CU_ASSERT_EQUAL(run->nest_count, 0);
    CU_ASSERT_EQUAL(fake_start(run, "{\"where\": \"holds\", \"steps\": "
                                    "[{\"note\": \"a\"}]}"),
                    STEP_DONE);
    CU_ASSERT_EQUAL(run->nest_count, 1);
    CU_ASSERT_STRING_EQUAL(run->nests[0].role, "");
    end();
}

static void each_runs_the_body_for_every_component_in_order(void)
{
    begin();
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"each\": \"all\", \"steps\": [{\"note\": \"a\"}]}"),
        STEP_DONE);
    CU_ASSERT_EQUAL(run->nest_count, 3);
    CU_ASSERT_EQUAL(run->nests[0].instance, 2); /* the last one runs first */
    CU_ASSERT_EQUAL(run->nests[2].instance, 0);
    CU_ASSERT_STRING_EQUAL(run->nests[2].role, "x");
    end();
}

static void deliver_waits_for_its_own_transfer(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"deliver\": \"G\", \"to\": \"x\"}"),
                    STEP_GO_ON);
    CU_ASSERT_STRING_EQUAL(run->transfer_package, "G");
    fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                     "{\"transfer\": 1, \"instance\": 0}");
    fake_append_data(run, JOURNAL_TRANSFER_END,
                     "{\"transfer\": 1, \"outcome\": \"refused\"}");
    CU_ASSERT_EQUAL(run->type->drive(run, event_store_at(run->store, 1)),
                    STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

static void a_lost_transfer_and_no_newer_package_are_inconc(void)
{
    begin();
    (void)fake_start(run, "{\"deliver\": \"G\", \"to\": \"x\"}");
    fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                     "{\"transfer\": 1, \"instance\": 0}");
    fake_append_data(run, JOURNAL_TRANSFER_END,
                     "{\"transfer\": 1, \"outcome\": \"timeout\"}");
    CU_ASSERT_EQUAL(run->type->drive(run, event_store_at(run->store, 1)),
                    STEP_SILENT);
    fake_judge(run, STEP_SILENT);
    expect_one(FINDING_INCONC, "");

    run->transfer_status = STATUS_LIMIT;
    CU_ASSERT_EQUAL(fake_start(run, "{\"deliver\": \"G\", \"to\": \"x\"}"),
                    STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_INCONC, "");
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed, "no newer package left");
    CU_ASSERT_FALSE(run->failed);
    end();
}

static void deliver_may_watch_while_the_blocks_go_out(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"deliver\": \"G\", \"to\": \"x\", "
                                    "\"watch\": true}"),
                    STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/0"));
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 1, 0)), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->wake_ms, 20);
    uint64_t before = run->last_id;
    CU_ASSERT_EQUAL(fake_timer(run), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->last_id, before + 1);
    end();
}

/** "begin": the answer to the first Write ends the step, and is judged. */
static void a_delivery_may_only_begin(void)
{
    static const char step[] =
        "{\"deliver\": \"G\", \"to\": \"x\", \"begin\": true, \"code\": "
        "{\"pass\": \"4.05\", \"warn\": \"2.04\"}, \"req\": [\"AFU-045\"]}";
    static const struct {
        uint8_t code;
        enum finding_level level;
    } rows[] = {
        { COAP_CODE(4, 5), FINDING_PASS },
        { COAP_CODE(2, 4), FINDING_WARNING },
        { COAP_CODE(4, 4), FINDING_FAIL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct server_request request;
        uint64_t id = 0;

        begin();
        CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
        management_write(&request, "dev", lwm2m_path_resource(33629, 0, 1),
                         CONTENT_FORMAT_TEXT, (const uint8_t *)"u", 1);
        CU_ASSERT_EQUAL(run_send(run, &request, &id, NULL), STATUS_OK);
        CU_ASSERT_EQUAL(fake_answer(run, rows[i].code), STEP_DONE);
        fake_judge(run, STEP_DONE);
        expect_one(rows[i].level, "");
        end();
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "polls", await_polls_until_the_condition_holds },
        { "limit", at_the_limit_a_last_round_decides },
        { "silent", a_silent_device_is_inconc_at_the_limit },
        { "time to answer", silence_may_break_a_requirement },
        { "reboot", a_reboot_is_waited_for },
        { "hopeless", what_the_model_cannot_reach_ends_the_waiting },
        { "stale", an_old_pair_proves_nothing_before_t_state },
        { "lesser", a_lesser_value_must_stay_for_t_state },
        { "warn", a_plain_warning_has_no_ambiguity },
        { "several", several_components_must_all_fit },
        { "linked", linked_means_the_links_at_the_last_update },
        { "registration", a_registration_counts_since_the_mark },
        { "either", either_goes_on_with_the_steps_of_what_fits },
        { "written", the_answer_to_the_newest_write_chooses },
        { "graded alternative", the_grade_of_an_alternative_counts },
        { "none", none_of_the_alternatives_is_a_fail },
        { "refusal", an_alternative_may_need_a_refusal },
        { "undeclared",
          undeclared_tolerates_only_what_the_profile_does_not_claim },
        { "success", an_alternative_may_need_a_success },
        { "begin", a_delivery_may_only_begin },
        { "where", where_runs_the_body_if_the_line_holds },
        { "each", each_runs_the_body_for_every_component_in_order },
        { "deliver", deliver_waits_for_its_own_transfer },
        { "lost", a_lost_transfer_and_no_newer_package_are_inconc },
        { "watch", deliver_may_watch_while_the_blocks_go_out },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "waiting", NULL, NULL, NULL, NULL, tests },
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
