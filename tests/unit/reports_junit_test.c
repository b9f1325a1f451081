/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/reports_document.h"
#include "tests/unit/reports_fixture.h"

#define WHY_SIZE 512

static struct fixture fixture;

static void set_up(void)
{
    fixture_set_up(&fixture);
}

static void tear_down(void)
{
    fixture_tear_down(&fixture);
}

static const struct fixture_case six[] = {
    { "AFU-DEP-001@push", "AFU-DEP-001", "Unmet dependency", NULL },
    { "AFU-OBJ-001", "AFU-OBJ-001", "Registration", NULL },
    { "AFU-DEP-003@push", "AFU-DEP-003", "Resolve", NULL },
    { "AFU-CAN-003@push", "AFU-CAN-003", "Cancel", "ICS afu.cancel is false" },
    { "AFU-MUL-001@push", "AFU-MUL-001", "Two components", NULL },
    { "AFU-PER-001@push", "AFU-PER-001", "Survives reboot", NULL },
    { NULL, NULL, NULL, NULL },
};

static const struct finding broken = {
    .level = FINDING_FAIL,
    .requirement = "AFU-089,AFU-053",
    .check = "step.await",
    .subject = "/33629/0/5",
    .expected = "application Idle with Result 13",
    .observed = "application Idle with Result 1",
    .detail = "last consistent: Updating",
    .evidence = { 11, 12 },
    .evidence_count = 2,
};

static const struct finding tolerated = {
    .level = FINDING_WARNING,
    .requirement = "AFU-104",
    .ambiguity = "A-12",
    .check = "oracle.edge",
    .expected = "Result 0",
    .observed = "Result 13 kept",
};

/** Load, write, parse, and check what holds for every document. */
static xmlDoc *document(void)
{
    struct report *report = fixture_report(&fixture);
    xmlDoc *read = document_read(fixture.junit);
    char why[WHY_SIZE];

    report_free(report);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    bool is_valid = document_is_valid(read, why);
    if (!is_valid) {
        fprintf(stderr, "%s\n", why);
    }
    CU_ASSERT_TRUE(is_valid);
    CU_ASSERT_TRUE(document_totals_are_right(read));
    return read;
}

/** A campaign with one case of every verdict; MUL-001 passes. */
static void put_campaign(void)
{
    fixture_campaign(&fixture, "[\"run\",\"--profile\",\"my.json\",\"afu\"]");
    fixture.endpoint = "urn:dev:1";
    fixture_plan(&fixture, six);
    fixture_begin(&fixture, "AFU-DEP-001@push");
    fixture_finding(&fixture, "AFU-DEP-001@push", &broken);
    fixture_verdict(&fixture, "AFU-DEP-001@push", "fail", 1234, "Result 1");
    fixture_begin(&fixture, "AFU-OBJ-001");
    fixture_verdict(&fixture, "AFU-OBJ-001", "error", 0, "out of memory");
    fixture_begin(&fixture, "AFU-DEP-003@push");
    fixture_verdict(&fixture, "AFU-DEP-003@push", "inconc", 20000, "no answer");
    fixture_begin(&fixture, "AFU-MUL-001@push");
    fixture_finding(&fixture, "AFU-MUL-001@push", &tolerated);
    fixture_verdict(&fixture, "AFU-MUL-001@push", "pass", 66, NULL);
    fixture_end(&fixture, true);
}

