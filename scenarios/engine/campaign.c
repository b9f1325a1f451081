/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/campaign.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/results.h"
#include "scenarios/engine/run_private.h"
#include "scenarios/engine/selection.h"

enum {
    OBJECT_AFU = 33629,
    OBJECT_FU = 5,
    RESOURCE_VERSION = 15,
    EXIT_GRACE_MS = 5000, /* for a device that was asked to end */
};

/* Journal, store, oracle. */

static void on_oracle_finding(const struct finding *finding, void *user)
{
    struct campaign *campaign = user;

    runner_finding(&campaign->run, finding, false);
}

static void fail(struct campaign *campaign, const struct reason *reason)
{
    if (campaign->failure.status == STATUS_OK) {
        campaign->failure = *reason;
    }
}

/** Journal the event, keep it for the judges, show it to the oracle. */
static void append(struct campaign *campaign, struct journal_event *event)
{
    struct journal_event written;
    struct reason reason = { .status = STATUS_OK };
    struct run *run = &campaign->run;

    event->instance =
        campaign->is_running && run->instance[0] != '\0' ? run->instance : NULL;
    if (journal_append(campaign->journal, event, &written, &reason) !=
        STATUS_OK) {
        fail(campaign, &reason);
        server_stop(campaign->server);
        return;
    }
    if (!campaign->is_running) {
        return;
    }
    if (event_store_add(run->events, &written, &reason) != STATUS_OK) {
        fail(campaign, &reason);
        return;
    }
    if (campaign->oracle != NULL) {
        const struct journal_event *kept =
            event_store_at(run->events, event_store_count(run->events) - 1);
        oracle_feed(campaign->oracle, kept, on_oracle_finding, campaign);
    }
}

void campaign_record(struct campaign *campaign, enum journal_kind kind,
                     cJSON *data)
{
    struct journal_event event = {
        .kind = kind,
        .time_ms = server_now_ms(campaign->server),
        .endpoint = campaign->endpoint,
        .as.data = data,
    };

    append(campaign, &event);
    cJSON_Delete(data);
}

const char *campaign_version(const struct campaign *campaign, uint16_t instance)
{
    for (size_t i = 0; i < campaign->ics.instance_count; i++) {
        if (campaign->ics.instances[i] == instance) {
            return campaign->versions[i];
        }
    }
    return "";
}

/** Keep every Current Version that is seen: recipes build on them. */
static void keep_versions(struct campaign *campaign,
                          const struct journal_event *event)
{
    struct view view;

    if (view_of_event(campaign->run.events, event,
                      campaign->config->definitions, &view,
                      NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < campaign->ics.instance_count; i++) {
        const struct lwm2m_record *record = record_list_find(
            &view.records,
            lwm2m_path_resource(OBJECT_AFU, campaign->ics.instances[i],
                                RESOURCE_VERSION));
        if (record != NULL && record->value.type == LWM2M_TYPE_STRING) {
            (void)snprintf(campaign->versions[i], sizeof(campaign->versions[i]),
                           "%s", record->value.as.data.bytes); /* cut */
        }
    }
    view_release(&view);
}

/* The end. */

static void end_campaign(struct campaign *campaign)
{
    struct reason reason = { .status = STATUS_OK };

    if (campaign->is_ending) {
        return;
    }
    campaign->is_ending = true;
    cJSON *data = cJSON_CreateObject();
    cJSON_AddBoolToObject(data, "interrupted", campaign->is_interrupted);
    campaign_record(campaign, JOURNAL_CAMPAIGN_END, data);
    if (campaign->device_process == 0 || campaign->device_exited ||
        server_timer_start(campaign->server, EXIT_GRACE_MS,
                           &campaign->kill_timer, &reason) != STATUS_OK) {
        server_stop(campaign->server);
        return;
    }
    server_process_signal(campaign->server, campaign->device_process, SIGTERM);
}

/* Cases. */

static void write_verdict(struct campaign *campaign, const char *instance,
                          enum verdict verdict, uint64_t ms, const char *why)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "verdict", verdict_name(verdict));
    cJSON_AddNumberToObject(data, "ms", (double)ms);
    if (why != NULL && why[0] != '\0') {
        cJSON_AddStringToObject(data, "reason", why);
    } else {
        cJSON_AddNullToObject(data, "reason");
    }
    struct journal_event event = {
        .kind = JOURNAL_VERDICT,
        .time_ms = server_now_ms(campaign->server),
        .instance = instance,
        .endpoint = campaign->endpoint,
        .as.data = data,
    };
    struct reason reason = { .status = STATUS_OK };
    if (journal_append(campaign->journal, &event, NULL, &reason) != STATUS_OK) {
        fail(campaign, &reason);
        server_stop(campaign->server);
    }
    cJSON_Delete(data);
}

