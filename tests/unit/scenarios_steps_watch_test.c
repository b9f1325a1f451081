/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "tests/unit/scenarios_steps_fake.h"

/* watch, and how long a pair lasts. */

static struct run *run;

static void begin(void)
{
    run = fake_new();
    run->profile.limits_ms[LIMIT_DEFER] = 2000;
    run->profile.limits_ms[LIMIT_CLOCK] = 200;
    run->profile.limits_ms[LIMIT_STATE] = 1000;
    run->profile.limits_ms[LIMIT_BOOT] = 5000;
}

static void end(void)
{
    fake_free(run);
    run = NULL;
}

static void watch_reads_until_the_limit_has_passed_often_enough(void)
{
    const struct fake_view view = fake_view_of(0, 2, 11);

    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"watch\": \"x\", \"within\": \"defer\", "
                                    "\"times\": 2}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(run->deadline, LIMIT_DEFER);
    CU_ASSERT_EQUAL(fake_show(run, view), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_deadline(run, "defer"), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_timer(run), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, view), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_deadline(run, "defer"), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, view), STEP_DONE); /* one Read after it */
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

static void watch_ends_when_all_show_what_is_wanted(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"watch\": [\"x\", \"y\"], \"until\": "
                                    "{\"state\": [\"Updating\", \"Idle\"]}}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 3, 0)), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(1, 2, 0)), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_timer(run), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 1)), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(1, 3, 0)), STEP_DONE);
    end();
}

static void watch_of_a_silent_device_is_inconc(void)
{
    begin();
    (void)fake_start(run, "{\"watch\": \"x\", \"req\": [\"AFU-134\"]}");
    (void)fake_deadline(run, "settle");
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_TIMEOUT), STEP_SILENT);
    fake_judge(run, STEP_SILENT);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    end();
}

/* lasts: an Execute at 10 s, answered at 10.1 s, and Reads after it. */

struct sight {
    uint64_t at_ms; /* after the mark; 0: none */
    int state;
    int result;
};

static const struct lasts_case {
    const char *rest; /* of "lasts" */
    struct sight sights[4];
    enum finding_level level;
    const char *observed;
} lasts_cases[] = {
    /* clang-format off */
    { "\"for\": 2", { { 500, 2, 11 }, { 1900, 2, 11 }, { 2100, 3, 0 } },
      FINDING_PASS, "1.8 to 2.1 s, as by 2 s" },
    { "\"for\": {\"limit\": \"defer\"}", { { 500, 2, 11 }, { 2100, 3, 0 } },
      FINDING_PASS, "0.4 to 2.1 s, as by 2 s" },
    /* T_CLK less, T_STATE more */
    { "\"for\": 2", { { 500, 2, 11 }, { 1800, 3, 0 } },
      FINDING_PASS, "0.4 to 1.8 s, as by 2 s" },
    { "\"for\": 2", { { 500, 2, 11 }, { 1799, 3, 0 } },
      FINDING_FAIL, "0.4 to 1.8 s" },
    { "\"for\": 2, \"early\": \"pass\"", { { 500, 2, 11 }, { 700, 3, 0 } },
      FINDING_PASS, "0.4 to 0.7 s, as by 2 s" },
    { "\"for\": 2", { { 3100, 2, 11 }, { 9000, 3, 0 } },
      FINDING_PASS, "3.0 to 9.0 s, as by 2 s" },
    { "\"for\": 2", { { 3101, 2, 11 }, { 9000, 3, 0 } },
      FINDING_FAIL, "3.0 to 9.0 s" },
    { "\"for\": 2, \"late\": \"warn\"", { { 3101, 2, 11 }, { 9000, 3, 0 } },
      FINDING_WARNING, "3.0 to 9.0 s" },
    { "\"for\": 2, \"grace\": \"boot\"", { { 8100, 2, 11 }, { 9000, 3, 0 } },
      FINDING_PASS, "8.0 to 9.0 s, as by 2 s" },
    { "\"for\": 2, \"grace\": \"boot\"", { { 8101, 2, 11 }, { 9000, 3, 0 } },
      FINDING_FAIL, "8.0 to 9.0 s" },
    { "\"for\": 2", { { 4000, 2, 11 } },
      FINDING_FAIL, "it is still so after 3.9 s" },
    { "\"for\": 2", { { 1000, 2, 11 } },
      FINDING_INCONC, "it is still so after 0.9 s, as by 2 s" },
    { "\"for\": 2", { { 1000, 0, 1 } }, FINDING_INCONC, "it was not seen" },
    /* one of two periods */
    { "\"for\": [{\"limit\": \"defer\"}, {\"limit\": \"defer\", \"times\": 3}]",
      { { 500, 2, 11 }, { 5900, 2, 11 }, { 6100, 0, 1 } },
      FINDING_PASS, "5.8 to 6.1 s, as by 6 s" },
    { "\"for\": [2, 6]", { { 500, 2, 11 }, { 4000, 2, 11 }, { 4100, 0, 1 } },
      FINDING_FAIL, "3.9 to 4.1 s" },
    /* clang-format on */
};

