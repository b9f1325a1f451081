/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ORACLE_MODEL_H
#define SCENARIOS_ORACLE_MODEL_H

/*
 * Private to scenarios/oracle: the state machine of one component of /33629
 * as sets of states. Spec: afu.md 4.1 to 4.3 and section 9.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/oracle/oracle.h"

enum { STATE_IDLE, STATE_DOWNLOADING, STATE_DOWNLOADED, STATE_UPDATING };

/** What is there of a package. In Idle a part means a transfer that does not
 *  show Downloading, or a pull that waits. */
enum package_part {
    PART_NONE,
    PART_SOME,    /**< a push that is not over */
    PART_ALL,     /**< all that is sent; a pull may be complete at any time */
    PART_PENDING, /**< all, and another component's Update includes it */
    PART_COUNT
};

#define MODEL_STATES  4
#define MODEL_RESULTS 14
#define MODEL_SIZE    (MODEL_STATES * MODEL_RESULTS * PART_COUNT)

/**
 * How a state can have come about: legally, or by a deviation. A state has a
 * set of them, one bit each, as several ways may lead to it.
 */
enum tolerance {
    LEGAL,
    TOLERATED_A01,         /**< a write taken without effect */
    TOLERATED_A03,         /**< Cancel taken in Idle */
    TOLERATED_A04,         /**< reset ignored, or an update stopped by one */
    TOLERATED_A04_RESULT,  /**< reset ends with 10 */
    TOLERATED_A05,         /**< reset in Idle keeps the Result, or 6, 8 */
    TOLERATED_A05_IGNORED, /**< reset in Idle does not end a push */
    TOLERATED_A13,         /**< deferred by way of Updating */
    TOLERATED_A15,         /**< 5 in Downloaded */
    TOLERATED_A17,         /**< 10 after a reboot while Downloading */
    TOLERATED_A20,         /**< a pull that waits, beside an old Result */
    TOLERATED_A23,         /**< old Result in Idle during a push */
    TOLERATED_A33,         /**< Cancel of a queued download ignored */
    TOLERATED_AFU_045,     /**< a running download cleanly replaced */
    TOLERATED_AFU_051,     /**< Result 11 in Idle */
    TOLERATED_AFU_118,     /**< 5 for a bundle whose part is corrupt, on a
                              sibling of the receiver */
    TOLERATED_AFU_163,     /**< a package dropped over a reboot */
    BROKEN_A02,            /**< Update taken outside of Downloaded */
    BROKEN_A03,            /**< Cancel taken in Idle, but not as 10 */
    BROKEN_AFU_141,        /**< Cancel taken while or after installing */
    /* For T_STATE only: */
    PASSING_A23,          /**< old Result in Downloading */
    PASSING_AFU_051,      /**< Downloading with the error that ends it */
    PASSING_REFUSED,      /**< Downloading for a write that ends with an error
                              code and a Result */
    PASSING_AFU_054,      /**< Updating with the Result that ends it */
    PASSING_A24_FAILED,   /**< Result not final yet: a download ends, */
    PASSING_A24_UPDATED,  /**< an update ends, */
    PASSING_A24_CANCEL,   /**< Cancel, */
    PASSING_A24_RESET,    /**< reset, */
    PASSING_A24_TEN,      /**< reset, as older stacks do it */
    PASSING_A24_CONFLICT, /**< an Update ends with 13 at once, */
    PASSING_A24_START,    /**< an update starts */
    PASSING_LOAD,         /**< R is reset, the package of a sibling loads */
    TOLERANCES
};
_Static_assert(TOLERANCES <= 32, "a set of ways has 32 bits");
#define WHY(tolerance) (UINT32_C(1) << (tolerance))
#define WHY_PASSING    ((uint32_t)((UINT64_C(1) << TOLERANCES) - WHY(PASSING_A23)))

/** How a deviation is reported; FINDING_PASS: not at all. */
struct tolerance_row {
    const char *ambiguity;   /**< "A-04", or NULL */
    const char *requirement; /**< of the finding */
    enum finding_level interop;
    enum finding_level strict;
    /** What is passing, for the first T_STATE. */
    enum finding_level early_interop;
    enum finding_level early_strict;
};
const struct tolerance_row *tolerance_row(enum tolerance tolerance);

/** A set of states; each is absent (0) or the ways that lead to it. */
struct state_set {
    uint32_t members[MODEL_SIZE];
};

/** What was done to a component; the writes come first. */
enum stimulus_kind {
    STIMULUS_FIRST_BLOCK, /**< Package, block 0 with more to come */
    STIMULUS_NEXT_BLOCK,
    STIMULUS_LAST_BLOCK,
    STIMULUS_WHOLE, /**< Package in one message */
    STIMULUS_NULL,  /**< Package = one byte 0x00 */
    STIMULUS_ZERO,  /**< Package of zero length */
    STIMULUS_URI_EMPTY,
    STIMULUS_URI,
    STIMULUS_UPDATE,
    STIMULUS_JOIN, /**< Update of another component may include this one */
    STIMULUS_CANCEL,
    STIMULUS_REBOOT, /**< may have happened */
};

enum stimulus_answer { ANSWER_SUCCESS, ANSWER_REFUSED, ANSWER_OPEN };
#define ANSWERS 2 /**< that can come: success and refusal */

