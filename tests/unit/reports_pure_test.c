/* SPDX-License-Identifier: Apache-2.0 */

/* The same journal gives the same bytes. This program links the reports and
 * the journal, and no engine. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/model.h"
#include "tests/unit/reports_fixture.h"

#define INSTANCE "AFU-DEP-001@push"

static struct fixture fixture;

/** What is made of one journal. */
struct documents {
    char *junit;
    char *json;
    char *summary;
};

static void set_up(void)
{
    fixture_set_up(&fixture);
}

static void tear_down(void)
{
    CU_ASSERT_EQUAL(chdir("/"), 0);
    fixture_tear_down(&fixture);
}

static void put_campaign(void)
{
    static const struct fixture_case cases[] = {
        { INSTANCE, "AFU-DEP-001", "Unmet dependency", NULL },
        { "AFU-OBJ-001", "AFU-OBJ-001", "Registration", NULL },
        { "AFU-CAN-003", "AFU-CAN-003", "Cancel", "no" },
        { NULL, NULL, NULL, NULL },
    };
    static const struct finding finding = {
        .level = FINDING_FAIL,
        .requirement = "AFU-089",
        .expected = "Result 13",
        .observed = "Result 1 \x1b\xff",
    };

    fixture_campaign(&fixture, "[\"demo\"]");
    fixture_plan(&fixture, cases);
    fixture_begin(&fixture, INSTANCE);
    fixture_finding(&fixture, INSTANCE, &finding);
    fixture_verdict(&fixture, INSTANCE, "fail", 1234, "Result 1");
    fixture_begin(&fixture, "AFU-OBJ-001");
    fixture_verdict(&fixture, "AFU-OBJ-001", "pass", 3, NULL);
    fixture_end(&fixture, false);
}

/** Make all documents of a journal in the working folder. */
static struct documents documents_here(void)
{
    struct reason reason = { .status = STATUS_OK };
    struct report *report = NULL;
    struct documents out = { NULL, NULL, NULL };

    CU_ASSERT_EQUAL_FATAL(report_load("events.ndjson", &report, &reason),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(report_write_junit(report, "junit.xml", &reason),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(report_write_json(report, "results.json", &reason),
                          STATUS_OK);
    out.junit = fixture_read("junit.xml", NULL);
    out.json = fixture_read("results.json", NULL);
    out.summary = fixture_summary(report, false, 0);
    report_free(report);
    return out;
}

static void release(struct documents *documents)
{
    free(documents->junit);
    free(documents->json);
    free(documents->summary);
}

static void expect_same(const struct documents *a, const struct documents *b)
{
    CU_ASSERT_TRUE(strlen(a->junit) > 500);
    CU_ASSERT_STRING_EQUAL(a->junit, b->junit);
    CU_ASSERT_STRING_EQUAL(a->json, b->json);
    CU_ASSERT_STRING_EQUAL(a->summary, b->summary);
}

static void the_same_journal_gives_the_same_bytes(void)
{
    put_campaign();
    CU_ASSERT_EQUAL_FATAL(chdir(fixture.folder), 0);
    struct documents first = documents_here();
    struct documents second = documents_here();
    expect_same(&first, &second);
    release(&first);
    release(&second);
}

static void neither_place_nor_environment_nor_files_matter(void)
{
    static const char *const variables[][2] = {
        { "TZ", "Asia/Tokyo" },   { "LC_ALL", "de_DE.UTF-8" },
        { "COLUMNS", "33" },      { "TERM", "dumb" },
        { "HOME", "/nowhere" },   { "USER", "somebody" },
        { "HOSTNAME", "a-host" },
    };
    struct fixture other;

    put_campaign();
    CU_ASSERT_EQUAL_FATAL(chdir(fixture.folder), 0);
    struct documents first = documents_here();

    fixture_set_up(&other);
    char *journal = fixture_read(fixture.journal, NULL);
    fixture_put_bytes(&other, journal);
    CU_ASSERT_EQUAL_FATAL(chdir(other.folder), 0);
    CU_ASSERT_EQUAL_FATAL(mkdir(INSTANCE, 0700), 0);
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        CU_ASSERT_EQUAL(setenv(variables[i][0], variables[i][1], 1), 0);
    }
    FILE *trace = fopen(INSTANCE "/trace.pcap", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    (void)fclose(trace); /* nothing was written */
    struct documents second = documents_here();
    expect_same(&first, &second);
    CU_ASSERT_EQUAL(unlink(INSTANCE "/trace.pcap"), 0);
    CU_ASSERT_EQUAL(rmdir(INSTANCE), 0);
    CU_ASSERT_EQUAL(chdir("/"), 0);
    fixture_tear_down(&other);
    free(journal);
    release(&first);
    release(&second);
}

static void traces_are_named_below_the_folder_as_it_is_given(void)
{
    static const struct {
        const char *journal; /* from the folder of the journal */
        const char *attachment;
    } rows[] = {
        { "events.ndjson", "[[ATTACHMENT|./" INSTANCE "/trace.pcap]]" },
        { "././events.ndjson", "[[ATTACHMENT|././" INSTANCE "/trace.pcap]]" },
    };
    struct reason reason = { .status = STATUS_OK };

    put_campaign();
    CU_ASSERT_EQUAL_FATAL(chdir(fixture.folder), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct report *report = NULL;
        CU_ASSERT_EQUAL_FATAL(report_load(rows[i].journal, &report, &reason),
                              STATUS_OK);
        CU_ASSERT_EQUAL(report_write_junit(report, "junit.xml", &reason),
                        STATUS_OK);
        char *junit = fixture_read("junit.xml", NULL);
        CU_ASSERT_PTR_NOT_NULL(strstr(junit, rows[i].attachment));
        free(junit);
        report_free(report);
    }
}

static void reports_change_nothing_but_their_documents(void)
{
    put_campaign();
    char *before = fixture_read(fixture.journal, NULL);
    report_free(fixture_report(&fixture));
    char *after = fixture_read(fixture.journal, NULL);
    CU_ASSERT_STRING_EQUAL(before, after);
    free(before);
    free(after);
}

static void a_journal_that_cannot_be_read_leaves_the_result_untouched(void)
{
    struct reason reason = { .status = STATUS_OK };
    struct report *report = NULL;

    CU_ASSERT_EQUAL(report_load("/nowhere/events.ndjson", &report, &reason),
                    STATUS_NOT_FOUND);
    CU_ASSERT_PTR_NULL(report);
    fixture_put_bytes(&fixture, "nonsense\n");
    CU_ASSERT_EQUAL(report_load(fixture.journal, &report, &reason),
                    STATUS_MALFORMED);
    CU_ASSERT_PTR_NULL(report);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "line 1"));
}

