/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <libxml/parser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/reports_fixture.h"

static struct fixture fixture;

static void set_up(void)
{
    fixture_set_up(&fixture);
}

static void tear_down(void)
{
    fixture_tear_down(&fixture);
}

static void put_campaign(void)
{
    static const struct fixture_case cases[] = {
        { "A-B-001@push", "A-B-001", "Update with unmet dependency", NULL },
        { "A-B-002", "A-B-002", "Resolve", NULL },
        { "A-B-003", "A-B-003", "Cancel", "afu.cancel is false" },
        { "A-B-004", "A-B-004", "Warns", NULL },
        { "A-B-005", "A-B-005", "Passes", NULL },
        { "A-B-006", "A-B-006", "Not reached", NULL },
        { NULL, NULL, NULL, NULL },
    };
    static const struct finding failed = {
        .level = FINDING_FAIL,
        .requirement = "AFU-089,AFU-053,AFU-097",
        .check = "step.await",
        .expected = "application Downloaded or Idle with Result 13",
        .observed = "application Idle with Result 1 and nothing further",
        .detail = "#1 too old\n#2 old\n#3\n#4\n#5\n#6\n#7\n#8\n#9 Update",
    };
    static const struct finding warning = {
        .level = FINDING_WARNING,
        .requirement = "AFU-104",
        .ambiguity = "A-12",
        .subject = "/33629/0/5",
        .expected = "Result 0",
        .observed = "Result 13",
    };
    static const struct finding held = { .level = FINDING_PASS,
                                         .requirement = "AFU-1" };

    fixture_campaign(&fixture, "[\"demo\",\"--mutant\",\"m\"]");
    fixture_plan(&fixture, cases);
    fixture_begin(&fixture, "A-B-001@push");
    fixture_finding(&fixture, "A-B-001@push", &held);
    fixture_finding(&fixture, "A-B-001@push", &failed);
    fixture_verdict(&fixture, "A-B-001@push", "fail", 12, "AFU-089: Result 1");
    fixture_begin(&fixture, "A-B-002");
    fixture_verdict(&fixture, "A-B-002", "inconc", 12, "no answer");
    fixture_begin(&fixture, "A-B-004");
    fixture_finding(&fixture, "A-B-004", &warning);
    fixture_verdict(&fixture, "A-B-004", "pass", 12, NULL);
    fixture_begin(&fixture, "A-B-005");
    fixture_finding(&fixture, "A-B-005", &held);
    fixture_verdict(&fixture, "A-B-005", "pass", 12, NULL);
}

