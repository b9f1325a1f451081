/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/wait.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/selector.h"

#define HOPELESS_ROUNDS 2 /* rounds that agree before a step gives up */

/** Whether the member of an object is a condition on components. */
static bool is_condition(const cJSON *entry)
{
    return selector_is_valid(entry->string) && cJSON_IsObject(entry);
}

bool wait_add_components(const struct look *look, const cJSON *object,
                         struct component_set *set)
{
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(entry, object)
    {
        struct component_set some;
        if (!is_condition(entry)) {
            continue;
        }
        if (!selector_expand(look, entry->string, object, &some)) {
            return false;
        }
        for (size_t i = 0; i < some.count; i++) {
            component_set_add(set, some.instances[i]);
        }
    }
    return true;
}

struct wait_state wait_state_of(const struct run *run, const struct poll *poll,
                                const cJSON *object)
{
    struct look look = look_of_run(run);
    struct grade_rules rules = { .look = &look, .reading = READING_INTEROP };
    struct wait_state state = { .fits = true, .is_best = true };
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(entry, object)
    {
        struct component_set set;
        if (!is_condition(entry) ||
            !selector_expand(&look, entry->string, object, &set)) {
            continue;
        }
        for (size_t i = 0; i < set.count; i++) {
            const struct poll_pair *pair = poll_pair_of(poll, set.instances[i]);
            struct grade grade = { .level = FINDING_FAIL };
            if (pair != NULL) {
                grade =
                    condition_grade(entry, &rules, pair->state, pair->result);
            }
            state.fits = state.fits && grade.fits;
            state.is_best = state.is_best && grade.level == FINDING_PASS;
            state.is_stale =
                state.is_stale ||
                (grade.fits && poll_is_stale(run, poll, set.instances[i]));
        }
    }
    state.is_stale = state.is_stale && state.fits;
    state.fits = state.fits && !state.is_stale;
    return state;
}

static bool instance_can_reach(const struct run *run, const cJSON *condition,
                               uint16_t instance)
{
    struct oracle_belief belief;
    unsigned states = 0;
    unsigned results = 0;

    if (!oracle_belief(run_oracle(run), instance, &belief) || !belief.known) {
        return true;
    }
    for (size_t i = 0; condition_masks(condition, i, &states, &results); i++) {
        if (oracle_can_reach(run_oracle(run), instance, states, results)) {
            return true;
        }
    }
    return false;
}

bool wait_can_reach(const struct run *run, const cJSON *object)
{
    struct look look = look_of_run(run);
    const cJSON *entry = NULL;

    if (run_oracle(run) == NULL) {
        return true;
    }
    cJSON_ArrayForEach(entry, object)
    {
        struct component_set set;
        if (!is_condition(entry) ||
            !selector_expand(&look, entry->string, object, &set)) {
            continue;
        }
        for (size_t i = 0; i < set.count; i++) {
            if (!instance_can_reach(run, entry, set.instances[i])) {
                return false;
            }
        }
    }
    return true;
}

enum step_progress wait_decide(const struct run *run, const struct poll *poll,
                               struct wait_patience *patience,
                               struct wait_state state, bool can_reach,
                               uint64_t now_ms)
{
    uint64_t state_ms = run_profile(run)->limits_ms[LIMIT_STATE];

    if (state.fits && state.is_best) {
        return STEP_DONE;
    }
    if (poll->at_limit) {
        return state.fits || state.is_stale ? STEP_DONE : STEP_AT_LIMIT;
    }
    if (state.fits) {
        /* A transient value may precede the right one. */
        if (patience->lesser_since_ms == 0) {
            patience->lesser_since_ms = now_ms + 1; /* 0 means unset */
        } else if (now_ms + 1 - patience->lesser_since_ms >= state_ms) {
            return STEP_DONE;
        }
        return STEP_GO_ON;
    }
    patience->lesser_since_ms = 0;
    if (state.is_stale || can_reach) {
        patience->hopeless_rounds = 0;
        return STEP_GO_ON;
    }
    patience->hopeless_rounds++;
    return patience->hopeless_rounds >= HOPELESS_ROUNDS ? STEP_HOPELESS
                                                        : STEP_GO_ON;
}

/** Grade one component by its newest view in the step. */
static struct grade grade_component(const struct judge_input *input,
                                    const struct look *look,
                                    const cJSON *condition, uint16_t instance,
                                    struct report *report, bool *out_seen)
{
    struct grade_rules rules = grade_rules_of(input, look);
    struct words *observed = &report->observed;
    struct view view;

    words_add(observed, "%s", observed->length > 0 ? ", " : "");
    words_component(observed, look->binding, instance);
    if (!look_view(look, input->first, instance, &view)) {
        words_add(observed, " not readable");
        *out_seen = false;
        return (struct grade){ .level = FINDING_FAIL };
    }
    int state = -1;
    int result = -1;
    view_pair(&view, instance, &state, &result);
    for (size_t i = look->end; i > input->first; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event->sequence == view.sequence) {
            report_evidence(report, event);
            break;
        }
    }
    view_release(&view);
    words_add(observed, " ");
    words_pair(observed, state, result);
    return condition_grade(condition, &rules, state, result);
}

struct grade wait_grade(const struct judge_input *input, const cJSON *object,
                        struct report *report, bool *out_seen)
{
    struct look look = look_of_judge(input);
    struct grade grade = { .level = FINDING_PASS, .fits = true };
    const cJSON *entry = NULL;

    *out_seen = true;
    cJSON_ArrayForEach(entry, object)
    {
        struct component_set set;
        if (!is_condition(entry) ||
            !selector_expand(&look, entry->string, object, &set)) {
            continue;
        }
        for (size_t i = 0; i < set.count; i++) {
            grade = grade_worse(grade, grade_component(input, &look, entry,
                                                       set.instances[i], report,
                                                       out_seen));
        }
    }
    return grade;
}

void wait_words(struct words *words, const struct look *look,
                const cJSON *object)
{
    const cJSON *entry = NULL;
    bool first = true;

    cJSON_ArrayForEach(entry, object)
    {
        struct component_set set;
        if (!is_condition(entry) ||
            !selector_expand(look, entry->string, object, &set)) {
            continue;
        }
        for (size_t i = 0; i < set.count; i++) {
            words_add(words, "%s", first ? "" : ", ");
            words_component(words, look->binding, set.instances[i]);
            words_add(words, " ");
            condition_words(words, entry);
            first = false;
        }
    }
}

enum status wait_check(const cJSON *object, const char *pointer,
                       struct reason *reason)
{
    const cJSON *entry = NULL;
    char below[160];

    if (!cJSON_IsObject(object) || object->child == NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s: expected conditions by component", pointer);
    }
    cJSON_ArrayForEach(entry, object)
    {
        if (!is_condition(entry)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s: '%s' is no condition on a component",
                              pointer, entry->string);
        }
        (void)snprintf(below, sizeof(below), "%s/%s", pointer, entry->string);
        const cJSON *part = NULL;
        cJSON_ArrayForEach(part, entry)
        {
            if (strcmp(part->string, "state") != 0 &&
                strcmp(part->string, "result") != 0 &&
                strcmp(part->string, "pair") != 0) {
                return reason_set(reason, STATUS_MALFORMED,
                                  "%s: expected state, result or pair, found "
                                  "'%s'",
                                  below, part->string);
            }
        }
        if (!condition_is_present(entry)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s: expected state, result or pair", below);
        }
        enum status status = condition_check(entry, below, reason);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}
