/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/steps.h"
#include "tests/unit/scenarios_steps_fake.h"

/* The verbs of attributes, observations and composite operations. */

enum { SENML_JSON = 110, SENML_CBOR = 112, ETCH_JSON = 320 };

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

static const struct server_request_view *sent(void)
{
    return &fake_last_request(run)->as.server.as.request;
}

static void query_is(const char *wanted)
{
    const char *query = sent()->query;

    CU_ASSERT_PTR_NOT_NULL(query);
    CU_ASSERT_STRING_EQUAL(query != NULL ? query : "", wanted);
}

static void payload_is(const char *wanted)
{
    CU_ASSERT_EQUAL(sent()->payload_length, strlen(wanted));
    CU_ASSERT_EQUAL(memcmp(sent()->payload, wanted, strlen(wanted)), 0);
}

static enum status check(const char *json, struct reason *reason)
{
    cJSON *step = cJSON_Parse(json);
    enum status status = STATUS_NOT_FOUND;

    for (size_t i = 0; steps_table()[i] != NULL; i++) {
        const struct step_type *type = steps_table()[i];
        if (step != NULL && strcmp(type->verb, step->child->string) == 0) {
            status = type->check(step, "/steps/0", reason);
        }
    }
    cJSON_Delete(step);
    return status;
}

static enum step_progress answer_text(int format, bool has_observe,
                                      uint32_t observe, const char *text)
{
    return fake_event(
        run, (struct journal_event){
                 .kind = (enum journal_kind)SERVER_RESPONSE,
                 .as.server = {
                     .kind = SERVER_RESPONSE,
                     .id = run->last_id,
                     .as.response = { .code = COAP_CODE(2, 5),
                                      .content_format = format,
                                      .has_observe = has_observe,
                                      .observe = observe,
                                      .payload = (const uint8_t *)text,
                                      .payload_length = strlen(text) } } });
}

static void write_attributes_is_a_put_with_a_query_only(void)
{
    begin();
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"attributes\": \"/3/0/9\", \"set\": {\"pmin\": 10, "
                        "\"gt\": -1.5, \"lt\": null, \"st\": \"abc\"}, "
                        "\"code\": \"2.04\", \"req\": [\"CORE-1\"]}"),
        STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_PUT, "/3/0/9"));
    query_is("pmin=10&gt=-1.5&lt&st=abc");
    CU_ASSERT_EQUAL(sent()->content_format, CONTENT_FORMAT_NONE);
    CU_ASSERT_EQUAL(sent()->payload_length, 0);
    CU_ASSERT_EQUAL(fake_answer(run, COAP_CODE(2, 4)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);
    end();
}

static void discover_asks_for_a_depth_and_judges_what_is_listed(void)
{
    static const struct {
        const char *links;
        size_t passes;
        size_t fails;
    } rows[] = {
        { "</3>,</3/0>,</3/0/9>;pmin=10;gt=2.50", 5, 0 },
        { "</3>,</3/0/9>;pmin=11;lt=1,</3/0/7>", 0, 5 },
        { "</3>", 1, 4 },
    };
    begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)fake_start(run,
                         "{\"discover\": \"/3\", \"depth\": 2, "
                         "\"shows\": \"/3/0\", \"lacks\": [\"/3/0/7\"], "
                         "\"lists\": {\"/3/0/9\": {\"pmin\": 10, "
                         "\"gt\": 2.5, \"lt\": null}}, \"req\": [\"CORE-1\"]}");
        query_is("depth=2");
        CU_ASSERT_EQUAL(
            answer_text(CONTENT_FORMAT_LINK, false, 0, rows[i].links),
            STEP_DONE);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), rows[i].passes);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), rows[i].fails);
    }
    end();
}

