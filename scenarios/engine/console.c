/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/console_private.h"
#include "scenarios/engine/results.h"
#include "scenarios/engine/selection.h"

#define OBSERVATIONS_MAX 1000 /* requests that are kept */

/** What a command is. */
enum command {
    COMMAND_NONE,
    COMMAND_STEP,
    COMMAND_CASES,
};

struct console {
    struct console_config config;
    struct campaign *campaign;
    struct lane *used; /**< NULL: no device was there yet */
    struct lane *busy; /**< whose command runs */
    enum command command;
    bool is_cancelled;
    cJSON *steps; /**< a list of the step that runs */
    unsigned step_count;
    unsigned session_count;
    uint64_t wake;
    struct event_store *observations; /**< requests that opened them */
};

/** What a session is in the journal. */
static const char *const no_words[] = { NULL };
static const struct test_case session_case = {
    .id = "SHELL",
    .title = "Shell session",
    .group = "SHELL",
    .requirements = no_words,
    .applies = no_words,
    .source = "shell",
};

/* Sessions. */

static void bind(struct binding *binding, const char *role, uint16_t instance)
{
    size_t entries = sizeof(binding->entries) / sizeof(binding->entries[0]);

    if (binding->count == entries || strlen(role) >= BINDING_ROLE_SIZE) {
        return; /* it has its number still */
    }
    (void)snprintf(binding->entries[binding->count].role, BINDING_ROLE_SIZE,
                   "%s", role); /* fits */
    binding->entries[binding->count++].instance = instance;
}

/** Components by their names, "main", and the numbers of their instances. The
 *  first one is what messages call it; a name that is a number counts. */
static void bind_session(struct lane *lane)
{
    struct binding *binding = &lane->run->binding;
    const struct profile *profile = lane->profile;
    uint16_t taken = 0;
    char number[8];

    for (size_t i = 0; i < profile->component_count; i++) {
        bind(binding, profile->components[i].name,
             profile->components[i].instance);
    }
    if (lane->ics.instance_count > 0 &&
        !binding_instance(binding, "main", &taken)) {
        bind(binding, "main", lane->ics.main_instance);
    }
    for (size_t i = 0; i < lane->ics.instance_count; i++) {
        binding->instances[binding->instance_count++] = lane->ics.instances[i];
        (void)snprintf(number, sizeof(number), "%u",
                       lane->ics.instances[i]); /* fits */
        if (!binding_instance(binding, number, &taken)) {
            bind(binding, number, lane->ics.instances[i]);
        }
    }
}

/** One row, as a plan has them. */
static cJSON *session_plan(const struct run *run)
{
    cJSON *data = cJSON_CreateObject();
    cJSON *row = cJSON_CreateObject();

    cJSON_AddItemToArray(cJSON_AddArrayToObject(data, "cases"), row);
    cJSON_AddStringToObject(row, "instance", run->instance);
    cJSON_AddStringToObject(row, "case", session_case.id);
    cJSON_AddStringToObject(row, "title", session_case.title);
    cJSON_AddArrayToObject(row, "requirements");
    cJSON_AddNullToObject(row, "mechanism");
    cJSON_AddBoolToObject(row, "runs", true);
    cJSON_AddNullToObject(row, "reason");
    return data;
}

void console_keep_observations(struct lane *lane)
{
    const struct console *console = lane->campaign->console;
    const struct event_store *events = lane->run->events;

    for (size_t i = 0;
         console != NULL && i < event_store_count(events) &&
         event_store_count(console->observations) < OBSERVATIONS_MAX;
         i++) {
        const struct journal_event *event = event_store_at(events, i);
        const struct server_request_view *request =
            &event->as.server.as.request;
        if ((int)event->kind == SERVER_REQUEST && request->has_observe &&
            request->observe == 0 &&
            event_store_add(console->observations, event, NULL) != STATUS_OK) {
            return; /* then a notification is shown without its path */
        }
    }
}

static void begin_session(struct console *console, struct lane *lane)
{
    struct plan_entry entry = { .test_case = &session_case };
    unsigned number = ++console->session_count;

    if (number == 1) {
        (void)snprintf(entry.instance, sizeof(entry.instance), "%s",
                       session_case.id); /* fits */
    } else {
        (void)snprintf(entry.instance, sizeof(entry.instance), "%s-%u",
                       session_case.id, number); /* fits */
    }
    if (!lane_prepare(lane, &entry)) {
        return;
    }
    lane->run->binding = (struct binding){ .count = 0 };
    bind_session(lane);
    lane_record(lane, JOURNAL_PLAN, session_plan(lane->run));
    oracle_restart(lane->oracle);
    lane->is_running = true;
    lane_case_begin(lane);
    runner_begin_session(lane->run);
}

