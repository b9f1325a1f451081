/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/matrix.h"

#include <string.h>

/** The package that stands for a component, or NULL. */
static const char *package_of(const struct profile *profile, uint16_t instance)
{
    static const char *const names[] = { "DEP", "DEPMAIN", "G" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (package_set_is_repeatable(profile->packages, instance, names[i])) {
            return names[i];
        }
    }
    return NULL;
}

bool matrix_graph(const struct profile *profile, struct matrix_graph *out_graph)
{
    struct matrix_graph graph = { .count = 0 };
    uint16_t instances[MATRIX_COMPONENTS];
    bool is_needed = false;

    for (size_t i = 0;
         i < profile->component_count && graph.count < MATRIX_COMPONENTS; i++) {
        const struct profile_component *component = &profile->components[i];
        const char *package = package_of(profile, component->instance);
        if (package != NULL) {
            instances[graph.count] = component->instance;
            graph.components[graph.count].name = component->name;
            graph.components[graph.count].has_stale = package_set_is_repeatable(
                profile->packages, component->instance, "STALE");
            graph.components[graph.count++].package = package;
        }
    }
    for (size_t i = 0; i < graph.count; i++) {
        for (size_t j = 0; j < graph.count; j++) {
            const char *package = graph.components[i].package;
            graph.needs[i][j][0] =
                package_set_need(profile->packages, instances[i], package,
                                 instances[j], graph.components[j].package);
            graph.needs[i][j][1] =
                graph.components[j].has_stale
                    ? package_set_need(profile->packages, instances[i], package,
                                       instances[j], "STALE")
                    : PACKAGE_NEEDS_NOT;
            is_needed = is_needed ||
                        (i != j && graph.needs[i][j][0] != PACKAGE_NEEDS_NOT);
        }
    }
    *out_graph = graph;
    return is_needed;
}

static bool is_in(unsigned mask, size_t index)
{
    return (mask & 1u << index) != 0;
}

/** Whether component i, with its package, needs j at all. */
static bool needs(const struct matrix_graph *graph, size_t i, size_t j)
{
    return i != j && graph->needs[i][j][0] != PACKAGE_NEEDS_NOT;
}

/** Who is needed by the members of a mask, without these. */
static unsigned needed_by(const struct matrix_graph *graph, unsigned mask)
{
    unsigned needed = 0;

    for (size_t i = 0; i < graph->count; i++) {
        for (size_t j = 0; is_in(mask, i) && j < graph->count; j++) {
            needed |= needs(graph, i, j) ? 1u << j : 0u;
        }
    }
    return needed & ~mask;
}

/** The same with who is needed by those, and so on. */
static unsigned reached_from(const struct matrix_graph *graph, size_t index)
{
    unsigned reached = 1u << index;
    unsigned more = needed_by(graph, reached);

    while (more != 0) {
        reached |= more;
        more = needed_by(graph, reached);
    }
    return reached & ~(1u << index);
}

struct matrix_outcome matrix_outcome(const struct matrix_graph *graph,
                                     const struct matrix_case *row,
                                     unsigned batch)
{
    struct matrix_outcome outcome = { .may_succeed = true };

    for (size_t i = 0; i < graph->count; i++) {
        if (is_in(batch & ~row->delivered, i)) {
            outcome.may_succeed = false; /* AFU-088 */
            outcome.culprits |= 1u << i;
        }
        for (size_t j = 0;
             is_in(batch & row->delivered & ~row->stale, i) && j < graph->count;
             j++) {
            bool is_there = is_in(row->delivered, j);
            bool would_do = graph->needs[i][j][is_in(row->stale, j) ? 1 : 0] ==
                            PACKAGE_NEED_MET;
            if (!needs(graph, i, j) ||
                (is_in(batch, j) && is_there && would_do)) {
                continue;
            }
            /* what is there may do although it takes no part. */
            bool is_open = is_there && would_do;
            outcome.may_succeed = outcome.may_succeed && is_open;
            /* Seen from who is too old, the other one is too new. */
            outcome.culprits |= 1u << (j == row->addressed ? i : j);
        }
    }
    outcome.may_refuse = outcome.culprits != 0;
    return outcome;
}

/* All cases. */

struct list {
    const struct matrix_graph *graph;
    struct matrix_case *cases;
    size_t count;
};

static void add(struct list *list, const struct matrix_case *row)
{
    if (list->count < MATRIX_CASES_MAX) { /* always: see matrix.h */
        list->cases[list->count++] = *row;
    }
}