/** A Discover that stops above a Resource says nothing of it. */
static void discover_with_a_depth_does_not_prove_absence(void)
{
    static const char step[] =
        "{\"read\": \"/33629/x/6\", \"code\": {\"pass\": \"2.05\", "
        "\"absent\": \"4.04\"}, \"req\": [\"AFU-009\"]}";

    begin();
    (void)fake_start(run, "{\"discover\": \"/33629\", \"depth\": 0}");
    (void)answer_text(CONTENT_FORMAT_LINK, false, 0, "</33629>");
    (void)fake_start(run, step);
    (void)fake_answer(run, COAP_CODE(4, 4));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), 1);
    (void)fake_start(run, "{\"discover\": \"/33629\"}");
    (void)answer_text(CONTENT_FORMAT_LINK, false, 0, "</33629>");
    (void)fake_start(run, step);
    (void)fake_answer(run, COAP_CODE(4, 4));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);
    end();
}

static void composite_reads_ask_for_paths_and_judge_members(void)
{
    begin();
    (void)fake_start(run, "{\"read-composite\": [\"/33629/x/3\", \"/1/0/1\"], "
                          "\"shows\": [\"/1/0/1\"], \"lacks\": "
                          "[\"/33629/x/3\"], \"code\": \"2.05\", "
                          "\"req\": [\"CORE-1\"]}");
    CU_ASSERT_TRUE(fake_sent(run, METHOD_FETCH, "/"));
    CU_ASSERT_EQUAL(sent()->content_format, SENML_JSON);
    CU_ASSERT_EQUAL(sent()->accept, SENML_JSON);
    payload_is("[{\"n\":\"/33629/0/3\"},{\"n\":\"/1/0/1\"}]");
    CU_ASSERT_EQUAL(
        answer_text(SENML_JSON, false, 0, "[{\"n\":\"/1/0/1\",\"v\":60}]"),
        STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 3);
    CU_ASSERT_EQUAL(run->finding_count, 3);

    (void)fake_start(run, "{\"read-composite\": \"/\", \"format\": 320, "
                          "\"accept\": 112, \"shows\": \"/1/0/1\", "
                          "\"req\": [\"CORE-1\"]}");
    CU_ASSERT_EQUAL(sent()->content_format, ETCH_JSON);
    CU_ASSERT_EQUAL(sent()->accept, SENML_CBOR);
    payload_is("[{\"n\":\"/\"}]");
    (void)fake_answer(run, COAP_CODE(4, 5));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    CU_ASSERT_EQUAL(run->finding_count, 1);
    end();
}

static void composite_writes_carry_typed_values_and_deletions(void)
{
    begin();
    (void)fake_start(run, "{\"write-composite\": {\"/33629/x/1\": \"u\"}, "
                          "\"code\": \"2.04\", \"req\": [\"CORE-1\"]}");
    CU_ASSERT_TRUE(fake_sent(run, METHOD_IPATCH, "/"));
    CU_ASSERT_EQUAL(sent()->content_format, SENML_JSON);
    payload_is("[{\"n\":\"/33629/0/1\",\"vs\":\"u\"}]");
    (void)fake_answer(run, COAP_CODE(2, 4));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);
    (void)fake_start(run, "{\"write-composite\": {\"/3/0/7/1\": null}, "
                          "\"format\": 320}");
    payload_is("[{\"n\":\"/3/0/7/1\",\"v\":null}]");
    (void)fake_answer(run, COAP_CODE(2, 4));
    (void)fake_start(run, "{\"write-composite\": {}, \"payload\": \"0102\", "
                          "\"format\": 112}");
    payload_is("\x01\x02");
    end();
}

