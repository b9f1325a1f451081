/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/run_private.h"

/* INIT of scenarios.md 0.3: what is sent, what is waited for, and what a
 * component is worth that does not come to Idle. */

enum { GET = 1, PUT = 3, IDLE = 0, DOWNLOADED = 2, UPDATING = 3 };

static struct {
    struct campaign campaign;
    struct lane lane;
    struct run run;
    struct definitions *definitions;
    cJSON *step;
    uint64_t sequence;
    uint64_t id;
    enum limit deadline; /* LIMIT_COUNT: none */
    bool wakes;
    enum finding_level level;
    char requirement[32];
    size_t findings;
    char observed[512];
} fixture;

/* profile.h */

const struct profile_hook *profile_hook(const struct profile *profile,
                                        const char *name)
{
    (void)profile;
    (void)name;
    return NULL; /* nothing here has hooks */
}

/* run.h */

const cJSON *run_parameter(const struct run *run, const char *name)
{
    (void)run;
    return cJSON_GetObjectItemCaseSensitive(fixture.step, name);
}

void *run_scratch(struct run *run)
{
    return run->scratch;
}

const struct event_store *run_events(const struct run *run)
{
    return run->events;
}

const struct definitions *run_definitions(const struct run *run)
{
    (void)run;
    return fixture.definitions;
}

int run_accept(const struct run *run, const struct lwm2m_path *path)
{
    (void)run;
    (void)path;
    return CONTENT_FORMAT_TLV;
}

enum step_progress run_fail(struct run *run, const struct reason *reason)
{
    (void)run;
    (void)reason;
    return STEP_FAILED;
}

enum status run_deadline(struct run *run, enum limit limit,
                         struct reason *reason)
{
    (void)run;
    (void)reason;
    fixture.deadline = limit;
    return STATUS_OK;
}

enum status run_wake(struct run *run, uint64_t after_ms, struct reason *reason)
{
    (void)run;
    (void)after_ms;
    (void)reason;
    fixture.wakes = true;
    return STATUS_OK;
}

void run_stop_timers(struct run *run)
{
    (void)run;
    fixture.deadline = LIMIT_COUNT;
    fixture.wakes = false;
}

enum status run_record(struct run *run, enum journal_kind kind, cJSON *data,
                       struct reason *reason)
{
    (void)run;
    (void)kind;
    (void)reason;
    cJSON_Delete(data);
    return STATUS_OK;
}

static void append(struct journal_event event)
{
    event.sequence = ++fixture.sequence;
    CU_ASSERT_EQUAL_FATAL(event_store_add(fixture.run.events, &event, NULL),
                          STATUS_OK);
}

enum status run_send(struct run *run, struct server_request *request,
                     uint64_t *out_id, struct reason *reason)
{
    char path[LWM2M_PATH_TEXT_MAX];
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REQUEST,
        .as.server = { .kind = SERVER_REQUEST,
                       .id = ++fixture.id,
                       .as.request = { .method = request->method,
                                       .path = lwm2m_path_text(&request->path,
                                                               path),
                                       .accept = request->accept } },
    };

    (void)run;
    (void)reason;
    append(event);
    *out_id = fixture.id;
    return STATUS_OK;
}

enum status run_send_negotiated(struct run *run, struct server_request *request,
                                bool is_refusal_likely, uint64_t *out_id,
                                struct reason *reason)
{
    (void)is_refusal_likely; /* the stand-in refuses no format */
    return run_send(run, request, out_id, reason);
}

/* The device. */

static enum step_progress give(struct journal_event event)
{
    size_t count = event_store_count(fixture.run.events);

    append(event);
    return step_builtin_idle.drive(&fixture.run,
                                   event_store_at(fixture.run.events, count));
}

static enum step_progress answer(uint8_t code, const void *bytes, size_t length)
{
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_RESPONSE,
        .as.server = { .kind = SERVER_RESPONSE,
                       .id = fixture.id,
                       .as.response = { .code = code,
                                        .content_format = CONTENT_FORMAT_TLV,
                                        .payload = bytes,
                                        .payload_length = length } },
    };

    return give(event);
}

/** The Read is answered by the pair; push only. */
static enum step_progress show(uint8_t state, uint8_t result)
{
    const uint8_t bytes[] = { 0xc1, 3, state, 0xc1, 5, result, 0xc1, 9, 1 };

    return answer(COAP_CODE(2, 5), bytes, sizeof(bytes));
}

static enum step_progress lose(enum server_event_kind kind)
{
    const struct journal_event event = {
        .kind = (enum journal_kind)kind,
        .as.server = { .kind = kind, .id = fixture.id },
    };

    return give(event);
}

static enum step_progress wake(void)
{
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_TIMER,
    };

    CU_ASSERT_TRUE(fixture.wakes);
    fixture.wakes = false;
    return step_builtin_idle.drive(&fixture.run, &event);
}

