/* SPDX-License-Identifier: Apache-2.0 */

/* What all transfers share; the drivers are transfer_push.c and
 * transfer_pull.c. */
#include "scenarios/engine/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/prelude.h"

static const struct transfer_driver *const drivers[] = {
    [MECHANISM_PUSH] = &transfer_push,
    [MECHANISM_PULL] = &transfer_pull,
};

static void stop_timers(struct run *run, struct run_transfer *transfer)
{
    server_timer_stop(run->campaign->server, transfer->timer);
    server_timer_stop(run->campaign->server, transfer->limit_timer);
    transfer->timer = 0;
    transfer->limit_timer = 0;
}

/** "code": "2.04", or null without an answer. */
static void add_code(cJSON *data, uint8_t code)
{
    char text[8];

    if (code != 0) {
        (void)snprintf(text, sizeof(text), "%u.%02u", code >> 5,
                       code & 0x1fu); /* fits */
        cJSON_AddStringToObject(data, "code", text);
    } else {
        cJSON_AddNullToObject(data, "code");
    }
}

static void add_push_faults(cJSON *data, const struct run_transfer *transfer)
{
    cJSON *list = transfer->wish.fault_count > 0 || transfer->fault_count > 0
                      ? cJSON_AddArrayToObject(data, "faults")
                      : NULL;

    for (size_t i = 0; list != NULL && i < transfer->fault_count; i++) {
        const struct run_fault *fault = &transfer->faults[i];
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "do", push_deed_name(fault->deed));
        cJSON_AddNumberToObject(row, "request", (double)fault->request);
        cJSON_AddNumberToObject(row, "number", fault->block.number);
        cJSON_AddNumberToObject(row, "szx", fault->block.szx);
        add_code(row, fault->code);
        cJSON_AddItemToArray(list, row);
    }
}

/** How long blocks took, and which of them too long. */
static void add_latency(cJSON *data, const struct run_transfer *transfer)
{
    if (transfer->latency.count > 0) {
        cJSON_AddItemToObject(data, "latency",
                              latency_json(&transfer->latency));
    }
    cJSON *list =
        transfer->late_count > 0 ? cJSON_AddArrayToObject(data, "late") : NULL;
    if (list != NULL) {
        cJSON_AddNumberToObject(data, "late-count",
                                (double)transfer->late_count);
    }
    for (size_t i = 0;
         list != NULL && i < transfer->late_count && i < RUN_LATE_MAX; i++) {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddNumberToObject(row, "number", transfer->late[i].number);
        cJSON_AddNumberToObject(row, "ms", (double)transfer->late[i].ms);
        cJSON_AddBoolToObject(row, "acknowledged",
                              transfer->late[i].is_acknowledged);
        cJSON_AddItemToArray(list, row);
    }
}

void transfer_end(struct run *run, struct run_transfer *transfer,
                  const char *outcome, uint8_t code)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddNumberToObject(data, "transfer", transfer->number);
    cJSON_AddStringToObject(data, "outcome", outcome);
    add_code(data, code);
    cJSON_AddNumberToObject(data, "blocks", transfer->blocks);
    cJSON_AddNumberToObject(data, "block-size",
                            (double)(1u << (transfer->push.szx + 4)));
    if (transfer->block_max > 0) {
        cJSON_AddNumberToObject(data, "block-max", transfer->block_max);
    }
    cJSON_AddBoolToObject(data, "told-smaller", transfer->push.told_smaller);
    cJSON_AddNumberToObject(data, "shrinks", transfer->push.shrinks_followed);
    add_push_faults(data, transfer);
    add_latency(data, transfer);
    cJSON_AddNumberToObject(
        data, "ms",
        (double)(server_now_ms(run->campaign->server) - transfer->begin_ms));
    stop_timers(run, transfer);
    package_release(&transfer->package);
    *transfer = (struct run_transfer){ .number = 0 };
    lane_record(run->lane, JOURNAL_TRANSFER_END, data);
}

