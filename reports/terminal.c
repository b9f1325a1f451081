/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/model.h"

enum {
    VALUE_MAX = 600,       /* bytes of one value; results.json has all */
    LINE_MAX_BYTES = 4096, /* of a command or path */
    COLUMNS_MIN = 20,      /* narrower terminals wrap by themselves */
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
                       const struct report *report, const cJSON *row)
{
    char *command = reproduce_command(report, row);
    char *trace = NULL;

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
                       const struct report *report, const cJSON *row)
{
    enum verdict verdict = case_verdict(row);
    bool begun = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "begun"));
    char *title = NULL;

    if (verdict == VERDICT_PASS && case_number(row, "warnings") == 0) {
        return;
    }
    /* What never began needs one line: there may be many. */
    if (asprintf(&title, "%s%s%s", case_text(row, "instance"),
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
        print_next(printer, report, row);
    }
}

/** Cases that do not apply, and why. */
static void print_not_applicable(const struct printer *printer,
                                 const struct report *report)
{
    const cJSON *row = NULL;

    cJSON_ArrayForEach(row, report->cases)
    {
        char *line = NULL;
        if (!case_runs(row) &&
            asprintf(&line, "%s: %s", case_text(row, "instance"),
                     case_text(row, "reason")) >= 0) {
            print_value(printer, "not applicable ", line);
            free(line);
        }
    }
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
    if (report->diagnosis != NULL) {
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
    const cJSON *row = NULL;

    (void)print_findings(&printer, report->findings);
    cJSON_ArrayForEach(row, report->cases)
    {
        if (case_runs(row)) {
            print_case(&printer, report, row);
        }
    }
    print_not_applicable(&printer, report);
    print_end(&printer, report);
}
