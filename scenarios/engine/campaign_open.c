/* SPDX-License-Identifier: Apache-2.0 */

/* The beginning and the end of a campaign: who is tested, and what listens and
 * writes meanwhile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/console.h"
#include "scenarios/engine/results.h"

/** One device that the configuration names. */
struct candidate {
    const struct profile *profile;
    unsigned number;
    char *name;     /**< NULL: any */
    char *identity; /**< PSK, or NULL */
};

struct candidates {
    struct candidate *rows;
    size_t count;
    struct name_table names; /**< of the rows, by `name` */
    struct name_table identities;
};

static void candidates_release(struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        free(candidates->rows[i].name);
        free(candidates->rows[i].identity);
    }
    free(candidates->rows);
    name_table_release(&candidates->names);
    name_table_release(&candidates->identities);
}

/** A name or identity of its own. */
static enum status add_name(struct candidates *candidates,
                            struct name_table *table, const char *what,
                            const char *name, size_t index,
                            struct reason *reason)
{
    const struct candidate *rows = candidates->rows;
    size_t other = 0;

    if (name == NULL || name_table_add(table, name, index, &other)) {
        return STATUS_OK;
    }
    return reason_set(reason, STATUS_INVALID,
                      "'%.60s' and '%.60s' have the same %s '%.60s': each "
                      "device needs its own",
                      rows[other].profile->name, rows[index].profile->name,
                      what, name);
}

static enum status add_candidate(struct candidates *candidates,
                                 const struct profile *profile, unsigned number,
                                 struct reason *reason)
{
    size_t index = candidates->count++;
    struct candidate *row = &candidates->rows[index];
    const char *identity = profile->credentials.identity;

    *row = (struct candidate){ .profile = profile, .number = number };
    if (profile->endpoint != NULL) {
        row->name = name_numbered(profile->endpoint, number);
    }
    if (identity != NULL) {
        row->identity = name_numbered(identity, number);
    }
    if ((profile->endpoint != NULL && row->name == NULL) ||
        (identity != NULL && row->identity == NULL)) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = add_name(candidates, &candidates->names, "endpoint",
                                  row->name, index, reason);
    return status == STATUS_OK
               ? add_name(candidates, &candidates->identities, "PSK identity",
                          row->identity, index, reason)
               : status;
}

/** One repository: an identity has one key, and there is one CA. */
static enum status check_repository(const struct campaign_config *config,
                                    size_t index, struct reason *reason)
{
    const struct profile *profile = config->profiles[index];
    const struct credentials *row = &profile->repository;

    for (size_t i = 0; i < index; i++) {
        const struct credentials *other = &config->profiles[i]->repository;
        bool is_same_identity = row->identity != NULL &&
                                other->identity != NULL &&
                                strcmp(row->identity, other->identity) == 0;
        if (is_same_identity &&
            (row->key_length != other->key_length ||
             memcmp(row->key, other->key, row->key_length) != 0)) {
            return reason_set(reason, STATUS_INVALID,
                              "'%.60s' and '%.60s' have different keys for the "
                              "identity in /repository/psk",
                              config->profiles[i]->name, profile->name);
        }
        if (row->ca_file != NULL && other->ca_file != NULL &&
            strcmp(row->ca_file, other->ca_file) != 0) {
            return reason_set(reason, STATUS_INVALID,
                              "'%.60s' and '%.60s' have different "
                              "certificates in /repository/ca: they need a "
                              "campaign each",
                              config->profiles[i]->name, profile->name);
        }
    }
    return STATUS_OK;
}

static bool is_same_file(const char *one, const char *other)
{
    return (one == NULL && other == NULL) ||
           (one != NULL && other != NULL && strcmp(one, other) == 0);
}

/** One server speaks to all: of one kind, with one certificate. */
static enum status check_security(const struct campaign_config *config,
                                  struct reason *reason)
{
    const struct credentials *first = &config->profiles[0]->credentials;

