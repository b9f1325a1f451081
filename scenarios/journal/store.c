/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/journal/fields.h"
#include "scenarios/journal/journal.h"

#define STORE_CAPACITY_FIRST 256

struct event_store {
    struct event_memory memory;
    struct journal_event **events; /* they live in `memory` */
    size_t count;
    size_t capacity;
};

struct event_store *event_store_new(void)
{
    return calloc(1, sizeof(struct event_store));
}

void event_store_clear(struct event_store *store)
{
    event_memory_clear(&store->memory);
    store->count = 0;
}

void event_store_free(struct event_store *store)
{
    if (store == NULL) {
        return;
    }
    event_memory_release(&store->memory);
    free(store->events);
    free(store);
}

static bool copy_text(const char **text, struct event_memory *memory)
{
    if (*text == NULL) {
        return true;
    }
    *text = event_memory_copy(memory, *text, strlen(*text));
    return *text != NULL;
}

static bool copy_event(struct event_store *store,
                       const struct journal_event *event,
                       struct journal_event **out_copy)
{
    struct journal_event *copy =
        event_memory_take(&store->memory, sizeof(*copy));

    if (copy == NULL) {
        return false;
    }
    *copy = *event;
    if (!copy_text(&copy->instance, &store->memory) ||
        !copy_text(&copy->endpoint, &store->memory) ||
        !copy_text(&copy->payload_sha256, &store->memory) ||
        !fields_copy(copy, &store->memory)) {
        return false;
    }
    if (copy->kind < (int)SERVER_EVENT_KINDS &&
        !copy_text(&copy->as.server.endpoint, &store->memory)) {
        return false;
    }
    *out_copy = copy;
    return true;
}

enum status event_store_add(struct event_store *store,
                            const struct journal_event *event,
                            struct reason *reason)
{
    struct journal_event *copy = NULL;

    if (kind_rows[event->kind].fields == NULL) {
        return reason_set(reason, STATUS_INVALID, "a '%s' is not stored",
                          kind_rows[event->kind].name);
    }
    if (store->count >= EVENT_STORE_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d events in a case",
                          EVENT_STORE_MAX);
    }
    if (store->count == store->capacity) {
        size_t capacity =
            store->capacity > 0 ? store->capacity * 2 : STORE_CAPACITY_FIRST;
        struct journal_event **grown =
            realloc(store->events, capacity * sizeof(*grown));

        if (grown == NULL) {
            return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
        store->events = grown;
        store->capacity = capacity;
    }
    if (!copy_event(store, event, &copy)) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    store->events[store->count++] = copy;
    return STATUS_OK;
}

size_t event_store_count(const struct event_store *store)
{
    return store->count;
}

const struct journal_event *event_store_at(const struct event_store *store,
                                           size_t index)
{
    return index < store->count ? store->events[index] : NULL;
}

/** Events up to this one; they stand in the order of their numbers. */
static size_t count_until(const struct event_store *store, uint64_t sequence)
{
    size_t low = 0;
    size_t high = store->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (store->events[middle]->sequence <= sequence) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct journal_event *event_store_request(
    const struct event_store *store, const struct journal_event *event)
{
    uint64_t id = event->as.server.id;

    for (size_t i = count_until(store, event->sequence); i-- > 0;) {
        const struct journal_event *row = store->events[i];
        if ((int)row->kind == SERVER_REQUEST && row->as.server.id == id) {
            return row;
        }
    }
    return NULL;
}
