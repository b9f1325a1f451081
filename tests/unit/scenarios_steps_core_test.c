/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "tests/unit/scenarios_steps_fake.h"

/* What the cases on LwM2M itself say: values that were seen and written, links,
 * registrations and Updates, and what is put back. */

#define LIFETIME "/1/0/1"

static struct run *run;

static void begin(void)
{
    run = fake_new();
    run->profile.limits_ms[LIMIT_LIFETIME] = 3000;
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

/** A Read of the path that is answered with this text. */
static void shown(const char *path, const char *text)
{
    char step[64];

    (void)snprintf(step, sizeof(step), "{\"read\": \"%s\"}", path);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TEXT,
                                      text, strlen(text)),
                    STEP_DONE);
}

static void written(const char *path, const char *value, uint8_t code)
{
    char step[64];

    (void)snprintf(step, sizeof(step), "{\"write\": \"%s\", \"value\": %s}",
                   path, value);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_answer(run, code), STEP_DONE);
}

static void judge(const char *part)
{
    char step[512];

    (void)snprintf(step, sizeof(step),
                   "{\"expect\": {%s}, \"req\": [\"LWM-206\"]}", part);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE);
    fake_judge(run, STEP_DONE);
}

static void a_value_is_compared_with_what_was_seen_and_written(void)
{
    static const struct {
        const char *shows;
        enum finding_level level;
    } rows[] = {
        { "60", FINDING_PASS },
        { "20", FINDING_FAIL },
        { "\"written\"", FINDING_PASS },
        { "\"unchanged\"", FINDING_FAIL },
        { "\"shown\"", FINDING_FAIL }, /* before it was 20 */
        { "\"present\"", FINDING_PASS },
        { "\"absent\"", FINDING_FAIL },
        { "[20, 60]", FINDING_PASS },
        { "{\"pass\": 20, \"warn\": 60}", FINDING_WARNING },
    };
    char part[128];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        shown(LIFETIME, "20");
        written(LIFETIME, "60", COAP_CODE(2, 4));
        written(LIFETIME, "90", COAP_CODE(4, 0)); /* refused: not written */
        shown(LIFETIME, "60");
        (void)snprintf(part, sizeof(part),
                       "\"answer\": {\"shows\": {\"" LIFETIME "\": %s}}",
                       rows[i].shows);
        judge(part);
        expect_one(rows[i].level);
        end();
    }
}

/** A device may refuse a format; one that takes it has to write. */
static void what_is_kept_after_a_refusal_is_no_fail(void)
{
    static const char part[] = "\"answer\": {\"shows\": {\"" LIFETIME
                               "\": {\"pass\": \"written\", \"warn\": "
                               "\"kept\"}}}";

    begin();
    shown(LIFETIME, "20");
    written(LIFETIME, "60", COAP_CODE(4, 15));
    shown(LIFETIME, "20");
    judge(part);
    expect_one(FINDING_WARNING);
    written(LIFETIME, "60", COAP_CODE(2, 4));
    shown(LIFETIME, "20");
    judge(part);
    expect_one(FINDING_FAIL);
    end();
}

static struct journal_event notification(uint64_t observation,
                                         const char *value, bool is_stale)
{
    return (struct journal_event){
        .kind = (enum journal_kind)SERVER_NOTIFICATION,
        .as.server = { .kind = SERVER_NOTIFICATION,
                       .id = observation,
                       .as.response = { .code = COAP_CODE(2, 5),
                                        .content_format = CONTENT_FORMAT_TEXT,
                                        .is_stale = is_stale,
                                        .payload = (const uint8_t *)value,
                                        .payload_length = strlen(value) } }
    };
}

/** The network has overtaken it. */
static void a_stale_notification_is_not_what_was_notified(void)
{
    begin();
    shown(LIFETIME, "300"); /* stands for the Observe */
    const uint64_t observation = fake_last_request(run)->as.server.id;
    written(LIFETIME, "20", COAP_CODE(2, 4));
    fake_append(run, notification(observation, "20", false));
    fake_append(run, notification(observation, "300", true));
    judge("\"notified\": {\"shows\": {\"" LIFETIME "\": \"written\"}}");
    expect_one(FINDING_PASS);
    end();
}

