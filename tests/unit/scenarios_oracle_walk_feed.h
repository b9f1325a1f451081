/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCENARIOS_ORACLE_WALK_FEED_H
#define TESTS_UNIT_SCENARIOS_ORACLE_WALK_FEED_H

/*
 * The tester's side of a walk: what the campaign would write into the journal
 * is fed to the oracle, and what the oracle finds is kept.
 */
#include "scenarios/oracle/oracle.h"
#include "tests/unit/scenarios_oracle_walk_device.h"

#define WALK_TRANSFERS_MAX 12
#define WALK_TEXT_SIZE     2000
#define WALK_FAILS_MAX     16
#define WALK_LINES_MAX     80
#define WALK_LINE_SIZE     160

/** What a Read showed: all components at one moment. */
struct walk_view {
    struct walk_face faces[WALK_COMPONENTS];
    unsigned links[WALK_COMPONENTS];
    uint16_t link_object;  /**< 33629 */
    unsigned dangling;     /**< bit: a link to an instance that is not */
    bool has_no_conflicts; /**< resource 17 is absent */
};

/** Target of a Read: an instance or all, and one resource or all. */
struct walk_target {
    int instance; /**< -1: the object */
    int resource; /**< -1: all */
};

/** A transfer under way, as the engine counts them. */
struct walk_transfer {
    int number; /**< 0: free */
    unsigned instance;
    uint64_t id; /**< of the newest block, or of the Write of the URI */
    bool is_last;
    bool is_pull;
    bool is_taken; /**< a pull: the Write was answered by a success */
};

struct walk_feed {
    struct oracle *oracle;
    uint64_t sequence;
    int next_transfer;
    struct walk_transfer transfers[WALK_TRANSFERS_MAX];
    size_t fail_count;
    size_t warning_count;
    char fails[WALK_FAILS_MAX][WALK_TEXT_SIZE]; /**< first: requirement */
    char lines[WALK_LINES_MAX][WALK_LINE_SIZE]; /**< the last events */
    size_t line_count;
};

MUST_CHECK
bool walk_feed_init(struct walk_feed *feed,
                    const struct definitions *definitions, bool is_strict,
                    bool persists);
void walk_feed_release(struct walk_feed *feed);
void walk_feed_print(const struct walk_feed *feed);

void walk_feed_stimulus(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                        const struct walk_stimulus *stimulus);
void walk_feed_read(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                    const struct walk_target *target, bool observes);
void walk_feed_answer(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                      uint8_t code);
/** A response 2.05, or a notification. */
void walk_feed_view(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                    const struct walk_target *target,
                    const struct walk_view *view, bool is_notification);
/** A block of the file of a pull is asked for: tells the oracle nothing. */
void walk_feed_fetch(struct walk_feed *feed, uint64_t now_ms,
                     unsigned instance);
/** Pulls to the instance that were taken end, as the engine sees it: the last
 *  block was given, or it waits no longer. */
void walk_feed_end_pulls(struct walk_feed *feed, uint64_t now_ms,
                         unsigned instance);
/** Transfers that are still open are given up. */
void walk_feed_end_transfers(struct walk_feed *feed, uint64_t now_ms);
/** SERVER_TIMEOUT, SERVER_SESSION_LOST, SERVER_REGISTER. */
void walk_feed_event(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                     enum server_event_kind kind);

#endif