/** What can happen by itself, besides the rows that always can. */
struct model_options {
    bool may_load;     /**< a multi-component package may load this one */
    bool may_drop;     /**< the package is shared, a sibling left it (A-22) */
    bool may_queue;    /**< another component downloads (A-33) */
    bool was_updating; /**< Updating was seen */
    bool was_deferred; /**< Update Result 11 was seen */
    bool may_reboot;   /**< another component may be Updating (AFU-167) */
};

/* The transition table: afu_model.c. */

/** A trigger beside the stimuli: it happens by itself. */
#define MODEL_SELF (1u << 31)
/** Of `to` and `part`: as it was. Of `part`: what the stimulus has sent. */
#define MODEL_SAME (-1)
#define MODEL_SENT (-2)

enum model_move {
    MOVE_GO,   /**< to another state: what was passing has passed */
    MOVE_STAY, /**< in it; where that is legal, so does what is passing */
    MOVE_KEEP, /**< in it, but something else is there of a package */
};

/** What has to be so besides; fields of struct model_options. */
enum model_option {
    ALWAYS,
    MAY_LOAD,
    MAY_DROP,
    MAY_QUEUE,
    WAS_UPDATING,
    WAS_DEFERRED,
    MAY_REBOOT,
};

/**
 * One outcome: guards first, then what becomes of a state that they let
 * through. Guards are sets, one bit each; 0 lets all through.
 */
struct model_line {
    uint32_t by;      /**< enum stimulus_kind, or MODEL_SELF */
    uint8_t answers;  /**< enum stimulus_answer; by itself 0 */
    uint8_t from;     /**< States */
    uint16_t results; /**< Update Results */
    uint8_t parts;    /**< enum package_part */
    uint32_t ways;    /**< enum tolerance: only what came about so goes on */
    uint8_t option;   /**< enum model_option, one */
    uint8_t move;     /**< enum model_move */
    int8_t to;        /**< State, or MODEL_SAME */
    uint16_t codes;   /**< Update Results, each an outcome; 0: as it was */
    int8_t part;      /**< enum package_part, MODEL_SAME or MODEL_SENT */
    uint8_t way;      /**< enum tolerance of this outcome */
};

#define MODEL_LINES_MAX 15

/** A row of afu.md 4.3; the lines end where `from` is 0. */
struct model_row {
    struct oracle_row digest;
    struct model_line lines[MODEL_LINES_MAX + 1];
};
const struct model_row *model_rows(size_t *out_count);

#define MODEL_TRIGGERS (STIMULUS_REBOOT + 2) /**< the last one is itself */
#define MODEL_BRANCHES 64                    /**< of one State by one trigger */

/** Lines of the table. Those that also let through what came about legally
 *  stand first: it takes no others. */
struct model_branches {
    const struct model_line *lines[MODEL_BRANCHES];
    size_t legal_count;
    size_t count;
};

/** The table by trigger and State, so that each step looks at few lines. */
struct model {
    struct model_branches branches[MODEL_TRIGGERS][MODEL_STATES];
};
void model_init(struct model *model);

void state_set_clear(struct state_set *set);
bool state_set_is_empty(const struct state_set *set);
/**
 * Every legal pair, with any package. `parts` has bit p for each part that a
 * transfer or Update begun earlier may have left in Idle or Downloaded.
 */
void state_set_all(struct state_set *set, unsigned parts);
void state_set_union(struct state_set *set, const struct state_set *other);
/** Keep what shows the pair; -1 is unknown. */
void state_set_filter(struct state_set *set, int state, int result);
/** All ways that lead to some member. */
uint32_t state_set_why(const struct state_set *set);
/** Members that came about by `tolerance` count as legal from now on. */
void state_set_forgive(struct state_set *set, enum tolerance tolerance);
/** Members that are legal anyway are none that pass in these ways. */
void state_set_settle(struct state_set *set, uint32_t passing);
/** Bit p for each part p that a member in this state has. */
unsigned state_set_parts(const struct state_set *set, int state);
/** Add to one member. @return whether the set changed */
bool state_set_add(struct state_set *set, int state, int result, int part,
                   uint32_t why);

/** What `stimulus` makes of the set, before anything happens by itself. */
void model_apply(const struct model *model, const struct state_set *set,
                 enum stimulus_kind kind, enum stimulus_answer answer,
                 const struct model_options *options,
                 struct state_set *out_set);
/** The ways that a stimulus makes pass on its way: until it is settled. */
uint32_t model_passing(enum stimulus_kind kind);
/** Add what can happen by itself. */
void model_close(const struct model *model, struct state_set *set,
                 const struct model_options *options);
/**
 * Rows by which a stimulus, or what happens by itself, leads from some member
 * of the set to the pair; -1 is any. It may come about in other ways as well.
 *
 * @param by  1u << enum stimulus_kind, or MODEL_SELF
 * @return bit by index of the row
 */
uint64_t model_rows_to(const struct state_set *set, uint32_t by,
                       enum stimulus_answer answer,
                       const struct model_options *options, int state,
                       int result);
/** The ways of 4.1 in which the pair can be seen; 0: none, it is illegal. */
uint32_t model_pair(int state, int result);
/** "Downloaded". */
const char *model_state_name(int state);
/** Index arithmetic, for walking. */
static inline size_t model_index(int state, int result, int part)
{
    return (size_t)((state * MODEL_RESULTS + result) * PART_COUNT + part);
}

#endif
