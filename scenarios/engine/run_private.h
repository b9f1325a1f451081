/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_RUN_PRIVATE_H
#define SCENARIOS_ENGINE_RUN_PRIVATE_H

/* Private to scenarios/engine: one case on one device while it runs. */
#include "scenarios/engine/campaign.h"
#include "scenarios/engine/ics.h"
#include "scenarios/engine/latency.h"
#include "scenarios/engine/names.h"
#include "scenarios/engine/negotiation.h"
#include "scenarios/engine/run.h"
#include "scenarios/engine/trace.h"

#define RUN_FRAMES_MAX     48 /**< nested lists of steps */
#define RUN_PENDING_MAX    64 /**< requests that wait for the registration */
#define RUN_TRANSFERS_MAX  8
#define RUN_PUSH_SZX       6  /**< 1024 bytes */
#define RUN_NEGOTIATED_MAX 32 /**< open requests of negotiable format */
#define RUN_INSTANCES_MAX  64
#define RUN_WATCHED_MAX    32 /**< Resources that a personality observes */
#define RUN_WHY_SIZE       256
#define RUN_ADDRESS_MAX    64 /**< "[::1]:40123" */

/** What runs now; each is a list of steps. */
enum run_phase {
    RUN_PREAMBLE,
    RUN_BODY,
    RUN_FINAL,
    RUN_POSTAMBLE,
    RUN_OVER,
};

/** A list of steps being gone through. */
struct run_frame {
    const cJSON *next; /**< the step to do next, NULL: the end */
    unsigned index;    /**< of `next` */
    char pointer[96];  /**< of the list: "/steps/3/do" */
    bool has_binding;  /**< a role is bound while the list is done */
    bool is_bound;     /**< … and it is now */
    char role[BINDING_ROLE_SIZE];
    uint16_t role_instance;
};

/** A request that waits until the device is registered, or until fewer are
 *  in flight. */
struct run_pending {
    uint64_t local;  /**< id that the step got */
    uint64_t server; /**< id of the server, once sent */
    bool is_waiting;
    bool is_throttled; /**< while it waits: for others to be answered */
    struct server_request request;
    uint8_t *payload;
    char *query;
};

/** An open request that goes out again when its format is refused. */
struct run_negotiated {
    uint64_t id;       /**< what the step knows; 0: unused */
    uint64_t current;  /**< of the request that is in flight */
    size_t step_first; /**< of the step it belongs to */
    struct negotiation_attempt attempt;
    unsigned readings;    /**< how often it was read again */
    bool has_joined;      /**< an answer in blocks without an ETag came … */
    uint64_t joined_hash; /**< … and what the last one was */
    struct server_request request;
    uint8_t *payload;
    char *query;
};

/** A package that devices fetch; offered until the case is over. */
struct run_file {
    uint64_t id; /**< server_publish() */
    struct package package;
    struct package other; /**< that a fault switches to; size 0: none */
    struct run_file *next;
};

struct transfer_driver;

/** A message of a push that is not the one that should come. */
struct run_fault {
    enum push_deed deed;
    struct server_block block;
    uint64_t request;
    uint8_t code; /**< 0: no answer */
};

#define RUN_FAULTS_MAX 64 /**< that are told of one transfer */

#define RUN_LATE_MAX 4 /**< that are told of one transfer */

/** A block that was neither answered nor acknowledged in time. */
struct run_late {
    uint32_t number;
    uint64_t ms; /**< until the answer came, or the ACK */
    bool is_acknowledged;
};

/** What a personality does before a package, in this order. */
enum run_prelude {
    PRELUDE_NONE, /**< not begun */
    PRELUDE_FIRMWARE,
    PRELUDE_STATE,
    PRELUDE_RESULT,
    PRELUDE_PKGVERSION,
    PRELUDE_READ,
    PRELUDE_CANCEL,
    PRELUDE_OVER, /**< the package is on its way */
};