static void record_case_begin(struct campaign *campaign, const struct run *run)
{
    const struct test_case *test_case = run->test_case;
    const struct profile *profile = campaign->config->profile;
    cJSON *data = cJSON_CreateObject();
    char key[8];

    cJSON_AddStringToObject(data, "case", test_case->id);
    cJSON_AddStringToObject(data, "title", test_case->title);
    cJSON *list = cJSON_AddArrayToObject(data, "requirements");
    for (size_t i = 0; test_case->requirements[i] != NULL; i++) {
        cJSON_AddItemToArray(list,
                             cJSON_CreateString(test_case->requirements[i]));
    }
    if (run->mechanism != MECHANISM_NONE) {
        cJSON_AddStringToObject(data, "mechanism",
                                mechanism_name(run->mechanism));
    } else {
        cJSON_AddNullToObject(data, "mechanism");
    }
    cJSON *binding = cJSON_AddObjectToObject(data, "binding");
    for (size_t i = 0; i < run->binding.count; i++) {
        if (cJSON_GetObjectItemCaseSensitive(
                binding, run->binding.entries[i].role) == NULL) {
            cJSON_AddNumberToObject(binding, run->binding.entries[i].role,
                                    run->binding.entries[i].instance);
        }
    }
    cJSON *components = cJSON_AddObjectToObject(data, "components");
    for (size_t i = 0; i < profile->component_count; i++) {
        (void)snprintf(key, sizeof(key), "%u", profile->components[i].instance);
        cJSON_AddStringToObject(components, key, profile->components[i].name);
    }
    campaign_record(campaign, JOURNAL_CASE_BEGIN, data);
}

static bool prepare_run(struct campaign *campaign,
                        const struct plan_entry *entry)
{
    struct run *run = &campaign->run;
    struct reason reason = { .status = STATUS_OK };
    char why[256];

    *run = (struct run){ .campaign = campaign };
    run->events = event_store_new();
    if (run->events == NULL) {
        (void)reason_set(&reason, STATUS_NO_MEMORY, "out of memory");
        fail(campaign, &reason);
        return false;
    }
    if (entry == NULL) {
        return true;
    }
    run->test_case = entry->test_case;
    run->mechanism = entry->mechanism;
    memcpy(run->instance, entry->instance, sizeof(run->instance));
    (void)selection_bind(entry->test_case, campaign->config->profile,
                         &campaign->ics, &run->binding, why,
                         sizeof(why)); /* it did when the plan was made */
    if (results_case(campaign->config->output, run->instance,
                     &campaign->case_trace, &reason) != STATUS_OK) {
        fail(campaign, &reason);
        return false;
    }
    return true;
}

static void start_case(struct campaign *campaign,
                       const struct plan_entry *entry)
{
    if (!prepare_run(campaign, entry)) {
        event_store_free(campaign->run.events);
        campaign->run.events = NULL;
        write_verdict(campaign, entry->instance, VERDICT_ERROR, 0,
                      campaign->failure.text);
        return;
    }
    oracle_restart(campaign->oracle);
    campaign->is_running = true;
    record_case_begin(campaign, &campaign->run);
    runner_begin(&campaign->run);
}

void campaign_run_over(struct campaign *campaign)
{
    struct run *run = &campaign->run;

    if (!campaign->is_running) {
        return;
    }
    if (campaign->failure.status != STATUS_OK) {
        run->verdict = VERDICT_ERROR;
    }
    if (run->test_case != NULL && run->verdict == VERDICT_NONE) {
        run->verdict = VERDICT_ERROR; /* style.md 4: nothing was checked */
        (void)snprintf(run->why, sizeof(run->why), "the case judged nothing");
    }
    campaign->is_unreachable = campaign->is_unreachable || run->is_lost;
    campaign->is_running = false;
    if (run->test_case != NULL) {
        write_verdict(campaign, run->instance, run->verdict,
                      server_now_ms(campaign->server) - run->begin_ms,
                      run->verdict > VERDICT_PASS ? run->why : NULL);
    }
    trace_close(campaign->case_trace);
    campaign->case_trace = NULL;
    run_release(run);
}

static enum status make_oracle(struct campaign *campaign, struct reason *reason)
{
    struct oracle_component components[ORACLE_COMPONENTS_MAX];
    const struct profile *profile = campaign->config->profile;
    const struct ics *ics = &campaign->ics;

