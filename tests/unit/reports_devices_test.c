/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of a campaign of several devices, whose events are mixed. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "reports/model.h"
#include "tests/unit/reports_document.h"
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

static const struct fixture_case two[] = {
    { "AFU-DEP-001@push", "AFU-DEP-001", "Unmet dependency", NULL },
    { "AFU-OBJ-001", "AFU-OBJ-001", "Registration", NULL },
    { "AFU-CAN-003@push", "AFU-CAN-003", "Cancel", "cancel" },
    { NULL, NULL, NULL, NULL },
};

static const struct finding broken = {
    .level = FINDING_FAIL,
    .requirement = "AFU-089",
    .check = "step.await",
    .expected = "Result 13",
    .observed = "Result 1",
};

/** "good-1" passes, "bad" fails in a case that the other passes meanwhile,
 *  "dead" never registers, and "late" was not come to. */
static void put_header(void)
{
    fixture_put(
        &fixture, JOURNAL_CAMPAIGN, NULL,
        "{\"version\":\"9.8.7\",\"libraries\":\"libcoap 4\",\"argv\":[\"run\","
        "\"--profile\",\"good.json\",\"--profile=bad.json\",\"--output\","
        "\"r\",\"--bind\",\"::1\",\"--\",\"dev\"],\"seed\":\"42\","
        "\"reading\":\"interop\",\"fail-on-warning\":false,"
        "\"profile\":\"good.json\",\"devices\":["
        "{\"endpoint\":\"urn:good-1\",\"profile\":\"good.json\","
        "\"folder\":\"urn-good-1\"},"
        "{\"endpoint\":\"urn:bad\",\"profile\":\"bad.json\","
        "\"folder\":\"urn-bad\"},"
        "{\"endpoint\":\"urn:dead\",\"profile\":\"good.json\","
        "\"folder\":\"urn-dead\"},"
        "{\"endpoint\":\"urn:late\",\"profile\":\"good.json\","
        "\"folder\":\"../late\"}]}");
}

static void as(const char *endpoint)
{
    fixture.endpoint = endpoint;
}

static void put_dead(void)
{
    as("urn:dead");
    fixture_put(&fixture, JOURNAL_NOTE, NULL,
                "{\"text\":\"no device registered as urn:dead\\nlistening\","
                "\"diagnosis\":true}");
    fixture_plan(&fixture, two);
    fixture_verdict(&fixture, "AFU-DEP-001@push", "inconc", 0,
                    "no device registered");
    fixture_verdict(&fixture, "AFU-OBJ-001", "inconc", 0,
                    "no device registered");
}

static void put_campaign(void)
{
    put_header();
    as("urn:bad");
    fixture_plan(&fixture, two);
    fixture_begin(&fixture, "AFU-DEP-001@push");
    as("urn:good-1");
    fixture_plan(&fixture, two);
    fixture_begin(&fixture, "AFU-DEP-001@push");
    fixture_put(&fixture, JOURNAL_PHASE, "AFU-DEP-001@push",
                "{\"phase\":\"postamble\"}");
    as("urn:bad");
    fixture_finding(&fixture, "AFU-DEP-001@push", &broken);
    as("urn:good-1");
    fixture_verdict(&fixture, "AFU-DEP-001@push", "pass", 10, NULL);
    as("urn:bad");
    fixture_verdict(&fixture, "AFU-DEP-001@push", "fail", 20, "Result 1");
    fixture_begin(&fixture, "AFU-OBJ-001");
    fixture_verdict(&fixture, "AFU-OBJ-001", "pass", 5, NULL);
    put_dead();
    as("urn:stranger");
    fixture_verdict(&fixture, "AFU-OBJ-001", "fail", 5, "not under test");
    as("urn:good-1");
    fixture_begin(&fixture, "AFU-OBJ-001");
    fixture_verdict(&fixture, "AFU-OBJ-001", "pass", 6, NULL);
    as(NULL);
    fixture_end(&fixture, false);
}

static const cJSON *find(const cJSON *list, const char *member,
                         const char *text, const char *instance)
{
    const cJSON *row = NULL;

    cJSON_ArrayForEach(row, list)
    {
        if (strcmp(case_text(row, member), text) == 0 &&
            (instance == NULL ||
             strcmp(case_text(row, "instance"), instance) == 0)) {
            return row;
        }
    }
    return NULL;
}

