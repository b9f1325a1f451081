/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "reports/model.h"

static cJSON *results(const struct report *report)
{
    struct report_counts counts;
    cJSON *data = cJSON_CreateObject();

    report_count(report, &counts);
    cJSON_AddNumberToObject(data, "format", 1);
    cJSON_AddStringToObject(data, "endpoint",
                            report->endpoint != NULL ? report->endpoint : "");
    cJSON_AddNumberToObject(data, "begin-ms", (double)report->begin_ms);
    cJSON_AddNumberToObject(data, "end-ms", (double)report->end_ms);
    cJSON_AddBoolToObject(data, "interrupted", report->is_interrupted);
    cJSON_AddBoolToObject(data, "torn", report->is_torn);
    cJSON *tool = cJSON_AddObjectToObject(data, "tool");
    cJSON_AddStringToObject(tool, "version",
                            case_text(report->header, "version"));
    cJSON_AddStringToObject(tool, "libraries",
                            case_text(report->header, "libraries"));
    cJSON_AddStringToObject(data, "seed", case_text(report->header, "seed"));
    cJSON_AddStringToObject(data, "reading",
                            case_text(report->header, "reading"));
    cJSON_AddStringToObject(data, "profile",
                            case_text(report->header, "profile"));
    cJSON *object = cJSON_AddObjectToObject(data, "counts");
    cJSON_AddNumberToObject(object, "total", counts.total);
    cJSON_AddNumberToObject(object, "pass", counts.pass);
    cJSON_AddNumberToObject(object, "inconc", counts.inconc);
    cJSON_AddNumberToObject(object, "fail", counts.fail);
    cJSON_AddNumberToObject(object, "error", counts.error);
    cJSON_AddNumberToObject(object, "none", counts.none);
    cJSON_AddNumberToObject(object, "not-applicable", counts.not_applicable);
    cJSON_AddNumberToObject(object, "warnings", counts.warnings);
    cJSON_AddNumberToObject(data, "exit-status", report_exit_status(report));
    cJSON_AddItemToObject(data, "cases", cJSON_Duplicate(report->cases, true));
    return data;
}

enum status report_write_json(const struct report *report, const char *path,
                              struct reason *reason)
{
    cJSON *data = results(report);
    char *text = cJSON_Print(data);
    FILE *file = text != NULL ? fopen(path, "w") : NULL;
    bool good = file != NULL && fprintf(file, "%s\n", text) > 0;

    if (file != NULL && fclose(file) != 0) {
        good = false;
    }
    cJSON_free(text);
    cJSON_Delete(data);
    return good ? STATUS_OK
                : reason_set(reason, STATUS_NETWORK, "'%.150s': %s", path,
                             strerror(errno));
}
