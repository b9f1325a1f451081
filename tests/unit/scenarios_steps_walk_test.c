/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/steps.h"
#include "tests/unit/scenarios_steps_fake.h"

/* walk: random operations, each followed by a Read. */

enum { TIMES = 12, TRACE_SIZE = 1024 };

static struct run *run;

/** Answer what is asked until the step ends; `trace` gets methods and paths. */
static enum step_progress answer_all(char trace[TRACE_SIZE],
                                     unsigned *out_reads)
{
    enum step_progress progress =
        fake_start(run, "{\"walk\": 12, \"req\": [\"AFU-051\"]}");
    size_t used = 0;

    *out_reads = 0;
    trace[0] = '\0';
    for (int i = 0; i < 4 * TIMES && progress == STEP_GO_ON; i++) {
        const struct server_request_view *request =
            &fake_last_request(run)->as.server.as.request;
        bool is_read = request->method == METHOD_GET;
        int length = snprintf(trace + used, TRACE_SIZE - used, "%u %s\n",
                              request->method, request->path);
        used += length > 0 ? (size_t)length : 0;
        *out_reads += is_read ? 1 : 0;
        run->now_ms += 10;
        /* In Downloaded nothing is delivered. */
        progress = is_read ? fake_show(run, fake_view_of(0, 2, 0))
                           : fake_answer(run, COAP_CODE(4, 5));
    }
    return progress;
}

static void each_operation_is_followed_by_a_read(void)
{
    char trace[TRACE_SIZE];
    unsigned reads = 0;

    run = fake_new();
    CU_ASSERT_EQUAL(answer_all(trace, &reads), STEP_DONE);
    CU_ASSERT_EQUAL(reads, TIMES);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed, "so it was with seed 1");
    fake_free(run);
}

static void the_same_seed_is_the_same_walk(void)
{
    char first[TRACE_SIZE];
    char second[TRACE_SIZE];
    unsigned reads = 0;

    run = fake_new();
    (void)answer_all(first, &reads);
    fake_free(run);
    run = fake_new();
    (void)answer_all(second, &reads);
    CU_ASSERT_STRING_EQUAL(first, second);
    CU_ASSERT_PTR_NOT_NULL(strstr(first, "2 /33629/"));
    fake_free(run);
}

/** Components in a list of Update are written in full. */
static bool is_list(const struct server_request_view *request)
{
    static const char start[] = "0='</33629/";

    return request->payload_length == sizeof(start) + 2 &&
           memcmp(request->payload, start, sizeof(start) - 1) == 0 &&
           memcmp(request->payload + sizeof(start), ">'", 2) == 0;
}

static unsigned lists;

/** All operations, to a device that stays in Idle with this Result. */
static enum step_progress walk_in_idle(int result, bool *out_short)
{
    enum step_progress progress =
        fake_start(run, "{\"walk\": 90, \"req\": [\"AFU-051\"]}");

    *out_short = false;
    lists = 0;
    while (progress == STEP_GO_ON && run->wake_ms == 0) {
        const struct server_request_view *request =
            &fake_last_request(run)->as.server.as.request;
        struct fake_view view = fake_view_of(0, 0, result);
        unsigned instance = 0;
        run->now_ms++;
        if (request->method != METHOD_GET) {
            *out_short = *out_short || request->payload_length == 3;
            lists += is_list(request) ? 1 : 0;
            CU_ASSERT(request->payload_length <= 9 || is_list(request));
            progress = fake_answer(run, COAP_CODE(2, 4));
        } else if (sscanf(request->path, "/33629/%u", &instance) == 1) {
            view.instance = (uint16_t)instance;
            progress = fake_show(run, view);
        }
    }
    return progress;
}

/** It may take three bytes, and refuse them in the next case. */
static void a_short_package_may_be_refused_later(void)
{
    bool is_short = false;

    run = fake_new();
    CU_ASSERT_EQUAL(walk_in_idle(0, &is_short), STEP_GO_ON);
    CU_ASSERT_TRUE(is_short);
    CU_ASSERT(run->wake_ms > 0 && run->wake_ms <= 2000);
    CU_ASSERT_EQUAL(fake_timer(run), STEP_DONE);
    fake_free(run);
}

static void a_short_package_that_was_refused_ends_the_waiting(void)
{
    bool is_short = false;

    run = fake_new();
    CU_ASSERT_EQUAL(walk_in_idle(6, &is_short), STEP_DONE);
    CU_ASSERT_TRUE(is_short);
    CU_ASSERT_EQUAL(run->wake_ms, 0);
    CU_ASSERT(lists > 0);
    fake_free(run);
}

static void a_silent_device_is_inconc_and_the_seed_is_told(void)
{
    run = fake_new();
    (void)fake_start(run, "{\"walk\": 5, \"req\": [\"AFU-051\"]}");
    fake_judge(run, STEP_SILENT);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                           "then no answer, in the walk with seed 1");
    CU_ASSERT_STRING_EQUAL(journal_text(event_store_at(run->store, 0), "text"),
                           "a random walk of 5 operations; to do it again: "
                           "--seed 1");
    fake_free(run);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "reads", each_operation_is_followed_by_a_read },
        { "seed", the_same_seed_is_the_same_walk },
        { "refused later", a_short_package_may_be_refused_later },
        { "refused", a_short_package_that_was_refused_ends_the_waiting },
        { "silence", a_silent_device_is_inconc_and_the_seed_is_told },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "walk", NULL, NULL, NULL, NULL, tests },
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
