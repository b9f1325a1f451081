/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/model.h"

static const char *const colours[] = {
    [VERDICT_NONE] = "\033[35m",   [VERDICT_PASS] = "\033[32m",
    [VERDICT_INCONC] = "\033[33m", [VERDICT_FAIL] = "\033[31m",
    [VERDICT_ERROR] = "\033[35m",
};

static void print_escaped(FILE *stream, const char *before, const char *text)
{
    char *safe = escape_text(text, 0);

    if (text[0] != '\0') {
        fprintf(stream, "%s%s\n", before, safe != NULL ? safe : "?");
    }
    free(safe);
}

static void print_finding(FILE *stream, const cJSON *finding)
{
    fprintf(stream, "    %s %s", case_text(finding, "level"),
            case_text(finding, "requirement"));
    if (case_text(finding, "ambiguity")[0] != '\0') {
        fprintf(stream, " (%s)", case_text(finding, "ambiguity"));
    }
    print_escaped(stream, " ", case_text(finding, "subject"));
    if (case_text(finding, "subject")[0] == '\0') {
        fputc('\n', stream);
    }
    print_escaped(stream, "      expected: ", case_text(finding, "expected"));
    print_escaped(stream, "      observed: ", case_text(finding, "observed"));
}

static bool is_shown(const cJSON *finding)
{
    const char *level = case_text(finding, "level");

    return strcmp(level, "pass") != 0 && strcmp(level, "info") != 0;
}

static void print_case(FILE *stream, const cJSON *row, bool colour)
{
    enum verdict verdict = case_verdict(row);
    const cJSON *finding = NULL;
    bool any = verdict != VERDICT_PASS;

    cJSON_ArrayForEach(finding,
                       cJSON_GetObjectItemCaseSensitive(row, "findings"))
    {
        any = any || is_shown(finding);
    }
    if (!any) {
        return;
    }
    fprintf(stream, "%s%s%s %s  %s\n", colour ? colours[verdict] : "",
            verdict_name(verdict), colour ? "\033[0m" : "",
            case_text(row, "instance"), case_text(row, "title"));
    bool told = false;
    cJSON_ArrayForEach(finding,
                       cJSON_GetObjectItemCaseSensitive(row, "findings"))
    {
        if (is_shown(finding)) {
            print_finding(stream, finding);
            told = true;
        }
    }
    if (!told) {
        print_escaped(stream, "    ", case_text(row, "reason"));
    }
}

void report_print_summary(const struct report *report, FILE *stream,
                          bool colour)
{
    struct report_counts counts;
    const cJSON *row = NULL;

    cJSON_ArrayForEach(row, report->cases)
    {
        if (case_runs(row)) {
            print_case(stream, row, colour);
        }
    }
    cJSON_ArrayForEach(row, report->cases)
    {
        if (!case_runs(row)) {
            fprintf(stream, "not applicable %s", case_text(row, "instance"));
            print_escaped(stream, ": ", case_text(row, "reason"));
        }
    }
    report_count(report, &counts);
    fprintf(stream,
            "%u pass, %u fail, %u inconc, %u error, %u not run, %u not "
            "applicable; %u warning%s\n",
            counts.pass, counts.fail, counts.inconc, counts.error, counts.none,
            counts.not_applicable, counts.warnings,
            counts.warnings == 1 ? "" : "s");
    if (report->is_interrupted) {
        fprintf(stream, "The campaign was interrupted.\n");
    }
}
