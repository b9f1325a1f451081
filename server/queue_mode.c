/* SPDX-License-Identifier: Apache-2.0 */

/* Queue mode: requests wait until the device is awake, and then go out one
 * after the other. LwM2M Core 1.2.2, 6.5; lwm2m-core.md 2.6. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/server_private.h"

static const char went_to_sleep[] =
    "nothing was heard for as long as it listens";

/** A request that waits; owns what it points to. */
struct held {
    uint64_t id;
    struct server_request request;
    char *query;
    uint8_t *payload;
    struct held *next;
};

/** A device in queue mode. */
struct sleeper {
    const struct registration *registration;
    uint64_t heard_ms; /* its newest message */
    uint64_t awake_ms; /* how long it listens after that */
    bool is_asleep;
    bool has_called;    /* it was heard while asleep */
    struct held *first; /* oldest first */
    size_t count;
    struct sleeper *next;
};

static struct sleeper *find(const struct server *server,
                            const struct registration *registration)
{
    struct sleeper *row = server->sleepers;

    while (row != NULL && row->registration != registration) {
        row = row->next;
    }
    return row;
}

/** Known from its first message on, which is the Register. */
static struct sleeper *find_or_add(struct server *server,
                                   const struct registration *registration)
{
    struct sleeper *row = find(server, registration);

    if (row != NULL) {
        return row;
    }
    row = calloc(1, sizeof(*row));
    if (row != NULL) {
        row->registration = registration;
        row->heard_ms = loop_now_ms(server->loop);
        row->awake_ms = SERVER_AWAKE_MS;
        row->next = server->sleepers;
        server->sleepers = row;
    }
    return row; /* NULL: no memory, and the device is taken for awake */
}

static void free_held(struct held *held)
{
    if (held != NULL) {
        free(held->query);
        free(held->payload);
        free(held);
    }
}

static struct held *pop(struct sleeper *sleeper)
{
    struct held *first = sleeper->first;

    sleeper->first = first->next;
    sleeper->count--;
    return first;
}

static void push_failure(struct server *server,
                         const struct registration *registration, uint64_t id,
                         enum server_event_kind kind, const char *why)
{
    const struct server_event event = {
        .kind = kind,
        .time_ms = loop_now_ms(server->loop),
        .id = id,
        .endpoint = registration->endpoint,
        .as.failure = { .why = why, .sent_ms = loop_now_ms(server->loop) },
    };

    event_queue_push(&server->queue, &event);
}

static void push_plain(struct server *server, enum server_event_kind kind,
                       const struct registration *registration, const char *why)
{
    const struct server_event event =
        server_plain_event(server, kind, registration, why);

    event_queue_push(&server->queue, &event);
}

static bool is_in_flight(const struct server *server,
                         const struct sleeper *sleeper)
{
    return endpoint_has_open(server->endpoint, sleeper->registration->session);
}

static bool is_sign_of_life(const struct server_event *event)
{
    return event->kind == SERVER_RESPONSE || event->kind == SERVER_RESET ||
           event->kind == SERVER_NOTIFICATION ||
           event->kind == SERVER_UNWANTED || event->kind == SERVER_REPOSITORY;
}

/** A message of the device that is not delivered yet. */
static bool is_heard(const struct server_event *event, const void *user)
{
    const struct sleeper *sleeper = user;

    return is_sign_of_life(event) && event->endpoint != NULL &&
           strcmp(event->endpoint, sleeper->registration->endpoint) == 0;
}

/** Whether the clock says that the device went to sleep; it does from then on.
 *  A request that is under way keeps it awake: what becomes of it will tell. */
static bool goes_to_sleep(struct server *server, struct sleeper *sleeper)
{
    bool goes =
        !sleeper->is_asleep && sleeper->registration->queue_mode &&
        loop_now_ms(server->loop) >= sleeper->heard_ms + sleeper->awake_ms &&
        !is_in_flight(server, sleeper) &&
        !event_queue_has(&server->queue, is_heard, sleeper);

    if (goes) {
        sleeper->is_asleep = true;
        sleeper->has_called = false;
    }
    return goes;
}

static void look_at_clock(struct server *server, struct sleeper *sleeper)
{
    if (goes_to_sleep(server, sleeper)) {
        push_plain(server, SERVER_SLEEP, sleeper->registration, went_to_sleep);
    }
}

void queue_mode_heard(struct server *server,
                      const struct registration *registration)
{
    struct sleeper *sleeper = registration == NULL ? NULL
                              : registration->queue_mode
                                  ? find_or_add(server, registration)
                                  : find(server, registration);

    if (sleeper != NULL) {
        sleeper->heard_ms = loop_now_ms(server->loop);
        sleeper->has_called = sleeper->is_asleep;
    }
}

void queue_mode_gone(struct server *server,
                     const struct registration *registration, const char *why)
{
    struct sleeper **link = &server->sleepers;

    while (*link != NULL && (*link)->registration != registration) {
        link = &(*link)->next;
    }
    struct sleeper *sleeper = *link;
    if (sleeper == NULL) {
        return;
    }
    *link = sleeper->next;
    while (sleeper->first != NULL) {
        struct held *held = pop(sleeper);
        push_failure(server, registration, held->id, SERVER_SESSION_LOST, why);
        free_held(held);
    }
    free(sleeper);
}

static struct held *hold(const struct server_request *request)
{
    struct held *held = calloc(1, sizeof(*held));