/** A package on its way. */
struct run_transfer {
    unsigned number; /**< 0: unused */
    const struct transfer_driver *driver;
    uint16_t instance;
    bool pauses; /**< at `pause` */
    struct repository_fault pause;
    bool was_paused;
    bool is_paused;
    uint64_t request; /**< in flight: a block, or the Write of the URI */
    unsigned blocks;
    uint64_t begin_ms;
    uint64_t timer;       /**< 0: none */
    uint64_t limit_timer; /**< 0: none */
    enum run_prelude prelude;
    uint64_t prelude_request; /**< in flight, 0: none */
    bool prelude_is_idle;     /**< the component was, when it was read */
    /* push */
    struct package package;
    struct delivery_blocks wish;
    struct push push;
    bool by_blocks;
    unsigned block_max;     /**< the personality's, bytes; 0: none */
    uint64_t first_request; /**< of the first block */
    struct run_fault faults[RUN_FAULTS_MAX];
    size_t fault_count;
    struct latency latency; /**< of the blocks that were answered */
    struct run_late late[RUN_LATE_MAX];
    size_t late_count;  /**< of all; the first ones are kept */
    bool was_disturbed; /**< a message passed late, or not, on purpose */
    bool is_probing;    /**< `request` asks whether the device is still there */
    /* pull */
    char uri[SERVER_URI_MAX + 1];
    struct run_file *file; /**< one of the run's; NULL: a URI of elsewhere */
    uint64_t poll;         /**< Read in flight, 0: none */
    uint64_t quiet_ms;     /**< without a request: look */
    uint64_t heard_ms;     /**< of the last request, 0: none came */
    uint64_t taken_ms;     /**< when the URI was taken */
    uint8_t code;          /**< of the Write of the URI, or of the newest
                                block */
    bool was_fetched;      /**< some block was asked for */
    bool was_given;        /**< the last block was given */
    bool was_downloading;  /**< State was seen so */
};

struct campaign;
struct lane;

/** Of a note: for how many milliseconds Assay itself did not run. */
#define RUN_PAUSED_KEY "paused-ms"

struct run {
    struct lane *lane;                 /**< the device */
    struct campaign *campaign;         /**< `lane->campaign` */
    const struct test_case *test_case; /**< NULL: looking at the device */
    enum mechanism mechanism;
    char instance[96];
    struct binding binding;
    struct event_store *events;
    size_t driven; /**< events given to steps so far */
    bool is_pumping;
    enum run_phase phase;
    struct run_frame frames[RUN_FRAMES_MAX];
    size_t frame_count;
    const struct step_type *type; /**< the current step; NULL: none */
    const cJSON *step;
    char pointer[112];
    void *scratch;
    size_t step_first;
    struct reason failure;
    uint64_t deadlines[LIMIT_COUNT]; /**< timer ids, 0: none */
    bool has_passed[LIMIT_COUNT];    /**< … while the device slept */
    uint64_t wake;
    struct run_pending pending[RUN_PENDING_MAX];
    uint64_t next_local;
    struct run_negotiated negotiated[RUN_NEGOTIATED_MAX];
    uint64_t boot_timer; /**< how long pending requests wait */
    struct run_transfer transfers[RUN_TRANSFERS_MAX];
    struct run_file *files; /**< newest first */
    size_t package_size;    /**< of the largest one that was delivered */
    unsigned next_transfer;
    struct {
        struct lwm2m_path path;
        uint64_t id;            /**< of the request */
    } watched[RUN_WATCHED_MAX]; /**< observed by a personality */
    size_t watched_count;
    enum verdict verdict;
    bool has_baseline;      /**< the preamble reached the initial condition */
    char why[RUN_WHY_SIZE]; /**< of a verdict that is not pass */
    uint64_t begin_ms;
    uint64_t hooks[SERVER_HOOKS_MAX]; /**< armed by steps */
    size_t hook_count;
    bool has_network;            /**< a step set another one */
    bool is_cut;                 /**< a step cut the device off … */
    bool is_file_cut;            /**< … from the repository */
    bool is_lost;                /**< the device does not answer any more */
    bool is_session;             /**< its steps come one by one: console.h */
    enum step_progress progress; /**< of the last step of a session */
    char failure_text[1024];     /**< … and why it failed, or "" */
};

/* run.c: called by runner.c and campaign_*.c. */

/** Take one event that was stored: drive transfers and the current step. */
void run_pump(struct run *run);
/** Timer of the server: true when it belongs to the run. */
bool run_take_timer(struct run *run, uint64_t id);
/** Ids of requests that waited: what the step knows. */
uint64_t run_local_id(const struct run *run, uint64_t server_id);
/** Forget the requests that wait for the registration. */
void run_forget_pending(struct run *run);
/** The device registered: send what waits. */
void run_flush_pending(struct run *run);
/** Fewer requests are in flight: send what waited for that. */
void run_flush_throttled(struct run *run);
/** The event may have ended a request that had waited: forget it. */
void run_close_pending(struct run *run, const struct server_event *event);
/** The device that slept is back: limits that passed meanwhile begin anew. */
void run_resume_limits(struct run *run);
/** A limit as it is used: the download's grows with the package, unless the
 *  profile gives it (T_DL of ICS-TMR). */
