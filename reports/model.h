/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTS_MODEL_H
#define REPORTS_MODEL_H

/* Private to reports: a journal summed up, as JSON. */
#include "reports/reports.h"

#define REPORT_PASSES_MAX   200 /**< of one case: "pass" and "info" kept */
#define REPORT_FINDINGS_MAX 200 /**< of one case: all others kept */

/**
 * A row of `cases` has the members that docs/results.schema.json names. Text
 * is as the journal has it: whoever writes it escapes it.
 */
struct report {
    cJSON *header;    /**< data of the campaign event, or NULL */
    cJSON *cases;     /**< one object per line of the plan, in its order */
    cJSON *findings;  /**< those that belong to no case of the plan */
    char *endpoint;   /**< of the device under test, or NULL */
    char *folder;     /**< where the journal lies, as it was given */
    char *diagnosis;  /**< why no device registered, or NULL */
    int64_t begin_ms; /**< wall time of the first event */
    int64_t end_ms;
    bool is_interrupted;
    bool is_ended; /**< the journal has its last event */
    bool is_torn;  /**< the journal's last line was */
};

/** Members of a case or finding. */
const char *case_text(const cJSON *test_case, const char *name);
enum verdict case_verdict(const cJSON *test_case);
bool case_runs(const cJSON *test_case);
double case_ms(const cJSON *test_case);
unsigned case_number(const cJSON *test_case, const char *name);
const cJSON *case_findings(const cJSON *test_case);
/** Whether a finding makes a case worse than pass, or is a warning. */
bool finding_is_told(const cJSON *finding);
/** Whether assay broke outside of the cases. */
bool report_has_error(const struct report *report);

/** reproduce.c: the command that runs this case again in the same way, quoted
 *  for a shell; caller frees, NULL: no memory. */
char *reproduce_command(const struct report *report, const cJSON *test_case);

#endif