void transfers_abandon(struct run *run, bool also_paused)
{
    for (size_t i = 0; i < RUN_TRANSFERS_MAX; i++) {
        if (run->transfers[i].number != 0 &&
            (also_paused || !run->transfers[i].is_paused)) {
            transfer_end(run, &run->transfers[i], "abandoned", 0);
        }
    }
}

void transfer_pause(struct run *run, struct run_transfer *transfer,
                    uint64_t offset)
{
    cJSON *data = cJSON_CreateObject();

    transfer->is_paused = true;
    stop_timers(run, transfer);
    cJSON_AddNumberToObject(data, "transfer", transfer->number);
    cJSON_AddStringToObject(data, "outcome", "paused");
    add_code(data, transfer->code);
    cJSON_AddNumberToObject(data, "offset", (double)offset);
    lane_record(run->lane, JOURNAL_TRANSFER_PAUSE, data);
}

static size_t observe(const struct run *run, bool is_again,
                      struct package_observed *observed)
{
    const struct lane *lane = run->lane;
    const struct ics *ics = &lane->ics;

    for (size_t i = 0; i < ics->instance_count; i++) {
        observed[i] =
            (struct package_observed){ ics->instances[i],
                                       is_again ? lane->first_versions[i]
                                                : lane->versions[i] };
    }
    return ics->instance_count;
}

static void add_package(cJSON *data, const struct package *package)
{
    cJSON_AddNumberToObject(data, "size", (double)package->size);
    cJSON_AddStringToObject(data, "sha256", package->sha256);
    cJSON_AddStringToObject(data, "version", package->version);
    cJSON_AddStringToObject(data, "source", package->source);
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
}

static void record_begin(struct run *run, const struct run_transfer *transfer,
                         const struct delivery *delivery)
{
    cJSON *data = cJSON_CreateObject();
    const char *name = delivery->package;
    const char *uri = transfer->uri;

    cJSON_AddNumberToObject(data, "transfer", transfer->number);
    cJSON_AddStringToObject(data, "mechanism",
                            mechanism_name(transfer->driver->mechanism));
    cJSON_AddNumberToObject(data, "instance", transfer->instance);
    if (uri[0] != '\0') {
        cJSON_AddStringToObject(data, "uri", uri);
    }
    if (name != NULL) {
        cJSON_AddStringToObject(data, "package", name);
        add_package(data, transfer->file != NULL ? &transfer->file->package
                                                 : &transfer->package);
    }
    if (transfer->file != NULL) {
        cJSON_AddNumberToObject(data, "file", (double)transfer->file->id);
    }
    if (transfer->file != NULL && delivery->other != NULL) {
        cJSON *other = cJSON_AddObjectToObject(data, "other");
        cJSON_AddStringToObject(other, "package", delivery->other);
        add_package(other, &transfer->file->other);
    }
    lane_record(run->lane, JOURNAL_TRANSFER_BEGIN, data);
}

/* Files of pulls. */

/** A scheme that the device does not list in Resource 8. */
static const char *absent_scheme(const struct ics *ics)
{
    static const struct {
        const char *item;
        const char *scheme;
    } rows[] = {
        { "http", "http" },           { "https", "https" },
        { "coaps", "coaps" },         { "coap-tcp", "coap+tcp" },
        { "coaps-tcp", "coaps+tcp" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!ics_holds(ics, rows[i].item)) {
            return rows[i].scheme;
        }
    }
    return "ftp"; /* no number of Resource 8 stands for it */
}

static enum repository_protocol pull_by(const struct run *run)
{
    return campaign_pull_by(run->campaign->config, run_profile(run));
}

/** Put `value` where `mark` is. @return whether it fits */
static bool replace(char uri[SERVER_URI_MAX + 1], const char *mark,
                    const char *value)
{
    char text[SERVER_URI_MAX + 1];
    const char *at = strstr(uri, mark);

    if (at == NULL) {
        return true;
    }
    int length = snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - uri), uri,
                          value, at + strlen(mark));
    memcpy(uri, text, sizeof(text));
    return length >= 0 && length <= SERVER_URI_MAX;
}