static size_t count_of(unsigned mask)
{
    size_t count = 0;

    for (; mask != 0; mask &= mask - 1) {
        count++;
    }
    return count;
}

/** Member number `index` of a mask. */
static size_t member_of(unsigned mask, size_t index)
{
    size_t at = 0;

    while (!is_in(mask, at) || index-- > 0) {
        at++;
    }
    return at;
}

/** The next part of `mask` after `part`; the empty one comes after all. */
static unsigned next_part(unsigned mask, unsigned part)
{
    return (part - mask) & mask;
}

/** Updates of `batch` by an argument; who is addressed goes round. */
static void add_explicit(struct list *list, unsigned batch)
{
    unsigned all = (1u << list->graph->count) - 1;
    unsigned needed = needed_by(list->graph, batch);
    unsigned left_alone = all & ~batch & ~needed;
    unsigned part = 0;
    struct matrix_case row = {
        .batch = batch,
        .form = count_of(batch) > 1 ? MATRIX_LIST : MATRIX_ALONE,
    };

    do {
        row.delivered = batch | part | left_alone;
        row.addressed =
            member_of(batch, count_of(row.delivered) % count_of(batch));
        add(list, &row);
        part = next_part(needed, part);
    } while (part != 0);
}

static void add_without_argument(struct list *list, size_t index)
{
    unsigned all = (1u << list->graph->count) - 1;
    unsigned reached = reached_from(list->graph, index);
    unsigned direct = needed_by(list->graph, 1u << index);
    unsigned part = 0;

    do {
        struct matrix_case row = { .delivered = 1u << index | part,
                                   .batch = 1u << index,
                                   .addressed = index,
                                   .form = MATRIX_NONE };
        /* By itself it is updated alone with an argument, too. */
        bool is_same = part == 0 && (direct | 1u << index) == all;
        if (!is_same) {
            add(list, &row);
        }
        part = next_part(reached, part);
    } while (part != 0);
}

/** A component that others need is there and too old; one that nobody needs
 *  is listed and not there. */
static void add_wrong(struct list *list, size_t index)
{
    const struct matrix_graph *graph = list->graph;
    struct matrix_case row = { .form = MATRIX_LIST, .addressed = graph->count };

    for (size_t i = graph->count; i-- > 0;) {
        row.addressed = needs(graph, i, index) ? i : row.addressed;
    }
    if (row.addressed < graph->count) {
        if (!graph->components[index].has_stale) {
            return;
        }
        row.stale = 1u << index;
        row.delivered = 1u << row.addressed | row.stale;
    } else {
        row.addressed = index == 0 ? 1 : 0;
        row.delivered = 1u << row.addressed;
    }
    row.batch = 1u << row.addressed | 1u << index;
    add(list, &row);
}

size_t matrix_cases(const struct matrix_graph *graph,
                    struct matrix_case out_cases[MATRIX_CASES_MAX])
{
    struct list list = { graph, out_cases, 0 };

    for (unsigned batch = 1; batch < 1u << graph->count; batch++) {
        add_explicit(&list, batch);
    }
    for (size_t i = 0; i < graph->count; i++) {
        add_without_argument(&list, i);
    }
    for (size_t i = 0; i < graph->count; i++) {
        add_wrong(&list, i);
    }
    return list.count;
}

/* Ids. */

static char letter_of(size_t index)
{
    return (char)('A' + index);
}

void matrix_id(const struct matrix_graph *graph, const struct matrix_case *row,
               char out_id[MATRIX_ID_SIZE])
{
    static const char start[] = "AFU-MTX-";
    char *at = out_id + sizeof(start) - 1;

    memcpy(out_id, start, sizeof(start) - 1);
    for (size_t i = 0; i < graph->count; i++) {
        size_t index = row->form == MATRIX_NONE ? graph->count - 1 - i : i;
        if (is_in(row->delivered, index)) {
            *at++ = letter_of(index);
        }
        if (is_in(row->stale, index)) {
            *at++ = '1';
        }
    }
    *at++ = '-';
    *at++ = letter_of(row->addressed);
    if (row->form == MATRIX_ALONE) {
        *at++ = '0';
    }
    for (size_t i = 0; i < graph->count; i++) {
        if (i != row->addressed && is_in(row->batch, i)) {
            *at++ = letter_of(i);
        }
    }
    *at = '\0';
}