static enum step_progress pass_limit(void)
{
    const struct journal_event event = { .kind = JOURNAL_DEADLINE };

    CU_ASSERT_NOT_EQUAL(fixture.deadline, LIMIT_COUNT);
    return step_builtin_idle.drive(&fixture.run, &event);
}

/** Method and path of the newest request. */
static bool sent(uint8_t method, const char *path)
{
    const struct server_request_view *found = NULL;

    for (size_t i = 0; i < event_store_count(fixture.run.events); i++) {
        const struct journal_event *event =
            event_store_at(fixture.run.events, i);
        if ((int)event->kind == SERVER_REQUEST) {
            found = &event->as.server.as.request;
        }
    }
    return found != NULL && found->method == method &&
           strcmp(found->path, path) == 0;
}

static void begin(void)
{
    memset(&fixture, 0, sizeof(fixture));
    fixture.definitions = definitions_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.definitions);
    CU_ASSERT_EQUAL_FATAL(definitions_add_embedded(fixture.definitions, NULL),
                          STATUS_OK);
    fixture.step = cJSON_Parse("{\"idle\": true}");
    fixture.deadline = LIMIT_COUNT;
    fixture.run.campaign = &fixture.campaign;
    fixture.lane.campaign = &fixture.campaign;
    fixture.run.lane = &fixture.lane;
    fixture.run.events = event_store_new();
    fixture.run.scratch = calloc(1, step_builtin_idle.scratch_size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.run.scratch);
    ics_add_instance(&fixture.lane.ics, 0, true);
    CU_ASSERT_EQUAL(step_builtin_idle.drive(&fixture.run, NULL), STEP_GO_ON);
    CU_ASSERT_TRUE(sent(GET, "/33629/0"));
}

static void end(void)
{
    free(fixture.run.scratch);
    event_store_free(fixture.run.events);
    cJSON_Delete(fixture.step);
    definitions_free(fixture.definitions);
}

static void on_finding(const struct finding *finding, void *user)
{
    (void)user;
    fixture.level = finding->level;
    (void)snprintf(fixture.observed, sizeof(fixture.observed), "%s",
                   finding->observed);
    CU_ASSERT_TRUE_FATAL(strlen(finding->requirement) <
                         sizeof(fixture.requirement));
    memcpy(fixture.requirement, finding->requirement,
           strlen(finding->requirement) + 1);
    fixture.findings++;
}

static void judge(enum step_progress progress, const char *requirements)
{
    const struct judge_input input = {
        .events = fixture.run.events,
        .end = event_store_count(fixture.run.events),
        .progress = progress,
        .requirements = requirements,
    };

    fixture.findings = 0;
    step_builtin_idle.judge(&input, on_finding, NULL);
}

static void an_idle_component_is_left_alone(void)
{
    begin();
    CU_ASSERT_EQUAL(show(IDLE, 0), STEP_DONE);
    judge(STEP_DONE, "AFU-056");
    CU_ASSERT_EQUAL(fixture.findings, 0);
    end();
}

/** the old Result must go within T_STATE, or it stays. */
static void a_reset_in_idle_is_given_t_state(void)
{
    begin();
    CU_ASSERT_EQUAL(show(IDLE, 6), STEP_GO_ON);
    CU_ASSERT_TRUE(sent(PUT, "/33629/0/0"));
    CU_ASSERT_EQUAL(answer(COAP_CODE(2, 4), NULL, 0), STEP_GO_ON);
    CU_ASSERT_EQUAL(show(IDLE, 6), STEP_GO_ON);
    CU_ASSERT_EQUAL(fixture.deadline, LIMIT_STATE);
    CU_ASSERT_EQUAL(wake(), STEP_GO_ON);
    CU_ASSERT_EQUAL(show(IDLE, 0), STEP_DONE); /* late, but in time */
    end();

    begin();
    (void)show(IDLE, 6);
    (void)answer(COAP_CODE(2, 4), NULL, 0);
    (void)show(IDLE, 6);
    CU_ASSERT_EQUAL(pass_limit(), STEP_GO_ON);
    CU_ASSERT_EQUAL(wake(), STEP_GO_ON);
    CU_ASSERT_EQUAL(show(IDLE, 6), STEP_DONE); /* as good */
    /* In the next case nobody waits for it. */
    memset(fixture.run.scratch, 0, step_builtin_idle.scratch_size);
    CU_ASSERT_EQUAL(step_builtin_idle.drive(&fixture.run, NULL), STEP_GO_ON);
    (void)show(IDLE, 6);
    CU_ASSERT_TRUE(sent(PUT, "/33629/0/0"));
    (void)answer(COAP_CODE(2, 4), NULL, 0);
    CU_ASSERT_EQUAL(show(IDLE, 6), STEP_DONE);
    end();

    begin();
    (void)show(IDLE, 6);
    CU_ASSERT_EQUAL(answer(COAP_CODE(4, 5), NULL, 0), STEP_GO_ON);
    CU_ASSERT_EQUAL(show(IDLE, 6), STEP_DONE); /* refused: nothing follows */
    end();
}

