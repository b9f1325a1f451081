/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/model.h"

enum {
    VALUE_MAX = 600,       /* bytes of one value; results.json has all */
    LINE_MAX_BYTES = 4096, /* of a command or path */
    COLUMNS_MIN = 20,      /* narrower terminals wrap by themselves */
    DEVICES_TOLD = 64,     /* of more, those that are all pass are counted */
    COUNTS_SIZE = 160,
    DETAIL_LINES = 8, /* of what led to a finding; junit.xml has all */
    INDENT_SHARE = 3, /* the hanging indent is at most this part of a line */
};

#define RESET "\033[0m"

/** How a verdict looks, and what it says to someone who meets it first. */
static const struct {
    const char *colour;
    const char *meaning;
} looks[] = {
    [VERDICT_NONE] = { "\033[35m", "not run: the campaign ended first" },
    [VERDICT_PASS] = { "\033[32m", NULL },
    [VERDICT_INCONC] = { "\033[33m",
                         "inconc: could not be judged, because the device did "
                         "not get to where the test begins, did not answer, or "
                         "had failed before; see what it observed" },
    [VERDICT_FAIL] = { "\033[31m",
                       "fail: the device broke the requirement that is named; "
                       "'assay describe CASE' shows the steps" },
    [VERDICT_ERROR] = { "\033[35m",
                        "error: assay or its set-up broke, not the device" },
};

static const char never_registered[] =
    "No device registered, so nothing was judged; what was received is said "
    "before the cases. If nothing was: does the device register at the "
    "address and port that assay listens on? On another machine it needs an "
    "address of this one: --bind ADDRESS. If it is slow: --register-timeout "
    "S. 'assay demo' shows what should happen.";

/** Where lines go and how long they may be. */
struct printer {
    FILE *stream;
    const struct report_style *style;
};