/** In a URI {host} is our address, {scheme} what the campaign pulls by, and
 *  {absent} a scheme that Resource 8 does not list. */
static enum status expand(struct run *run, const char *text,
                          char uri[SERVER_URI_MAX + 1], struct reason *reason)
{
    char host[SERVER_HOST_MAX] = "";
    enum status status =
        strstr(text, "{host}") != NULL
            ? server_host_for(run->campaign->server, run->lane->endpoint, host,
                              reason)
            : STATUS_OK;

    if (status != STATUS_OK) {
        return status;
    }
    int length = snprintf(uri, SERVER_URI_MAX + 1, "%s", text);
    bool fits =
        length >= 0 && length <= SERVER_URI_MAX &&
        replace(uri, "{host}", host) &&
        replace(uri, "{scheme}", repository_protocol_name(pull_by(run))) &&
        replace(uri, "{absent}", absent_scheme(&run->lane->ics));
    return fits ? STATUS_OK
                : reason_set(reason, STATUS_LIMIT,
                             "a Package URI of more than %d bytes",
                             SERVER_URI_MAX);
}

static void free_file(struct run_file *file)
{
    if (file != NULL) {
        package_release(&file->package);
        package_release(&file->other);
        free(file);
    }
}

/** What goes wrong, with the profile's times. */
static void add_faults(const struct run *run, const struct delivery *delivery,
                       struct repository_resource *resource)
{
    for (size_t i = 0; i < delivery->fault_count; i++) {
        struct repository_fault *fault =
            &resource->faults[resource->fault_count++];
        *fault = delivery->faults[i];
        if (delivery->waits[i] != LIMIT_COUNT) {
            fault->ms =
                (uint32_t)run_profile(run)->limits_ms[delivery->waits[i]];
        }
    }
    if (delivery->pauses) {
        resource->faults[resource->fault_count++] = delivery->pause;
    }
}

/** By the step, or by the personality where the step leaves it open. */
static bool is_on_lwm2m_port(const struct run *run,
                             const struct delivery *delivery)
{
    return delivery->on_lwm2m_port ||
           (delivery->from == NULL && !delivery->place.by_ipv6 &&
            pull_by(run) == REPOSITORY_COAP &&
            run_profile(run)->credentials.mode == SECURITY_NONE &&
            personality_has(run->campaign->config->personality,
                            PATTERN_LWM2M_PORT));
}

/** Offer the package. The file stays until the case is over: what a device
 *  asks for late is no mistake of its. */
static enum status publish(struct run *run, struct run_transfer *transfer,
                           const struct delivery *delivery,
                           struct package *other, struct reason *reason)
{
    struct repository_resource resource = {
        .endpoint = run->lane->endpoint,
        .protocol = delivery_protocol(delivery->from, pull_by(run)),
        .on_lwm2m_port = is_on_lwm2m_port(run, delivery),
        .bytes = transfer->package.bytes,
        .length = transfer->package.size,
        .other_bytes = other->bytes,
        .other_length = other->size,
        .max_szx = REPOSITORY_SZX_MAX,
        .seed = (uint32_t)run->campaign->config->seed,
    };
    struct run_file *file = calloc(1, sizeof(*file));

