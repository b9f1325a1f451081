/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/poll.h"

#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"

enum limit poll_limit(const struct run *run, enum limit otherwise)
{
    const char *name = operation_text(run, "within");
    enum limit limit = otherwise;

    return name != NULL && limit_parse(name, &limit) ? limit : otherwise;
}

static enum poll_progress read_next(struct run *run, struct poll *poll)
{
    struct reason reason = { .status = STATUS_OK };
    struct server_request request = {
        .content_format = CONTENT_FORMAT_NONE,
        .accept = CONTENT_FORMAT_NONE,
    };

    if (poll->next >= poll->set.count) {
        poll->next = 0;
        return POLL_ROUND;
    }
    struct lwm2m_path path =
        lwm2m_path_instance(AFU_OBJECT, poll->set.instances[poll->next]);
    management_read(&request, run_endpoint(run), path, run_accept(run, &path));
    poll->sent_unregistered = !run_is_registered(run);
    if (run_send_negotiated(run, &request, false, &poll->id, &reason) !=
        STATUS_OK) {
        (void)run_fail(run, &reason); /* the caller says STEP_FAILED */
        return POLL_FAILED;
    }
    poll->is_open = true;
    return POLL_WAIT;
}

enum poll_progress poll_start(struct run *run, struct poll *poll,
                              enum limit limit)
{
    struct reason reason = { .status = STATUS_OK };

    poll->limit = limit;
    if (run_deadline(run, limit, &reason) != STATUS_OK) {
        (void)run_fail(run, &reason); /* the caller says STEP_FAILED */
        return POLL_FAILED;
    }
    return read_next(run, poll);
}

enum poll_progress poll_again(struct run *run, struct poll *poll)
{
    struct reason reason = { .status = STATUS_OK };

    if (poll->delay_ms == 0) {
        poll->delay_ms = POLL_FIRST_MS;
    } else if (poll->delay_ms < POLL_LAST_MS) {
        poll->delay_ms *= 2;
    }
    if (poll->delay_ms > POLL_LAST_MS) {
        poll->delay_ms = POLL_LAST_MS;
    }
    if (run_wake(run, poll->delay_ms, &reason) != STATUS_OK) {
        (void)run_fail(run, &reason); /* the caller says STEP_FAILED */
        return POLL_FAILED;
    }
    return POLL_WAIT;
}

/** Keep what the answer shows. An error code shows nothing, but is an
 *  answer. */
static void take_view(struct run *run, struct poll *poll,
                      const struct journal_event *event)
{
    uint16_t instance = poll->set.instances[poll->next];
    struct poll_pair *pair = &poll->pairs[poll->next];
    struct view view;

    pair->known = false;
    if (view_of_event(run_events(run), event, run_definitions(run), &view,
                      NULL) != STATUS_OK) {
        return;
    }
    view_pair(&view, instance, &pair->state, &pair->result);
    pair->known = true;
    pair->sent_ms = view.sent_ms;
    view_release(&view);
}

static enum poll_progress take_answer(struct run *run, struct poll *poll,
                                      const struct journal_event *event)
{
    poll->is_open = false;
    if (event->kind == (enum journal_kind)SERVER_RESPONSE) {
        poll->is_silent = false;
        take_view(run, poll, event);
        poll->next++;
        if (poll->is_early) { /* a lost datagram may have made it old */
            poll->is_early = false;
            poll->next = 0;
        }
        return read_next(run, poll);
    }
    bool waited_in_vain = poll->sent_unregistered && !run_is_registered(run);
    if (event->kind == (enum journal_kind)SERVER_SESSION_LOST &&
        !waited_in_vain) {
        return read_next(run, poll); /* it rebooted: read it anew */
    }
    poll->is_silent = true;
    if (poll->at_limit) {
        return POLL_SILENT;
    }
    /* It may be installing, without answering or after a De-register; that
     * may take longer than T_BOOT. */
    return poll_again(run, poll);
}

static enum poll_progress take_limit(struct run *run, struct poll *poll)
{
    poll->at_limit = true;
    poll->is_early = poll->is_open;
    if (!poll->is_open) {
        poll->next = 0;
        return read_next(run, poll);
    }
    /* The open Read says whether the device still answers, unless it only
     * waits for a registration. */
    return poll->sent_unregistered && !run_is_registered(run) ? POLL_SILENT
                                                              : POLL_WAIT;
}

enum poll_progress poll_take(struct run *run, struct poll *poll,
                             const struct journal_event *event)
{
    if (poll->is_open && event_closes(event, poll->id)) {
        return take_answer(run, poll, event);
    }
    if (event->kind == JOURNAL_DEADLINE && !poll->at_limit) {
        const char *name = journal_text(event, "limit");
        if (name != NULL && strcmp(name, limit_name(poll->limit)) == 0) {
            return take_limit(run, poll);
        }
    }
    if (event->kind == (enum journal_kind)SERVER_TIMER && !poll->is_open &&
        !poll->at_limit) {
        return read_next(run, poll);
    }
    return POLL_WAIT;
}

const struct poll_pair *poll_pair_of(const struct poll *poll, uint16_t instance)
{
    for (size_t i = 0; i < poll->set.count; i++) {
        if (poll->set.instances[i] == instance && poll->pairs[i].known) {
            return &poll->pairs[i];
        }
    }
    return NULL;
}

/** Whether the request may change the pair of the instance. */
static bool is_stimulus(const struct journal_event *event, uint16_t instance)
{
    struct lwm2m_path path;

    if (event->kind != (enum journal_kind)SERVER_REQUEST ||
        !event_path(event, &path) || path.depth != 3 ||
        path.ids[0] != AFU_OBJECT) {
        return false;
    }
    uint8_t method = event->as.server.as.request.method;
    if (method == METHOD_POST && path.ids[2] == AFU_UPDATE) {
        return true;
    }
    return path.ids[1] == instance &&
           ((method == METHOD_POST && path.ids[2] == AFU_CANCEL) ||
            (method == METHOD_PUT && path.ids[2] <= AFU_PACKAGE_URI));
}

/** A block behind the first one: the transfer began earlier. */
static bool is_later_block(const struct journal_event *event)
{
    const struct server_request_view *request = &event->as.server.as.request;

    return request->method == METHOD_PUT && request->has_block1 &&
           request->block1.number > 0;
}

bool poll_is_stale(const struct run *run, const struct poll *poll,
                   uint16_t instance)
{
    const struct poll_pair *pair = poll_pair_of(poll, instance);
    struct look look = look_of_run(run);
    const struct journal_event *newest = NULL;
    size_t begin = look.end;

    for (; begin > 0; begin--) {
        const struct journal_event *event =
            event_store_at(look.events, begin - 1);
        if (!is_stimulus(event, instance)) {
            continue;
        }
        newest = newest != NULL ? newest : event;
        if (!is_later_block(event)) {
            break;
        }
    }
    if (pair == NULL || newest == NULL || begin == 0) {
        return false;
    }
    struct look before = look;
    int state = -1;
    int result = -1;
    before.end = begin - 1;
    if (!look_pair(&before, 0, instance, &state, &result, NULL) ||
        state != pair->state || result != pair->result ||
        look_pair_differs(&look, begin, instance, state, result)) {
        return false;
    }
    const struct journal_event *closing =
        look_closing(&look, newest->as.server.id);
    uint64_t since = closing != NULL ? closing->time_ms : newest->time_ms;
    return pair->sent_ms < since + run_profile(run)->limits_ms[LIMIT_STATE];
}