/** The device tells its observer before it answers the Write. */
static void a_notification_may_overtake_the_answer_to_the_write(void)
{
    begin();
    shown(LIFETIME, "300"); /* stands for the Observe */
    const uint64_t observation = fake_last_request(run)->as.server.id;
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"write\": \"" LIFETIME "\", \"value\": 20}"),
        STEP_GO_ON);
    fake_append(run, notification(observation, "20", false));
    CU_ASSERT_EQUAL(fake_answer(run, COAP_CODE(2, 4)), STEP_DONE);
    judge("\"notified\": {\"shows\": {\"" LIFETIME "\": \"written\"}}");
    expect_one(FINDING_PASS);
    end();
}

static void another_format_or_a_value_beside_the_path_is_a_fail(void)
{
    /* TLV: Resources 1 = 20 and 6 = true of an Object Instance. */
    static const uint8_t two[] = { 0xc1, 1, 20, 0xc1, 6, 1 };

    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"read\": \"/1/0\"}"), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TLV,
                                      two, sizeof(two)),
                    STEP_DONE);
    judge("\"answer\": {\"format\": 11542}");
    expect_one(FINDING_PASS);
    judge("\"answer\": {\"format\": 112}");
    expect_one(FINDING_FAIL);
    judge("\"answer\": {\"only\": [\"/1/0\"]}");
    expect_one(FINDING_PASS);
    judge("\"answer\": {\"only\": [\"" LIFETIME "\"]}");
    expect_one(FINDING_FAIL);
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed, "/1/0/6 as well");
    end();
}

static void an_answer_without_values_is_no_fail_of_them(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"read\": \"/1/0\"}"), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_answer(run, COAP_CODE(4, 4)), STEP_DONE);
    judge("\"answer\": {\"shows\": {\"" LIFETIME "\": \"present\"}}");
    expect_one(FINDING_INCONC);
    end();
    begin();
    shown(LIFETIME, "soon"); /* no Integer */
    judge("\"answer\": {\"shows\": {\"" LIFETIME "\": \"present\"}}");
    expect_one(FINDING_FAIL);
    end();
}

static void links_are_judged_with_their_attributes(void)
{
    static const char links[] =
        "</3/0>;pmin=10,</3/0/4>,</3/0/11>;dim=1,</1/0>";
    static const struct {
        const char *part;
        enum finding_level level; /* after what is said of </1/0> */
    } rows[] = {
        { "\"/3/0/4\": \"present\"", FINDING_PASS },
        { "\"/3/0/5\": \"present\"", FINDING_FAIL },
        { "\"/3/0/5\": \"absent\"", FINDING_PASS },
        { "\"/3/0/11\": {\"dim\": \"present\"}", FINDING_PASS },
        { "\"/3/0/4\": {\"dim\": \"present\"}", FINDING_FAIL },
        { "\"/3/0/5\": {\"dim\": \"present\"}", FINDING_FAIL },
        { "\"/3/0\": {\"pmin\": 10}", FINDING_PASS },
        { "\"/3/0\": {\"pmin\": 11}", FINDING_FAIL },
        { "\"/3/0\": {\"pmin\": {\"pass\": 5, \"warn\": 10}}",
          FINDING_WARNING },
        { "\"depth\": 3", FINDING_PASS },
        { "\"depth\": 2", FINDING_FAIL },
    };
    char part[128];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        CU_ASSERT_EQUAL(fake_start(run, "{\"discover\": \"/3\"}"), STEP_GO_ON);
        CU_ASSERT_EQUAL(fake_answer_bytes(run, COAP_CODE(2, 5),
                                          CONTENT_FORMAT_LINK, links,
                                          strlen(links)),
                        STEP_DONE);
        (void)snprintf(part, sizeof(part), "\"listed\": {%s}", rows[i].part);
        judge(part);
        CU_ASSERT_EQUAL(run->finding_count, 2);
        CU_ASSERT_EQUAL(run->findings[0].level, FINDING_FAIL);
        CU_ASSERT_STRING_EQUAL(run->findings[0].observed, "/1/0 as well");
        CU_ASSERT_EQUAL(run->findings[1].level, rows[i].level);
        end();
    }
}

/* Registrations. */

