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
enum package_part { PART_NONE, PART_SOME, PART_ALL, PART_COUNT };

#define MODEL_STATES  4
#define MODEL_RESULTS 14
#define MODEL_SIZE    (MODEL_STATES * MODEL_RESULTS * PART_COUNT)

/** Why a state is only tolerated; row 0: it is not, it is legal. */
enum tolerance {
    LEGAL,
    TOLERATED_A01,
    TOLERATED_A03,
    TOLERATED_A04,
    TOLERATED_A05,
    TOLERATED_A15,
    TOLERATED_A17,
    TOLERATED_A23,
    TOLERATED_AFU_045, /**< a running download cleanly replaced */
    TOLERATED_AFU_051, /**< Result 11 in Idle */
    TOLERATED_AFU_054, /**< the final code shortly before State leaves 3 */
    TOLERATED_AFU_095, /**< a package dropped over a reboot */
    TOLERATED_AFU_165, /**< (I,0) or (L,0) after a cut update */
    TOLERANCES
};

/** How a tolerance is reported. */
struct tolerance_row {
    const char *ambiguity;   /**< "A-04", or NULL */
    const char *requirement; /**< of the warning */
    bool fails_strict;       /**< afu.md section 9: strict is a FAIL */
};
const struct tolerance_row *tolerance_row(enum tolerance tolerance);

/** A set of states; each is absent (0) or 1 + its tolerance. */
struct state_set {
    uint8_t members[MODEL_SIZE];
};

/** What was done to a component. */
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
    STIMULUS_CANCEL,
    STIMULUS_REBOOT, /**< may have happened */
};

enum stimulus_answer { ANSWER_OPEN, ANSWER_SUCCESS, ANSWER_REFUSED };

/** What can happen by itself, besides the rows that always can. */
struct model_options {
    bool may_start; /**< another component's Update may include this one */
    bool may_load;  /**< a multi-component package may load this one */
    bool persist;   /**< ICS-PERSIST */
};

void state_set_clear(struct state_set *set);
bool state_set_is_empty(const struct state_set *set);
/** Every legal pair, with any package. */
void state_set_all(struct state_set *set);
void state_set_union(struct state_set *set, const struct state_set *other);
/** Keep what shows the pair; -1 is unknown. */
void state_set_filter(struct state_set *set, int state, int result);
/** What `stimulus` makes of the set; both answers while it is open. */
void model_apply(const struct state_set *set, enum stimulus_kind kind,
                 enum stimulus_answer answer,
                 const struct model_options *options,
                 struct state_set *out_set);
/** Add what can happen by itself. */
void model_close(struct state_set *set, const struct model_options *options);
/** 4.1: 0 illegal, 1 legal, 2 tolerated. */
int model_pair(int state, int result);
/** "Downloaded (2)". */
const char *model_state_name(int state);
/** Index arithmetic, for walking. */
static inline size_t model_index(int state, int result, int part)
{
    return (size_t)((state * MODEL_RESULTS + result) * PART_COUNT + part);
}

#endif