/** Idle by a reset of Downloaded is enough, whatever the Result. */
static void idle_is_enough(void)
{
    begin();
    (void)show(DOWNLOADED, 0);
    (void)answer(COAP_CODE(2, 4), NULL, 0);
    CU_ASSERT_EQUAL(show(IDLE, 10), STEP_DONE);
    end();
}

static void a_busy_device_is_given_t_abort(void)
{
    begin();
    CU_ASSERT_EQUAL(answer(COAP_CODE(5, 3), NULL, 0), STEP_GO_ON);
    CU_ASSERT_EQUAL(fixture.deadline, LIMIT_ABORT);
    CU_ASSERT_EQUAL(wake(), STEP_GO_ON);
    CU_ASSERT_EQUAL(show(IDLE, 0), STEP_DONE);
    end();

    begin();
    (void)answer(COAP_CODE(5, 3), NULL, 0);
    (void)pass_limit();
    (void)wake();
    CU_ASSERT_EQUAL(answer(COAP_CODE(5, 3), NULL, 0), STEP_AT_LIMIT);
    end();
}

static void who_installs_may_be_silent(void)
{
    begin();
    CU_ASSERT_EQUAL(lose(SERVER_TIMEOUT), STEP_SILENT); /* no reason known */
    end();

    begin();
    CU_ASSERT_EQUAL(show(UPDATING, 0), STEP_GO_ON);
    CU_ASSERT_EQUAL(fixture.deadline, LIMIT_UPDATE);
    (void)wake();
    fixture.run.is_lost = true;
    CU_ASSERT_EQUAL(lose(SERVER_TIMEOUT), STEP_GO_ON);
    CU_ASSERT_FALSE(fixture.run.is_lost);
    (void)pass_limit();
    (void)wake();
    CU_ASSERT_EQUAL(lose(SERVER_TIMEOUT), STEP_SILENT);
    end();
}

/** scenarios.md 0.3: a fail for the rows on reset, inconc for the others. */
static void a_reset_without_effect_fails_the_cases_about_it(void)
{
    static const struct {
        uint8_t code;
        const char *requirements;
        enum finding_level level;
    } rows[] = {
        { COAP_CODE(2, 4), "AFU-056", FINDING_FAIL },
        { COAP_CODE(2, 4), "", FINDING_INCONC },
        { COAP_CODE(4, 5), "AFU-056", FINDING_INCONC }, /* not accepted */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        (void)show(DOWNLOADED, 0);
        CU_ASSERT_TRUE(sent(PUT, "/33629/0/0"));
        (void)answer(rows[i].code, NULL, 0);
        if (rows[i].code == COAP_CODE(2, 4)) {
            (void)show(DOWNLOADED, 0);
            (void)pass_limit();
            (void)wake();
        }
        (void)show(DOWNLOADED, 0); /* now Cancel */
        (void)answer(COAP_CODE(4, 4), NULL, 0);
        CU_ASSERT_EQUAL(show(DOWNLOADED, 0), STEP_AT_LIMIT);
        judge(STEP_AT_LIMIT, rows[i].requirements);
        CU_ASSERT_EQUAL(fixture.findings, 1);
        CU_ASSERT_EQUAL(fixture.level, rows[i].level);
        CU_ASSERT_STRING_EQUAL(fixture.requirement,
                               rows[i].level == FINDING_FAIL ? "AFU-056" : "");
        end();
    }
}

static void what_was_tried_is_said(void)
{
    begin();
    CU_ASSERT_EQUAL(answer(COAP_CODE(4, 4), NULL, 0), STEP_AT_LIMIT);
    judge(STEP_AT_LIMIT, "");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(fixture.observed, "last answers: Read /33629/0: 4.04"));
    end();

    begin();
    (void)show(DOWNLOADED, 0);
    (void)answer(COAP_CODE(4, 5), NULL, 0);
    judge(STEP_AT_LIMIT, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(
        fixture.observed, "Read /33629/0: 2.05, Write /33629/0/0: 4.05"));
    end();
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "words", what_was_tried_is_said },
        { "idle", an_idle_component_is_left_alone },
        { "T_STATE", a_reset_in_idle_is_given_t_state },
        { "enough", idle_is_enough },
        { "busy", a_busy_device_is_given_t_abort },
        { "silent", who_installs_may_be_silent },
        { "fail", a_reset_without_effect_fails_the_cases_about_it },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "idle", NULL, NULL, NULL, NULL, tests },
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
