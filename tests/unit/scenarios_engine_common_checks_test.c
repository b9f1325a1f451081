/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/run_private.h"

/*
 * CC3 to CC6 of scenarios.md 0.2, by events of a case that was never run.
 * Instances 0, 1 and 2; 0 is the main component.
 */

#define FINDINGS_MAX 16

enum { GET = 1, POST = 2, PUT = 3, T_BOOT_MS = 1000, T_UPDATE_MS = 5000 };

static struct {
    struct campaign campaign;
    struct lane lane;
    struct campaign_config config;
    struct profile profile;
    struct definitions *definitions;
    struct run run;
    uint64_t sequence;
    uint64_t id;
    struct {
        enum finding_level level;
        char requirement[16];
        char check[8];
        char subject[32];
    } findings[FINDINGS_MAX];
    size_t count;
    unsigned updates; /* that the checks of the ICS were told of */
    unsigned registered_updates;
} fixture;

/* The runner. */

void runner_finding(struct run *run, const struct finding *finding,
                    bool is_step)
{
    size_t i = fixture.count;

    CU_ASSERT_PTR_EQUAL(run, &fixture.run);
    CU_ASSERT_FALSE(is_step);
    CU_ASSERT_TRUE_FATAL(i < FINDINGS_MAX);
    fixture.findings[i].level = finding->level;
    (void)snprintf(fixture.findings[i].requirement,
                   sizeof(fixture.findings[i].requirement), "%s",
                   finding->requirement);
    (void)snprintf(fixture.findings[i].check, sizeof(fixture.findings[i].check),
                   "%s", finding->check);
    (void)snprintf(fixture.findings[i].subject,
                   sizeof(fixture.findings[i].subject), "%s", finding->subject);
    fixture.count++;
}

const struct definitions *run_definitions(const struct run *run)
{
    (void)run;
    return fixture.definitions;
}

const struct profile *run_profile(const struct run *run)
{
    (void)run;
    return &fixture.profile;
}

const struct profile_hook *profile_hook(const struct profile *profile,
                                        const char *name)
{
    (void)profile;
    (void)name;
    return NULL; /* no case here has hooks */
}

/* scenarios_engine_ics_test.c is about what becomes of these. */

void ics_checks_view(struct lane *lane, const struct view *view)
{
    CU_ASSERT_PTR_EQUAL(lane, &fixture.lane);
    CU_ASSERT_TRUE(view->records.count > 0);
}

void ics_checks_package(struct lane *lane, const char *name)
{
    (void)lane;
    (void)name;
}

void ics_checks_update(struct lane *lane, bool registered)
{
    CU_ASSERT_PTR_EQUAL(lane, &fixture.lane);
    fixture.updates++;
    fixture.registered_updates += registered ? 1 : 0;
}

/* What happened. */

static void append(struct journal_event event)
{
    event.sequence = ++fixture.sequence;
    CU_ASSERT_EQUAL_FATAL(event_store_add(fixture.run.events, &event, NULL),
                          STATUS_OK);
}

static void snapshot(const char *name, const char *instances,
                     const char *firmware)
{
    char text[512];

    (void)snprintf(text, sizeof(text),
                   "{\"name\": \"%s\", \"instances\": {%s}, \"firmware\": "
                   "\"%s\"}",
                   name, instances, firmware);
    cJSON *data = cJSON_Parse(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    append((struct journal_event){ .kind = JOURNAL_SNAPSHOT, .as.data = data });
    cJSON_Delete(data);
}

static uint64_t request(uint8_t method, const char *path, const char *payload,
                        uint64_t time_ms)
{
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REQUEST,
        .time_ms = time_ms,
        .as.server = { .kind = SERVER_REQUEST,
                       .id = ++fixture.id,
                       .as.request = { .method = method,
                                       .path = path,
                                       .accept = CONTENT_FORMAT_NONE,
                                       .payload = (const uint8_t *)payload,
                                       .payload_length = strlen(payload) } },
    };

    append(event);
    return fixture.id;
}

static void response(uint64_t id, uint8_t code, const void *payload,
                     size_t length, uint64_t time_ms)
{
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_RESPONSE,
        .time_ms = time_ms,
        .as.server = { .kind = SERVER_RESPONSE,
                       .id = id,
                       .as.response = { .code = code,
                                        .content_format = CONTENT_FORMAT_TLV,
                                        .payload = payload,
                                        .payload_length = length } },
    };

    append(event);
}

