/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ORACLE_ORACLE_PRIVATE_H
#define SCENARIOS_ORACLE_ORACLE_PRIVATE_H

#include "scenarios/oracle/model.h"

enum {
    OBJECT_AFU = 33629,
    OBJECT_DEVICE = 3,
    RESOURCE_PACKAGE = 0,
    RESOURCE_URI = 1,
    RESOURCE_UPDATE = 2,
    RESOURCE_STATE = 3,
    RESOURCE_REBOOT = 4, /* of /3 */
    RESOURCE_RESULT = 5,
    RESOURCE_CANCEL = 10,
    RESOURCE_NAME = 6,
    RESOURCE_PACKAGE_VERSION = 7,
    RESOURCE_CHANGE_TIME = 12,
    RESOURCE_DEFER_PERIOD = 13,
    RESOURCE_CURRENT_TIME = 13, /* of /3 */
    RESOURCE_VERSION = 15,
    RESOURCE_LINKED = 16,
    RESOURCE_CONFLICTING = 17,
    GET = 1,
    POST = 2,
    PUT = 3,
    FETCH = 5,
    IPATCH = 7,
    DELETE = 4,
};

#define ORACLE_LAYERS_MAX     128 /**< stimuli that may not have had effect yet */
#define ORACLE_REQUESTS_MAX   512 /**< requests that are awaited or observe */
#define ORACLE_HYPOTHESES_MAX 64  /**< who takes part in which Update */
#define ORACLE_TRACE_MAX      12  /**< lines of the last consistent trace */
#define ORACLE_LINE_SIZE      120

/** A view: it was true at some time in [sent_ms, time_ms]. -1 is unknown. */
struct sight {
    int state;
    int result;
    uint64_t sent_ms;
    uint64_t time_ms;
    int64_t sent_wall_ms;
    int64_t wall_ms;
    uint64_t asked;     /**< sequence of the request */
    uint64_t sequence;  /**< of the response */
    bool is_overlapped; /**< a newer Read was answered before this one */
};

/** What a stimulus made of a set, and of what: it is mostly asked again. */
struct outcome_memo {
    bool is_made;
    struct model_options options;
    struct state_set from;
    struct state_set seen;
    struct state_set made;
};

/** One stimulus, and the set after it. */
struct layer {
    enum stimulus_kind kind;
    enum stimulus_answer answer;
    uint64_t request;               /**< 0: none */
    uint64_t settled_ms;            /**< from then on its effect is there */
    struct state_set seen[ANSWERS]; /**< what views left, by the answer */
    struct outcome_memo memos[ANSWERS];
    struct state_set after;
};

/** What has come of the Update that a component takes part in. */
enum outcome { OUTCOME_NONE, OUTCOME_STARTED, OUTCOME_FAILED, OUTCOME_DONE };

/** What is known for the end of an update: ending.c. */
struct ending {
    char package_version[64]; /**< of the package in Downloaded, "" unknown */
    char old_version[256];    /**< Current Version in Downloaded, "" unknown */
    uint64_t done_ms;         /**< first view of (I,1) after it; 0: not */
    bool is_cut;              /**< a reboot came between */
    bool is_plain;       /**< no deferral was pending at the newest stimulus */
    bool is_updating;    /**< the newest view showed it, and no reboot since */
    bool is_reset;       /**< the newest stimulus is one that was taken */
    uint64_t stopped_ms; /**< a reset while Updating was taken, and Idle seen */
    uint64_t defer_request;      /**< Write of Maximum Defer Period, open */
    bool is_zero_asked;          /**< … of 0 */
    uint64_t forbidden_sequence; /**< 0 was written, by that answer; 0: not */
};

#define NOTIFIED_RESOURCES 9

/** The newest value of a Resource that an observer was told. */
struct notified {
    uint64_t told;        /**< its hash; 0: unknown */
    uint64_t observation; /**< id of the request */
    bool is_confirmable;  /**< it came as CON: such ones are not lost */
    uint64_t other;       /**< hash of another value that Reads show … */
    uint64_t since_ms;    /**< … and since when; 0: not */
};