static void each_verdict_has_its_element(void)
{
    static const struct {
        const char *name;
        const char *classname;
        const char *time;
        const char *element; /* NULL: a pass has none */
        const char *type;
        const char *message;
    } rows[] = {
        { "AFU-DEP-001@push Unmet dependency", "AFU.DEP", "1.234", "failure",
          "fail", "Result 1" },
        { "AFU-OBJ-001 Registration", "AFU.OBJ", "0.000", "error", "error",
          "out of memory" },
        { "AFU-DEP-003@push Resolve", "AFU.DEP", "20.000", "error", "inconc",
          "no answer" },
        { "AFU-CAN-003@push Cancel", "AFU.CAN", "0.000", "skipped", NULL,
          "N/A: ICS afu.cancel is false" },
        { "AFU-MUL-001@push Two components", "AFU.MUL", "0.066", NULL, NULL,
          NULL },
        { "AFU-PER-001@push Survives reboot", "AFU.PER", "0.000", "error",
          "none", "the campaign ended before this case" },
    };
    put_campaign();
    xmlDoc *read = document();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const xmlNode *node = document_case(read, rows[i].name);
        CU_ASSERT_PTR_NOT_NULL_FATAL(node);
        CU_ASSERT_TRUE(attribute_is(node, "name", rows[i].name));
        CU_ASSERT_TRUE(attribute_is(node, "classname", rows[i].classname));
        CU_ASSERT_TRUE(attribute_is(node, "time", rows[i].time));
        unsigned outcomes = children_of(node, "failure") +
                            children_of(node, "error") +
                            children_of(node, "skipped");
        CU_ASSERT_EQUAL(outcomes, rows[i].element != NULL ? 1 : 0);
        if (rows[i].element != NULL) {
            const xmlNode *outcome = child_of(node, rows[i].element);
            CU_ASSERT_TRUE(attribute_is(outcome, "message", rows[i].message));
            CU_ASSERT_TRUE(rows[i].type == NULL ||
                           attribute_is(outcome, "type", rows[i].type));
            /* Consumers that ignore the message read the text. */
            const char *told = strncmp(rows[i].message, "N/A: ", 5) == 0
                                   ? rows[i].message + 5
                                   : rows[i].message;
            CU_ASSERT_TRUE(text_has(outcome, told));
        }
    }
    const xmlNode *root = document_root(read);
    CU_ASSERT_EQUAL(attribute_number(root, "tests"), 6);
    CU_ASSERT_EQUAL(attribute_number(root, "failures"), 1);
    CU_ASSERT_EQUAL(attribute_number(root, "errors"), 3);
    CU_ASSERT_TRUE(attribute_is(root, "time", "21.300"));
    xmlFreeDoc(read);
}

static void a_failure_tells_all_that_a_person_needs(void)
{
    static const char *const parts[] = {
        "Result 1\nfail AFU-089,AFU-053 /33629/0/5 by step.await\n",
        "\n  step: /steps/0 await\n",
        "\n  expected: application Idle with Result 13\n",
        "\n  observed: application Idle with Result 1\n",
        "\n  events: 11, 12\n",
        "\n  last consistent: Updating\n",
        "\nreproduce: assay run --profile my.json --seed 42 AFU-DEP-001@push\n",
    };
    put_campaign();
    xmlDoc *read = document();
    const xmlNode *failure =
        child_of(document_case(read, "AFU-DEP-001"), "failure");

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        CU_ASSERT_TRUE(text_has(failure, parts[i]));
    }
    xmlFreeDoc(read);
}

static void cases_of_a_group_are_one_suite_in_the_order_of_the_plan(void)
{
    static const char *const names[] = { "AFU.DEP", "AFU.OBJ", "AFU.CAN",
                                         "AFU.MUL", "AFU.PER" };
    size_t count = 0;
    put_campaign();
    xmlDoc *read = document();

    for (const xmlNode *suite = document_root(read)->children; suite != NULL;
         suite = suite->next) {
        if (suite->type == XML_ELEMENT_NODE) {
            CU_ASSERT_TRUE_FATAL(count < sizeof(names) / sizeof(names[0]));
            CU_ASSERT_TRUE(attribute_is(suite, "name", names[count]));
            CU_ASSERT_EQUAL(attribute_number(suite, "id"), (long)count);
            count++;
        }
    }
    CU_ASSERT_EQUAL(count, sizeof(names) / sizeof(names[0]));
    CU_ASSERT_EQUAL(attribute_number(document_suite(read, "AFU.DEP"), "tests"),
                    2);
    CU_ASSERT_TRUE(
        attribute_is(document_suite(read, "AFU.DEP"), "time", "21.234"));
    xmlFreeDoc(read);
}