static struct journal_event registration_of(enum server_event_kind kind,
                                            const char *query,
                                            const char *links)
{
    return (struct journal_event){
        .kind = (enum journal_kind)kind,
        .as.server = { .kind = kind,
                       .as.registration = {
                           .lwm2m_major = 1,
                           .lwm2m_minor = 1,
                           .lifetime_s = 60,
                           .query = query,
                           .content_format = CONTENT_FORMAT_LINK,
                           .has_links = links != NULL,
                           .links = (const uint8_t *)links,
                           .links_length = links != NULL ? strlen(links) : 0,
                       } },
    };
}

static void the_parameters_of_a_register_are_those_of_its_version(void)
{
    static const struct {
        const char *query;
        unsigned minor;
        enum finding_level level;
    } rows[] = {
        { "ep=d&lt=60&lwm2m=1.1&b=U", 1, FINDING_PASS },
        { "ep=d&lt=60&lwm2m=1.1", 1, FINDING_PASS },
        { "ep=d&lt=60&lwm2m=1.1&b=UT&Q", 1, FINDING_PASS },
        { "ep=d&lt=60&lwm2m=1.0&b=UQ", 0, FINDING_PASS },
        { "ep=d&lt=60&lwm2m=1.2&b=UM", 2, FINDING_PASS },
        { "ep=d&lwm2m=1.1", 1, FINDING_FAIL },
        { "ep=d&lt=1m&lwm2m=1.1", 1, FINDING_FAIL },
        { "ep=d&lt=60", 1, FINDING_FAIL },
        { "ep=d&lt=60&lwm2m=1.1&b=UQ", 1, FINDING_FAIL },
        { "ep=d&lt=60&lwm2m=1.1&b=UU", 1, FINDING_FAIL },
        { "ep=d&lt=60&lwm2m=1.1&b=", 1, FINDING_FAIL },
        { "ep=d&lt=60&lwm2m=1.0&b=QU", 0, FINDING_FAIL },
        { "ep=d&lt=60&lwm2m=1.1&b=UM", 1, FINDING_FAIL },
        { "ep=d&lt=60&lwm2m=1.1&Q=1", 1, FINDING_FAIL },
        { "ep=d&lt=60&lwm2m=1.0&Q", 0, FINDING_WARNING },
        { "ep=d&lt=60&lwm2m=1.1&sms=+49", 1, FINDING_FAIL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_event event =
            registration_of(SERVER_REGISTER, rows[i].query, "</1/0>,</3/0>");
        event.as.server.as.registration.lwm2m_minor = rows[i].minor;
        begin();
        run->registration = &event;
        judge("\"registration\": {\"well-formed\": true}");
        expect_one(rows[i].level);
        end();
    }
}

static void the_list_and_the_lifetime_of_a_registration_are_judged(void)
{
    static const struct {
        const char *part;
        enum finding_level level;
    } rows[] = {
        { "\"objects\": {\"/1\": \"present\"}", FINDING_PASS },
        { "\"objects\": {\"/0\": \"absent\"}", FINDING_PASS },
        { "\"objects\": {\"/21\": \"absent\"}", FINDING_FAIL },
        { "\"objects\": {\"/4\": \"present\"}", FINDING_FAIL },
        { "\"lifetime\": \"shown\"", FINDING_PASS },
        { "\"lifetime\": 61", FINDING_FAIL },
    };
    const struct journal_event event = registration_of(
        SERVER_REGISTER, "ep=d&lt=60&lwm2m=1.1", "</1/0>,</3/0>,</21/0>");
    char part[128];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        shown(LIFETIME, "60");
        run->registration = &event;
        (void)snprintf(part, sizeof(part), "\"registration\": {%s}",
                       rows[i].part);
        judge(part);
        expect_one(rows[i].level);
        end();
    }
}

