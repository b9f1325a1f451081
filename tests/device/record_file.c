/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/record_file.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 1e15 /* exact as a double */

static const char file_name[] = "state";

/** Texts of packages are arbitrary bytes: hexadecimal. */
static void add_hex(cJSON *object, const char *name, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * FIRMWARE_VERSION_MAX + 1] = "";
    size_t length = strlen(text);

    for (size_t i = 0; i < length && i < FIRMWARE_VERSION_MAX; i++) {
        hex[2 * i] = digits[(unsigned char)text[i] >> 4];
        hex[2 * i + 1] = digits[(unsigned char)text[i] & 15];
        hex[2 * i + 2] = '\0';
    }
    cJSON_AddStringToObject(object, name, hex);
}

static void get_hex(const cJSON *object, const char *name,
                    char text[FIRMWARE_VERSION_MAX + 1])
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    if (!cJSON_IsString(item)) {
        return;
    }
    size_t length = strlen(item->valuestring) / 2;
    for (size_t i = 0; i < length && i < FIRMWARE_VERSION_MAX; i++) {
        char byte[3] = { item->valuestring[2 * i], item->valuestring[2 * i + 1],
                         '\0' };
        text[i] = (char)strtoul(byte, NULL, 16);
        text[i + 1] = '\0';
    }
    if (length == 0) {
        text[0] = '\0';
    }
}

/** All 64 bits, which a number of cJSON does not have. */
static void add_unsigned(cJSON *object, const char *name, uint64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRIu64, value);
    cJSON_AddStringToObject(object, name, text);
}

static uint64_t get_unsigned(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? strtoull(item->valuestring, NULL, 10) : 0;
}

static int64_t get_number(const cJSON *object, const char *name,
                          int64_t otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(item) && item->valuedouble >= 0 &&
                   item->valuedouble <= NUMBER_MAX
               ? (int64_t)item->valuedouble
               : otherwise;
}

static void add_needs(cJSON *object, const char *name,
                      const struct needs *needs)
{
    cJSON *list = cJSON_AddArrayToObject(object, name);

    for (size_t i = 0; i < needs->count; i++) {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddNumberToObject(row, "instance", needs->list[i].instance);
        add_hex(row, "version", needs->list[i].version);
        cJSON_AddItemToArray(list, row);
    }
}

static void get_needs(const cJSON *object, const char *name,
                      struct needs *needs)
{
    const cJSON *row = NULL;

    needs->count = 0;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(object, name))
    {
        if (needs->count < FIRMWARE_NEEDS) {
            struct need *need = &needs->list[needs->count++];
            need->instance = (uint16_t)(get_number(row, "instance", 0) %
                                        FIRMWARE_COMPONENTS);
            need->version[0] = '\0';
            get_hex(row, "version", need->version);
        }
    }
}

static cJSON *component_json(const struct component *component)
{
    cJSON *object = cJSON_CreateObject();
    const char slot[2] = { component->slot, '\0' };

    add_hex(object, "version", component->version);
    add_hex(object, "old-version", component->old_version);
    add_hex(object, "package-version", component->package_version);
    cJSON_AddStringToObject(object, "slot", slot);
    cJSON_AddNumberToObject(object, "state", component->state);
    cJSON_AddNumberToObject(object, "result", component->result);
    cJSON_AddNumberToObject(object, "severity", (double)component->severity);
    add_unsigned(object, "defer", component->defer_s);
    cJSON_AddBoolToObject(object, "deferred", component->is_deferred);
    cJSON_AddNumberToObject(object, "deferred-at",
                            (double)component->deferred_wall_ms);
    cJSON_AddNumberToObject(object, "defer-mask", component->defer_mask);
    cJSON_AddNumberToObject(object, "changed", (double)component->changed_s);
    cJSON_AddNumberToObject(object, "culprits", component->culprits);
    cJSON_AddNumberToObject(object, "outcome", component->outcome);
    cJSON_AddNumberToObject(object, "crc", component->package_crc);
    cJSON_AddBoolToObject(object, "package", component->has_package);
    cJSON_AddBoolToObject(object, "trial", component->is_trial);
    cJSON_AddBoolToObject(object, "pending", component->is_pending);
    cJSON_AddNumberToObject(object, "counter", component->counter);
    cJSON_AddNumberToObject(object, "package-counter",
                            component->package_counter);
    cJSON_AddBoolToObject(object, "new-key", component->has_new_key);
    cJSON_AddBoolToObject(object, "takes-part", component->takes_part);
    add_needs(object, "package-needs", &component->package_needs);
    add_needs(object, "needs", &component->needs);
    add_needs(object, "old-needs", &component->old_needs);
    cJSON *links = cJSON_AddArrayToObject(object, "links");
    for (size_t i = 0; i < component->link_count; i++) {
        cJSON_AddItemToArray(links, cJSON_CreateNumber(component->links[i]));
    }
    return object;
}

