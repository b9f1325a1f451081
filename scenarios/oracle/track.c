/* SPDX-License-Identifier: Apache-2.0 */

/* The set of states of one component over time. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum { TEXT_SIZE = 100 };

void track_all(const struct tracked *tracked, struct state_set *out_set)
{
    *out_set = tracked->before;
    for (size_t i = 0; i < tracked->layer_count; i++) {
        state_set_union(out_set, &tracked->layers[i].after);
    }
}

static bool has_state(const struct state_set *set, int state)
{
    const uint32_t *member = &set->members[model_index(state, 0, 0)];
    uint32_t why = 0;

    for (size_t i = 0; i < MODEL_RESULTS * PART_COUNT; i++) {
        why |= member[i]; /* several at once: no branch */
    }
    return why != 0;
}

bool track_may_be(const struct tracked *tracked, int state)
{
    bool may_be = has_state(&tracked->before, state);

    for (size_t i = 0; !may_be && i < tracked->layer_count; i++) {
        may_be = has_state(&tracked->layers[i].after, state);
    }
    return may_be;
}

bool track_is_quiet(const struct tracked *tracked)
{
    struct state_set all;

    track_all(tracked, &all);
    struct state_set set = all;
    state_set_filter(&set, tracked->last_state, tracked->last_result);
    return tracked->is_known ? memcmp(&set, &all, sizeof(set)) == 0
                             : !tracked->has_stimulus;
}

bool track_is_resting(const struct tracked *tracked, int state)
{
    return tracked->is_known && tracked->last_state == state &&
           track_is_quiet(tracked);
}

static bool is_equal(const struct state_set *one, const struct state_set *other)
{
    return memcmp(one, other, sizeof(*one)) == 0;
}

static bool has_options(const struct model_options *options,
                        const struct model_options *other)
{
    return memcmp(options, other, sizeof(*options)) == 0;
}

/** Add to `before` what can happen by itself, unless that is in it. */
static void close_before(struct tracked *tracked)
{
    if (!is_equal(&tracked->before, &tracked->closed) ||
        !has_options(&tracked->options, &tracked->closed_options)) {
        model_close(tracked->model, &tracked->before, &tracked->options);
        tracked->closed = tracked->before;
        tracked->closed_options = tracked->options;
    }
}

void track_restart(struct tracked *tracked)
{
    struct state_set set;
    char name[sizeof(tracked->name)];
    const uint16_t instance = tracked->instance;
    const uint64_t shares = tracked->shares;
    const struct model *model = tracked->model;
    const struct model_options options = { .may_drop =
                                               tracked->options.may_drop };

    /* Transfers and Updates begun earlier may still have effect. */
    track_all(tracked, &set);
    unsigned parts =
        (state_set_parts(&set, STATE_IDLE) &
         (1u << PART_SOME | 1u << PART_ALL)) |
        (state_set_parts(&set, STATE_DOWNLOADED) & 1u << PART_PENDING);
    memcpy(name, tracked->name, sizeof(name));
    memset(tracked, 0, offsetof(struct tracked, layers));
    memcpy(tracked->name, name, sizeof(name));
    tracked->instance = instance;
    tracked->shares = shares;
    tracked->model = model;
    tracked->options = options;
    tracked->last.state = -1;
    tracked->last.result = -1;
    tracked->last_state = -1;
    tracked->last_result = -1;
    tracked->stale_result = -1;
    tracked->may_pull = true;
    state_set_all(&tracked->before, parts);
    close_before(tracked);
}

void track_line(struct tracked *tracked, uint64_t sequence, const char *words)
{
    if (tracked->trace_count == ORACLE_TRACE_MAX) {
        memmove(tracked->trace[0], tracked->trace[1],
                (ORACLE_TRACE_MAX - 1) * sizeof(tracked->trace[0]));
        tracked->trace_count--;
    }
    (void)snprintf(tracked->trace[tracked->trace_count++], ORACLE_LINE_SIZE,
                   "#%" PRIu64 " %.97s", sequence, words); /* cut */
}

/* Layers. */

/** What the stimulus makes of `set` under one answer, and what views left.
 *  Most events change neither. */
static const struct state_set *outcome(const struct tracked *tracked,
                                       struct layer *layer, int answer,
                                       const struct state_set *set)
{
    struct outcome_memo *memo = &layer->memos[answer];

    if (memo->is_made && is_equal(&memo->from, set) &&
        is_equal(&memo->seen, &layer->seen[answer]) &&
        has_options(&memo->options, &tracked->options)) {
        return &memo->made;
    }
    memo->is_made = true;
    memo->from = *set;
    memo->seen = layer->seen[answer];
    memo->options = tracked->options;
    model_apply(tracked->model, set, layer->kind, (enum stimulus_answer)answer,
                &tracked->options, &memo->made);
    state_set_union(&memo->made, &layer->seen[answer]);
    model_close(tracked->model, &memo->made, &tracked->options);
    return &memo->made;
}