static void an_observation_carries_attributes_and_is_cancelled_actively(void)
{
    begin();
    (void)fake_start(run, "{\"observe\": \"/3/0/7\", \"set\": {\"pmin\": 5}, "
                          "\"format\": 112, \"established\": true, "
                          "\"req\": [\"CORE-1\"]}");
    query_is("pmin=5");
    uint64_t id = run->last_id;
    CU_ASSERT_EQUAL(answer_text(CONTENT_FORMAT_TEXT, true, 1, "1"), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);

    (void)fake_start(run, "{\"observe\": \"/3/0/7\", \"cancel\": \"active\", "
                          "\"code\": \"2.05\", \"req\": [\"CORE-1\"]}");
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/3/0/7"));
    CU_ASSERT_TRUE(sent()->has_observe);
    CU_ASSERT_EQUAL(sent()->observe, 1);
    CU_ASSERT_EQUAL(sent()->accept, SENML_CBOR);
    CU_ASSERT_EQUAL(run->observation, id);
    query_is("pmin=5");
    CU_ASSERT_EQUAL(answer_text(CONTENT_FORMAT_TEXT, false, 0, "1"), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);
    CU_ASSERT_EQUAL(run->finding_count, 1);
    end();
}

static void an_observe_without_the_option_in_its_answer_fails(void)
{
    begin();
    (void)fake_start(run, "{\"observe\": \"/3/0/7\", \"established\": true, "
                          "\"req\": [\"CORE-1\"]}");
    (void)answer_text(CONTENT_FORMAT_TEXT, false, 0, "1");
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), 1);
    /* … and there is nothing to cancel. */
    CU_ASSERT_EQUAL(fake_start(run, "{\"observe\": \"/3/0/7\", \"cancel\": "
                                    "\"active\", \"req\": [\"CORE-1\"]}"),
                    STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    end();
}

static void a_passive_cancel_ends_with_the_rejected_notification(void)
{
    static const char step[] = "{\"observe\": \"/3/0/7\", \"cancel\": "
                               "\"passive\", \"req\": [\"CORE-1\"]}";

    begin();
    (void)fake_start(run, "{\"observe\": \"/3/0/7\"}");
    uint64_t id = run->last_id;
    (void)answer_text(CONTENT_FORMAT_TEXT, true, 1, "1");
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->forgotten, id);
    struct journal_event event = { .kind = (enum journal_kind)SERVER_UNWANTED,
                                   .as.server.id = id + 1000 };
    CU_ASSERT_EQUAL(fake_event(run, event), STEP_GO_ON);
    event.as.server.id = id;
    CU_ASSERT_EQUAL(fake_event(run, event), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);

    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_deadline(run, "state"), STEP_AT_LIMIT);
    fake_judge(run, STEP_AT_LIMIT);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    end();
}

static void a_composite_observation_is_found_by_its_paths(void)
{
    begin();
    (void)fake_start(run, "{\"observe-composite\": [\"/3/0/7\", \"/3/0/9\"], "
                          "\"format\": 110, \"set\": {\"pmax\": 9}}");
    CU_ASSERT_TRUE(fake_sent(run, METHOD_FETCH, "/"));
    CU_ASSERT_TRUE(sent()->has_observe);
    uint64_t id = run->last_id;
    (void)answer_text(SENML_JSON, true, 1, "[{\"n\":\"/3/0/9\",\"v\":1}]");
    CU_ASSERT_EQUAL(fake_start(run, "{\"observe-composite\": [\"/3/0/9\"], "
                                    "\"cancel\": \"active\"}"),
                    STEP_DONE); /* another list */
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"observe-composite\": [\"/3/0/9\", \"/3/0/7\"], "
                        "\"cancel\": \"active\", \"code\": \"2.05\"}"),
        STEP_GO_ON);
    CU_ASSERT_EQUAL(sent()->observe, 1);
    CU_ASSERT_EQUAL(run->observation, id);
    query_is("pmax=9");
    payload_is("[{\"n\":\"/3/0/7\"},{\"n\":\"/3/0/9\"}]");
    end();
}

/** A notification of the request `id`. */
static struct journal_event notification(uint64_t id, bool is_stale)
{
    return (struct journal_event){
        .kind = (enum journal_kind)SERVER_NOTIFICATION,
        .as.server = { .id = id,
                       .as.response = { .code = COAP_CODE(2, 5),
                                        .content_format = CONTENT_FORMAT_TEXT,
                                        .has_observe = true,
                                        .is_stale = is_stale } },
    };
}