    for (size_t i = 1; i < config->profile_count; i++) {
        const struct credentials *other = &config->profiles[i]->credentials;
        if (other->mode != first->mode) {
            return reason_set(reason, STATUS_INVALID,
                              "'%.60s' and '%.60s' differ in /security/mode: "
                              "they need a campaign each",
                              config->profiles[0]->name,
                              config->profiles[i]->name);
        }
        if (!is_same_file(first->certificate_file, other->certificate_file) ||
            !is_same_file(first->key_file, other->key_file) ||
            !is_same_file(first->ca_file, other->ca_file)) {
            return reason_set(reason, STATUS_INVALID,
                              "'%.60s' and '%.60s' have different "
                              "certificates for the server: they need a "
                              "campaign each",
                              config->profiles[0]->name,
                              config->profiles[i]->name);
        }
    }
    return STATUS_OK;
}

static enum status check_profiles(const struct campaign_config *config,
                                  size_t *out_count, struct reason *reason)
{
    size_t count = 0;

    for (size_t i = 0; i < config->profile_count; i++) {
        count += config->profiles[i]->devices;
        if (config->profile_count > 1 &&
            config->profiles[i]->endpoint == NULL) {
            return reason_set(reason, STATUS_INVALID,
                              "'%.60s' has no /endpoint: among several devices "
                              "each needs its name",
                              config->profiles[i]->name);
        }
    }
    if (count > CAMPAIGN_DEVICES_MAX) {
        return reason_set(reason, STATUS_INVALID,
                          "%zu devices; %d at most can be tested together",
                          count, CAMPAIGN_DEVICES_MAX);
    }
    *out_count = count;
    for (size_t i = 1; i < config->profile_count; i++) {
        enum status status = check_repository(config, i, reason);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return check_security(config, reason);
}

/** Of several devices one alone, if that is wanted. */
static enum status choose(struct candidates *candidates, const char *only,
                          struct reason *reason)
{
    size_t index = 0;

    if (only == NULL) {
        return STATUS_OK;
    }
    if (!name_table_find(&candidates->names, only, &index)) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "no profile has a device '%.120s'", only);
    }
    struct candidate kept = candidates->rows[index];
    candidates->rows[index] = candidates->rows[0];
    candidates->rows[0] = kept;
    while (candidates->count > 1) {
        candidates->count--;
        free(candidates->rows[candidates->count].name);
        free(candidates->rows[candidates->count].identity);
    }
    return STATUS_OK;
}

static enum status find_candidates(const struct campaign_config *config,
                                   struct candidates *candidates,
                                   struct reason *reason)
{
    size_t count = 0;
    enum status status = check_profiles(config, &count, reason);

    if (status == STATUS_OK) {
        candidates->rows = calloc(count + 1, sizeof(*candidates->rows));
        status = candidates->rows != NULL
                     ? name_table_init(&candidates->names, count, reason)
                     : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (status == STATUS_OK) {
        status = name_table_init(&candidates->identities, count, reason);
    }
    for (size_t i = 0; status == STATUS_OK && i < config->profile_count; i++) {
        const struct profile *profile = config->profiles[i];
        for (unsigned n = 1; status == STATUS_OK && n <= profile->devices;
             n++) {
            status = add_candidate(candidates, profile, n, reason);
        }
    }
    return status == STATUS_OK ? choose(candidates, config->only_device, reason)
                               : status;
}

enum status campaign_check(const struct campaign_config *config,
                           struct reason *reason)
{
    struct candidates candidates = { .count = 0 };
    enum status status = find_candidates(config, &candidates, reason);

