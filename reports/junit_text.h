/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTS_JUNIT_TEXT_H
#define REPORTS_JUNIT_TEXT_H

/* The words in a JUnit document, escaped. Private to reports. The caller
 * frees; NULL: no memory. */
#include "reports/model.h"

/** Of a case that did not pass: the reason, the findings that are told, and
 *  how to run it again. */
char *junit_outcome(const struct report *report,
                    const struct report_device *device, const cJSON *row);
/** Output of a case: the warnings of a pass, then the trace as an attachment.
 *  That is the last line, because consumers cut long output before its end.
 *  It may be empty. */
char *junit_output(const struct report *report, const cJSON *row);
/** Of a campaign in which nothing ran, or with errors outside of cases. */
char *junit_campaign(const struct report *report, bool has_run);

#endif
