/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>

#include "reports/latency.h"
#include "scenarios/engine/latency.h"

static void of_none_there_is_nothing(void)
{
    const struct latency latency = { .count = 0 };
    const struct report_latency sum = { .row_count = 0 };

    CU_ASSERT_EQUAL(latency_percentile(&latency, 50), 0);
    cJSON *json = report_latency_json(&sum);
    CU_ASSERT_TRUE(cJSON_IsNull(json));
    cJSON_Delete(json);
}

static void half_and_nearly_all(void)
{
    static const struct {
        unsigned percent;
        uint64_t ms;
    } rows[] = { { 1, 1 }, { 50, 50 }, { 51, 51 }, { 99, 99 }, { 100, 100 } };
    struct latency latency = { .count = 0 };

    for (uint64_t ms = 100; ms > 0; ms--) {
        latency_add(&latency, ms);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(latency_percentile(&latency, rows[i].percent),
                        rows[i].ms);
    }
}

/** To a sixteenth, up to an hour; what is longer is not lost. */
static void a_long_time_is_nearly_right(void)
{
    for (uint64_t ms = 1; ms <= 3600000; ms += 1 + ms / 7) {
        struct latency latency = { .count = 0 };
        latency_add(&latency, ms);
        latency_add(&latency, 2 * ms + 100);
        uint64_t shown = latency_percentile(&latency, 50);
        uint64_t off = shown > ms ? shown - ms : ms - shown;
        CU_ASSERT_TRUE(off <= ms / 16);
        CU_ASSERT_EQUAL(latency.most_ms, 2 * ms + 100);
    }
    struct latency latency = { .count = 0 };
    latency_add(&latency, UINT64_MAX);
    CU_ASSERT_EQUAL(latency.count, 1);
    CU_ASSERT_TRUE(latency_percentile(&latency, 99) > 3600000);
}

/** What a journal has is summed up over transfers. */
static void transfers_are_summed_up(void)
{
    struct report_latency sum = { .row_count = 0 };

    for (unsigned transfer = 0; transfer < 3; transfer++) {
        struct latency latency = { .count = 0 };
        for (uint64_t ms = transfer; ms < 90 + transfer; ms++) {
            latency_add(&latency, ms);
        }
        cJSON *json = latency_json(&latency);
        report_latency_take(&sum, json);
        cJSON_Delete(json);
    }
    cJSON *json = report_latency_json(&sum);
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "blocks")),
                    270);
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "p50-ms")),
                    45);
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "p99-ms")),
                    90);
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "max-ms")),
                    91);
    cJSON_Delete(json);
}

static void a_strange_journal_is_survived(void)
{
    static const char *const texts[] = {
        "null",
        "{}",
        "{\"counts\":7}",
        "{\"counts\":[1,[2],[3,\"x\"],[-1,2],[1,-2],[1e300,1],[2,0]],"
        "\"max\":9}",
    };
    struct report_latency sum = { .row_count = 0 };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        cJSON *json = cJSON_Parse(texts[i]);
        report_latency_take(&sum, json);
        cJSON_Delete(json);
    }
    CU_ASSERT_EQUAL(sum.row_count, 0);
    CU_ASSERT_EQUAL(sum.most_ms, 0);
    for (unsigned ms = 0; ms < 2 * REPORT_LATENCY_MAX; ms++) {
        char text[64];
        (void)snprintf(text, sizeof(text), "{\"counts\":[[%u,1]],\"max\":%u}",
                       ms * 37 % (2 * REPORT_LATENCY_MAX), ms);
        cJSON *json = cJSON_Parse(text);
        report_latency_take(&sum, json);
        cJSON_Delete(json);
    }
    CU_ASSERT_EQUAL(sum.row_count, REPORT_LATENCY_MAX);
    CU_ASSERT_EQUAL(sum.count, 2 * REPORT_LATENCY_MAX);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "none", of_none_there_is_nothing },
        { "percentiles", half_and_nearly_all },
        { "long", a_long_time_is_nearly_right },
        { "sums", transfers_are_summed_up },
        { "strange", a_strange_journal_is_survived },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "latency", .pTests = tests },
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
