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

/** Eight bytes at a time, for messages; not the same on each machine. */
static inline uint64_t hash_message(uint64_t hash, const void *bytes,
                                    size_t length)
{
    const uint8_t *at = (const uint8_t *)bytes;
    size_t left = length;

    for (; left >= sizeof(uint64_t); left -= sizeof(uint64_t)) {
        uint64_t word;

        memcpy(&word, at, sizeof(word));
        hash = (hash ^ word) * HASH_PRIME;
        hash ^= hash >> 32; /* the upper bits reach the lower ones */
        at += sizeof(word);
    }
    return hash_bytes(hash, at, left);
}

#endif
