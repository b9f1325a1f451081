/* SPDX-License-Identifier: Apache-2.0 */

/* JUnit XML that is valid for every consumer named in junit.md. */
#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "reports/escape.h"
#include "reports/model.h"

enum { GROUP_SIZE = 64, STAMP_SIZE = 32, CASE_TEXT_MAX = 256 * 1024 };

static void attribute(xmlTextWriter *writer, const char *name,
                      const char *format, ...) PRINTF_LIKE(3, 4);

/* A failed write is seen when the document is ended. */
static void attribute(xmlTextWriter *writer, const char *name,
                      const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    char *safe = length >= 0 ? escape_text(text, 0) : NULL;
    (void)xmlTextWriterWriteAttribute(
        writer, (const xmlChar *)name,
        (const xmlChar *)(safe != NULL ? safe : ""));
    free(safe);
    if (length >= 0) {
        free(text);
    }
}

static void begin(xmlTextWriter *writer, const char *name)
{
    (void)xmlTextWriterStartElement(writer, (const xmlChar *)name);
}

static void end(xmlTextWriter *writer)
{
    (void)xmlTextWriterEndElement(writer);
}

static void text(xmlTextWriter *writer, const char *content)
{
    char *safe = escape_text(content, 1);

    (void)xmlTextWriterWriteString(writer,
                                   (const xmlChar *)(safe != NULL ? safe : ""));
    free(safe);
}

/** "AFU-DEP-001@push" gives "AFU.DEP". */
static void group_of(const cJSON *row, char group[GROUP_SIZE])
{
    const char *id = case_text(row, "case");
    size_t used = 0;
    unsigned dashes = 0;

    while (id[used] != '\0' && used < GROUP_SIZE - 1) {
        dashes += id[used] == '-' ? 1 : 0;
        if (dashes == 2) {
            break;
        }
        group[used] = id[used] == '-' ? '.' : id[used];
        used++;
    }
    group[used] = '\0';
}

static bool is_in(const cJSON *row, const char *group)
{
    char mine[GROUP_SIZE];

    group_of(row, mine);
    return strcmp(mine, group) == 0;
}

struct totals {
    unsigned tests;
    unsigned failures;
    unsigned errors;
    unsigned skipped;
    double ms;
};

static void add_total(struct totals *totals, const cJSON *row)
{
    totals->tests++;
    totals->ms += case_ms(row);
    if (!case_runs(row)) {
        totals->skipped++;
    } else if (case_verdict(row) == VERDICT_FAIL) {
        totals->failures++;
    } else if (case_verdict(row) != VERDICT_PASS) {
        totals->errors++;
    }
}

/** All findings in words; caller frees. */
static char *findings_text(const struct report *report, const cJSON *row,
                           const char *levels)
{
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);
    const cJSON *finding = NULL;

    if (stream == NULL) {
        return NULL;
    }
    if (case_text(row, "reason")[0] != '\0') {
        fprintf(stream, "%s\n", case_text(row, "reason"));
    }
    cJSON_ArrayForEach(finding,
                       cJSON_GetObjectItemCaseSensitive(row, "findings"))
    {
        const char *level = case_text(finding, "level");
        if (strstr(levels, level) == NULL || ftell(stream) > CASE_TEXT_MAX) {
            continue;
        }
        fprintf(stream, "%s %s%s%s %s\n  expected: %s\n  observed: %s\n", level,
                case_text(finding, "requirement"),
                case_text(finding, "ambiguity")[0] != '\0' ? " " : "",
                case_text(finding, "ambiguity"), case_text(finding, "subject"),
                case_text(finding, "expected"), case_text(finding, "observed"));
        if (case_text(finding, "detail")[0] != '\0') {
            fprintf(stream, "  %s\n", case_text(finding, "detail"));
        }
    }
    fprintf(stream, "reproduce: assay run %s --profile %s --seed %s\n",
            case_text(row, "case"), case_text(report->header, "profile"),
            case_text(report->header, "seed"));
    return fclose(stream) == 0 ? out : NULL;
}

static void write_outcome(xmlTextWriter *writer, const struct report *report,
                          const cJSON *row)
{
    enum verdict verdict = case_verdict(row);
    bool is_failure = verdict == VERDICT_FAIL;

    if (!case_runs(row)) {
        begin(writer, "skipped");
        attribute(writer, "message", "N/A: %s", case_text(row, "reason"));
        end(writer);
        return;
    }
    if (verdict == VERDICT_PASS) {
        return;
    }
    char *words = findings_text(report, row, "fail inconc error");
    begin(writer, is_failure ? "failure" : "error");
    attribute(writer, "type", "%s", verdict_name(verdict));
    attribute(writer, "message", "%.500s",
              case_text(row, "reason")[0] != '\0' ? case_text(row, "reason")
                                                  : "not run");
    text(writer, words != NULL ? words : "");
    end(writer);
    free(words);
}

