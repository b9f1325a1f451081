/* SPDX-License-Identifier: Apache-2.0 */

/* JUnit XML that is valid for every consumer named in junit.md. */
#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "reports/escape.h"
#include "reports/junit_text.h"
#include "reports/model.h"

enum {
    GROUP_SIZE = 160, /* with the folder of a device before it */
    STAMP_SIZE = 32,
    MESSAGE_MAX = 500, /* bytes of an attribute */
};

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
    char *safe =
        length >= 0 ? escape_text(text, ESCAPE_LINE, MESSAGE_MAX) : NULL;
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

/** Text that was escaped. */
static void text(xmlTextWriter *writer, const char *safe)
{
    (void)xmlTextWriterWriteString(writer,
                                   (const xmlChar *)(safe != NULL ? safe : ""));
}

/** "AFU-DEP-001@push" gives "AFU.DEP"; of several devices with the folder of
 *  this one before it, which makes it unlike the same case of another. */
static void group_of(const struct report_device *device, const cJSON *row,
                     char group[GROUP_SIZE])
{
    const char *id = case_text(row, "case");
    const char *folder = device->folder != NULL ? device->folder : "";
    unsigned dashes = 0;
    int length = snprintf(group, GROUP_SIZE, "%.80s%s", folder,
                          folder[0] != '\0' ? "." : "");
    size_t first = (size_t)length; /* fits */
    size_t used = first;

    while (*id != '\0' && used < GROUP_SIZE - 1) {
        dashes += *id == '-' ? 1 : 0;
        if (dashes == 2) {
            break;
        }
        group[used++] = *id == '-' ? '.' : *id;
        id++;
    }
    group[used] = '\0';
    if (used == first) {
        (void)snprintf(group + used, GROUP_SIZE - used, "other"); /* fits */
    }
}

/** A suite: all cases of a group, or of one of several devices. */
struct suite {
    const struct report *report;
    const struct report_device *device;
    const char *group; /* NULL: all of the device */
};

static bool is_in(const struct suite *suite, const cJSON *row)
{
    char mine[GROUP_SIZE];

    group_of(suite->device, row, mine);
    return suite->group == NULL || strcmp(mine, suite->group) == 0;
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

/** Why a case has no pass; never empty, as docs/junit.xsd wants it. */
static const char *reason_of(const cJSON *row)
{
    const char *reason = case_text(row, "reason");

    return reason[0] != '\0' ? reason : "no reason is recorded";
}

static void write_outcome(xmlTextWriter *writer, const struct suite *suite,
                          const cJSON *row)
{
    enum verdict verdict = case_verdict(row);
    char *words = NULL;

    if (!case_runs(row)) {
        begin(writer, "skipped");
        attribute(writer, "message", "N/A: %s", reason_of(row));
        /* GitLab shows the text, Jenkins the message. */
        words = escape_text(reason_of(row), ESCAPE_LINE, 0);
        text(writer, words);
    } else if (verdict != VERDICT_PASS) {
        begin(writer, verdict == VERDICT_FAIL ? "failure" : "error");
        attribute(writer, "type", "%s", verdict_name(verdict));
        attribute(writer, "message", "%s", reason_of(row));
        words = junit_outcome(suite->report, suite->device, row);
        text(writer, words);
    } else {
        return;
    }
    end(writer);
    free(words);
}

static void write_output(xmlTextWriter *writer, const struct report *report,
                         const cJSON *row)
{
    char *words = junit_output(report, row);

    if (words != NULL && words[0] != '\0') {
        begin(writer, "system-out");
        text(writer, words);
        end(writer);
    }
    free(words);
}

static void write_case(xmlTextWriter *writer, const struct suite *suite,
                       const cJSON *row)
{
    char group[GROUP_SIZE];

    group_of(suite->device, row, group);
    begin(writer, "testcase");
    attribute(writer, "classname", "%s", group);
    attribute(writer, "name", "%s %s", case_text(row, "instance"),
              case_text(row, "title"));
    attribute(writer, "time", "%.3f", case_ms(row) / 1000);
    write_outcome(writer, suite, row);
    write_output(writer, suite->report, row);
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

/** Of all devices: which rows of the ambiguity list let something pass. */
static void write_tolerated(xmlTextWriter *writer, const struct report *report)
{
    char *used = tolerated_text(report, true);
    char *unused = tolerated_text(report, false);

    write_property(writer, "tolerated", used != NULL ? used : "");
    write_property(writer, "tolerate.unused", unused != NULL ? unused : "");
    free(used);
    free(unused);
}

/** How long the blocks of pushes took. */
static void write_latency(xmlTextWriter *writer,
                          const struct report_latency *latency)
{
    static const char *const members[] = { "blocks", "p50-ms", "p99-ms",
                                           "max-ms" };
    cJSON *json = report_latency_json(latency);

    for (size_t i = 0; cJSON_IsObject(json) && i < 4; i++) {
        char name[32];
        char value[32];
        (void)snprintf(name, sizeof(name), "push.%s", members[i]); /* fits */
        (void)snprintf(value, sizeof(value), "%.0f",
                       cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(
                           json, members[i]))); /* fits */
        write_property(writer, name, value);
    }
    cJSON_Delete(json);
}

/** @param device  NULL: of the campaign as a whole */
static void write_properties(xmlTextWriter *writer, const struct report *report,
                             const struct report_device *device)
{
    const char *endpoint = report->endpoint != NULL ? report->endpoint : "";
    const char *profile = case_text(report->header, "profile");

    begin(writer, "properties");
    write_property(writer, "dut.endpoint",
                   device != NULL ? device->endpoint : endpoint);
    write_property(writer, "seed", case_text(report->header, "seed"));
    write_property(writer, "profile",
                   device != NULL ? device->profile : profile);
    write_property(writer, "reading", case_text(report->header, "reading"));
    write_property(writer, "tool.version",
                   case_text(report->header, "version"));
    if (case_text(report->header, "personality")[0] != '\0') {
        write_property(writer, "personality",
                       case_text(report->header, "personality"));
    }
    write_tolerated(writer, report);
    write_latency(writer, device != NULL ? device->latency : report->latency);
    end(writer);
}

/** Begin a suite, up to its properties. */
static void begin_suite(xmlTextWriter *writer, const struct report *report,
                        const struct report_device *device, const char *name,
                        unsigned id, const struct totals *totals)
{
    char stamp[STAMP_SIZE] = "";
    struct tm parts;
    time_t begin_s = (time_t)(report->begin_ms / 1000);

    if (gmtime_r(&begin_s, &parts) != NULL) {
        (void)strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S",
                       &parts); /* fits */
    }
    begin(writer, "testsuite");
    attribute(writer, "name", "%s", name);
    attribute(writer, "id", "%u", id);
    attribute(writer, "tests", "%u", totals->tests);
    attribute(writer, "failures", "%u", totals->failures);
    attribute(writer, "errors", "%u", totals->errors);
    attribute(writer, "skipped", "%u", totals->skipped);
    attribute(writer, "time", "%.3f", totals->ms / 1000);
    attribute(writer, "timestamp", "%s", stamp);
    write_properties(writer, report, device);
}