static void properties_say_what_was_tested_how(void)
{
    static const struct {
        const char *name;
        const char *value;
    } rows[] = {
        { "dut.endpoint", "urn:dev:1" }, { "seed", "42" },
        { "profile", "my.json" },        { "reading", "strict" },
        { "tool.version", "9.8.7" },
    };
    /* Another device registers first: the engine's events name ours. */
    struct journal_event other = {
        .kind = (enum journal_kind)SERVER_REGISTER,
        .endpoint = "urn:dev:other",
    };
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(journal_append(fixture.writer, &other, NULL, &reason),
                    STATUS_OK);
    put_campaign();
    xmlDoc *read = document();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *value =
            property_of(document_suite(read, "AFU.OBJ"), rows[i].name);
        CU_ASSERT_STRING_EQUAL(value, rows[i].value);
        free(value);
    }
    xmlFreeDoc(read);
}

static void warnings_of_a_pass_and_the_trace_are_its_output(void)
{
    char attachment[FIXTURE_PATH_SIZE + 80];

    put_campaign();
    xmlDoc *read = document();
    const xmlNode *output =
        child_of(document_case(read, "AFU-MUL-001"), "system-out");
    (void)snprintf(attachment, sizeof(attachment),
                   "[[ATTACHMENT|%s/AFU-MUL-001@push/trace.pcap]]\n",
                   fixture.folder);
    CU_ASSERT_TRUE(text_has(output, "warning AFU-104 A-12 by oracle.edge"));
    CU_ASSERT_TRUE(text_has(output, "observed: Result 13 kept"));
    char *text = text_of(output);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    size_t length = strlen(attachment);
    CU_ASSERT_TRUE_FATAL(strlen(text) > length);
    CU_ASSERT_STRING_EQUAL(text + strlen(text) - length, attachment);
    xmlFree(text);
    /* A case that never began has no trace. */
    CU_ASSERT_PTR_NULL(
        child_of(document_case(read, "AFU-PER-001"), "system-out"));
    CU_ASSERT_PTR_NULL(
        child_of(document_case(read, "AFU-CAN-003"), "system-out"));
    xmlFreeDoc(read);
}

static void a_warning_that_fails_is_in_the_failure(void)
{
    fixture_campaign(&fixture, "[\"run\"]");
    fixture_plan(&fixture, six);
    fixture_begin(&fixture, "AFU-OBJ-001");
    fixture_finding(&fixture, "AFU-OBJ-001", &tolerated);
    fixture_verdict(&fixture, "AFU-OBJ-001", "fail", 1, "AFU-104: expected 0");
    fixture_end(&fixture, false);
    xmlDoc *read = document();
    CU_ASSERT_TRUE(
        text_has(child_of(document_case(read, "AFU-OBJ-001"), "failure"),
                 "warning AFU-104 A-12 by oracle.edge"));
    xmlFreeDoc(read);
}

static void a_killed_campaign_has_an_error_for_what_did_not_end(void)
{
    static const char *const ends[] = {
        "",                        /* killed between two lines */
        "{\"seq\":11,\"time\":1,", /* and within one */
        "{\"seq\":11}",            /* whole, but no event */
    };

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (i > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        fixture_campaign(&fixture, "[\"run\"]");
        fixture_plan(&fixture, six);
        fixture_begin(&fixture, "AFU-DEP-001@push");
        fixture_verdict(&fixture, "AFU-DEP-001@push", "pass", 5, NULL);
        fixture_begin(&fixture, "AFU-OBJ-001");
        fixture_finding(&fixture, "AFU-OBJ-001", &tolerated);
        fixture_put_bytes(&fixture, ends[i]);
        xmlDoc *read = document();
        const xmlNode *error =
            child_of(document_case(read, "AFU-OBJ-001"), "error");
        CU_ASSERT_TRUE(attribute_is(error, "type", "none"));
        CU_ASSERT_TRUE(attribute_is(
            error, "message", "the campaign ended in the middle of this case"));
        CU_ASSERT_TRUE(text_has(error, "warning AFU-104"));
        CU_ASSERT_TRUE(
            attribute_is(child_of(document_case(read, "AFU-MUL-001"), "error"),
                         "message", "the campaign ended before this case"));
        CU_ASSERT_EQUAL(attribute_number(document_root(read), "errors"), 4);
        CU_ASSERT_EQUAL(attribute_number(document_root(read), "tests"), 6);
        xmlFreeDoc(read);
    }
}

