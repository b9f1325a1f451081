/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_RANDOM_H
#define SERVER_DATA_RANDOM_H

/* Chance that can be repeated: the same seed, the same numbers, on each
 * machine. Nothing secret comes from here. */
#include <stdint.h>

/** splitmix64: each seed, 0 too, begins another sequence. */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t word = *state += UINT64_C(0x9e3779b97f4a7c15);

    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

#endif
