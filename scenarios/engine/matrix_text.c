/* SPDX-License-Identifier: Apache-2.0 */

/* The cases of the dependency matrix, as a file of cases. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/matrix.h"

/** One case on its way out. */
struct writer {
    FILE *out;
    const struct matrix_graph *graph;
    const struct matrix_case *row;
    struct matrix_outcome outcome; /**< by no argument: of anybody's links */
    const char *main; /**< the requirement that the outcome is about */
};

static bool is_in(unsigned mask, size_t index)
{
    return (mask & 1u << index) != 0;
}

static void put_text(const struct writer *writer, const char *text)
{
    cJSON *item = cJSON_CreateString(text);
    char *quoted = cJSON_PrintUnformatted(item);

    fputs(quoted != NULL ? quoted : "\"\"", writer->out);
    cJSON_free(quoted);
    cJSON_Delete(item);
}

static void put_name(const struct writer *writer, size_t index)
{
    put_text(writer, writer->graph->components[index].name);
}

/** Linked Instances of who is addressed. */
static void put_linked(const struct writer *writer)
{
    char *text = NULL;

    if (asprintf(&text, "linked(%s)",
                 writer->graph->components[writer->row->addressed].name) >= 0) {
        put_text(writer, text);
        free(text);
    }
}

/** ["a","b"] */
static void put_names(const struct writer *writer, unsigned mask)
{
    const char *before = "";

    fputc('[', writer->out);
    for (size_t i = 0; i < writer->graph->count; i++) {
        if (is_in(mask, i)) {
            fputs(before, writer->out);
            put_name(writer, i);
            before = ",";
        }
    }
    fputc(']', writer->out);
}

/** "a":VALUE,"b":VALUE */
static void put_each(const struct writer *writer, unsigned mask,
                     const char *value)
{
    const char *before = "";

    for (size_t i = 0; i < writer->graph->count; i++) {
        if (is_in(mask, i)) {
            fputs(before, writer->out);
            put_name(writer, i);
            fprintf(writer->out, ":%s", value);
            before = ",";
        }
    }
}

/** A title is made first, since names may need quoting. */
static void add_words(FILE *out, const struct matrix_graph *graph,
                      unsigned mask)
{
    const char *before = "";

    for (size_t i = 0; i < graph->count; i++) {
        if (is_in(mask, i)) {
            fprintf(out, "%s%s", before, graph->components[i].name);
            before = ", ";
        }
    }
}

static void add_title(FILE *out, const struct writer *writer)
{
    const struct matrix_graph *graph = writer->graph;
    const struct matrix_case *row = writer->row;
    const struct matrix_outcome *outcome = &writer->outcome;

    fputs("With ", out);
    add_words(out, graph, row->delivered & ~row->stale);
    if (row->stale != 0) {
        fputs(" and too old ", out);
        add_words(out, graph, row->stale);
    }
    fputs(": update ", out);
    add_words(out, graph, 1u << row->addressed);
    if (row->form == MATRIX_LIST) {
        fputs(" with ", out);
        add_words(out, graph, row->batch & ~(1u << row->addressed));
    } else {
        fputs(row->form == MATRIX_ALONE ? " alone" : " as linked", out);
    }
    fputs(!outcome->may_refuse   ? ": installed"
          : outcome->may_succeed ? ": installed or Result 13"
                                 : ": Result 13",
          out);
}

static void put_title(const struct writer *writer)
{
    char *title = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&title, &size);

    if (out == NULL) {
        return; /* the JSON is not well-formed: catalogue_add() says so */
    }
    add_title(out, writer);
    if (fclose(out) == 0) {
        put_text(writer, title);
    }
    free(title);
}

/** What the case judges. */
static void put_claims(const struct writer *writer)
{
    bool is_list = writer->row->form == MATRIX_LIST;
    bool is_alone = writer->row->form == MATRIX_ALONE;
    const struct {
        const char *requirement;
        bool is_claimed;
    } rows[] = {
        { "AFU-085", writer->outcome.may_succeed && is_alone },
        { "AFU-086", writer->outcome.may_succeed && is_list },
        { "AFU-087", writer->outcome.may_succeed && is_list },
        { "AFU-096", writer->outcome.may_succeed },
        { "AFU-104", writer->outcome.may_refuse || is_list },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].is_claimed &&
            strcmp(rows[i].requirement, writer->main) != 0) {
            fprintf(writer->out, ",\"%s\"", rows[i].requirement);
        }
    }
}

static void put_deliveries(const struct writer *writer)
{
    const struct matrix_graph *graph = writer->graph;

    fputs("\"preamble\":[", writer->out);
    for (size_t i = 0; i < graph->count; i++) {
        size_t index =
            writer->row->form == MATRIX_NONE ? graph->count - 1 - i : i;
        if (is_in(writer->row->delivered, index)) {
            fprintf(writer->out, "{\"deliver\":\"%s\",\"to\":",
                    is_in(writer->row->stale, index)
                        ? "STALE"
                        : graph->components[index].package);
            put_name(writer, index);
            fputs("},", writer->out);
        }
    }
    fputs("{\"await\":{", writer->out);
    put_each(writer, writer->row->delivered,
             "{\"state\":\"Downloaded\",\"result\":0}");
    fputs("},\"within\":\"download\"}]", writer->out);
}

