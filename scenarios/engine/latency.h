/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_LATENCY_H
#define SCENARIOS_ENGINE_LATENCY_H

/*
 * Private to scenarios/engine: how long the answers to the blocks of a push
 * took, in the space of a table, however many there were. Up to 256 ms it is
 * exact, beyond it to a sixteenth.
 */
#include <cjson/cJSON.h>
#include <stdint.h>

enum { LATENCY_EXACT = 256, LATENCY_SHARES = 8, LATENCY_ROWS = 512 };

/** All zero: nothing yet. */
struct latency {
    uint32_t counts[LATENCY_ROWS];
    uint32_t count;
    uint64_t most_ms;
};

void latency_add(struct latency *latency, uint64_t ms);
/** Milliseconds that `percent` of the answers did not exceed; 0 of none.
 *  @param percent  1 to 100 */
uint64_t latency_percentile(const struct latency *latency, unsigned percent);
/** {"count", "p50", "p99", "max", "counts": [[ms, count], …]}; caller frees.
 *  NULL: no memory. */
cJSON *latency_json(const struct latency *latency);

#endif