bool record_save(const struct firmware *firmware)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        cJSON_AddItemToArray(list, component_json(&firmware->components[i]));
    }
    char *text = cJSON_PrintUnformatted(list);
    bool good = text != NULL &&
                store_write(firmware->store, file_name, text, strlen(text));
    cJSON_free(text);
    cJSON_Delete(list);
    return good;
}

static bool get_flag(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/** Results that a state allows; bit i: Result i. Spec: afu.md, 4.1. */
static const unsigned legal_results[] = {
    [STATE_IDLE] = 0x3fff & ~(1u << RESULT_DEFERRED),
    [STATE_DOWNLOADING] = 1u << RESULT_INITIAL,
    [STATE_DOWNLOADED] = 1u << RESULT_INITIAL | 1u << RESULT_UPDATE_FAILED |
                         1u << RESULT_DEFERRED | 1u << RESULT_DEPENDENCY,
    [STATE_UPDATING] = 1u << RESULT_INITIAL,
};

/** A pair that cannot be is no reason not to boot. */
static void load_pair(struct component *component, const cJSON *object)
{
    int64_t result = get_number(object, "result", RESULT_INITIAL);

    component->state = (enum firmware_state)(
        get_number(object, "state", STATE_IDLE) & STATE_UPDATING);
    component->has_package = get_flag(object, "package");
    if (component->state >= STATE_DOWNLOADED && !component->has_package) {
        component->state = STATE_IDLE;
    }
    bool legal = result <= RESULT_DEPENDENCY &&
                 (legal_results[component->state] >> result & 1) != 0;
    component->result = legal ? (int)result : RESULT_INITIAL;
}

static void load_component(struct component *component, const cJSON *object)
{
    const cJSON *slot = cJSON_GetObjectItemCaseSensitive(object, "slot");
    const cJSON *link = NULL;

    get_hex(object, "version", component->version);
    get_hex(object, "old-version", component->old_version);
    get_hex(object, "package-version", component->package_version);
    component->slot =
        cJSON_IsString(slot) && slot->valuestring[0] == 'b' ? 'b' : 'a';
    load_pair(component, object);
    component->severity = get_number(object, "severity", 1);
    component->defer_s = get_unsigned(object, "defer");
    component->is_deferred =
        component->state == STATE_DOWNLOADED && get_flag(object, "deferred");
    component->deferred_wall_ms = get_number(object, "deferred-at", 0);
    component->defer_mask = (unsigned)get_number(object, "defer-mask", 0);
    component->changed_s = get_number(object, "changed", 0);
    component->culprits = (unsigned)get_number(object, "culprits", 0);
    component->outcome =
        (enum outcome)(get_number(object, "outcome", 0) % OUTCOME_COUNT);
    component->package_crc = (uint32_t)get_number(object, "crc", 0);
    component->is_trial = get_flag(object, "trial");
    component->is_pending =
        component->state == STATE_UPDATING && get_flag(object, "pending");
    component->counter = (uint32_t)get_number(object, "counter", 1);
    component->package_counter =
        (uint32_t)get_number(object, "package-counter", 0);
    component->has_new_key = get_flag(object, "new-key");
    component->takes_part = get_flag(object, "takes-part");
    get_needs(object, "package-needs", &component->package_needs);
    get_needs(object, "needs", &component->needs);
    get_needs(object, "old-needs", &component->old_needs);
    component->link_count = 0;
    cJSON_ArrayForEach(link, cJSON_GetObjectItemCaseSensitive(object, "links"))
    {
        if (component->link_count < FIRMWARE_LINKS && cJSON_IsNumber(link)) {
            component->links[component->link_count++] =
                (uint16_t)link->valueint;
        }
    }
}

bool record_load(struct firmware *firmware)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    size_t index = 0;
    const cJSON *row = NULL;

    if (!store_read(firmware->store, file_name, &bytes, &length)) {
        return false;
    }
    cJSON *list = cJSON_Parse((const char *)bytes);
    cJSON_ArrayForEach(row, list)
    {
        if (index < FIRMWARE_COMPONENTS) {
            load_component(&firmware->components[index++], row);
        }
    }
    cJSON_Delete(list);
    free(bytes);
    return true;
}
