/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user who is asked at each Execute, and Maximum Defer Period.
 * Spec: afu.md, 3.7 and section 8.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "tests/unit/device_bench.h"

enum { TEE = 1, BOOT = 2, MODEM = 3 };

static struct bench bench;
static volatile sig_atomic_t word;

/** A user who defers, a period in seconds, and a package for the modem. */
static void set_up(const char *period)
{
    word = 0;
    CU_ASSERT_TRUE_FATAL(bench_open(&bench, NULL, MUTANT_NONE));
    bench.firmware.config.user_word = &word;
    firmware_set_user(&bench.firmware, USER_DEFERS);
    CU_ASSERT_EQUAL(bench_request(&bench, METHOD_PUT, "/33629/3/13",
                                  CONTENT_FORMAT_TEXT, period, strlen(period),
                                  -1),
                    CODE(2, 4));
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
}

static void tear_down(void)
{
    bench_close(&bench);
}

static void write_period(const char *period)
{
    CU_ASSERT_EQUAL(bench_request(&bench, METHOD_PUT, "/33629/3/13",
                                  CONTENT_FORMAT_TEXT, period, strlen(period),
                                  -1),
                    CODE(2, 4));
}

static void user_defers_and_accepts(void)
{
    set_up("300");
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    bench_wait(&bench, 299999);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    firmware_set_user(&bench.firmware, USER_ACCEPTS);
    CU_ASSERT_EQUAL(firmware_deadline(&bench.firmware), 0);
    bench_wait(&bench, 0);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 300);
    bench_wait(&bench, 1000);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 1);
    tear_down();
}

static void user_may_not_defer_without_a_period(void)
{
    set_up("0");
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 300); /* AFU-135 */
    tear_down();
}

/** The Execute that was sent after the signal comes before it was taken. */
static void word_counts_before_it_is_taken(void)
{
    set_up("300");
    word = USER_WORD_ACCEPT;
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 300);
    tear_down();
}

static void update_again_starts_at_once(void)
{
    set_up("300");
    (void)bench_update(&bench, MODEM, NULL);
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 300); /* ST-39 */
    tear_down();
}

static void written_period_counts_from_the_execute(void)
{
    set_up("300");
    (void)bench_update(&bench, MODEM, NULL);
    bench_wait(&bench, 30000);
    write_period("40");
    bench_wait(&bench, 9999);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    bench_wait(&bench, 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 300);
    tear_down();
}

static void cancel_and_reset_end_the_deferral(void)
{
    set_up("30");
    (void)bench_update(&bench, MODEM, NULL);
    CU_ASSERT_EQUAL(bench_cancel(&bench, MODEM), CODE(2, 4));
    bench_wait(&bench, 60000);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 10);
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
    (void)bench_update(&bench, MODEM, NULL);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    CU_ASSERT_EQUAL(bench_request(&bench, METHOD_PUT, "/33629/3/0",
                                  CONTENT_FORMAT_OPAQUE, "", 1, -1),
                    CODE(2, 4));
    bench_wait(&bench, 60000);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 0);
    tear_down();
}

/** What is accepted while another update runs, starts when that is over. */
static void accepted_update_waits_for_a_running_one(void)
{
    set_up("300");
    (void)bench_push_plan(&bench, BOOT,
                          (struct image_plan){ .instance = BOOT });
    (void)bench_update(&bench, MODEM, NULL);
    CU_ASSERT_EQUAL(bench_update(&bench, BOOT, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 300); /* its period is 0 */
    firmware_set_user(&bench.firmware, USER_ACCEPTS);
    bench_wait(&bench, BENCH_INSTALL_MS / 2);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    bench_wait(&bench, 5000);
    CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 1);
    tear_down();
}

static void word_of_the_user_is_not_kept_over_a_power_cycle(void)
{
    set_up("3600");
    (void)bench_update(&bench, MODEM, NULL);
    CU_ASSERT_TRUE(bench_power_cycle(&bench));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    CU_ASSERT_EQUAL(bench.firmware.user, USER_ACCEPTS);
    bench_wait(&bench, 3500000);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    bench_wait(&bench, 100000);
    bench_wait(&bench, 1000);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 1);
    tear_down();
}

static CU_TestInfo tests[] = {
    { "defers and accepts", user_defers_and_accepts },
    { "forbidden", user_may_not_defer_without_a_period },
    { "word", word_counts_before_it_is_taken },
    { "again", update_again_starts_at_once },
    { "other period", written_period_counts_from_the_execute },
    { "cancelled", cancel_and_reset_end_the_deferral },
    { "waits", accepted_update_waits_for_a_running_one },
    { "power cycle", word_of_the_user_is_not_kept_over_a_power_cycle },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "deferral", NULL, NULL, NULL, NULL, tests },
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