/** Journals of campaigns in which nothing ran. */
static void put_nothing(unsigned which)
{
    static const struct fixture_case none[] = { { NULL, NULL, NULL, NULL } };

    if (which > 0) {
        fixture_campaign(&fixture, "[\"run\"]");
    }
    if (which == 2) {
        fixture_plan(&fixture, none);
    } else if (which == 3) {
        static const struct fixture_case skipped[] = {
            { "AFU-CAN-003@push", "AFU-CAN-003", "Cancel", "no cancel" },
            { NULL, NULL, NULL, NULL },
        };
        fixture_plan(&fixture, skipped);
    }
    if (which >= 2) {
        fixture_end(&fixture, false);
    }
}

static void a_campaign_in_which_nothing_ran_is_an_error(void)
{
    for (unsigned which = 0; which < 4; which++) {
        if (which > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        put_nothing(which);
        xmlDoc *read = document();
        const xmlNode *error =
            child_of(document_case(read, "campaign"), "error");
        CU_ASSERT_TRUE(attribute_is(error, "type", "none"));
        CU_ASSERT_TRUE(attribute_is(error, "message",
                                    "nothing ran: no case has a verdict"));
        CU_ASSERT_EQUAL(text_has(error, "the campaign was killed"), which < 2);
        CU_ASSERT_EQUAL(attribute_number(document_root(read), "tests"),
                        which == 3 ? 2 : 1);
        CU_ASSERT_EQUAL(attribute_number(document_root(read), "errors"), 1);
        xmlFreeDoc(read);
    }
}

static void an_error_outside_of_the_cases_is_an_error(void)
{
    struct finding finding = broken;

    finding.level = FINDING_ERROR;
    finding.observed = "the detect step broke";
    fixture_campaign(&fixture, "[\"run\"]");
    fixture_finding(&fixture, NULL, &finding);
    fixture_plan(&fixture, six);
    fixture_begin(&fixture, "AFU-OBJ-001");
    fixture_verdict(&fixture, "AFU-OBJ-001", "pass", 1, NULL);
    fixture_end(&fixture, false);
    xmlDoc *read = document();
    const xmlNode *error = child_of(document_case(read, "campaign"), "error");
    CU_ASSERT_TRUE(attribute_is(error, "type", "error"));
    CU_ASSERT_TRUE(text_has(error, "observed: the detect step broke"));
    xmlFreeDoc(read);
}

static void a_warning_outside_of_the_cases_is_read_or_fails(void)
{
    static const struct finding warning = {
        .level = FINDING_WARNING,
        .check = "ics.cancel",
        .observed = "the device shows false",
    };

    for (int fails = 0; fails < 2; fails++) {
        if (fails > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        fixture_put(&fixture, JOURNAL_CAMPAIGN, NULL,
                    fails > 0 ? "{\"argv\":[],\"fail-on-warning\":true}"
                              : "{\"argv\":[],\"fail-on-warning\":false}");
        fixture_plan(&fixture, six);
        fixture_begin(&fixture, "AFU-OBJ-001");
        fixture_verdict(&fixture, "AFU-OBJ-001", "pass", 1, NULL);
        fixture_finding(&fixture, NULL, &warning);
        fixture_end(&fixture, false);
        xmlDoc *read = document();
        const xmlNode *row = document_case(read, "campaign");
        const xmlNode *words =
            child_of(row, fails > 0 ? "failure" : "system-out");
        CU_ASSERT_TRUE(text_has(words, "observed: the device shows false"));
        CU_ASSERT_PTR_NULL(child_of(row, fails > 0 ? "system-out" : "failure"));
        if (fails > 0) {
            CU_ASSERT_TRUE(attribute_is(words, "type", "fail"));
            CU_ASSERT_EQUAL(attribute_number(document_root(read), "failures"),
                            1);
            CU_ASSERT_EQUAL(attribute_number(document_root(read), "errors"),
                            5 - 1);
        }
        xmlFreeDoc(read);
    }
}

static void a_verdict_of_another_version_is_an_error_not_a_pass(void)
{
    fixture_plan(&fixture, six);
    fixture_begin(&fixture, "AFU-OBJ-001");
    fixture_verdict(&fixture, "AFU-OBJ-001", "splendid", 1, NULL);
    fixture_end(&fixture, false);
    xmlDoc *read = document();
    CU_ASSERT_TRUE(
        attribute_is(child_of(document_case(read, "AFU-OBJ-001"), "error"),
                     "type", "error"));
    xmlFreeDoc(read);
}

static void a_device_that_never_registers_gets_its_diagnosis(void)
{
    fixture_campaign(&fixture, "[\"run\"]");
    fixture_put(&fixture, JOURNAL_NOTE, NULL,
                "{\"text\":\"listening on 127.0.0.1:5683\\ndatagrams "
                "received: 0\",\"diagnosis\":true}");
    fixture_plan(&fixture, six);
    fixture_verdict(&fixture, "AFU-OBJ-001", "inconc", 0,
                    "no device registered");
    fixture_end(&fixture, false);
    xmlDoc *read = document();
    CU_ASSERT_TRUE(
        text_has(child_of(document_case(read, "AFU-OBJ-001"), "error"),
                 "\nlistening on 127.0.0.1:5683\ndatagrams received: 0\n"));
    xmlFreeDoc(read);
}

static void a_fail_is_told_however_many_findings_come_before_it(void)
{
    struct finding held = { .level = FINDING_PASS, .requirement = "AFU-1" };

    fixture_plan(&fixture, six);
    fixture_begin(&fixture, "AFU-OBJ-001");
    for (int i = 0; i < 1000; i++) {
        fixture_finding(&fixture, "AFU-OBJ-001", &held);
    }
    fixture_finding(&fixture, "AFU-OBJ-001", &broken);
    fixture_verdict(&fixture, "AFU-OBJ-001", "fail", 1, "r");
    fixture_end(&fixture, false);
    xmlDoc *read = document();
    CU_ASSERT_TRUE(
        text_has(child_of(document_case(read, "AFU-OBJ-001"), "failure"),
                 "expected: application Idle with Result 13"));
    xmlFreeDoc(read);
}

/** Replace the first `from` of a text; caller frees. */
static char *damaged(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    char *out = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    CU_ASSERT_TRUE_FATAL(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
                                  at + strlen(from)) > 0);
    return out;
}

static void the_schema_refuses_damaged_documents(void)
{
    static const struct {
        const char *from;
        const char *to;
    } rows[] = {
        { " errors=\"3\"", "" },
        { " tests=\"6\"", " tests=\"six\"" },
        { " tests=\"6\"", " tests=\"0\"" },
        { " time=\"1.234\"", " time=\"1.2345\"" },
        { " time=\"1.234\"", " time=\"1,234\"" },
        { " time=\"1.234\"", " time=\"-1.234\"" },
        { " time=\"1.234\"", "" },
        { " timestamp=\"2", " timestamp=\"yesterday 2" },
        { "name=\"AFU-OBJ-001 Registration\"", "" },
        { "name=\"AFU-OBJ-001 Registration\"", "name=\"\"" },
        { "AFU-DEP-003@push Resolve", "AFU-DEP-001@push Unmet dependency" },
        { "<testsuite name=\"AFU.OBJ\"", "<testsuite name=\"AFU.DEP\"" },
        { " classname=\"AFU.OBJ\"", "" },
        { " type=\"fail\"", " type=\"failed\"" },
        { " type=\"inconc\"", " type=\"pass\"" },
        { " message=\"Result 1\"", "" },
        { "\"N/A: ICS", "\"ICS" },
        { "<failure ", "<broken/><failure " },
        { "</failure>",
          "</failure><error type=\"none\" message=\"m\">e</error>" },
        { "<testcase ", "<testcase file=\"x.c\" " },
        { "</system-out>", "</system-out><system-out>x</system-out>" },
        { "<property name=\"seed\"", "<property nmae=\"seed\"" },
        { "<property name=\"seed\"", "<property name=\"profile\"" },
        { "</testsuite>", "<testsuite/></testsuite>" },
        { "<testsuites ", "<testsuites skipped=\"1\" " },
    };
    char why[WHY_SIZE];
    put_campaign();
    xmlFreeDoc(document());
    char *good = fixture_read(fixture.junit, NULL);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *bad = damaged(good, rows[i].from, rows[i].to);
        xmlDoc *read = document_parse(bad, strlen(bad));
        CU_ASSERT_PTR_NOT_NULL_FATAL(read);
        bool is_valid = document_is_valid(read, why);
        if (is_valid) {
            fprintf(stderr, "accepted: '%s' as '%s'\n", rows[i].from,
                    rows[i].to);
        }
        CU_ASSERT_FALSE(is_valid);
        xmlFreeDoc(read);
        free(bad);
    }
    free(good);
}

