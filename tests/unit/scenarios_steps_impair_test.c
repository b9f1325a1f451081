/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "scenarios/steps/verbs.h"
#include "tests/unit/scenarios_steps_fake.h"

/* impair: what a step arms, sets and sends, and what it needs. */

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

struct hook_words {
    const char *step;
    struct server_hook hook; /* -1 where it does not matter */
    const char *path;        /* "": none */
};

static void words_become_a_message_hook(void)
{
    static const struct hook_words rows[] = {
        { "{\"impair\":\"drop\",\"type\":\"ack\",\"request\":\"execute\","
          "\"of\":\"/33629/x/2\"}",
          { .action = SERVER_HOOK_DROP,
            .direction = SERVER_RECEIVED,
            .type = 2,
            .code = -1,
            .method = 2,
            .block = -1,
            .times = 1 },
          "/33629/0/2" },
        { "{\"impair\":\"repeat\",\"sent-by\":\"server\",\"request\":\"write\","
          "\"of\":\"/33629/y/0\",\"block\":3,\"times\":0,\"ms\":200}",
          { .action = SERVER_HOOK_REPEAT,
            .direction = SERVER_SENT,
            .type = -1,
            .code = -1,
            .method = 3,
            .block = 3,
            .times = 0,
            .after_ms = 200 },
          "/33629/1/0" },
        { "{\"impair\":\"delay\",\"code\":\"2.05\",\"type\":\"con\",\"ms\":50}",
          { .action = SERVER_HOOK_DELAY,
            .direction = SERVER_RECEIVED,
            .type = 0,
            .code = COAP_CODE(2, 5),
            .method = -1,
            .block = -1,
            .times = 1,
            .after_ms = 50 },
          "" },
        { "{\"impair\":\"damage\",\"code\":\"empty\",\"sent-by\":\"server\","
          "\"of\":\"/rd\",\"times\":2}",
          { .action = SERVER_HOOK_DAMAGE,
            .direction = SERVER_SENT,
            .type = -1,
            .code = 0,
            .method = -1,
            .block = -1,
            .times = 2 },
          "/rd" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct server_hook *wanted = &rows[i].hook;
        begin();
        CU_ASSERT_EQUAL(fake_start(run, rows[i].step), STEP_DONE);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(run->finding_count, 0);
        CU_ASSERT_EQUAL(run->armed_count, 1);
        CU_ASSERT_EQUAL(run->armed.action, wanted->action);
        CU_ASSERT_EQUAL(run->armed.direction, wanted->direction);
        CU_ASSERT_FALSE(run->armed.of_files);
        CU_ASSERT_EQUAL(run->armed.type, wanted->type);
        CU_ASSERT_EQUAL(run->armed.code, wanted->code);
        CU_ASSERT_EQUAL(run->armed.method, wanted->method);
        CU_ASSERT_EQUAL(run->armed.block, wanted->block);
        CU_ASSERT_EQUAL(run->armed.times, wanted->times);
        CU_ASSERT_EQUAL(run->armed.after_ms, wanted->after_ms);
        CU_ASSERT_STRING_EQUAL(run->armed_path, rows[i].path);
        end();
    }
}

static void what_cannot_be_done_is_inconc(void)
{
    static const char *const steps[] = {
        "{\"impair\":\"drop\",\"type\":\"ack\"}",
        "{\"impair\":\"malformed\",\"message\":\"stray-ack\"}",
        "{\"impair\":\"network\",\"spec\":\"loss=2%\"}",
        "{\"impair\":\"cut\"}",
        "{\"impair\":\"address\"}",
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        begin();
        run->is_registered = false;
        CU_ASSERT_EQUAL(fake_start(run, steps[i]), STEP_DONE);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(run->finding_count, 1);
        CU_ASSERT_EQUAL(run->findings[0].level, FINDING_INCONC);
        end();
    }
}

static void network_is_that_of_the_words(void)
{
    begin();
    run->has_relay = true;
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"network\",\"spec\":"
                                    "\"loss=2%,size=600\"}"),
                    STEP_DONE);
    CU_ASSERT_EQUAL(run->network.loss, 200);
    CU_ASSERT_EQUAL(run->network.size, 600);
    CU_ASSERT_EQUAL(run->network_of, 3);
    end();
    begin();
    run->has_relay = true;
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"network\",\"spec\":"
                                    "\"none\",\"where\":\"files\"}"),
                    STEP_DONE);
    CU_ASSERT_EQUAL(run->network_of, 2);
    end();
}

static void relay_cuts_restores_and_moves(void)
{
    begin();
    run->has_relay = true;
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"cut\"}"), STEP_DONE);
    CU_ASSERT_TRUE(run->is_cut);
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"restore\"}"), STEP_DONE);
    CU_ASSERT_FALSE(run->is_cut);
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"address\"}"), STEP_DONE);
    CU_ASSERT_EQUAL(run->moved, 1);
    CU_ASSERT_FALSE(run->is_calm);
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"none\"}"), STEP_DONE);
    CU_ASSERT_TRUE(run->is_calm);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