    if (held == NULL) {
        return NULL;
    }
    held->request = *request;
    held->query = request->query != NULL ? strdup(request->query) : NULL;
    held->payload =
        request->payload_length > 0 ? malloc(request->payload_length) : NULL;
    if ((request->query != NULL && held->query == NULL) ||
        (request->payload_length > 0 && held->payload == NULL)) {
        free_held(held);
        return NULL;
    }
    if (held->payload != NULL) {
        memcpy(held->payload, request->payload, request->payload_length);
    }
    held->request.query = held->query;
    held->request.payload = held->payload;
    return held;
}

bool queue_mode_must_wait(struct server *server,
                          const struct registration *registration)
{
    struct sleeper *sleeper = registration->queue_mode
                                  ? find_or_add(server, registration)
                                  : find(server, registration);

    if (sleeper == NULL) {
        return false;
    }
    look_at_clock(server, sleeper);
    /* One at a time, so that none reaches out for a device that went to sleep
     * meanwhile. */
    return sleeper->is_asleep || sleeper->first != NULL ||
           is_in_flight(server, sleeper);
}

enum status queue_mode_hold(struct server *server,
                            const struct registration *registration,
                            const struct server_request *request,
                            uint64_t *out_id, struct reason *reason)
{
    struct sleeper *sleeper = find(server, registration);

    assert(sleeper != NULL); /* queue_mode_must_wait() said so */
    if (sleeper->count >= SERVER_HELD_MAX) {
        return reason_set(reason, STATUS_LIMIT,
                          "more than %d requests wait for a sleeping device",
                          SERVER_HELD_MAX);
    }
    struct held *held = hold(request);
    if (held == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    held->request.endpoint = registration->endpoint;
    held->id = loop_next_id(server->loop);
    struct held **link = &sleeper->first;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = held;
    sleeper->count++;
    *out_id = held->id;
    return STATUS_OK;
}

/** Send the oldest that waits, when nothing is under way. */
static void send_next(struct server *server, struct sleeper *sleeper)
{
    if (sleeper->is_asleep || sleeper->first == NULL ||
        is_in_flight(server, sleeper)) {
        return;
    }
    struct reason reason = { .status = STATUS_OK };
    struct held *held = pop(sleeper);
    uint64_t id = 0;
    if (server_send_now(server, sleeper->registration, &held->request, held->id,
                        &id, &reason) != STATUS_OK) {
        /* Its end is an event; the next one follows then. */
        push_failure(server, sleeper->registration, held->id, SERVER_TIMEOUT,
                     reason.text);
    }
    free_held(held);
}

void queue_mode_turn(struct server *server)
{
    for (struct sleeper *row = server->sleepers; row != NULL; row = row->next) {
        if (row->has_called) {
            row->has_called = false;
            row->is_asleep = false;
            push_plain(server, SERVER_WAKE, row->registration,
                       "it was heard again");
        }
        look_at_clock(server, row);
        send_next(server, row);
    }
}

/** The sleeper with this endpoint. */
static struct sleeper *sleeper_of(const struct server *server,
                                  const struct server_event *event)
{
    struct sleeper *row = event->endpoint != NULL ? server->sleepers : NULL;

    while (row != NULL &&
           strcmp(row->registration->endpoint, event->endpoint) != 0) {
        row = row->next;
    }
    return row;
}

/** Tell it ahead of what is queued. */
static void deliver_sleep(struct server *server, const struct sleeper *sleeper,
                          const char *why)
{
    const struct server_event event =
        server_plain_event(server, SERVER_SLEEP, sleeper->registration, why);

    server->on_event(&event, server->user);
}

void queue_mode_before(struct server *server, const struct server_event *event)
{
    struct sleeper *sleeper = sleeper_of(server, event);

    if (event->kind == SERVER_TIMER) {
        for (struct sleeper *row = server->sleepers; row != NULL;
             row = row->next) {
            if (goes_to_sleep(server, row)) {
                deliver_sleep(server, row, went_to_sleep);
            }
        }
    } else if (event->kind == SERVER_TIMEOUT && sleeper != NULL &&
               !sleeper->is_asleep && sleeper->registration->queue_mode &&
               event->as.failure.sent_ms >= sleeper->heard_ms) {
        sleeper->is_asleep = true;
        sleeper->has_called = false;
        deliver_sleep(server, sleeper, "it did not answer: taken for asleep");
    }
}

void queue_mode_release(struct server *server)
{
    while (server->sleepers != NULL) {
        struct sleeper *first = server->sleepers;
        server->sleepers = first->next;
        while (first->first != NULL) {
            free_held(pop(first));
        }
        free(first);
    }
}

void queue_mode_after(struct server *server, const struct server_event *event)
{
    struct sleeper *sleeper = sleeper_of(server, event);

    if (sleeper == NULL) {
        return;
    }
    if (is_sign_of_life(event)) {
        queue_mode_heard(server, sleeper->registration);
    }
    queue_mode_turn(server); /* that may have been the end of a request */
}

void server_set_awake(struct server *server, const char *endpoint,
                      uint64_t awake_ms)
{
    const struct registration *registration =
        registry_find(server->registry, endpoint);
    struct sleeper *sleeper = registration != NULL && registration->queue_mode
                                  ? find_or_add(server, registration)
                                  : NULL;

    if (sleeper != NULL) {
        sleeper->awake_ms = awake_ms;
    }
}
