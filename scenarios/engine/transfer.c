/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/run_private.h"

enum {
    OBJECT_AFU = 33629,
    RESOURCE_PACKAGE = 0,
    PUT = 3,
    RESOURCE_STATE = 3,
};

static void end_transfer(struct run *run, struct run_transfer *transfer,
                         const char *outcome, uint8_t code)
{
    cJSON *data = cJSON_CreateObject();
    char text[8];

    cJSON_AddNumberToObject(data, "transfer", transfer->number);
    cJSON_AddStringToObject(data, "outcome", outcome);
    if (code != 0) {
        (void)snprintf(text, sizeof(text), "%u.%02u", code >> 5,
                       code & 0x1fu); /* fits */
        cJSON_AddStringToObject(data, "code", text);
    } else {
        cJSON_AddNullToObject(data, "code");
    }
    cJSON_AddNumberToObject(data, "blocks", transfer->blocks);
    cJSON_AddNumberToObject(data, "block-size",
                            (double)(1u << (transfer->push.szx + 4)));
    cJSON_AddBoolToObject(data, "told-smaller", transfer->push.told_smaller);
    cJSON_AddNumberToObject(data, "shrinks", transfer->push.shrinks_followed);
    cJSON_AddNumberToObject(
        data, "ms",
        (double)(server_now_ms(run->campaign->server) - transfer->begin_ms));
    package_release(&transfer->package);
    transfer->number = 0;
    transfer->request = 0;
    lane_record(run->lane, JOURNAL_TRANSFER_END, data);
}

void transfers_abandon(struct run *run)
{
    for (size_t i = 0; i < RUN_TRANSFERS_MAX; i++) {
        if (run->transfers[i].number != 0) {
            end_transfer(run, &run->transfers[i], "abandoned", 0);
        }
    }
}

static enum status send_block(struct run *run, struct run_transfer *transfer,
                              struct reason *reason)
{
    struct push_block block = push_next(&transfer->push);
    struct server_request request = {
        .method = PUT,
        .path = lwm2m_path_resource(OBJECT_AFU, transfer->instance,
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
    struct lwm2m_path path =
        lwm2m_path_resource(OBJECT_AFU, transfer->instance, RESOURCE_STATE);

    transfer->is_probing = true;
    management_read(&request, NULL, path, run_accept(run, &path));
    return run_send(run, &request, &transfer->request, reason);
}

static size_t observe(const struct run *run, struct package_observed *observed)
{
    const struct ics *ics = &run->lane->ics;

    for (size_t i = 0; i < ics->instance_count; i++) {
        observed[i] = (struct package_observed){
            ics->instances[i], lane_version(run->lane, ics->instances[i])
        };
    }
    return ics->instance_count;
}

static void record_begin(struct run *run, const struct run_transfer *transfer,
                         const char *name)
{
    const struct package *package = &transfer->package;
    cJSON *data = cJSON_CreateObject();

    cJSON_AddNumberToObject(data, "transfer", transfer->number);
    cJSON_AddStringToObject(data, "mechanism", "push");
    cJSON_AddNumberToObject(data, "instance", transfer->instance);
    cJSON_AddStringToObject(data, "package", name);
    cJSON_AddNumberToObject(data, "size", (double)package->size);
    cJSON_AddStringToObject(data, "sha256", package->sha256);
    cJSON_AddStringToObject(data, "version", package->version);
    cJSON *parts = cJSON_AddArrayToObject(data, "parts");
    for (size_t i = 0; i < package->part_count; i++) {
        cJSON *part = cJSON_CreateObject();
        cJSON_AddNumberToObject(part, "instance", package->parts[i].instance);
        cJSON_AddStringToObject(part, "version", package->parts[i].version);
        cJSON_AddItemToArray(parts, part);
    }
    if (package->damage != NULL) {
        cJSON_AddStringToObject(data, "damage", package->damage);
    } else {
        cJSON_AddNullToObject(data, "damage");
    }
    lane_record(run->lane, JOURNAL_TRANSFER_BEGIN, data);
}

enum status run_transfer(struct run *run, uint16_t instance,
                         const char *package, unsigned *out_transfer,
                         struct reason *reason)
{
    struct package_observed observed[RUN_INSTANCES_MAX];
    struct run_transfer *transfer = NULL;

