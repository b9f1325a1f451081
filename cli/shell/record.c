/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** What a step is about that names nothing: the device does as it did. */
#define PLACEHOLDER "SHELL-000"

struct shell_record {
    char *path;
    cJSON *file;
};

static cJSON *first_case(const struct shell_record *record)
{
    return cJSON_GetArrayItem(
        cJSON_GetObjectItemCaseSensitive(record->file, "cases"), 0);
}

static enum status write_file(const struct shell_record *record,
                              struct reason *reason)
{
    char *text = cJSON_Print(record->file);
    FILE *file = text != NULL ? fopen(record->path, "w") : NULL;
    bool is_written = file != NULL && fprintf(file, "%s\n", text) > 0;
    int error = errno;

    if (file != NULL && fclose(file) != 0) {
        is_written = false;
        error = errno;
    }
    cJSON_free(text);
    return is_written ? STATUS_OK
                      : reason_set(reason, STATUS_NETWORK, "'%.200s': %s",
                                   record->path, strerror(error));
}

enum status shell_record_new(const char *path, struct shell_record **out_record,
                             struct reason *reason)
{
    if (access(path, F_OK) == 0) {
        return reason_set(reason, STATUS_INVALID, "'%.200s' exists", path);
    }
    struct shell_record *record = calloc(1, sizeof(*record));
    if (record == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    record->path = strdup(path);
    record->file = cJSON_CreateObject();
    cJSON_AddStringToObject(record->file, "group", "SHELL");
    cJSON_AddStringToObject(record->file, "title", "Recorded in the shell");
    cJSON *list = cJSON_AddArrayToObject(record->file, "cases");
    cJSON *row = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "id", "SHELL-001");
    cJSON_AddStringToObject(row, "title", "Recorded in the shell");
    cJSON *requirements = cJSON_AddArrayToObject(row, "requirements");
    cJSON_AddItemToArray(requirements, cJSON_CreateString(PLACEHOLDER));
    cJSON_AddArrayToObject(row, "steps");
    cJSON_AddItemToArray(list, row);
    enum status status =
        record->path != NULL && first_case(record) != NULL
            ? write_file(record, reason)
            : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    if (status != STATUS_OK) {
        shell_record_free(record);
        return status;
    }
    *out_record = record;
    return STATUS_OK;
}

void shell_record_free(struct shell_record *record)
{
    if (record != NULL) {
        free(record->path);
        cJSON_Delete(record->file);
        free(record);
    }
}

/** A step without requirements is about what was recorded; else the case would
 *  judge nothing by it. */
static bool add_placeholder(cJSON *step)
{
    cJSON *list = NULL;

    if (cJSON_GetObjectItemCaseSensitive(step, "req") != NULL) {
        return true;
    }
    list = cJSON_AddArrayToObject(step, "req");
    return list != NULL &&
           cJSON_AddItemToArray(list, cJSON_CreateString(PLACEHOLDER));
}

static bool has_text(const cJSON *list, const char *text)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, list)
    {
        if (strcmp(item->valuestring, text) == 0) {
            return true;
        }
    }
    return false;
}

/** Requirements of the steps are those of the case. */
static void collect_requirements(cJSON *row)
{
    cJSON *list = cJSON_CreateArray();
    const cJSON *step = NULL;
    const cJSON *item = NULL;

    cJSON_ArrayForEach(step, cJSON_GetObjectItemCaseSensitive(row, "steps")){
        cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(step, "req")){
            if (!has_text(list, item->valuestring)){ cJSON_AddItemToArray(
                list, cJSON_CreateString(item->valuestring));
}
}
}
(void)cJSON_ReplaceItemInObjectCaseSensitive(
    row, "requirements", list); /* the old list stays without memory */
}

/** The profile's name of an instance number; NULL: it has none. */
static const char *name_of(const struct profile *profile, const char *number)
{
    char text[8];

    for (size_t i = 0; number != NULL && i < profile->component_count; i++) {
        (void)snprintf(text, sizeof(text), "%u",
                       profile->components[i].instance); /* fits */
        if (strcmp(text, number) == 0) {
            return profile->components[i].name;
        }
    }
    return NULL;
}

/** A component, or a list of them. */
static void name_values(const struct profile *profile, cJSON *value)
{
    cJSON *item = cJSON_IsArray(value) ? value->child : value;

    while (item != NULL) {
        const char *name = name_of(profile, cJSON_GetStringValue(item));
        if (name != NULL) {
            (void)cJSON_SetValuestring(item, name); /* else it stays as it is */
        }
        item = cJSON_IsArray(value) ? item->next : NULL;
    }
}

/** Keys of await and expect. */
static void name_keys(const struct profile *profile, cJSON *object)
{
    cJSON *part = cJSON_IsObject(object) ? object->child : NULL;

    while (part != NULL) {
        cJSON *next = part->next;
        const char *name = name_of(profile, part->string);
        if (name != NULL) {
            (void)cJSON_DetachItemViaPointer(object, part); /* it is in it */
            (void)cJSON_AddItemToObject(object, name, part);
        }
        part = next;
    }
}

static void name_components(const struct step_type *type,
                            const struct profile *profile, cJSON *step)
{
    const struct step_parameter *rows = type->parameters;

    for (size_t i = 0; i < STEP_PARAMETERS_MAX && rows[i].name != NULL; i++) {
        cJSON *value = cJSON_GetObjectItemCaseSensitive(step, rows[i].name);
        if (rows[i].type == STEP_COMPONENT || rows[i].type == STEP_COMPONENTS) {
            name_values(profile, value);
        } else if (i == 0 && rows[i].type == STEP_ANY) {
            name_keys(profile, value);
        }
    }
}

enum status shell_record_add(struct shell_record *record,
                             const struct step_type *type, const cJSON *step,
                             const struct profile *profile,
                             struct reason *reason)
{
    cJSON *row = first_case(record);
    cJSON *copy = cJSON_Duplicate(step, true);

    if (copy != NULL) {
        name_components(type, profile, copy);
    }
    if (copy == NULL || !add_placeholder(copy) ||
        !cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(row, "steps"),
                              copy)) {
        cJSON_Delete(copy);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    collect_requirements(row);
    return write_file(record, reason);
}
