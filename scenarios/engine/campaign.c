/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/campaign.h"

#include <signal.h>
#include <stdlib.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/results.h"
#include "scenarios/engine/selection.h"

static void take_interrupt(struct campaign *campaign)
{
    if (campaign->is_interrupted || campaign->endpoint == NULL) {
        campaign->is_interrupted = true;
        campaign_end(campaign);
        server_stop(campaign->server);
        return;
    }
    campaign->is_interrupted = true;
    if (campaign->is_running) {
        runner_abort(&campaign->run, VERDICT_INCONC, "interrupted");
        run_pump(&campaign->run);
    }
}

static void take_timer(struct campaign *campaign, uint64_t id)
{
    if (id == campaign->register_timer) {
        campaign->register_timer = 0;
        campaign_never_registered(campaign);
    } else if (id == campaign->kill_timer) {
        server_process_signal(campaign->server, campaign->device_process,
                              SIGKILL);
        server_stop(campaign->server);
    } else if (campaign->is_running) {
        (void)run_take_timer(&campaign->run, id); /* else it is stale */
    }
}

static void take_message(struct campaign *campaign,
                         const struct server_event *event)
{
    struct trace *trace = campaign->case_trace != NULL ? campaign->case_trace
                                                       : campaign->other_trace;

    trace_write(trace, &event->as.message);
    if (campaign->config->on_message != NULL) {
        campaign->config->on_message(event, campaign->config->user);
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
        take_interrupt(campaign);
        break;
    case SERVER_PROCESS_OUTPUT:
    case SERVER_PROCESS_EXIT:
        campaign_process_event(campaign, event);
        break;
    default:
        campaign_device_event(campaign, event);
        break;
    }
    campaign_advance(campaign);
}

static enum status open_all(struct campaign *campaign, struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    struct server_psk psk;
    struct server_security security;
    const struct server_config server = {
        .bind_address = config->bind_address,
        .port = config->port,
        .handle_signals = true,
        .security =
            credentials_server(&config->profile->credentials,
                               config->profile->endpoint, &psk, &security),
    };
    struct plan *plan = NULL;
    enum status status = plan_new(config, &plan, reason);

    plan_free(plan); /* a bad pattern is found before anything is written */
    if (status == STATUS_OK) {
        status =
            server_new(&server, on_event, campaign, &campaign->server, reason);
    }
    if (status == STATUS_OK) {
        status = results_create(config->output, reason);
    }
    char *journal = results_path(config->output, "events.ndjson");
    char *trace = results_path(config->output, "registration.pcap");
    campaign->registration = event_store_new();
    if (status == STATUS_OK &&
        (journal == NULL || trace == NULL || campaign->registration == NULL)) {
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

static void close_all(struct campaign *campaign)
{
    if (campaign->is_running) {
        run_release(&campaign->run);
    }
    server_free(campaign->server);
    oracle_free(campaign->oracle);
    plan_free(campaign->plan);
    trace_close(campaign->case_trace);
    trace_close(campaign->other_trace);
    journal_close(campaign->journal);
    event_store_free(campaign->registration);
    for (size_t i = 0; i <= RUN_OVER; i++) {
        cJSON_Delete(campaign->own_lists[i]);
    }
    free(campaign->endpoint);
    free(campaign);
}

enum status campaign_run(const struct campaign_config *config,
                         struct reason *reason)
{
    struct campaign *campaign = calloc(1, sizeof(*campaign));

    if (campaign == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    campaign->config = config;
    campaign->push_szx = RUN_PUSH_SZX;
    negotiation_init(&campaign->negotiation, content_format_is_supported);
    ics_declare(&campaign->ics, config->profile);
    enum status status = open_all(campaign, reason);
    if (status == STATUS_OK) {
        campaign_record(campaign, JOURNAL_CAMPAIGN, results_header(config));
        status = server_timer_start(campaign->server, config->register_ms,
                                    &campaign->register_timer, reason);
    }
    if (status == STATUS_OK) {
        status = campaign_start_device(campaign, reason);
    }
    if (status == STATUS_OK) {
        server_run(campaign->server);
        status = campaign->failure.status;
        if (status != STATUS_OK && reason != NULL) {
            *reason = campaign->failure;
        } else if (campaign->never_registered) {
            status = reason_set(reason, STATUS_TIMEOUT, "no device registered");
        }
    }
    close_all(campaign);
    return status;
}