static void bare(enum server_event_kind kind, uint64_t id, uint64_t time_ms)
{
    const struct journal_event event = {
        .kind = (enum journal_kind)kind,
        .time_ms = time_ms,
        .as.server = { .kind = kind, .id = id },
    };

    append(event);
}

/** Execute Update, answered 2.04. */
static void update(const char *path, const char *argument, uint64_t time_ms)
{
    response(request(POST, path, argument, time_ms), COAP_CODE(2, 4), NULL, 0,
             time_ms);
}

/** A Read shows the pair, and a link to `linked` where that is not 0. */
static void show(uint8_t instance, uint8_t state, uint8_t result,
                 uint8_t linked)
{
    const uint8_t bytes[] = { 0xc1, 3,    state, 0xc1, 5,    result, 0x86,
                              16,   0x44, 0,     0x83, 0x5d, 0,      linked };
    char path[16];

    (void)snprintf(path, sizeof(path), "/33629/%u", instance);
    response(request(GET, path, "", 0), COAP_CODE(2, 5), bytes,
             linked != 0 ? sizeof(bytes) : 6, 0);
}

static void registration(const char *links, bool queue_mode)
{
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REGISTER,
        .as.server = { .kind = SERVER_REGISTER,
                       .as.registration = { .queue_mode = queue_mode,
                                            .has_links = true,
                                            .links = (const uint8_t *)links,
                                            .links_length = strlen(links) } },
    };

    event_store_clear(fixture.lane.registration);
    CU_ASSERT_EQUAL_FATAL(
        event_store_add(fixture.lane.registration, &event, NULL), STATUS_OK);
}

static void begin(void)
{
    memset(&fixture, 0, sizeof(fixture));
    fixture.definitions = definitions_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.definitions);
    CU_ASSERT_EQUAL_FATAL(definitions_add_embedded(fixture.definitions, NULL),
                          STATUS_OK);
    fixture.profile.limits_ms[LIMIT_BOOT] = T_BOOT_MS;
    fixture.profile.limits_ms[LIMIT_UPDATE] = T_UPDATE_MS;
    fixture.campaign.config = &fixture.config;
    fixture.lane.registration = event_store_new();
    fixture.lane.ics.is_known = true;
    for (uint16_t i = 0; i < 3; i++) {
        ics_add_instance(&fixture.lane.ics, i, true);
    }
    fixture.run.campaign = &fixture.campaign;
    fixture.lane.campaign = &fixture.campaign;
    fixture.run.lane = &fixture.lane;
    fixture.lane.profile = &fixture.profile;
    fixture.run.events = event_store_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.run.events);
    registration("</33629>,</33629/0>,</33629/1>,</33629/2>", false);
}

static void end(void)
{
    event_store_free(fixture.run.events);
    event_store_free(fixture.lane.registration);
    definitions_free(fixture.definitions);
}

static void expect_one(enum finding_level level, const char *requirement,
                       const char *check, const char *subject)
{
    CU_ASSERT_EQUAL(fixture.count, 1);
    CU_ASSERT_EQUAL(fixture.findings[0].level, level);
    CU_ASSERT_STRING_EQUAL(fixture.findings[0].requirement, requirement);
    CU_ASSERT_STRING_EQUAL(fixture.findings[0].check, check);
    CU_ASSERT_STRING_EQUAL(fixture.findings[0].subject, subject);
}

static const char idle[] = "\"0\": {\"3\": 0, \"5\": 0, \"15\": \"1.0\"}, "
                           "\"1\": {\"3\": 0, \"5\": 0, \"15\": \"1.0\"}";

/* CC3 */