static bool can_be(const struct layer *layer, int answer)
{
    return layer->answer == ANSWER_OPEN || (int)layer->answer == answer;
}

/** What a Send under way may still show. */
static void keep_since(struct tracked *tracked)
{
    struct state_set set;

    if (tracked->has_sent) {
        track_all(tracked, &set);
        state_set_union(&tracked->since, &set);
    }
}

void track_recompute(struct tracked *tracked)
{
    const struct state_set *set = &tracked->before;

    close_before(tracked);
    for (size_t i = 0; i < tracked->layer_count; i++) {
        struct layer *layer = &tracked->layers[i];
        if (layer->answer != ANSWER_OPEN) {
            layer->after = *outcome(tracked, layer, (int)layer->answer, set);
        } else {
            layer->after = *outcome(tracked, layer, ANSWER_SUCCESS, set);
            state_set_union(&layer->after,
                            outcome(tracked, layer, ANSWER_REFUSED, set));
        }
        set = &layer->after;
    }
    keep_since(tracked);
}

bool track_send(struct tracked *tracked, int state, int result)
{
    struct state_set set = tracked->since;

    state_set_filter(&set, state, result);
    bool is_possible = !tracked->has_sent || !state_set_is_empty(&set);
    /* The next one is later, whatever is believed now. */
    tracked->has_sent = true;
    set = is_possible ? set : (struct state_set){ { 0 } };
    tracked->since = set;
    keep_since(tracked);
    return is_possible;
}

/** The oldest stimulus has had its effect, or may have had it. */
static void drop_oldest(struct tracked *tracked, bool is_certain)
{
    struct state_set before = tracked->layers[0].after;

    if (is_certain) {
        state_set_settle(&before, model_passing(tracked->layers[0].kind));
    } else {
        state_set_union(&before, &tracked->before);
    }
    tracked->before = before;
    tracked->layer_count--;
    memmove(&tracked->layers[0], &tracked->layers[1],
            tracked->layer_count * sizeof(tracked->layers[0]));
}

/** Layers whose effect must be there at that time. */
static void retire(struct tracked *tracked, uint64_t time_ms)
{
    while (tracked->layer_count > 0 &&
           tracked->layers[0].settled_ms < time_ms) {
        drop_oldest(tracked, true);
    }
}

/** Blocks in a row are one layer, or a long push would fill the table. */
static bool continues(const struct tracked *tracked, enum stimulus_kind kind)
{
    const struct layer *newest =
        tracked->layer_count > 0 ? &tracked->layers[tracked->layer_count - 1]
                                 : NULL;

    return kind == STIMULUS_NEXT_BLOCK && newest != NULL &&
           newest->kind == kind && newest->answer != ANSWER_OPEN;
}

/** The newest layer is of one more block. What a refusal made of it stays
 *  possible, whatever this one is answered; a success made nothing. */
static void continue_block(struct tracked *tracked, uint64_t request)
{
    struct layer *layer = &tracked->layers[tracked->layer_count - 1];
    const struct state_set after = layer->after;

    if (layer->answer == ANSWER_REFUSED) {
        layer->seen[ANSWER_SUCCESS] = layer->seen[ANSWER_REFUSED];
        state_set_union(&layer->seen[ANSWER_SUCCESS], &after);
    }
    layer->seen[ANSWER_REFUSED] = layer->seen[ANSWER_SUCCESS];
    layer->request = request;
    layer->answer = ANSWER_OPEN;
    layer->settled_ms = UINT64_MAX;
    track_recompute(tracked);
}

/** A device that registers again and again. @return whether it was merged */
static bool merge_reboot(struct oracle *oracle, struct tracked *tracked)
{
    struct layer *layer = tracked->layer_count > 0
                              ? &tracked->layers[tracked->layer_count - 1]
                              : NULL;
    struct state_set again;

    if (layer == NULL || layer->kind != STIMULUS_REBOOT ||
        layer->request != 0) {
        return false;
    }
    model_apply(tracked->model, &layer->after, STIMULUS_REBOOT, ANSWER_SUCCESS,
                &tracked->options, &again);
    state_set_union(&layer->seen[ANSWER_SUCCESS], &again);
    layer->settled_ms = oracle->now_ms + oracle->config.state_ms;
    track_recompute(tracked);
    return true;
}