static void each_device_has_its_own_verdicts(void)
{
    static const struct {
        const char *device;
        const char *instance;
        const char *verdict;
        const char *trace;
        int findings;
    } rows[] = {
        { "urn:good-1", "AFU-DEP-001@push", "pass",
          "urn-good-1/AFU-DEP-001@push/trace.pcap", 0 },
        { "urn:good-1", "AFU-OBJ-001", "pass",
          "urn-good-1/AFU-OBJ-001/trace.pcap", 0 },
        { "urn:bad", "AFU-DEP-001@push", "fail",
          "urn-bad/AFU-DEP-001@push/trace.pcap", 1 },
        { "urn:bad", "AFU-OBJ-001", "pass", "urn-bad/AFU-OBJ-001/trace.pcap",
          0 },
        { "urn:dead", "AFU-OBJ-001", "inconc", "", 0 },
    };
    char why[SCHEMA_WHY_SIZE] = "";

    put_campaign();
    report_free(fixture_report(&fixture));
    char *text = fixture_read(fixture.json, NULL);
    CU_ASSERT_EQUAL(schema_check_results(text, why), SCHEMA_ACCEPTS);
    cJSON *read = cJSON_Parse(text);
    const cJSON *cases = cJSON_GetObjectItemCaseSensitive(read, "cases");
    CU_ASSERT_EQUAL(cJSON_GetArraySize(cases), 9);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const cJSON *row =
            find(cases, "device", rows[i].device, rows[i].instance);
        CU_ASSERT_STRING_EQUAL(case_text(row, "verdict"), rows[i].verdict);
        CU_ASSERT_STRING_EQUAL(case_text(row, "trace"), rows[i].trace);
        CU_ASSERT_EQUAL(cJSON_GetArraySize(case_findings(row)),
                        rows[i].findings);
    }
    const cJSON *finding =
        case_findings(find(cases, "device", "urn:bad", "AFU-DEP-001@push"))
            ->child;
    CU_ASSERT_STRING_EQUAL(case_text(finding, "phase"), "body");
    cJSON_Delete(read);
    free(text);
}

static void each_device_has_its_own_counts_and_diagnosis(void)
{
    static const struct {
        const char *endpoint;
        unsigned pass;
        unsigned fail;
        unsigned inconc;
    } rows[] = {
        { "urn:good-1", 2, 0, 0 },
        { "urn:bad", 1, 1, 0 },
        { "urn:dead", 0, 0, 2 },
        { "urn:late", 0, 0, 0 },
    };

    put_campaign();
    struct report *report = fixture_report(&fixture);
    CU_ASSERT_EQUAL_FATAL(report->device_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct report_device *device = &report->devices[i];
        struct report_counts counts;
        device_count(device, &counts);
        CU_ASSERT_STRING_EQUAL(device->endpoint, rows[i].endpoint);
        CU_ASSERT_EQUAL(counts.pass, rows[i].pass);
        CU_ASSERT_EQUAL(counts.fail, rows[i].fail);
        CU_ASSERT_EQUAL(counts.inconc, rows[i].inconc);
        CU_ASSERT_EQUAL(device->diagnosis != NULL, i == 2);
    }
    CU_ASSERT_PTR_NULL(report->devices[3].folder); /* it leads elsewhere */
    CU_ASSERT_EQUAL(report_exit_status(report), 1);
    report_free(report);
}

/** It would be green, but for a device that the campaign did not come to. */
static void a_device_without_a_plan_is_not_a_pass(void)
{
    put_header();
    static const char *const names[] = { "urn:good-1", "urn:bad", "urn:dead" };
    for (size_t i = 0; i < 3; i++) {
        as(names[i]);
        fixture_plan(&fixture, two);
        fixture_begin(&fixture, "AFU-DEP-001@push");
        fixture_verdict(&fixture, "AFU-DEP-001@push", "pass", 1, NULL);
        fixture_begin(&fixture, "AFU-OBJ-001");
        fixture_verdict(&fixture, "AFU-OBJ-001", "pass", 1, NULL);
    }
    struct report *report = fixture_report(&fixture);
    CU_ASSERT_EQUAL(report_exit_status(report), 2);
    char *text = fixture_summary(report, false, 0);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "urn:late: the campaign ended before this device\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "3 of 4 devices: all pass\n"));
    free(text);
    report_free(report);
}

