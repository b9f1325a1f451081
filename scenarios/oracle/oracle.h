/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ORACLE_ORACLE_H
#define SCENARIOS_ORACLE_ORACLE_H

/*
 * Judges what a device showed, from journal events alone: definition checks,
 * and per component the set of model states that could explain everything
 * seen so far. It never talks to the device and has no clock: time comes from
 * the events. Spec: afu.md sections 4 and 9, rows ST-01 on.
 */
#include "scenarios/journal/journal.h"

#define ORACLE_COMPONENTS_MAX 64

struct oracle_component {
    uint16_t instance;
    const char *name; /**< of the profile, "application"; for messages */
};

/** State after an update that failed with Update Result 8: ICS-FAILST. */
enum oracle_failed {
    ORACLE_FAILED_EITHER,
    ORACLE_FAILED_IDLE,
    ORACLE_FAILED_DOWNLOADED,
};

struct oracle_config {
    const struct definitions *definitions;
    const char *endpoint;
    const struct oracle_component *components;
    size_t component_count;
    uint16_t main_instance;
    enum reading reading;
    const char *const *tolerate; /**< "A-12" …, NULL-terminated, or NULL */
    uint64_t state_ms;           /**< T_STATE */
    uint64_t abort_ms;           /**< T_ABORT */
    uint64_t update_ms;          /**< T_UPD + T_BOOT */
    uint64_t boot_ms;            /**< T_BOOT */
    uint64_t clock_ms;           /**< T_CLK */
    bool persist;                /**< ICS-PERSIST */
    bool transactional;          /**< ICS-TRANS */
    enum oracle_failed failed;   /**< as declared */
    bool single_instance;        /**< one component only (A-26, A-27) */
};

struct oracle;

/** Copies the configuration, borrows the definitions. */
MUST_CHECK
enum status oracle_new(const struct oracle_config *config,
                       struct oracle **out_oracle, struct reason *reason);
void oracle_free(struct oracle *oracle);

/**
 * Forget what is believed (each component may be in any state); the next
 * atomic Reads pin it down. At JOURNAL_CASE_BEGIN the runner does this, so
 * that one case's finding does not follow into the next.
 */
void oracle_restart(struct oracle *oracle);

/** Take one event; findings are handed out before it returns. */
void oracle_feed(struct oracle *oracle, const struct journal_event *event,
                 finding_fn on_finding, void *user);

/** What is believed about one component. */
struct oracle_belief {
    bool known;       /**< an atomic view was seen since the restart */
    unsigned states;  /**< bit S for each State still possible */
    unsigned results; /**< bit R for each Update Result still possible */
    bool may_change;  /**< a spontaneous transition can still happen */
};
/** @return false for an instance that is not a component */
bool oracle_belief(const struct oracle *oracle, uint16_t instance,
                   struct oracle_belief *out_belief);
/**
 * Whether some explanation of what was seen still reaches one of the wanted
 * pairs without another stimulus. Used by `await`: false ends the waiting.
 */
bool oracle_can_reach(const struct oracle *oracle, uint16_t instance,
                      unsigned states, unsigned results);

/** A row of the transition table that the oracle follows: afu.md 4.3. */
struct oracle_row {
    const char *id;          /**< "ST-32" */
    const char *requirement; /**< "AFU-081,AFU-082,AFU-084" */
    const char *text;        /**< State and trigger */
};
/** @return NULL after the last */
const struct oracle_row *oracle_row(size_t index);

#endif
