/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/answers.h"

#include <string.h>

#include "server/data/data.h"

/** Never 0. */
static uint64_t hash_peer(const char *peer)
{
    return hash_bytes(HASH_START, peer, strlen(peer) + 1) | 1;
}

static size_t bucket_of(uint64_t hash)
{
    return hash % ENDPOINT_REMEMBERED;
}

/** Take the row at this place out of its bucket, when it is in one. */
static void unlink_row(struct answers *answers, size_t place)
{
    const struct remembered *row = &answers->rows[place];
    size_t *link = &answers->buckets[bucket_of(row->hash)];

    while (*link != 0 && *link != place + 1) {
        link = &answers->rows[*link - 1].next;
    }
    if (*link != 0) {
        *link = row->next;
    }
}

uint64_t answers_hash(const char *peer, const uint8_t *bytes, size_t length)
{
    uint64_t hash = hash_peer(peer);

    hash = hash_message(hash, bytes, length);
    return hash == 0 ? 1 : hash;
}

const struct endpoint_answer *answers_find(const struct answers *answers,
                                           uint64_t hash, uint64_t now_ms)
{
    const struct remembered *row = NULL;

    for (size_t i = answers->buckets[bucket_of(hash)]; i != 0; i = row->next) {
        row = &answers->rows[i - 1];
        if (row->hash == hash && row->peer != 0 &&
            now_ms - row->time_ms <= ANSWERS_SPAN_MS) {
            return &row->answer;
        }
    }
    return NULL;
}

void answers_add(struct answers *answers, const char *peer, uint64_t hash,
                 const struct endpoint_answer *answer, uint64_t now_ms)
{
    const size_t place = answers->next;
    size_t *bucket = &answers->buckets[bucket_of(hash)];

    unlink_row(answers, place);
    answers->rows[place] = (struct remembered){
        hash, hash_peer(peer), now_ms, *bucket, *answer,
    };
    *bucket = place + 1;
    answers->next = (place + 1) % ENDPOINT_REMEMBERED;
}

void answers_forget(struct answers *answers, const char *peer)
{
    const uint64_t hash = hash_peer(peer);

    for (size_t i = 0; i < ENDPOINT_REMEMBERED; i++) {
        struct remembered *row = &answers->rows[i];
        row->peer = row->peer == hash ? 0 : row->peer;
    }
}
