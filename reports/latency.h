/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTS_LATENCY_H
#define REPORTS_LATENCY_H

/* Private to reports: how long devices took to answer the blocks of pushes,
 * summed up over transfers. */
#include <cjson/cJSON.h>
#include <stddef.h>

#define REPORT_LATENCY_MAX 512 /**< different times that are told apart */

/** All zero: no block. Rows rise in `ms`. */
struct report_latency {
    struct {
        double ms;
        double count;
    } rows[REPORT_LATENCY_MAX];
    size_t row_count;
    double count;
    double most_ms;
};

/** Add "latency" of a transfer-end; what is no such thing is left out. */
void report_latency_take(struct report_latency *latency, const cJSON *data);
/** Milliseconds that `percent` of the answers did not exceed; 0 of none. */
double report_latency_percentile(const struct report_latency *latency,
                                 double percent);
/** As docs/results.schema.json has it; null of none. Caller frees. */
cJSON *report_latency_json(const struct report_latency *latency);

#endif
