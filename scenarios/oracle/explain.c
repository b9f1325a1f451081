/* SPDX-License-Identifier: Apache-2.0 */

/* What is said when nothing explains a view. */
#include <stdio.h>

#include "scenarios/oracle/oracle_private.h"

enum {
    PAIR_SIZE = 80,
    TEXT_SIZE = 800,
    ROWS_SHOWN = 2, /* of one pair */
    ROWS_SIZE = 40,
    DETAIL_SIZE = ORACLE_TRACE_MAX * ORACLE_LINE_SIZE,
};

/** Rows of the table that lead to the pair, by the stimuli that may still have
 *  had no effect, and by itself after each. */
static uint64_t rows_to(const struct tracked *tracked,
                        const struct state_set *before, int state, int result)
{
    const struct state_set *set = before;
    uint64_t rows = model_rows_to(set, MODEL_SELF, ANSWER_OPEN,
                                  &tracked->options, state, result);

    for (size_t i = 0; i < tracked->layer_count; i++) {
        const struct layer *layer = &tracked->layers[i];
        rows |= model_rows_to(set, 1u << layer->kind, layer->answer,
                              &tracked->options, state, result);
        set = &layer->after;
        rows |= model_rows_to(set, MODEL_SELF, ANSWER_OPEN, &tracked->options,
                              state, result);
    }
    return rows;
}

/** "(ST-17, ST-18)", "" for none. */
static void list_rows(uint64_t rows, char *text, size_t size)
{
    size_t used = 0;
    int listed = 0;

    text[0] = '\0';
    for (size_t i = 0; oracle_row(i) != NULL && listed < ROWS_SHOWN; i++) {
        if ((rows & UINT64_C(1) << i) != 0 && used < size) {
            int length = snprintf(text + used, size - used, "%s%s",
                                  listed > 0 ? ", " : " (", oracle_row(i)->id);
            used += length > 0 ? (size_t)length : 0;
            listed++;
        }
    }
    if (listed > 0 && used < size) {
        (void)snprintf(text + used, size - used, ")");
    }
}

/** Allowed pairs in words: "Downloaded/0, Idle/10 (ST-41)". Passing ones are
 *  left out: they are no advice. */
static void list_pairs(const struct tracked *tracked,
                       const struct state_set *before,
                       const struct state_set *set, char *text, size_t size)
{
    char rows[ROWS_SIZE];
    size_t used = 0;

    text[0] = '\0';
    for (int i = 0; i < MODEL_STATES * MODEL_RESULTS; i++) {
        int state = i / MODEL_RESULTS;
        int result = i % MODEL_RESULTS;
        uint32_t why = 0;
        for (int part = 0; part < PART_COUNT; part++) {
            why |= set->members[i * PART_COUNT + part];
        }
        if ((why & ~WHY_PASSING) != 0 && used < size) {
            list_rows(rows_to(tracked, before, state, result), rows,
                      sizeof(rows));
            int length = snprintf(text + used, size - used, "%s%s/%d%s",
                                  used > 0 ? ", " : "", model_state_name(state),
                                  result, rows);
            used += length > 0 ? (size_t)length : 0;
        }
    }
}

/** Requirement that is broken when the newest stimulus that was taken has
 *  another outcome. */
static const char *outcome_requirement(enum stimulus_kind kind)
{
    switch (kind) {
    case STIMULUS_NULL:
        return "AFU-056";
    case STIMULUS_URI_EMPTY:
        return "AFU-055";
    case STIMULUS_UPDATE:
        return "AFU-081";
    case STIMULUS_CANCEL:
        return "AFU-059";
    case STIMULUS_FIRST_BLOCK:
    case STIMULUS_NEXT_BLOCK:
    case STIMULUS_LAST_BLOCK:
    case STIMULUS_WHOLE:
    case STIMULUS_ZERO:
    case STIMULUS_URI:
    case STIMULUS_JOIN:
    case STIMULUS_REBOOT:
        break;
    }
    return "AFU-052";
}

