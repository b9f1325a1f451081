/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/junit_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "reports/escape.h"

#define CASE_TEXT_MAX (256 * 1024) /* bytes, and one finding more */

static void put(FILE *stream, const char *before, const char *from,
                enum escape_mode mode)
{
    char *safe = escape_text(from, mode, 0);

    if (from[0] != '\0') {
        fprintf(stream, "%s%s", before, safe != NULL ? safe : "?");
    }
    free(safe);
}

static void put_finding(FILE *stream, const cJSON *finding)
{
    const cJSON *evidence = NULL;
    const char *separator = "\n  events: ";

    fputs(case_text(finding, "level"), stream);
    put(stream, " ", case_text(finding, "requirement"), ESCAPE_LINE);
    put(stream, " ", case_text(finding, "ambiguity"), ESCAPE_LINE);
    put(stream, " ", case_text(finding, "subject"), ESCAPE_LINE);
    put(stream, " by ", case_text(finding, "check"), ESCAPE_LINE);
    put(stream, "\n  step: ", case_text(finding, "step"), ESCAPE_LINE);
    put(stream, "\n  expected: ", case_text(finding, "expected"), ESCAPE_LINE);
    put(stream, "\n  observed: ", case_text(finding, "observed"), ESCAPE_LINE);
    cJSON_ArrayForEach(evidence,
                       cJSON_GetObjectItemCaseSensitive(finding, "evidence"))
    {
        fprintf(stream, "%s%.0f", separator, evidence->valuedouble);
        separator = ", ";
    }
    put(stream, "\n  ", case_text(finding, "detail"), ESCAPE_LINES);
    fputc('\n', stream);
}

/** The findings that are told; those that do not fit are counted. */
static void put_findings(FILE *stream, const cJSON *findings)
{
    const cJSON *finding = NULL;
    unsigned left_out = 0;
    long start = ftell(stream);

    cJSON_ArrayForEach(finding, findings)
    {
        if (!finding_is_told(finding)) {
            continue;
        }
        if (ftell(stream) - start > CASE_TEXT_MAX) {
            left_out++;
            continue;
        }
        put_finding(stream, finding);
    }
    if (left_out > 0) {
        fprintf(stream, "%u more in results.json\n", left_out);
    }
}

char *junit_outcome(const struct report *report,
                    const struct report_device *device, const cJSON *row)
{
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);
    char *command = reproduce_command(report, device, row);
    const cJSON *item = NULL;

    if (stream == NULL) {
        free(command);
        return NULL;
    }
    put(stream, "", case_text(row, "reason"), ESCAPE_LINE);
    fputc('\n', stream);
    put_findings(stream, case_findings(row));
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(row, "packages"))
    {
        put(stream, "package: ", item->valuestring, ESCAPE_LINE);
        fputc('\n', stream);
    }
    if (device->diagnosis != NULL) {
        put(stream, "", device->diagnosis, ESCAPE_LINES);
        fputc('\n', stream);
    }
    put(stream, "reproduce: ", command != NULL ? command : "", ESCAPE_LINE);
    fputc('\n', stream);
    free(command);
    if (fclose(stream) != 0) {
        free(out);
        return NULL;
    }
    return out;
}

char *junit_output(const struct report *report, const cJSON *row)
{
    const char *trace = case_text(row, "trace");
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);

    if (stream == NULL) {
        return NULL;
    }
    if (case_text(row, "reference")[0] != '\0') {
        put(stream, "reference: ", case_text(row, "reference"), ESCAPE_LINE);
        put(stream, case_text(row, "erratum")[0] != '\0' ? "; erratum: " : "",
            case_text(row, "erratum"), ESCAPE_LINE);
        fputs("\n", stream);
    }
    if (case_verdict(row) == VERDICT_PASS) {
        put_findings(stream, case_findings(row));
    }
    if (trace[0] != '\0') {
        put(stream, "[[ATTACHMENT|", report->folder, ESCAPE_LINE);
        put(stream, "/", trace, ESCAPE_LINE);
        fputs("]]\n", stream);
    }
    if (fclose(stream) != 0) {
        free(out);
        return NULL;
    }
    return out;
}

char *junit_campaign(const struct report *report, bool has_run)
{
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);

    if (stream == NULL) {
        return NULL;
    }
    if (!has_run) {
        fputs("nothing ran: no case has a verdict\n", stream);
    }
    if (!report->is_ended) {
        fputs("the journal has no end: the campaign was killed\n", stream);
    }
    put_findings(stream, report->findings);
    if (fclose(stream) != 0) {
        free(out);
        return NULL;
    }
    return out;
}