/** Columns of a text, one for each character of UTF-8. */
static size_t width_of(const char *text, size_t length)
{
    size_t width = 0;

    for (size_t i = 0; i < length; i++) {
        width += ((unsigned char)text[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    return width;
}

/**
 * Print words, which are escaped, and a line feed. Lines break between words;
 * those that follow are indented. A word that is too long for a line stays
 * where it is, and the terminal breaks it.
 */
static void print_words(const struct printer *printer, const char *words,
                        size_t at, size_t indent)
{
    size_t columns = printer->style->columns;
    bool wraps = columns >= COLUMNS_MIN;
    bool is_first = true;

    if (indent > columns / INDENT_SHARE) {
        indent = columns / INDENT_SHARE;
    }
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        size_t width = width_of(words, length);
        size_t space = is_first ? 0 : 1;
        if (wraps && at + space + width > columns && at > indent &&
            indent + width <= columns) {
            fprintf(printer->stream, "\n%*s", (int)indent, "");
            at = indent;
        } else if (space > 0) {
            fputc(' ', printer->stream);
            at++;
        }
        fwrite(words, 1, length, printer->stream);
        at += width;
        words += length + (words[length] == ' ' ? 1 : 0);
        is_first = false;
    }
    fputc('\n', printer->stream);
}

/** "LABEL VALUE", continued below the value; nothing without a value. */
static void print_value(const struct printer *printer, const char *label,
                        const char *value)
{
    char *safe = escape_text(value, ESCAPE_LINE, VALUE_MAX);

    if (value[0] != '\0') {
        fputs(label, printer->stream);
        print_words(printer, safe != NULL ? safe : "?", strlen(label),
                    strlen(label));
    }
    free(safe);
}

/** The same on one line, however long: it can be copied. */
static void print_line(const struct printer *printer, const char *label,
                       const char *value)
{
    char *safe = escape_text(value, ESCAPE_LINE, LINE_MAX_BYTES);

    fprintf(printer->stream, "%s%s\n", label, safe != NULL ? safe : "?");
    free(safe);
}

/** "AFU-089,AFU-053" gives "AFU-089, AFU-053", which can be wrapped. */
static char *requirements_of(const cJSON *finding)
{
    const char *text = case_text(finding, "requirement");
    char *out = malloc(2 * strlen(text) + 1);
    size_t used = 0;

    for (; out != NULL && *text != '\0'; text++) {
        out[used++] = *text;
        if (*text == ',' && text[1] != ' ') {
            out[used++] = ' ';
        }
    }
    if (out != NULL) {
        out[used] = '\0';
    }
    return out;
}

/** A finding outside of the body is not about what the case tests. */
static const char *phase_of(const cJSON *finding)
{
    static const struct {
        const char *phase;
        const char *words;
    } rows[] = {
        { "preamble", " while the device was prepared for the test" },
        { "postamble", " while the device was brought back after the test" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(case_text(finding, "phase"), rows[i].phase) == 0) {
            return rows[i].words;
        }
    }
    return "";
}

/** What led to it, one thing a line: the newest ones, when there are many. */
static void print_detail(const struct printer *printer, const char *detail)
{
    const char *label = "    after:    ";
    size_t lines = 1;

    for (const char *at = detail; *at != '\0'; at++) {
        lines += *at == '\n' ? 1 : 0;
    }
    for (const char *line = detail; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (lines-- <= DETAIL_LINES) {
            char *text = strndup(line, length);
            print_value(printer, label, text != NULL ? text : "?");
            label = "              ";
            free(text);
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
}

static void print_finding(const struct printer *printer, const cJSON *finding)
{
    char *requirements = requirements_of(finding);
    const char *ambiguity = case_text(finding, "ambiguity");
    const char *subject = case_text(finding, "subject");
    char *title = NULL;

    if (asprintf(&title, "%s%s%s%s%s%s%s%s%s", case_text(finding, "level"),
                 requirements != NULL && requirements[0] != '\0' ? " " : "",
                 requirements != NULL ? requirements : "",
                 ambiguity[0] != '\0' ? " (ambiguity " : "", ambiguity,
                 ambiguity[0] != '\0' ? ")" : "",
                 subject[0] != '\0' ? " at " : "", subject,
                 phase_of(finding)) < 0) {
        title = NULL;
    }
    print_value(printer, "  ", title != NULL ? title : "?");
    print_value(printer, "    step:     ", case_text(finding, "step"));
    print_value(printer, "    expected: ", case_text(finding, "expected"));
    print_value(printer, "    observed: ", case_text(finding, "observed"));
    print_detail(printer, case_text(finding, "detail"));
    free(title);
    free(requirements);
}

/** @return whether there was one to tell */
static bool print_findings(const struct printer *printer, const cJSON *findings)
{
    const cJSON *finding = NULL;
    bool told = false;

    cJSON_ArrayForEach(finding, findings)
    {
        if (finding_is_told(finding)) {
            print_finding(printer, finding);
            told = true;
        }
    }
    return told;
}

static void print_next(const struct printer *printer,
                       const struct report *report,
                       const struct report_device *device, const cJSON *row)
{
    char *command = reproduce_command(report, device, row);
    const cJSON *item = NULL;
    char *trace = NULL;

    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(row, "packages"))
    {
        print_value(printer, "    package:  ", item->valuestring);
    }
    if (case_text(row, "trace")[0] != '\0' &&
        asprintf(&trace, "%s/%s", report->folder, case_text(row, "trace")) >=
            0) {
        print_line(printer, "    messages: ", trace);
        free(trace);
    }
    print_line(printer, "    again:    ", command != NULL ? command : "?");
    free(command);
}

/** The word of the verdict in its colour, then the title, to the line's end. */
static void print_title(const struct printer *printer, enum verdict verdict,
                        const char *title)
{
    const char *colour = printer->style->colour ? looks[verdict].colour : "";
    const char *reset = printer->style->colour ? RESET : "";
    const char *word =
        verdict == VERDICT_NONE ? "not run" : verdict_name(verdict);
    char *safe = escape_text(title, ESCAPE_LINE, VALUE_MAX);

    fprintf(printer->stream, "%s%s%s ", colour, word, reset);
    print_words(printer, safe != NULL ? safe : "?", strlen(word) + 1,
                strlen(word) + 1);
    free(safe);
}

static void print_case(const struct printer *printer,
                       const struct report *report,
                       const struct report_device *device, const cJSON *row)
{
    enum verdict verdict = case_verdict(row);
    bool begun = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "begun"));
    char *title = NULL;

    if (verdict == VERDICT_PASS && case_number(row, "warnings") == 0) {
        return;
    }
    /* What never began needs one line: there may be many. */
    if (asprintf(&title, "%s%s%s%s%s", report->is_many ? device->endpoint : "",
                 report->is_many ? " " : "", case_text(row, "instance"),
                 begun ? "  " : ": ",
                 case_text(row, begun ? "title" : "reason")) < 0) {
        title = NULL;
    }
    print_title(printer, verdict, title != NULL ? title : "?");
    free(title);
    if (!print_findings(printer, case_findings(row)) && begun) {
        print_value(printer, "    ", case_text(row, "reason"));
    }
    if (verdict > VERDICT_PASS && begun) {
        print_next(printer, report, device, row);
    }
}

/** Whether no case of the device began: it needs one line, not one a case. */
static bool is_idle(const struct report_device *device)
{
    const cJSON *row = NULL;

    REPORT_FOR_EACH_CASE(row, device)
    {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "begun"))) {
            return false;
        }
    }
    return true;
}

