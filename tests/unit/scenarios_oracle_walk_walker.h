/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCENARIOS_ORACLE_WALK_WALKER_H
#define TESTS_UNIT_SCENARIOS_ORACLE_WALK_WALKER_H

/*
 * Tester and device with a network between them that delays, loses and
 * overlaps, in simulated time. Stimuli arrive in the order they were sent and
 * a Read may show any moment between its request and its response.
 */
#include "tests/unit/scenarios_oracle_walk_device.h"
#include "tests/unit/scenarios_oracle_walk_feed.h"

#define WALK_PENDING_MAX      64
#define WALK_OBSERVATIONS_MAX 3

enum walk_pending_kind {
    PENDING_ARRIVE, /**< a stimulus reaches the device */
    PENDING_SAMPLE, /**< a Read reaches the device */
    PENDING_ANSWER,
    PENDING_VIEW,
    PENDING_LOSS,
    PENDING_NOTIFY,
    PENDING_DOWN,
    PENDING_UP,
};

struct walk_pending {
    enum walk_pending_kind kind;
    uint64_t at_ms;
    uint64_t order;
    uint64_t id;
    struct walk_stimulus stimulus;
    struct walk_target target;
    bool observes;
    uint8_t code;
    struct walk_view view;
};

struct walk_observation {
    uint64_t id; /**< 0: none */
    struct walk_target target;
    struct walk_view last;
    uint64_t notified_ms; /**< when the newest notification arrives */
};

struct walk {
    struct walk_feed feed;
    struct walk_device device;
    struct walk_dice dice;
    uint64_t now_ms;
    uint64_t next_id;
    uint64_t next_order;
    uint64_t arrived_ms;  /**< of the newest stimulus */
    uint64_t answered_ms; /**< of the newest stimulus */
    bool is_calm;         /**< nothing is delayed or lost */
    bool is_pushing[WALK_COMPONENTS];
    struct walk_pending pending[WALK_PENDING_MAX];
    size_t pending_count;
    struct walk_observation observations[WALK_OBSERVATIONS_MAX];
};

MUST_CHECK
bool walk_init(struct walk *walk, const struct definitions *definitions,
               uint64_t seed, bool is_strict);
void walk_release(struct walk *walk);
/** One random stimulus, some Reads, and some time. */
void walk_step(struct walk *walk);
/** Let time pass. */
void walk_pass(struct walk *walk, uint64_t ms);
/** Let everything under way end, and be calm from then on. */
void walk_calm(struct walk *walk);
/** Send a stimulus. */
void walk_ask(struct walk *walk, const struct walk_stimulus *stimulus);
/** Read; `target` -1, -1 is the object. */
void walk_read(struct walk *walk, int instance, int resource, bool observes);
/** What the device shows now. */
void walk_view_now(const struct walk *walk, struct walk_view *out_view);

#endif
