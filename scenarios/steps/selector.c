/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/selector.h"

#include <stdio.h>
#include <string.h>

#define LINKED   "linked("
#define ROLE_MAX 32 /* bytes of a role inside linked(), with NUL */

/* Keys of `await` and `expect` that are not about components. */
static const char *const reserved[] = {
    "registration", "discover", "firmware",      "transfer",   "events",
    "answer",       "listed",   "update",        "deregister", "notified",
    "spacing",      "across",   "main-instance", "fetched",    "trace",
};

static bool is_reserved(const char *key)
{
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (strcmp(reserved[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/** The role inside "linked(ROLE)". */
static bool linked_role(const char *key, char role[ROLE_MAX])
{
    size_t length = strlen(key);
    size_t prefix = strlen(LINKED);

    if (strncmp(key, LINKED, prefix) != 0 || length < prefix + 2 ||
        key[length - 1] != ')' || length - prefix - 1 >= ROLE_MAX) {
        return false;
    }
    (void)snprintf(role, ROLE_MAX, "%.*s", (int)(length - prefix - 1),
                   key + prefix);
    return true;
}

bool selector_is_valid(const char *key)
{
    char role[ROLE_MAX];

    if (linked_role(key, role)) {
        return true;
    }
    return key[0] != '\0' && strchr(key, '(') == NULL && !is_reserved(key);
}

static void add_all(const struct look *look, struct component_set *set)
{
    for (size_t i = 0; i < look->binding->instance_count; i++) {
        component_set_add(set, look->binding->instances[i]);
    }
}

static void add_parts(const struct look *look, struct component_set *set)
{
    const struct journal_event *begin = look_transfer(look);
    const cJSON *part = NULL;

    if (begin == NULL) {
        return;
    }
    const cJSON *parts =
        cJSON_GetObjectItemCaseSensitive(begin->as.data, "parts");
    cJSON_ArrayForEach(part, parts)
    {
        const cJSON *number =
            cJSON_GetObjectItemCaseSensitive(part, "instance");
        if (cJSON_IsNumber(number)) {
            component_set_add(set, (uint16_t)number->valueint);
        }
    }
    component_set_add(set, (uint16_t)journal_number(begin, "instance", 0));
}

static void add_others(const struct look *look, const cJSON *object,
                       struct component_set *set)
{
    struct component_set named = { .count = 0 };
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(entry, object)
    {
        struct component_set some;
        if (strcmp(entry->string, "others") != 0 &&
            !is_reserved(entry->string) &&
            selector_expand(look, entry->string, NULL, &some)) {
            for (size_t i = 0; i < some.count; i++) {
                component_set_add(&named, some.instances[i]);
            }
        }
    }
    for (size_t i = 0; i < look->binding->instance_count; i++) {
        if (!component_set_has(&named, look->binding->instances[i])) {
            component_set_add(set, look->binding->instances[i]);
        }
    }
}

bool selector_expand(const struct look *look, const char *key,
                     const cJSON *object, struct component_set *out_set)
{
    char role[ROLE_MAX];
    uint16_t instance = 0;

    *out_set = (struct component_set){ .count = 0 };
    if (strcmp(key, "all") == 0) {
        add_all(look, out_set);
    } else if (strcmp(key, "others") == 0) {
        add_others(look, object, out_set);
    } else if (strcmp(key, "parts") == 0) {
        add_parts(look, out_set);
    } else if (linked_role(key, role)) {
        if (!binding_instance(look->binding, role, &instance)) {
            return false;
        }
        look_linked(look, instance, out_set);
    } else {
        if (!binding_instance(look->binding, key, &instance)) {
            return false;
        }
        component_set_add(out_set, instance);
    }
    return true;
}

bool selector_list(const struct look *look, const cJSON *roles,
                   struct component_set *out_set)
{
    const cJSON *role = NULL;

    if (cJSON_IsString(roles)) {
        return selector_expand(look, roles->valuestring, NULL, out_set);
    }
    *out_set = (struct component_set){ .count = 0 };
    cJSON_ArrayForEach(role, roles)
    {
        struct component_set some;
        if (!cJSON_IsString(role) ||
            !selector_expand(look, role->valuestring, NULL, &some)) {
            return false;
        }
        for (size_t i = 0; i < some.count; i++) {
            component_set_add(out_set, some.instances[i]);
        }
    }
    return true;
}