static void an_update_is_awaited_with_what_it_says(void)
{
    static const char step[] =
        "{\"await\": {\"update\": {\"lifetime\": \"written\", \"links\": "
        "\"absent\"}}, \"within\": \"boot\", \"req\": [\"LWM-106\"]}";

    begin();
    written(LIFETIME, "60", COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->deadline, LIMIT_BOOT);
    CU_ASSERT_EQUAL(fake_event(run, registration_of(SERVER_UPDATE, NULL, NULL)),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(
        fake_event(run, registration_of(SERVER_UPDATE, "lt=20", NULL)),
        STEP_GO_ON);
    CU_ASSERT_EQUAL(
        fake_event(run, registration_of(SERVER_UPDATE, "lt=60", "</1/0>")),
        STEP_GO_ON);
    fake_judge(run, STEP_AT_LIMIT);
    expect_one(FINDING_FAIL);
    CU_ASSERT_EQUAL(
        fake_event(run, registration_of(SERVER_UPDATE, "b=U&lt=60", NULL)),
        STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS);
    end();
}

/** Who has another address or session has to register: an Update is not enough. */
static void a_register_from_another_address_excuses_an_update(void)
{
    static const struct {
        const char *address;
        bool is_new_session;
        enum finding_level level;
    } rows[] = {
        { "127.0.0.1:2", false, FINDING_INCONC },
        { "127.0.0.1:1", true, FINDING_INCONC },
        { "127.0.0.1:1", false, FINDING_FAIL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_event old =
            registration_of(SERVER_REPLACE, "ep=d&lt=60", "</1/0>");
        struct journal_event anew =
            registration_of(SERVER_REGISTER, "ep=d&lt=60", "</1/0>");
        old.as.server.as.registration.address = "127.0.0.1:1";
        anew.as.server.as.registration.address = rows[i].address;
        anew.as.server.as.registration.is_new_session = rows[i].is_new_session;
        begin();
        CU_ASSERT_EQUAL(fake_start(run, "{\"await\": {\"update\": true}, "
                                        "\"req\": [\"LWM-110\"]}"),
                        STEP_GO_ON);
        CU_ASSERT_EQUAL(fake_event(run, old), STEP_GO_ON);
        CU_ASSERT_EQUAL(fake_event(run, anew), STEP_GO_ON);
        fake_judge(run, STEP_AT_LIMIT);
        expect_one(rows[i].level);
        end();
    }
}

static void a_device_is_disowned_and_owned_again(void)
{
    begin();
    run->is_registered = true;
    CU_ASSERT_EQUAL(fake_start(run, "{\"disown\": true}"), STEP_DONE);
    CU_ASSERT_TRUE(run->is_disowned);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    CU_ASSERT_EQUAL(fake_start(run, "{\"disown\": false}"), STEP_DONE);
    CU_ASSERT_FALSE(run->is_disowned);
    run->is_registered = false;
    CU_ASSERT_EQUAL(fake_start(run, "{\"disown\": true}"), STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_INCONC);
    end();
}

static void an_update_with_parameters_is_worse_than_one_without(void)
{
    static const char step[] =
        "{\"await\": {\"update\": {\"parameters\": {\"pass\": \"none\", "
        "\"warn\": \"any\"}}}, \"req\": [\"LWM-111\"]}";

    begin();
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(
        fake_event(run, registration_of(SERVER_UPDATE, "lt=60", NULL)),
        STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_WARNING);
    fake_append(run, registration_of(SERVER_UPDATE, "", NULL));
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS);
    end();
}

static void a_deregistration_that_does_not_come_is_a_fail(void)
{
    static const char step[] =
        "{\"await\": {\"deregister\": true}, \"req\": [\"LWM-108\"]}";

    begin();
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_deadline(run, "state"), STEP_AT_LIMIT);
    fake_judge(run, STEP_AT_LIMIT);
    expect_one(FINDING_FAIL);
    CU_ASSERT_EQUAL(
        fake_event(run, registration_of(SERVER_DEREGISTER, NULL, NULL)),
        STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_PASS);
    end();
}

/* Writing and restoring. */

static void a_limit_of_the_profile_is_written_in_seconds(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"write\": \"" LIFETIME
                                    "\", \"value\": {\"limit\": \"lifetime\", "
                                    "\"times\": 2}}"),
                    STEP_GO_ON);
    const struct server_request_view *request =
        &fake_last_request(run)->as.server.as.request;
    CU_ASSERT_EQUAL_FATAL(request->payload_length, 1);
    CU_ASSERT_EQUAL(request->payload[0], '6');
    end();
}

