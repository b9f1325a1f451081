/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_PROBE_H
#define SCENARIOS_ENGINE_PROBE_H

/*
 * A first profile from a connected device: the look that every campaign
 * begins with, and what it found as a profile with comments.
 */
#include <stdio.h>

#include "scenarios/engine/campaign.h"

/** One instance of /33629. Texts are as the device gave them. */
struct probe_component {
    uint16_t instance;
    char name[32];   /**< a name that a profile takes, unique in it */
    bool is_main;    /**< instance 0; without one, whose version /3/0/3 shows */
    char *label;     /**< resource 14, NULL: not there */
    char *version;   /**< resource 15, NULL: not there */
    long long state; /**< resource 3, -1: not there */
    long long result; /**< resource 5, -1: not there */
};

/** What was found. */
struct probe {
    char *endpoint;
    struct probe_component *components; /**< ascending instances */
    size_t component_count;
    char *firmware; /**< /3/0/3, NULL: not there */
    cJSON *ics;     /**< data of JOURNAL_ICS */
};

/**
 * Wait for a device as a campaign does, look at it, and end.
 *
 * @param config  its `only_looks` is set here and its patterns are not used;
 *                `on_event` hears every line of the journal
 * Errors: those of campaign_run(), STATUS_TIMEOUT when nothing registered (the
 *         diagnosis is a note in the journal) or the device does not answer;
 *         STATUS_INVALID after an interrupt.
 */
MUST_CHECK
enum status probe_run(const struct campaign_config *config,
                      struct probe **out_probe, struct reason *reason);
/** Accepts NULL. */
void probe_free(struct probe *probe);

/**
 * Write it as a profile that profile_parse() takes: what was found, what was
 * detected as comments, and commented places for what only people know.
 * Whatever the device gave is written in ASCII.
 *
 * @param config    the one it was looked at with: catalogue, profile, program
 * @param security  the profile's member "security", or NULL
 */
void probe_write(const struct probe *probe,
                 const struct campaign_config *config, const cJSON *security,
                 FILE *stream);
/** The same for programs; caller frees. NULL: no memory. */
cJSON *probe_json(const struct probe *probe);

#endif
