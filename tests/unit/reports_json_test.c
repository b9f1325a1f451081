/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/reports_fixture.h"
#include "tests/unit/reports_schema.h"

static struct fixture fixture;

static void set_up(void)
{
    fixture_set_up(&fixture);
}

static void tear_down(void)
{
    fixture_tear_down(&fixture);
}

static const struct fixture_case five[] = {
    { "AFU-DEP-001@push", "AFU-DEP-001", "Unmet dependency", NULL },
    { "AFU-OBJ-001", "AFU-OBJ-001", "Registration", NULL },
    { "AFU-DEP-003@push", "AFU-DEP-003", "Resolve", NULL },
    { "AFU-CAN-003@push", "AFU-CAN-003", "Cancel", "afu.cancel is false" },
    { "AFU-PER-001@push", "AFU-PER-001", "Survives reboot", NULL },
    { NULL, NULL, NULL, NULL },
};

static const struct finding broken = {
    .level = FINDING_FAIL,
    .requirement = "AFU-089",
    .check = "step.await",
    .subject = "/33629/0/5",
    .expected = "Result 13",
    .observed = "Result 1",
    .evidence = { 4, 0, 7 },
    .evidence_count = 3,
};

static const struct finding tolerated = {
    .level = FINDING_WARNING,
    .requirement = "AFU-104",
    .ambiguity = "A-12",
};

/** A fail, a pass with a warning, one begun, one not applicable, one not. */
static void put_campaign(void)
{
    fixture_campaign(&fixture, "[\"demo\",\"--mutant\",\"m\"]");
    fixture.endpoint = "urn:dev:1";
    fixture_finding(&fixture, NULL, &tolerated);
    fixture_plan(&fixture, five);
    fixture_begin(&fixture, "AFU-DEP-001@push");
    fixture_finding(&fixture, "AFU-DEP-001@push", &broken);
    fixture_verdict(&fixture, "AFU-DEP-001@push", "fail", 1234, "Result 1");
    fixture_begin(&fixture, "AFU-OBJ-001");
    fixture_finding(&fixture, "AFU-OBJ-001", &tolerated);
    fixture_verdict(&fixture, "AFU-OBJ-001", "pass", 5, NULL);
    fixture_begin(&fixture, "AFU-DEP-003@push");
}

/** Load, write, and check against the schema; caller frees. */
static char *results(void)
{
    char why[SCHEMA_WHY_SIZE];

    report_free(fixture_report(&fixture));
    char *text = fixture_read(fixture.json, NULL);
    enum schema_result result = schema_check_results(text, why);
    if (result != SCHEMA_ACCEPTS) {
        fprintf(stderr, "%s\n", why);
    }
    CU_ASSERT_EQUAL(result, SCHEMA_ACCEPTS);
    return text;
}

static cJSON *parsed(void)
{
    char *text = results();
    cJSON *read = cJSON_Parse(text);

    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    free(text);
    return read;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *text_in(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(member(object, name));

    return text != NULL ? text : "(none)";
}

static int number_in(const cJSON *object, const char *name)
{
    const cJSON *item = member(object, name);

    return cJSON_IsNumber(item) ? item->valueint : -1;
}

static void counts_and_exit_status_follow_from_the_verdicts(void)
{
    static const struct {
        const char *name;
        int count;
    } rows[] = {
        { "total", 5 },          { "pass", 1 },     { "inconc", 0 },
        { "fail", 1 },           { "error", 0 },    { "none", 2 },
        { "not-applicable", 1 }, { "warnings", 2 }, /* one of no case */
    };
    put_campaign();
    fixture_end(&fixture, true);
    cJSON *read = parsed();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(number_in(member(read, "counts"), rows[i].name),
                        rows[i].count);
    }
    CU_ASSERT_EQUAL(number_in(read, "exit-status"), 1);
    CU_ASSERT_TRUE(cJSON_IsTrue(member(read, "interrupted")));
    CU_ASSERT_TRUE(cJSON_IsTrue(member(read, "ended")));
    CU_ASSERT_FALSE(cJSON_IsTrue(member(read, "torn")));
    cJSON_Delete(read);
}