void track_stimulus(struct oracle *oracle, struct tracked *tracked,
                    enum stimulus_kind kind, uint64_t request,
                    const char *words)
{
    bool is_spontaneous = request == 0;

    if (is_spontaneous && merge_reboot(oracle, tracked)) {
        return;
    }
    if (continues(tracked, kind)) {
        continue_block(tracked, request);
        return;
    }
    track_line(tracked, oracle->now_sequence, words);
    /* A Read under way may still show what was before. */
    uint64_t since_ms = oracle_reading_since(oracle, tracked->instance);
    retire(tracked, since_ms < oracle->now_ms ? since_ms : oracle->now_ms);
    if (tracked->layer_count == ORACLE_LAYERS_MAX) {
        if (!tracked->has_overflown) {
            tracked->has_overflown = true;
            oracle_overflow(oracle, tracked->name,
                            "more stimuli within T_STATE than are remembered");
        }
        drop_oldest(tracked, false);
    }
    tracked->layers[tracked->layer_count++] = (struct layer){
        .kind = kind,
        .answer = is_spontaneous ? ANSWER_SUCCESS : ANSWER_OPEN,
        .request = request,
        .settled_ms = is_spontaneous ? oracle->now_ms + oracle->config.state_ms
                                     : UINT64_MAX
    };
    track_recompute(tracked);
}

/** Start again from what was seen, so that one error is told once. */
static void start_from(struct tracked *tracked, int state, int result)
{
    state_set_all(&tracked->before, 0);
    state_set_filter(&tracked->before, state, result);
    if (state_set_is_empty(&tracked->before)) {
        state_set_all(&tracked->before, 0); /* an illegal pair */
    }
    for (int i = LEGAL + 1; i < TOLERANCES; i++) {
        state_set_forgive(&tracked->before, (enum tolerance)i);
    }
    for (size_t i = 0; i < tracked->layer_count; i++) {
        state_set_clear(&tracked->layers[i].seen[ANSWER_SUCCESS]);
        state_set_clear(&tracked->layers[i].seen[ANSWER_REFUSED]);
    }
    tracked->needing_since_ms = 0;
    track_recompute(tracked);
}

/** nothing but an Update outside of Downloaded explains the answer. */
static void check_taken(struct oracle *oracle, struct tracked *tracked,
                        size_t index)
{
    struct layer *layer = &tracked->layers[index];
    uint32_t why = 0;

    for (size_t i = index; i < tracked->layer_count; i++) {
        why |= state_set_why(&tracked->layers[i].after);
    }
    if (layer->kind == STIMULUS_UPDATE && layer->answer == ANSWER_SUCCESS &&
        why == WHY(BROKEN_A02)) {
        oracle_report(oracle, FINDING_FAIL, "AFU-080", "A-02", "oracle.update",
                      tracked->name, "Update is refused outside of Downloaded",
                      "a success response", NULL);
        layer->answer = ANSWER_REFUSED; /* what is told explains it */
        track_recompute(tracked);
    }
}

int track_answer(struct oracle *oracle, struct tracked *tracked,
                 uint64_t request, enum stimulus_answer answer)
{
    struct state_set set;

    for (size_t i = 0; request != 0 && i < tracked->layer_count; i++) {
        struct layer *layer = &tracked->layers[i];
        if (layer->request != request) {
            continue;
        }
        layer->answer = answer;
        /* What a device does after its answer may take until T_STATE. */
        layer->settled_ms = oracle->now_ms + oracle->config.state_ms;
        tracked->was_refused = answer == ANSWER_REFUSED;
        if (tracked->was_refused && layer->kind == tracked->taken) {
            tracked->taken = tracked->taken_before;
        }
        track_recompute(tracked);
        check_taken(oracle, tracked, i);
        track_all(tracked, &set);
        if (state_set_is_empty(&set)) { /* a view before the answer */
            explain_broken(oracle, tracked, &set, &set, tracked->last_state,
                           tracked->last_result);
            start_from(tracked, tracked->last_state, tracked->last_result);
        }
        return (int)layer->kind;
    }
    return -1;
}

/* Views. */

