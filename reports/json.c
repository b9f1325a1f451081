/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/model.h"

/* Raised when a member changes its meaning or goes; docs/results.schema.json
 * says what they are. */
#define RESULTS_FORMAT 1

static void add_text(cJSON *data, const char *name, const char *text)
{
    cJSON_AddItemToObject(data, name,
                          text != NULL ? cJSON_CreateString(text)
                                       : cJSON_CreateNull());
}

static void add_header(cJSON *data, const struct report *report)
{
    static const char *const members[] = { "seed", "reading", "profile" };

    cJSON *tool = cJSON_AddObjectToObject(data, "tool");
    cJSON_AddStringToObject(tool, "version",
                            case_text(report->header, "version"));
    cJSON_AddStringToObject(tool, "libraries",
                            case_text(report->header, "libraries"));
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        cJSON_AddStringToObject(data, members[i],
                                case_text(report->header, members[i]));
    }
    const char *personality = case_text(report->header, "personality");
    add_text(data, "personality", personality[0] != '\0' ? personality : NULL);
    cJSON_AddBoolToObject(data, "fail-on-warning",
                          cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
                              report->header, "fail-on-warning")));
}

static void add_counts(cJSON *data, const struct report_counts *counts)
{
    cJSON *object = cJSON_AddObjectToObject(data, "counts");

    cJSON_AddNumberToObject(object, "total", counts->total);
    cJSON_AddNumberToObject(object, "pass", counts->pass);
    cJSON_AddNumberToObject(object, "inconc", counts->inconc);
    cJSON_AddNumberToObject(object, "fail", counts->fail);
    cJSON_AddNumberToObject(object, "error", counts->error);
    cJSON_AddNumberToObject(object, "none", counts->none);
    cJSON_AddNumberToObject(object, "not-applicable", counts->not_applicable);
    cJSON_AddNumberToObject(object, "warnings", counts->warnings);
}

static void add_devices(cJSON *data, const struct report *report)
{
    cJSON *list = cJSON_AddArrayToObject(data, "devices");

    for (size_t i = 0; i < report->device_count; i++) {
        const struct report_device *device = &report->devices[i];
        struct report_counts counts;
        cJSON *row = cJSON_CreateObject();

        device_count(device, &counts);
        cJSON_AddStringToObject(row, "endpoint", device->endpoint);
        cJSON_AddStringToObject(row, "profile", device->profile);
        add_text(row, "folder", device->folder);
        add_text(row, "diagnosis", device->diagnosis);
        add_counts(row, &counts);
        cJSON_AddItemToObject(row, "latency",
                              report_latency_json(device->latency));
        cJSON_AddItemToArray(list, row);
    }
}

/** The cases, each with the command that runs it again. */
static cJSON *cases(const struct report *report)
{
    cJSON *list = cJSON_CreateArray();
    const cJSON *row = NULL;

    for (size_t i = 0; i < report->device_count; i++) {
        const struct report_device *device = &report->devices[i];
        REPORT_FOR_EACH_CASE(row, device)
        {
            char *command = reproduce_command(report, device, row);
            cJSON *copy = cJSON_Duplicate(row, true);
            cJSON_AddStringToObject(copy, "reproduce",
                                    command != NULL ? command : "");
            cJSON_AddItemToArray(list, copy);
            free(command);
        }
    }
    return list;
}

/** Bytes that are no UTF-8 become marks: a document with them is no JSON.
 *  @return false when memory ran out */
static bool escape_tree(cJSON *tree)
{
    for (cJSON *child = tree->child; child != NULL; child = child->next) {
        if (cJSON_IsString(child)) {
            char *safe = escape_text(child->valuestring, ESCAPE_JSON, 0);
            char *kept =
                safe != NULL ? cJSON_SetValuestring(child, safe) : NULL;
            free(safe);
            if (kept == NULL) {
                return false;
            }
        } else if (!escape_tree(child)) {
            return false;
        }
    }
    return true;
}

static cJSON *results(const struct report *report)
{
    cJSON *data = cJSON_CreateObject();
    struct report_counts counts;

    report_count(report, &counts);
    cJSON_AddNumberToObject(data, "format", RESULTS_FORMAT);
    cJSON_AddStringToObject(data, "endpoint",
                            report->endpoint != NULL ? report->endpoint : "");
    cJSON_AddNumberToObject(data, "begin-ms", (double)report->begin_ms);
    cJSON_AddNumberToObject(data, "end-ms", (double)report->end_ms);
    cJSON_AddBoolToObject(data, "interrupted", report->is_interrupted);
    cJSON_AddBoolToObject(data, "ended", report->is_ended);
    cJSON_AddBoolToObject(data, "torn", report->is_torn);
    add_header(data, report);
    add_text(data, "diagnosis", report->diagnosis);
    add_counts(data, &counts);
    cJSON_AddItemToObject(data, "latency",
                          report_latency_json(report->latency));
    add_devices(data, report);
    cJSON_AddNumberToObject(data, "exit-status", report_exit_status(report));
    cJSON_AddItemToObject(data, "tolerated", tolerated_rows(report));
    cJSON_AddItemToObject(data, "findings",
                          cJSON_Duplicate(report->findings, true));
    cJSON_AddItemToObject(data, "cases", cases(report));
    return data;
}

enum status report_write_json(const struct report *report, const char *path,
                              struct reason *reason)
{
    cJSON *data = results(report);
    char *text = data != NULL && escape_tree(data) ? cJSON_Print(data) : NULL;
    FILE *file = text != NULL ? fopen(path, "w") : NULL;
    bool good = file != NULL;

    if (text == NULL) {
        cJSON_Delete(data);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (good) {
        escape_write_json(file, text);
        good = fputc('\n', file) != EOF && ferror(file) == 0;
        good = fclose(file) == 0 && good;
    }
    cJSON_free(text);
    cJSON_Delete(data);
    return good ? STATUS_OK
                : reason_set(reason, STATUS_NETWORK, "'%.300s': %s", path,
                             strerror(errno));
}
