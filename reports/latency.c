/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/latency.h"

#include <stdbool.h>
#include <string.h>

static const double p50 = 50;
static const double p99 = 99;
static const double all = 100;
static const double number_max = 1e12;

/** A journal may have been written by anybody. */
static bool take_number(const cJSON *item, double *out_number)
{
    bool is_good = cJSON_IsNumber(item) && item->valuedouble >= 0 &&
                   item->valuedouble <= number_max;

    *out_number = is_good ? item->valuedouble : 0;
    return is_good;
}

static void add(struct report_latency *latency, double ms, double count)
{
    size_t at = 0;

    while (at < latency->row_count && latency->rows[at].ms < ms) {
        at++;
    }
    bool is_there = at < latency->row_count && latency->rows[at].ms <= ms;
    if (!is_there && latency->row_count == REPORT_LATENCY_MAX) {
        at = at < latency->row_count ? at : at - 1; /* the nearest above */
        is_there = true;
    }
    if (!is_there) {
        memmove(&latency->rows[at + 1], &latency->rows[at],
                (latency->row_count - at) * sizeof(latency->rows[0]));
        latency->rows[at].ms = ms;
        latency->rows[at].count = 0;
        latency->row_count++;
    }
    latency->rows[at].count += count;
    latency->count += count;
}

void report_latency_take(struct report_latency *latency, const cJSON *data)
{
    const cJSON *pair = NULL;
    double most_ms = 0;

    cJSON_ArrayForEach(pair, cJSON_GetObjectItemCaseSensitive(data, "counts"))
    {
        double ms = 0;
        double count = 0;
        if (take_number(cJSON_GetArrayItem(pair, 0), &ms) &&
            take_number(cJSON_GetArrayItem(pair, 1), &count) && count > 0) {
            add(latency, ms, count);
        }
    }
    if (latency->count > 0 &&
        take_number(cJSON_GetObjectItemCaseSensitive(data, "max"), &most_ms) &&
        most_ms > latency->most_ms) {
        latency->most_ms = most_ms;
    }
}

double report_latency_percentile(const struct report_latency *latency,
                                 double percent)
{
    double seen = 0;

    for (size_t i = 0; i < latency->row_count; i++) {
        seen += latency->rows[i].count;
        if (seen * all >= latency->count * percent) {
            bool is_longest =
                i + 1 == latency->row_count && latency->rows[i].count <= 1;
            return is_longest || latency->rows[i].ms > latency->most_ms
                       ? latency->most_ms
                       : latency->rows[i].ms;
        }
    }
    return 0;
}

cJSON *report_latency_json(const struct report_latency *latency)
{
    if (latency == NULL || latency->row_count == 0) {
        return cJSON_CreateNull();
    }
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "blocks", latency->count);
    cJSON_AddNumberToObject(json, "p50-ms",
                            report_latency_percentile(latency, p50));
    cJSON_AddNumberToObject(json, "p99-ms",
                            report_latency_percentile(latency, p99));
    cJSON_AddNumberToObject(json, "max-ms", latency->most_ms);
    return json;
}
