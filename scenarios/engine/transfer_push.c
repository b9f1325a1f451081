/* SPDX-License-Identifier: Apache-2.0 */

/* By Write to Package, in blocks. Spec: AFU-030; RFC 7959, 2.3. */
#include "scenarios/engine/transfer.h"

enum {
    RESOURCE_PACKAGE = 0,
    RESOURCE_STATE = 3,
    METHOD_PUT = 3,
    PERCENT = 100,
};

static enum status send_block(struct run *run, struct run_transfer *transfer,
                              struct reason *reason)
{
    struct push_block block = push_next(&transfer->push);
    struct server_request request = {
        .method = METHOD_PUT,
        .path = lwm2m_path_resource(TRANSFER_OBJECT, transfer->instance,
                                    RESOURCE_PACKAGE),
        .content_format = CONTENT_FORMAT_OPAQUE,
        .accept = CONTENT_FORMAT_NONE,
        .has_block1 = transfer->by_blocks,
        .block1 = block.block,
        .has_size1 = transfer->by_blocks && block.block.number == 0,
        .size1 = (uint32_t)transfer->package.size,
        .payload = transfer->package.bytes + block.offset,
        .payload_length = block.length,
    };
    enum status status = run_send(run, &request, &transfer->request, reason);

    transfer->blocks += status == STATUS_OK ? 1 : 0;
    return status;
}

/** After silence: whether the device answers at all, or only no such block.
 *  A block that goes unanswered costs a minute and more. */
static enum status send_probe(struct run *run, struct run_transfer *transfer,
                              struct reason *reason)
{
    struct server_request request;
    struct lwm2m_path path = lwm2m_path_resource(
        TRANSFER_OBJECT, transfer->instance, RESOURCE_STATE);

    transfer->is_probing = true;
    management_read(&request, NULL, path, run_accept(run, &path));
    return run_send(run, &request, &transfer->request, reason);
}

/** Whether the block that is next is where the transfer shall pause. */
static bool is_pause(const struct run_transfer *transfer)
{
    const struct repository_fault *pause = &transfer->pause;
    struct push_block next = push_next(&transfer->push);
    size_t size = transfer->push.size;

    if (!transfer->pauses || transfer->was_paused) {
        return false;
    }
    switch (pause->when) {
    case REPOSITORY_AT_BLOCK:
        return next.block.number >= pause->number;
    case REPOSITORY_AT_PERCENT:
        return (uint64_t)next.offset * PERCENT >=
               (uint64_t)pause->number * size;
    case REPOSITORY_AT_REQUEST:
        return transfer->blocks + 1 >= pause->number;
    case REPOSITORY_AT_END:
        return !next.block.more;
    }
    return false;
}

static void go_on(struct run *run, struct run_transfer *transfer)
{
    if (is_pause(transfer)) {
        transfer->was_paused = true;
        transfer_pause(run, transfer, transfer->push.offset);
    } else if (send_block(run, transfer, NULL) != STATUS_OK) {
        transfer_end(run, transfer, "lost", 0);
    }
}

static enum status push_start(struct run *run, struct run_transfer *transfer,
                              struct reason *reason)
{
    push_init(&transfer->push, transfer->package.size, run->lane->push_szx);
    transfer->by_blocks =
        transfer->package.size > (1u << (run->lane->push_szx + 4));
    return send_block(run, transfer, reason);
}

static void take_response(struct run *run, struct run_transfer *transfer,
                          const struct server_response_view *response)
{
    if (!transfer->by_blocks && response->code == COAP_CODE(4, 13)) {
        transfer->by_blocks = true; /* too large in one piece: a hint counts */
    }
    if (transfer->is_probing) { /* whatever it says, it is there */
        transfer->is_probing = false;
        transfer->by_blocks = true;
        run->is_lost = false;
        go_on(run, transfer);
        return;
    }
    switch (push_answer(&transfer->push, response)) {
    case PUSH_CONTINUE:
    case PUSH_RESTART:
        go_on(run, transfer);
        break;
    case PUSH_COMPLETE:
        /* Who says which size it takes is asked again, who does not is not. */
        if (!transfer->push.told_smaller) {
            run->lane->push_szx = transfer->push.szx;
        }
        transfer_end(run, transfer, "complete", response->code);
        break;
    case PUSH_REFUSED:
    case PUSH_CONFUSED:
        transfer_end(run, transfer, "refused", response->code);
        break;
    }
}

static void take_silence(struct run *run, struct run_transfer *transfer)
{
    if (transfer->is_probing || push_silence(&transfer->push) != PUSH_RESTART ||
        send_probe(run, transfer, NULL) != STATUS_OK) {
        transfer_end(run, transfer, "timeout", 0);
    }
}

static void push_take(struct run *run, struct run_transfer *transfer,
                      const struct journal_event *event)
{
    if (transfer->request == 0 || event->as.server.id != transfer->request) {
        return;
    }
    switch ((int)event->kind) {
    case SERVER_RESPONSE:
        take_response(run, transfer, &event->as.server.as.response);
        break;
    case SERVER_TIMEOUT:
        take_silence(run, transfer);
        break;
    case SERVER_RESET:
        transfer_end(run, transfer, "timeout", 0);
        break;
    case SERVER_SESSION_LOST:
        transfer_end(run, transfer, "lost", 0);
        break;
    default:
        break;
    }
}

const struct transfer_driver transfer_push = {
    .mechanism = MECHANISM_PUSH,
    .start = push_start,
    .take = push_take,
    .resume = go_on,
};
