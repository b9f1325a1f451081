/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_POLL_H
#define SCENARIOS_STEPS_POLL_H

/*
 * Private to scenarios/steps: reading components again and again until a
 * limit. First at once, then after 20 ms, doubling up to 1 s between the
 * response and the next Read. State and Result come from one atomic Read.
 */
#include "scenarios/engine/run.h"
#include "scenarios/steps/look.h"

#define POLL_FIRST_MS 20
#define POLL_LAST_MS  1000

struct poll_pair {
    bool known;
    int state;
    int result;
    uint64_t sent_ms; /**< when the Read that showed it was sent */
};

/** Zeroed before poll_start(). */
struct poll {
    struct component_set set;
    struct poll_pair pairs[ORACLE_COMPONENTS_MAX];
    size_t next; /**< of the set */
    enum limit limit;
    uint64_t id;
    uint64_t delay_ms;
    bool is_open;
    bool sent_unregistered;
    bool is_silent; /**< the newest Read got no answer */
    bool at_limit;  /**< the limit passed: this round is the last one … */
    bool is_early;  /**< … but its open Read was sent before: once more */
};

enum poll_progress {
    POLL_WAIT,
    POLL_ROUND,  /**< every component was read; look at the pairs */
    POLL_SILENT, /**< the device did not answer until the limit */
    POLL_FAILED, /**< our own failure; run_fail() was called */
};

/** Start the limit and the first round. An empty set makes rounds without
 *  Reads. */
enum poll_progress poll_start(struct run *run, struct poll *poll,
                              enum limit limit);
enum poll_progress poll_take(struct run *run, struct poll *poll,
                             const struct journal_event *event);
/** Another round later. */
enum poll_progress poll_again(struct run *run, struct poll *poll);
/** The pair of an instance of the set, NULL while it is unknown. */
const struct poll_pair *poll_pair_of(const struct poll *poll,
                                     uint16_t instance);
/**
 * Whether the pair may be the one from before the newest stimulus: it is the
 * same, nothing else was seen since, and T_STATE has not passed. Then it
 * proves nothing yet.
 */
bool poll_is_stale(const struct run *run, const struct poll *poll,
                   uint16_t instance);
/** "within" of the step, else its default. */
enum limit poll_limit(const struct run *run, enum limit otherwise);

#endif