static void totals_that_are_wrong_are_seen(void)
{
    static const char *const rows[][2] = {
        { " tests=\"6\"", " tests=\"5\"" },
        { " failures=\"1\"", " failures=\"0\"" },
        { " skipped=\"1\"", " skipped=\"2\"" },
    };
    put_campaign();
    xmlFreeDoc(document());
    char *good = fixture_read(fixture.junit, NULL);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *bad = damaged(good, rows[i][0], rows[i][1]);
        xmlDoc *read = document_parse(bad, strlen(bad));
        CU_ASSERT_PTR_NOT_NULL_FATAL(read);
        CU_ASSERT_FALSE(document_totals_are_right(read));
        xmlFreeDoc(read);
        free(bad);
    }
    free(good);
}

static void a_document_that_cannot_be_written_is_an_error(void)
{
    struct reason reason = { .status = STATUS_OK };
    struct report *report = NULL;

    put_campaign();
    CU_ASSERT_EQUAL_FATAL(report_load(fixture.journal, &report, &reason),
                          STATUS_OK);
    CU_ASSERT_EQUAL(report_write_junit(report, "/dev/full", &reason),
                    STATUS_NETWORK);
    CU_ASSERT_EQUAL(
        report_write_junit(report, "/nowhere/at/all/junit.xml", &reason),
        STATUS_NETWORK);
    CU_ASSERT_EQUAL(report_write_json(report, "/dev/full", &reason),
                    STATUS_NETWORK);
    report_free(report);
}

