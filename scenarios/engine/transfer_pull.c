/* SPDX-License-Identifier: Apache-2.0 */

/*
 * By Write to Package URI. The device asks for the file when it likes, so what
 * ends a transfer is the last block that was given, or a State that says so:
 * it is read whenever no block was asked for in a while. Spec: AFU-031.
 */
#include <string.h>

#include "scenarios/engine/transfer.h"

enum {
    RESOURCE_URI = 1,
    METHOD_GET = 1,
    STATE_IDLE = 0,
    STATE_DOWNLOADING = 1,
    QUIET_MS = 50, /* without a request: look */
    QUIET_MAX_MS = 1000,
};

static enum status wait_for_requests(struct run *run,
                                     struct run_transfer *transfer,
                                     struct reason *reason)
{
    return transfer->timer != 0
               ? STATUS_OK
               : server_timer_start(run->campaign->server, transfer->quiet_ms,
                                    &transfer->timer, reason);
}

/** Send the URI, in a format that the device takes. */
static enum status write_uri(struct run *run, struct run_transfer *transfer,
                             struct reason *reason)
{
    struct server_request request;
    struct lwm2m_record record = {
        .path = lwm2m_path_resource(TRANSFER_OBJECT, transfer->instance,
                                    RESOURCE_URI),
        .value = { .type = LWM2M_TYPE_STRING },
    };
    int format = run_content_format(run, &record.path);
    struct record_list list;
    struct byte_buffer payload;

    record.value.as.data.bytes = transfer->uri;
    record.value.as.data.length = strlen(transfer->uri);
    record_list_init(&list);
    byte_buffer_init(&payload);
    enum status status = record_list_add(&list, &record, reason);
    if (status == STATUS_OK) {
        status = codec_encode(format, &record.path, &list, &payload, reason);
    }
    if (status == STATUS_OK) {
        management_write(&request, run_endpoint(run), record.path, format,
                         payload.bytes, payload.length);
        status = run_send_negotiated(run, &request, true, &transfer->request,
                                     reason);
    }
    record_list_release(&list);
    byte_buffer_release(&payload);
    return status;
}

static enum status pull_start(struct run *run, struct run_transfer *transfer,
                              struct reason *reason)
{
    transfer->quiet_ms = QUIET_MS;
    enum status status = write_uri(run, transfer, reason);
    if (status == STATUS_OK) {
        status = server_timer_start(run->campaign->server,
                                    run_limit_ms(run, LIMIT_DOWNLOAD),
                                    &transfer->limit_timer, reason);
    }
    return status;
}

/** The answer to the Write of the URI. */
static void take_answer(struct run *run, struct run_transfer *transfer,
                        const struct journal_event *event)
{
    uint8_t code = 0;

    transfer->request = 0;
    switch ((int)event->kind) {
    case SERVER_RESPONSE:
        code = event->as.server.as.response.code;
        transfer->taken_ms = event->time_ms;
        transfer->code = code;
        if (transfer->was_given) { /* the answer came later than the end */
            transfer_end(run, transfer, "complete", code);
        } else if (code >> 5 != 2) {
            transfer_end(run, transfer, "refused", code);
        } else if (transfer->file == NULL) { /* nothing else will be heard */
            transfer_end(run, transfer, "given", code);
        } else if (!transfer->is_paused &&
                   wait_for_requests(run, transfer, NULL) != STATUS_OK) {
            transfer_end(run, transfer, "lost", 0);
        }
        break;
    case SERVER_SESSION_LOST:
        transfer_end(run, transfer, "lost", 0);
        break;
    default:
        transfer_end(run, transfer, "timeout", 0);
        break;
    }
}

/** It stopped on purpose, at this byte: the pause, or a fault. */
static void take_stop(struct run *run, struct run_transfer *transfer,
                      uint64_t offset, uint8_t code)
{
    if (transfer->pauses && !transfer->was_paused) {
        transfer->was_paused = true;
        transfer_pause(run, transfer, offset);
    } else if (!transfer->is_paused) {
        transfer_end(run, transfer, "fault", code);
    }
}

