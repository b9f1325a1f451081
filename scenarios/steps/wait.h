/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_WAIT_H
#define SCENARIOS_STEPS_WAIT_H

/*
 * Private to scenarios/steps: conditions per component,
 *   { "x": { "state": "Idle", "result": 1 }, "linked(x)": { … } },
 * which `await` and `either` wait for.
 */
#include "scenarios/steps/condition.h"
#include "scenarios/steps/poll.h"

/** What the newest round makes of the conditions. */
struct wait_state {
    bool fits;     /**< every component fits, and none is stale */
    bool is_best;  /**< each at grade "pass" */
    bool is_stale; /**< it would fit, were it not perhaps old */
};

/** Add all components that the object names.
 *  @return false for an unknown role */
bool wait_add_components(const struct look *look, const cJSON *object,
                         struct component_set *set);
struct wait_state wait_state_of(const struct run *run, const struct poll *poll,
                                const cJSON *object);
/** Whether the model can still reach what the object wants. */
bool wait_can_reach(const struct run *run, const cJSON *object);

/** Counts rounds for the drive of `await` and `either`. */
struct wait_patience {
    uint64_t lesser_since_ms; /**< 0: nothing lesser fits */
    unsigned hopeless_rounds;
};
/**
 * After a round: STEP_DONE when what fits is the best or stayed for T_STATE,
 * STEP_AT_LIMIT, STEP_HOPELESS after two rounds, else STEP_GO_ON (the caller
 * calls poll_again()).
 */
enum step_progress wait_decide(const struct run *run, const struct poll *poll,
                               struct wait_patience *patience,
                               struct wait_state state, bool can_reach,
                               uint64_t now_ms);

/** Pure: the grade of the newest views of the step. `out_seen` is false when
 *  some component was not readable. Words are added. */
struct grade wait_grade(const struct judge_input *input, const cJSON *object,
                        struct report *report, bool *out_seen);
/** The words of what one component should be: "application (/33629/0) Idle
 *  with Result 1". */
void wait_words(struct words *words, const struct look *look,
                const cJSON *object);
MUST_CHECK
enum status wait_check(const cJSON *object, const char *pointer,
                       struct reason *reason);

#endif
