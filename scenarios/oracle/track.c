/* SPDX-License-Identifier: Apache-2.0 */

/* The set of states of one component over time. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum { TEXT_SIZE = 400, DETAIL_SIZE = ORACLE_TRACE_MAX * ORACLE_LINE_SIZE };

void track_restart(struct tracked *tracked)
{
    tracked->is_known = false;
    tracked->layer_count = 0;
    tracked->options.may_start = false;
    tracked->options.may_load = false;
    tracked->was_addressed = false;
    tracked->was_refused = false;
    tracked->last_state = -1;
    tracked->last_result = -1;
    tracked->updating_since_ms = 0;
    tracked->download_ms = 0;
    tracked->has_version = false;
    tracked->may_change_version = false;
    tracked->has_linked = false;
    tracked->trace_count = 0;
    state_set_all(&tracked->before);
}

static void add_line(struct tracked *tracked, uint64_t sequence,
                     const char *words)
{
    if (tracked->trace_count == ORACLE_TRACE_MAX) {
        memmove(tracked->trace[0], tracked->trace[1],
                (ORACLE_TRACE_MAX - 1) * sizeof(tracked->trace[0]));
        tracked->trace_count--;
    }
    (void)snprintf(tracked->trace[tracked->trace_count++], ORACLE_LINE_SIZE,
                   "#%" PRIu64 " %s", sequence, words); /* cut */
}

/** The set after everything that was done. */
static struct state_set *newest(struct tracked *tracked)
{
    return tracked->layer_count > 0
               ? &tracked->layers[tracked->layer_count - 1].after
               : &tracked->before;
}

void track_recompute(struct tracked *tracked)
{
    const struct state_set *set = &tracked->before;

    model_close(&tracked->before, &tracked->options);
    for (size_t i = 0; i < tracked->layer_count; i++) {
        struct layer *layer = &tracked->layers[i];
        model_apply(set, layer->kind, layer->answer, &tracked->options,
                    &layer->after);
        state_set_union(&layer->after, &layer->seen);
        model_close(&layer->after, &tracked->options);
        set = &layer->after;
    }
}

/** The oldest stimulus has had its effect, or may have had it. */
static void drop_oldest(struct tracked *tracked, bool is_certain)
{
    struct state_set before = tracked->layers[0].after;

    if (!is_certain) {
        state_set_union(&before, &tracked->before);
    }
    tracked->before = before;
    tracked->layer_count--;
    memmove(&tracked->layers[0], &tracked->layers[1],
            tracked->layer_count * sizeof(tracked->layers[0]));
}

void track_stimulus(struct oracle *oracle, struct tracked *tracked,
                    enum stimulus_kind kind, uint64_t request,
                    const char *words)
{
    add_line(tracked, oracle->now_sequence, words);
    tracked->was_addressed = true;
    if (tracked->layer_count == ORACLE_LAYERS_MAX) {
        drop_oldest(tracked, false);
    }
    const struct state_set before = *newest(tracked);
    struct layer *layer = &tracked->layers[tracked->layer_count++];
    *layer = (struct layer){ .kind = kind,
                             .answer = ANSWER_OPEN,
                             .request = request,
                             .settled_ms = UINT64_MAX };
    model_apply(&before, kind, ANSWER_OPEN, &tracked->options, &layer->after);
}

static bool may_be(const struct tracked *tracked, int state)
{
    struct state_set set = tracked->before;

    for (size_t i = 0; i < tracked->layer_count; i++) {
        state_set_union(&set, &tracked->layers[i].after);
    }
    state_set_filter(&set, state, -1);
    return !state_set_is_empty(&set);
}

void track_answer(struct oracle *oracle, struct tracked *tracked,
                  uint64_t request, enum stimulus_answer answer,
                  uint64_t now_ms)
{
    for (size_t i = 0; i < tracked->layer_count; i++) {
        struct layer *layer = &tracked->layers[i];
        if (layer->request != request) {
            continue;
        }
        layer->answer = answer;
        /* Blocks are answered when they are taken; what a device does after
         * a 2.04 may take until T_STATE. */
        layer->settled_ms = now_ms + oracle->config.state_ms;
        tracked->was_refused = answer == ANSWER_REFUSED;
        bool accepted_elsewhere =
            layer->kind == STIMULUS_UPDATE && answer == ANSWER_SUCCESS &&
            tracked->is_known && !may_be(tracked, STATE_DOWNLOADED);
        track_recompute(tracked);
        if (accepted_elsewhere) {
            oracle_report(oracle, FINDING_FAIL, "AFU-080", "A-02",
                          "oracle.update", tracked->name,
                          "Update is refused outside of Downloaded",
                          "a success response", NULL);
        }
        return;
    }
}