/** The last byte was given. */
static void take_last(struct run *run, struct run_transfer *transfer)
{
    if (transfer->request != 0) {
        transfer->was_given = true;
    } else {
        transfer_end(run, transfer, "complete", transfer->code);
    }
}

static bool is_by_http(const struct server_repository_view *view)
{
    return view->protocol != NULL && strncmp(view->protocol, "http", 4) == 0;
}

/** A request by HTTP. What is given follows in an event of its own. */
static void take_http_request(struct run *run, struct run_transfer *transfer,
                              const struct server_repository_view *view)
{
    transfer->heard_ms = server_now_ms(run->campaign->server);
    transfer->quiet_ms = QUIET_MS;
    transfer->was_fetched = true;
    transfer->blocks++;
    if (view->ends) {
        take_stop(run, transfer, view->offset, view->code);
    }
}

/** What became of the answer to it. */
static void take_http_given(struct run *run, struct run_transfer *transfer,
                            const struct server_repository_view *view)
{
    uint64_t end = view->offset + view->given;

    transfer->heard_ms = server_now_ms(run->campaign->server);
    transfer->quiet_ms = QUIET_MS;
    if (view->ends) {
        take_stop(run, transfer, end, 0);
    } else if (view->code == COAP_CODE(2, 5) && view->given > 0 &&
               end == view->size && strcmp(view->outcome, "given") == 0) {
        take_last(run, transfer);
    }
}

/** A request for the file. */
static void take_request(struct run *run, struct run_transfer *transfer,
                         const struct server_repository_view *view)
{
    bool is_last = view->code == COAP_CODE(2, 5) && !view->block2.more;

    /* The last block may be given to a request that was met by silence. */
    if (view->method != METHOD_GET || (view->is_repeated && !is_last)) {
        return;
    }
    transfer->heard_ms = server_now_ms(run->campaign->server);
    transfer->quiet_ms = QUIET_MS;
    transfer->was_fetched = true;
    transfer->blocks++;
    transfer->push.szx = view->has_block2 ? view->block2.szx : RUN_PUSH_SZX;
    if (view->ends) {
        take_stop(run, transfer,
                  view->has_asked
                      ? (uint64_t)view->asked.number << (view->asked.szx + 4)
                      : 0,
                  view->code);
    } else if (is_last) {
        take_last(run, transfer);
    }
}

/** Look whether the device still downloads. */
static void poll(struct run *run, struct run_transfer *transfer)
{
    struct server_request request;
    struct lwm2m_path path =
        lwm2m_path_instance(TRANSFER_OBJECT, transfer->instance);

    management_read(&request, NULL, path, run_accept(run, &path));
    if (run_send_negotiated(run, &request, false, &transfer->poll, NULL) !=
        STATUS_OK) {
        transfer_end(run, transfer, "lost", 0);
    }
}

static void take_timer(struct run *run, struct run_transfer *transfer)
{
    uint64_t now = server_now_ms(run->campaign->server);

    if (transfer->heard_ms + transfer->quiet_ms > now) {
        if (wait_for_requests(run, transfer, NULL) != STATUS_OK) {
            transfer_end(run, transfer, "lost", 0);
        }
        return;
    }
    poll(run, transfer);
}

/** Whether this State is that of a device which is done. In Idle it may not
 *  have begun, or not show it yet: T_STATE. */
static bool is_over(const struct run *run, const struct run_transfer *transfer,
                    int state)
{
    bool has_begun = transfer->was_fetched || transfer->was_downloading;
    uint64_t since = has_begun ? transfer->heard_ms : transfer->taken_ms;
    uint64_t state_ms = run_profile(run)->limits_ms[LIMIT_STATE];

    return state > STATE_DOWNLOADING ||
           (state == STATE_IDLE &&
            (transfer->was_downloading ||
             server_now_ms(run->campaign->server) >= since + state_ms));
}

