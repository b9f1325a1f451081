/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/campaign.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/console_private.h"
#include "scenarios/engine/results.h"

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

/** What the relay did to the network. */
static void add_relayed(const struct campaign *campaign, cJSON *data)
{
    struct server_statistics seen;
    cJSON *row = cJSON_AddObjectToObject(data, "relayed");

    server_statistics(campaign->server, &seen);
    cJSON_AddNumberToObject(row, "datagrams", (double)seen.relayed.datagrams);
    cJSON_AddNumberToObject(row, "lost", (double)seen.relayed.lost);
    cJSON_AddNumberToObject(row, "doubled", (double)seen.relayed.doubled);
    cJSON_AddNumberToObject(row, "delayed", (double)seen.relayed.delayed);
    cJSON_AddNumberToObject(row, "damaged", (double)seen.relayed.damaged);
    cJSON_AddNumberToObject(row, "moved", (double)seen.relayed.moved);
}

void campaign_end(struct campaign *campaign)
{
    struct reason reason = { .status = STATUS_OK };

    if (campaign->is_ending) {
        return;
    }
    campaign->is_ending = true;
    if (campaign->is_many &&
        results_campaign(&campaign->lanes[0], &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
    }
    cJSON *data = cJSON_CreateObject();
    cJSON_AddBoolToObject(data, "interrupted", campaign->is_interrupted);
    if (campaign->config->impairment != NULL) {
        add_relayed(campaign, data);
    }
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

void campaign_ready(struct lane *lane)
{
    struct campaign *campaign = lane->campaign;

    if (campaign->console != NULL) { /* which says what is done, at once */
        campaign->work[campaign->work_count++] = lane;
        lane_begin(lane);
        return;
    }
    lane->stage = LANE_READY;
    if (campaign->ready_last != NULL) {
        campaign->ready_last->next_ready = lane;
    } else {
        campaign->ready_first = lane;
    }
    campaign->ready_last = lane;
}

/** The next lane in the queue of those that wait, or NULL. */
static struct lane *next_ready(struct campaign *campaign)
{
    struct lane *lane = campaign->ready_first;

    if (lane != NULL) {
        campaign->ready_first = lane->next_ready;
        if (campaign->ready_first == NULL) {
            campaign->ready_last = NULL;
        }
        lane->next_ready = NULL;
    }
    return lane;
}

/** The lane of the device with this name, or NULL. */
static struct lane *find_lane(struct campaign *campaign, const char *endpoint)
{
    size_t index = 0;

    if (campaign->lane_count == 1) { /* then all is about this device */
        return &campaign->lanes[0];
    }
    for (size_t i = 0; endpoint != NULL && i < campaign->work_count; i++) {
        if (campaign->work[i]->second != NULL &&
            strcmp(campaign->work[i]->second, endpoint) == 0) {
            return campaign->work[i];
        }
    }
    return endpoint != NULL &&
                   name_table_find(&campaign->names, endpoint, &index)
               ? &campaign->lanes[index]
               : NULL;
}

/** The lane at work whose device has this address, or NULL. */
static struct lane *find_peer(struct campaign *campaign, const char *peer)
{
    if (campaign->lane_count == 1) {
        return &campaign->lanes[0];
    }
    for (size_t i = 0; peer != NULL && i < campaign->work_count; i++) {
        if (strcmp(campaign->work[i]->address, peer) == 0 ||
            strcmp(campaign->work[i]->fetch_address, peer) == 0) {
            return campaign->work[i];
        }
    }
    return NULL;
}

/* Events of the server, to whom they belong. */

/** Each case that runs gets its postamble, and nothing else begins; a second
 *  one ends it all. */
static void note_remark(struct campaign *campaign, const char *text)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "text", text);
    cJSON_AddBoolToObject(data, "remark", true);
    campaign_record(campaign, JOURNAL_NOTE, data);
}