/** A device whose lifetime is that already would change nothing. */
static void a_limit_that_the_device_has_is_written_one_second_longer(void)
{
    begin();
    shown(LIFETIME, "6");
    CU_ASSERT_EQUAL(fake_start(run, "{\"write\": \"" LIFETIME
                                    "\", \"value\": {\"limit\": \"lifetime\", "
                                    "\"times\": 2}}"),
                    STEP_GO_ON);
    const struct server_request_view *request =
        &fake_last_request(run)->as.server.as.request;
    CU_ASSERT_EQUAL_FATAL(request->payload_length, 1);
    CU_ASSERT_EQUAL(request->payload[0], '7');
    end();
}

static void resources_of_an_instance_are_written_together(void)
{
    static const uint8_t tlv[] = { 0xc1, 1, 60, 0xc1, 6, 1 };

    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"write\": \"/1/0\", \"values\": {\"1\": "
                                    "60, \"6\": true}, \"partial\": true}"),
                    STEP_GO_ON);
    const struct server_request_view *request =
        &fake_last_request(run)->as.server.as.request;
    CU_ASSERT_EQUAL(request->method, METHOD_POST);
    CU_ASSERT_EQUAL(request->content_format, CONTENT_FORMAT_TLV);
    CU_ASSERT_EQUAL_FATAL(request->payload_length, sizeof(tlv));
    CU_ASSERT_EQUAL(memcmp(request->payload, tlv, sizeof(tlv)), 0);
    end();
}

static void what_was_written_is_restored_and_its_update_awaited(void)
{
    begin();
    shown(LIFETIME, "20");
    written(LIFETIME, "60", COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(fake_start(run, "{\"restore\": \"" LIFETIME "\"}"),
                    STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_PUT, LIFETIME));
    const struct server_request_view *request =
        &fake_last_request(run)->as.server.as.request;
    CU_ASSERT_EQUAL_FATAL(request->payload_length, 2);
    CU_ASSERT_EQUAL(memcmp(request->payload, "20", 2), 0);
    CU_ASSERT_EQUAL(fake_answer(run, COAP_CODE(2, 4)), STEP_GO_ON);
    CU_ASSERT_EQUAL(
        fake_event(run, registration_of(SERVER_UPDATE, "lt=60", NULL)),
        STEP_GO_ON);
    CU_ASSERT_EQUAL(
        fake_event(run, registration_of(SERVER_UPDATE, "lt=20", NULL)),
        STEP_DONE);
    end();
}

static void what_was_not_changed_is_not_restored(void)
{
    begin();
    shown(LIFETIME, "20");
    written(LIFETIME, "60", COAP_CODE(4, 5));
    CU_ASSERT_EQUAL(fake_start(run, "{\"restore\": \"" LIFETIME "\"}"),
                    STEP_DONE);
    written(LIFETIME, "20", COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(fake_start(run, "{\"restore\": \"" LIFETIME "\"}"),
                    STEP_DONE);
    end();
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "values", a_value_is_compared_with_what_was_seen_and_written },
        { "overtaken", a_notification_may_overtake_the_answer_to_the_write },
        { "stale", a_stale_notification_is_not_what_was_notified },
        { "refusals", what_is_kept_after_a_refusal_is_no_fail },
        { "formats", another_format_or_a_value_beside_the_path_is_a_fail },
        { "no values", an_answer_without_values_is_no_fail_of_them },
        { "links", links_are_judged_with_their_attributes },
        { "parameters", the_parameters_of_a_register_are_those_of_its_version },
        { "lists", the_list_and_the_lifetime_of_a_registration_are_judged },
        { "Updates", an_update_is_awaited_with_what_it_says },
        { "Register instead",
          a_register_from_another_address_excuses_an_update },
        { "parameters of an Update",
          an_update_with_parameters_is_worse_than_one_without },
        { "disown", a_device_is_disowned_and_owned_again },
        { "De-register", a_deregistration_that_does_not_come_is_a_fail },
        { "limits", a_limit_of_the_profile_is_written_in_seconds },
        { "limit that it has",
          a_limit_that_the_device_has_is_written_one_second_longer },
        { "instances", resources_of_an_instance_are_written_together },
        { "restore", what_was_written_is_restored_and_its_update_awaited },
        { "nothing to restore", what_was_not_changed_is_not_restored },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "core", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