    for (size_t i = 0; i < ics->instance_count; i++) {
        components[i] = (struct oracle_component){ ics->instances[i], NULL };
        for (size_t j = 0; j < profile->component_count; j++) {
            if (profile->components[j].instance == ics->instances[i]) {
                components[i].name = profile->components[j].name;
            }
        }
    }
    const struct oracle_config config = {
        .definitions = campaign->config->definitions,
        .endpoint = campaign->endpoint,
        .components = components,
        .component_count = ics->instance_count,
        .main_instance = ics->main_instance,
        .reading = campaign->config->reading,
        .tolerate = (const char *const *)profile->tolerate,
        .state_ms = profile->limits_ms[LIMIT_STATE],
        .abort_ms = profile->limits_ms[LIMIT_ABORT],
        .update_ms = profile->limits_ms[LIMIT_UPDATE],
        .boot_ms = profile->limits_ms[LIMIT_BOOT],
        .clock_ms = profile->limits_ms[LIMIT_CLOCK],
        .persist = ics_holds(ics, "persist"),
        .transactional = ics_holds(ics, "trans"),
        .single_instance = ics->instance_count == 1,
    };
    return oracle_new(&config, &campaign->oracle, reason);
}

/** The device was looked at: select, and write down what was used. */
static void make_plan(struct campaign *campaign)
{
    struct reason reason = { .status = STATUS_OK };

    campaign->ics.is_known = true;
    enum status status = make_oracle(campaign, &reason);
    if (status == STATUS_OK) {
        status = selection_plan(campaign->config, &campaign->ics,
                                &campaign->plan, &reason);
    }
    if (status == STATUS_OK) {
        status = results_campaign(campaign, &reason);
    }
    if (status != STATUS_OK) {
        fail(campaign, &reason);
        server_stop(campaign->server);
        return;
    }
    campaign_record(campaign, JOURNAL_ICS,
                    ics_json(&campaign->ics, campaign->endpoint));
    campaign_record(campaign, JOURNAL_PLAN, selection_json(campaign->plan));
}

/** Start whatever is next, until something runs. */
static void advance(struct campaign *campaign)
{
    while (!campaign->is_running && !campaign->is_ending &&
           campaign->endpoint != NULL &&
           campaign->failure.status == STATUS_OK) {
        if (campaign->plan == NULL) {
            make_plan(campaign);
            continue;
        }
        if (campaign->next_entry >= plan_count(campaign->plan) ||
            campaign->is_interrupted) {
            end_campaign(campaign);
            return;
        }
        const struct plan_entry *entry =
            plan_at(campaign->plan, campaign->next_entry++);
        if (!entry->runs) {
            continue;
        }
        if (campaign->is_unreachable) {
            write_verdict(campaign, entry->instance, VERDICT_INCONC, 0,
                          "the device does not answer any more");
            continue;
        }
        start_case(campaign, entry);
    }
    if (campaign->failure.status != STATUS_OK) {
        server_stop(campaign->server);
    }
}

/* The device. */