/** Allowed pairs in words: "Idle/0, Downloaded/0". */
static void list_pairs(const struct state_set *set, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (int s = 0; s < MODEL_STATES; s++) {
        for (int r = 0; r < MODEL_RESULTS; r++) {
            bool is_in = false;
            for (int p = 0; p < PART_COUNT; p++) {
                is_in = is_in || set->members[model_index(s, r, p)] != 0;
            }
            if (is_in && used < size) {
                int length =
                    snprintf(text + used, size - used, "%s%s/%d",
                             used > 0 ? ", " : "", model_state_name(s), r);
                used += length > 0 ? (size_t)length : 0;
            }
        }
    }
}

static const char *broken_requirement(const struct tracked *tracked, int state,
                                      int result)
{
    if (state == STATE_DOWNLOADED && result > 0 && tracked->download_ms != 0 &&
        result == tracked->stale_result) {
        return "AFU-036";
    }
    if (state >= 0 && result >= 0 && model_pair(state, result) == 0) {
        return state == STATE_UPDATING      ? "AFU-054"
               : state == STATE_DOWNLOADED  ? "AFU-053"
               : state == STATE_DOWNLOADING ? "AFU-036"
                                            : "AFU-051";
    }
    if (!tracked->was_addressed) {
        return "AFU-177";
    }
    return tracked->was_refused ? "AFU-063" : "AFU-052";
}

static void pair_words(int state, int result, char *text, size_t size)
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

static void report_broken(struct oracle *oracle, struct tracked *tracked,
                          const struct state_set *allowed, int state,
                          int result)
{
    char expected[TEXT_SIZE];
    char observed[TEXT_SIZE];
    char was[80] = "an unknown state";
    char is[80];
    char pairs[TEXT_SIZE - 60];
    char detail[DETAIL_SIZE] = "";
    size_t used = 0;

    list_pairs(allowed, pairs, sizeof(pairs));
    (void)snprintf(expected, sizeof(expected), "one of State/Result %s",
                   pairs); /* cut */
    pair_words(state, result, is, sizeof(is));
    if (tracked->last_state >= 0) {
        pair_words(tracked->last_state, tracked->last_result, was, sizeof(was));
    }
    (void)snprintf(observed, sizeof(observed),
                   "%s (before: %s), which nothing that was done explains", is,
                   was); /* cut */
    for (size_t i = 0; i < tracked->trace_count; i++) {
        int length = snprintf(detail + used, sizeof(detail) - used, "%s%s",
                              i > 0 ? "\n" : "", tracked->trace[i]);
        used += length > 0 ? (size_t)length : 0;
    }
    oracle_report(oracle, FINDING_FAIL,
                  broken_requirement(tracked, state, result), NULL,
                  "oracle.state", tracked->name, expected, observed, detail);
}

/** The tolerance that every remaining explanation needs; LEGAL: none does. */
static enum tolerance needed(const struct tracked *tracked)
{
    struct state_set set = tracked->before;
    enum tolerance found = TOLERANCES;

    for (size_t i = 0; i < tracked->layer_count; i++) {
        state_set_union(&set, &tracked->layers[i].after);
    }
    for (size_t i = 0; i < MODEL_SIZE; i++) {
        enum tolerance here = (enum tolerance)(set.members[i] - 1);
        if (set.members[i] != 0 && here < found) {
            found = here;
        }
    }
    return found == TOLERANCES ? LEGAL : found;
}

static void forgive(struct state_set *set)
{
    for (size_t i = 0; i < MODEL_SIZE; i++) {
        set->members[i] = set->members[i] != 0 ? 1 : 0;
    }
}

static void report_tolerated(struct oracle *oracle, struct tracked *tracked,
                             enum tolerance tolerance, int state, int result,
                             bool is_late)
{
    const struct tolerance_row *row = tolerance_row(tolerance);
    char observed[TEXT_SIZE];
    enum finding_level level =
        oracle_level(oracle, row->ambiguity, row->fails_strict);

    pair_words(state, result, observed, sizeof(observed));
    if (is_late) {
        level = FINDING_FAIL; /* in Downloading longer than T_STATE */
    }
    oracle_report(oracle, level, row->requirement, row->ambiguity,
                  "oracle.state", tracked->name,
                  "what the object definition says for this trigger", observed,
                  NULL);
    forgive(&tracked->before);
    for (size_t i = 0; i < tracked->layer_count; i++) {
        forgive(&tracked->layers[i].after);
        forgive(&tracked->layers[i].seen);
    }
}

