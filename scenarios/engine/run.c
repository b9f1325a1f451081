/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/run.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/applies.h"
#include "scenarios/engine/run_private.h"

/** Ids of requests that had to wait start here; the server's never do. */
#define LOCAL_ID_FIRST (UINT64_C(1) << 48)

/** How slow a download may be by default: 1 KiB in a second. */
enum { KIB = 1024, MS_PER_KIB = 1000 };

const cJSON *run_step(const struct run *run)
{
    return run->step;
}

const cJSON *run_parameter(const struct run *run, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(run->step, name);
}

void *run_scratch(struct run *run)
{
    return run->scratch;
}

const struct binding *run_binding(const struct run *run)
{
    return &run->binding;
}

const struct profile *run_profile(const struct run *run)
{
    return run->lane->profile;
}

const struct definitions *run_definitions(const struct run *run)
{
    return run->campaign->config->definitions;
}

const char *run_endpoint(const struct run *run)
{
    const char *server =
        run->step != NULL ? cJSON_GetStringValue(run_parameter(run, "server"))
                          : NULL;

    return server != NULL && strcmp(server, RUN_SECOND) == 0
               ? run->lane->second
               : run->lane->endpoint;
}

const struct oracle *run_oracle(const struct run *run)
{
    return run->lane->oracle;
}

const struct event_store *run_events(const struct run *run)
{
    return run->events;
}

size_t run_step_first(const struct run *run)
{
    return run->step_first;
}

bool run_is_registered(const struct run *run)
{
    return run->lane->is_registered;
}

enum step_progress run_fail(struct run *run, const struct reason *reason)
{
    run->failure = *reason;
    return STEP_FAILED;
}

/* Requests. */

static struct run_pending *free_pending(struct run *run)
{
    for (size_t i = 0; i < RUN_PENDING_MAX; i++) {
        if (run->pending[i].local == 0) {
            return &run->pending[i];
        }
    }
    return NULL;
}

static void drop_pending(struct run_pending *pending)
{
    free(pending->payload);
    free(pending->query);
    *pending = (struct run_pending){ .local = 0 };
}

static bool copy_request(struct run_pending *pending,
                         const struct server_request *request)
{
    pending->request = *request;
    if (request->payload_length > 0) {
        pending->payload = malloc(request->payload_length);
        if (pending->payload == NULL) {
            return false;
        }
        memcpy(pending->payload, request->payload, request->payload_length);
    }
    if (request->query != NULL) {
        pending->query = strdup(request->query);
        if (pending->query == NULL) {
            return false;
        }
    }
    pending->request.payload = pending->payload;
    pending->request.query = pending->query;
    return true;
}

static enum status keep_request(struct run *run,
                                const struct server_request *request,
                                bool is_throttled, uint64_t *out_id,
                                struct reason *reason)
{
    struct run_pending *pending = free_pending(run);

