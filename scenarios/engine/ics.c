/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/ics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/ics_items.h"

const struct ics_item *ics_item(const struct ics *ics, const char *name)
{
    for (size_t i = 0; i < ics->count; i++) {
        if (strcmp(ics->items[i].name, name) == 0) {
            return &ics->items[i];
        }
    }
    return NULL;
}

static void set(struct ics *ics, const char *name, const char *value,
                enum ics_how how)
{
    struct ics_item *item =
        (struct ics_item *)(uintptr_t)ics_item(ics, name); /* it is ours */

    if (item == NULL) {
        if (ics->count == ICS_ITEMS_MAX) {
            return;
        }
        item = &ics->items[ics->count++];
        *item = (struct ics_item){ .how = ICS_DEFAULT };
        (void)snprintf(item->name, sizeof(item->name), "%s", name); /* cut */
    }
    if (how == ICS_DETECTED) {
        (void)snprintf(item->seen, sizeof(item->seen), "%s", value); /* cut */
    }
    if (how >= item->how) {
        (void)snprintf(item->value, sizeof(item->value), "%s", value);
        item->how = how;
    }
}

void ics_set(struct ics *ics, const char *name, const char *value,
             bool declared)
{
    set(ics, name, value, declared ? ICS_DECLARED : ICS_DETECTED);
}

const char *ics_value(const struct ics *ics, const char *name)
{
    const struct ics_item *item = ics_item(ics, name);

    return item != NULL ? item->value : NULL;
}

bool ics_value_holds(const char *name, const char *value)
{
    static const char *const no[] = {
        "false", "none", "no", "0", "", "unknown"
    };
    const struct ics_type *type = ics_type(name);

    if (type != NULL && type->values == ICS_INSTANCE) {
        return true;
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        if (strcmp(value, no[i]) == 0) {
            return false;
        }
    }
    return true;
}

bool ics_holds(const struct ics *ics, const char *name)
{
    const char *value = ics_value(ics, name);

    return value != NULL ? ics_value_holds(name, value) : !ics->is_known;
}

static size_t place_of(const struct ics *ics, uint16_t instance)
{
    size_t at = 0;

    while (at < ics->instance_count && ics->instances[at] < instance) {
        at++;
    }
    return at;
}

bool ics_has_instance(const struct ics *ics, uint16_t instance)
{
    size_t at = place_of(ics, instance);

    return at < ics->instance_count && ics->instances[at] == instance;
}

void ics_add_instance(struct ics *ics, uint16_t instance, bool is_listed)
{
    size_t at = place_of(ics, instance);
    size_t behind = ics->instance_count - at;

    if (ics_has_instance(ics, instance)) {
        ics->is_listed[at] = ics->is_listed[at] || is_listed;
        return;
    }
    if (ics->instance_count == ICS_INSTANCES_MAX) {
        return;
    }
    memmove(&ics->instances[at + 1], &ics->instances[at],
            behind * sizeof(ics->instances[0]));
    memmove(&ics->is_listed[at + 1], &ics->is_listed[at],
            behind * sizeof(ics->is_listed[0]));
    ics->instances[at] = instance;
    ics->is_listed[at] = is_listed;
    ics->instance_count++;
}