int main(void)
{
    CU_pSuite suite;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    suite = CU_add_suite_with_setup_and_teardown("reports.junit", NULL, NULL,
                                                 set_up, tear_down);
    CU_ADD_TEST(suite, each_verdict_has_its_element);
    CU_ADD_TEST(suite, a_failure_tells_all_that_a_person_needs);
    CU_ADD_TEST(suite, cases_of_a_group_are_one_suite_in_the_order_of_the_plan);
    CU_ADD_TEST(suite, properties_say_what_was_tested_how);
    CU_ADD_TEST(suite, warnings_of_a_pass_and_the_trace_are_its_output);
    CU_ADD_TEST(suite, a_warning_that_fails_is_in_the_failure);
    CU_ADD_TEST(suite, a_killed_campaign_has_an_error_for_what_did_not_end);
    CU_ADD_TEST(suite, a_campaign_in_which_nothing_ran_is_an_error);
    CU_ADD_TEST(suite, an_error_outside_of_the_cases_is_an_error);
    CU_ADD_TEST(suite, a_warning_outside_of_the_cases_is_read_or_fails);
    CU_ADD_TEST(suite, a_verdict_of_another_version_is_an_error_not_a_pass);
    CU_ADD_TEST(suite, a_device_that_never_registers_gets_its_diagnosis);
    CU_ADD_TEST(suite, a_fail_is_told_however_many_findings_come_before_it);
    CU_ADD_TEST(suite, the_schema_refuses_damaged_documents);
    CU_ADD_TEST(suite, totals_that_are_wrong_are_seen);
    CU_ADD_TEST(suite, a_document_that_cannot_be_written_is_an_error);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    xmlCleanupParser();
    return failures == 0 ? 0 : 1;
}