static struct journal_event send(uint8_t code, const char *values)
{
    return (struct journal_event){
        .kind = (enum journal_kind)SERVER_SEND,
        .as.server.as.send = { .code = code,
                               .content_format = SENML_JSON,
                               .payload = (const uint8_t *)values,
                               .payload_length = strlen(values) },
    };
}

static uint64_t observe(const char *step)
{
    (void)fake_start(run, step);
    uint64_t id = run->last_id;
    (void)answer_text(CONTENT_FORMAT_TEXT, true, 1, "1");
    return id;
}

static void await_counts_the_notifications_of_a_path(void)
{
    begin();
    uint64_t other = observe("{\"observe\": \"/3/0/7\"}");
    uint64_t id = observe("{\"observe\": \"/3/0/9\"}");
    uint64_t several = observe("{\"observe-composite\": [\"/3/0/7\", "
                               "\"/3/0/9\"], \"format\": 110}");
    CU_ASSERT_EQUAL(fake_start(run, "{\"await\": {\"events\": {\"kind\": "
                                    "\"notification\", \"of\": \"/3/0/9\", "
                                    "\"count\": 2}}, \"req\": [\"CORE-1\"]}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, notification(other, false)), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, notification(several, false)), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, notification(id, false)), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, notification(id, true)), STEP_GO_ON);
    fake_judge(run, STEP_AT_LIMIT);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), 1);
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                           "1 came, and 1 whose Observe number is no newer "
                           "than the one before (RFC 7641, 3.4)");
    fake_judge(run, STEP_SILENT);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    CU_ASSERT_EQUAL(fake_event(run, notification(id, false)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);

    CU_ASSERT_EQUAL(fake_start(run, "{\"await\": {\"events\": {\"kind\": "
                                    "\"notification\", \"of\": [\"/3/0/9\", "
                                    "\"/3/0/7\"]}}}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, notification(id, false)), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, notification(several, false)), STEP_DONE);
    end();
}

static void await_blames_nobody_for_an_observation_that_died(void)
{
    struct journal_event anew = { .kind = (enum journal_kind)SERVER_REGISTER };

    anew.as.server.kind = SERVER_REGISTER;
    begin();
    (void)observe("{\"observe\": \"/3/0/9\"}");
    CU_ASSERT_EQUAL(fake_start(run, "{\"await\": {\"events\": {\"kind\": "
                                    "\"notification\", \"of\": "
                                    "\"/3/0/9\"}}, \"req\": [\"CORE-1\"]}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, anew), STEP_GO_ON);
    fake_judge(run, STEP_AT_LIMIT);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), 0);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    end();
}

static void await_counts_the_sends_that_were_taken(void)
{
    static const char battery[] = "[{\"n\":\"/3/0/9\",\"v\":1}]";
    static const char signal[] = "[{\"n\":\"/4/0/2\",\"v\":1}]";

    begin();
    CU_ASSERT_EQUAL(fake_start(run,
                               "{\"await\": {\"events\": {\"kind\": \"send\", "
                               "\"of\": \"/3/0/9\"}}, \"req\": [\"CORE-1\"]}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, send(COAP_CODE(4, 0), battery)),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, send(COAP_CODE(2, 4), signal)), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_event(run, send(COAP_CODE(2, 4), battery)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);
    end();
}

static void expect_counts_events_by_code_and_staleness(void)
{
    static const struct {
        const char *events;
        int count;
    } rows[] = {
        { "\"kind\": \"send\"", 1 },
        { "\"kind\": \"send\", \"code\": \"4.xx\"", 2 },
        { "\"kind\": \"send\", \"code\": \"4.04\"", 1 },
        { "\"kind\": \"notification\"", 3 },
        { "\"kind\": \"notification\", \"stale\": true", 1 },
        { "\"kind\": \"notification\", \"since\": \"m\"", 1 },
        { "\"kind\": \"notification\", \"confirmable\": true", 0 },
        { "\"kind\": \"notification\", \"confirmable\": false", 3 },
        { "\"kind\": \"unwanted\"", 0 },
    };

    begin();
    uint64_t id = observe("{\"observe\": \"/3/0/9\"}");
    fake_append(run, notification(id, false));
    fake_append(run, notification(id, false));
    fake_append(run, notification(id, true));
    fake_append(run, send(COAP_CODE(2, 4), "[]"));
    fake_append(run, send(COAP_CODE(4, 0), "[]"));
    fake_append(run, send(COAP_CODE(4, 4), "[]"));
    fake_append_data(run, JOURNAL_MARK, "{\"name\": \"m\"}");
    fake_append(run, notification(id, false));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (int wrong = 0; wrong < 2; wrong++) {
            char step[256];
            (void)snprintf(step, sizeof(step),
                           "{\"expect\": {\"events\": {%s, \"count\": %d}}, "
                           "\"req\": [\"CORE-1\"]}",
                           rows[i].events, rows[i].count + wrong);
            CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE);
            fake_judge(run, STEP_DONE);
            CU_ASSERT_EQUAL(run->finding_count, 1);
            CU_ASSERT_EQUAL(run->findings[0].level,
                            wrong ? FINDING_FAIL : FINDING_PASS);
        }
    }
    end();
}

/** pmin and pmax: the first answer counts as a notification, a stale one does
 *  not; 1 s or 10 % early or late is nobody's fault. */
static void expect_measures_the_time_between_notifications(void)
{
    static const struct {
        uint64_t gaps_ms[3]; /* 0: no more */
        size_t passes;
        size_t fails;
    } rows[] = {
        { { 10000, 20000, 30000 }, 2, 0 }, { { 9000, 33000, 0 }, 2, 0 },
        { { 8999, 20000, 0 }, 1, 1 },      { { 20000, 33001, 0 }, 1, 1 },
        { { 5000, 40000, 0 }, 0, 2 },      { { 0, 0, 0 }, 0, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        uint64_t id = observe("{\"observe\": \"/3/0/9\"}");
        for (size_t j = 0; j < 3 && rows[i].gaps_ms[j] != 0; j++) {
            run->now_ms += rows[i].gaps_ms[j] - 1;
            fake_append(run, notification(id, true));
            run->now_ms += 1;
            fake_append(run, notification(id, false));
        }
        (void)fake_start(run, "{\"expect\": {\"spacing\": {\"kind\": "
                              "\"notification\", \"of\": \"/3/0/9\", "
                              "\"min\": 10, \"max\": 30}}, "
                              "\"req\": [\"CORE-1\"]}");
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), rows[i].passes);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), rows[i].fails);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC),
                        2 - rows[i].passes - rows[i].fails);
        end();
    }
}