/** Take out the instances that only the profile has. */
static void drop_unlisted(struct ics *ics)
{
    size_t kept = 0;
    bool lists_any = false;

    for (size_t i = 0; i < ics->instance_count; i++) {
        lists_any = lists_any || ics->is_listed[i];
    }
    for (size_t i = 0; lists_any && i < ics->instance_count; i++) {
        if (ics->is_listed[i]) {
            ics->instances[kept] = ics->instances[i];
            ics->is_listed[kept++] = true;
        }
    }
    ics->instance_count = lists_any ? kept : ics->instance_count;
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

/** "proto": "coap http" says of each protocol whether the device has it. */
static void declare_protocols(struct ics *ics, const char *list)
{
    const struct ics_type *type = ics_type("proto");

    for (size_t i = 0; type->words[i] != NULL; i++) {
        size_t length = strlen(type->words[i]);
        bool has = false;
        for (const char *at = list; *at != '\0'; at += strspn(at, " ")) {
            size_t word = strcspn(at, " ");
            has = has ||
                  (word == length && strncmp(at, type->words[i], length) == 0);
            at += word;
        }
        ics_set(ics, type->words[i], has ? "true" : "false", true);
    }
}

static void declare_components(struct ics *ics, const struct profile *profile)
{
    char text[16];

    for (size_t i = 0; i < profile->component_count; i++) {
        ics_add_instance(ics, profile->components[i].instance, false);
        if (profile->components[i].is_main) {
            ics->main_instance = profile->components[i].instance;
        }
    }
    (void)snprintf(text, sizeof(text), "%u", ics->main_instance);
    set(ics, "main", text,
        profile->component_count > 0 ? ICS_DECLARED : ICS_DEFAULT);
}

static void declare_hooks(struct ics *ics, const struct profile *profile,
                          bool is_started)
{
    char hook[PROFILE_ITEM_NAME_MAX + 1];

    for (size_t i = 0; i < profile->hook_count; i++) {
        if (profile->hooks[i].is_word && !is_started) {
            continue; /* it is about a device that is not ours to handle */
        }
        (void)snprintf(hook, sizeof(hook), "hook %s",
                       profile->hooks[i].name); /* cut */
        ics_set(ics, hook, "true", true);
    }
    if (ics_item(ics, "hook power-cycle") != NULL) {
        ics_set(ics, "pwr", "true", true);
    }
    if (ics_item(ics, "hook network-down") != NULL &&
        ics_item(ics, "hook network-up") != NULL) {
        ics_set(ics, "netcut", "true", true);
    }
}

void ics_declare_relay(struct ics *ics)
{
    ics_set(ics, "relay", "true", true);
    ics_set(ics, "netcut", "true", true);
}

void ics_declare(struct ics *ics, const struct profile *profile,
                 bool is_started)
{
    for (size_t i = 0; i < ics_type_count(); i++) {
        const struct ics_type *type = ics_type_at(i);
        if (type->value != NULL) {
            set(ics, type->name, type->value, ICS_DEFAULT);
        }
    }
    for (size_t i = 0; i < profile->ics_count; i++) {
        ics_set(ics, profile->ics[i].name, profile->ics[i].value, true);
        if (strcmp(profile->ics[i].name, "proto") == 0) {
            declare_protocols(ics, profile->ics[i].value);
        }
    }
    if (profile->credentials.mode != SECURITY_NONE) {
        ics_set(ics, "secure", "true", true);
    }
    declare_hooks(ics, profile, is_started);
    declare_components(ics, profile);
}

/** Names of the items that hold, of those in a list or with a beginning. */
static void join(struct ics *ics, const char *name, const char *start)
{
    const struct ics_type *type = ics_type(name);
    char text[PROFILE_ITEM_VALUE_MAX + 1] = "";
    size_t used = 0;

    for (size_t i = 0; i < ics->count && used < sizeof(text); i++) {
        const struct ics_item *item = &ics->items[i];
        bool is_one =
            start != NULL && strncmp(item->name, start, strlen(start)) == 0;
        for (size_t j = 0; start == NULL && type->words[j] != NULL; j++) {
            is_one = is_one || strcmp(item->name, type->words[j]) == 0;
        }
        if (is_one && ics_value_holds(item->name, item->value)) {
            int length = snprintf(
                text + used, sizeof(text) - used, "%s%s", used > 0 ? " " : "",
                item->name + (start != NULL ? strlen(start) : 0)); /* cut */
            used += length > 0 ? (size_t)length : 0;
        }
    }
    if (text[0] != '\0') {
        set(ics, name, text, ICS_DETECTED);
    }
}

void ics_complete(struct ics *ics)
{
    drop_unlisted(ics);
    for (size_t i = 0; i < ics_type_count(); i++) {
        const struct ics_type *type = ics_type_at(i);
        const struct ics_item *item = ics_item(ics, type->name);
        bool is_family = type->name[strlen(type->name) - 1] == '-';
        if (type->source == ICS_FROM_LOOK && type->values == ICS_BOOL &&
            !is_family && (item == NULL || item->seen[0] == '\0')) {
            set(ics, type->name, "false", ICS_DETECTED);
        }
    }
    join(ics, "proto", NULL);
    join(ics, "fmt", "format-");
}

static const char *const hows[] = { [ICS_DEFAULT] = "default",
                                    [ICS_DETECTED] = "detected",
                                    [ICS_DECLARED] = "declared" };

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
                                hows[ics->items[i].how]);
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
        for (int i = ICS_DEFAULT; cJSON_IsString(item) && i <= ICS_DECLARED;
             i++) {
            if (word != NULL && strcmp(word, hows[i]) == 0) {
                set(ics, item->string, item->valuestring, (enum ics_how)i);
            }
        }
    }
    cJSON_ArrayForEach(item,
                       cJSON_GetObjectItemCaseSensitive(data, "instances"))
    {
        if (cJSON_IsNumber(item)) {
            ics_add_instance(ics, (uint16_t)item->valueint, true);
        }
    }
    ics->main_instance = cJSON_IsNumber(main) ? (uint16_t)main->valueint : 0;
}