static void the_command_keeps_what_decides_about_verdicts(void)
{
    static const struct {
        const char *argv;
        const char *command;
    } rows[] = {
        { "[\"demo\"]", "assay demo --seed 42 A-B-1@push" },
        { "[\"demo\",\"--shape\",\"dual-core\",\"--output\",\"o\"]",
          "assay demo --shape dual-core --seed 42 A-B-1@push" },
        { "[\"demo\",\"--mutant\",\"m-1\",\"--json\",\"-v\",\"AFU-*\"]",
          "assay demo --mutant m-1 --seed 42 A-B-1@push" },
        { "[\"run\",\"afu\",\"--profile=p.json\",\"--seed\",\"7\"]",
          "assay run --profile=p.json --seed 42 A-B-1@push" },
        { "[\"run\",\"--prof\",\"p.json\",\"--output\",\"here\"]",
          "assay run --prof p.json --seed 42 A-B-1@push" },
        { "[\"run\",\"--reading\",\"strict\",\"--fail-on-warning\",\"afu\","
          "\"--bind\",\"::1\",\"--port\",\"99\",\"--catalogue\",\"c\","
          "\"--register-timeout\",\"9\"]",
          "assay run --reading strict --fail-on-warning --bind ::1 --port 99 "
          "--catalogue c --register-timeout 9 --seed 42 A-B-1@push" },
        { "[\"run\",\"--profile\",\"my file's.json\",\"--\",\"./dev\","
          "\"--port\",\"{port}\",\"\",\"$(x)\"]",
          "assay run --profile 'my file'\\''s.json' --seed 42 A-B-1@push -- ./dev "
          "--port '{port}' '' '$(x)'" },
        { "[\"demo\",\"--impair\",\"loss=2%\",\"--repository-port\",\"9\","
          "\"--pull-by\",\"http\"]",
          "assay demo --impair loss=2% --repository-port 9 --pull-by http "
          "--seed 42 A-B-1@push" },
        { "[\"run\",\"--profile\"]",
          "assay run --profile --seed 42 A-B-1@push" },
        { "[]", "assay run --profile my.json --seed 42 A-B-1@push" },
        { "[5]", "assay run --profile my.json --seed 42 A-B-1@push" },
        { "[\"shell\",\"x.txt\",\"--profile\",\"p.json\",\"--json\",\"--\","
          "\"./dev\"]",
          "assay run --profile p.json --seed 42 A-B-1@push -- ./dev" },
        { "null", "assay run --profile my.json --seed 42 A-B-1@push" },
    };
    static const struct fixture_case one[] = {
        { "A-B-1@push", "A-B-1", "a", NULL },
        { NULL, NULL, NULL, NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (i > 0) {
            tear_down();
            set_up();
        }
        fixture_campaign(&fixture, rows[i].argv);
        fixture_plan(&fixture, one);
        struct report *report = fixture_report(&fixture);
        char *command =
            reproduce_command(report, report->devices, report->cases->child);
        CU_ASSERT_STRING_EQUAL(command, rows[i].command);
        free(command);
        report_free(report);
    }
}

static void the_steps_of_a_shell_are_its_whole_command_line(void)
{
    static const struct fixture_case one[] = {
        { "SHELL-2", "SHELL", "Shell session", NULL },
        { NULL, NULL, NULL, NULL },
    };

    fixture_campaign(&fixture, "[\"shell\",\"my steps\",\"--output\",\"o\","
                               "\"--\",\"./dev\"]");
    fixture_plan(&fixture, one);
    struct report *report = fixture_report(&fixture);
    char *command =
        reproduce_command(report, report->devices, report->cases->child);
    CU_ASSERT_STRING_EQUAL(command,
                           "assay shell 'my steps' --output o -- ./dev");
    free(command);
    report_free(report);
}

int main(void)
{
    CU_pSuite suite;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    suite = CU_add_suite_with_setup_and_teardown("reports.pure", NULL, NULL,
                                                 set_up, tear_down);
    CU_ADD_TEST(suite, the_same_journal_gives_the_same_bytes);
    CU_ADD_TEST(suite, neither_place_nor_environment_nor_files_matter);
    CU_ADD_TEST(suite, traces_are_named_below_the_folder_as_it_is_given);
    CU_ADD_TEST(suite, reports_change_nothing_but_their_documents);
    CU_ADD_TEST(suite,
                a_journal_that_cannot_be_read_leaves_the_result_untouched);
    CU_ADD_TEST(suite, the_command_keeps_what_decides_about_verdicts);
    CU_ADD_TEST(suite, the_steps_of_a_shell_are_its_whole_command_line);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    xmlCleanupParser();
    return failures == 0 ? 0 : 1;
}