static void end_session(struct lane *lane)
{
    if (lane->is_running && lane->run->is_session) {
        runner_cancel_step(lane->run, "the session ends");
        transfers_abandon(lane->run, true);
        lane->run->phase = RUN_OVER;
        lane_run_over(lane);
    }
}

/** Write a verdict of what runs, whatever it is. */
static void end_run(struct lane *lane)
{
    struct run *run = lane->run;

    if (lane->is_running && !run->is_session) {
        run_stop_timers(run);
        run->verdict = verdict_merge(run->verdict, VERDICT_INCONC);
        (void)snprintf(run->why, sizeof(run->why), "the shell ended");
        run->phase = RUN_OVER;
        lane_run_over(lane);
    }
    end_session(lane);
}

static bool has_session(const struct lane *lane)
{
    return lane->is_running && lane->run->is_session;
}

/* Devices. */

static struct lane *find_lane(const struct campaign *campaign,
                              const char *endpoint)
{
    for (size_t i = 0; endpoint != NULL && i < campaign->lane_count; i++) {
        struct lane *lane = &campaign->lanes[i];
        if ((lane->endpoint != NULL && strcmp(lane->endpoint, endpoint) == 0) ||
            (lane->second != NULL && strcmp(lane->second, endpoint) == 0)) {
            return lane;
        }
    }
    return NULL;
}

/** A lane for a device that registers for the first time; NULL: no room. */
static struct lane *adopt(struct campaign *campaign, const char *endpoint)
{
    const struct console_config *config = &campaign->console->config;
    const struct profile *profile = config->campaign.profiles[0];
    struct lane *first = &campaign->lanes[0];
    struct reason reason = { .status = STATUS_OK };
    bool is_named = profile_names(profile, endpoint);

    if (first->endpoint == NULL && is_named) {
        return first;
    }
    if (campaign->lane_count == CONSOLE_DEVICES_MAX) {
        return NULL;
    }
    struct lane *lane = &campaign->lanes[campaign->lane_count];
    if (lane_init(lane, campaign, is_named ? profile : config->plain, 1,
                  &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
        return NULL;
    }
    lane->program = &campaign->programs[0];
    campaign->lane_count++;
    return lane;
}

void console_take_device(struct campaign *campaign,
                         const struct server_event *event)
{
    struct console *console = campaign->console;
    struct lane *lane = find_lane(campaign, event->endpoint);

    if (lane == NULL && event->kind == SERVER_REGISTER) {
        lane = adopt(campaign, event->endpoint);
    }
    if (lane != NULL) {
        lane_device_event(lane, event);
        console->used = console->used != NULL ? console->used : lane;
        return;
    }
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .endpoint = event->endpoint,
        .as.server = *event,
    };
    campaign_append(campaign, &row);
}

void console_take_input(struct campaign *campaign, uint64_t watch)
{
    struct console *console = campaign->console;

    if (console != NULL && !campaign->is_ending) {
        console->config.on_input(watch, console->config.user);
    }
}

void console_take_signal(struct campaign *campaign, int number)
{
    struct console *console = campaign->console;

    if (campaign->is_ending) {
        server_stop(campaign->server); /* the second one is the last */
        return;
    }
    console->config.on_signal(number, console->config.user);
}

void console_take_register_end(struct campaign *campaign)
{
    struct console *console = campaign->console;

    if (campaign->is_ending) {
        return;
    }
    char *text =
        console->used == NULL ? lane_diagnosis(&campaign->lanes[0]) : NULL;
    if (console->used == NULL && text == NULL) {
        text = strdup("no device registered");
    }
    console->config.on_register_end(text, console->config.user);
    free(text);
}

/* What runs. */

/** Whether the command is over. */
static bool is_over(const struct console *console)
{
    const struct lane *lane = console->busy;

    return console->command == COMMAND_STEP
               ? !has_session(lane) || lane->run->frame_count == 0
               : !lane->is_running && lane->stage == LANE_OVER;
}

static void report_end(struct console *console)
{
    const struct run *run = console->busy->run;
    bool is_step = console->command == COMMAND_STEP && run != NULL;
    const struct console_end end = {
        .endpoint = console->busy->endpoint,
        .progress = is_step ? run->progress : STEP_DONE,
        .failure = is_step ? run->failure_text : "",
        .is_cancelled = console->is_cancelled,
        .was_cases = console->command == COMMAND_CASES,
    };

    console->busy = NULL;
    console->command = COMMAND_NONE;
    console->is_cancelled = false;
    console->config.on_end(&end, console->config.user);
}