/** Whether two cases never began for one reason. */
static bool is_alike(const cJSON *one, const cJSON *other)
{
    return case_verdict(one) == case_verdict(other) &&
           !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one, "begun")) &&
           !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(other, "begun")) &&
           strcmp(case_text(one, "reason"), case_text(other, "reason")) == 0;
}

/** A device that died leaves many that never began: they need one line. */
static void print_alike(const struct printer *printer, const cJSON *first,
                        const cJSON *last, unsigned count)
{
    char *title = NULL;

    if (asprintf(&title, "%u cases, %s to %s: %s", count,
                 case_text(first, "instance"), case_text(last, "instance"),
                 case_text(first, "reason")) < 0) {
        title = NULL;
    }
    print_title(printer, case_verdict(first), title != NULL ? title : "?");
    free(title);
}

static void print_cases(const struct printer *printer,
                        const struct report *report,
                        const struct report_device *device)
{
    const cJSON *first = NULL; /* of those that are alike */
    const cJSON *last = NULL;
    const cJSON *row = NULL;
    unsigned count = 0;

    if (report->is_many && is_idle(device)) {
        return;
    }
    for (row = device->first;; row = device_next(device, row)) {
        if (row != NULL && !case_runs(row)) {
            continue;
        }
        if (count > 0 && row != NULL && is_alike(first, row)) {
            last = row;
            count++;
            continue;
        }
        if (count > 1) {
            print_alike(printer, first, last, count);
        } else if (count == 1) {
            print_case(printer, report, device, first);
        }
        if (row == NULL) {
            return;
        }
        first = row;
        last = row;
        count = 1;
    }
}

/** A case that does not apply. */
struct absent {
    const char *reason;
    const char *instance;
    size_t index; /* in the plan: the order */
};

static int compare_reasons(const void *one, const void *other)
{
    const struct absent *left = one;
    const struct absent *right = other;
    int order = strcmp(left->reason, right->reason);

    return order != 0                   ? order
           : left->index < right->index ? -1
                                        : left->index > right->index;
}

/** Of several devices: cases with one name come together. */
static int compare_names(const void *one, const void *other)
{
    const struct absent *left = one;
    const struct absent *right = other;
    int order = strcmp(left->reason, right->reason);

    return order != 0 ? order : strcmp(left->instance, right->instance);
}