/** Layers whose effect must be there before the view. */
static void retire(struct tracked *tracked, uint64_t sent_ms)
{
    while (tracked->layer_count > 0 &&
           tracked->layers[0].settled_ms < sent_ms) {
        drop_oldest(tracked, true);
    }
}

/** Filter every set; what is behind a filtered one follows from it. */
static bool filter_all(struct tracked *tracked, int state, int result)
{
    bool any = false;
    struct state_set allowed = tracked->before;

    state_set_filter(&tracked->before, state, result);
    any = !state_set_is_empty(&tracked->before);
    const struct state_set *set = &tracked->before;
    for (size_t i = 0; i < tracked->layer_count; i++) {
        struct layer *layer = &tracked->layers[i];
        struct state_set later;
        struct state_set seen = layer->after;
        state_set_union(&allowed, &seen);
        state_set_filter(&seen, state, result);
        any = any || !state_set_is_empty(&seen);
        layer->seen = seen;
        model_apply(set, layer->kind, layer->answer, &tracked->options, &later);
        state_set_union(&seen, &later);
        layer->after = seen;
        model_close(&layer->after, &tracked->options);
        set = &layer->after;
    }
    return any;
}

/** Start again from what was seen, so that one error is told once. */
static void start_from(struct tracked *tracked, int state, int result)
{
    state_set_all(&tracked->before);
    state_set_filter(&tracked->before, state, result);
    if (state_set_is_empty(&tracked->before)) {
        state_set_all(&tracked->before); /* an illegal pair */
    }
    tracked->layer_count = 0;
}

static void check_updating(struct oracle *oracle, struct tracked *tracked,
                           int state, uint64_t sent_ms, uint64_t time_ms)
{
    if (state != STATE_UPDATING) {
        tracked->updating_since_ms = state < 0 ? tracked->updating_since_ms : 0;
    } else if (tracked->updating_since_ms == 0) {
        tracked->updating_since_ms = time_ms;
    } else if (sent_ms >
               tracked->updating_since_ms + oracle->config.update_ms) {
        tracked->updating_since_ms = time_ms; /* once */
        oracle_report(oracle, FINDING_FAIL, "AFU-064", NULL, "oracle.stuck",
                      tracked->name,
                      "State leaves Updating within T_UPD + T_BOOT",
                      "State Updating for longer", NULL);
    }
}

void track_view(struct oracle *oracle, struct tracked *tracked, int state,
                int result, uint64_t sent_ms, uint64_t time_ms)
{
    char words[80];
    char line[ORACLE_LINE_SIZE];

    if (state >= MODEL_STATES || result >= MODEL_RESULTS ||
        (state < 0 && result < 0)) {
        return; /* the definition check says it */
    }
    retire(tracked, sent_ms);
    struct state_set allowed = tracked->before;
    for (size_t i = 0; i < tracked->layer_count; i++) {
        state_set_union(&allowed, &tracked->layers[i].after);
    }
    if (!filter_all(tracked, state, result)) {
        report_broken(oracle, tracked, &allowed, state, result);
        start_from(tracked, state, result);
    } else {
        enum tolerance tolerance = needed(tracked);
        bool is_late = tolerance == TOLERATED_A23 &&
                       state == STATE_DOWNLOADING &&
                       sent_ms > tracked->download_ms + oracle->config.state_ms;
        if (tolerance != LEGAL) {
            report_tolerated(oracle, tracked, tolerance, state, result,
                             is_late);
        }
    }
    model_close(&tracked->before, &tracked->options);
    check_updating(oracle, tracked, state, sent_ms, time_ms);
    pair_words(state, result, words, sizeof(words));
    (void)snprintf(line, sizeof(line), "read: %s", words);
    if (tracked->last_state != state || tracked->last_result != result) {
        add_line(tracked, oracle->now_sequence, line);
    }
    tracked->is_known = tracked->is_known || (state >= 0 && result >= 0);
    tracked->last_state = state >= 0 ? state : tracked->last_state;
    tracked->last_result = result >= 0 ? result : tracked->last_result;
    if (tracked->layer_count == 0) {
        tracked->was_addressed = false;
    }
}