/** What happens on a device by itself. */
static void advance_lane(struct lane *lane)
{
    if (lane->endpoint == NULL) {
        return;
    }
    if (lane->plan != NULL) {
        lane_advance(lane);
    }
    if (!lane->is_running && lane->oracle == NULL) {
        (void)lane_describe(lane); /* it says itself when it fails */
    }
}

/** Whether there is a command that is over, or none. */
static bool is_free(const struct console *console)
{
    return console->busy == NULL || is_over(console);
}

void console_advance(struct campaign *campaign)
{
    struct console *console = campaign->console;
    bool goes_on = true;

    /* Some steps end at once: the next command needs no event. */
    while (goes_on && !campaign->is_ending &&
           campaign->failure.status == STATUS_OK) {
        for (size_t i = 0; i < campaign->lane_count; i++) {
            advance_lane(&campaign->lanes[i]);
        }
        goes_on = is_free(console);
        if (goes_on && console->busy != NULL) {
            report_end(console); /* which may start the next one */
        } else if (goes_on) {
            console->config.on_idle(console->config.user);
            goes_on = console->busy != NULL && is_over(console);
        }
    }
}

bool console_is_busy(const struct console *console)
{
    return console->busy != NULL;
}

bool console_is_ready(const struct console *console)
{
    const struct lane *lane = console->used;

    return console->busy == NULL && lane != NULL && lane->oracle != NULL &&
           (!lane->is_running || lane->run->is_session);
}

static enum status check_ready(const struct console *console,
                               struct reason *reason)
{
    if (console->used == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "no device has registered at %s:%u yet",
                          console_address(console), console_port(console));
    }
    return console_is_ready(console)
               ? STATUS_OK
               : reason_set(reason, STATUS_INVALID, "the device is busy");
}

/** A session begins with its first step. */
static enum status need_session(struct console *console, struct reason *reason)
{
    enum status status = check_ready(console, reason);

    if (status != STATUS_OK || has_session(console->used)) {
        return status;
    }
    begin_session(console, console->used);
    if (!has_session(console->used)) {
        const struct reason *failure = &console->campaign->failure;
        return reason_set(reason, failure->status, "%s", failure->text);
    }
    return STATUS_OK;
}

enum status console_step(struct console *console, const cJSON *step,
                         struct reason *reason)
{
    enum status status = need_session(console, reason);

    if (status != STATUS_OK) {
        return status;
    }
    cJSON *steps = cJSON_CreateArray();
    cJSON *copy = cJSON_Duplicate(step, true);
    if (steps == NULL || copy == NULL || !cJSON_AddItemToArray(steps, copy)) {
        cJSON_Delete(copy);
        cJSON_Delete(steps);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    cJSON_Delete(console->steps);
    console->steps = steps;
    console->busy = console->used;
    console->command = COMMAND_STEP;
    runner_do_step(console->used->run, steps, console->step_count++);
    return STATUS_OK;
}

/** Why none of the planned cases runs; "" when one does. */
static const char *why_none(const struct plan *plan)
{
    const char *why = "";

    for (size_t i = 0; i < plan_count(plan); i++) {
        if (plan_at(plan, i)->runs) {
            return "";
        }
        why = plan_at(plan, i)->reason;
    }
    return why;
}

enum status console_cases(struct console *console, const char *const *patterns,
                          struct reason *reason)
{
    struct campaign_config config = console->config.campaign;
    struct plan *plan = NULL;
    enum status status = check_ready(console, reason);

    if (status != STATUS_OK) {
        return status;
    }
    struct lane *lane = console->used;
    config.patterns = patterns;
    status = selection_plan(&config, lane->profile, &lane->ics, &plan, reason);
    if (status != STATUS_OK) {
        return status;
    }
    const char *why = why_none(plan);
    if (why[0] != '\0') {
        status =
            reason_set(reason, STATUS_NOT_FOUND, "not applicable: %s", why);
        plan_free(plan);
        return status;
    }
    end_session(lane);
    plan_free(lane->plan);
    lane->plan = plan;
    lane->next_entry = 0;
    lane->stage = LANE_AT_WORK;
    console->busy = lane;
    console->command = COMMAND_CASES;
    lane_record(lane, JOURNAL_PLAN, selection_json(plan));
    lane_advance(lane);
    return STATUS_OK;
}

void console_cancel(struct console *console)
{
    struct lane *lane = console->busy;

    if (lane == NULL) {
        return;
    }
    console->is_cancelled = true;
    if (console->command == COMMAND_CASES) {
        lane->next_entry = plan_count(lane->plan);
    }
    if (lane->is_running) {
        runner_abort(lane->run, VERDICT_INCONC, "cancelled");
        run_pump(lane->run);
    }
}

enum status console_use(struct console *console, const char *endpoint,
                        struct reason *reason)
{
    struct lane *lane = find_lane(console->campaign, endpoint);