static void take_interrupt(struct campaign *campaign)
{
    bool was_interrupted = campaign->is_interrupted;

    campaign->is_interrupted = true;
    if (was_interrupted) {
        campaign_end(campaign);
        server_stop(campaign->server);
        return;
    }
    if (campaign->work_count > 0) {
        note_remark(campaign, "interrupted; the device is brought back to "
                              "Idle, another interrupt ends at once");
    }
    for (size_t i = 0; i < campaign->work_count; i++) {
        struct lane *lane = campaign->work[i];
        if (lane->is_running) {
            runner_abort(lane->run, VERDICT_INCONC, "interrupted");
            run_pump(lane->run);
        }
    }
    for (size_t i = 0; i < campaign->lane_count; i++) {
        struct lane *lane = &campaign->lanes[i];
        if (lane->stage == LANE_AWAITED || lane->stage == LANE_READY) {
            lane_skip(lane, VERDICT_NONE, NULL);
            lane_finish(lane);
            campaign->over_count++;
        }
    }
    campaign->ready_first = NULL;
    campaign->ready_last = NULL;
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
        if (lane->program == program && lane->stage == LANE_AWAITED) {
            lane_never_registered(lane);
            lane_finish(lane);
            campaign->over_count++;
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
    if (id == campaign->wait_timer) {
        campaign_take_wait_timer(campaign);
        return;
    }
    for (size_t i = 0; i < campaign->program_count; i++) {
        if (id == campaign->programs[i].register_timer) {
            take_register_timer(campaign, &campaign->programs[i]);
            return;
        }
    }
    for (size_t i = 0; i < campaign->work_count; i++) {
        const struct lane *lane = campaign->work[i];
        if (lane->is_running && run_take_timer(lane->run, id)) {
            return;
        }
    } /* else it is stale */
}

static void take_message(struct campaign *campaign,
                         const struct server_event *event)
{
    const struct lane *lane = find_peer(campaign, event->as.message.peer);
    struct trace *trace = lane != NULL ? lane->case_trace : NULL;

    trace_write(trace != NULL ? trace : campaign->other_trace,
                &event->as.message);
    if (campaign->config->on_message != NULL) {
        campaign->config->on_message(event, campaign->config->user);
    }
}

static void take_segment(struct campaign *campaign,
                         const struct server_segment_view *segment)
{
    const struct lane *lane = find_peer(campaign, segment->peer);
    struct trace *trace = lane != NULL ? lane->case_trace : NULL;

    trace_write_segment(trace != NULL ? trace : campaign->other_trace, segment);
}

/** From a device that is not under test, or from nobody. */
static void take_stranger(struct campaign *campaign,
                          const struct server_event *event)
{
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .endpoint = event->endpoint,
        .as.server = *event,
    };

    if (event->kind == SERVER_REGISTER && event->endpoint != NULL) {
        (void)snprintf(campaign->stranger, sizeof(campaign->stranger), "%s",
                       event->endpoint); /* cut */
    }
    campaign_append(campaign, &row);
}

static bool ends_request(const struct server_event *event)
{
    return event->kind == SERVER_RESPONSE || event->kind == SERVER_TIMEOUT ||
           event->kind == SERVER_RESET || event->kind == SERVER_SESSION_LOST;
}

static void take_device(struct campaign *campaign,
                        const struct server_event *event)
{
    if (campaign->console != NULL) {
        console_take_device(campaign, event);
        return;
    }
    struct lane *lane =
        event->kind == SERVER_STRAY  ? find_peer(campaign, event->as.stray.peer)
        : event->kind == SERVER_WIRE ? find_peer(campaign, event->as.wire.peer)
                                     : find_lane(campaign, event->endpoint);

    if (lane != NULL) {
        lane_device_event(lane, event);
    } else {
        take_stranger(campaign, event);
    }
    for (size_t i = 0; campaign->throttled > 0 && ends_request(event) &&
                       i < campaign->work_count;
         i++) {
        if (campaign->work[i]->is_running) {
            run_flush_throttled(campaign->work[i]->run);
        }
    }
}

