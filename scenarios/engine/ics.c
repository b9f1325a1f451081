/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/ics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ics_item *find(struct ics *ics, const char *name)
{
    for (size_t i = 0; i < ics->count; i++) {
        if (strcmp(ics->items[i].name, name) == 0) {
            return &ics->items[i];
        }
    }
    return NULL;
}

void ics_set(struct ics *ics, const char *name, const char *value,
             bool declared)
{
    struct ics_item *item = find(ics, name);

    if (item == NULL) {
        if (ics->count == ICS_ITEMS_MAX) {
            return;
        }
        item = &ics->items[ics->count++];
        *item = (struct ics_item){ .is_declared = false };
        (void)snprintf(item->name, sizeof(item->name), "%s", name); /* cut */
    }
    if (item->is_declared && !declared) {
        return;
    }
    (void)snprintf(item->value, sizeof(item->value), "%s", value); /* cut */
    item->is_declared = declared;
}

const char *ics_value(const struct ics *ics, const char *name)
{
    for (size_t i = 0; i < ics->count; i++) {
        if (strcmp(ics->items[i].name, name) == 0) {
            return ics->items[i].value;
        }
    }
    return NULL;
}

bool ics_holds(const struct ics *ics, const char *name)
{
    static const char *const no[] = {
        "false", "none", "no", "0", "", "unknown"
    };
    const char *value = ics_value(ics, name);

    if (value == NULL) {
        return !ics->is_known;
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        if (strcmp(value, no[i]) == 0) {
            return false;
        }
    }
    return true;
}

void ics_add_instance(struct ics *ics, uint16_t instance)
{
    size_t at = 0;

    while (at < ics->instance_count && ics->instances[at] < instance) {
        at++;
    }
    if (ics->instance_count == ICS_INSTANCES_MAX ||
        (at < ics->instance_count && ics->instances[at] == instance)) {
        return;
    }
    memmove(&ics->instances[at + 1], &ics->instances[at],
            (ics->instance_count - at) * sizeof(ics->instances[0]));
    ics->instances[at] = instance;
    ics->instance_count++;
}

void ics_note_server(struct ics *ics, uint16_t instance)
{
    const char *declared = ics_value(ics, "server");

    if (declared != NULL) {
        instance = (uint16_t)strtoul(declared, NULL, 10);
    }
    if (!ics->has_server_instance || instance < ics->server_instance) {
        ics->server_instance = instance;
        ics->has_server_instance = true;
    }
}

void ics_declare(struct ics *ics, const struct profile *profile,
                 bool is_started)
{
    char hook[64];

    for (size_t i = 0; i < profile->ics_count; i++) {
        ics_set(ics, profile->ics[i].name, profile->ics[i].value, true);
    }
    if (profile->credentials.mode != SECURITY_NONE) {
        ics_set(ics, "secure", "true", true);
    }
    for (size_t i = 0; i < profile->hook_count; i++) {
        if (profile->hooks[i].is_word && !is_started) {
            continue; /* it is about a device that is not ours to handle */
        }
        (void)snprintf(hook, sizeof(hook), "hook %s",
                       profile->hooks[i].name); /* cut */
        ics_set(ics, hook, "true", true);
    }
    for (size_t i = 0; i < profile->component_count; i++) {
        ics_add_instance(ics, profile->components[i].instance);
        if (profile->components[i].is_main) {
            ics->main_instance = profile->components[i].instance;
        }
    }
}

cJSON *ics_json(const struct ics *ics, const char *endpoint)
{
    cJSON *data = cJSON_CreateObject();
    cJSON *items = NULL;
    cJSON *how = NULL;
    cJSON *instances = NULL;

    cJSON_AddStringToObject(data, "endpoint", endpoint);
    items = cJSON_AddObjectToObject(data, "items");
    how = cJSON_AddObjectToObject(data, "how");
    instances = cJSON_AddArrayToObject(data, "instances");
    for (size_t i = 0; i < ics->count; i++) {
        cJSON_AddStringToObject(items, ics->items[i].name, ics->items[i].value);
        cJSON_AddStringToObject(how, ics->items[i].name,
                                ics->items[i].is_declared ? "declared"
                                                          : "detected");
    }
    for (size_t i = 0; i < ics->instance_count; i++) {
        cJSON_AddItemToArray(instances, cJSON_CreateNumber(ics->instances[i]));
    }
    cJSON_AddNumberToObject(data, "main", ics->main_instance);
    return data;
}

void ics_read(struct ics *ics, const cJSON *data)
{
    const cJSON *how = cJSON_GetObjectItemCaseSensitive(data, "how");
    const cJSON *main = cJSON_GetObjectItemCaseSensitive(data, "main");
    const cJSON *item = NULL;

    *ics = (struct ics){ .is_known = true };
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(data, "items"))
    {
        const char *word = cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(how, item->string));
        if (cJSON_IsString(item)) {
            ics_set(ics, item->string, item->valuestring,
                    word != NULL && strcmp(word, "declared") == 0);
        }
    }
    cJSON_ArrayForEach(item,
                       cJSON_GetObjectItemCaseSensitive(data, "instances"))
    {
        if (cJSON_IsNumber(item)) {
            ics_add_instance(ics, (uint16_t)item->valueint);
        }
    }
    ics->main_instance = cJSON_IsNumber(main) ? (uint16_t)main->valueint : 0;
}