static void put_update(const struct writer *writer)
{
    const struct matrix_case *row = writer->row;

    fputs("{\"update\":", writer->out);
    put_name(writer, row->addressed);
    if (row->form == MATRIX_ALONE) {
        fputs(",\"alone\":true", writer->out);
    } else if (row->form == MATRIX_LIST) {
        fputs(",\"with\":", writer->out);
        put_names(writer, row->batch & ~(1u << row->addressed));
    }
    fprintf(writer->out,
            ",\"code\":{\"pass\":\"2.04\",\"warn\":[\"4.xx\",\"5.xx\"]},"
            "\"req\":[\"%s\"]}",
            writer->main);
}

/** Nothing was installed. */
static void put_unchanged(const struct writer *writer)
{
    fprintf(writer->out,
            "{\"expect\":{\"all\":{\"unchanged\":[\"version\"]}},"
            "\"after\":\"settle\",\"req\":[\"%s\"]}",
            writer->main);
}

/** Linked Instances with which the model has that outcome. */
static void put_links(const struct writer *writer, bool is_refusal)
{
    unsigned others = writer->row->delivered & ~writer->row->batch;
    const char *before = "";
    unsigned part = 0;

    fputs("{\"expect\":{", writer->out);
    put_name(writer, writer->row->addressed);
    fputs(":{\"linked-at-update\":[", writer->out);
    do {
        struct matrix_outcome outcome = matrix_outcome(
            writer->graph, writer->row, writer->row->batch | part);
        if (is_refusal ? outcome.may_refuse : outcome.may_succeed) {
            fputs(before, writer->out);
            if (part == 0) {
                fputs("{\"empty\":true}", writer->out);
            } else {
                fputs("{\"exactly\":", writer->out);
                put_names(writer, part);
                fputc('}', writer->out);
            }
            before = ",";
        }
        part = (part - others) & others;
    } while (part != 0);
    fprintf(writer->out, "]}},\"req\":[\"%s\"]},", writer->main);
}

static void put_success(const struct writer *writer)
{
    bool is_linked = writer->row->form == MATRIX_NONE;

    fputs("{\"when\":{", writer->out);
    put_each(writer, writer->row->batch, "{\"state\":\"Idle\",\"result\":1}");
    fputs("},\"code\":\"2.04\",\"steps\":[", writer->out);
    if (is_linked) {
        put_links(writer, false);
        fputs("{\"await\":{", writer->out);
        put_linked(writer);
        fputs(":{\"state\":\"Idle\",\"result\":1}},\"within\":\"update\","
              "\"req\":[\"AFU-096\"]},",
              writer->out);
    }
    fputs("{\"expect\":{", writer->out);
    put_each(writer, writer->row->batch, "{\"version\":\"delivered\"}");
    if (is_linked) {
        fputc(',', writer->out);
        put_linked(writer);
        fputs(":{\"version\":\"delivered\"}", writer->out);
    }
    fputs(",\"others\":{\"unchanged\":[\"version\"]}},\"after\":\"settle\","
          "\"req\":[\"AFU-096\"",
          writer->out);
    fputs(writer->row->form == MATRIX_LIST    ? ",\"AFU-086\",\"AFU-087\""
          : writer->row->form == MATRIX_ALONE ? ",\"AFU-085\""
                                              : "",
          writer->out);
    fputs("]}]}", writer->out);
}

/** One of them is named: a list of alternatives. */
static void put_any(const struct writer *writer, unsigned mask)
{
    const char *before = "";

    fputc('[', writer->out);
    for (size_t i = 0; i < writer->graph->count; i++) {
        if (is_in(mask, i)) {
            fprintf(writer->out, "%s{\"contains\":", before);
            put_names(writer, 1u << i);
            fputc('}', writer->out);
            before = ",";
        }
    }
    fputc(']', writer->out);
}

static void put_conflicting(const struct writer *writer, unsigned exactly,
                            unsigned any)
{
    fputs("{\"expect\":{", writer->out);
    put_name(writer, writer->row->addressed);
    fputs(":{\"conflicting\":", writer->out);
    if (exactly != 0) { /* a part of the truth is a warning */
        fputs("{\"pass\":{\"exactly\":", writer->out);
        put_names(writer, exactly);
        fputs("},\"warn\":", writer->out);
        put_any(writer, any);
        fputc('}', writer->out);
    } else {
        put_any(writer, any);
    }
    fputs("}},\"req\":[\"AFU-104\"]},", writer->out);
}

static void put_refusal_head(const struct writer *writer)
{
    fputs("{\"when\":{", writer->out);
    put_each(writer, 1u << writer->row->addressed,
             "{\"state\":[\"Downloaded\",\"Idle\"],\"result\":13}");
    fputc('}', writer->out);
}