/** One component. `before` is the set before the oldest layer's stimulus. */
struct tracked {
    uint16_t instance;
    char name[32];
    const struct model *model; /**< of the oracle */
    bool is_known;
    struct state_set before;
    struct state_set closed; /**< `before` when all was in it that happens by
                                  itself, */
    struct model_options closed_options; /**< … under these */
    struct state_set recent; /**< possible during the Reads under way */
    size_t layer_count;      /**< of `layers` */
    bool has_overflown;
    struct model_options options;
    uint64_t load_until_ms;    /**< of options.may_load */
    bool was_addressed;        /**< since the last view */
    enum stimulus_kind newest; /**< stimulus, of those that were told about */
    enum stimulus_kind taken;  /**< newest that was not refused … */
    enum stimulus_kind taken_before; /**< … and the one before it */
    int state_before;  /**< last_state when the newest stimulus was told … */
    int result_before; /**< … and last_result */
    uint64_t stimulus_sequence; /**< of the newest that addressed it */
    bool has_stimulus;          /**< whether there is one since the restart */
    bool was_refused;           /**< the newest stimulus was refused */
    bool has_result; /**< the newest stimuli are resets, and the view before
                        them showed a Result in Idle, as all since */
    const char *left_out; /**< requirement that an Update of another
                                     component breaks by including this one */
    struct sight last;    /**< newest view; state -1: none */
    int last_state;       /**< of any view, -1 none */
    int last_result;
    uint64_t last_change;       /**< sequence of the first view of last_state */
    uint64_t same_since_ms;     /**< first view of the last pair */
    uint64_t passing_since_ms;  /**< and first that may be passing; 0: none */
    enum tolerance needing;     /**< what is passing was needed by the views */
    uint64_t needing_since_ms;  /**< since then; 0: not */
    uint64_t updating_since_ms; /**< first view of Updating; 0: not */
    uint64_t may_reboot_until_ms; /**< it may have been Updating until then */
    int stale_result;             /**< shown before the newest download */
    uint64_t download_ms;         /**< newest start of a download */
    uint64_t traffic_ms;          /**< newest sign of a push; 0: no push */
    bool has_rebooted;            /**< since that sign */
    bool is_push_complete;
    bool has_uri;  /**< one was taken, and nothing ended it */
    bool may_pull; /**< Downloading may be a pull */
    char version[256];
    char stable_version[256]; /**< when State was last seen to be another than
                                    Updating */
    bool has_one_package; /**< it was in Downloaded then, and no other package
                               can have come since */
    bool has_version;
    bool may_change_version;
    uint64_t version_until_ms; /**< how long the old one may still be shown */
    enum outcome outcome;      /**< of the newest batch */
    int batch_result;          /**< Update Result before it, -1 unknown */
    char batch_version[256];   /**< Current Version before it, "" unknown */
    bool has_batch_version;    /**< another one was seen since */
    bool was_cut;    /**< a reboot after Updating was seen, and no more */
    bool is_batch;   /**< an Update since then had several participants */
    uint64_t linked; /**< bit by index: Linked Instances as read last */
    bool has_linked; /**< it is Downloaded, and nothing happened since */
    uint64_t linked_sequence; /**< of the request that read them */
    uint64_t linked_view;     /**< of the response */
    uint64_t shares; /**< bit by index: has a part of the same package */
    struct {
        bool is_known;
        int64_t time_s;
        int state;
        uint64_t first_ms; /**< first view of this value in this State */
        uint64_t sent_ms;  /**< newest Read that showed this State */
        int64_t sent_wall_ms;
    } change; /**< Last State Change Time */
    struct {
        uint64_t observation; /**< id of the request; 0: none */
        int64_t time_s;
        int state;
    } told; /**< … in the newest notification */
    struct ending ending;
    struct notified notified[NOTIFIED_RESOURCES];
    uint64_t last_notified; /**< sequence of the newest notification */
    bool has_sent;          /**< by a Send, since the restart */
    struct state_set since; /**< all that was possible since the newest Send */
    char trace[ORACLE_TRACE_MAX][ORACLE_LINE_SIZE];
    size_t trace_count;
    /* Last, as most are never used: a restart does not touch them. */
    struct layer layers[ORACLE_LAYERS_MAX];
};

/** A request whose answer is awaited. */
struct asked {
    uint64_t id; /**< 0: free */
    uint64_t sequence;
    uint64_t time_ms;
    int64_t wall_ms;
    uint8_t method;
    int accept;
    struct lwm2m_path path;
    bool is_observation; /**< stays for notifications */
    bool is_answered;
};

/** A package under way to one component. */
struct transfer {
    bool is_open;
    bool is_sent; /**< to the end, or as far as it goes */
    int number;
    uint64_t parts; /**< bit by index, without the receiver */
};

