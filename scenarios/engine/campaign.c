/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/campaign.h"

#include <signal.h>
#include <stdlib.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/console_private.h"
#include "scenarios/engine/results.h"
#include "scenarios/engine/selection.h"

enum { EXIT_GRACE_MS = 5000 }; /* for a device that was asked to end */

void campaign_fail(struct campaign *campaign, const struct reason *reason)
{
    if (campaign->failure.status == STATUS_OK) {
        campaign->failure = *reason;
    }
}

void campaign_append(struct campaign *campaign, struct journal_event *event)
{
    struct journal_event written;
    struct reason reason = { .status = STATUS_OK };

    if (campaign->lane_count == 1) { /* then all is about this device */
        lane_append(&campaign->lanes[0], event);
        return;
    }
    if (journal_append(campaign->journal, event, &written, &reason) !=
        STATUS_OK) {
        campaign_fail(campaign, &reason);
        server_stop(campaign->server);
        return;
    }
    event->sequence = written.sequence;
}

void campaign_record(struct campaign *campaign, enum journal_kind kind,
                     cJSON *data)
{
    struct journal_event event = {
        .kind = kind,
        .time_ms = server_now_ms(campaign->server),
        .endpoint =
            campaign->lane_count == 1 ? campaign->lanes[0].endpoint : NULL,
        .as.data = data,
    };

    campaign_append(campaign, &event);
    cJSON_Delete(data);
}

void campaign_note(struct campaign *campaign, const char *text)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "text", text != NULL ? text : "");
    cJSON_AddBoolToObject(data, "diagnosis", true);
    campaign_record(campaign, JOURNAL_NOTE, data);
}

/** Lets the server stop once no program that was started runs any more. */
static bool programs_have_ended(const struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->program_count; i++) {
        if (campaign->programs[i].id != 0 && !campaign->programs[i].has_ended) {
            return false;
        }
    }
    return true;
}

static void signal_programs(struct campaign *campaign, int number)
{
    for (size_t i = 0; i < campaign->program_count; i++) {
        if (campaign->programs[i].id != 0) {
            server_process_signal(campaign->server, campaign->programs[i].id,
                                  number);
        }
    }
}

void campaign_end(struct campaign *campaign)
{
    struct reason reason = { .status = STATUS_OK };

    if (campaign->is_ending) {
        return;
    }
    campaign->is_ending = true;
    cJSON *data = cJSON_CreateObject();
    cJSON_AddBoolToObject(data, "interrupted", campaign->is_interrupted);
    campaign_record(campaign, JOURNAL_CAMPAIGN_END, data);
    if (server_timer_start(campaign->server, EXIT_GRACE_MS,
                           &campaign->kill_timer, &reason) == STATUS_OK) {
        signal_programs(campaign, SIGTERM);
    } else {
        server_stop(campaign->server);
    }
    campaign_stop_when_done(campaign);
}

void campaign_stop_when_done(struct campaign *campaign)
{
    if (campaign->is_ending && programs_have_ended(campaign)) {
        server_stop(campaign->server);
    }
}

/** The lane of the device with this name, or NULL. */
static struct lane *find_lane(struct campaign *campaign, const char *endpoint)
{
    for (size_t i = 0; endpoint != NULL && i < campaign->lane_count; i++) {
        if (lane_is_named(&campaign->lanes[i], endpoint)) {
            return &campaign->lanes[i];
        }
    }
    return NULL;
}

/* Events of the server, to whom they belong. */

/** Each case that runs gets its postamble; a second one ends it all. */
static void take_interrupt(struct campaign *campaign)
{
    bool was_interrupted = campaign->is_interrupted;

    campaign->is_interrupted = true;
    if (was_interrupted) {
        campaign_end(campaign);
        server_stop(campaign->server);
        return;
    }
    for (size_t i = 0; i < campaign->lane_count; i++) {
        struct lane *lane = &campaign->lanes[i];
        if (lane->is_running) {
            runner_abort(&lane->run, VERDICT_INCONC, "interrupted");
            run_pump(&lane->run);
        } else {
            lane->is_over = true;
        }
    }
}

/** A program's devices had their time to register. */
static void take_register_timer(struct campaign *campaign,
                                struct campaign_program *program)
{
    program->register_timer = 0;
    if (campaign->console != NULL) {
        console_take_register_end(campaign);
        return;
    }
    for (size_t i = 0; i < campaign->lane_count; i++) {
        struct lane *lane = &campaign->lanes[i];
        if (lane->program == program && lane->endpoint == NULL) {
            lane_never_registered(lane);
        }
    }
}

static void take_timer(struct campaign *campaign, uint64_t id)
{
    if (id == campaign->kill_timer) {
        signal_programs(campaign, SIGKILL);
        server_stop(campaign->server);
        return;
    }
    for (size_t i = 0; i < campaign->program_count; i++) {
        if (id == campaign->programs[i].register_timer) {
            take_register_timer(campaign, &campaign->programs[i]);
            return;
        }
    }
    for (size_t i = 0; i < campaign->lane_count; i++) {
        struct lane *lane = &campaign->lanes[i];
        if (lane->is_running && run_take_timer(&lane->run, id)) {
            return;
        }
    } /* else it is stale */
}

static void take_message(struct campaign *campaign,
                         const struct server_event *event)
{
    struct trace *trace = campaign->lanes[0].case_trace;

    trace_write(trace != NULL ? trace : campaign->other_trace,
                &event->as.message);
    if (campaign->config->on_message != NULL) {
        campaign->config->on_message(event, campaign->config->user);
    }
}