uint64_t run_limit_ms(const struct run *run, enum limit limit);
/** Stop timers of the current step. */
void run_stop_timers(struct run *run);
/** The current step is over, or given up. */
void run_release_step(struct run *run);
void run_release(struct run *run);

/* formats.c */
/** Send again what was refused for its format.
 *  @return false when the step need not hear of the event; else `out_event`
 *          is the event as the step knows it */
bool formats_take(struct run *run, const struct journal_event *event,
                  struct journal_event *out_event);
void formats_release(struct run *run);
/** What a registration says of formats. */
void formats_register(struct lane *lane,
                      const struct server_registration_view *view);

/* transfer.c */
void transfer_take(struct run *run, const struct journal_event *event);
/** Give up all transfers, or those that are not paused. */
void transfers_abandon(struct run *run, bool also_paused);
/** Timer of the server: true when it belongs to a transfer. */
bool transfer_take_timer(struct run *run, uint64_t id);
/** All end without a word; no file is offered any more. */
void transfer_release(struct run *run);

/* runner.c */
/** Begin: everything else happens by events. `test_case` may be NULL. */
void runner_begin(struct run *run);
/** The current step's drive said this. */
void runner_step_ended(struct run *run, enum step_progress progress);
/** Merge a finding of whoever found it, and journal it. */
void runner_finding(struct run *run, const struct finding *finding,
                    bool is_step);
/** Judge the current step, which ended so, by the events of the case. */
void runner_judge_step(struct run *run, enum step_progress progress);
/** Of the step table, or one of the engine's own; NULL: no known verb. */
const struct step_type *runner_step_type(const struct run *run,
                                         const cJSON *step);
/** Give the case up: postamble, then over. Of a session only the step. */
void runner_abort(struct run *run, enum verdict verdict, const char *why);
/** Begin a session: nothing happens until a step is given. */
void runner_begin_session(struct run *run);
/** Do a list of one step, number `index` of the session; it stays the
 *  caller's until the next one. */
void runner_do_step(struct run *run, const cJSON *steps, unsigned index);
/** Abandon the step of a session, with what it has on its way. */
void runner_cancel_step(struct run *run, const char *why);

/* builtin_steps.c */
extern const struct step_type step_builtin_idle;
extern const struct step_type step_builtin_snapshot;
extern const struct step_type step_builtin_detect;
/* core_detect.c */
extern const struct step_type step_builtin_detect_core;
const struct step_type *builtin_step(const char *verb);

/* common_checks.c */
void common_checks(struct run *run);

/* ics_checks.c: what a case saw that the profile says something of. */
void ics_checks_view(struct lane *lane, const struct view *view);
/** A package was sent, by its name in scenarios.md 0.4. */
void ics_checks_package(struct lane *lane, const char *name);
/** A component was updated, without /3/0/4.
 *  @param registered  and the device registered again */
void ics_checks_update(struct lane *lane, bool registered);

/* lane*.c, campaign*.c */

/** A program of the profile that runs. */
struct campaign_hook {
    uint64_t id;       /**< of the process; 0: unused */
    const char *name;  /**< the profile's */
    struct lane *lane; /**< whose case waits for it */
};

/** What was started as the device under test, or as several of them. */
struct campaign_program {
    const struct profile *profile; /**< of its devices; of the first one, when
                                        it is the program of all */
    uint64_t id;                   /**< of the process; 0: none was started */
    bool has_ended;
    int exit_status;   /**< once ended: exit status, or -1 … */
    int signal;        /**< … for a signal */
    char output[4096]; /**< the last of it */
    size_t output_length;
    bool end_was_noted;       /**< that it ended by itself */
    bool is_quoted;           /**< its output stands in a diagnosis */
    uint64_t register_timer;  /**< how long its devices may take to register */
    struct lane *restarting;  /**< whose hook killed it: it is started again */
    const char *restart_name; /**< the profile's name of that hook */
};

/** Where a lane is on its way. */
enum lane_stage {
    LANE_AWAITED, /**< the device has not registered yet */
    LANE_READY,   /**< it has, and waits for its turn */
    LANE_AT_WORK, /**< it is looked at, then its cases run */
    LANE_OVER,    /**< nothing is left to do */
};

/**
 * One device under test: what is known of it, its plan, and the case that
 * runs on it. A lane knows nothing of the other lanes.
 */