/** Keep what fits the view in every set. @return the ways that lead to it */
static uint32_t filter_all(struct tracked *tracked, int state, int result)
{
    const struct state_set *set = &tracked->before;
    struct state_set seen;
    uint32_t why = 0;

    for (size_t i = 0; i < tracked->layer_count; i++) {
        struct layer *layer = &tracked->layers[i];
        for (int answer = 0; answer < ANSWERS; answer++) {
            state_set_clear(&seen);
            if (can_be(layer, answer)) {
                seen = *outcome(tracked, layer, answer, set);
            }
            state_set_filter(&seen, state, result);
            layer->seen[answer] = seen;
            why |= state_set_why(&seen);
        }
        set = &layer->after; /* still as before the view */
    }
    state_set_filter(&tracked->before, state, result);
    return why | state_set_why(&tracked->before);
}

/** Apply a change to every set that views left. */
static void forgive(struct tracked *tracked, enum tolerance tolerance)
{
    state_set_forgive(&tracked->before, tolerance);
    for (size_t i = 0; i < tracked->layer_count; i++) {
        state_set_forgive(&tracked->layers[i].seen[ANSWER_SUCCESS], tolerance);
        state_set_forgive(&tracked->layers[i].seen[ANSWER_REFUSED], tolerance);
    }
}

static void settle(struct tracked *tracked)
{
    state_set_settle(&tracked->before, WHY_PASSING);
    for (size_t i = 0; i < tracked->layer_count; i++) {
        state_set_settle(&tracked->layers[i].seen[ANSWER_SUCCESS], WHY_PASSING);
        state_set_settle(&tracked->layers[i].seen[ANSWER_REFUSED], WHY_PASSING);
    }
}

static enum finding_level level_of(const struct oracle *oracle,
                                   const struct tracked *tracked,
                                   enum tolerance tolerance, bool is_late)
{
    const struct tolerance_row *row = tolerance_row(tolerance);

    if (tolerance == TOLERATED_A13 && tracked->last_state == STATE_UPDATING &&
        tracked->updating_since_ms != 0 &&
        tracked->last.sent_ms >
            tracked->updating_since_ms + oracle->config.state_ms) {
        return oracle_level(oracle, row->ambiguity, FINDING_WARNING,
                            FINDING_FAIL);
    }
    return is_late
               ? oracle_level(oracle, row->ambiguity, row->interop, row->strict)
               : oracle_level(oracle, row->ambiguity, row->early_interop,
                              row->early_strict);
}

/** The mildest of the deviations that explain the view. */
static enum tolerance mildest(const struct oracle *oracle,
                              const struct tracked *tracked, uint32_t why,
                              bool is_late)
{
    enum tolerance found = TOLERANCES;

    if ((why & WHY(PASSING_A23)) != 0) {
        why &= ~WHY(PASSING_AFU_051); /* the old Result, as it seems */
    }
    if (tracked->has_result && (why & WHY(TOLERATED_A05)) != 0) {
        /* A transfer that nobody saw explains nothing. */
        why &= ~(WHY(TOLERATED_A04) | WHY(TOLERATED_A05_IGNORED));
    }
    for (int i = LEGAL + 1; i < TOLERANCES; i++) {
        if ((why & WHY(i)) != 0 &&
            (found == TOLERANCES ||
             level_of(oracle, tracked, (enum tolerance)i, is_late) <
                 level_of(oracle, tracked, found, is_late))) {
            found = (enum tolerance)i;
        }
    }
    return found;
}

/** The view needs a deviation: tell it once, and again when it lasts. */
static void judge_deviation(struct oracle *oracle, struct tracked *tracked,
                            uint32_t why, const struct sight *sight)
{
    char observed[TEXT_SIZE];
    bool is_new = tracked->needing_since_ms == 0;

    if (is_new) {
        tracked->needing_since_ms = sight->time_ms;
        tracked->needing = TOLERANCES;
    }
    bool is_late =
        sight->sent_ms > tracked->needing_since_ms + oracle->config.state_ms;
    enum tolerance tolerance = mildest(oracle, tracked, why, is_late);
    enum finding_level level = level_of(oracle, tracked, tolerance, is_late);
    bool is_passing = (WHY_PASSING & WHY(tolerance)) != 0 && !is_late;
    bool was_told = is_passing && tracked->needing == tolerance;
    tracked->needing = tolerance;
    if (level != FINDING_PASS && !was_told) {
        const struct tolerance_row *row = tolerance_row(tolerance);
        explain_pair(sight->state, sight->result, observed, sizeof(observed));
        oracle_report(oracle, level, row->requirement, row->ambiguity,
                      "oracle.state", tracked->name,
                      (WHY_PASSING & WHY(tolerance)) == 0
                          ? "what the object definition says for this trigger"
                      : is_late ? "a pair that is passing to last no longer "
                                  "than T_STATE"
                                : "State and Update Result to change together",
                      observed, NULL);
    }
    if (!is_passing) {
        forgive(tracked, tolerance);
        tracked->needing_since_ms = 0;
    }
}