static void the_summary_tells_what_is_not_well_and_what_to_do_next(void)
{
    char *expected = NULL;
    put_campaign();
    fixture_end(&fixture, true);
    struct report *report = fixture_report(&fixture);
    char *shown = fixture_summary(report, false, 0);

    CU_ASSERT_TRUE_FATAL(
        asprintf(&expected,
                 "not applicable: afu.cancel is false\n"
                 "  A-B-003\n"
                 "fail A-B-001@push  Update with unmet dependency\n"
                 "  fail AFU-089, AFU-053, AFU-097\n"
                 "    step:     /steps/0 await\n"
                 "    expected: application Downloaded or Idle with Result 13\n"
                 "    observed: application Idle with Result 1 and nothing "
                 "further\n"
                 "    after:    #2 old\n"
                 "              #3\n"
                 "              #4\n"
                 "              #5\n"
                 "              #6\n"
                 "              #7\n"
                 "              #8\n"
                 "              #9 Update\n"
                 "    messages: %s/A-B-001@push/trace.pcap\n"
                 "    again:    assay demo --mutant m --seed 42 A-B-001@push\n"
                 "inconc A-B-002  Resolve\n"
                 "    no answer\n"
                 "    messages: %s/A-B-002/trace.pcap\n"
                 "    again:    assay demo --mutant m --seed 42 A-B-002\n"
                 "pass A-B-004  Warns\n"
                 "  warning AFU-104 (ambiguity A-12) at /33629/0/5\n"
                 "    step:     /steps/0 await\n"
                 "    expected: Result 0\n"
                 "    observed: Result 13\n"
                 "not run A-B-006: the campaign ended before this case\n",
                 fixture.folder, fixture.folder) > 0);
    CU_ASSERT_EQUAL(strncmp(shown, expected, strlen(expected)), 0);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(shown, "\n2 pass, 1 fail, 1 inconc, 0 error, 1 not run, 1 not "
                      "applicable; 1 warning\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(shown, "\nThe campaign was interrupted.\n"));
    CU_ASSERT_PTR_NULL(strstr(shown, "A-B-005"));
    CU_ASSERT_PTR_NULL(strchr(shown, '\033'));
    free(expected);
    free(shown);
    report_free(report);
}

static void verdicts_that_occur_are_explained_and_no_others(void)
{
    put_campaign();
    struct report *report = fixture_report(&fixture);
    char *shown = fixture_summary(report, false, 0);

    CU_ASSERT_PTR_NOT_NULL(strstr(shown, "\n  fail: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(shown, "\n  inconc: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(shown, "\n  not run: "));
    CU_ASSERT_PTR_NULL(strstr(shown, "\n  error: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(shown, "The journal has no end"));
    free(shown);
    report_free(report);
}

static void a_device_that_never_registers_is_told_with_what_to_check(void)
{
    static const struct fixture_case two[] = {
        { "A-B-001", "A-B-001", "a", NULL },
        { "A-B-002", "A-B-002", "b", NULL },
        { NULL, NULL, NULL, NULL },
    };
    fixture_put(&fixture, JOURNAL_NOTE, NULL,
                "{\"text\":\"t\",\"diagnosis\":true}");
    fixture_plan(&fixture, two);
    fixture_verdict(&fixture, "A-B-001", "inconc", 0, "no device registered");
    fixture_verdict(&fixture, "A-B-002", "inconc", 0, "no device registered");
    fixture_end(&fixture, false);
    struct report *report = fixture_report(&fixture);
    char *shown = fixture_summary(report, false, 0);

    static const char start[] = "inconc 2 cases, A-B-001 to A-B-002: no "
                                "device registered\n"
                                "0 pass, 0 fail, 2 inconc, ";
    CU_ASSERT_EQUAL(strncmp(shown, start, strlen(start)), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(shown, "--bind ADDRESS"));
    free(shown);
    report_free(report);
}

static void a_campaign_without_trouble_is_one_line(void)
{
    static const struct fixture_case one[] = {
        { "A-B-005", "A-B-005", "Passes", NULL },
        { NULL, NULL, NULL, NULL },
    };
    fixture_plan(&fixture, one);
    fixture_begin(&fixture, "A-B-005");
    fixture_verdict(&fixture, "A-B-005", "pass", 12, NULL);
    fixture_end(&fixture, false);
    struct report *report = fixture_report(&fixture);
    char *shown = fixture_summary(report, true, 80);

    CU_ASSERT_STRING_EQUAL(shown, "1 pass, 0 fail, 0 inconc, 0 error, 0 not "
                                  "run, 0 not applicable; 0 warnings\n");
    free(shown);
    report_free(report);
}

static void colours_come_only_when_they_are_asked_for(void)
{
    put_campaign();
    struct report *report = fixture_report(&fixture);
    char *plain = fixture_summary(report, false, 80);
    char *coloured = fixture_summary(report, true, 80);

    CU_ASSERT_PTR_NULL(strchr(plain, '\033'));
    CU_ASSERT_PTR_NOT_NULL(strstr(coloured, "\033[31mfail\033[0m A-B-001"));
    CU_ASSERT_PTR_NOT_NULL(strstr(coloured, "\033[33minconc\033[0m A-B-002"));
    free(plain);
    free(coloured);
    report_free(report);
}

/** Whether a line is as long as it may be, or has a word that is too long
 *  behind its indentation or label. A command is one line, to be copied. */
static bool fits(const char *line, size_t length, unsigned width)
{
    static const char again[] = "    again:    assay demo --mutant m ";
    size_t last = length;

    if (length <= width || strncmp(line, again, strlen(again)) == 0) {
        return true;
    }
    while (last > 0 && line[last - 1] != ' ') {
        last--;
    }
    while (last > 0 && line[last - 1] == ' ') {
        last--;
    }
    return last == 0 || line[last - 1] == ':';
}

static void lines_break_between_words_at_the_width_of_the_terminal(void)
{
    static const unsigned widths[] = { 30, 40, 80, 132 };
    put_campaign();
    struct report *report = fixture_report(&fixture);

    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        char *shown = fixture_summary(report, false, widths[i]);
        for (const char *line = shown; *line != '\0';) {
            size_t length = strcspn(line, "\n");
            CU_ASSERT_TRUE(fits(line, length, widths[i]));
            line += length + 1;
        }
        free(shown);
    }
    char *narrow = fixture_summary(report, false, 40);
    CU_ASSERT_PTR_NOT_NULL(strstr(narrow,
                                  "    observed: application Idle with\n"
                                  "             Result 1 and nothing\n"
                                  "             further\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(
        narrow,
        "\n    again:    assay demo --mutant m --seed 42 A-B-001@push\n"));
    free(narrow);
    report_free(report);
}

/** Of a few hundred cases the failed one is seen at once. */
static void cases_with_one_reason_are_told_together(void)
{
    static const struct fixture_case cases[] = {
        { "A-B-001", "A-B-001", "Absent", "needs b: false" },
        { "A-B-002", "A-B-002", "Fails", NULL },
        { "A-B-003", "A-B-003", "Absent", "needs a: false" },
        { "A-B-004", "A-B-004", "Dead", NULL },
        { "A-B-005", "A-B-005", "Absent", "needs b: false" },
        { "A-B-006", "A-B-006", "Dead", NULL },
        { "A-B-007", "A-B-007", "Dead", NULL },
        { "A-B-008", "A-B-008", "Dead otherwise", NULL },
        { NULL, NULL, NULL, NULL },
    };
    static const char expected[] = "not applicable: needs a: false\n"
                                   "  A-B-003\n"
                                   "not applicable: needs b: false\n"
                                   "  A-B-001, A-B-005\n"
                                   "fail A-B-002  Fails\n"
                                   "    Result 1\n";
    static const char rest[] =
        "\ninconc 3 cases, A-B-004 to A-B-007: the device ended\n"
        "inconc A-B-008: no power\n";

    fixture_campaign(&fixture, "[\"run\"]");
    fixture_plan(&fixture, cases);
    fixture_begin(&fixture, "A-B-002");
    fixture_verdict(&fixture, "A-B-002", "fail", 1, "Result 1");
    fixture_verdict(&fixture, "A-B-004", "inconc", 0, "the device ended");
    fixture_verdict(&fixture, "A-B-006", "inconc", 0, "the device ended");
    fixture_verdict(&fixture, "A-B-007", "inconc", 0, "the device ended");
    fixture_verdict(&fixture, "A-B-008", "inconc", 0, "no power");
    fixture_end(&fixture, false);
    struct report *report = fixture_report(&fixture);
    char *shown = fixture_summary(report, false, 0);

    CU_ASSERT_EQUAL(strncmp(shown, expected, strlen(expected)), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(shown, rest));
    free(shown);
    report_free(report);
}

/** A case that failed names what it delivered: each once. */
static void a_failed_case_names_its_packages(void)
{
    static const struct fixture_case cases[] = {
        { "A-B-001", "A-B-001", "Fails", NULL },
        { NULL, NULL, NULL, NULL },
    };
    static const char begin[] =
        "{\"transfer\":1,\"instance\":2,\"package\":\"BAD\",\"size\":12,"
        "\"version\":\"1.1\",\"source\":\"file ./a.bin\","
        "\"damage\":\"flip-bit\"}";

    fixture_campaign(&fixture, "[\"run\"]");
    fixture_plan(&fixture, cases);
    fixture_begin(&fixture, "A-B-001");
    fixture_put(&fixture, JOURNAL_TRANSFER_BEGIN, "A-B-001", begin);
    fixture_put(&fixture, JOURNAL_TRANSFER_BEGIN, "A-B-001", begin);
    fixture_put(&fixture, JOURNAL_TRANSFER_BEGIN, "A-B-001",
                "{\"transfer\":2,\"instance\":0,\"uri\":\"coap://x\"}");
    fixture_verdict(&fixture, "A-B-001", "fail", 1, "Result 1");
    fixture_end(&fixture, false);
    struct report *report = fixture_report(&fixture);
    char *shown = fixture_summary(report, false, 0);
    char *label = strstr(shown, "    package:");

    CU_ASSERT_PTR_NOT_NULL_FATAL(label);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(shown, "    package:  BAD for /33629/2: 12 bytes, version 1.1, "
                      "damaged: flip-bit, from file ./a.bin\n"));
    CU_ASSERT_PTR_NULL(strstr(label + 1, "    package:"));
    free(shown);
    report_free(report);
}

int main(void)
{
    CU_pSuite suite;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    suite = CU_add_suite_with_setup_and_teardown("reports.terminal", NULL, NULL,
                                                 set_up, tear_down);
    CU_ADD_TEST(suite, the_summary_tells_what_is_not_well_and_what_to_do_next);
    CU_ADD_TEST(suite, verdicts_that_occur_are_explained_and_no_others);
    CU_ADD_TEST(suite,
                a_device_that_never_registers_is_told_with_what_to_check);
    CU_ADD_TEST(suite, a_campaign_without_trouble_is_one_line);
    CU_ADD_TEST(suite, colours_come_only_when_they_are_asked_for);
    CU_ADD_TEST(suite, lines_break_between_words_at_the_width_of_the_terminal);
    CU_ADD_TEST(suite, cases_with_one_reason_are_told_together);
    CU_ADD_TEST(suite, a_failed_case_names_its_packages);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    xmlCleanupParser();
    return failures == 0 ? 0 : 1;
}
