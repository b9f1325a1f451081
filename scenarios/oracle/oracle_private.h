/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ORACLE_ORACLE_PRIVATE_H
#define SCENARIOS_ORACLE_ORACLE_PRIVATE_H

#include "scenarios/oracle/model.h"

#define ORACLE_LAYERS_MAX   24  /**< stimuli that may not have had effect yet */
#define ORACLE_REQUESTS_MAX 512 /**< open requests that are remembered */
#define ORACLE_TRACE_MAX    12  /**< lines of the last consistent trace */
#define ORACLE_LINE_SIZE    120

/** One stimulus, and the set after it. */
struct layer {
    enum stimulus_kind kind;
    enum stimulus_answer answer;
    uint64_t request;      /**< 0: none */
    uint64_t settled_ms;   /**< from then on its effect is there */
    struct state_set seen; /**< what views left of `after` at the time */
    struct state_set after;
};

/** One component. `before` is the set before the oldest layer's stimulus. */
struct tracked {
    uint16_t instance;
    char name[32];
    bool is_known;
    struct state_set before;
    struct layer layers[ORACLE_LAYERS_MAX];
    size_t layer_count;
    struct model_options options;
    bool was_addressed; /**< since the last view */
    bool was_refused;   /**< the newest stimulus was refused */
    int last_state;     /**< of the newest view, -1 none */
    int last_result;
    uint64_t updating_since_ms; /**< 0: not */
    int stale_result;           /**< shown before the newest download */
    uint64_t download_ms;       /**< newest start of a download */
    char version[64];
    bool has_version;
    bool may_change_version;
    unsigned linked; /**< bit by index: Linked Instances as read last */
    bool has_linked;
    char trace[ORACLE_TRACE_MAX][ORACLE_LINE_SIZE];
    size_t trace_count;
};

/** A request whose answer is awaited. */
struct asked {
    uint64_t id;
    uint64_t sequence;
    uint64_t time_ms;
    uint8_t method;
    int accept;
    struct lwm2m_path path;
    bool is_observation; /**< stays for notifications */
};

struct oracle {
    struct oracle_config config;
    char *endpoint;
    struct tracked *components;
    struct asked asked[ORACLE_REQUESTS_MAX];
    size_t next_asked;
    finding_fn on_finding;
    void *user;
    uint64_t now_sequence; /**< of the event being fed */
    const char **tolerate;
};

/** Fill in evidence and hand the finding out. */
void oracle_report(struct oracle *oracle, enum finding_level level,
                   const char *requirement, const char *ambiguity,
                   const char *check, const char *subject, const char *expected,
                   const char *observed, const char *detail);
struct tracked *oracle_component(const struct oracle *oracle,
                                 unsigned instance);
/** Level of a deviation that a row tolerates. */
enum finding_level oracle_level(const struct oracle *oracle,
                                const char *ambiguity, bool fails_strict);

/* observation.c */
void oracle_observe(struct oracle *oracle, const struct asked *asked,
                    const struct journal_event *event, bool is_notification);
/* definition_checks.c */
void oracle_check_values(struct oracle *oracle,
                         const struct record_list *records);
void oracle_check_operation(struct oracle *oracle, const struct asked *asked,
                            uint8_t code);

/* track.c */
void track_restart(struct tracked *tracked);
void track_stimulus(struct oracle *oracle, struct tracked *tracked,
                    enum stimulus_kind kind, uint64_t request,
                    const char *words);
void track_answer(struct oracle *oracle, struct tracked *tracked,
                  uint64_t request, enum stimulus_answer answer,
                  uint64_t now_ms);
/** A view that was true at some time in [sent_ms, time_ms]. */
void track_view(struct oracle *oracle, struct tracked *tracked, int state,
                int result, uint64_t sent_ms, uint64_t time_ms);
/** Options changed: recompute the sets. */
void track_recompute(struct tracked *tracked);

#endif
