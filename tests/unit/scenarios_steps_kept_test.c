/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/steps.h"
#include "tests/unit/scenarios_steps_fake.h"

/* "kept": a text as it was shown before the newest Update, or a mark. */

static struct run *run;

static void judge_version(const char *version, const char *shown)
{
    struct fake_view view = fake_view_of(0, 2, 0);
    char step[128];

    view.version = shown;
    (void)snprintf(step, sizeof(step),
                   "{\"expect\": {\"x\": {\"version\": \"%s\"}}, \"req\": "
                   "[\"AFU-015\"]}",
                   version);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, view), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 1);
}

static void kept_needs_an_update_or_its_mark(void)
{
    run = fake_new();
    judge_version("kept", "1.0");
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_INFO);
    judge_version("kept(cut)", "1.0");
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_INFO);
    fake_free(run);
}

static void kept_is_what_was_shown_last_before_it(void)
{
    static const char *const words[] = { "kept", "kept(cut)" };
    struct fake_view older = fake_view_of(0, 2, 0);
    struct fake_view newer = fake_view_of(0, 2, 0);

    run = fake_new();
    older.version = "1.3";
    newer.version = "1.4";
    fake_seen(run, older);
    fake_seen(run, newer);
    fake_append_data(run, JOURNAL_MARK, "{\"name\": \"cut\"}");
    fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(4, 0));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        judge_version(words[i], "1.4");
        CU_ASSERT_EQUAL(run->findings[0].level, FINDING_PASS);
        judge_version(words[i], "1.3");
        CU_ASSERT_EQUAL(run->findings[0].level, FINDING_FAIL);
        judge_version(words[i], "1.5");
        CU_ASSERT_EQUAL(run->findings[0].level, FINDING_FAIL);
    }
    fake_free(run);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "unknown", kept_needs_an_update_or_its_mark },
        { "kept", kept_is_what_was_shown_last_before_it },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "kept", NULL, NULL, NULL, NULL, tests },
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