/** The instances of /33629 and other Objects in a registration. */
static void detect_links(struct campaign *campaign,
                         const struct server_registration_view *view)
{
    struct link_list links;
    char text[16];

    link_list_init(&links);
    if (link_list_parse((const char *)view->links, view->links_length, NULL,
                        &links, NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < links.count; i++) {
        const struct lwm2m_path *path = &links.links[i].path;
        if (!links.links[i].is_lwm2m || path->depth == 0) {
            continue;
        }
        if (path->ids[0] == OBJECT_AFU) {
            ics_set(&campaign->ics, "obj", "true", false);
            if (path->depth == 2) {
                ics_add_instance(&campaign->ics, path->ids[1]);
            }
        } else if (path->ids[0] == OBJECT_FU) {
            ics_set(&campaign->ics, "obj5", "true", false);
        }
    }
    link_list_release(&links);
    (void)snprintf(text, sizeof(text), "%zu", campaign->ics.instance_count);
    ics_set(&campaign->ics, "ninst", text, false);
    (void)snprintf(text, sizeof(text), "%u", campaign->ics.main_instance);
    ics_set(&campaign->ics, "main", "true", false);
    (void)snprintf(text, sizeof(text), "%u.%u", view->lwm2m_major,
                   view->lwm2m_minor);
    ics_set(&campaign->ics, "lwm2m", text, false);
}

static void begin_looking(struct campaign *campaign,
                          const struct server_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    campaign->endpoint = strdup(event->endpoint);
    server_timer_stop(campaign->server, campaign->register_timer);
    campaign->register_timer = 0;
    if (campaign->endpoint == NULL) {
        (void)reason_set(&reason, STATUS_NO_MEMORY, "out of memory");
        fail(campaign, &reason);
        return;
    }
    detect_links(campaign, &event->as.registration);
    if (prepare_run(campaign, NULL)) {
        campaign->is_running = true;
        runner_begin(&campaign->run);
    }
}

static void keep_registration(struct campaign *campaign,
                              const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    event_store_clear(campaign->registration);
    if (event_store_add(campaign->registration, event, &reason) != STATUS_OK) {
        fail(campaign, &reason);
    }
}

static bool is_ours(const struct campaign *campaign,
                    const struct server_event *event)
{
    return campaign->endpoint != NULL && event->endpoint != NULL &&
           strcmp(campaign->endpoint, event->endpoint) == 0;
}

static bool is_wanted(const struct campaign *campaign,
                      const struct server_event *event)
{
    const char *wanted = campaign->config->profile->endpoint;

    return campaign->endpoint == NULL && event->endpoint != NULL &&
           (wanted == NULL || strcmp(wanted, event->endpoint) == 0);
}

/** What a device event changes in what we know of it. */
static void note_event(struct campaign *campaign,
                       const struct server_event *event)
{
    switch (event->kind) {
    case SERVER_REGISTER:
        campaign->is_registered = true;
        campaign->is_unreachable = false;
        campaign->run.is_lost = false;
        break;
    case SERVER_DEREGISTER:
    case SERVER_EXPIRE:
        campaign->is_registered = false;
        break;
    case SERVER_TIMEOUT:
        campaign->run.is_lost = true;
        break;
    default:
        break;
    }
}

static void take_device_event(struct campaign *campaign,
                              const struct server_event *event)
{
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .endpoint = event->endpoint,
        .as.server = *event,
    };
    bool ours = is_ours(campaign, event);
    bool has_links =
        (event->kind == SERVER_REGISTER || event->kind == SERVER_UPDATE) &&
        event->as.registration.has_links;

    if (campaign->is_running) {
        row.as.server.id = run_local_id(&campaign->run, event->id);
    }
    if (ours) {
        note_event(campaign, event);
    }
    if (has_links && (ours || is_wanted(campaign, event))) {
        keep_registration(campaign, &row);
    }
    append(campaign, &row);
    if (event->kind == SERVER_REGISTER && is_wanted(campaign, event)) {
        campaign->is_registered = true;
        begin_looking(campaign, event);
        return;
    }
    if (!campaign->is_running) {
        return;
    }
    if (event->kind == SERVER_RESPONSE && ours) {
        keep_versions(campaign, &row);
    }
    if (event->kind == SERVER_REGISTER && ours) {
        run_flush_pending(&campaign->run);
    }
    run_pump(&campaign->run);
}

/* A device that never registers. */

static char *diagnosis(const struct campaign *campaign)
{
    struct server_statistics seen;
    char *text = NULL;
    const char *wanted = campaign->config->profile->endpoint;

    server_statistics(campaign->server, &seen);
    if (asprintf(
            &text,
            "no device registered%s%s within %llu s\n"
            "listening on %s:%u (coap, UDP)\n"
            "datagrams received: %llu%s%s%s%s\n"
            "%s%.*s",
            wanted != NULL ? " as " : "", wanted != NULL ? wanted : "",
            (unsigned long long)(campaign->config->register_ms / 1000),
            server_address(campaign->server), server_port(campaign->server),
            (unsigned long long)seen.datagrams_received,
            seen.datagrams_received > 0 ? "; the last from " : "",
            seen.last_peer, seen.datagrams_received > 0 ? ": " : "",
            seen.last_what,
            campaign->device_process == 0 ? "no device was started by assay"
            : campaign->device_output_length > 0
                ? "the started device said:\n"
                : "the started device said nothing",
            (int)campaign->device_output_length, campaign->device_output) < 0) {
        return NULL;
    }
    return text;
}

static void never_registered(struct campaign *campaign)
{
    char *text = diagnosis(campaign);
    struct reason reason = { .status = STATUS_OK };

    campaign->never_registered = true;
    cJSON *data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "text", text != NULL ? text : "");
    cJSON_AddBoolToObject(data, "diagnosis", true);
    campaign_record(campaign, JOURNAL_NOTE, data);
    free(text);
    if (plan_new(campaign->config, &campaign->plan, &reason) != STATUS_OK) {
        fail(campaign, &reason);
        server_stop(campaign->server);
        return;
    }
    campaign_record(campaign, JOURNAL_PLAN, selection_json(campaign->plan));
    for (size_t i = 0; i < plan_count(campaign->plan); i++) {
        if (plan_at(campaign->plan, i)->runs) {
            write_verdict(campaign, plan_at(campaign->plan, i)->instance,
                          VERDICT_INCONC, 0, "no device registered");
        }
    }
    end_campaign(campaign);
}

