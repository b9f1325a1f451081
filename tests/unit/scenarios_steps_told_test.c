/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "tests/unit/scenarios_steps_fake.h"

/* told, and expect with "trace": what observers heard. */

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

/** An answer or a notification as text. */
static struct journal_event telling(enum server_event_kind kind, uint64_t id,
                                    const char *text)
{
    return (struct journal_event){
        .kind = (enum journal_kind)kind,
        .as.server = { .kind = kind,
                       .id = id,
                       .as.response = { .code = COAP_CODE(2, 5),
                                        .has_observe = true,
                                        .content_format = CONTENT_FORMAT_TEXT,
                                        .payload = (const uint8_t *)text,
                                        .payload_length = strlen(text) } },
    };
}

/** @return the id of the observation */
static uint64_t observe(const char *path, const char *value)
{
    char step[64];

    (void)snprintf(step, sizeof(step), "{\"observe\": \"%s\"}", path);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    uint64_t id = fake_last_request(run)->as.server.id;
    (void)fake_event(run, telling(SERVER_RESPONSE, id, value));
    return id;
}

static enum step_progress read_as(const char *value)
{
    return fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TEXT, value,
                             strlen(value));
}

static void judge(enum step_progress progress, enum finding_level level,
                  const char *observed)
{
    fake_judge(run, progress);
    CU_ASSERT_EQUAL_FATAL(run->finding_count, 1);
    CU_ASSERT_EQUAL(run->findings[0].level, level);
    if (strcmp(run->findings[0].observed, observed) != 0) {
        printf("observed '%s'\n", run->findings[0].observed);
    }
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed, observed);
}

static const char told_state[] =
    "{\"told\": \"/33629/x/3\", \"req\": [\"AFU-151\"]}";

static void told_ends_when_the_last_notification_is_what_is_read(void)
{
    begin();
    uint64_t id = observe("/33629/x/3", "0");
    CU_ASSERT_EQUAL(fake_start(run, told_state), STEP_GO_ON);
    CU_ASSERT_EQUAL(read_as("2"), STEP_GO_ON); /* not told yet */
    CU_ASSERT_EQUAL(fake_event(run, telling(SERVER_NOTIFICATION, id, "2")),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_timer(run), STEP_GO_ON);
    CU_ASSERT_EQUAL(read_as("2"), STEP_DONE);
    judge(STEP_DONE, FINDING_PASS, "2");
    end();
}

static void what_is_not_told_fails_for_state_and_warns_for_others(void)
{
    static const struct {
        const char *path;
        enum finding_level level;
    } rows[] = {
        { "/33629/x/3", FINDING_FAIL },
        { "/33629/x/5", FINDING_FAIL },
        { "/33629/x/12", FINDING_WARNING },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char step[96];

        begin();
        (void)observe(rows[i].path, "1");
        (void)snprintf(step, sizeof(step),
                       "{\"told\": [\"%s\"], \"req\": [\"AFU-151\"]}",
                       rows[i].path);
        CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
        CU_ASSERT_EQUAL(run->deadline, LIMIT_STATE);
        CU_ASSERT_EQUAL(read_as("2"), STEP_GO_ON);
        CU_ASSERT_EQUAL(fake_deadline(run, "state"), STEP_GO_ON);
        CU_ASSERT_EQUAL(read_as("2"), STEP_AT_LIMIT); /* one last look */
        judge(STEP_AT_LIMIT, rows[i].level, "1");
        end();
    }
}

static void nobody_is_told_after_a_registration(void)
{
    struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REGISTER,
        .as.server = { .kind = SERVER_REGISTER },
    };

    begin();
    (void)observe("/33629/x/3", "3");
    fake_append(run, event);
    CU_ASSERT_EQUAL(fake_start(run, told_state), STEP_GO_ON);
    CU_ASSERT_EQUAL(read_as("0"), STEP_DONE);
    judge(STEP_DONE, FINDING_INFO, "nobody is told now");
    end();
}

static void a_silent_device_is_inconc(void)
{
    begin();
    (void)observe("/33629/x/3", "0");
    CU_ASSERT_EQUAL(fake_start(run, told_state), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_TIMEOUT), STEP_SILENT);
    judge(STEP_SILENT, FINDING_INCONC, "no answer to the Read");
    end();
}

static void what_is_told_comes_in_the_order_of_the_trace(void)
{
    static const struct {
        const char *values[5]; /* the first one answers the Observe */
        const char *more;
        enum finding_level level;
        const char *observed;
    } rows[] = {
        { { "0", "1", "2", "3", "0" }, "", FINDING_PASS, "0, 1, 2, 3, 0" },
        { { "0", "2", "0" }, "", FINDING_PASS, "0, 2, 0" },
        { { "0", "0", "2", "2" }, "", FINDING_PASS, "0, 0, 2, 2" },
        { { "0", "2", "1" }, "", FINDING_FAIL, "0, 2, 1" },
        { { "0", "2", "1", "3" },
          ", \"beyond\": \"warn\"",
          FINDING_WARNING,
          "0, 2, 1, 3" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char step[256];

        begin();
        uint64_t id = observe("/33629/x/3", rows[i].values[0]);
        for (size_t j = 1; j < 5 && rows[i].values[j] != NULL; j++) {
            fake_append(run,
                        telling(SERVER_NOTIFICATION, id, rows[i].values[j]));
        }
        (void)snprintf(step, sizeof(step),
                       "{\"expect\": {\"trace\": {\"of\": \"/33629/x/3\", "
                       "\"along\": [\"Idle\", \"Downloading\", \"Downloaded\", "
                       "\"Updating\", \"Idle\"]%s}}, \"req\": [\"AFU-052\"]}",
                       rows[i].more);
        CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE);
        judge(STEP_DONE, rows[i].level, rows[i].observed);
        end();
    }
}

static CU_TestInfo tests[] = {
    { "told", told_ends_when_the_last_notification_is_what_is_read },
    { "not told", what_is_not_told_fails_for_state_and_warns_for_others },
    { "registration", nobody_is_told_after_a_registration },
    { "silent", a_silent_device_is_inconc },
    { "trace", what_is_told_comes_in_the_order_of_the_trace },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "told", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