static void show_at(const struct sight *sight)
{
    run->now_ms = 10000 + sight->at_ms;
    fake_seen(run, fake_view_of(0, sight->state, sight->result));
}

static void a_pair_lasts_for_its_period(void)
{
    for (size_t i = 0; i < sizeof(lasts_cases) / sizeof(lasts_cases[0]); i++) {
        const struct lasts_case *row = &lasts_cases[i];
        char step[512];

        begin();
        fake_seen(run, fake_view_of(0, 2, 0));
        run->now_ms = 10000;
        fake_append_data(run, JOURNAL_MARK, "{\"name\": \"executed\"}");
        run->now_ms = 10100;
        fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(2, 4));
        size_t used = 0;
        while (used < 4 && row->sights[used].at_ms > 0) {
            show_at(&row->sights[used++]);
        }
        (void)snprintf(step, sizeof(step),
                       "{\"expect\": {\"x\": {\"lasts\": {\"state\": "
                       "\"Downloaded\", \"result\": 11, \"since\": "
                       "\"executed\", %s}}}, \"req\": [\"AFU-134\"]}",
                       row->rest);
        CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
        fake_lose(run, SERVER_TIMEOUT);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_TRUE_FATAL(run->finding_count >= 1);
        if (run->findings[0].level != row->level ||
            strcmp(run->findings[0].observed, row->observed) != 0) {
            printf("row %zu: %s\n", i, run->findings[0].observed);
        }
        CU_ASSERT_EQUAL(run->findings[0].level, row->level);
        CU_ASSERT_STRING_EQUAL(run->findings[0].observed, row->observed);
        end();
    }
}

static void what_lasts_needs_a_period_and_a_mark(void)
{
    static const char *const bad[] = {
        "{\"expect\": {\"x\": {\"lasts\": {\"state\": \"Idle\", \"for\": 2}}}}",
        "{\"expect\": {\"x\": {\"lasts\": {\"state\": \"Idle\", \"since\": "
        "\"a\"}}}}",
        "{\"expect\": {\"x\": {\"lasts\": {\"state\": \"Idle\", \"since\": "
        "\"a\", \"for\": []}}}}",
        "{\"expect\": {\"x\": {\"lasts\": {\"state\": \"Idle\", \"since\": "
        "\"a\", \"for\": {\"limit\": \"dinner\"}}}}}",
        "{\"expect\": {\"x\": {\"lasts\": {\"since\": \"a\", \"for\": 2}}}}",
        "{\"expect\": {\"x\": {\"lasts\": {\"state\": \"Idle\", \"since\": "
        "\"a\", \"for\": 2, \"late\": \"fail\"}}}}",
    };
    struct reason reason = { .status = STATUS_OK };

    begin();
    (void)fake_start(run, "{\"expect\": {\"x\": {\"state\": \"Idle\"}}}");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        cJSON *step = cJSON_Parse(bad[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(step);
        CU_ASSERT_EQUAL(run->type->check(step, "/steps/0", &reason),
                        STATUS_MALFORMED);
        cJSON_Delete(step);
    }
    end();
}

static CU_TestInfo tests[] = {
    { "watch", watch_reads_until_the_limit_has_passed_often_enough },
    { "until", watch_ends_when_all_show_what_is_wanted },
    { "silent", watch_of_a_silent_device_is_inconc },
    { "lasts", a_pair_lasts_for_its_period },
    { "form of lasts", what_lasts_needs_a_period_and_a_mark },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "watch", NULL, NULL, NULL, NULL, tests },
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