    if (pending == NULL) {
        return reason_set(reason, STATUS_LIMIT,
                          "more than %d requests wait for the device",
                          RUN_PENDING_MAX);
    }
    if (!copy_request(pending, request)) {
        drop_pending(pending);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    pending->local = LOCAL_ID_FIRST + ++run->next_local;
    pending->is_waiting = true;
    pending->is_throttled = is_throttled;
    *out_id = pending->local;
    if (is_throttled) { /* our own doing: no limit counts for the device */
        run->campaign->throttled++;
        return STATUS_OK;
    }
    if (run->boot_timer == 0) {
        return server_timer_start(run->campaign->server,
                                  run_profile(run)->limits_ms[LIMIT_BOOT],
                                  &run->boot_timer, reason);
    }
    return STATUS_OK;
}

/** Whether requests of this run wait because too many are in flight: those
 *  that follow stay behind them. */
static bool is_throttled(const struct run *run)
{
    for (size_t i = 0; run->campaign->throttled > 0 && i < RUN_PENDING_MAX;
         i++) {
        if (run->pending[i].is_throttled) {
            return true;
        }
    }
    return false;
}

void run_forget_pending(struct run *run)
{
    server_timer_stop(run->campaign->server, run->boot_timer);
    run->boot_timer = 0;
    for (size_t i = 0; i < RUN_PENDING_MAX; i++) {
        run->campaign->throttled -= run->pending[i].is_throttled ? 1 : 0;
        drop_pending(&run->pending[i]);
    }
}

/** Id of the server for one that run_send() gave out; the same while it
 *  waits. */
static uint64_t server_id_of(const struct run *run, uint64_t id)
{
    for (size_t i = 0; i < RUN_PENDING_MAX; i++) {
        if (id != 0 && run->pending[i].local == id &&
            !run->pending[i].is_waiting) {
            return run->pending[i].server;
        }
    }
    return id;
}

void run_forget(struct run *run, uint64_t observation)
{
    server_forget(run->campaign->server, server_id_of(run, observation));
}

enum status run_disown(struct run *run, bool is_disowned, struct reason *reason)
{
    return server_disown(run->campaign->server, run->lane->endpoint,
                         is_disowned, reason);
}

enum status run_send(struct run *run, struct server_request *request,
                     uint64_t *out_id, struct reason *reason)
{
    if (request->endpoint == NULL) {
        request->endpoint = run->lane->endpoint;
    }
    bool is_first = request->endpoint == run->lane->endpoint;
    request->observation = server_id_of(run, request->observation);
    if (is_first && !run->lane->is_registered) {
        return keep_request(run, request, false, out_id, reason);
    }
    if (is_throttled(run) || server_is_full(run->campaign->server)) {
        return keep_request(run, request, true, out_id, reason);
    }
    enum status status =
        server_send(run->campaign->server, request, out_id, reason);
    /* Gone in this turn, its event is still in the queue. */
    return status == STATUS_NOT_FOUND
               ? keep_request(run, request, false, out_id, reason)
               : status;
}

uint64_t run_local_id(const struct run *run, uint64_t server_id)
{
    for (size_t i = 0; i < RUN_PENDING_MAX; i++) {
        if (run->pending[i].local != 0 && !run->pending[i].is_waiting &&
            run->pending[i].server == server_id) {
            return run->pending[i].local;
        }
    }
    return server_id;
}

/** How long a request may wait for the device to register again. */
static void start_boot_timer(struct run *run)
{
    struct reason reason = { .status = STATUS_OK };

    if (run->boot_timer == 0 &&
        server_timer_start(run->campaign->server,
                           run_profile(run)->limits_ms[LIMIT_BOOT],
                           &run->boot_timer, &reason) != STATUS_OK) {
        run->lane->failure = reason;
    }
}

/** Send what waits, unless too many are in flight. */
static void flush(struct run *run, struct run_pending *pending)
{
    bool is_full = server_is_full(run->campaign->server);

    if (pending->is_throttled != is_full) {
        if (is_full) {
            run->campaign->throttled++;
        } else {
            run->campaign->throttled--;
        }
        pending->is_throttled = is_full;
    }
    if (is_full) {
        return;
    }
    pending->request.observation =
        server_id_of(run, pending->request.observation);
    pending->is_waiting = server_send(run->campaign->server, &pending->request,
                                      &pending->server, NULL) != STATUS_OK;
    if (pending->is_waiting) {
        start_boot_timer(run);
    }
}

void run_flush_pending(struct run *run)
{
    server_timer_stop(run->campaign->server, run->boot_timer);
    run->boot_timer = 0;
    for (size_t i = 0; i < RUN_PENDING_MAX; i++) {
        struct run_pending *pending = &run->pending[i];
        if (pending->local != 0 && pending->is_waiting) {
            flush(run, pending);
        }
    }
}

void run_flush_throttled(struct run *run)
{
    for (size_t i = 0; i < RUN_PENDING_MAX; i++) {
        struct run_pending *pending = &run->pending[i];
        if (pending->local != 0 && pending->is_throttled) {
            flush(run, pending);
        }
    }
}

void run_close_pending(struct run *run, const struct server_event *event)
{
    bool opens = event->kind == SERVER_RESPONSE; /* maybe an observation */
    bool closes = opens || event->kind == SERVER_TIMEOUT ||
                  event->kind == SERVER_RESET ||
                  event->kind == SERVER_SESSION_LOST;

    for (size_t i = 0; closes && i < RUN_PENDING_MAX; i++) {
        struct run_pending *pending = &run->pending[i];
        if (pending->local != 0 && !pending->is_waiting &&
            pending->server == event->id &&
            !(opens && pending->request.has_observe)) {
            drop_pending(pending);
        }
    }
}

/** Requests that waited for the registration in vain end as lost. Without one
 *  with the second server this case says nothing, and others go on. */
static void lose_pending(struct run *run)
{
    static const char no_second[] =
        "the device is not registered with the second server";
    bool has_second = true;

    for (size_t i = 0; i < RUN_PENDING_MAX; i++) {
        struct run_pending *pending = &run->pending[i];
        if (pending->local == 0 || !pending->is_waiting ||
            pending->is_throttled) {
            continue;
        }
        const char *endpoint = pending->request.endpoint;
        bool is_first = endpoint == run->lane->endpoint;
        const struct journal_event event = {
            .kind = (enum journal_kind)SERVER_SESSION_LOST,
            .time_ms = server_now_ms(run->campaign->server),
            .instance = run->instance[0] != '\0' ? run->instance : NULL,
            .endpoint = endpoint,
            .as.server = { .kind = SERVER_SESSION_LOST,
                           .time_ms = server_now_ms(run->campaign->server),
                           .id = pending->local,
                           .endpoint = endpoint,
                           .as.failure = { .why = is_first
                                                      ? "the device did not "
                                                        "register again"
                                                      : no_second } },
        };
        struct journal_event written;
        drop_pending(pending);
        if (journal_append(run->campaign->journal, &event, &written, NULL) ==
                STATUS_OK &&
            event_store_add(run->events, &written, NULL) != STATUS_OK) {
            (void)reason_set(&run->lane->failure, STATUS_LIMIT,
                             "the events of the case cannot be kept");
        }
        run->is_lost = run->is_lost || is_first;
        has_second = has_second && is_first;
    }
    if (!has_second) {
        runner_abort(run, VERDICT_INCONC, no_second);
    }
}

/* Time. */

uint64_t run_limit_ms(const struct run *run, enum limit limit)
{
    const struct profile *profile = run_profile(run);
    uint64_t ms = profile->limits_ms[limit];

    if (limit == LIMIT_DOWNLOAD && !profile->is_limit_declared[limit]) {
        ms += (uint64_t)run->package_size * MS_PER_KIB / KIB;
    }
    return ms;
}

enum status run_deadline(struct run *run, enum limit limit,
                         struct reason *reason)
{
    server_timer_stop(run->campaign->server, run->deadlines[limit]);
    run->deadlines[limit] = 0;
    run->has_passed[limit] = false;
    return server_timer_start(run->campaign->server, run_limit_ms(run, limit),
                              &run->deadlines[limit], reason);
}

enum status run_wake(struct run *run, uint64_t after_ms, struct reason *reason)
{
    server_timer_stop(run->campaign->server, run->wake);
    run->wake = 0;
    return server_timer_start(run->campaign->server, after_ms, &run->wake,
                              reason);
}

void run_stop_timers(struct run *run)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        server_timer_stop(run->campaign->server, run->deadlines[i]);
        run->deadlines[i] = 0;
        run->has_passed[i] = false;
    }
    server_timer_stop(run->campaign->server, run->wake);
    run->wake = 0;
}