    if (lane == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "no device '%.100s' has registered", endpoint);
    }
    console->used = lane;
    return STATUS_OK;
}

/** The instance of a component that a lane's profile or registration has. */
static bool find_component(const struct lane *lane, const char *component,
                           uint16_t *out_instance)
{
    return binding_instance(&lane->run->binding, component, out_instance);
}

enum status console_package(struct console *console, const char *component,
                            const char *path, char out_name[16],
                            struct reason *reason)
{
    enum status status = need_session(console, reason);
    uint16_t instance = 0;

    if (status != STATUS_OK) {
        return status;
    }
    if (!find_component(console->used, component, &instance)) {
        return reason_set(reason, STATUS_NOT_FOUND, "no component '%.40s'",
                          component);
    }
    return package_set_add_file(console->used->profile->packages, instance,
                                path, out_name, reason);
}

/* What is known. */

static void describe_lane(const struct console *console,
                          const struct lane *lane,
                          struct console_device *out_device)
{
    const struct event_store *last = lane->registration;

    *out_device = (struct console_device){
        .endpoint = lane->endpoint,
        .profile = lane->profile,
        .registration =
            event_store_count(last) > 0
                ? &event_store_at(last, 0)->as.server.as.registration
                : NULL,
        .is_registered = lane->is_registered,
        .is_used = lane == console->used,
        .instances = lane->ics.instances,
        .instance_count = lane->ics.instance_count,
        .events = lane->is_running ? lane->run->events : NULL,
        .observations = console->observations,
    };
}

bool console_device(const struct console *console, size_t index,
                    struct console_device *out_device)
{
    const struct campaign *campaign = console->campaign;

    for (size_t i = 0; i < campaign->lane_count; i++) {
        if (campaign->lanes[i].endpoint != NULL && index-- == 0) {
            describe_lane(console, &campaign->lanes[i], out_device);
            return true;
        }
    }
    return false;
}

bool console_find(const struct console *console, const char *endpoint,
                  struct console_device *out_device)
{
    const struct lane *lane = console->campaign != NULL
                                  ? find_lane(console->campaign, endpoint)
                                  : NULL;

    if (lane != NULL) {
        describe_lane(console, lane, out_device);
    }
    return lane != NULL;
}

bool console_used(const struct console *console,
                  struct console_device *out_device)
{
    if (console->used == NULL) {
        return false;
    }
    describe_lane(console, console->used, out_device);
    return true;
}

const char *console_address(const struct console *console)
{
    return server_address(console->campaign->server);
}

uint16_t console_port(const struct console *console)
{
    return server_port(console->campaign->server);
}

enum status console_watch(struct console *console, int fd, uint64_t *out_id,
                          struct reason *reason)
{
    return server_watch(console->campaign->server, fd, out_id, reason);
}

void console_unwatch(struct console *console, uint64_t id)
{
    server_unwatch(console->campaign->server, id);
}

enum status console_wake(struct console *console, struct reason *reason)
{
    return server_timer_start(console->campaign->server, 0, &console->wake,
                              reason);
}

/* Life. */

enum status console_new(const struct console_config *config,
                        struct console **out_console, struct reason *reason)
{
    struct console *console = calloc(1, sizeof(*console));

    if (console == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    console->config = *config;
    console->observations = event_store_new();
    if (console->observations == NULL) {
        console_free(console);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    console->config.campaign.patterns = NULL;
    enum status status = campaign_open(&console->config.campaign, console,
                                       &console->campaign, reason);
    if (status == STATUS_OK) {
        status = campaign_start_programs(console->campaign, reason);
    }
    if (status != STATUS_OK) {
        campaign_abandon(console->campaign);
        console->campaign = NULL;
        console_free(console);
        return status;
    }
    *out_console = console;
    return STATUS_OK;
}

void console_free(struct console *console)
{
    if (console == NULL) {
        return;
    }
    campaign_close(console->campaign);
    cJSON_Delete(console->steps);
    event_store_free(console->observations);
    free(console);
}

enum status console_run(struct console *console, struct reason *reason)
{
    server_run(console->campaign->server);
    if (console->campaign->failure.status != STATUS_OK && reason != NULL) {
        *reason = console->campaign->failure;
    }
    return console->campaign->failure.status;
}

void console_stop(struct console *console)
{
    struct campaign *campaign = console->campaign;

    for (size_t i = 0; i < campaign->lane_count; i++) {
        end_run(&campaign->lanes[i]);
    }
    console->busy = NULL;
    campaign_end(campaign);
}
