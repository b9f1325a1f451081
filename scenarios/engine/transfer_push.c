/* SPDX-License-Identifier: Apache-2.0 */

/* By Write to Package, in blocks. Spec: AFU-030; RFC 7959, 2.3. */
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/transfer.h"

enum {
    RESOURCE_PACKAGE = 0,
    RESOURCE_STATE = 3,
    METHOD_PUT = 3,
    PERCENT = 100,
    SZX_512 = 5,
    BLOCK_SIZE_MAX = 1024,
    P50 = 50,
    SPARE_MS = 50,
};

/** For the record: a message that is not the one that should come. */
static void note_fault(struct run_transfer *transfer,
                       const struct push_block *block)
{
    if (block->deed == PUSH_AS_IT_IS ||
        transfer->fault_count == RUN_FAULTS_MAX) {
        return;
    }
    transfer->faults[transfer->fault_count++] = (struct run_fault){
        .deed = block->deed, .block = block->block, .request = transfer->request
    };
}

static void note_code(struct run_transfer *transfer, uint8_t code)
{
    struct run_fault *last = transfer->fault_count > 0
                                 ? &transfer->faults[transfer->fault_count - 1]
                                 : NULL;

    transfer->code = code;
    if (last != NULL && last->request == transfer->request) {
        last->code = code;
    }
}

static bool has_one_token(const struct run *run,
                          const struct run_transfer *transfer)
{
    return transfer->wish.has_token
               ? transfer->wish.has_one_token
               : personality_has(run->campaign->config->personality,
                                 PATTERN_ONE_TOKEN);
}

/** The size to begin with. */
static uint8_t first_szx(const struct run *run, struct run_transfer *transfer)
{
    uint8_t szx = run->lane->push_szx;

    if (transfer->wish.has_szx) {
        return transfer->wish.szx;
    }
    if (!personality_has(run->campaign->config->personality,
                         PATTERN_BLOCKS_OF_512)) {
        return szx;
    }
    transfer->block_max = 1u << (SZX_512 + 4);
    return szx > SZX_512 ? SZX_512 : szx;
}

/** The bytes of the block, one bit of which is flipped for "damage". */
static const uint8_t *block_bytes(const struct run_transfer *transfer,
                                  const struct push_block *block,
                                  uint8_t buffer[BLOCK_SIZE_MAX])
{
    const uint8_t *bytes = transfer->package.bytes + block->offset;

    if (block->deed != PUSH_DAMAGE || block->length == 0 ||
        block->length > BLOCK_SIZE_MAX) {
        return bytes;
    }
    memcpy(buffer, bytes, block->length);
    buffer[block->length / 2] ^= 0x10;
    return buffer;
}

static enum status send_block(struct run *run, struct run_transfer *transfer,
                              struct reason *reason)
{
    uint8_t buffer[BLOCK_SIZE_MAX];
    struct push_block block = push_next(&transfer->push);
    uint32_t size1 = 0;
    bool is_first = transfer->by_blocks && block.block.number == 0;
    struct server_request request = {
        .method = METHOD_PUT,
        .path = lwm2m_path_resource(TRANSFER_OBJECT, transfer->instance,
                                    RESOURCE_PACKAGE),
        .content_format = transfer->wish.is_text ? CONTENT_FORMAT_TEXT
                                                 : CONTENT_FORMAT_OPAQUE,
        .accept = CONTENT_FORMAT_NONE,
        .has_block1 = transfer->by_blocks,
        .block1 = block.block,
        .has_size1 =
            is_first && delivery_blocks_size1(&transfer->wish,
                                              transfer->package.size, &size1),
        .size1 = size1,
        .copies = block.deed == PUSH_COPY ? 1 : 0,
        .token_of = has_one_token(run, transfer) ? transfer->first_request : 0,
        .payload = block_bytes(transfer, &block, buffer),
        .payload_length = block.length,
    };
    enum status status = run_send(run, &request, &transfer->request, reason);

    if (status == STATUS_OK) {
        transfer->first_request =
            transfer->blocks == 0 ? transfer->request : transfer->first_request;
        transfer->blocks++;
        note_fault(transfer, &block);
    }
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

/** Base64, as text/plain has it. */
static enum status to_text(struct run_transfer *transfer, struct reason *reason)
{
    struct package *package = &transfer->package;
    struct lwm2m_record record = {
        .path = lwm2m_path_resource(TRANSFER_OBJECT, transfer->instance,
                                    RESOURCE_PACKAGE),
        .value = { .type = LWM2M_TYPE_OPAQUE,
                   .as.data = { (const char *)package->bytes, package->size } },
    };
    struct record_list list;
    struct byte_buffer text = { .length = 0 };

