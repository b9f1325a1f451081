/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_CAMPAIGN_H
#define SCENARIOS_ENGINE_CAMPAIGN_H

/*
 * A campaign: selection, plan, cases, journal. One campaign against one
 * device; several devices come later.
 */
#include "scenarios/engine/profile.h"
#include "scenarios/engine/run.h"
#include "scenarios/engine/test_case.h"

struct campaign_config {
    const struct profile *profile;
    const struct catalogue *catalogue;
    const struct step_type *const *steps; /**< NULL-terminated table */
    const struct definitions *definitions;
    const char *const *patterns;    /**< ids, groups, globs; NULL-terminated;
                                      empty: all */
    const char *const *device_argv; /**< program to start, or NULL: then the
                                         profile's hook "start", or none.
                                         {port} and {address} are replaced */
    const char *bind_address;       /**< NULL: 127.0.0.1 */
    uint16_t port;                  /**< 0: any free port */
    uint16_t repository_port;       /**< of files to fetch; 0: any free port */
    bool only_looks;    /**< look at the device and run no case: probe.h */
    const char *output; /**< result directory, created */
    uint64_t seed;
    enum reading reading;
    bool fail_on_warning;
    uint64_t register_ms;    /**< how long to wait for the first registration */
    const char *program;     /**< as it was called, for the journal */
    const char *const *argv; /**< command line, for the journal */
    const char *const *argv_device; /**< what stood behind its "--", or NULL */
    const char *version;
    journal_event_fn on_event; /**< progress; may be NULL */
    void (*on_message)(const struct server_event *event, void *user);
    /**< -v: every CoAP message; may be NULL */
    void *user;
};

/** One line of the plan. */
struct plan_entry {
    const struct test_case *test_case;
    enum mechanism mechanism;
    char instance[96]; /**< "AFU-DEP-001@push" */
    bool runs;
    char reason[256]; /**< why not: the line of `applies` that failed */
};
struct plan;
/** Which cases match the patterns (before the ICS is known). Without a profile
 *  (NULL, for `assay list`) each case is one entry that runs, without a
 *  mechanism. No result directory is written.
 *  Errors: STATUS_NOT_FOUND for a pattern that matches nothing, named, with
 *  the nearest id suggested. */
MUST_CHECK
enum status plan_new(const struct campaign_config *config,
                     struct plan **out_plan, struct reason *reason);
void plan_free(struct plan *plan);
size_t plan_count(const struct plan *plan);
const struct plan_entry *plan_at(const struct plan *plan, size_t index);

/**
 * Run it. Writes events.ndjson, campaign.json and a trace.pcap per case below
 * `output`; reports are the caller's.
 *
 * Never registered: every case is inconc with a diagnosis (address listened
 * on, datagrams seen and from where, what the last one was, the output of the
 * started device), which is also put into `reason` with STATUS_TIMEOUT.
 *
 * Errors: STATUS_NOT_FOUND (patterns, program), STATUS_NETWORK (port in use,
 *         disk), STATUS_INVALID. Verdicts are no errors.
 */
MUST_CHECK
enum status campaign_run(const struct campaign_config *config,
                         struct reason *reason);

#endif
