/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCENARIOS_ORACLE_WALK_DEVICE_H
#define TESTS_UNIT_SCENARIOS_ORACLE_WALK_DEVICE_H

/*
 * A legal device in memory, written from afu.md 4.1 to 4.3, 5, 7 and 9 alone:
 * it shares no line with the oracle or with tests/device, so that one may be
 * held against the other. Where the digest leaves a choice the dice choose;
 * what only the interop reading tolerates is never chosen under strict.
 *
 * What it does and what it shows are apart: a face may follow up to T_STATE
 * after the response, and pass through the half-way pairs that 4.1, 4.2 and
 * A-24 name.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WALK_COMPONENTS  4
#define WALK_CHANGES_MAX 24
#define WALK_STATE_MS    5000  /**< T_STATE */
#define WALK_UPDATE_MS   90000 /**< T_UPD + T_BOOT */
#define WALK_NEVER       UINT64_MAX

enum walk_state { WALK_IDLE, WALK_DOWNLOADING, WALK_DOWNLOADED, WALK_UPDATING };

struct walk_dice {
    uint64_t seed;
};
/** 0 … sides-1. */
uint32_t walk_roll(struct walk_dice *dice, uint32_t sides);

enum walk_kind {
    WALK_WHOLE, /**< Package in one message */
    WALK_FIRST, /**< Package, block 0 with more to come */
    WALK_NEXT,
    WALK_LAST,
    WALK_NULL, /**< Package 0x00 */
    WALK_ZERO, /**< Package of zero length */
    WALK_URI_EMPTY,
    WALK_URI,
    WALK_UPDATE,
    WALK_CANCEL,
    WALK_REBOOT,
    WALK_KINDS
};

enum walk_form { WALK_NO_ARGUMENT, WALK_ALONE, WALK_LIST };

struct walk_stimulus {
    enum walk_kind kind;
    unsigned instance;
    enum walk_form form; /**< of an Update */
    unsigned list;       /**< of an Update: bit per other instance */
    unsigned parts;      /**< of a package: bit per component */
};

/** What a Read shows of one component. */
struct walk_face {
    int state;
    int result;
    unsigned version;
    unsigned culprits; /**< Conflicting Instances */
};

struct walk_change {
    uint64_t at_ms;
    struct walk_face face;
};

enum walk_work {
    WORK_NONE,
    WORK_PUSH,
    WORK_PULL,
    WORK_DEFERRED, /**< Downloaded; may start by itself */
    WORK_WAITING,  /**< Downloaded; its turn in a batch comes later */
    WORK_UPDATE,
};

struct walk_component {
    struct walk_face real;
    struct walk_face face;
    struct walk_change changes[WALK_CHANGES_MAX];
    size_t change_count;
    enum walk_work work;
    uint64_t due_ms;       /**< of the work's end, WALK_NEVER: none */
    bool is_hidden;        /**< a push that shows State Idle (A-08) */
    bool is_queued;        /**< a pull that waits for another */
    struct walk_face told; /**< what the tester was shown last */
    unsigned parts;
    unsigned batch; /**< others that an Update on it includes */
};

struct walk_device {
    struct walk_dice dice;
    bool is_strict;
    bool cooperates;   /**< takes the plain way at each choice, at once */
    bool persists;     /**< ICS-PERSIST as declared */
    bool forgets;      /**< … but drops packages over a reboot */
    bool shows_push;   /**< State 1 during a push */
    bool keeps_result; /**< A-23: R reset at the end of a push */
    bool is_push_only; /**< resource 9 = 1 */
    bool has_links;    /**< implicit batches: 0 with 1, 2 with 3 */
    bool links_early;  /**< A-12 */
    bool is_transient; /**< State and Result change one after the other */
    bool is_down;      /**< rebooting */
    bool wants_reboot; /**< an update needs one */
    uint64_t now_ms;
    struct walk_component components[WALK_COMPONENTS];
};

void walk_device_init(struct walk_device *device, uint64_t seed,
                      bool is_strict);
/** Let time pass: transfers, updates and deferrals end, faces follow. */
void walk_device_advance(struct walk_device *device, uint64_t now_ms);
/** When something happens next by itself, WALK_NEVER. */
uint64_t walk_device_due(const struct walk_device *device);
/**
 * Take one stimulus now.
 *
 * @param by_ms  the effect is shown by then
 * @return the response code
 */
uint8_t walk_device_take(struct walk_device *device,
                         const struct walk_stimulus *stimulus, uint64_t by_ms);
/** The device starts anew, now. */
void walk_device_boot(struct walk_device *device);
/** Linked Instances as shown now: bit per instance. */
unsigned walk_device_links(const struct walk_device *device, unsigned instance);
/** Show what is real at once. */
void walk_device_settle(struct walk_device *device, unsigned instance);

#endif