static void exit_status_is_that_of_the_worst_verdict(void)
{
    static const struct {
        const char *first;
        const char *second;
        int status;
    } rows[] = {
        { "pass", "pass", 0 },   { "pass", "inconc", 2 },
        { "inconc", "fail", 1 }, { "fail", "error", 3 },
        { "pass", "error", 3 },  { "pass", NULL, 2 },
        { "fail", NULL, 1 },     { NULL, NULL, 3 },
        { "none", "none", 3 },   { "pass", "unheard-of", 3 },
    };
    static const struct fixture_case two[] = {
        { "A-B-1", "A-B-1", "a", NULL },
        { "A-B-2", "A-B-2", "b", NULL },
        { NULL, NULL, NULL, NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (i > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        fixture_plan(&fixture, two);
        if (rows[i].first != NULL) {
            fixture_verdict(&fixture, "A-B-1", rows[i].first, 1, NULL);
        }
        if (rows[i].second != NULL) {
            fixture_verdict(&fixture, "A-B-2", rows[i].second, 1, NULL);
        }
        struct report *report = fixture_report(&fixture);
        CU_ASSERT_EQUAL(report_exit_status(report), rows[i].status);
        report_free(report);
    }
}

static void a_case_says_how_it_went_and_how_to_repeat_it(void)
{
    put_campaign();
    cJSON *read = parsed();
    const cJSON *row = cJSON_GetArrayItem(member(read, "cases"), 0);
    const cJSON *finding = cJSON_GetArrayItem(member(row, "findings"), 0);

    CU_ASSERT_STRING_EQUAL(text_in(row, "instance"), "AFU-DEP-001@push");
    CU_ASSERT_STRING_EQUAL(text_in(row, "mechanism"), "push");
    CU_ASSERT_STRING_EQUAL(text_in(row, "verdict"), "fail");
    CU_ASSERT_STRING_EQUAL(text_in(row, "reason"), "Result 1");
    CU_ASSERT_EQUAL(number_in(row, "ms"), 1234);
    CU_ASSERT_STRING_EQUAL(text_in(row, "trace"),
                           "AFU-DEP-001@push/trace.pcap");
    CU_ASSERT_STRING_EQUAL(text_in(row, "reproduce"),
                           "assay demo --mutant m --seed 42 AFU-DEP-001@push");
    CU_ASSERT_STRING_EQUAL(text_in(finding, "phase"), "body");
    CU_ASSERT_STRING_EQUAL(text_in(finding, "step"), "/steps/0 await");
    CU_ASSERT_STRING_EQUAL(text_in(finding, "observed"), "Result 1");
    /* 0 is no event. */
    CU_ASSERT_EQUAL(cJSON_GetArraySize(member(finding, "evidence")), 2);
    cJSON_Delete(read);
}

static void cases_without_a_verdict_say_why(void)
{
    static const struct {
        int index;
        const char *reason;
        bool begun;
    } rows[] = {
        { 2, "the campaign ended in the middle of this case", true },
        { 3, "afu.cancel is false", false },
        { 4, "the campaign ended before this case", false },
    };
    put_campaign();
    fixture_put_bytes(&fixture, "{\"seq\":");
    cJSON *read = parsed();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const cJSON *row =
            cJSON_GetArrayItem(member(read, "cases"), rows[i].index);
        CU_ASSERT_STRING_EQUAL(text_in(row, "verdict"), "none");
        CU_ASSERT_STRING_EQUAL(text_in(row, "reason"), rows[i].reason);
        CU_ASSERT_EQUAL(cJSON_IsTrue(member(row, "begun")), rows[i].begun);
        CU_ASSERT_EQUAL(cJSON_IsNull(member(row, "trace")), !rows[i].begun);
    }
    CU_ASSERT_TRUE(cJSON_IsTrue(member(read, "torn")));
    CU_ASSERT_FALSE(cJSON_IsTrue(member(read, "ended")));
    cJSON_Delete(read);
}

static void findings_beyond_the_limit_are_counted(void)
{
    struct finding held = { .level = FINDING_PASS, .requirement = "AFU-1" };

    fixture_plan(&fixture, five);
    fixture_begin(&fixture, "AFU-OBJ-001");
    for (int i = 0; i < 203; i++) {
        fixture_finding(&fixture, "AFU-OBJ-001", &held);
        fixture_finding(&fixture, "AFU-OBJ-001", &tolerated);
    }
    fixture_verdict(&fixture, "AFU-OBJ-001", "pass", 1, NULL);
    cJSON *read = parsed();
    const cJSON *row = cJSON_GetArrayItem(member(read, "cases"), 1);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(member(row, "findings")), 400);
    CU_ASSERT_EQUAL(number_in(row, "left-out"), 6);
    CU_ASSERT_EQUAL(number_in(row, "warnings"), 203);
    CU_ASSERT_EQUAL(number_in(member(read, "counts"), "warnings"), 203);
    cJSON_Delete(read);
}

