/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_CAMPAIGN_H
#define SCENARIOS_ENGINE_CAMPAIGN_H

/*
 * A campaign: selection, plan, cases, journal; against one device, or against
 * many at the same time, each with its own plan and verdicts.
 */
#include "scenarios/engine/personality.h"
#include "scenarios/engine/profile.h"
#include "scenarios/engine/run.h"
#include "scenarios/engine/test_case.h"

#define CAMPAIGN_PROFILES_MAX     64
#define CAMPAIGN_DEVICES_MAX      SERVER_DEVICES_MAX
#define CAMPAIGN_PARALLEL_DEFAULT 64
#define CAMPAIGN_PARALLEL_MAX     256

/** Where a campaign listens, and for whom it waits. Texts are borrowed. */
struct campaign_waiting {
    const char *scheme;   /**< "coap" or "coaps", both by UDP */
    const char *address;  /**< as it was bound: "127.0.0.1", "::1", "0.0.0.0" */
    uint16_t port;        /**< the one that was found, when any was wanted */
    uint16_t second_port; /**< of a second LwM2M server; 0: there is none */
    enum repository_protocol pull_by; /**< how packages are fetched … */
    uint16_t repository_port; /**< … and where, 0: at a free port that is opened
                                   with the first file */
    const char *endpoint;     /**< who is awaited; NULL: the first device that
                                   registers, or one of several */
    size_t devices;           /**< that are awaited, and have not registered */
    bool is_started; /**< a program of ours is, or starts, the device */
    bool is_untold; /**< … and has no {port} in its arguments, although the port
                         is a free one that it cannot know */
    uint64_t left_ms;      /**< until it is given up */
    uint64_t datagrams;    /**< that arrived so far */
    const char *last_peer; /**< of the last one; "": none */
    const char *last_what; /**< what it was */
};
typedef void (*campaign_waiting_fn)(const struct campaign_waiting *waiting,
                                    void *user);

struct campaign_config {
    const struct profile *const *profiles; /**< of the devices under test */
    size_t profile_count;    /**< 1 or more; each may stand for several */
    const char *only_device; /**< of several devices this one alone, by its
                                  endpoint; NULL: all */
    unsigned parallel;       /**< devices that are tested at the same time, the
                            others wait; 0: CAMPAIGN_PARALLEL_DEFAULT */
    const struct catalogue *catalogue;
    const struct step_type *const *steps; /**< NULL-terminated table */
    const struct definitions *definitions;
    const char *const *patterns;    /**< ids, groups, globs; NULL-terminated;
                                      empty: all */
    const char *const *device_argv; /**< program to start, or NULL: then the
                                         profile's hook "start", or none.
                                         {port}, {address} and {second-port}
                                         are replaced */
    const char *bind_address;       /**< NULL: 127.0.0.1 */
    uint16_t port;                  /**< 0: any free port */
    /** Of files to fetch, by protocol; 0: any free port. */
    uint16_t repository_ports[REPOSITORY_PROTOCOLS];
    bool has_second_server; /**< there is one also when no profile says
                                         "second-server" … */
    uint16_t second_port;   /**< … there; 0: any free port */
    bool has_pull_by;       /**< else each profile says it */
    enum repository_protocol pull_by;
    enum personality personality; /**< what is done besides */
    bool only_looks;    /**< look at the device and run no case: probe.h */
    const char *output; /**< result directory, created with the folders above
                             it; taken away again when nothing could start */
    uint64_t seed;
    bool shuffles;                       /**< cases in an order by the seed */
    const struct impairment *impairment; /**< of the network; or NULL */
    enum reading reading;
    bool fail_on_warning;
    bool fail_fast;       /**< a device is done after its first fail or error */
    uint64_t register_ms; /**< how long to wait for the first registration */
    const char *program;  /**< as it was called, for the journal */
    const char *const *argv;        /**< command line, for the journal */
    const char *const *argv_device; /**< what stood behind its "--", or NULL */
    const char *version;
    journal_event_fn on_event; /**< progress; may be NULL */
    void (*on_message)(const struct server_event *event, void *user);
    /**< -v: every CoAP message; may be NULL */
    campaign_waiting_fn on_listening; /**< once, before the first event; may be
                                           NULL */
    campaign_waiting_fn on_waiting;   /**< each second while nobody has
                                         registered; may be NULL */
    void *user;
};

/** One line of the plan. */
struct plan_entry {
    const struct test_case *test_case;
    enum mechanism mechanism;
    char instance[96]; /**< "AFU-DEP-001@push" */
    bool runs;
    char reason[256]; /**< why not: "needs LINE-OF-applies: what is with it" */
    char open[160];   /**< of one that runs: what only a look at the device can
                           tell, "push, cancel"; "": nothing */
};
struct plan;
/** Which cases match the patterns (before the ICS is known). Without a profile
 *  (NULL, for `assay list`) each case is one entry that runs, without a
 *  mechanism. `config` may lack profiles. No result directory is written.
 *  Errors: STATUS_NOT_FOUND for a pattern that matches nothing, named, with
 *  the nearest id suggested. */
MUST_CHECK
enum status plan_new(const struct campaign_config *config,
                     const struct profile *profile, struct plan **out_plan,
                     struct reason *reason);
void plan_free(struct plan *plan);
size_t plan_count(const struct plan *plan);
const struct plan_entry *plan_at(const struct plan *plan, size_t index);

/**
 * Why a case runs or not, before the device was looked at: its lines, each with
 * a state (holds, fails, unknown) and why; who is x, y and z; its instances.
 *
 * @param config    its pattern is the one case, maybe with a mechanism
 * @param out_json  caller frees
 * Errors: those of plan_new().
 */
MUST_CHECK
enum status plan_explain(const struct campaign_config *config,
                         const struct profile *profile,
                         const struct test_case *test_case, cJSON **out_json,
                         struct reason *reason);

/**
 * Whether the devices of the profiles can be tested together.
 *
 * Errors: STATUS_INVALID: two with one name or PSK identity, one without a
 *         name, coap and coaps, different certificates of the server, too
 *         many; STATUS_NOT_FOUND for an unknown `only_device`.
 */
MUST_CHECK
enum status campaign_check(const struct campaign_config *config,
                           struct reason *reason);

/** Whether Assay starts the one device of the profile, so that hooks such as
 *  "restart" can be done. */
bool campaign_starts_device(const struct campaign_config *config,
                            const struct profile *profile);

/** By which protocol a device of the profile pulls where a case names none. */
enum repository_protocol campaign_pull_by(const struct campaign_config *config,
                                          const struct profile *profile);

/** Something worth knowing that is no error. */
typedef void (*remark_fn)(const char *text, void *user);
/** Say which names in a profile are near misses of what cases ask for. A
 *  campaign says it itself, as notes with "remark" in the journal. */
void campaign_remarks(const struct campaign_config *config,
                      const struct profile *profile, remark_fn on_remark,
                      void *user);

/**
 * Run it. Writes events.ndjson, campaign.json and a trace.pcap per case below
 * `output`, with several devices in a folder for each; reports are the
 * caller's.
 *
 * A device that never registers: its cases are inconc with a diagnosis
 * (address listened on, datagrams seen and from where, what the last one was,
 * the output of the started device). If none did, STATUS_TIMEOUT.
 *
 * Errors: STATUS_NOT_FOUND (patterns, program), STATUS_NETWORK (port in use,
 *         disk), STATUS_INVALID, those of campaign_check(). Verdicts are no
 *         errors.
 */
MUST_CHECK
enum status campaign_run(const struct campaign_config *config,
                         struct reason *reason);

#endif