void run_resume_limits(struct run *run)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        if (run->has_passed[i] &&
            run_deadline(run, (enum limit)i, NULL) != STATUS_OK) {
            run->campaign->failure.status = STATUS_LIMIT;
        }
    }
}

/** Give one event to the current step. */
static void drive(struct run *run, const struct journal_event *event)
{
    if (run->type == NULL || run->phase == RUN_OVER) {
        return;
    }
    enum step_progress progress = run->type->drive(run, event);
    if (progress != STEP_GO_ON) {
        runner_step_ended(run, progress);
    }
}

void run_pump(struct run *run)
{
    if (run->is_pumping) {
        return;
    }
    run->is_pumping = true;
    while (run->phase != RUN_OVER &&
           run->driven < event_store_count(run->events)) {
        const struct journal_event *event =
            event_store_at(run->events, run->driven++);
        struct journal_event heard;
        if (formats_take(run, event, &heard)) {
            transfer_take(run, &heard);
            drive(run, &heard);
        }
    }
    run->is_pumping = false;
    if (run->phase == RUN_OVER) {
        lane_run_over(run->lane);
    }
}

bool run_take_timer(struct run *run, uint64_t id)
{
    if (id == run->wake && id != 0) {
        const struct journal_event event = {
            .kind = (enum journal_kind)SERVER_TIMER,
            .time_ms = server_now_ms(run->campaign->server),
            .endpoint = run->lane->endpoint,
            .as.server = { .kind = SERVER_TIMER, .id = id },
        };
        run->wake = 0;
        run->is_pumping = true;
        drive(run, &event);
        run->is_pumping = false;
        run_pump(run);
        return true;
    }
    if (transfer_take_timer(run, id)) {
        run_pump(run);
        return true;
    }
    if (id == run->boot_timer && id != 0) {
        run->boot_timer = 0;
        lose_pending(run);
        run_pump(run);
        return true;
    }
    for (int i = 0; i < LIMIT_COUNT; i++) {
        if (run->deadlines[i] != id || id == 0) {
            continue;
        }
        run->deadlines[i] = 0;
        if (run->lane->is_asleep && i != LIMIT_SETTLE) {
            run->has_passed[i] = true; /* it was not asked so long */
            return true;
        }
        cJSON *data = cJSON_CreateObject();
        cJSON_AddStringToObject(data, "limit", limit_name((enum limit)i));
        cJSON_AddNumberToObject(data, "ms",
                                (double)run_limit_ms(run, (enum limit)i));
        lane_record(run->lane, JOURNAL_DEADLINE, data);
        run_pump(run);
        return true;
    }
    return false;
}