static void take_device(struct campaign *campaign,
                        const struct server_event *event)
{
    if (campaign->console != NULL) {
        console_take_device(campaign, event);
        return;
    }
    struct lane *lane = campaign->lane_count == 1
                            ? &campaign->lanes[0]
                            : find_lane(campaign, event->endpoint);

    if (lane != NULL) {
        lane_device_event(lane, event);
    }
}

/** Go on with what is next, on every device. */
static void advance(struct campaign *campaign)
{
    bool is_over = campaign->console == NULL;

    if (campaign->console != NULL) {
        console_advance(campaign);
    }
    for (size_t i = 0;
         is_over && !campaign->is_ending && i < campaign->lane_count; i++) {
        lane_advance(&campaign->lanes[i]);
        is_over = is_over && campaign->lanes[i].is_over;
    }
    if (is_over) {
        campaign_end(campaign);
    }
    if (campaign->failure.status != STATUS_OK) {
        server_stop(campaign->server);
    }
}

static void on_event(const struct server_event *event, void *user)
{
    struct campaign *campaign = user;

    switch (event->kind) {
    case SERVER_MESSAGE:
        take_message(campaign, event);
        return;
    case SERVER_TIMER:
        take_timer(campaign, event->id);
        break;
    case SERVER_INTERRUPT:
        if (campaign->console != NULL) {
            console_take_signal(campaign, (int)event->id);
        } else {
            take_interrupt(campaign);
        }
        break;
    case SERVER_READABLE:
        console_take_input(campaign, event->id);
        break;
    case SERVER_PROCESS_OUTPUT:
    case SERVER_PROCESS_EXIT:
        campaign_process_event(campaign, event);
        break;
    default:
        take_device(campaign, event);
        break;
    }
    advance(campaign);
}

static enum status open_server(struct campaign *campaign, struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    struct server_psk psk;
    struct server_security security;
    const struct server_config server = {
        .bind_address = config->bind_address,
        .port = config->port,
        .repository_port = config->repository_port,
        .handle_signals = true,
        .security =
            credentials_server(&config->profile->credentials,
                               config->profile->endpoint, &psk, &security),
    };

    return server_new(&server, on_event, campaign, &campaign->server, reason);
}

/** The result directory and what is written all the time. */
static enum status open_output(struct campaign *campaign, struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    enum status status = results_create(config->output, reason);
    char *journal = results_path(config->output, "events.ndjson");
    char *trace = results_path(config->output, "registration.pcap");

    if (status == STATUS_OK && (journal == NULL || trace == NULL)) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (status == STATUS_OK) {
        status = journal_create(journal, config->on_event, config->user,
                                &campaign->journal, reason);
    }
    if (status == STATUS_OK) {
        status = trace_open(trace, &campaign->other_trace, reason);
    }
    free(trace);
    free(journal);
    return status;
}

static enum status open_lanes(struct campaign *campaign, struct reason *reason)
{
    size_t count = campaign->console != NULL ? CONSOLE_DEVICES_MAX : 1;

    campaign->lanes = calloc(count, sizeof(*campaign->lanes));
    campaign->programs = calloc(1, sizeof(*campaign->programs));
    if (campaign->lanes == NULL || campaign->programs == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    campaign->program_count = 1;
    campaign->lane_count = 1;
    return lane_init(&campaign->lanes[0], campaign, campaign->config->profile,
                     &campaign->programs[0], reason);
}

static enum status open_all(struct campaign *campaign, struct reason *reason)
{
    struct plan *plan = NULL;
    enum status status = plan_new(campaign->config, &plan, reason);

    plan_free(plan); /* a bad pattern is found before anything is written */
    if (status == STATUS_OK) {
        status = open_lanes(campaign, reason);
    }
    if (status == STATUS_OK) {
        status = open_server(campaign, reason);
    }
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
    for (size_t i = 0; i < campaign->lane_count; i++) {
        lane_release(&campaign->lanes[i]);
    }
    trace_close(campaign->other_trace);
    journal_close(campaign->journal);
    free(campaign->lanes);
    free(campaign->programs);
    free(campaign);
}

static bool nobody_registered(const struct campaign *campaign)
{
    bool is_nobody = true;

    for (size_t i = 0; i < campaign->lane_count; i++) {
        is_nobody = is_nobody && campaign->lanes[i].never_registered;
    }
    return is_nobody;
}

enum status campaign_open(const struct campaign_config *config,
                          struct console *console,
                          struct campaign **out_campaign, struct reason *reason)
{
    struct campaign *campaign = calloc(1, sizeof(*campaign));

    if (campaign == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    campaign->config = config;
    campaign->console = console;
    enum status status = open_all(campaign, reason);
    if (status != STATUS_OK) {
        campaign_close(campaign);
        return status;
    }
    campaign_record(campaign, JOURNAL_CAMPAIGN, results_header(config));
    *out_campaign = campaign;
    return STATUS_OK;
}

enum status campaign_run(const struct campaign_config *config,
                         struct reason *reason)
{
    struct campaign *campaign = NULL;
    enum status status = campaign_open(config, NULL, &campaign, reason);

    if (status == STATUS_OK) {
        status = campaign_start_programs(campaign, reason);
    }
    if (status == STATUS_OK) {
        server_run(campaign->server);
        status = campaign->failure.status;
        if (status != STATUS_OK && reason != NULL) {
            *reason = campaign->failure;
        } else if (nobody_registered(campaign)) {
            status = reason_set(reason, STATUS_TIMEOUT, "no device registered");
        }
    }
    campaign_close(campaign);
    return status;
}
