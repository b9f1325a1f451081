/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTS_MODEL_H
#define REPORTS_MODEL_H

/* Private to reports: a journal summed up, as JSON. */
#include "reports/latency.h"
#include "reports/reports.h"

#define REPORT_PASSES_MAX   200 /**< of one case: "pass" and "info" kept */
#define REPORT_FINDINGS_MAX 200 /**< of one case: all others kept */

/** One device under test. */
struct report_device {
    char *endpoint;  /**< "" when it is not known */
    char *profile;   /**< name of its profile */
    char *folder;    /**< its part of the result directory; NULL: all of it */
    char *diagnosis; /**< why it did not register, or NULL */
    cJSON *cases;    /**< while the journal is read: its rows */
    const cJSON *first; /**< then: the first of its rows in `report.cases` … */
    unsigned case_count; /**< … and how many follow one another */
    char *phase;         /**< while the journal is read: of the case that runs,
                              or NULL */
    char *step;          /**< "POINTER VERB" of the newest, or NULL */
    struct report_latency *latency; /**< of pushes; NULL: none */
    struct report_latency *newest;  /**< of the case that runs, or NULL */
};

/**
 * A row of `cases` has the members that docs/results.schema.json names. Text
 * is as the journal has it: whoever writes it escapes it.
 */
struct report {
    cJSON *header;                 /**< data of the campaign event, or NULL */
    struct report_device *devices; /**< one or more, in the campaign's order */
    size_t device_count;
    struct report_device **by_name; /**< sorted by endpoint */
    bool is_many;    /**< the campaign was one of several devices */
    cJSON *cases;    /**< one object per line of each plan: device by device, in
                       the plan's order */
    cJSON *findings; /**< those that belong to no case of the plan */
    cJSON *tolerated; /**< "A-12": how many findings it let pass */
    char *endpoint;   /**< of the only device under test, or NULL */
    char *folder;     /**< where the journal lies, as it was given */
    char *diagnosis;  /**< why no device registered, or what ended the program
                           of several; or NULL */
    struct report_latency *latency; /**< of all pushes; NULL: none */
    int64_t begin_ms;               /**< wall time of the first event */
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
/** Walk over the rows of a device. */
#define REPORT_FOR_EACH_CASE(row, device)                                      \
    for ((row) = (device)->first; (row) != NULL;                               \
         (row) = device_next(device, row))
const cJSON *device_next(const struct report_device *device, const cJSON *row);
/** The cases of one device by verdict. */
void device_count(const struct report_device *device,
                  struct report_counts *out_counts);

/** One of several that has no plan: the campaign was killed before. */
bool device_is_untold(const struct report *report,
                      const struct report_device *device);

/* devices.c: while the journal is read. */

/** The devices that the campaign event names, when it names several.
 *  @return false when memory ran out */
bool devices_take(struct report *report, const cJSON *header);
/** Whose event it is; NULL: of none under test, or of all. */
struct report_device *devices_find(const struct report *report,
                                   const char *endpoint);
/** Put the rows of all devices into `report->cases`.
 *  @return false when memory ran out */
bool devices_join(struct report *report);
void devices_free(struct report *report);

/** Whether assay broke outside of the cases. */
bool report_has_error(const struct report *report);
/** Warnings that belong to no case … */
unsigned report_outside_warnings(const struct report *report);
/** … and whether they make the campaign a fail. */
bool report_warning_fails(const struct report *report);

/* tolerated.c: rows of the ambiguity list. */

/** Count a finding that one of them let pass.
 *  @return false when memory ran out */
bool tolerated_take(struct report *report, const struct finding *finding);
/** Those that let something pass, and those of the profile, as
 *  docs/results.schema.json has them; caller frees. */
cJSON *tolerated_rows(const struct report *report);
/** "A-04 (3), A-12 (1)", or the unused ones of the profile, "A-33"; caller
 *  frees, NULL: no memory. */
char *tolerated_text(const struct report *report, bool used);

/** reproduce.c: the command that runs this case again in the same way, quoted
 *  for a shell; caller frees, NULL: no memory. */
char *reproduce_command(const struct report *report,
                        const struct report_device *device,
                        const cJSON *test_case);

#endif
