/* SPDX-License-Identifier: Apache-2.0 */

/* Which events and cases belong to which device. */
#include <stdlib.h>
#include <string.h>

#include "reports/model.h"

static int compare(const void *one, const void *other)
{
    const struct report_device *const *left = one;
    const struct report_device *const *right = other;

    return strcmp((*left)->endpoint, (*right)->endpoint);
}

static void release(struct report_device *device)
{
    free(device->endpoint);
    free(device->profile);
    free(device->folder);
    free(device->diagnosis);
    free(device->phase);
    free(device->step);
    free(device->latency);
    free(device->newest);
    cJSON_Delete(device->cases);
}

void devices_free(struct report *report)
{
    for (size_t i = 0; i < report->device_count; i++) {
        release(&report->devices[i]);
    }
    free(report->devices);
    free(report->by_name);
    report->devices = NULL;
    report->by_name = NULL;
    report->device_count = 0;
}

/** A folder's name that does not lead elsewhere. */
static bool is_folder(const char *name)
{
    return name[0] != '\0' && strchr(name, '/') == NULL &&
           strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool fill(struct report_device *device, const cJSON *row)
{
    const char *folder = case_text(row, "folder");

    *device = (struct report_device){
        .endpoint = strdup(case_text(row, "endpoint")),
        .profile = strdup(case_text(row, "profile")),
        .folder = is_folder(folder) ? strdup(folder) : NULL,
        .cases = cJSON_CreateArray(),
    };
    return device->endpoint != NULL && device->profile != NULL &&
           (device->folder != NULL || !is_folder(folder)) &&
           device->cases != NULL;
}

bool devices_take(struct report *report, const cJSON *header)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(header, "devices");
    int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    const cJSON *row = NULL;
    bool good = true;

    if (count < 1 && report->device_count > 0) {
        return true; /* one, which is there */
    }
    devices_free(report);
    report->is_many = count > 0;
    count = count > 0 ? count : 1;
    report->devices = calloc((size_t)count, sizeof(*report->devices));
    report->by_name = calloc((size_t)count, sizeof(*report->by_name));
    if (report->devices == NULL || report->by_name == NULL) {
        return false;
    }
    row = report->is_many ? list->child : NULL;
    for (int i = 0; good && i < count; i++) {
        struct report_device *device = &report->devices[report->device_count];
        report->by_name[report->device_count++] = device;
        good = fill(device, row);
        row = row != NULL ? row->next : NULL;
    }
    if (good) {
        qsort(report->by_name, report->device_count, sizeof(*report->by_name),
              compare);
    }
    return good;
}

struct report_device *devices_find(const struct report *report,
                                   const char *endpoint)
{
    struct report_device wanted = { .endpoint = (char *)(uintptr_t)endpoint };
    const struct report_device *key = &wanted;

    if (!report->is_many) {
        return &report->devices[0];
    }
    if (endpoint == NULL) {
        return NULL;
    }
    struct report_device **found =
        bsearch(&key, report->by_name, report->device_count,
                sizeof(*report->by_name), compare);
    return found != NULL ? *found : NULL;
}

bool devices_join(struct report *report)
{
    for (size_t i = 0; i < report->device_count; i++) {
        struct report_device *device = &report->devices[i];
        while (device->cases->child != NULL) {
            cJSON *row =
                cJSON_DetachItemViaPointer(device->cases, device->cases->child);
            if (cJSON_AddStringToObject(row, "device", device->endpoint) ==
                    NULL ||
                !cJSON_AddItemToArray(report->cases, row)) {
                cJSON_Delete(row);
                return false;
            }
            device->first = device->case_count == 0 ? row : device->first;
            device->case_count++;
        }
    }
    return true;
}

const cJSON *device_next(const struct report_device *device, const cJSON *row)
{
    const cJSON *next = row->next;

    /* The rows of the next device follow at once. */
    return next != NULL &&
                   strcmp(case_text(next, "device"), device->endpoint) == 0
               ? next
               : NULL;
}

void device_count(const struct report_device *device,
                  struct report_counts *out_counts)
{
    struct report_counts counts = { .total = 0 };
    const cJSON *row = NULL;

    REPORT_FOR_EACH_CASE(row, device)
    {
        counts.total++;
        if (!case_runs(row)) {
            counts.not_applicable++;
            continue;
        }
        counts.warnings += case_number(row, "warnings");
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
    }
    *out_counts = counts;
}