/** A Read that a newer one overtook: it may show what was before. */
static void take_overlapped(struct oracle *oracle, struct tracked *tracked,
                            const struct sight *sight)
{
    struct state_set allowed;

    track_all(tracked, &allowed);
    state_set_union(&allowed, &tracked->recent);
    struct state_set set = allowed;
    state_set_filter(&set, sight->state, sight->result);
    if (state_set_is_empty(&set)) {
        explain_broken(oracle, tracked, &tracked->before, &allowed,
                       sight->state, sight->result);
    }
}

/** What newer Reads of the same time may still show. */
static void keep_recent(const struct oracle *oracle, struct tracked *tracked)
{
    struct state_set set;

    if (oracle_reading_since(oracle, tracked->instance) == UINT64_MAX) {
        state_set_clear(&tracked->recent);
        return;
    }
    track_all(tracked, &set);
    state_set_union(&tracked->recent, &set);
}

static void note_view(struct oracle *oracle, struct tracked *tracked,
                      const struct sight *sight)
{
    char words[TEXT_SIZE];
    char line[ORACLE_LINE_SIZE];
    bool is_other_state =
        sight->state >= 0 && sight->state != tracked->last_state;
    bool is_other = is_other_state || (sight->result >= 0 &&
                                       sight->result != tracked->last_result);

    if (is_other || tracked->same_since_ms == 0) {
        explain_pair(sight->state, sight->result, words, sizeof(words));
        (void)snprintf(line, sizeof(line), "read: %s", words);
        track_line(tracked, oracle->now_sequence, line);
        tracked->same_since_ms = sight->time_ms;
    }
    if (is_other_state) {
        tracked->last_change = sight->sequence;
    }
    tracked->last = *sight;
    tracked->is_known =
        tracked->is_known || (sight->state >= 0 && sight->result >= 0);
    tracked->last_state =
        sight->state >= 0 ? sight->state : tracked->last_state;
    tracked->last_result =
        sight->result >= 0 ? sight->result : tracked->last_result;
    if (sight->state >= 0) {
        tracked->options.was_updating = sight->state == STATE_UPDATING;
        tracked->options.was_deferred =
            sight->state == STATE_DOWNLOADED && tracked->last_result == 11;
        tracked->options.may_drop =
            tracked->options.may_drop && sight->state == STATE_DOWNLOADED;
    }
    tracked->options.was_deferred =
        tracked->last_state == STATE_DOWNLOADED && tracked->last_result == 11;
    if (tracked->layer_count == 0) {
        tracked->was_addressed = false;
    }
}

void track_view(struct oracle *oracle, struct tracked *tracked,
                const struct sight *sight)
{
    struct state_set allowed;
    int state = sight->state;
    int result = sight->result;

    if (state >= MODEL_STATES || result >= MODEL_RESULTS ||
        (state < 0 && result < 0)) {
        return; /* the definition check says it */
    }
    if (sight->is_overlapped) {
        take_overlapped(oracle, tracked, sight);
        return;
    }
    keep_recent(oracle, tracked);
    retire(tracked, sight->sent_ms);
    bool is_same = (state < 0 || state == tracked->last_state) &&
                   (result < 0 || result == tracked->last_result);
    track_all(tracked, &allowed);
    const struct state_set before = tracked->before;
    uint32_t why = filter_all(tracked, state, result);
    if (!is_same) {
        tracked->needing_since_ms = 0;
        tracked->has_result = false;
    }
    if (why == 0) {
        explain_broken(oracle, tracked, &before, &allowed, state, result);
        start_from(tracked, state, result);
    } else if ((why & WHY(LEGAL)) == 0) {
        judge_deviation(oracle, tracked, why, sight);
    } else {
        tracked->needing_since_ms = 0;
    }
    if ((why & WHY_PASSING) == 0) {
        tracked->passing_since_ms = 0;
    } else if (!is_same || tracked->passing_since_ms == 0) {
        tracked->passing_since_ms = sight->time_ms;
    }
    /* What is passing has passed, or was never seen to begin. */
    if (!tracked->is_known || (tracked->passing_since_ms != 0 &&
                               sight->sent_ms > tracked->passing_since_ms +
                                                    oracle->config.state_ms)) {
        settle(tracked);
        tracked->passing_since_ms = 0;
    }
    if (tracked->options.may_load && tracked->load_until_ms < sight->sent_ms) {
        tracked->options.may_load = false;
    }
    duration_check(oracle, tracked, sight);
    note_view(oracle, tracked, sight);
    track_recompute(tracked);
}