/** The first answer came late: the device had sent it long before. */
static void expect_does_not_blame_a_slow_answer_for_a_short_gap(void)
{
    static const struct {
        uint64_t answer_ms;
        uint64_t gap_ms;
        enum finding_level level;
    } rows[] = {
        { 3000, 7000, FINDING_PASS },
        { 3000, 5000, FINDING_FAIL },
        { 0, 7000, FINDING_FAIL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        (void)fake_start(run, "{\"observe\": \"/3/0/9\"}");
        uint64_t id = run->last_id;
        run->now_ms += rows[i].answer_ms;
        (void)answer_text(CONTENT_FORMAT_TEXT, true, 1, "1");
        run->now_ms += rows[i].gap_ms;
        fake_append(run, notification(id, false));
        (void)fake_start(run, "{\"expect\": {\"spacing\": {\"kind\": "
                              "\"notification\", \"of\": \"/3/0/9\", "
                              "\"min\": 10}}, \"req\": [\"CORE-1\"]}");
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(fake_count(run, rows[i].level), 1);
        end();
    }
}

/** State and Result from one Send are a view; from several moments not. */
static void sends_are_views_unless_they_are_history(void)
{
    static const struct {
        const char *values;
        enum finding_level level;
    } rows[] = {
        { "[{\"bn\":\"/33629/0/\",\"n\":\"3\",\"v\":2},{\"n\":\"5\","
          "\"v\":0}]",
          FINDING_FAIL },
        { "[{\"n\":\"/33629/0/3\",\"v\":2}]", FINDING_PASS },
        { "[{\"bn\":\"/33629/0/\",\"n\":\"3\",\"v\":2,\"t\":1600000000},"
          "{\"n\":\"5\",\"v\":0,\"t\":1600000000}]",
          FINDING_PASS },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        (void)fake_start(run, "{\"expect\": {\"x\": {\"never\": {\"state\": "
                              "\"Downloaded\"}}}, \"req\": [\"A\"]}");
        CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 0)), STEP_DONE);
        fake_append(run, send(COAP_CODE(2, 4), rows[i].values));
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(fake_count(run, rows[i].level), 1);
        end();
    }
}