static void put_profile(const char *tolerate, bool fail_on_warning)
{
    char text[256];

    (void)snprintf(text, sizeof(text),
                   "{\"seed\":\"1\",\"argv\":[],\"reading\":\"strict\","
                   "\"fail-on-warning\":%s,\"profile\":\"p.json\","
                   "\"profile-json\":{\"tolerate\":%s}}",
                   fail_on_warning ? "true" : "false", tolerate); /* fits */
    fixture_put(&fixture, JOURNAL_CAMPAIGN, NULL, text);
    fixture.endpoint = "urn:dev:1";
    fixture_plan(&fixture, five);
}

/** "A-04 2 false|…": row, findings, whether the profile has it. */
static void tolerated_of(const cJSON *read, char *text, size_t size)
{
    const cJSON *item = NULL;
    size_t used = 0;

    text[0] = '\0';
    cJSON_ArrayForEach(item, member(read, "tolerated"))
    {
        used +=
            (size_t)snprintf(text + used, size - used, "%s %d %d|",
                             text_in(item, "row"), number_in(item, "findings"),
                             cJSON_IsTrue(member(item, "in-profile")));
    }
}

static void what_was_tolerated_is_listed_with_what_need_not_be(void)
{
    static const struct finding fails = { .level = FINDING_FAIL,
                                          .requirement = "AFU-1",
                                          .ambiguity = "A-33" };
    static const struct finding informs = { .level = FINDING_INFO,
                                            .requirement = "AFU-1",
                                            .ambiguity = "A-24" };
    char text[256];

    put_profile("[\"A-33\",\"A-12\",\"A-01\"]", false);
    fixture_finding(&fixture, NULL, &tolerated);
    fixture_begin(&fixture, "AFU-OBJ-001");
    fixture_finding(&fixture, "AFU-OBJ-001", &tolerated);
    fixture_finding(&fixture, "AFU-OBJ-001", &fails); /* it did not help */
    fixture_finding(&fixture, "AFU-OBJ-001", &informs);
    fixture_finding(&fixture, "AFU-OBJ-001", &broken); /* no such row */
    fixture_verdict(&fixture, "AFU-OBJ-001", "fail", 1, NULL);
    cJSON *read = parsed();
    tolerated_of(read, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "A-01 0 1|A-12 2 1|A-24 1 0|A-33 0 1|");
    cJSON_Delete(read);
    struct report *report = fixture_report(&fixture);
    char *summary = fixture_summary(report, false, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(
        summary, "\ntolerated by the ambiguity list, so often: A-12 (2), "
                 "A-24 (1)\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(
        summary, "\ntolerated by the profile, and not needed: A-01, A-33\n"));
    free(summary);
    report_free(report);
}

static void nothing_is_said_where_nothing_was_tolerated(void)
{
    put_profile("[]", false);
    cJSON *read = parsed();
    CU_ASSERT_EQUAL(cJSON_GetArraySize(member(read, "tolerated")), 0);
    cJSON_Delete(read);
    struct report *report = fixture_report(&fixture);
    char *summary = fixture_summary(report, false, 0);
    CU_ASSERT_PTR_NULL(strstr(summary, "tolerated"));
    free(summary);
    report_free(report);
}

