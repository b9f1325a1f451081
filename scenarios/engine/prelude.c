/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/prelude.h"

enum {
    OBJECT = 33629,
    OBJECT_DEVICE = 3,
    RESOURCE_FIRMWARE = 3, /* of /3/0 */
    RESOURCE_STATE = 3,
    RESOURCE_RESULT = 5,
    RESOURCE_PKGVERSION = 7,
    RESOURCE_CANCEL = 10,
    STATE_IDLE = 0,
};

static bool has(const struct run *run, enum personality_pattern pattern)
{
    return personality_has(run->campaign->config->personality, pattern);
}

static struct lwm2m_path resource(const struct run_transfer *transfer,
                                  uint16_t id)
{
    return lwm2m_path_resource(OBJECT, transfer->instance, id);
}

/** Whether the steps observe something themselves: what they count must not be
 *  told twice. */
static bool observes(const cJSON *steps)
{
    const cJSON *item = NULL;
    bool does = cJSON_HasObjectItem(steps, "observe") ||
                cJSON_HasObjectItem(steps, "observe-composite");

    cJSON_ArrayForEach(item, steps)
    {
        does = does || observes(item);
    }
    return does;
}

static bool may_observe(const struct run *run)
{
    const struct test_case *test_case = run->test_case;

    return has(run, PATTERN_OBSERVE_FIRST) &&
           run->watched_count < RUN_WATCHED_MAX &&
           (test_case == NULL ||
            (!observes(test_case->preamble) && !observes(test_case->steps)));
}

static bool was_observed(const struct run *run, const struct lwm2m_path *path)
{
    for (size_t i = 0; i < run->watched_count; i++) {
        if (lwm2m_path_equal(&run->watched[i].path, path)) {
            return true;
        }
    }
    return false;
}

static bool observe(struct run *run, struct run_transfer *transfer,
                    struct lwm2m_path path)
{
    struct server_request request;

    if (!may_observe(run) || was_observed(run, &path)) {
        return false;
    }
    management_observe(&request, NULL, path, run_accept(run, &path));
    if (run_send(run, &request, &transfer->prelude_request, NULL) !=
        STATUS_OK) {
        return false;
    }
    run->watched[run->watched_count].path = path;
    run->watched[run->watched_count++].id = transfer->prelude_request;
    return true;
}

static bool read_instance(struct run *run, struct run_transfer *transfer)
{
    struct server_request request;
    struct lwm2m_path path = lwm2m_path_instance(OBJECT, transfer->instance);

    if (!has(run, PATTERN_READ_FIRST) && !has(run, PATTERN_CANCEL_IN_IDLE)) {
        return false;
    }
    management_read(&request, NULL, path, run_accept(run, &path));
    return run_send(run, &request, &transfer->prelude_request, NULL) ==
           STATUS_OK;
}

static bool cancel(struct run *run, struct run_transfer *transfer)
{
    struct server_request request;

    if (!has(run, PATTERN_CANCEL_IN_IDLE) || !transfer->prelude_is_idle ||
        !ics_holds(&run->lane->ics, "cancel")) {
        return false;
    }
    management_execute(&request, NULL, resource(transfer, RESOURCE_CANCEL),
                       NULL);
    return run_send(run, &request, &transfer->prelude_request, NULL) ==
           STATUS_OK;
}

/** @return whether a request went out */
static bool send(struct run *run, struct run_transfer *transfer)
{
    switch (transfer->prelude) {
    case PRELUDE_FIRMWARE:
        return observe(
            run, transfer,
            lwm2m_path_resource(OBJECT_DEVICE, 0, RESOURCE_FIRMWARE));
    case PRELUDE_STATE:
        return observe(run, transfer, resource(transfer, RESOURCE_STATE));
    case PRELUDE_RESULT:
        return observe(run, transfer, resource(transfer, RESOURCE_RESULT));
    case PRELUDE_PKGVERSION:
        return ics_holds(&run->lane->ics, "pkgver") &&
               observe(run, transfer, resource(transfer, RESOURCE_PKGVERSION));
    case PRELUDE_READ:
        return read_instance(run, transfer);
    case PRELUDE_CANCEL:
        return cancel(run, transfer);
    case PRELUDE_NONE:
    case PRELUDE_OVER:
        break;
    }
    return false;
}

static bool next(struct run *run, struct run_transfer *transfer)
{
    transfer->prelude_request = 0;
    while (transfer->prelude < PRELUDE_OVER) {
        transfer->prelude = (enum run_prelude)(transfer->prelude + 1);
        if (send(run, transfer)) {
            return true;
        }
    }
    return false;
}

bool prelude_begin(struct run *run, struct run_transfer *transfer)
{
    return next(run, transfer);
}

/** What the Read showed. */
static bool shows_idle(const struct run *run,
                       const struct run_transfer *transfer,
                       const struct journal_event *event)
{
    struct view view;
    int state = -1;
    int result = -1;

    if (view_of_event(run->events, event, run_definitions(run), &view, NULL) !=
        STATUS_OK) {
        return false;
    }
    view_pair(&view, transfer->instance, &state, &result);
    view_release(&view);
    return state == STATE_IDLE;
}

bool prelude_take(struct run *run, struct run_transfer *transfer,
                  const struct journal_event *event)
{
    bool is_over = event->kind == (enum journal_kind)SERVER_RESPONSE ||
                   event->kind == (enum journal_kind)SERVER_TIMEOUT ||
                   event->kind == (enum journal_kind)SERVER_RESET ||
                   event->kind == (enum journal_kind)SERVER_SESSION_LOST;

    if (!is_over || event->as.server.id != transfer->prelude_request) {
        return true;
    }
    if (transfer->prelude == PRELUDE_READ) {
        transfer->prelude_is_idle = shows_idle(run, transfer, event);
    }
    return next(run, transfer);
}

void prelude_release(struct run *run)
{
    for (size_t i = 0; i < run->watched_count; i++) {
        run_forget(run, run->watched[i].id);
    }
    run->watched_count = 0;
}