/** For a pair that 4.1 does not have, or only in passing. */
static const char *pair_requirement(const struct tracked *tracked, int state,
                                    int result)
{
    bool is_stale =
        tracked->download_ms != 0 && result == tracked->stale_result;

    switch (state) {
    case STATE_UPDATING:
        return tracked->last_state == STATE_DOWNLOADED &&
                       tracked->last_result == result
                   ? "AFU-054,AFU-082"
                   : "AFU-054";
    case STATE_DOWNLOADED:
        return is_stale                         ? "AFU-036"
               : tracked->options.may_load      ? "AFU-120"
               : model_pair(state, result) == 0 ? "AFU-053"
                                                : NULL;
    case STATE_DOWNLOADING:
        return is_stale ? "AFU-036" : "AFU-051";
    default:
        return NULL;
    }
}

static const char *broken_requirement(const struct oracle *oracle,
                                      const struct tracked *tracked, int state,
                                      int result)
{
    bool others = false;
    const char *requirement =
        result > 0 ? pair_requirement(tracked, state, result) : NULL;

    if (requirement != NULL) {
        return requirement;
    }
    if (tracked->ending.stopped_ms != 0 &&
        (state == STATE_UPDATING || result > 0)) {
        return "AFU-062"; /* it goes on */
    }
    if (tracked->left_out != NULL &&
        (state == STATE_UPDATING || result == 1 || result == 5 || result == 8 ||
         result == 13)) {
        return tracked->left_out; /* it looks like an update */
    }
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        others = others || oracle->components[i].stimulus_sequence >
                               tracked->stimulus_sequence;
    }
    if (!tracked->was_addressed) {
        /* What happens to another one, or an edge that there never is. */
        bool is_own = tracked->last_state == STATE_DOWNLOADING ||
                      tracked->last_state == STATE_UPDATING ||
                      (state == STATE_UPDATING &&
                       tracked->last_state != STATE_DOWNLOADED);
        return others && !is_own ? "AFU-177" : "AFU-052";
    }
    /* What was refused is not to blame for what it left as it was. */
    const bool has_changed =
        state != tracked->state_before || result != tracked->result_before;
    return tracked->was_refused && has_changed
               ? "AFU-063"
               : outcome_requirement(tracked->taken);
}

void explain_pair(int state, int result, char *text, size_t size)
{
    if (state < 0) {
        (void)snprintf(text, size, "Update Result %d", result);
    } else if (result < 0) {
        (void)snprintf(text, size, "State %s", model_state_name(state));
    } else {
        (void)snprintf(text, size, "State %s with Update Result %d",
                       model_state_name(state), result);
    }
}

void explain_broken(struct oracle *oracle, struct tracked *tracked,
                    const struct state_set *before,
                    const struct state_set *allowed, int state, int result)
{
    char expected[TEXT_SIZE];
    char observed[TEXT_SIZE];
    char was[PAIR_SIZE] = "an unknown state";
    char is[PAIR_SIZE];
    char pairs[TEXT_SIZE - PAIR_SIZE];
    char detail[DETAIL_SIZE] = "";
    size_t used = 0;

    list_pairs(tracked, before, allowed, pairs, sizeof(pairs));
    (void)snprintf(expected, sizeof(expected), "%s%s",
                   pairs[0] != '\0' ? "one of State/Result " : "",
                   pairs[0] != '\0' ? pairs
                                    : "no effect of what is refused"); /* cut */
    explain_pair(state, result, is, sizeof(is));
    if (tracked->last_state >= 0) {
        explain_pair(tracked->last_state, tracked->last_result, was,
                     sizeof(was));
    }
    (void)snprintf(observed, sizeof(observed),
                   "%s (before: %s), which nothing that was done explains", is,
                   was); /* cut */
    for (size_t i = 0; i < tracked->trace_count && used < sizeof(detail); i++) {
        int length = snprintf(detail + used, sizeof(detail) - used, "%s%s",
                              i > 0 ? "\n" : "", tracked->trace[i]);
        used += length > 0 ? (size_t)length : 0;
    }
    oracle_report(oracle, FINDING_FAIL,
                  broken_requirement(oracle, tracked, state, result), NULL,
                  "oracle.state", tracked->name, expected, observed, detail);
}
