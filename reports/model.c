/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/model.h"

#include <stdlib.h>
#include <string.h>

/** What is gathered while the journal is read. */
struct reader {
    struct report *report;
    bool has_events;
};

const char *case_text(const cJSON *test_case, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(test_case, name);

    return cJSON_IsString(item) ? item->valuestring : "";
}

enum verdict case_verdict(const cJSON *test_case)
{
    enum verdict verdict = VERDICT_NONE;

    (void)verdict_parse(case_text(test_case, "verdict"),
                        &verdict); /* none when there is none yet */
    return verdict;
}

bool case_runs(const cJSON *test_case)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(test_case, "runs"));
}

double case_ms(const cJSON *test_case)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(test_case, "ms");

    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

static cJSON *find_case(const struct report *report, const char *instance)
{
    cJSON *row = NULL;

    cJSON_ArrayForEach(row, report->cases)
    {
        if (instance != NULL &&
            strcmp(case_text(row, "instance"), instance) == 0) {
            return row;
        }
    }
    return NULL;
}

static void take_plan(struct report *report, const struct journal_event *event)
{
    const cJSON *row = NULL;

    cJSON_ArrayForEach(
        row, cJSON_GetObjectItemCaseSensitive(event->as.data, "cases"))
    {
        cJSON *copy = cJSON_Duplicate(row, true);
        cJSON_AddArrayToObject(copy, "findings");
        cJSON_AddItemToArray(report->cases, copy);
    }
}

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text != NULL) {
        cJSON_AddStringToObject(object, name, text);
    } else {
        cJSON_AddNullToObject(object, name);
    }
}

static void take_finding(struct report *report,
                         const struct journal_event *event)
{
    const struct finding *finding = &event->as.finding;
    cJSON *row = find_case(report, event->instance);
    cJSON *list = cJSON_GetObjectItemCaseSensitive(row, "findings");

    if (list == NULL || cJSON_GetArraySize(list) >= REPORT_FINDINGS_MAX) {
        return;
    }
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "level", finding_level_name(finding->level));
    add_text(item, "requirement", finding->requirement);
    add_text(item, "ambiguity", finding->ambiguity);
    add_text(item, "check", finding->check);
    add_text(item, "subject", finding->subject);
    add_text(item, "expected", finding->expected);
    add_text(item, "observed", finding->observed);
    add_text(item, "detail", finding->detail);
    cJSON *evidence = cJSON_AddArrayToObject(item, "evidence");
    for (size_t i = 0; i < finding->evidence_count; i++) {
        cJSON_AddItemToArray(evidence,
                             cJSON_CreateNumber((double)finding->evidence[i]));
    }
    cJSON_AddItemToArray(list, item);
}

static void take_verdict(struct report *report,
                         const struct journal_event *event)
{
    cJSON *row = find_case(report, event->instance);
    const char *reason = journal_text(event, "reason");

    if (row == NULL) {
        return;
    }
    add_text(row, "verdict", journal_text(event, "verdict"));
    cJSON_AddNumberToObject(row, "ms", journal_number(event, "ms", 0));
    if (reason != NULL) {
        cJSON_ReplaceItemInObjectCaseSensitive(row, "reason",
                                               cJSON_CreateString(reason));
    }
}

static void take_event(const struct journal_event *event, void *user)
{
    struct reader *reader = user;
    struct report *report = reader->report;

    if (!reader->has_events) {
        report->begin_ms = event->wall_ms;
        reader->has_events = true;
    }
    report->end_ms = event->wall_ms;
    if (report->endpoint == NULL && event->endpoint != NULL) {
        report->endpoint = strdup(event->endpoint);
    }
    switch ((int)event->kind) {
    case JOURNAL_CAMPAIGN:
        cJSON_Delete(report->header);
        report->header = cJSON_Duplicate(event->as.data, true);
        break;
    case JOURNAL_PLAN:
        take_plan(report, event);
        break;
    case JOURNAL_FINDING:
        take_finding(report, event);
        break;
    case JOURNAL_VERDICT:
        take_verdict(report, event);
        break;
    case JOURNAL_CAMPAIGN_END:
        report->is_interrupted = cJSON_IsTrue(
            cJSON_GetObjectItemCaseSensitive(event->as.data, "interrupted"));
        break;
    default:
        break;
    }
}

enum status report_load(const char *journal_path, struct report **out_report,
                        struct reason *reason)
{
    struct report *report = calloc(1, sizeof(*report));
    struct reader reader = { .report = report };
    const char *slash = strrchr(journal_path, '/');

    if (report == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    report->cases = cJSON_CreateArray();
    report->folder = slash != NULL
                         ? strndup(journal_path, (size_t)(slash - journal_path))
                         : strdup(".");
    enum status status =
        report->cases == NULL || report->folder == NULL
            ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
            : journal_read(journal_path, take_event, &reader, &report->is_torn,
                           reason);
    if (status != STATUS_OK) {
        report_free(report);
        return status;
    }
    *out_report = report;
    return STATUS_OK;
}

void report_free(struct report *report)
{
    if (report != NULL) {
        cJSON_Delete(report->header);
        cJSON_Delete(report->cases);
        free(report->endpoint);
        free(report->folder);
        free(report);
    }
}

void report_count(const struct report *report, struct report_counts *out_counts)
{
    struct report_counts counts = { .total = 0 };
    const cJSON *row = NULL;
    const cJSON *finding = NULL;

    cJSON_ArrayForEach(row, report->cases)
    {
        counts.total++;
        if (!case_runs(row)) {
            counts.not_applicable++;
            continue;
        }
        switch (case_verdict(row)) {
        case VERDICT_NONE:
            counts.none++;
            break;
        case VERDICT_PASS:
            counts.pass++;
            break;
        case VERDICT_INCONC:
            counts.inconc++;
            break;
        case VERDICT_FAIL:
            counts.fail++;
            break;
        case VERDICT_ERROR:
            counts.error++;
            break;
        }
        cJSON_ArrayForEach(finding,
                           cJSON_GetObjectItemCaseSensitive(row, "findings"))
        {
            counts.warnings +=
                strcmp(case_text(finding, "level"), "warning") == 0 ? 1 : 0;
        }
    }
    *out_counts = counts;
}

int report_exit_status(const struct report *report)
{
    struct report_counts counts;

    report_count(report, &counts);
    unsigned ran = counts.pass + counts.inconc + counts.fail + counts.error;
    if (counts.error > 0 || ran == 0) {
        return 3;
    }
    if (counts.fail > 0) {
        return 1;
    }
    return counts.inconc > 0 || counts.none > 0 ? 2 : 0;
}
