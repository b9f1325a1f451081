/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "scenarios/steps/steps.h"
#include "tests/unit/scenarios_steps_fake.h"

/* power and control: hooks of the profile. */

static struct run *run;

static void begin(const char *hook)
{
    run = fake_new();
    run->hook = hook;
}

static void end(void)
{
    fake_free(run);
    run = NULL;
}

static enum step_progress hook_ends(const char *json)
{
    struct journal_event event = { .kind = JOURNAL_HOOK_END };
    cJSON *data = cJSON_Parse(json);

    event.as.data = data;
    enum step_progress progress = fake_event(run, event);
    cJSON_Delete(data);
    return progress;
}

static void a_step_waits_for_its_own_hook(void)
{
    begin("power-cycle");
    CU_ASSERT_EQUAL(fake_start(run, "{\"power\": true}"), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->deadline, LIMIT_BOOT);
    CU_ASSERT_EQUAL(
        hook_ends("{\"hook\": \"start\", \"exit\": -1, \"signal\": 9}"),
        STEP_GO_ON);
    CU_ASSERT_EQUAL(
        hook_ends("{\"hook\": \"power-cycle\", \"exit\": 0, \"signal\": 0}"),
        STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

static void control_runs_the_hook_that_it_names(void)
{
    begin("accept");
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"control\": \"accept\", \"within\": \"state\"}"),
        STEP_GO_ON);
    CU_ASSERT_EQUAL(run->deadline, LIMIT_STATE);
    CU_ASSERT_EQUAL(
        hook_ends("{\"hook\": \"accept\", \"exit\": 0, \"signal\": 0}"),
        STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

/** A failed hook is no fail, even with "req". */
static void a_hook_that_fails_is_inconc_and_is_named(void)
{
    static const struct {
        const char *end;
        const char *observed;
    } rows[] = {
        { "{\"hook\": \"accept\", \"exit\": 3, \"signal\": 0}",
          "it ended with 3; it said: no relay" },
        { "{\"hook\": \"accept\", \"exit\": -1, \"signal\": 15}",
          "it was ended by signal 15; it said: no relay" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_event said = {
            .kind = (enum journal_kind)SERVER_PROCESS_OUTPUT,
            .as.server = { .kind = SERVER_PROCESS_OUTPUT,
                           .as.process = { .text = "no relay\n",
                                           .length = 9 } },
        };
        begin("accept");
        (void)fake_start(run, "{\"control\": \"accept\", \"req\": "
                              "[\"AFU-132\"]}");
        CU_ASSERT_EQUAL(fake_event(run, said), STEP_GO_ON);
        CU_ASSERT_EQUAL(hook_ends(rows[i].end), STEP_DONE);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(run->finding_count, 1);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
        CU_ASSERT_STRING_EQUAL(run->findings[0].observed, rows[i].observed);
        end();
    }
}

static void a_hook_that_does_not_end_is_stopped(void)
{
    begin("accept");
    (void)fake_start(run, "{\"control\": \"accept\"}");
    CU_ASSERT_EQUAL(fake_deadline(run, "boot"), STEP_AT_LIMIT);
    CU_ASSERT_STRING_EQUAL(run->stopped_hook, "accept");
    fake_judge(run, STEP_AT_LIMIT);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                           "it ran for longer than allowed");
    end();
}

static void without_the_hook_the_step_is_inconc(void)
{
    begin(NULL);
    CU_ASSERT_EQUAL(fake_start(run, "{\"power\": true}"), STEP_DONE);
    CU_ASSERT_FALSE(run->failed);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed, "no hook 'power-cycle'");
    end();
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "waits", a_step_waits_for_its_own_hook },
        { "control", control_runs_the_hook_that_it_names },
        { "fails", a_hook_that_fails_is_inconc_and_is_named },
        { "limit", a_hook_that_does_not_end_is_stopped },
        { "no hook", without_the_hook_the_step_is_inconc },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "hooks", NULL, NULL, NULL, NULL, tests },
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