static void the_catalogue_is_told_what_is_wrong(void)
{
    static const struct {
        const char *step;
        const char *words;
    } rows[] = {
        { "{\"attributes\": \"/3\", \"set\": {}}", "expected attributes" },
        { "{\"attributes\": \"/3\", \"set\": {\"pmin\": true}}", "/set/pmin" },
        { "{\"observe\": \"/3\", \"cancel\": \"now\"}", "\"passive\"" },
        { "{\"write-composite\": {}}", "expected values" },
        { "{\"write-composite\": {\"1/0\": 1}}", "no path" },
        { "{\"read-composite\": \"/3\", \"shows\": [\"3\"]}", "/shows" },
        { "{\"discover\": \"/3\", \"lists\": {\"/3\": 1}}", "/lists//3" },
        { "{\"observe-composite\": \"/3\", \"code\": \"9\"}", "/code" },
        { "{\"await\": {\"events\": {\"kind\": \"x\"}}}",
          "/await/events/kind" },
        { "{\"expect\": {\"events\": {\"kind\": \"send\", \"of\": 3}}}",
          "/expect/events/of" },
        { "{\"expect\": {\"events\": {\"kind\": \"send\", \"code\": "
          "\"1\"}}}",
          "\"4.xx\"" },
        { "{\"expect\": {\"spacing\": {\"kind\": \"notification\", "
          "\"of\": \"/3\"}}}",
          "\"min\"" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        CU_ASSERT_EQUAL(check(rows[i].step, &reason), STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, rows[i].words));
    }
    CU_ASSERT_EQUAL(
        check("{\"attributes\": \"/3\", \"set\": {\"pmin\": null}}", NULL),
        STATUS_OK);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "attributes", write_attributes_is_a_put_with_a_query_only },
        { "discover", discover_asks_for_a_depth_and_judges_what_is_listed },
        { "depth", discover_with_a_depth_does_not_prove_absence },
        { "read-composite", composite_reads_ask_for_paths_and_judge_members },
        { "write-composite",
          composite_writes_carry_typed_values_and_deletions },
        { "active",
          an_observation_carries_attributes_and_is_cancelled_actively },
        { "established", an_observe_without_the_option_in_its_answer_fails },
        { "passive", a_passive_cancel_ends_with_the_rejected_notification },
        { "observe-composite", a_composite_observation_is_found_by_its_paths },
        { "notifications", await_counts_the_notifications_of_a_path },
        { "sends", await_counts_the_sends_that_were_taken },
        { "counts", expect_counts_events_by_code_and_staleness },
        { "dead observations",
          await_blames_nobody_for_an_observation_that_died },
        { "spacing", expect_measures_the_time_between_notifications },
        { "a slow answer",
          expect_does_not_blame_a_slow_answer_for_a_short_gap },
        { "history", sends_are_views_unless_they_are_history },
        { "check", the_catalogue_is_told_what_is_wrong },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "LwM2M operations", NULL, NULL, NULL, NULL, tests },
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
    return failures == 0 ? 0 : 1;
}