    candidates_release(&candidates);
    return status;
}

/** One program for all, or one for each profile that starts one. */
static enum status open_programs(struct campaign *campaign,
                                 struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    size_t count = config->device_argv != NULL ? 1 : config->profile_count;

    campaign->programs = calloc(count, sizeof(*campaign->programs));
    if (campaign->programs == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    campaign->program_count = count;
    for (size_t i = 0; i < count; i++) {
        campaign->programs[i].profile = config->profiles[i];
    }
    return STATUS_OK;
}

static struct campaign_program *program_of(const struct campaign *campaign,
                                           const struct profile *profile)
{
    for (size_t i = 0; i < campaign->program_count; i++) {
        if (campaign->programs[i].profile == profile) {
            return &campaign->programs[i];
        }
    }
    return &campaign->programs[0]; /* the one for all */
}

/** Several devices: each has its name from the start, and a folder. */
static enum status name_lanes(struct campaign *campaign, struct reason *reason)
{
    size_t count = campaign->lane_count;
    const char **names = calloc(count, sizeof(*names));

    campaign->folders = calloc(count, sizeof(*campaign->folders));
    enum status status =
        names != NULL && campaign->folders != NULL
            ? name_table_init(&campaign->names, count, reason)
            : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        struct lane *lane = &campaign->lanes[i];
        lane->endpoint = strdup(lane->wanted);
        if (lane->endpoint == NULL) {
            status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
            break;
        }
        names[i] = lane->endpoint;
        lane->folder = campaign->folders[i];
        (void)name_table_add(&campaign->names, lane->endpoint, i,
                             NULL); /* they differ */
    }
    if (status == STATUS_OK) {
        status = slugs_assign(names, count, campaign->folders, reason);
    }
    free(names);
    return status;
}

static enum status open_lane(struct campaign *campaign,
                             const struct candidate *row, struct reason *reason)
{
    struct lane *lane = &campaign->lanes[campaign->lane_count++];
    enum status status =
        lane_init(lane, campaign, row->profile, row->number, reason);

    lane->program = program_of(campaign, row->profile);
    if (status == STATUS_OK && row->name != NULL) {
        lane->wanted = strdup(row->name);
        status = lane->wanted != NULL
                     ? STATUS_OK
                     : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    return status;
}

/** A lane for each device; for a console one, and room for those to come. */
static enum status open_lanes(struct campaign *campaign,
                              const struct candidates *candidates,
                              struct reason *reason)
{
    bool has_console = campaign->console != NULL;
    size_t count = has_console ? 1 : candidates->count;
    enum status status = open_programs(campaign, reason);

    campaign->lanes = calloc(has_console ? CONSOLE_DEVICES_MAX : count,
                             sizeof(*campaign->lanes));
    if (campaign->lanes == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        status = open_lane(campaign, &candidates->rows[i], reason);
    }
    if (has_console && candidates->count > 1) { /* any of them may be first */
        free(campaign->lanes[0].wanted);
        campaign->lanes[0].wanted = NULL;
    }
    campaign->is_many = campaign->lane_count > 1;
    return status == STATUS_OK && campaign->is_many
               ? name_lanes(campaign, reason)
               : status;
}

/** Whether a device that is tested has a second LwM2M server. */
static bool has_second(const struct campaign *campaign)
{
    bool has = campaign->config->has_second_server;

    for (size_t i = 0; !has && i < campaign->lane_count; i++) {
        has = ics_holds(&campaign->lanes[i].ics, "second-server");
    }
    return has;
}

/** What the repository shows and asks for, from all profiles.
 *  @param psks  room for one of each */
static void collect_file_security(const struct campaign_config *config,
                                  struct server_psk *psks,
                                  struct server_security *out_security)
{
    *out_security = (struct server_security){ .psks = psks };
    for (size_t i = 0; i < config->profile_count; i++) {
        const struct credentials *row = &config->profiles[i]->repository;
        bool is_known = row->identity == NULL;
        for (size_t j = 0; !is_known && j < i; j++) {
            const char *other = config->profiles[j]->repository.identity;
            is_known = other != NULL && strcmp(other, row->identity) == 0;
        }
        if (!is_known) {
            psks[out_security->psk_count++] = (struct server_psk){
                .identity = (const uint8_t *)row->identity,
                .identity_length = strlen(row->identity),
                .key = row->key,
                .key_length = row->key_length,
            };
        }
        if (row->ca_file != NULL) {
            out_security->ca_file = row->ca_file;
            out_security->key_file = row->key_file;
        }
    }
}

static enum status open_server(struct campaign *campaign,
                               const struct candidates *candidates,
                               server_event_fn on_event, struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    struct server_security security;
    struct server_psk first;
    struct server_security files;
    struct server_psk *psks = calloc(candidates->count, sizeof(*psks));
    struct server_psk *file_psks =
        calloc(config->profile_count, sizeof(*file_psks));
    struct impairment impairment = config->impairment != NULL
                                       ? *config->impairment
                                       : (struct impairment){ .loss = 0 };
    struct server_config server = {
        .bind_address = config->bind_address,
        .port = config->port,
        .has_second_server = has_second(campaign),
        .second_port = config->second_port,
        .impairment = config->impairment != NULL ? &impairment : NULL,
        .handle_signals = true,
        .security = credentials_server(&config->profiles[0]->credentials, NULL,
                                       &first, &security),
        .file_security = &files,
    };

    impairment.seed = config->seed;
    memcpy(server.repository_ports, config->repository_ports,
           sizeof(server.repository_ports));
    if (psks == NULL || file_psks == NULL) {
        free(psks);
        free(file_psks);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    collect_file_security(config, file_psks, &files);
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *row = &candidates->rows[i];
        if (row->identity != NULL) {
            psks[i] = (struct server_psk){
                .identity = (const uint8_t *)row->identity,
                .identity_length = strlen(row->identity),
                .key = row->profile->credentials.key,
                .key_length = row->profile->credentials.key_length,
                .endpoint = row->name,
            };
        }
    }
    if (security.psk_count > 0) {
        security.psks = psks;
        security.psk_count = candidates->count;
    }
    enum status status =
        server_new(&server, on_event, campaign, &campaign->server, reason);
    free(file_psks);
    free(psks); /* the keys are the profiles' */
    return status;
}

/** The result directory and what is written all the time. */
static enum status open_output(struct campaign *campaign, struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    enum status status =
        results_create(config->output, &campaign->has_made_it, reason);
    char *journal = results_path(config->output, "events.ndjson");
    char *trace = results_path(config->output, "registration.pcap");

    if (status == STATUS_OK && (journal == NULL || trace == NULL)) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (status == STATUS_OK) {
        campaign->has_output = true;
        status = journal_create(journal, config->on_event, config->user,
                                &campaign->journal, reason);
    }
    if (status == STATUS_OK) {
        status = trace_open(trace, &campaign->other_trace, reason);
    }
    if (status == STATUS_OK) {
        status =
            results_ca(config->output, server_ca(campaign->server), reason);
    }
    free(trace);
    free(journal);
    return status;
}

enum status campaign_set_up(struct campaign *campaign, server_event_fn on_event,
                            struct reason *reason)
{
    struct candidates candidates = { .count = 0 };
    struct plan *plan = NULL;
    enum status status = plan_new(campaign->config,
                                  campaign->config->profiles[0], &plan, reason);

    plan_free(plan); /* a bad pattern is found before anything is written */
    if (status == STATUS_OK) {
        status = find_candidates(campaign->config, &candidates, reason);
    }
    if (status == STATUS_OK) {
        status = open_lanes(campaign, &candidates, reason);
    }
    if (status == STATUS_OK) {
        status = open_server(campaign, &candidates, on_event, reason);
    }
    candidates_release(&candidates);
    return status == STATUS_OK ? open_output(campaign, reason) : status;
}

void campaign_close(struct campaign *campaign)
{
    if (campaign == NULL) {
        return;
    }
    for (size_t i = 0; i < campaign->lane_count; i++) {
        lane_stop(&campaign->lanes[i]);
    }
    server_free(campaign->server);
    campaign_remove_folder(campaign);
    for (size_t i = 0; i < campaign->lane_count; i++) {
        lane_release(&campaign->lanes[i]);
    }
    trace_close(campaign->other_trace);
    journal_close(campaign->journal);
    name_table_release(&campaign->names);
    free(campaign->folders);
    free(campaign->lanes);
    free(campaign->programs);
    free(campaign);
}

void campaign_abandon(struct campaign *campaign)
{
    const bool has_output = campaign != NULL && campaign->has_output;
    const bool has_made_it = has_output && campaign->has_made_it;
    const char *output = has_output ? campaign->config->output : NULL;

    campaign_close(campaign);
    if (has_output) {
        results_discard(output, has_made_it);
    }
}
