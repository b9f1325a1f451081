/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/answers.h"

#include <string.h>

#include "server/data/data.h"

static uint64_t hash_peer(const char *peer)
{
    return hash_bytes(HASH_START, peer, strlen(peer) + 1);
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
    for (size_t i = 0; i < ENDPOINT_REMEMBERED; i++) {
        const struct remembered *row = &answers->rows[i];
        if (answers->hashes[i] == hash &&
            now_ms - row->time_ms <= ANSWERS_SPAN_MS) {
            return &row->answer;
        }
    }
    return NULL;
}

void answers_add(struct answers *answers, const char *peer, uint64_t hash,
                 const struct endpoint_answer *answer, uint64_t now_ms)
{
    answers->hashes[answers->next] = hash;
    answers->rows[answers->next] =
        (struct remembered){ hash_peer(peer), now_ms, *answer };
    answers->next = (answers->next + 1) % ENDPOINT_REMEMBERED;
}

void answers_forget(struct answers *answers, const char *peer)
{
    uint64_t hash = hash_peer(peer);

    for (size_t i = 0; i < ENDPOINT_REMEMBERED; i++) {
        if (answers->rows[i].peer == hash) {
            answers->hashes[i] = 0;
        }
    }
}