struct lane {
    struct campaign *campaign;
    const struct profile *profile;
    unsigned number;    /**< 1 …, of the profile's devices: "{n}" */
    const char *folder; /**< its part of the result directory; NULL: all of
                             it, for the only device */
    enum lane_stage stage;
    struct lane *next_ready; /**< who has its turn after this one */
    struct oracle *oracle;
    struct ics ics;
    struct ics_seen ics_seen;
    struct negotiation negotiation; /**< what its formats are */
    uint8_t push_szx; /**< what a push begins with: 6, or what worked when
                           nothing had asked for less */
    struct plan *plan;
    size_t next_entry;
    struct run *run;                /**< NULL unless at work */
    bool is_running;                /**< `run` is in use */
    cJSON *own_lists[RUN_OVER + 1]; /**< the engine's own steps, parsed */
    char *endpoint; /**< of the device under test; NULL: not yet known, which
                         only the one device of a campaign can be */
    char *second;   /**< what it is called at the second LwM2M server; NULL:
                         not yet known */
    char *wanted;   /**< endpoint by the profile; NULL: any device */
    char address[RUN_ADDRESS_MAX];       /**< where it registered from */
    char fetch_address[RUN_ADDRESS_MAX]; /**< where it fetched from last */
    bool is_registered;
    bool has_slept;                   /**< that it does was told */
    bool is_asleep;                   /**< in queue mode: requests wait */
    struct event_store *registration; /**< newest event with links, at 0 */
    char versions[RUN_INSTANCES_MAX][PACKAGE_VERSION_MAX];
    /** The same when the case began: packages "again" are built on these. */
    char first_versions[RUN_INSTANCES_MAX][PACKAGE_VERSION_MAX];
    bool keeps_result[RUN_INSTANCES_MAX]; /**< a reset in Idle did not clear
                                 it: no need to wait for that again */
    bool has_failed;                      /**< some case: fail or error */
    struct trace *case_trace;
    struct campaign_program *program; /**< borrowed; its id may be 0 */
    bool is_unreachable;              /**< later cases need not wait long */
    uint64_t heard_ms;  /**< when the device last sent something */
    uint64_t answer_ms; /**< how long it took to answer the last request that
                             went out once; 0: none yet */
    char lost_why[128]; /**< how the last request ended without an answer */
    char refusal[512];  /**< why the last registration was refused */
    bool never_registered;
    struct reason failure; /**< our own, in the case that runs */
};

struct console;

/** What all lanes share. */
struct campaign {
    struct console *console; /**< says what is done; NULL: the plan does */
    const struct campaign_config *config;
    struct server *server;
    struct journal *journal;
    struct lane *lanes;
    size_t lane_count;
    bool is_many;               /**< the plan is for several devices */
    size_t over_count;          /**< lanes that are over */
    struct name_table names;    /**< of lanes by endpoint */
    char (*folders)[SLUG_SIZE]; /**< of lanes; NULL for one */
    struct lane *work[CAMPAIGN_PARALLEL_MAX]; /**< lanes at work */
    size_t work_count;
    struct lane *ready_first; /**< lanes that wait for their turn */
    struct lane *ready_last;
    size_t throttled; /**< requests that wait: too many are in flight */
    struct trace *other_trace;         /**< what belongs to no case */
    struct campaign_program *programs; /**< at least one, maybe not started */
    size_t program_count;
    struct campaign_hook hooks[SERVER_PROCESSES_MAX];
    char *folder; /**< for what the started device keeps; NULL: not made */
    uint64_t kill_timer;
    uint64_t wait_timer; /**< while nobody has registered; 0: it is over */
    uint64_t begin_ms;   /**< when the devices' time to register began */
    bool has_output;     /**< the result directory is ours … */
    bool has_made_it;    /**< … and was not there before */
    char stranger[128];  /**< that registered under another name */
    bool is_interrupted;
    bool is_ending;
    struct reason failure; /**< our own: disk full, no memory */
    finding_fn on_finding; /**< instead of the journal: recheck; or NULL */
    void *user;            /**< of on_finding */
};

/** Journal a finding of the case that runs. @return false: the disk refuses */
bool lane_finding(struct lane *lane, const struct finding *finding);
/** Journal an engine event of the device, and of its case if one runs; takes
 *  `data` over. */
void lane_record(struct lane *lane, enum journal_kind kind, cJSON *data);
/** The run is over: write the verdict, go on with the next. */
void lane_run_over(struct lane *lane);
/** Start a hook; JOURNAL_HOOK_END comes. */
MUST_CHECK
enum status campaign_start_hook(struct lane *lane,
                                const struct profile_hook *hook,
                                struct reason *reason);
/** Kill the program of a hook that takes too long; its end comes. */
void campaign_stop_hook(struct lane *lane, const char *name);

#endif