/* Processes and signals. */

static void keep_output(struct campaign *campaign, const char *text,
                        size_t length)
{
    size_t size = sizeof(campaign->device_output);

    if (length > size) {
        text += length - size;
        length = size;
    }
    size_t keep = campaign->device_output_length;
    if (keep > size - length) {
        memmove(campaign->device_output,
                campaign->device_output + keep - (size - length),
                size - length);
        keep = size - length;
    }
    memcpy(campaign->device_output + keep, text, length);
    campaign->device_output_length = keep + length;
}

static void device_ended(struct campaign *campaign,
                         const struct server_process_view *process)
{
    struct reason reason = { .status = STATUS_OK };
    char why[96];

    campaign->device_exited = true;
    if (campaign->is_ending) {
        server_stop(campaign->server);
        return;
    }
    if (campaign->endpoint == NULL) {
        server_timer_stop(campaign->server, campaign->register_timer);
        if (server_timer_start(campaign->server,
                               campaign->config->register_ms < EXIT_GRACE_MS
                                   ? campaign->config->register_ms
                                   : EXIT_GRACE_MS,
                               &campaign->register_timer,
                               &reason) != STATUS_OK) {
            fail(campaign, &reason);
        }
        return;
    }
    /* A launcher may end well and leave the device running. */
    if (process->signal == 0 && process->exit_status == 0) {
        return;
    }
    (void)snprintf(why, sizeof(why),
                   "the started device ended by itself (%s "
                   "%d)",
                   process->signal != 0 ? "signal" : "exit status",
                   process->signal != 0 ? process->signal
                                        : process->exit_status);
    campaign->is_unreachable = true;
    if (campaign->is_running) {
        campaign->run.is_lost = true;
        runner_abort(&campaign->run, VERDICT_INCONC, why);
        run_pump(&campaign->run);
    }
}

static void take_process_event(struct campaign *campaign,
                               const struct server_event *event)
{
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .as.server = *event,
    };
    bool is_device = event->id == campaign->device_process;

    append(campaign, &row);
    if (event->kind == SERVER_PROCESS_OUTPUT) {
        if (is_device) {
            keep_output(campaign, event->as.process.text,
                        event->as.process.length);
        }
    } else if (is_device) {
        device_ended(campaign, &event->as.process);
    } else {
        cJSON *data = cJSON_CreateObject();
        cJSON_AddNumberToObject(data, "exit", event->as.process.exit_status);
        cJSON_AddNumberToObject(data, "signal", event->as.process.signal);
        campaign_record(campaign, JOURNAL_HOOK_END, data);
        if (campaign->is_running) {
            run_pump(&campaign->run);
        }
    }
}

static void take_interrupt(struct campaign *campaign)
{
    if (campaign->is_interrupted || campaign->endpoint == NULL) {
        campaign->is_interrupted = true;
        end_campaign(campaign);
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
        never_registered(campaign);
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
        take_process_event(campaign, event);
        break;
    default:
        take_device_event(campaign, event);
        break;
    }
    advance(campaign);
}

static enum status start_device(struct campaign *campaign,
                                struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    const struct profile_hook *hook = profile_hook(config->profile, "start");
    const char *const *argv = config->device_argv != NULL ? config->device_argv
                              : hook != NULL ? (const char *const *)hook->argv
                                             : NULL;

    if (argv == NULL) {
        return STATUS_OK;
    }
    char **replaced = results_argv(argv, server_address(campaign->server),
                                   server_port(campaign->server));
    if (replaced == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    cJSON *data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "hook", "start");
    cJSON *list = cJSON_AddArrayToObject(data, "argv");
    for (size_t i = 0; replaced[i] != NULL; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(replaced[i]));
    }
    campaign_record(campaign, JOURNAL_HOOK_BEGIN, data);
    enum status status =
        server_process_start(campaign->server, (const char *const *)replaced,
                             &campaign->device_process, reason);
    results_argv_free(replaced);
    return status;
}

static enum status open_all(struct campaign *campaign, struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    const struct server_config server = { .bind_address = config->bind_address,
                                          .port = config->port,
                                          .handle_signals = true };
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
    ics_declare(&campaign->ics, config->profile);
    enum status status = open_all(campaign, reason);
    if (status == STATUS_OK) {
        campaign_record(campaign, JOURNAL_CAMPAIGN, results_header(config));
        status = server_timer_start(campaign->server, config->register_ms,
                                    &campaign->register_timer, reason);
    }
    if (status == STATUS_OK) {
        status = start_device(campaign, reason);
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