static void a_warning_of_no_case_fails_where_warnings_do(void)
{
    for (int i = 0; i < 2; i++) {
        if (i > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        put_profile("[]", i == 1);
        fixture_begin(&fixture, "AFU-DEP-001@push");
        fixture_verdict(&fixture, "AFU-DEP-001@push", "pass", 1, NULL);
        fixture_verdict(&fixture, "AFU-OBJ-001", "pass", 1, NULL);
        fixture_verdict(&fixture, "AFU-DEP-003@push", "pass", 1, NULL);
        fixture_verdict(&fixture, "AFU-PER-001@push", "pass", 1, NULL);
        fixture_finding(&fixture, NULL, &tolerated);
        fixture_end(&fixture, false);
        cJSON *read = parsed();
        const cJSON *finding = cJSON_GetArrayItem(member(read, "findings"), 0);
        CU_ASSERT_EQUAL(number_in(read, "exit-status"), i);
        CU_ASSERT_EQUAL(number_in(member(read, "counts"), "warnings"), 1);
        /* It is of no step, although one was the last. */
        CU_ASSERT_TRUE(cJSON_IsNull(member(finding, "step")));
        CU_ASSERT_TRUE(cJSON_IsNull(member(finding, "phase")));
        cJSON_Delete(read);
    }
}

static void an_empty_journal_has_a_valid_document(void)
{
    cJSON *read = parsed();

    CU_ASSERT_EQUAL(number_in(read, "exit-status"), 3);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(member(read, "cases")), 0);
    CU_ASSERT_STRING_EQUAL(text_in(read, "endpoint"), "");
    CU_ASSERT_FALSE(cJSON_IsTrue(member(read, "ended")));
    cJSON_Delete(read);
}