static void message_of_a_download_is_one_of_files(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"drop\",\"where\":\"files\","
                                    "\"sent-by\":\"server\",\"block\":3}"),
                    STEP_DONE);
    CU_ASSERT_EQUAL(run->armed_count, 1);
    CU_ASSERT_TRUE(run->armed.of_files);
    CU_ASSERT_EQUAL(run->armed.block, 3);
    CU_ASSERT_STRING_EQUAL(run->armed_path, "");
    end();
}

/** Before the repository, the hooks of the profile are of no use. */
static void way_to_files_is_disturbed_by_the_relay(void)
{
    begin();
    run->has_relay = true;
    run->hook = "network-down";
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"cut\",\"where\":\"files\"}"),
                    STEP_DONE);
    CU_ASSERT_TRUE(run->is_cut);
    CU_ASSERT_TRUE(run->is_about_files);
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"impair\":\"address\",\"where\":\"server\"}"),
        STEP_DONE);
    CU_ASSERT_EQUAL(run->moved, 1);
    CU_ASSERT_FALSE(run->is_about_files);
    end();
}

/** A hook of the profile cuts what a relay cannot, and is taken first. */
static void hook_of_the_profile_cuts_the_network(void)
{
    struct journal_event event = { .kind = JOURNAL_HOOK_END };
    cJSON *data = cJSON_Parse("{\"hook\":\"network-down\",\"exit\":0}");

    event.as.data = data;
    begin();
    run->has_relay = true;
    run->hook = "network-down";
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"cut\"}"), STEP_GO_ON);
    CU_ASSERT_FALSE(run->is_cut);
    CU_ASSERT_EQUAL(fake_event(run, event), STEP_DONE);
    end();
    cJSON_Delete(data);
}

static void malformed_message_is_the_named_one(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"impair\":\"malformed\",\"message\":"
                                    "\"critical-option\"}"),
                    STEP_DONE);
    CU_ASSERT_EQUAL(run->malformed, SERVER_CRITICAL_OPTION);
    end();
}

static void mistakes_are_named_with_what_is_allowed(void)
{
    static const char *const rows[][2] = {
        { "{\"impair\":\"lose\"}", "drop, repeat, delay, damage, malformed" },
        { "{\"impair\":\"cut\",\"of\":\"/3/0\"}", "does not go with 'cut'" },
        { "{\"impair\":\"drop\",\"where\":\"files\",\"of\":\"/3/0\"}",
          "a path that nobody knows" },
        { "{\"impair\":\"none\",\"where\":\"files\"}",
          "does not go with 'none'" },
        { "{\"impair\":\"drop\",\"type\":\"rst\"}", "con, non, ack or reset" },
        { "{\"impair\":\"drop\",\"code\":\"2.4.\"}", "\"empty\" or a code" },
        { "{\"impair\":\"drop\",\"request\":\"get\"}", "read, write, execute" },
        { "{\"impair\":\"drop\",\"sent-by\":\"us\"}", "\"server\"" },
        { "{\"impair\":\"drop\",\"times\":-1}", "from 0 to 1000" },
        { "{\"impair\":\"drop\",\"block\":1.5}", "from 0 to 1048575" },
        { "{\"impair\":\"delay\"}", "'delay' needs \"ms\"" },
        { "{\"impair\":\"delay\",\"ms\":300001}", "from 0 to 300000" },
        { "{\"impair\":\"malformed\"}", "needs \"message\"" },
        { "{\"impair\":\"malformed\",\"message\":\"x\"}", "bad-version, " },
        { "{\"impair\":\"network\"}", "needs \"spec\"" },
        { "{\"impair\":\"network\",\"spec\":\"wind=1%\"}", "loss=N%" },
        { "{\"impair\":\"network\",\"spec\":\"none\",\"where\":\"x\"}",
          "\"files\"" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        cJSON *step = cJSON_Parse(rows[i][0]);
        CU_ASSERT_EQUAL(step_impair.check(step, "/steps/0", &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, rows[i][1]));
        cJSON_Delete(step);
    }
}

static CU_TestInfo tests[] = {
    { "hooks", words_become_a_message_hook },
    { "inconc", what_cannot_be_done_is_inconc },
    { "network", network_is_that_of_the_words },
    { "relay", relay_cuts_restores_and_moves },
    { "download", message_of_a_download_is_one_of_files },
    { "files", way_to_files_is_disturbed_by_the_relay },
    { "hook", hook_of_the_profile_cuts_the_network },
    { "malformed", malformed_message_is_the_named_one },
    { "mistakes", mistakes_are_named_with_what_is_allowed },
    CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
    { "scenarios.steps_impair", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* what failed is counted */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