static void take_view(struct run *run, struct run_transfer *transfer,
                      const struct journal_event *event)
{
    struct view view;
    int state = -1;
    int result = -1;

    if (view_of_event(run->events, event, run_definitions(run), &view, NULL) ==
        STATUS_OK) {
        view_pair(&view, transfer->instance, &state, &result);
        view_release(&view);
    }
    /* An old Result was cleared when the download began: AFU-036. */
    bool has_failed =
        state == STATE_IDLE && result > 0 && transfer->was_fetched;
    transfer->was_downloading =
        transfer->was_downloading || state == STATE_DOWNLOADING;
    if (is_over(run, transfer, state) || has_failed) {
        transfer_end(run, transfer, "ended", transfer->code);
    } else if (wait_for_requests(run, transfer, NULL) != STATUS_OK) {
        transfer_end(run, transfer, "lost", 0);
    }
}

static void take_poll(struct run *run, struct run_transfer *transfer,
                      const struct journal_event *event)
{
    transfer->poll = 0;
    transfer->quiet_ms = transfer->quiet_ms * 2 < QUIET_MAX_MS
                             ? transfer->quiet_ms * 2
                             : QUIET_MAX_MS;
    switch ((int)event->kind) {
    case SERVER_RESPONSE:
        take_view(run, transfer, event);
        break;
    case SERVER_SESSION_LOST: /* it restarts */
        if (!run->is_lost &&
            wait_for_requests(run, transfer, NULL) == STATUS_OK) {
            break;
        }
        transfer_end(run, transfer, "lost", 0);
        break;
    default:
        transfer_end(run, transfer, "timeout", 0);
        break;
    }
}

static bool is_closing(const struct journal_event *event, uint64_t id)
{
    return id != 0 && event->as.server.id == id &&
           ((int)event->kind == SERVER_RESPONSE ||
            (int)event->kind == SERVER_TIMEOUT ||
            (int)event->kind == SERVER_RESET ||
            (int)event->kind == SERVER_SESSION_LOST);
}

/** An event of the file that is fetched. */
static void take_file(struct run *run, struct run_transfer *transfer,
                      const struct journal_event *event)
{
    const struct server_repository_view *view = &event->as.server.as.repository;

    if ((int)event->kind == SERVER_FILE_GIVEN) {
        take_http_given(run, transfer, view);
    } else if (is_by_http(view)) {
        take_http_request(run, transfer, view);
    } else {
        take_request(run, transfer, view);
    }
}

static void pull_take(struct run *run, struct run_transfer *transfer,
                      const struct journal_event *event)
{
    if ((int)event->kind == SERVER_TIMER) {
        take_timer(run, transfer);
    } else if ((int)event->kind == SERVER_REPOSITORY ||
               (int)event->kind == SERVER_FILE_GIVEN) {
        if (transfer->file != NULL &&
            event->as.server.id == transfer->file->id) {
            take_file(run, transfer, event);
        }
    } else if (is_closing(event, transfer->request)) {
        take_answer(run, transfer, event);
    } else if (is_closing(event, transfer->poll)) {
        take_poll(run, transfer, event);
    }
}

static void pull_resume(struct run *run, struct run_transfer *transfer)
{
    server_publish_resume(run->campaign->server, transfer->file->id);
    transfer->quiet_ms = QUIET_MS;
    if (wait_for_requests(run, transfer, NULL) != STATUS_OK ||
        server_timer_start(run->campaign->server,
                           run_limit_ms(run, LIMIT_DOWNLOAD),
                           &transfer->limit_timer, NULL) != STATUS_OK) {
        transfer_end(run, transfer, "lost", 0);
    }
}

const struct transfer_driver transfer_pull = {
    .mechanism = MECHANISM_PULL,
    .start = pull_start,
    .take = pull_take,
    .resume = pull_resume,
};
