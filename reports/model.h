/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTS_MODEL_H
#define REPORTS_MODEL_H

/* Private to reports: a journal summed up, as JSON. */
#include "reports/reports.h"

#define REPORT_FINDINGS_MAX 200 /**< kept of one case; more are counted */

struct report {
    cJSON *header;    /**< data of the campaign event, or NULL */
    cJSON *cases;     /**< one object per line of the plan, in its order */
    char *endpoint;   /**< of the first event that has one */
    char *folder;     /**< where the journal lies */
    int64_t begin_ms; /**< wall time of the first event */
    int64_t end_ms;
    bool is_interrupted;
    bool is_torn; /**< the journal's last line was */
};

/** Members of a case. */
const char *case_text(const cJSON *test_case, const char *name);
enum verdict case_verdict(const cJSON *test_case);
bool case_runs(const cJSON *test_case);
double case_ms(const cJSON *test_case);

#endif
