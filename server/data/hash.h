/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_HASH_H
#define SERVER_DATA_HASH_H

/*
 * Hashes that tell apart what meets by accident. Who wants two texts to meet
 * can make them: they protect nothing.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_START UINT64_C(14695981039346656037)
#define HASH_PRIME UINT64_C(1099511628211)

/**
 * FNV-1a, 64 bits; the same on each machine. Begin with HASH_START, or with the
 * hash of what stands before.
 */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes,
                                  size_t length)
{
    const uint8_t *at = (const uint8_t *)bytes;

    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ at[i]) * HASH_PRIME;
    }
    return hash;
}

/** hash_bytes() of a text without its NUL. */
static inline uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text));
}

/** hash_bytes() of the eight bytes there as one word. */
static inline uint64_t hash_word(uint64_t hash, const uint8_t *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    hash = (hash ^ word) * HASH_PRIME;
    return hash ^ hash >> 32; /* the upper bits reach the lower ones */
}

/** Eight bytes at a time, for messages; not the same on each machine. */
static inline uint64_t hash_message(uint64_t hash, const void *bytes,
                                    size_t length)
{
    enum { WORD = sizeof(uint64_t), STRIDE = 4 * WORD };
    const uint8_t *at = (const uint8_t *)bytes;
    size_t left = length;

    if (left >= STRIDE) {
        /* Side by side: one product need not wait for the one before. */
        uint64_t second = hash + 1;
        uint64_t third = hash + 2;
        uint64_t fourth = hash + 3;

        for (; left >= STRIDE; left -= STRIDE) {
            hash = hash_word(hash, at);
            second = hash_word(second, at + WORD);
            third = hash_word(third, at + 2 * WORD);
            fourth = hash_word(fourth, at + 3 * WORD);
            at += STRIDE;
        }
        hash = (hash ^ second) * HASH_PRIME;
        hash = (hash ^ hash >> 32 ^ third) * HASH_PRIME;
        hash = (hash ^ hash >> 32 ^ fourth) * HASH_PRIME;
        hash ^= hash >> 32;
    }
    for (; left >= WORD; left -= WORD) {
        hash = hash_word(hash, at);
        at += WORD;
    }
    return hash_bytes(hash, at, left);
}

#endif