    record_list_init(&list);
    enum status status = record_list_add(&list, &record, reason);
    if (status == STATUS_OK) {
        status = codec_encode(CONTENT_FORMAT_TEXT, &record.path, &list, &text,
                              reason);
    }
    record_list_release(&list);
    if (status != STATUS_OK) {
        byte_buffer_release(&text);
        return status;
    }
    free(package->bytes);
    package->bytes = text.bytes; /* handed over */
    package->size = text.length;
    return STATUS_OK;
}

static enum status push_start(struct run *run, struct run_transfer *transfer,
                              struct reason *reason)
{
    const struct delivery_blocks *wish = &transfer->wish;
    uint8_t szx = first_szx(run, transfer);
    enum status status = wish->is_text ? to_text(transfer, reason) : STATUS_OK;

    if (status != STATUS_OK) {
        return status;
    }
    push_init(&transfer->push, transfer->package.size, szx);
    transfer->by_blocks = transfer->package.size > (1u << (szx + 4));
    push_plan(&transfer->push, wish->faults, wish->fault_count);
    return send_block(run, transfer, reason);
}

/** A block that was sent again and answered right then: the network lost it,
 *  or its answer. */
static bool was_lost(const struct run *run, const struct run_transfer *transfer,
                     const struct server_response_view *response,
                     uint64_t now_ms)
{
    uint64_t usual_ms = latency_percentile(&transfer->latency, P50);

    usual_ms =
        usual_ms > run->lane->answer_ms ? usual_ms : run->lane->answer_ms;
    return response->again_ms != 0 &&
           now_ms - response->again_ms <= 2 * usual_ms + SPARE_MS;
}

/** RFC 7252, 4.8.2: an acknowledgement is expected within ACK_TIMEOUT, the
 *  answer itself or an empty one. */
static void note_latency(struct run *run, struct run_transfer *transfer,
                         const struct server_response_view *response,
                         uint64_t now_ms)
{
    uint64_t left_ms = response->left_ms;
    uint64_t limit_ms = run_profile(run)->limits_ms[LIMIT_ACK];
    bool is_acknowledged = response->acked_ms != 0;
    uint64_t first_ms = is_acknowledged ? response->acked_ms : now_ms;

    if (left_ms == 0 || now_ms < left_ms) {
        return;
    }
    bool is_late = first_ms - left_ms > limit_ms && !transfer->was_disturbed &&
                   run->campaign->config->impairment == NULL &&
                   !was_lost(run, transfer, response, first_ms);
    if (is_late && transfer->late_count++ < RUN_LATE_MAX) {
        transfer->late[transfer->late_count - 1] =
            (struct run_late){ push_next(&transfer->push).block.number,
                               first_ms - left_ms, is_acknowledged };
    }
    latency_add(&transfer->latency, now_ms - left_ms);
}

static void take_response(struct run *run, struct run_transfer *transfer,
                          const struct server_response_view *response,
                          uint64_t now_ms)
{
    if (!transfer->is_probing) {
        note_latency(run, transfer, response, now_ms);
    }
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
    note_code(transfer, response->code);
    switch (push_answer(&transfer->push, response)) {
    case PUSH_RESTART:
        transfer->fault_count = 0; /* all of it comes again */
        go_on(run, transfer);
        break;
    case PUSH_CONTINUE:
        go_on(run, transfer);
        break;
    case PUSH_COMPLETE:
        /* Who says which size it takes is asked again, who does not is not. */
        if (!transfer->push.told_smaller && !transfer->wish.has_szx &&
            transfer->wish.fault_count == 0) {
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

/** Whether a message was dropped or delayed by us: what comes late by that is
 *  not the device's. */
static bool is_on_purpose(const struct journal_event *event)
{
    return event->kind == (enum journal_kind)SERVER_WIRE &&
           strcmp(event->as.server.as.wire.what, "ack") != 0 &&
           strcmp(event->as.server.as.wire.what, "reset") != 0 &&
           strcmp(event->as.server.as.wire.what, "ping") != 0 &&
           strcmp(event->as.server.as.wire.what, "repeated") != 0;
}

static void push_take(struct run *run, struct run_transfer *transfer,
                      const struct journal_event *event)
{
    transfer->was_disturbed = transfer->was_disturbed || is_on_purpose(event);
    if (transfer->request == 0 || event->as.server.id != transfer->request) {
        return;
    }
    switch ((int)event->kind) {
    case SERVER_RESPONSE:
        take_response(run, transfer, &event->as.server.as.response,
                      event->time_ms);
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

static void push_shift(struct run_transfer *transfer,
                       const struct delivery_shift *shift)
{
    (void)push_ahead(&transfer->push, shift->skip);
    (void)push_back(&transfer->push, shift->repeat);
}

const struct transfer_driver transfer_push = {
    .mechanism = MECHANISM_PUSH,
    .shift = push_shift,
    .start = push_start,
    .take = push_take,
    .resume = go_on,
};