static void put_refusal(const struct writer *writer)
{
    unsigned culprits = writer->outcome.culprits;

    put_refusal_head(writer);
    fputs(",\"steps\":[", writer->out);
    if (writer->row->form == MATRIX_NONE) { /* they depend on the links */
        put_links(writer, true);
        put_conflicting(writer, 0, culprits);
    } else {
        put_conflicting(writer, culprits, culprits);
    }
    put_unchanged(writer);
    fputs("]}", writer->out);
}

/** What a device may do that does not do such a list. */
static void put_list_refused(const struct writer *writer)
{
    const struct matrix_case *row = writer->row;
    bool is_absent = (row->batch & ~row->delivered) != 0;

    if (!writer->outcome.may_refuse) {
        fputc(',', writer->out);
        put_refusal_head(writer);
        fputs(",\"grade\":\"warn\",\"steps\":[", writer->out);
        put_conflicting(writer, 0, row->batch & ~(1u << row->addressed));
        put_unchanged(writer);
        fputs("]}", writer->out);
    }
    if (row->stale != 0) { /* as in AFU-DEP-006 */
        fputs(",{\"when\":{", writer->out);
        put_each(writer, 1u << row->addressed,
                 "{\"state\":[\"Downloaded\",\"Idle\"],\"result\":8}");
        fputs("},\"grade\":\"warn\",\"steps\":[", writer->out);
        put_unchanged(writer);
        fputs("]}", writer->out);
    }
    if (!writer->outcome.may_succeed && !is_absent) {
        return; /* a dependency: 13 is the only right answer */
    }
    fputs(",{\"when\":{", writer->out);
    put_each(writer, row->batch & row->delivered,
             "{\"state\":\"Downloaded\",\"result\":0}");
    fprintf(writer->out,
            "},\"code\":[\"4.xx\",\"5.xx\"],\"grade\":\"%s\",\"steps\":[",
            is_absent ? "A-07" : "A-41");
    put_unchanged(writer);
    fputs("]}", writer->out);
}

static void put_case(const struct writer *writer)
{
    char id[MATRIX_ID_SIZE];

    matrix_id(writer->graph, writer->row, id);
    fprintf(writer->out, "{\"id\":\"%s\",\"title\":", id);
    put_title(writer);
    fprintf(writer->out, ",\"requirements\":[\"%s\"", writer->main);
    put_claims(writer);
    fprintf(writer->out,
            "],\"applies\":[\"deps\",\"components >= %zu\"],\"once\":true,",
            writer->graph->count);
    put_deliveries(writer);
    fputs(",\"steps\":[", writer->out);
    put_update(writer);
    fputs(",{\"either\":[", writer->out);
    if (writer->outcome.may_succeed) {
        put_success(writer);
    }
    if (writer->outcome.may_refuse) {
        fputs(writer->outcome.may_succeed ? "," : "", writer->out);
        put_refusal(writer);
    }
    if (writer->row->form == MATRIX_LIST) {
        put_list_refused(writer);
    }
    fprintf(writer->out, "],\"within\":\"update\",\"req\":[\"%s\"]}]}",
            writer->main);
}

/** By no argument whoever is linked has a say in it: all that may come. */
static struct matrix_outcome outcome_of(const struct matrix_graph *graph,
                                        const struct matrix_case *row)
{
    unsigned others = row->delivered & ~row->batch;
    struct matrix_outcome all = matrix_outcome(graph, row, row->batch);
    unsigned part = row->form == MATRIX_NONE ? (0 - others) & others : 0;

    for (; part != 0; part = (part - others) & others) {
        struct matrix_outcome one =
            matrix_outcome(graph, row, row->batch | part);
        all.may_succeed = all.may_succeed || one.may_succeed;
        all.may_refuse = all.may_refuse || one.may_refuse;
        all.culprits |= one.culprits;
    }
    return all;
}

static const char *main_requirement(const struct matrix_case *row,
                                    const struct matrix_outcome *outcome)
{
    if ((row->batch & ~row->delivered) != 0) {
        return "AFU-088";
    }
    if (outcome->may_refuse) {
        return "AFU-089";
    }
    return row->form == MATRIX_LIST    ? "AFU-086"
           : row->form == MATRIX_ALONE ? "AFU-085"
                                       : "AFU-096";
}

char *matrix_text(const struct matrix_graph *graph)
{
    struct matrix_case cases[MATRIX_CASES_MAX];
    size_t count = matrix_cases(graph, cases);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL) {
        return NULL;
    }
    fputs("{\"group\":\"AFU-MTX\",\"title\":\"Dependency matrix\",\"cases\":[",
          out);
    for (size_t i = 0; i < count; i++) {
        struct writer writer = { .out = out,
                                 .graph = graph,
                                 .row = &cases[i],
                                 .outcome = outcome_of(graph, &cases[i]) };
        writer.main = main_requirement(&cases[i], &writer.outcome);
        fputs(i > 0 ? "," : "", out);
        put_case(&writer);
    }
    fputs("]}", out);
    bool good = ferror(out) == 0;
    if (fclose(out) != 0 || !good) {
        free(text);
        return NULL;
    }
    return text;
}