static void write_suite(xmlTextWriter *writer, const struct suite *suite,
                        unsigned id)
{
    struct totals totals = { .tests = 0 };
    const cJSON *row = NULL;

    REPORT_FOR_EACH_CASE(row, suite->device)
    {
        if (is_in(suite, row)) {
            add_total(&totals, row);
        }
    }
    begin_suite(writer, suite->report, suite->device,
                suite->group != NULL ? suite->group : suite->device->endpoint,
                id, &totals);
    REPORT_FOR_EACH_CASE(row, suite->device)
    {
        if (is_in(suite, row)) {
            write_case(writer, suite, row);
        }
    }
    end(writer);
}

/** The one test case of a suite about a campaign as a whole.
 *  @param message  NULL: it passes, and `words` are worth reading */
static void write_whole(xmlTextWriter *writer, const char *classname,
                        enum verdict verdict, const char *message,
                        const char *words)
{
    begin(writer, "testcase");
    attribute(writer, "classname", "%s", classname);
    attribute(writer, "name", "campaign");
    attribute(writer, "time", "%.3f", 0.0);
    begin(writer, message == NULL           ? "system-out"
                  : verdict == VERDICT_FAIL ? "failure"
                                            : "error");
    if (message != NULL) {
        attribute(writer, "type", "%s", verdict_name(verdict));
        attribute(writer, "message", "%s", message);
    }
    text(writer, words);
    end(writer);
    end(writer);
}

/** What is wrong with the campaign as a whole, NULL: nothing. */
static const char *wrong_with(const struct report *report, bool has_run,
                              enum verdict *out_verdict)
{
    *out_verdict = !has_run                   ? VERDICT_NONE
                   : report_has_error(report) ? VERDICT_ERROR
                                              : VERDICT_FAIL;
    return !has_run                   ? "nothing ran: no case has a verdict"
           : report_has_error(report) ? "assay broke outside of the cases"
           : report_warning_fails(report)
               ? "a warning belongs to no case, and warnings fail"
               : NULL;
}

/** What is wrong with the campaign as a whole is a test case, too: a document
 *  without cases, or with skipped ones only, looks green. So is what is worth
 *  reading of it. */
static void write_campaign(xmlTextWriter *writer, const struct report *report,
                           unsigned id, bool has_run)
{
    enum verdict verdict = VERDICT_PASS;
    const char *message = wrong_with(report, has_run, &verdict);
    bool is_fail = message != NULL && verdict == VERDICT_FAIL;
    const struct totals totals = { .tests = 1,
                                   .failures = is_fail ? 1 : 0,
                                   .errors =
                                       message != NULL && !is_fail ? 1 : 0 };
    char *words = junit_campaign(report, has_run);

    begin_suite(writer, report, NULL, "assay", id, &totals);
    write_whole(writer, "assay", verdict, message, words);
    end(writer);
    free(words);
}