/** The cases of one reason, each once. @return how many rows those are */
static size_t print_group(const struct printer *printer,
                          const struct absent *rows, size_t count)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    size_t used = 0;

    for (; used < count && strcmp(rows[used].reason, rows[0].reason) == 0;
         used++) {
        bool is_known = used > 0 && strcmp(rows[used].instance,
                                           rows[used - 1].instance) == 0;
        if (stream != NULL && !is_known) {
            char *safe =
                escape_text(rows[used].instance, ESCAPE_LINE, VALUE_MAX);
            fprintf(stream, "%s%s", used > 0 ? ", " : "",
                    safe != NULL ? safe : "?");
            free(safe);
        }
    }
    print_value(printer, "not applicable: ",
                rows[0].reason[0] != '\0' ? rows[0].reason : "?");
    if (stream != NULL && fclose(stream) == 0) {
        fputs("  ", printer->stream);
        print_words(printer, text, 2, 2);
        free(text);
    }
    return used;
}

/** Cases that do not apply, and why; each reason once, and before what is
 *  found, so that this is not looked for among them. */
static void print_not_applicable(const struct printer *printer,
                                 const struct report *report)
{
    size_t capacity = (size_t)cJSON_GetArraySize(report->cases);
    struct absent *rows = calloc(capacity + 1, sizeof(*rows));
    const cJSON *row = NULL;
    size_t count = 0;

    cJSON_ArrayForEach(row, report->cases)
    {
        if (rows != NULL && !case_runs(row)) {
            rows[count] = (struct absent){ case_text(row, "reason"),
                                           case_text(row, "instance"), count };
            count++;
        }
    }
    if (count > 0) {
        qsort(rows, count, sizeof(*rows),
              report->is_many ? compare_names : compare_reasons);
    }
    for (size_t i = 0; i < count;) {
        i += print_group(printer, &rows[i], count - i);
    }
    free(rows);
}

/** "2 pass, 1 fail": what there is of each verdict. */
static void put_counts(char *line, size_t size,
                       const struct report_counts *counts)
{
    const struct {
        const char *word;
        unsigned count;
    } rows[] = {
        { "pass", counts->pass },     { "fail", counts->fail },
        { "inconc", counts->inconc }, { "error", counts->error },
        { "not run", counts->none },
    };
    size_t used = 0;

    line[0] = '\0';
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].count > 0 && used < size) {
            int length =
                snprintf(line + used, size - used, "%s%u %s",
                         used > 0 ? ", " : "", rows[i].count, rows[i].word);
            used += length > 0 ? (size_t)length : 0; /* fits */
        }
    }
    if (counts->warnings > 0 && used < size) {
        (void)snprintf(line + used, size - used, "; %u warning%s",
                       counts->warnings, counts->warnings == 1 ? "" : "s");
    }
}

/** One of several devices. */
static void print_device(const struct printer *printer,
                         const struct report *report,
                         const struct report_device *device,
                         const struct report_counts *counts)
{
    char words[COUNTS_SIZE];
    char *line = NULL;

    put_counts(words, sizeof(words), counts);
    const char *why = device_is_untold(report, device)
                          ? "the campaign ended before this device"
                          : words;
    if (asprintf(&line, "%s: %s%s%s", device->endpoint, why,
                 device->diagnosis != NULL ? "; " : "",
                 device->diagnosis != NULL ? device->diagnosis : "") < 0) {
        line = NULL;
    }
    if (line != NULL && device->diagnosis != NULL) {
        line[strcspn(line, "\n")] = '\0'; /* all of it is in results.json */
    }
    print_value(printer, "", line != NULL ? line : "?");
    free(line);
}

