/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which rows of the ambiguity list (docs/afu.md, section 9) let something pass,
 * and which rows the profile tolerates although nothing needed it.
 */
#include <stdlib.h>
#include <string.h>

#include "reports/model.h"

enum { LISTS = 3, ROWS = 100, ROW_SIZE = 16 };

bool tolerated_take(struct report *report, const struct finding *finding)
{
    const char *row = finding->ambiguity;

    if (row == NULL ||
        (finding->level != FINDING_WARNING && finding->level != FINDING_INFO)) {
        return true; /* nothing was let pass */
    }
    cJSON *count = cJSON_GetObjectItemCaseSensitive(report->tolerated, row);
    if (count != NULL) {
        cJSON_SetNumberValue(count, count->valuedouble + 1.0);
        return true;
    }
    return cJSON_AddNumberToObject(report->tolerated, row, 1) != NULL;
}

static bool has(const cJSON *list, const char *row)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, row) == 0) {
            return true;
        }
    }
    return false;
}

/** Whether a profile of the campaign tolerates the row. */
static bool is_declared(const struct report *report, const char *row)
{
    const cJSON *profile = NULL;

    if (has(cJSON_GetObjectItemCaseSensitive(
                cJSON_GetObjectItemCaseSensitive(report->header,
                                                 "profile-json"),
                "tolerate"),
            row)) {
        return true;
    }
    cJSON_ArrayForEach(
        profile, cJSON_GetObjectItemCaseSensitive(report->header, "profiles"))
    {
        if (has(cJSON_GetObjectItemCaseSensitive(
                    cJSON_GetObjectItemCaseSensitive(profile, "json"),
                    "tolerate"),
                row)) {
            return true;
        }
    }
    return false;
}

cJSON *tolerated_rows(const struct report *report)
{
    static const char lists[LISTS] = { 'A', 'F', 'S' }; /* of /5 and /9 */
    cJSON *list = cJSON_CreateArray();
    char row[ROW_SIZE];

    for (int i = 0; i < LISTS * ROWS; i++) {
        (void)snprintf(row, sizeof(row), "%c-%02d", lists[i / ROWS],
                       i % ROWS); /* fits */
        const cJSON *count =
            cJSON_GetObjectItemCaseSensitive(report->tolerated, row);
        bool declared = is_declared(report, row);
        if (count == NULL && !declared) {
            continue;
        }
        cJSON *item = cJSON_CreateObject();
        if (cJSON_AddStringToObject(item, "row", row) == NULL ||
            cJSON_AddNumberToObject(item, "findings",
                                    count != NULL ? count->valuedouble : 0) ==
                NULL ||
            cJSON_AddBoolToObject(item, "in-profile", declared) == NULL ||
            !cJSON_AddItemToArray(list, item)) {
            cJSON_Delete(item);
        }
    }
    return list;
}

char *tolerated_text(const struct report *report, bool used)
{
    cJSON *rows = tolerated_rows(report);
    const cJSON *item = NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bool is_first = true;

    cJSON_ArrayForEach(item, rows)
    {
        unsigned findings = case_number(item, "findings");
        if (stream == NULL || (findings > 0) != used) {
            continue;
        }
        fprintf(stream, "%s%s", is_first ? "" : ", ", case_text(item, "row"));
        if (used) {
            fprintf(stream, " (%u)", findings);
        }
        is_first = false;
    }
    cJSON_Delete(rows);
    if (stream != NULL && fclose(stream) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}