    if (file == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    add_faults(run, delivery, &resource);
    enum status status =
        server_publish(run->campaign->server, &resource, &delivery->place,
                       &file->id, transfer->uri, reason);
    if (status != STATUS_OK) {
        free_file(file);
        return status;
    }
    file->package = transfer->package; /* handed over */
    transfer->package = (struct package){ .size = 0 };
    file->other = *other; /* handed over, too */
    *other = (struct package){ .size = 0 };
    file->next = run->files;
    run->files = file;
    transfer->file = file;
    return STATUS_OK;
}

void transfer_release(struct run *run)
{
    prelude_release(run);
    for (size_t i = 0; i < RUN_TRANSFERS_MAX; i++) {
        stop_timers(run, &run->transfers[i]);
        package_release(&run->transfers[i].package);
    }
    while (run->files != NULL) {
        struct run_file *file = run->files;
        run->files = file->next;
        server_unpublish(run->campaign->server, file->id);
        free_file(file);
    }
}

static struct run_transfer *unused(struct run *run)
{
    for (size_t i = 0; i < RUN_TRANSFERS_MAX; i++) {
        if (run->transfers[i].number == 0) {
            return &run->transfers[i];
        }
    }
    return NULL;
}

/** That of the case; else (in the shell) what the device can. */
static enum mechanism mechanism_of(const struct run *run,
                                   const struct delivery *delivery)
{
    const struct ics *ics = &run->lane->ics;

    if (delivery->by != MECHANISM_NONE) {
        return delivery->by;
    }
    if (run->mechanism != MECHANISM_NONE) {
        return run->mechanism;
    }
    return delivery->is_pull ||
                   (ics_holds(ics, "pull") && !ics_holds(ics, "push"))
               ? MECHANISM_PULL
               : MECHANISM_PUSH;
}

/** How many packages of that name this component had in this case. */
static unsigned delivered_before(const struct run *run, uint16_t instance,
                                 const char *package)
{
    unsigned count = 0;

    for (size_t i = 0; i < event_store_count(run->events); i++) {
        const struct journal_event *event = event_store_at(run->events, i);
        const char *name = event->kind == JOURNAL_TRANSFER_BEGIN
                               ? journal_text(event, "package")
                               : NULL;
        double receiver = journal_number(event, "instance", -1);
        if (name != NULL && strcmp(name, package) == 0 &&
            receiver >= instance && receiver <= instance) {
            count++;
        }
    }
    return count;
}

static enum status build(const struct run *run,
                         const struct run_transfer *transfer,
                         const struct delivery *delivery, const char *name,
                         struct package *out_package, struct reason *reason)
{
    struct package_observed observed[RUN_INSTANCES_MAX];

    return package_build_nth(
        run_profile(run)->packages,
        delivery->is_of_other ? delivery->owner : transfer->instance, name,
        observed, observe(run, delivery->is_again, observed),
        run->campaign->config->seed,
        delivered_before(run, transfer->instance, name), out_package, reason);
}

/** What is to be delivered, and where it is fetched from. */
static enum status prepare(struct run *run, struct run_transfer *transfer,
                           const struct delivery *delivery,
                           struct reason *reason)
{
    struct package other = { .size = 0 };

    if (delivery->package == NULL) {
        return expand(run, delivery->uri, transfer->uri, reason);
    }
    enum status status = build(run, transfer, delivery, delivery->package,
                               &transfer->package, reason);
    if (status == STATUS_OK && delivery->other != NULL) {
        status =
            build(run, transfer, delivery, delivery->other, &other, reason);
    }
    if (status == STATUS_OK && transfer->driver->mechanism == MECHANISM_PULL) {
        status = publish(run, transfer, delivery, &other, reason);
    }
    package_release(&other);
    return status;
}

static enum status start(struct run *run, struct run_transfer *transfer,
                         struct reason *reason)
{
    transfer->prelude = PRELUDE_OVER;
    enum status status = transfer->driver->start(run, transfer, reason);
    if (status != STATUS_OK) {
        transfer_end(run, transfer, "lost", 0);
    }
    return status;
}

enum status run_transfer(struct run *run, uint16_t instance,
                         const struct delivery *delivery,
                         unsigned *out_transfer, struct reason *reason)
{
    enum mechanism mechanism = mechanism_of(run, delivery);
    struct run_transfer *transfer = unused(run);

    if (transfer == NULL) {
        return reason_set(reason, STATUS_LIMIT,
                          "more than %d transfers at a time",
                          RUN_TRANSFERS_MAX);
    }
    *transfer = (struct run_transfer){
        .driver = drivers[mechanism],
        .instance = instance,
        .pauses = delivery->pauses,
        .pause = delivery->pause,
        .wish = delivery->blocks,
        .begin_ms = server_now_ms(run->campaign->server),
    };
    enum status status = prepare(run, transfer, delivery, reason);
    if (status != STATUS_OK) {
        package_release(&transfer->package);
        *transfer = (struct run_transfer){ .number = 0 };
        return status;
    }
    size_t size = transfer->file != NULL ? transfer->file->package.size
                                         : transfer->package.size;
    run->package_size = size > run->package_size ? size : run->package_size;
    transfer->number = ++run->next_transfer;
    *out_transfer = transfer->number;
    record_begin(run, transfer, delivery);
    if (delivery->package != NULL && prelude_begin(run, transfer)) {
        return STATUS_OK;
    }
    return start(run, transfer, reason);
}

/** The newest one that is paused: an older one may have been left alone. */
static struct run_transfer *find_paused(struct run *run, uint16_t instance,
                                        struct reason *reason)
{
    struct run_transfer *newest = NULL;