/** Events as a broken or future writer might leave them. */
static void odd_events_have_a_valid_document(void)
{
    static const struct {
        enum journal_kind kind;
        const char *json;
    } rows[] = {
        { JOURNAL_CAMPAIGN, "{\"seed\":5,\"argv\":\"x\",\"reading\":7}" },
        { JOURNAL_CAMPAIGN, "[]" },
        { JOURNAL_PLAN, "{\"cases\":{\"a\":1}}" },
        { JOURNAL_PLAN, "{\"cases\":[1,null,[],{},{\"instance\":\"A-B-1\","
                        "\"case\":3,\"runs\":1,\"requirements\":[1,\"R\"],"
                        "\"mechanism\":[],\"reason\":{},\"future\":true}]}" },
        { JOURNAL_PLAN, "{\"cases\":[{\"instance\":\"A-B-1\"}]}" },
        { JOURNAL_CASE_BEGIN, "[]" },
        { JOURNAL_PHASE, "{\"phase\":1}" },
        { JOURNAL_STEP_BEGIN, "{}" },
        { JOURNAL_NOTE, "{\"diagnosis\":true}" },
        { JOURNAL_VERDICT, "{\"verdict\":4,\"ms\":\"x\"}" },
        { JOURNAL_VERDICT, "{\"verdict\":\"pass\",\"ms\":-5}" },
        { JOURNAL_VERDICT, "{\"verdict\":\"pass\",\"ms\":1e300}" },
        { JOURNAL_CAMPAIGN_END, "{}" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fixture_put(&fixture, rows[i].kind, "A-B-1", rows[i].json);
        fixture_finding(&fixture, "A-B-1", &broken);
        cJSON_Delete(parsed());
    }
}

static void the_schema_refuses_damaged_documents(void)
{
    static const char *const rows[][2] = {
        { "\"format\":\t1", "\"format\":\t2" },
        { "\"format\":\t1,", "" },
        { "\"format\":\t1", "\"format\":\t\"1\"" },
        { "\"endpoint\":\t\"urn:dev:1\"", "\"endpoint\":\tnull" },
        { "\"endpoint\"", "\"endpiont\"" },
        { "\"torn\":\tfalse", "\"torn\":\t0" },
        { "\"begin-ms\":\t", "\"begin-ms\":\t-" },
        { "\"reading\":\t\"strict\"", "\"reading\":\t\"loose\"" },
        { "\"total\":\t5", "\"total\":\t5.5" },
        { "\"total\":\t5", "\"total\":\t-5" },
        { "\"total\":\t5,", "" },
        { "\"exit-status\":\t1", "\"exit-status\":\t4" },
        { "\"verdict\":\t\"fail\"", "\"verdict\":\t\"failed\"" },
        { "\"verdict\":\t\"fail\",", "" },
        { "\"reason\":\t\"Result 1\"", "\"reason\":\tfalse" },
        { "\"runs\":\ttrue", "\"runs\":\t\"true\"" },
        { "\"ms\":\t1234", "\"ms\":\t-1234" },
        { "\"requirements\":\t[\"AFU-089\"]", "\"requirements\":\t[89]" },
        { "\"requirements\":\t[\"AFU-089\"]", "\"requirements\":\t\"\"" },
        { "\"level\":\t\"fail\"", "\"level\":\t\"bad\"" },
        { "\"evidence\":\t[4, 7]", "\"evidence\":\t[0]" },
        { "\"evidence\":\t[4, 7]", "\"evidence\":\t{}" },
        { "\"subject\"", "\"object\"" },
        { "}\n", "\n" },
    };
    char why[SCHEMA_WHY_SIZE];
    put_campaign();
    char *good = results();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *bad = NULL;
        const char *at = strstr(good, rows[i][0]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        CU_ASSERT_TRUE_FATAL(asprintf(&bad, "%.*s%s%s", (int)(at - good), good,
                                      rows[i][1], at + strlen(rows[i][0])) > 0);
        enum schema_result result = schema_check_results(bad, why);
        if (result != SCHEMA_REFUSES) {
            fprintf(stderr, "'%s' as '%s': %d %s\n", rows[i][0], rows[i][1],
                    (int)result, why);
        }
        CU_ASSERT_EQUAL(result, SCHEMA_REFUSES);
        free(bad);
    }
    free(good);
}

static void a_schema_with_what_is_not_checked_is_unknown(void)
{
    static const char *const rows[] = {
        "{\"type\":\"string\",\"format\":\"date\"}",
        "{\"maxLength\":3}",
        "{\"type\":\"text\"}",
        "{\"type\":[\"null\",\"text\"]}",
        "{\"additionalProperties\":{}}",
        "{\"$ref\":\"#/$defs/none\"}",
        "{\"$ref\":\"other.json\"}",
        "true",
    };
    char why[SCHEMA_WHY_SIZE];
    cJSON *value = cJSON_CreateString("x");

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *schema = cJSON_Parse(rows[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
        CU_ASSERT_EQUAL(schema_check(schema, schema, value, why),
                        SCHEMA_UNKNOWN);
        cJSON_Delete(schema);
    }
    cJSON_Delete(value);
}

int main(void)
{
    CU_pSuite suite;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    suite = CU_add_suite_with_setup_and_teardown("reports.json", NULL, NULL,
                                                 set_up, tear_down);
    CU_ADD_TEST(suite, counts_and_exit_status_follow_from_the_verdicts);
    CU_ADD_TEST(suite, exit_status_is_that_of_the_worst_verdict);
    CU_ADD_TEST(suite, a_case_says_how_it_went_and_how_to_repeat_it);
    CU_ADD_TEST(suite, cases_without_a_verdict_say_why);
    CU_ADD_TEST(suite, findings_beyond_the_limit_are_counted);
    CU_ADD_TEST(suite, what_was_tolerated_is_listed_with_what_need_not_be);
    CU_ADD_TEST(suite, nothing_is_said_where_nothing_was_tolerated);
    CU_ADD_TEST(suite, a_warning_of_no_case_fails_where_warnings_do);
    CU_ADD_TEST(suite, an_empty_journal_has_a_valid_document);
    CU_ADD_TEST(suite, odd_events_have_a_valid_document);
    CU_ADD_TEST(suite, the_schema_refuses_damaged_documents);
    CU_ADD_TEST(suite, a_schema_with_what_is_not_checked_is_unknown);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
