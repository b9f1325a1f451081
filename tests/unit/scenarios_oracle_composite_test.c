/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/scenarios_oracle_scene.h"
#include "tests/unit/scenarios_oracle_scene_private.h"

/* What the oracle makes of composite operations, of Sends, and of
 * notifications that came too late. Instance 0 is in Idle before each. */

enum { FETCH = 5, IPATCH = 7, SENML_JSON = 110, FINDINGS_SIZE = 400 };

static const struct scene_setup two = { .component_count = 2 };
static char findings[FINDINGS_SIZE];

static void take_finding(const struct finding *finding, void *user)
{
    size_t used = strlen(findings);

    (void)user;
    if (finding->level >= FINDING_WARNING) {
        (void)snprintf(findings + used, sizeof(findings) - used, "%s%s %s",
                       used > 0 ? "; " : "", finding_level_name(finding->level),
                       finding->requirement);
    }
}

static void feed(struct journal_event event)
{
    event.as.server.kind = (enum server_event_kind)event.kind;
    event.endpoint = "device";
    event.as.server.endpoint = "device";
    event.time_ms = scene.now_ms += 10;
    event.wall_ms = scene_wall_s() * 1000;
    event.sequence = ++scene.sequence;
    oracle_feed(scene.oracle, &event, take_finding, NULL);
}

static void begin(void)
{
    scene_open(&two);
    findings[0] = '\0';
    scene_play("I0 1.I0");
}

static uint64_t ask(uint8_t method, const char *payload)
{
    const uint64_t id = 5000 + scene.sequence;

    feed((struct journal_event){
        .kind = (enum journal_kind)SERVER_REQUEST,
        .as.server = { .id = id,
                       .as.request = { .method = method,
                                       .path = "/",
                                       .content_format = SENML_JSON,
                                       .accept = SENML_JSON,
                                       .payload = (const uint8_t *)payload,
                                       .payload_length = strlen(payload) } } });
    return id;
}

static void answer(uint64_t id, uint8_t code, const char *payload)
{
    feed((struct journal_event){
        .kind = (enum journal_kind)SERVER_RESPONSE,
        .as.server = {
            .id = id,
            .as.response = { .code = code,
                             .content_format = SENML_JSON,
                             .payload = (const uint8_t *)payload,
                             .payload_length = strlen(payload) } } });
}

static void report(uint8_t code, const char *payload)
{
    feed((struct journal_event){
        .kind = (enum journal_kind)SERVER_SEND,
        .as.server.as.send = { .code = code,
                               .content_format = SENML_JSON,
                               .payload = (const uint8_t *)payload,
                               .payload_length = strlen(payload) } });
}

#define PAIR(state, result)                                                    \
    "[{\"n\":\"/33629/0/3\",\"v\":" #state                                     \
    "},{\"n\":\"/33629/0/5\",\"v\":" #result "}]"
#define ASKED "[{\"n\":\"/33629/0/3\"},{\"n\":\"/33629/0/5\"}]"

static void composite_answer_is_an_atomic_view(void)
{
    static const struct {
        const char *answer;
        const char *wanted;
    } rows[] = {
        { PAIR(0, 0), "" },
        { PAIR(2, 0), "fail AFU-052" }, /* nothing led there */
        { PAIR(9, 0), "fail AFU-009" },
        { "[{\"n\":\"/33629/0/3\",\"v\":0}]", "" },
        { "[{\"n\":\"/33629/0/3\",\"v\":2}]", "fail AFU-052" },
        { "[{\"n\":\"/1/0/1\",\"v\":60}]", "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        answer(ask(FETCH, ASKED), COAP_CODE(2, 5), rows[i].answer);
        CU_ASSERT_STRING_EQUAL(findings, rows[i].wanted);
        scene_close();
    }
}

/** What nobody asked for is not absent. */
static void composite_answer_without_links_does_not_clear_them(void)
{
    begin();
    scene_play("1.push 1.last 1.L0 li=1 push last L0");
    answer(ask(FETCH, ASKED), COAP_CODE(2, 5), PAIR(2, 0));
    scene_play("update U0 1.U0");
    CU_ASSERT_STRING_EQUAL(findings, "");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_close();
}

static void composite_write_of_a_uri_is_a_stimulus(void)
{
    static const char change[] = "[{\"n\":\"/33629/0/1\",\"vs\":\"coap://x\"}]";

    begin();
    answer(ask(IPATCH, change), COAP_CODE(2, 4), "");
    scene_play("D0 L0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "");
    scene_close();
    begin();
    answer(ask(IPATCH, "[{\"n\":\"/1/0/1\",\"v\":60}]"), COAP_CODE(2, 4), "");
    scene_play("D0");
    CU_ASSERT_STRING_EQUAL(scene_findings(), "fail AFU-052");
    scene_close();
}

static void sends_are_judged_for_legal_pairs_of_one_moment(void)
{
    static const struct {
        uint8_t code;
        const char *values;
        const char *wanted;
    } rows[] = {
        { COAP_CODE(2, 4), PAIR(0, 0), "" },
        { COAP_CODE(2, 4), PAIR(2, 0), "" }, /* it may be old */
        { COAP_CODE(2, 4), PAIR(0, 0), "" },
        { COAP_CODE(2, 4), PAIR(2, 1), "fail AFU-051" },
        { COAP_CODE(4, 0), PAIR(2, 1), "" },
        { COAP_CODE(2, 4), PAIR(9, 0), "fail AFU-009; fail AFU-051" },
        { COAP_CODE(2, 4),
          "[{\"n\":\"/33629/0/3\",\"v\":2,\"t\":1600000000},"
          "{\"n\":\"/33629/0/5\",\"v\":1,\"t\":1600000001}]",
          "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        report(rows[i].code, rows[i].values);
        CU_ASSERT_STRING_EQUAL(findings, rows[i].wanted);
        scene_play("I0"); /* nothing was taken for the newest view */
        CU_ASSERT_STRING_EQUAL(scene_findings(), "");
        scene_close();
    }
}

static void stale_notification_shows_nothing(void)
{
    for (int is_stale = 0; is_stale < 2; is_stale++) {
        begin();
        const uint64_t observation = 9000;
        feed((struct journal_event){
            .kind = (enum journal_kind)SERVER_REQUEST,
            .as.server = { .id = observation,
                           .as.request = { .method = GET,
                                           .path = "/33629/0",
                                           .accept = CONTENT_FORMAT_NONE,
                                           .has_observe = true } } });
        answer(observation, COAP_CODE(2, 5), PAIR(0, 0));
        feed((struct journal_event){
            .kind = (enum journal_kind)SERVER_NOTIFICATION,
            .as.server = {
                .id = observation,
                .as.response = { .code = COAP_CODE(2, 5),
                                 .content_format = SENML_JSON,
                                 .has_observe = true,
                                 .is_stale = is_stale == 1,
                                 .payload = (const uint8_t *)PAIR(2, 1),
                                 .payload_length = strlen(PAIR(2, 1)) } } });
        CU_ASSERT_STRING_EQUAL(findings, is_stale ? "" : "fail AFU-051");
        scene_close();
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "view", composite_answer_is_an_atomic_view },
        { "links", composite_answer_without_links_does_not_clear_them },
        { "write", composite_write_of_a_uri_is_a_stimulus },
        { "send", sends_are_judged_for_legal_pairs_of_one_moment },
        { "stale", stale_notification_shows_nothing },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle composite", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    scene_end();
    return failures == 0 ? 0 : 1;
}