/** What a package that is under way must do: loading.c. */
struct loading {
    bool is_judged;
    bool is_foreign;    /**< it has no part for its receiver */
    bool is_written;    /**< a Write began it */
    uint64_t vacant;    /**< bit by index: has a part, and rested in Idle */
    uint64_t occupied;  /**< … rested in Downloaded */
    uint64_t loaded_ms; /**< first view of the receiver in Downloaded; 0 */
    char version[64];   /**< of the receiver's part, "" unknown */
};

/** An Update and those that take part in it, by the component addressed. */
struct batch {
    bool is_active;
    uint64_t request;
    uint64_t listed;   /**< bit by index: certain, the addressed one included */
    uint64_t open;     /**< … who may take part */
    uint64_t busy_ms;  /**< newest sign that some participant is not done */
    bool has_rebooted; /**< the device, perhaps, since it began */
    bool is_told;      /**< a finding about it as a whole */
    bool has_failed;   /**< the one addressed, and the State was looked at */
};

/**
 * One explanation of who takes part in which Update. All share one set of
 * states per component, as an Update elsewhere adds no more to a set than
 * PART_PENDING.
 */
struct hypothesis {
    uint8_t batch_of[ORACLE_COMPONENTS_MAX]; /**< index + 1 of the component
                                                  addressed; 0: none */
};

/** The last body of a path that came in blocks without an ETag. */
struct joined {
    struct lwm2m_path path;
    uint64_t hash; /**< of format and bytes; 0: unused */
};

#define ORACLE_JOINED_MAX 64

struct oracle {
    struct oracle_config config;
    char *endpoint;
    struct model model;
    struct tracked *components;
    struct asked asked[ORACLE_REQUESTS_MAX];
    struct transfer transfers[ORACLE_COMPONENTS_MAX + 1]; /**< by receiver */
    struct loading loading[ORACLE_COMPONENTS_MAX];        /**< by receiver */
    struct batch batches[ORACLE_COMPONENTS_MAX];
    struct hypothesis hypotheses[ORACLE_HYPOTHESES_MAX];
    size_t hypothesis_count; /**< 1 or more */
    bool has_overflown;
    bool has_attributes; /**< Write-Attributes may hold notifications back */
    bool has_period;     /**< Default Minimum Period was read: … */
    uint64_t period_ms;  /**< … the longest */
    bool has_clock;      /**< /3/0/13 was read and agrees with our clock */
    finding_fn on_finding;
    void *user;
    uint64_t now_sequence; /**< of the event being fed */
    uint64_t now_ms;
    uint64_t links_sequence; /**< event that may have changed links last */
    const char **tolerate;
    struct joined joined[ORACLE_JOINED_MAX]; /**< a ring */
    size_t next_joined;
};

/** Fill in evidence and hand the finding out. */
void oracle_report(struct oracle *oracle, enum finding_level level,
                   const char *requirement, const char *ambiguity,
                   const char *check, const char *subject, const char *expected,
                   const char *observed, const char *detail);
/** A table is full: what follows cannot be judged. */
void oracle_overflow(struct oracle *oracle, const char *subject,
                     const char *what);
struct tracked *oracle_component(const struct oracle *oracle,
                                 unsigned instance);
/** Position of an instance, ORACLE_COMPONENTS_MAX for none. */
size_t oracle_index(const struct oracle *oracle, unsigned instance);
/** The level that holds under the reading, or where the profile tolerates. */
enum finding_level oracle_level(const struct oracle *oracle,
                                const char *ambiguity,
                                enum finding_level interop,
                                enum finding_level strict);
/** When the oldest Read that shows the instance and waits for its answer was
 *  sent; UINT64_MAX: there is none. */
uint64_t oracle_reading_since(const struct oracle *oracle, uint16_t instance);

/* stimulus.c */
void stimulus_take_request(struct oracle *oracle,
                           const struct journal_event *event,
                           const struct lwm2m_path *path);
void stimulus_take_answer(struct oracle *oracle, uint64_t id,
                          enum stimulus_answer answer);
void stimulus_take_reboot(struct oracle *oracle, uint64_t request,
                          const char *words);

/* loading.c */
void loading_take(struct oracle *oracle, const struct journal_event *event);
/** After views: packages that the receiver is done with load no siblings. */
void loading_end_all(struct oracle *oracle);
void loading_stimulus(struct oracle *oracle, size_t index,
                      enum stimulus_kind kind);
void loading_reboot(struct oracle *oracle);
/** After track_view(). */
void loading_view(struct oracle *oracle, size_t index,
                  const struct sight *sight);