/** One of several devices that the campaign did not come to. */
static void write_untold(xmlTextWriter *writer, const struct report *report,
                         const struct report_device *device, unsigned id)
{
    static const char message[] = "the campaign ended before this device";
    const struct totals totals = { .tests = 1, .errors = 1 };

    begin_suite(writer, report, device, device->endpoint, id, &totals);
    write_whole(writer, device->folder != NULL ? device->folder : "assay",
                VERDICT_NONE, message, message);
    end(writer);
}

/** Whether an earlier case of the device has the same group. */
static bool came_before(const struct suite *suite, const cJSON *row)
{
    const cJSON *other = NULL;

    REPORT_FOR_EACH_CASE(other, suite->device)
    {
        if (other == row) {
            return false;
        }
        if (is_in(suite, other)) {
            return true;
        }
    }
    return false;
}

/** One device: a suite for each group. @return the next id */
static unsigned write_groups(xmlTextWriter *writer, const struct report *report,
                             unsigned id)
{
    const struct report_device *device = &report->devices[0];
    const cJSON *row = NULL;

    REPORT_FOR_EACH_CASE(row, device)
    {
        char group[GROUP_SIZE];
        const struct suite suite = { report, device, group };
        group_of(device, row, group);
        if (!came_before(&suite, row)) {
            write_suite(writer, &suite, id++);
        }
    }
    return id;
}

/** Several: a suite for each of them. @return the next id */
static unsigned write_devices(xmlTextWriter *writer,
                              const struct report *report, unsigned id)
{
    for (size_t i = 0; i < report->device_count; i++) {
        const struct suite suite = { report, &report->devices[i], NULL };
        if (device_is_untold(report, suite.device)) {
            write_untold(writer, report, suite.device, id++);
        } else {
            write_suite(writer, &suite, id++);
        }
    }
    return id;
}

static void write_all(xmlTextWriter *writer, const struct report *report)
{
    struct totals totals = { .tests = 0 };
    const cJSON *row = NULL;
    unsigned untold = 0;

    cJSON_ArrayForEach(row, report->cases)
    {
        add_total(&totals, row);
    }
    for (size_t i = 0; i < report->device_count; i++) {
        untold += device_is_untold(report, &report->devices[i]) ? 1 : 0;
    }
    bool has_run = totals.tests > totals.skipped;
    enum verdict verdict = VERDICT_PASS;
    bool is_wrong = wrong_with(report, has_run, &verdict) != NULL;
    bool tells_campaign = is_wrong || report_outside_warnings(report) > 0;
    totals.tests += (tells_campaign ? 1 : 0) + untold;
    totals.failures += is_wrong && verdict == VERDICT_FAIL ? 1 : 0;
    totals.errors += (is_wrong && verdict != VERDICT_FAIL ? 1 : 0) + untold;
    begin(writer, "testsuites");
    attribute(writer, "name", "assay");
    attribute(writer, "tests", "%u", totals.tests);
    attribute(writer, "failures", "%u", totals.failures);
    attribute(writer, "errors", "%u", totals.errors);
    attribute(writer, "time", "%.3f", totals.ms / 1000);
    unsigned id = report->is_many ? write_devices(writer, report, 0)
                                  : write_groups(writer, report, 0);
    if (tells_campaign) {
        write_campaign(writer, report, id, has_run);
    }
    end(writer);
}

static enum status write_file(const char *path, const xmlBuffer *document,
                              struct reason *reason)
{
    FILE *file = fopen(path, "w");
    bool good =
        file != NULL &&
        fwrite(xmlBufferContent(document), 1, (size_t)xmlBufferLength(document),
               file) == (size_t)xmlBufferLength(document);

    if (file != NULL && fclose(file) != 0) {
        good = false;
    }
    return good ? STATUS_OK
                : reason_set(reason, STATUS_NETWORK, "'%.300s': %s", path,
                             strerror(errno));
}

enum status report_write_junit(const struct report *report, const char *path,
                               struct reason *reason)
{
    /* Into memory: libxml2 does not tell that a disk is full. */
    xmlBuffer *document = xmlBufferCreate();
    xmlTextWriter *writer =
        document != NULL ? xmlNewTextWriterMemory(document, 0) : NULL;
    bool good = writer != NULL;

    if (good) {
        (void)xmlTextWriterSetIndent(writer, 1);
        good = xmlTextWriterStartDocument(writer, "1.0", "UTF-8", NULL) >= 0;
        write_all(writer, report);
        good = xmlTextWriterEndDocument(writer) >= 0 && good;
        xmlFreeTextWriter(writer); /* flushes */
    }
    enum status status =
        good ? write_file(path, document, reason)
             : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    xmlBufferFree(document);
    return status;
}
