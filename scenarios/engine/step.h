/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_STEP_H
#define SCENARIOS_ENGINE_STEP_H

/*
 * One vocabulary for scenarios, shell and explorer: a verb is one file in
 * scenarios/steps and one row of this type.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/engine/profile.h"
#include "scenarios/journal/journal.h"

#define STEP_PARAMETERS_MAX 20
#define BINDING_ROLE_SIZE   32 /**< bytes of a role's name, with NUL */

enum step_parameter_type {
    STEP_COMPONENT,  /**< "x", "y", "z", "main" or a profile name */
    STEP_COMPONENTS, /**< list of these, or "all" */
    STEP_PATH,       /**< "/33629/x/3", "/3/0" */
    STEP_PATHS,      /**< one path or a list */
    STEP_PACKAGE,    /**< "G", "DEP" … of the component it goes to */
    STEP_CODES,      /**< "2.04" or a list, or {"pass": [], "warn": [],
                          "A-02": []} */
    STEP_LIMIT_NAME, /**< a name of enum limit */
    STEP_TEXT,
    STEP_NUMBER,
    STEP_FLAG,
    STEP_STEPS,        /**< nested list of steps */
    STEP_ALTERNATIVES, /**< list of {"when": {}, …, "steps": [steps]}: the
                            nested steps are checked and counted like
                            STEP_STEPS, the rest by `check` */
    STEP_ANY, /**< object or list that the verb checks itself (`check`) */
};

struct step_parameter {
    const char *name; /**< the first one is named like the verb itself */
    enum step_parameter_type type;
    bool required;
    const char *help;
};

struct run; /* scenarios/engine/run.h */

enum step_progress {
    STEP_GO_ON,
    STEP_DONE,     /**< acted to the end; the judge has something to look at */
    STEP_AT_LIMIT, /**< the awaited did not come, the device still answers */
    STEP_SILENT,   /**< the device did not answer */
    STEP_HOPELESS, /**< the model can no longer reach the awaited */
    STEP_FAILED,   /**< our own failure; run_fail() said which */
};
/** "done", "limit", "silent", "hopeless", "failed": as in STEP_END. */
const char *step_progress_name(enum step_progress progress);

/**
 * What a judge may look at: events only, so that recheck can run it. `events`
 * holds the whole case so far; the step's own are [first, end).
 */
struct judge_input {
    const struct event_store *events;
    size_t first;
    size_t end;
    enum step_progress progress;
    bool is_preamble;         /**< what fails here is inconc */
    const cJSON *parameters;  /**< the step object of the scenario */
    const char *requirements; /**< "AFU-089,AFU-104" of "req", or "" */
    enum reading reading;
    const char *const *tolerate;
    const struct definitions *definitions;
    const struct journal_event *registration; /**< newest Register or Update
                                    with links, maybe before the case */
    const struct binding *binding;
};

/** Who is x, y, z in this case; and what the components are called. */
struct binding {
    struct {
        char role
            [BINDING_ROLE_SIZE]; /**< "x", "y", "z", "main", "server" (of /1), or a name of
                                           the profile */
        uint16_t instance;
    } entries[80];
    size_t count;
    uint16_t instances[64]; /**< every component instance, ascending */
    size_t instance_count;
};
/** @return false for an unknown role */
bool binding_instance(const struct binding *binding, const char *role,
                      uint16_t *out_instance);
/** Read "/33629/x/3": a role may stand for the instance. */
MUST_CHECK
enum status binding_path(const struct binding *binding, const char *text,
                         struct lwm2m_path *out_path, struct reason *reason);

/**
 * Act on one event.
 * @param event  NULL on the first call, then every journal event of this
 *               device (also deadlines set with run_deadline())
 */
typedef enum step_progress (*step_drive_fn)(struct run *run,
                                            const struct journal_event *event);
/** Pure. Hands out findings (FINDING_PASS for a check that held). */
typedef void (*step_judge_fn)(const struct judge_input *input,
                              finding_fn on_finding, void *user);
/** Check parameters of type STEP_ANY when a catalogue is read. `pointer` is
 *  where the step stands, for the reason. */
typedef enum status (*step_check_fn)(const cJSON *step, const char *pointer,
                                     struct reason *reason);

/**
 * Two parameters are allowed on every step and are in no row: "req", a list
 * of requirement ids, and "within", a name of enum limit.
 *
 * What a judge makes of `progress`: STEP_AT_LIMIT and STEP_HOPELESS fail
 * under "req" (inconc without one), STEP_SILENT is inconc. The judge says it
 * as a finding, so the engine adds none; STEP_FAILED is the engine's.
 */
struct step_type {
    const char *verb;
    const char *help; /**< one line */
    struct step_parameter parameters[STEP_PARAMETERS_MAX];
    enum limit limit;    /**< default of "within" */
    bool delivers;       /**< makes a case run once per mechanism, unless
                              the step says "by" which */
    size_t scratch_size; /**< zeroed memory for drive, run_scratch() */
    step_drive_fn drive; /**< containers call run_nest() from it */
    void (*release)(void *scratch); /**< what `scratch` owns, also after a
                                         step that was cut off; or NULL */
    step_judge_fn judge;            /**< NULL: nothing to judge */
    step_check_fn check;            /**< NULL: parameter types suffice */
};

/**
 * Check one step by itself: verb, parameters and their types.
 *
 * @param name  for the reason: where the step comes from
 * Errors: STATUS_MALFORMED: name, JSON pointer, what was found and the allowed
 *         words; STATUS_LIMIT.
 */
MUST_CHECK
enum status step_check(const struct step_type *const *steps, const char *name,
                       const cJSON *step, struct reason *reason);

/** The type of a step: its first member that is a verb; a later one may be a
 *  parameter of the same name ("cancel"). NULL: none. The table ends in NULL. */
const struct step_type *step_type_of(const struct step_type *const *table,
                                     const cJSON *step);

#endif