static void each_device_is_one_suite(void)
{
    char why[512] = "";
    static const struct {
        const char *suite;
        long tests;
        long failures;
        long errors;
        long skipped;
    } rows[] = {
        { "urn:good-1", 3, 0, 0, 1 },
        { "urn:bad", 3, 1, 0, 1 },
        { "urn:dead", 3, 0, 2, 1 },
        { "urn:late", 1, 0, 1, 0 },
    };

    put_campaign();
    report_free(fixture_report(&fixture));
    xmlDoc *read = document_read(fixture.junit);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    CU_ASSERT_TRUE(document_is_valid(read, why));
    CU_ASSERT_STRING_EQUAL(why, "");
    CU_ASSERT_TRUE(document_totals_are_right(read));
    CU_ASSERT_EQUAL(children_of(document_root(read), "testsuite"), 4);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const xmlNode *suite = document_suite(read, rows[i].suite);
        CU_ASSERT_PTR_NOT_NULL_FATAL(suite);
        CU_ASSERT_EQUAL(attribute_number(suite, "tests"), rows[i].tests);
        CU_ASSERT_EQUAL(attribute_number(suite, "failures"), rows[i].failures);
        CU_ASSERT_EQUAL(attribute_number(suite, "errors"), rows[i].errors);
        CU_ASSERT_EQUAL(attribute_number(suite, "skipped"), rows[i].skipped);
        char *endpoint = property_of(suite, "dut.endpoint");
        CU_ASSERT_STRING_EQUAL(endpoint, rows[i].suite);
        free(endpoint);
    }
    const xmlNode *one = child_of(document_suite(read, "urn:bad"), "testcase");
    CU_ASSERT_TRUE(attribute_is(one, "classname", "urn-bad.AFU.DEP"));
    CU_ASSERT_TRUE(
        text_has(child_of(one, "failure"),
                 "reproduce: assay run --bind ::1 --profile bad.json --seed 42 "
                 "AFU-DEP-001@push -- dev"));
    const xmlNode *dead =
        child_of(document_suite(read, "urn:dead"), "testcase");
    CU_ASSERT_TRUE(text_has(child_of(dead, "error"), "registered as urn:dead"));
    CU_ASSERT_TRUE(text_has(child_of(dead, "error"),
                            "--profile good.json --device urn:dead --seed"));
    xmlFreeDoc(read);
}

static void the_summary_names_each_device(void)
{
    static const char *const parts[] = {
        "fail urn:bad AFU-DEP-001@push  Unmet dependency\n",
        "urn:good-1: 2 pass\n",
        "urn:bad: 1 pass, 1 fail\n",
        "urn:dead: 2 inconc; no device registered as urn:dead\n",
        "1 of 4 devices: all pass\n",
        "3 pass, 1 fail, 2 inconc, 0 error, 0 not run, 3 not applicable",
    };

    put_campaign();
    struct report *report = fixture_report(&fixture);
    char *text = fixture_summary(report, false, 0);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(text, parts[i]));
        if (strstr(text, parts[i]) == NULL) {
            printf("    no '%s' in:\n%s", parts[i], text);
        }
    }
    const char *once = strstr(text, "not applicable: cancel");
    CU_ASSERT_PTR_NOT_NULL_FATAL(once);
    CU_ASSERT_PTR_NULL(strstr(once + 1, "not applicable: cancel"));
    CU_ASSERT_PTR_NULL(strstr(text, "AFU-OBJ-001: no device registered"));
    free(text);
    report_free(report);
}

/** Whatever the first event says, each case belongs to one device. */
static void hostile_lists_of_devices_lose_no_case(void)
{
    static const char *const rows[] = {
        "{\"devices\":[]}",
        "{\"devices\":5}",
        "{\"devices\":[{\"endpoint\":\"urn:x\"},{\"endpoint\":\"urn:x\"}]}",
        "{\"devices\":[5,null,[],{\"endpoint\":\"urn:x\",\"folder\":\"..\"}]}",
        "{\"devices\":[{\"endpoint\":\"urn:x\",\"folder\":7}]}",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct report_counts counts;
        if (i > 0) {
            tear_down();
            set_up();
        }
        fixture_put(&fixture, JOURNAL_CAMPAIGN, NULL, rows[i]);
        as("urn:x");
        fixture_plan(&fixture, two);
        fixture_begin(&fixture, "AFU-OBJ-001");
        fixture_verdict(&fixture, "AFU-OBJ-001", "fail", 1, "x");
        struct report *report = fixture_report(&fixture);
        report_count(report, &counts);
        CU_ASSERT_EQUAL(counts.total, 3);
        CU_ASSERT_EQUAL(counts.fail, 1);
        xmlDoc *read = document_read(fixture.junit);
        CU_ASSERT_PTR_NOT_NULL_FATAL(read);
        CU_ASSERT_TRUE(document_totals_are_right(read));
        xmlFreeDoc(read);
        report_free(report);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "verdicts", each_device_has_its_own_verdicts },
        { "counts", each_device_has_its_own_counts_and_diagnosis },
        { "no plan", a_device_without_a_plan_is_not_a_pass },
        { "junit", each_device_is_one_suite },
        { "summary", the_summary_names_each_device },
        { "hostile", hostile_lists_of_devices_lose_no_case },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "reports.devices", NULL, NULL, set_up, tear_down, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* says nothing of failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