static void bystanders_keep_what_they_show(void)
{
    static const struct {
        const char *before; /* of instance 1 */
        const char *after;
        bool reboots;
        bool persists;
        size_t count;
        enum finding_level level;
        const char *requirement;
    } rows[] = {
        { "\"3\": 0, \"5\": 0", "\"3\": 0, \"5\": 0", false, false, 0, 0, "" },
        { "\"3\": 0, \"5\": 0", "\"3\": 0, \"5\": 8", false, false, 1,
          FINDING_FAIL, "AFU-177" },
        { "\"3\": 2, \"5\": 0", "\"3\": 0, \"5\": 4", false, false, 1,
          FINDING_FAIL, "AFU-177" },
        { "\"3\": 2, \"5\": 0", "\"3\": 0, \"5\": 4", true, false, 1,
          FINDING_WARNING, "AFU-095" },
        { "\"3\": 2, \"5\": 0", "\"3\": 0, \"5\": 0", true, true, 1,
          FINDING_FAIL, "AFU-177" },
        /* AFU-PER-003, 004: a Result need not survive. */
        { "\"3\": 0, \"5\": 6", "\"3\": 0, \"5\": 0", true, false, 0, 0, "" },
        { "\"3\": 0, \"5\": 6", "\"3\": 0, \"5\": 0", false, false, 1,
          FINDING_FAIL, "AFU-177" },
        { "\"3\": 0, \"5\": 0", "\"3\": 0, \"5\": 8", true, false, 1,
          FINDING_FAIL, "AFU-177" },
        { "\"3\": 0, \"5\": 0", "\"3\": 1, \"5\": 0", true, false, 1,
          FINDING_FAIL, "AFU-177" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[128];
        begin();
        if (rows[i].persists) {
            ics_set(&fixture.lane.ics, "persist", "true", true);
        }
        (void)snprintf(text, sizeof(text), "\"1\": {%s}", rows[i].before);
        snapshot("baseline", text, "1.0");
        if (rows[i].reboots) {
            bare(SERVER_REGISTER, 0, 10);
        }
        (void)snprintf(text, sizeof(text), "\"1\": {%s}", rows[i].after);
        snapshot("final", text, "1.0");
        common_checks(&fixture.run);
        CU_ASSERT_EQUAL(fixture.count, rows[i].count);
        if (rows[i].count == 1) {
            CU_ASSERT_EQUAL(fixture.findings[0].level, rows[i].level);
            CU_ASSERT_STRING_EQUAL(fixture.findings[0].requirement,
                                   rows[i].requirement);
            CU_ASSERT_STRING_EQUAL(fixture.findings[0].check, "CC3");
        }
        end();
    }
}

/** Links announce participants of an Update without an argument only. */
static void only_who_takes_part_is_no_bystander(void)
{
    static const struct {
        const char *argument;
        uint8_t linked_of; /* who shows the link to 1 */
        size_t count;
    } rows[] = {
        { "", 0, 0 },               /* announced */
        { "0", 0, 1 },              /* alone */
        { "", 2, 1 },               /* the links of another one */
        { "0='</33629/1>'", 0, 0 }, /* listed */
        { "0='</33629/2>'", 0, 1 }, /* another one is listed */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        snapshot("baseline", idle, "1.0");
        show(rows[i].linked_of, 2, 0, 1);
        update("/33629/0/2", rows[i].argument, 0);
        snapshot("final",
                 "\"0\": {\"3\": 0, \"5\": 0, \"15\": \"1.0\"}, "
                 "\"1\": {\"3\": 0, \"5\": 8, \"15\": \"1.0\"}",
                 "1.0");
        common_checks(&fixture.run);
        CU_ASSERT_EQUAL(fixture.count, rows[i].count);
        end();
    }
}

/* CC4 */

static void a_version_changes_only_with_a_successful_update(void)
{
    static const struct {
        const char *after; /* of instance 0 */
        bool updated;
        bool seen; /* (I,1) in some view */
        size_t count;
    } rows[] = {
        { "\"3\": 0, \"5\": 1, \"15\": \"1.1\"", true, true, 0 },
        { "\"3\": 0, \"5\": 8, \"15\": \"1.1\"", true, false, 1 },
        { "\"3\": 2, \"5\": 13, \"15\": \"1.1\"", true, false, 1 },
        /* Another download since. */
        { "\"3\": 0, \"5\": 6, \"15\": \"1.1\"", true, true, 0 },
        { "\"3\": 2, \"5\": 0, \"15\": \"1.1\"", true, false, 0 },
        /* The trial runs. */
        { "\"3\": 3, \"5\": 0, \"15\": \"1.1\"", true, false, 0 },
        { "\"3\": 0, \"5\": 0, \"15\": \"1.1\"", false, false, 1 },
        { "\"3\": 0, \"5\": 8, \"15\": \"1.0\"", true, false, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[128];
        begin();
        snapshot("baseline", "\"0\": {\"3\": 0, \"5\": 0, \"15\": \"1.0\"}",
                 "1.0");
        (void)request(PUT, "/33629/0/0", "x", 0);
        if (rows[i].updated) {
            update("/33629/0/2", "", 0);
        }
        if (rows[i].seen) {
            show(0, 0, 1, 0);
        }
        (void)snprintf(text, sizeof(text), "\"0\": {%s}", rows[i].after);
        snapshot("final", text, "1.0");
        common_checks(&fixture.run);
        CU_ASSERT_EQUAL(fixture.count, rows[i].count);
        if (rows[i].count == 1) {
            expect_one(FINDING_FAIL, "AFU-015", "CC4", "/33629/0/15");
        }
        end();
    }
}

static void the_firmware_version_follows_the_main_component(void)
{
    begin();
    snapshot("baseline", idle, "1.0");
    snapshot("final", idle, "1.1");
    common_checks(&fixture.run);
    expect_one(FINDING_WARNING, "AFU-016", "CC4", "/3/0/3");
    end();
}

/* CC5 */

static void the_set_of_instances_stays(void)
{
    static const struct {
        const char *links;
        size_t count;
    } rows[] = {
        { "</33629>,</33629/0>,</33629/1>,</33629/2>", 0 },
        { "</33629/0>,</33629/1>", 1 },
        { "</33629/0>,</33629/1>,</33629/2>,</33629/3>", 1 },
        { "</3/0>,</33629>", 0 }, /* lists none: AFU-OBJ-001 warns */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        registration(rows[i].links, false);
        common_checks(&fixture.run);
        CU_ASSERT_EQUAL(fixture.count, rows[i].count);
        if (rows[i].count == 1) {
            expect_one(FINDING_WARNING, "AFU-005", "CC5", "/33629");
        }
        end();
    }
}

/* CC6 */

static void a_read_without_an_answer_is_a_fail(void)
{
    begin();
    show(0, 0, 0, 0);
    bare(SERVER_TIMEOUT, request(GET, "/33629/0", "", 0), 93000);
    common_checks(&fixture.run);
    expect_one(FINDING_FAIL, "AFU-175", "CC6", "/33629/0");
    end();
}

/** A case that leaves /33629 alone judges neither bystanders nor instances,
 *  and names its own requirement. */
static void a_case_without_firmware_judges_the_absence_only(void)
{
    static const struct test_case core = { .is_without_firmware = true };

    begin();
    fixture.run.test_case = &core;
    snapshot("baseline", "\"1\": {\"3\": 0, \"5\": 0, \"15\": \"1\"}", "1");
    snapshot("final", "\"1\": {\"3\": 2, \"5\": 0, \"15\": \"2\"}", "1");
    bare(SERVER_TIMEOUT, request(GET, "/3/0", "", 0), 93000);
    common_checks(&fixture.run);
    expect_one(FINDING_FAIL, "LWM-101", "CC6", "/3/0");
    fixture.run.test_case = NULL;
    end();
}

/** Who installs or reboots may be silent. */
static void an_absence_that_is_explained_is_none(void)
{
    static const struct {
        const char *path;
        uint8_t code; /* of the Execute, 0: none */
        bool registers;
        size_t count;
    } rows[] = {
        { "/33629/0/2", COAP_CODE(2, 4), false, 0 },
        { "/33629/0/2", 0, false, 0 },
        { "/33629/0/2", COAP_CODE(4, 5), false, 1 }, /* it was refused */
        { "/33629/0/2", COAP_CODE(2, 4), true, 1 },  /* it came back */
        { "/lwm2m/3/0/4", COAP_CODE(2, 4), false, 0 },
        { "/33629/0/10", COAP_CODE(2, 4), false, 1 }, /* Cancel explains none */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        uint64_t id = request(POST, rows[i].path, "", 0);
        if (rows[i].code != 0) {
            response(id, rows[i].code, NULL, 0, 1);
        }
        if (rows[i].registers) {
            bare(SERVER_REGISTER, 0, 10);
        }
        bare(SERVER_TIMEOUT, request(GET, "/33629/0", "", 20), 900);
        common_checks(&fixture.run);
        CU_ASSERT_EQUAL(fixture.count, rows[i].count);
        end();
    }
}

/** In queue mode no answer means that it sleeps; once it woke it is asked. */
static void a_device_that_sleeps_may_be_silent(void)
{
    for (int wakes = 0; wakes < 2; wakes++) {
        begin();
        bare(SERVER_SLEEP, 0, 10);
        if (wakes) {
            bare(SERVER_WAKE, 0, 20);
        }
        bare(SERVER_TIMEOUT, request(GET, "/33629/0", "", 30), 900);
        common_checks(&fixture.run);
        CU_ASSERT_EQUAL(fixture.count, wakes);
        end();
    }
}

/** One that listens for less time than our retransmissions take may miss them
 *  all; who listens longer hears one. */
static void a_read_that_a_device_in_queue_mode_missed_is_no_fail(void)
{
    for (int is_short = 0; is_short < 2; is_short++) {
        begin();
        fixture.profile.limits_ms[LIMIT_AWAKE] =
            SERVER_AWAKE_MS - (is_short ? 1 : 0);
        registration("</33629>,</33629/0>,</33629/1>,</33629/2>", true);
        show(0, 0, 0, 0);
        bare(SERVER_TIMEOUT, request(GET, "/33629/0", "", 30), 93000);
        common_checks(&fixture.run);
        expect_one(is_short ? FINDING_INCONC : FINDING_FAIL, "AFU-175", "CC6",
                   "/33629/0");
        end();
    }
}

static void who_reboots_comes_back_within_t_boot(void)
{
    static const struct {
        bool by_request; /* /3/0/4, else a De-register */
        bool updates;
        bool answers; /* something else meanwhile */
        bool registers;
        uint64_t now_ms;
        size_t count;
    } rows[] = {
        { true, false, false, false, T_BOOT_MS + 10, 1 },
        { true, false, false, false, T_BOOT_MS - 10, 0 },
        { true, false, false, true, T_BOOT_MS + 10, 0 },
        { true, false, true, false, T_BOOT_MS + 10, 0 }, /* did not reboot */
        { false, false, false, false, T_BOOT_MS + 10, 1 },
        { false, true, false, false, T_BOOT_MS + 10, 0 }, /* it installs */
        { false, true, false, false, T_UPDATE_MS + 10, 1 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        if (rows[i].updates) {
            update("/33629/0/2", "", 0);
        }
        if (rows[i].by_request) {
            response(request(POST, "/3/0/4", "", 0), COAP_CODE(2, 4), NULL, 0,
                     1);
        } else {
            bare(SERVER_DEREGISTER, 0, 1);
        }
        if (rows[i].answers) {
            show(0, 0, 0, 0);
        }
        if (rows[i].registers) {
            bare(SERVER_REGISTER, 0, 10);
        }
        bare(SERVER_SESSION_LOST, request(GET, "/33629/0", "", 20),
             rows[i].now_ms);
        common_checks(&fixture.run);
        CU_ASSERT_EQUAL(fixture.count, rows[i].count);
        if (rows[i].count == 1) {
            expect_one(FINDING_FAIL, "AFU-175", "CC6", "registration");
        }
        end();
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "CC3", bystanders_keep_what_they_show },
        { "CC3, participants", only_who_takes_part_is_no_bystander },
        { "CC4", a_version_changes_only_with_a_successful_update },
        { "CC4, /3/0/3", the_firmware_version_follows_the_main_component },
        { "CC5", the_set_of_instances_stays },
        { "CC6, answers", a_read_without_an_answer_is_a_fail },
        { "CC6, core", a_case_without_firmware_judges_the_absence_only },
        { "CC6, absences", an_absence_that_is_explained_is_none },
        { "CC6, queue mode", a_device_that_sleeps_may_be_silent },
        { "CC6, missed in queue mode",
          a_read_that_a_device_in_queue_mode_missed_is_no_fail },
        { "CC6, returns", who_reboots_comes_back_within_t_boot },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "common checks", NULL, NULL, NULL, NULL, tests },
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