/* batch.c */
void batch_restart(struct oracle *oracle);
/**
 * An Update goes out.
 *
 * @param addressed  index of the component
 * @param listed     bit by index: others that the argument names and that are
 *                   in Downloaded for certain
 * @param open       bit by index: others that it may include
 */
void batch_begin(struct oracle *oracle, size_t addressed, uint64_t request,
                 uint64_t listed, uint64_t open);
void batch_answer(struct oracle *oracle, uint64_t request,
                  enum stimulus_answer answer);
/** What the component does from now on is its own. */
void batch_leave(struct oracle *oracle, size_t index);
void batch_reboot(struct oracle *oracle);
/** After version_after(); version NULL: not shown. */
void batch_view(struct oracle *oracle, size_t index, const struct sight *sight,
                const char *version);

/* observation.c */
void oracle_observe(struct oracle *oracle, const struct asked *asked,
                    const struct journal_event *event, bool is_notification);
/* definition_checks.c */
void oracle_check_values(struct oracle *oracle,
                         const struct record_list *records);
void oracle_check_operation(struct oracle *oracle, const struct asked *asked,
                            uint8_t code);
/* duration.c */
void duration_check(struct oracle *oracle, struct tracked *tracked,
                    const struct sight *sight);
void duration_check_change_time(struct oracle *oracle, struct tracked *tracked,
                                const struct sight *sight, int64_t time_s);
/** The same for a notification that shows both. */
void duration_check_notified(struct oracle *oracle, struct tracked *tracked,
                             uint64_t observation, int state, int64_t time_s);
/* version.c: around track_view(); version NULL: not shown */
void version_before(struct oracle *oracle, struct tracked *tracked,
                    const struct sight *sight, const char *version);
void version_after(const struct oracle *oracle, struct tracked *tracked,
                   const struct sight *sight, const char *version);

/* ending.c */
void ending_stimulus(struct tracked *tracked, enum stimulus_kind kind);
/** Maximum Defer Period is written. */
void ending_defer_written(struct tracked *tracked, uint64_t request,
                          const struct lwm2m_value *value);
/** @param kind  enum stimulus_kind of what was answered, -1 for none */
void ending_answer(const struct oracle *oracle, struct tracked *tracked,
                   uint64_t request, int kind, enum stimulus_answer answer);
void ending_reboot(struct tracked *tracked);
/** Before track_view(); version NULL: not shown. */
void ending_before(struct oracle *oracle, struct tracked *tracked,
                   const struct sight *sight, const char *version);

/* notified.c */
/** An observation is over; 0: all. */
void notified_forget(struct oracle *oracle, uint64_t observation);
void notified_take_period(struct oracle *oracle,
                          const struct record_list *records);
/** A notification, or after track_view() a Read. */
void notified_view(struct oracle *oracle, struct tracked *tracked,
                   const struct asked *asked, const struct record_list *records,
                   const struct sight *sight, bool is_confirmable);

/* track.c */
void track_restart(struct tracked *tracked);
void track_stimulus(struct oracle *oracle, struct tracked *tracked,
                    enum stimulus_kind kind, uint64_t request,
                    const char *words);
/** @return the kind of the stimulus that was answered, -1 for none */
int track_answer(struct oracle *oracle, struct tracked *tracked,
                 uint64_t request, enum stimulus_answer answer);
void track_view(struct oracle *oracle, struct tracked *tracked,
                const struct sight *sight);
/** Options changed: recompute the sets. */
void track_recompute(struct tracked *tracked);
/** All that is believed possible. */
void track_all(const struct tracked *tracked, struct state_set *out_set);
bool track_may_be(const struct tracked *tracked, int state);
/** Whether only the pair that was seen last is possible; of one that was not
 *  seen: whether nothing was done to it. */
bool track_is_quiet(const struct tracked *tracked);
/** Whether it was seen in that State, and can be nowhere else. */
bool track_is_resting(const struct tracked *tracked, int state);
/** A Send shows the pair, -1 for what it does not. @return false when that was
 *  never possible since the Send before */
bool track_send(struct tracked *tracked, int state, int result);
void track_line(struct tracked *tracked, uint64_t sequence, const char *words);

/* explain.c */
/** @param before   tracked->before as it was before the view
 *  @param allowed  all that was possible then */
void explain_broken(struct oracle *oracle, struct tracked *tracked,
                    const struct state_set *before,
                    const struct state_set *allowed, int state, int result);
void explain_pair(int state, int result, char *text, size_t size);

#endif