    for (size_t i = 0; i < RUN_TRANSFERS_MAX; i++) {
        struct run_transfer *transfer = &run->transfers[i];
        if (transfer->number != 0 && transfer->is_paused &&
            transfer->instance == instance &&
            (newest == NULL || transfer->number > newest->number)) {
            newest = transfer;
        }
    }
    if (newest == NULL) {
        (void)reason_set(reason, STATUS_NOT_FOUND,
                         "no transfer to instance %u is paused", instance);
    }
    return newest;
}

enum status run_resume(struct run *run, uint16_t instance,
                       const struct delivery_shift *shift,
                       unsigned *out_transfer, struct reason *reason)
{
    struct run_transfer *transfer = find_paused(run, instance, reason);

    if (transfer == NULL) {
        return STATUS_NOT_FOUND;
    }
    if (shift->skip + shift->repeat > 0 && transfer->driver->shift == NULL) {
        return reason_set(reason, STATUS_INVALID,
                          "the device chooses the blocks of a pull");
    }
    if (shift->skip + shift->repeat > 0) {
        transfer->driver->shift(transfer, shift);
    }
    *out_transfer = transfer->number;
    transfer->is_paused = false;
    transfer->driver->resume(run, transfer);
    return STATUS_OK;
}

enum status run_abandon(struct run *run, uint16_t instance,
                        struct reason *reason)
{
    struct run_transfer *transfer = find_paused(run, instance, reason);

    if (transfer == NULL) {
        return STATUS_NOT_FOUND;
    }
    transfer_end(run, transfer, "abandoned", transfer->code);
    return STATUS_OK;
}

void transfer_take(struct run *run, const struct journal_event *event)
{
    if ((int)event->kind >= SERVER_EVENT_KINDS) {
        return;
    }
    for (size_t i = 0; i < RUN_TRANSFERS_MAX; i++) {
        struct run_transfer *transfer = &run->transfers[i];
        if (transfer->number == 0) {
            continue;
        }
        if (transfer->prelude == PRELUDE_OVER) {
            transfer->driver->take(run, transfer, event);
        } else if (!prelude_take(run, transfer, event)) {
            (void)start(run, transfer, NULL); /* its end says so */
        }
    }
}

bool transfer_take_timer(struct run *run, uint64_t id)
{
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_TIMER,
        .time_ms = server_now_ms(run->campaign->server),
        .endpoint = run->lane->endpoint,
        .as.server = { .kind = SERVER_TIMER, .id = id },
    };

    for (size_t i = 0; i < RUN_TRANSFERS_MAX; i++) {
        struct run_transfer *transfer = &run->transfers[i];
        if (transfer->number == 0 || id == 0) {
            continue;
        }
        if (id == transfer->limit_timer) {
            transfer->limit_timer = 0;
            transfer_end(run, transfer, "stalled", 0);
            return true;
        }
        if (id == transfer->timer) {
            transfer->timer = 0;
            transfer->driver->take(run, transfer, &event);
            return true;
        }
    }
    return false;
}