    for (size_t i = 0; i < RUN_TRANSFERS_MAX && transfer == NULL; i++) {
        if (run->transfers[i].number == 0) {
            transfer = &run->transfers[i];
        }
    }
    if (transfer == NULL) {
        return reason_set(reason, STATUS_LIMIT,
                          "more than %d transfers at a time",
                          RUN_TRANSFERS_MAX);
    }
    *transfer = (struct run_transfer){
        .instance = instance,
        .begin_ms = server_now_ms(run->campaign->server),
    };
    enum status status =
        package_build(run_profile(run)->packages, instance, package, observed,
                      observe(run, observed), run->campaign->config->seed,
                      &transfer->package, reason);
    if (status != STATUS_OK) {
        return status;
    }
    transfer->number = ++run->next_transfer;
    push_init(&transfer->push, transfer->package.size, run->lane->push_szx);
    transfer->by_blocks =
        transfer->package.size > (1u << (run->lane->push_szx + 4));
    record_begin(run, transfer, package);
    *out_transfer = transfer->number;
    status = send_block(run, transfer, reason);
    if (status != STATUS_OK) {
        end_transfer(run, transfer, "lost", 0);
    }
    return status;
}

static void take_response(struct run *run, struct run_transfer *transfer,
                          const struct server_response_view *response)
{
    struct reason reason = { .status = STATUS_OK };

    if (!transfer->by_blocks && response->code == COAP_CODE(4, 13)) {
        transfer->by_blocks = true; /* too large in one piece: a hint counts */
    }
    if (transfer->is_probing) { /* whatever it says, it is there */
        transfer->is_probing = false;
        transfer->by_blocks = true;
        run->is_lost = false;
        if (send_block(run, transfer, &reason) != STATUS_OK) {
            end_transfer(run, transfer, "lost", 0);
        }
        return;
    }
    switch (push_answer(&transfer->push, response)) {
    case PUSH_CONTINUE:
    case PUSH_RESTART:
        if (send_block(run, transfer, &reason) != STATUS_OK) {
            end_transfer(run, transfer, "lost", 0);
        }
        break;
    case PUSH_COMPLETE:
        /* Who says which size it takes is asked again, who does not is not. */
        if (!transfer->push.told_smaller) {
            run->lane->push_szx = transfer->push.szx;
        }
        end_transfer(run, transfer, "complete", response->code);
        break;
    case PUSH_REFUSED:
    case PUSH_CONFUSED:
        end_transfer(run, transfer, "refused", response->code);
        break;
    }
}

static void take_silence(struct run *run, struct run_transfer *transfer)
{
    if (transfer->is_probing || push_silence(&transfer->push) != PUSH_RESTART ||
        send_probe(run, transfer, NULL) != STATUS_OK) {
        end_transfer(run, transfer, "timeout", 0);
    }
}

void transfer_take(struct run *run, const struct journal_event *event)
{
    struct run_transfer *transfer = NULL;

    if ((int)event->kind >= SERVER_EVENT_KINDS) {
        return;
    }
    for (size_t i = 0; i < RUN_TRANSFERS_MAX; i++) {
        if (run->transfers[i].number != 0 &&
            run->transfers[i].request == event->as.server.id) {
            transfer = &run->transfers[i];
        }
    }
    if (transfer == NULL) {
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
        end_transfer(run, transfer, "timeout", 0);
        break;
    case SERVER_SESSION_LOST:
        end_transfer(run, transfer, "lost", 0);
        break;
    default:
        break;
    }
}
