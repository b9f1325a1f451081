/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/latency.h"

#include <stdbool.h>

enum { PERCENT = 100, P50 = 50, P99 = 99 };

/** Each power of two from LATENCY_EXACT on has LATENCY_SHARES rows. */
static unsigned row_of(uint64_t ms)
{
    unsigned row = LATENCY_EXACT;
    uint64_t start = LATENCY_EXACT;

    if (ms < LATENCY_EXACT) {
        return (unsigned)ms;
    }
    while (ms >= 2 * start && row + LATENCY_SHARES < LATENCY_ROWS) {
        start *= 2;
        row += LATENCY_SHARES;
    }
    row += (unsigned)((ms - start) / (start / LATENCY_SHARES));
    return row < LATENCY_ROWS ? row : LATENCY_ROWS - 1;
}

/** The middle of the row. */
static uint64_t ms_of(unsigned row)
{
    unsigned beyond = row - LATENCY_EXACT;

    if (row < LATENCY_EXACT) {
        return row;
    }
    uint64_t start = (uint64_t)LATENCY_EXACT << beyond / LATENCY_SHARES;
    uint64_t width = start / LATENCY_SHARES;
    return start + beyond % LATENCY_SHARES * width + width / 2;
}

void latency_add(struct latency *latency, uint64_t ms)
{
    latency->counts[row_of(ms)]++;
    latency->count++;
    latency->most_ms = ms > latency->most_ms ? ms : latency->most_ms;
}

uint64_t latency_percentile(const struct latency *latency, unsigned percent)
{
    /* The first row up to which there are enough of them. */
    uint64_t wanted =
        ((uint64_t)latency->count * percent + PERCENT - 1) / PERCENT;
    uint64_t seen = 0;

    for (unsigned row = 0; latency->count > 0 && row < LATENCY_ROWS; row++) {
        seen += latency->counts[row];
        if (seen >= wanted) {
            bool is_longest =
                seen == latency->count && latency->counts[row] == 1;
            uint64_t ms = is_longest ? latency->most_ms : ms_of(row);
            return ms < latency->most_ms ? ms : latency->most_ms;
        }
    }
    return 0;
}

cJSON *latency_json(const struct latency *latency)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddNumberToObject(json, "count", latency->count);
    cJSON_AddNumberToObject(json, "p50",
                            (double)latency_percentile(latency, P50));
    cJSON_AddNumberToObject(json, "p99",
                            (double)latency_percentile(latency, P99));
    cJSON_AddNumberToObject(json, "max", (double)latency->most_ms);
    cJSON *counts = cJSON_AddArrayToObject(json, "counts");
    for (unsigned row = 0; row < LATENCY_ROWS; row++) {
        if (latency->counts[row] > 0) {
            const double pair[] = { (double)ms_of(row), latency->counts[row] };
            cJSON_AddItemToArray(counts, cJSON_CreateDoubleArray(pair, 2));
        }
    }
    return json;
}
