/* SPDX-License-Identifier: Apache-2.0 */

/* What `assay recheck` says. */
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/reports.h"

#define TEXT_MAX 400 /* bytes of one text of a finding */

static void put(FILE *stream, const char *text)
{
    char *shown = escape_text(text != NULL ? text : "-", ESCAPE_LINE, TEXT_MAX);

    fputs(shown != NULL ? shown : "?", stream);
    free(shown);
}

static const char *text_of(const cJSON *row, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, name));
}

static void put_findings(FILE *stream, const char *mark, const cJSON *list)
{
    const cJSON *row = NULL;

    cJSON_ArrayForEach(row, list)
    {
        fprintf(stream, "  %s %s ", mark, text_of(row, "level"));
        put(stream, text_of(row, "requirement"));
        if (text_of(row, "ambiguity") != NULL) {
            fprintf(stream, " (%s)", text_of(row, "ambiguity"));
        }
        fprintf(stream, " %s ", text_of(row, "check"));
        put(stream, text_of(row, "subject"));
        fputs(": expected ", stream);
        put(stream, text_of(row, "expected"));
        fputs(", observed ", stream);
        put(stream, text_of(row, "observed"));
        fputc('\n', stream);
    }
}

void report_recheck_case(FILE *stream, const struct recheck_case *row)
{
    if (row->before == row->after && !row->has_changed) {
        return;
    }
    fprintf(stream, "%-6s -> %-6s ", verdict_name(row->before),
            verdict_name(row->after));
    put(stream, row->instance);
    if (row->endpoint != NULL) {
        fputs("  ", stream);
        put(stream, row->endpoint);
    }
    if (row->before != row->after && row->why[0] != '\0') {
        fputs(": ", stream);
        put(stream, row->why);
    }
    fputc('\n', stream);
    put_findings(stream, "-", row->gone);
    put_findings(stream, "+", row->added);
}

void report_recheck_counts(FILE *stream, const struct recheck_counts *counts)
{
    fprintf(stream,
            "%u %s judged again: %u with another verdict, %u with the same "
            "verdict and other findings\n",
            counts->cases, counts->cases == 1 ? "case" : "cases",
            counts->changed_verdicts, counts->changed_findings);
    if (counts->unfinished > 0) {
        fprintf(stream, "%u begun without a verdict, not judged\n",
                counts->unfinished);
    }
    if (counts->is_torn) {
        fputs("the journal's last line was cut off, and left out\n", stream);
    }
}

/** Text that may have come from a device, as JSON can carry it. */
static void add_text(cJSON *object, const char *name, const char *text)
{
    char *shown = text != NULL ? escape_text(text, ESCAPE_JSON, 0) : NULL;

    if (shown != NULL) {
        cJSON_AddStringToObject(object, name, shown);
    } else {
        cJSON_AddNullToObject(object, name);
    }
    free(shown);
}

static void add_findings(cJSON *object, const char *name, const cJSON *list)
{
    cJSON *rows = cJSON_AddArrayToObject(object, name);
    const cJSON *row = NULL;
    const cJSON *item = NULL;

    cJSON_ArrayForEach(row, list)
    {
        cJSON *copy = cJSON_CreateObject();
        cJSON_ArrayForEach(item, row)
        {
            add_text(copy, item->string, item->valuestring);
        }
        cJSON_AddItemToArray(rows, copy);
    }
}

cJSON *report_recheck_json(const struct recheck_case *row)
{
    cJSON *object = cJSON_CreateObject();

    add_text(object, "instance", row->instance);
    add_text(object, "endpoint", row->endpoint);
    cJSON_AddStringToObject(object, "before", verdict_name(row->before));
    cJSON_AddStringToObject(object, "after", verdict_name(row->after));
    add_text(object, "reason", row->why);
    add_findings(object, "gone", row->gone);
    add_findings(object, "added", row->added);
    return object;
}

void report_print_json(FILE *stream, const cJSON *tree)
{
    char *text = cJSON_Print(tree);

    if (text != NULL) {
        escape_write_json(stream, text);
    }
    fputc('\n', stream);
    cJSON_free(text);
}
