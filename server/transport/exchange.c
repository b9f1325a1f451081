/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/exchange.h"

#include <stdlib.h>
#include <string.h>

enum {
    FINISHED_MAX = 1024,
    SEQUENCE_HALF = 1 << 23, /* of the 24-bit numbers */
    SEQUENCE_MASK = (1 << 24) - 1,
    SEQUENCE_SPAN_MS = 128000, /* later every number is newer */
};

struct exchange *exchange_add(struct exchange_table *table, uint64_t id,
                              uint64_t token, const char *device)
{
    const size_t size = strlen(device) + 1;
    struct exchange *fresh = calloc(1, sizeof(*fresh) + size);

    if (fresh == NULL) {
        return NULL;
    }
    memcpy(fresh->device, device, size);
    fresh->id = id;
    fresh->token = token;
    fresh->is_open = true;
    fresh->next = table->first;
    table->first = fresh;
    table->open++;
    return fresh;
}

struct exchange *exchange_open(struct exchange_table *table, uint64_t token)
{
    for (struct exchange *row = table->first; row != NULL; row = row->next) {
        if (row->is_open && row->token == token) {
            return row;
        }
    }
    return NULL;
}

struct exchange *exchange_observation(struct exchange_table *table,
                                      uint64_t token)
{
    for (struct exchange *row = table->first; row != NULL; row = row->next) {
        if (!row->is_open && row->observes && row->token == token) {
            return row;
        }
    }
    return NULL;
}

struct exchange *exchange_by_id(struct exchange_table *table, uint64_t id)
{
    for (struct exchange *row = table->first; row != NULL; row = row->next) {
        if (row->id == id) {
            return row;
        }
    }
    return NULL;
}

struct exchange *exchange_by_mid(struct exchange_table *table,
                                 const void *session, int mid)
{
    for (struct exchange *row = table->first; row != NULL; row = row->next) {
        if (row->is_open && row->session == session && row->mid == mid) {
            return row;
        }
    }
    return NULL;
}

void exchange_remove(struct exchange_table *table, struct exchange *exchange)
{
    for (struct exchange **link = &table->first; *link != NULL;
         link = &(*link)->next) {
        if (*link == exchange) {
            *link = exchange->next;
            break;
        }
    }
    if (exchange->is_open) {
        table->open--;
    }
    table->finished[table->finished_next] = exchange->token;
    table->finished_next = (table->finished_next + 1) % FINISHED_MAX;
    free(exchange);
}

void exchange_note_copied(struct exchange_table *table,
                          const struct exchange *exchange)
{
    table->copied[table->copied_next] =
        (struct exchange_copied){ exchange->id, exchange->token,
                                  (unsigned)exchange->mid, 0, 0 };
    table->copied_next = (table->copied_next + 1) % EXCHANGE_COPIED_MAX;
}

struct exchange_copied *exchange_find_copied(struct exchange_table *table,
                                             uint64_t token, unsigned mid)
{
    for (size_t i = 0; i < EXCHANGE_COPIED_MAX; i++) {
        size_t at = (table->copied_next + EXCHANGE_COPIED_MAX - 1 - i) %
                    EXCHANGE_COPIED_MAX;
        struct exchange_copied *row = &table->copied[at];
        if (row->id == 0) {
            return NULL; /* so many there never were */
        }
        if (row->token == token && row->mid == mid) {
            return row;
        }
    }
    return NULL;
}

void exchange_note_left(struct exchange_table *table, uint64_t token,
                        unsigned mid, uint64_t peer, uint64_t now_ms)
{
    struct exchange *row = exchange_open(table, token);

    if (row == NULL || (unsigned)row->mid != mid) {
        return;
    }
    if (row->left_ms == 0) {
        row->left_ms = now_ms;
    } else {
        row->again_ms = now_ms;
    }
    row->peer = peer;
}

void exchange_note_acked(struct exchange_table *table, unsigned mid,
                         uint64_t peer, uint64_t now_ms)
{
    for (struct exchange *row = table->first; row != NULL; row = row->next) {
        if (row->is_open && row->left_ms != 0 && row->acked_ms == 0 &&
            (unsigned)row->mid == mid && row->peer == peer) {
            row->acked_ms = now_ms;
            return;
        }
    }
}

bool exchange_is_finished(const struct exchange_table *table, uint64_t token)
{
    for (size_t i = 0; i < FINISHED_MAX; i++) {
        if (token != 0 && table->finished[i] == token) {
            return true;
        }
    }
    return false;
}

bool exchange_take_sequence(struct exchange *exchange, uint32_t sequence,
                            uint64_t now_ms)
{
    uint32_t last = exchange->sequence;

    sequence &= SEQUENCE_MASK;
    bool is_newer = exchange->sequence_ms == 0 ||
                    (last < sequence && sequence - last < SEQUENCE_HALF) ||
                    (last > sequence && last - sequence > SEQUENCE_HALF) ||
                    now_ms > exchange->sequence_ms + SEQUENCE_SPAN_MS;
    if (is_newer) {
        exchange->sequence = sequence;
        exchange->sequence_ms = now_ms;
    }
    return is_newer;
}

void exchange_release(struct exchange_table *table)
{
    while (table->first != NULL) {
        exchange_remove(table, table->first);
    }
}