static void write_output(xmlTextWriter *writer, const struct report *report,
                         const cJSON *row)
{
    char *trace = NULL;
    char *folder = realpath(report->folder, NULL);
    char *words = case_runs(row) ? findings_text(report, row, "warning") : NULL;

    if (folder != NULL && asprintf(&trace, "%s/%s/trace.pcap", folder,
                                   case_text(row, "instance")) < 0) {
        trace = NULL;
    }
    bool has_trace = trace != NULL && access(trace, R_OK) == 0;
    if (words != NULL || has_trace) {
        begin(writer, "system-out");
        text(writer, words != NULL ? words : "");
        if (has_trace) {
            text(writer, "[[ATTACHMENT|");
            text(writer, trace);
            text(writer, "]]\n");
        }
        end(writer);
    }
    free(words);
    free(trace);
    free(folder);
}

static void write_case(xmlTextWriter *writer, const struct report *report,
                       const cJSON *row, const char *group)
{
    begin(writer, "testcase");
    attribute(writer, "classname", "%s", group);
    attribute(writer, "name", "%s %s", case_text(row, "instance"),
              case_text(row, "title"));
    attribute(writer, "time", "%.3f", case_ms(row) / 1000);
    write_outcome(writer, report, row);
    write_output(writer, report, row);
    end(writer);
}

static void write_property(xmlTextWriter *writer, const char *name,
                           const char *value)
{
    begin(writer, "property");
    attribute(writer, "name", "%s", name);
    attribute(writer, "value", "%s", value);
    end(writer);
}

static void write_suite(xmlTextWriter *writer, const struct report *report,
                        const char *group, unsigned id)
{
    struct totals totals = { .tests = 0 };
    const cJSON *row = NULL;
    char stamp[STAMP_SIZE] = "";
    struct tm parts;
    time_t begin_s = (time_t)(report->begin_ms / 1000);

    cJSON_ArrayForEach(row, report->cases)
    {
        if (is_in(row, group)) {
            add_total(&totals, row);
        }
    }
    if (gmtime_r(&begin_s, &parts) != NULL) {
        (void)strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S",
                       &parts); /* fits */
    }
    begin(writer, "testsuite");
    attribute(writer, "name", "%s", group);
    attribute(writer, "id", "%u", id);
    attribute(writer, "tests", "%u", totals.tests);
    attribute(writer, "failures", "%u", totals.failures);
    attribute(writer, "errors", "%u", totals.errors);
    attribute(writer, "skipped", "%u", totals.skipped);
    attribute(writer, "time", "%.3f", totals.ms / 1000);
    attribute(writer, "timestamp", "%s", stamp);
    begin(writer, "properties");
    write_property(writer, "dut.endpoint",
                   report->endpoint != NULL ? report->endpoint : "");
    write_property(writer, "seed", case_text(report->header, "seed"));
    write_property(writer, "tool.version",
                   case_text(report->header, "version"));
    end(writer);
    cJSON_ArrayForEach(row, report->cases)
    {
        if (is_in(row, group)) {
            write_case(writer, report, row, group);
        }
    }
    end(writer);
}

/** Whether an earlier case has the same group. */
static bool came_before(const struct report *report, const cJSON *row,
                        const char *group)
{
    const cJSON *other = NULL;

    cJSON_ArrayForEach(other, report->cases)
    {
        if (other == row) {
            return false;
        }
        if (is_in(other, group)) {
            return true;
        }
    }
    return false;
}

static void write_all(xmlTextWriter *writer, const struct report *report)
{
    struct totals totals = { .tests = 0 };
    const cJSON *row = NULL;
    unsigned id = 0;

    cJSON_ArrayForEach(row, report->cases)
    {
        add_total(&totals, row);
    }
    begin(writer, "testsuites");
    attribute(writer, "name", "assay");
    attribute(writer, "tests", "%u", totals.tests);
    attribute(writer, "failures", "%u", totals.failures);
    attribute(writer, "errors", "%u", totals.errors);
    attribute(writer, "time", "%.3f", totals.ms / 1000);
    cJSON_ArrayForEach(row, report->cases)
    {
        char group[GROUP_SIZE];
        group_of(row, group);
        if (!came_before(report, row, group)) {
            write_suite(writer, report, group, id++);
        }
    }
    end(writer);
}

enum status report_write_junit(const struct report *report, const char *path,
                               struct reason *reason)
{
    xmlTextWriter *writer = xmlNewTextWriterFilename(path, 0);

    if (writer == NULL) {
        return reason_set(reason, STATUS_NETWORK, "cannot write '%.150s'",
                          path);
    }
    (void)xmlTextWriterSetIndent(writer, 1);
    bool good = xmlTextWriterStartDocument(writer, "1.0", "UTF-8", NULL) >= 0;
    write_all(writer, report);
    good = xmlTextWriterEndDocument(writer) >= 0 && good;
    xmlFreeTextWriter(writer);
    return good ? STATUS_OK
                : reason_set(reason, STATUS_NETWORK, "cannot write '%.150s'",
                             path);
}
