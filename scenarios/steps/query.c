/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/query.h"

#include <stdio.h>
#include <string.h>

/** Append one attribute; false when it does not fit. */
static bool add(const cJSON *entry, char *buffer, size_t *used)
{
    size_t room = QUERY_MAX - *used;
    const char *join = *used > 0 ? "&" : "";
    int length = 0;

    if (cJSON_IsNull(entry)) {
        length = snprintf(buffer + *used, room, "%s%s", join, entry->string);
    } else if (cJSON_IsNumber(entry)) {
        length = snprintf(buffer + *used, room, "%s%s=%.10g", join,
                          entry->string, entry->valuedouble);
    } else {
        length = snprintf(buffer + *used, room, "%s%s=%s", join, entry->string,
                          entry->valuestring);
    }
    if (length < 0 || (size_t)length >= room) {
        return false;
    }
    *used += (size_t)length;
    return true;
}

enum status query_of(const cJSON *attributes, char buffer[QUERY_MAX],
                     struct reason *reason)
{
    const cJSON *entry = NULL;
    size_t used = 0;

    buffer[0] = '\0';
    cJSON_ArrayForEach(entry, attributes)
    {
        if (!add(entry, buffer, &used)) {
            return reason_set(reason, STATUS_LIMIT,
                              "the attributes have more than %d bytes",
                              QUERY_MAX - 1);
        }
    }
    return STATUS_OK;
}

enum status query_check(const cJSON *step, const char *name,
                        const char *pointer, struct reason *reason)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(step, name);
    const cJSON *entry = NULL;
    char buffer[QUERY_MAX];

    if (object == NULL) {
        return STATUS_OK;
    }
    if (!cJSON_IsObject(object) || object->child == NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/%s: expected attributes, such as {\"pmin\": 10}",
                          pointer, name);
    }
    cJSON_ArrayForEach(entry, object)
    {
        if (!cJSON_IsNull(entry) && !cJSON_IsNumber(entry) &&
            !cJSON_IsString(entry)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/%s/%s: expected a number, a text, or null "
                              "to unset it",
                              pointer, name, entry->string);
        }
    }
    return query_of(object, buffer, reason);
}