/** A place for the next one. */
static void drop_work(struct campaign *campaign, size_t index)
{
    lane_finish(campaign->work[index]);
    campaign->over_count++;
    campaign->work[index] = campaign->work[--campaign->work_count];
}

/** Who waits gets its turn, as long as there is a place. */
static bool admit(struct campaign *campaign)
{
    size_t limit = campaign->config->parallel != 0 ? campaign->config->parallel
                                                   : CAMPAIGN_PARALLEL_DEFAULT;
    bool was_admitted = false;

    limit = limit < CAMPAIGN_PARALLEL_MAX ? limit : CAMPAIGN_PARALLEL_MAX;
    while (campaign->work_count < limit && campaign->ready_first != NULL &&
           campaign->failure.status == STATUS_OK) {
        struct lane *lane = next_ready(campaign);
        campaign->work[campaign->work_count++] = lane;
        lane_begin(lane);
        was_admitted = true;
    }
    return was_admitted;
}

/** Go on with what is next, on every device. */
static void advance(struct campaign *campaign)
{
    bool goes_on = !campaign->is_ending && campaign->console == NULL;

    if (campaign->console != NULL) {
        console_advance(campaign);
    }
    while (goes_on) {
        for (size_t i = 0; i < campaign->work_count;) {
            lane_advance(campaign->work[i]);
            if (campaign->work[i]->stage == LANE_OVER) {
                drop_work(campaign, i);
            } else {
                i++;
            }
        }
        goes_on = admit(campaign); /* who may be over at once */
    }
    if (campaign->console == NULL &&
        campaign->over_count == campaign->lane_count) {
        campaign_end(campaign);
    }
    if (campaign->failure.status != STATUS_OK) {
        server_stop(campaign->server);
    }
}

/** We did not run for a while: noted in each case that runs, where it counts
 *  (runner_finding()). Who reads the record wonders about the gap, too. */
static void take_pause(struct campaign *campaign, uint64_t pause_ms)
{
    char text[128];

    snprintf(text, sizeof(text),
             "Assay did not run for %.1f s (stopped, suspended, or the system "
             "was busy); no limit counts that",
             (double)pause_ms / 1000);
    for (size_t i = 0; i < campaign->lane_count; i++) {
        cJSON *data = cJSON_CreateObject();
        cJSON_AddStringToObject(data, "text", text);
        cJSON_AddNumberToObject(data, RUN_PAUSED_KEY, (double)pause_ms);
        cJSON_AddBoolToObject(data, "remark", true);
        lane_record(&campaign->lanes[i], JOURNAL_NOTE, data);
    }
}

static void on_event(const struct server_event *event, void *user)
{
    struct campaign *campaign = user;

    switch (event->kind) {
    case SERVER_MESSAGE:
        take_message(campaign, event);
        return;
    case SERVER_SEGMENT:
        take_segment(campaign, &event->as.segment);
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
    case SERVER_PAUSE:
        take_pause(campaign, event->id);
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
    enum status status = campaign_set_up(campaign, on_event, reason);
    if (status != STATUS_OK) {
        campaign_abandon(campaign);
        return status;
    }
    campaign_record(campaign, JOURNAL_CAMPAIGN, results_header(campaign));
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
    if (status != STATUS_OK) {
        campaign_abandon(campaign);
        return status;
    }
    campaign_begin_waiting(campaign);
    server_run(campaign->server);
    status = campaign->failure.status;
    if (status != STATUS_OK && reason != NULL) {
        *reason = campaign->failure;
    } else if (nobody_registered(campaign)) {
        status = reason_set(reason, STATUS_TIMEOUT, "no device registered");
    }
    campaign_close(campaign);
    return status;
}
