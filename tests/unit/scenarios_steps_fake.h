/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCENARIOS_STEPS_FAKE_H
#define TESTS_UNIT_SCENARIOS_STEPS_FAKE_H

/*
 * A stand-in for the run of the engine: it implements run.h on an event store,
 * with a device that a test plays by hand. Components: application (0, main,
 * x), tee (1, y), modem (2, z).
 */
#include "scenarios/engine/run.h"

#define FAKE_FINDINGS_MAX 64
#define FAKE_NESTS_MAX    8

struct fake_finding {
    enum finding_level level;
    char requirement[64];
    char ambiguity[16];
    char expected[512];
    char observed[512];
};

struct run {
    cJSON *step;
    const struct step_type *type;
    void *scratch;
    struct binding binding;
    struct profile profile;
    struct definitions *definitions;
    struct event_store *store;
    size_t first;
    uint64_t sequence;
    uint64_t now_ms;
    uint64_t last_id;     /**< of the newest request */
    uint64_t forgotten;   /**< observation that run_forget() was given */
    uint64_t observation; /**< of the newest request that cancels */
    bool is_registered;
    const char *hook;         /**< the one that the profile has, or NULL */
    char stopped_hook[32];    /**< that run_hook_stop() was given */
    bool is_disowned;         /**< run_disown() said so */
    struct server_hook armed; /* by run_arm(), with this path */
    char armed_path[SERVER_HOOK_PATH_MAX];
    unsigned armed_count;
    enum server_malformed malformed;
    bool has_relay;
    bool is_about_files;       /* the newest cut or move */
    struct impairment network; /* by run_set_network() */
    unsigned network_of;       /* 1: of the server, 2: of files */
    bool is_cut;
    unsigned moved;
    bool is_calm; /* run_calm() was called */
    bool can_reach;
    bool failed; /**< run_fail() was called */
    enum status transfer_status;
    unsigned transfers;
    bool is_transfer_paused[8];           /**< by instance */
    struct delivery_shift transfer_shift; /**< of the newest resume */
    enum limit deadline;
    uint64_t wake_ms; /**< 0: nothing to wake for */
    char transfer_package[16];
    struct {
        const cJSON *steps;
        char role[16];
        uint16_t instance;
    } nests[FAKE_NESTS_MAX];
    size_t nest_count;
    enum reading reading;
    const char *const *tolerate;
    bool is_preamble;
    const struct journal_event *registration;
    struct fake_finding findings[FAKE_FINDINGS_MAX];
    size_t finding_count;
};

/** A run without a step. */
struct run *fake_new(void);
void fake_free(struct run *run);
/** Make `json` the step and call drive for the first time. */
enum step_progress fake_start(struct run *run, const char *json);
/** Append an event and give it to drive. */
enum step_progress fake_event(struct run *run, struct journal_event event);
/** Append an event; drive is not called. */
void fake_append(struct run *run, struct journal_event event);
/** Append an event of the engine; takes the JSON text. */
void fake_append_data(struct run *run, enum journal_kind kind,
                      const char *json);
/** The newest request is answered with a bare code. */
enum step_progress fake_answer(struct run *run, uint8_t code);
enum step_progress fake_answer_bytes(struct run *run, uint8_t code, int format,
                                     const void *bytes, size_t length);
/** The newest request got no answer: SERVER_TIMEOUT, SERVER_SESSION_LOST. */
enum step_progress fake_lose(struct run *run, enum server_event_kind kind);
enum step_progress fake_timer(struct run *run);
enum step_progress fake_deadline(struct run *run, const char *limit);

/** One instance as it is read. Absent: version NULL, others as said. */
struct fake_view {
    uint16_t instance;
    int state;
    int result;
    const char *version;
    const char *pkgname;    /**< NULL: absent */
    const char *pkgversion; /**< NULL: absent */
    int linked;             /**< instance, or -1: empty */
    int conflicting;        /**< instance, or -1: empty */
};
/** A view with nothing special. */
struct fake_view fake_view_of(uint16_t instance, int state, int result);
/** The newest request is answered with this view. */
enum step_progress fake_show(struct run *run, struct fake_view view);
/** A view read before the step, with its own request. */
void fake_seen(struct run *run, struct fake_view view);
/** A request and its answer before the step. */
void fake_exchange(struct run *run, uint8_t method, const char *path,
                   uint8_t code);

/** Judge the step with this progress; findings are collected. */
void fake_judge(struct run *run, enum step_progress progress);
/** Number of findings of the level. */
size_t fake_count(const struct run *run, enum finding_level level);
/** The request sent last: its event. */
const struct journal_event *fake_last_request(const struct run *run);
/** Whether the last request has this method and path. */
bool fake_sent(const struct run *run, uint8_t method, const char *path);

#endif