/* Recording and nesting. */

enum status run_record(struct run *run, enum journal_kind kind, cJSON *data,
                       struct reason *reason)
{
    if (data == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    lane_record(run->lane, kind, data);
    return STATUS_OK;
}

bool run_holds(const struct run *run, const char *line)
{
    return applies_holds(line, run_profile(run), &run->lane->ics);
}

const char *run_line_misfit(const char *line)
{
    return applies_misfit(line);
}

enum status run_nest(struct run *run, const cJSON *steps, const char *role,
                     uint16_t instance, struct reason *reason)
{
    size_t entries =
        sizeof(run->binding.entries) / sizeof(run->binding.entries[0]);

    if (run->frame_count == RUN_FRAMES_MAX || run->binding.count == entries) {
        return reason_set(reason, STATUS_LIMIT, "steps are nested too deeply");
    }
    struct run_frame *frame = &run->frames[run->frame_count++];
    *frame =
        (struct run_frame){ .next = steps->child, .has_binding = role != NULL };
    memcpy(frame->pointer, run->pointer,
           strnlen(run->pointer, sizeof(frame->pointer) - 1));
    frame->role_instance = instance;
    if (role != NULL) {
        size_t length = strnlen(role, sizeof(frame->role) - 1);
        memcpy(frame->role, role, length);
    }
    return STATUS_OK;
}

bool run_has_hook(const struct run *run, const char *name)
{
    return profile_hook(run_profile(run), name) != NULL;
}

enum status run_hook(struct run *run, const char *name, struct reason *reason)
{
    const struct profile_hook *hook = profile_hook(run_profile(run), name);

    if (hook == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "the profile has no hook '%s'", name);
    }
    return campaign_start_hook(run->lane, hook, reason);
}

uint64_t run_seed(const struct run *run)
{
    return run->campaign->config->seed;
}

void run_hook_stop(struct run *run, const char *name)
{
    campaign_stop_hook(run->lane, name);
}

void run_release_step(struct run *run)
{
    if (run->scratch != NULL && run->type->release != NULL) {
        run->type->release(run->scratch);
    }
    free(run->scratch);
    run->scratch = NULL;
    run->type = NULL;
    run->step = NULL;
}

void run_release(struct run *run)
{
    run_calm(run);
    run_stop_timers(run);
    run_forget_pending(run);
    transfer_release(run);
    formats_release(run);
    run_release_step(run);
    event_store_free(run->events);
    run->events = NULL;
}