/** Of several devices each that is not all pass, and how many are. */
static void print_devices(const struct printer *printer,
                          const struct report *report)
{
    unsigned good = 0;

    for (size_t i = 0; i < report->device_count; i++) {
        const struct report_device *device = &report->devices[i];
        struct report_counts counts;
        device_count(device, &counts);
        bool is_good =
            counts.pass > 0 &&
            counts.fail + counts.inconc + counts.error + counts.none == 0;
        good += is_good ? 1 : 0;
        if (!is_good || counts.warnings > 0 ||
            report->device_count <= DEVICES_TOLD) {
            print_device(printer, report, device, &counts);
        }
    }
    fprintf(printer->stream, "%u of %zu devices: all pass\n", good,
            report->device_count);
}

static bool is_all_idle(const struct report *report)
{
    for (size_t i = 0; i < report->device_count; i++) {
        if (!is_idle(&report->devices[i])) {
            return false;
        }
    }
    return true;
}

static bool has_diagnosis(const struct report *report)
{
    for (size_t i = 0; report->is_many && i < report->device_count; i++) {
        if (report->devices[i].diagnosis != NULL) {
            return true;
        }
    }
    return report->diagnosis != NULL;
}

/** What was let pass by the ambiguity list, and what need not have been. */
static void print_tolerated(const struct printer *printer,
                            const struct report *report)
{
    char *used = tolerated_text(report, true);
    char *unused = tolerated_text(report, false);

    if (used != NULL && used[0] != '\0') {
        print_value(printer,
                    "tolerated by the ambiguity list, so often: ", used);
    }
    if (unused != NULL && unused[0] != '\0') {
        print_value(printer,
                    "tolerated by the profile, and not needed: ", unused);
    }
    free(used);
    free(unused);
}

/** How long the blocks of pushes took. */
static void print_latency(const struct printer *printer,
                          const struct report_latency *latency)
{
    char line[160];

    if (latency == NULL || latency->row_count == 0) {
        return;
    }
    (void)snprintf(line, sizeof(line),
                   "blocks of pushes: %.0f, answered after %.0f ms (p50), "
                   "%.0f ms (p99), %.0f ms at most",
                   latency->count, report_latency_percentile(latency, 50),
                   report_latency_percentile(latency, 99),
                   latency->most_ms); /* fits */
    print_words(printer, line, 0, 0);
}

static void print_end(const struct printer *printer,
                      const struct report *report)
{
    struct report_counts counts;
    char line[256];

    report_count(report, &counts);
    (void)snprintf(line, sizeof(line),
                   "%u pass, %u fail, %u inconc, %u error, %u not run, %u not "
                   "applicable; %u warning%s",
                   counts.pass, counts.fail, counts.inconc, counts.error,
                   counts.none, counts.not_applicable, counts.warnings,
                   counts.warnings == 1 ? "" : "s"); /* fits */
    print_words(printer, line, 0, 0);
    const struct {
        enum verdict verdict;
        unsigned count;
    } seen[] = {
        { VERDICT_FAIL, counts.fail },
        { VERDICT_INCONC, counts.inconc },
        { VERDICT_ERROR, counts.error },
        { VERDICT_NONE, counts.none },
    };
    for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
        if (seen[i].count > 0) {
            fputs("  ", printer->stream);
            print_words(printer, looks[seen[i].verdict].meaning, 2, 4);
        }
    }
    if (has_diagnosis(report) && is_all_idle(report)) {
        print_words(printer, never_registered, 0, 0);
    }
    if (report->is_interrupted) {
        print_words(printer, "The campaign was interrupted.", 0, 0);
    } else if (!report->is_ended) {
        print_words(printer,
                    "The journal has no end: the campaign was killed, or its "
                    "disk was full.",
                    0, 0);
    }
}

void report_print_summary(const struct report *report, FILE *stream,
                          const struct report_style *style)
{
    const struct printer printer = { stream, style };

    print_not_applicable(&printer, report);
    (void)print_findings(&printer, report->findings);
    for (size_t i = 0; i < report->device_count; i++) {
        print_cases(&printer, report, &report->devices[i]);
    }
    print_tolerated(&printer, report);
    print_latency(&printer, report->latency);
    if (report->is_many) {
        print_devices(&printer, report);
    }
    print_end(&printer, report);
}
