/* SPDX-License-Identifier: Apache-2.0 */

/* Who is x, y and z in a case. */
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/selection.h"

enum { NEEDS_MAX = 32, ROLES = 3 };

/** What the steps want of one role. */
struct needs {
    const char *packages[NEEDS_MAX]; /* delivered to it */
    size_t count;
    bool is_used;
};

static size_t role_index(const char *role, size_t length)
{
    return length == 1 && role[0] >= 'x' && role[0] <= 'z'
               ? (size_t)(role[0] - 'x')
               : ROLES;
}

static void add_need(struct needs *needs, const char *package)
{
    for (size_t i = 0; i < needs->count; i++) {
        if (strcmp(needs->packages[i], package) == 0) {
            return;
        }
    }
    if (needs->count < NEEDS_MAX) {
        needs->packages[needs->count++] = package;
    }
}

/** "x", "/33629/x/3", "linked(x)": which roles does a text name? */
static void note_roles(const char *text, struct needs needs[ROLES])
{
    static const char linked[] = "linked(";
    bool is_path = text[0] == '/';

    if (strncmp(text, linked, sizeof(linked) - 1) == 0) {
        const char *inner = text + sizeof(linked) - 1;
        size_t role = role_index(inner, strcspn(inner, ")"));
        if (role < ROLES) {
            needs[role].is_used = true;
        }
        return;
    }
    const char *at = text + strspn(text, "/");
    do {
        size_t length = is_path ? strcspn(at, "/") : strlen(at);
        size_t role = role_index(at, length);
        if (role < ROLES) {
            needs[role].is_used = true;
        }
        at += length;
        at += strspn(at, "/");
    } while (*at != '\0');
}

/** Who has to have the package that a step delivers: JSON text or NULL. */
static const cJSON *owner_of(const cJSON *step)
{
    const cJSON *of = cJSON_GetObjectItemCaseSensitive(step, "of");

    return of != NULL ? of : cJSON_GetObjectItemCaseSensitive(step, "to");
}

static void collect(const cJSON *json, struct needs needs[ROLES]);

/** `each` binds a role of its own: that needs nobody for the case, unless
 *  whoever has the packages has to be there. */
static void collect_each(const cJSON *each, struct needs needs[ROLES])
{
    const char *as =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(each, "as"));
    bool is_optional =
        cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(each, "optional"));
    size_t own = as != NULL ? role_index(as, strlen(as)) : 0;
    struct needs inner[ROLES] = { { .count = 0 } };

    collect(cJSON_GetObjectItemCaseSensitive(each, "each"), needs);
    collect(cJSON_GetObjectItemCaseSensitive(each, "steps"), inner);
    for (size_t i = 0; i < ROLES; i++) {
        if (i == own && (is_optional || inner[i].count == 0)) {
            continue;
        }
        for (size_t j = 0; j < inner[i].count; j++) {
            add_need(&needs[i], inner[i].packages[j]);
        }
        needs[i].is_used = needs[i].is_used || inner[i].is_used;
    }
}

/** Walk the steps: deliveries, and every place where a role is named. */
static void collect(const cJSON *json, struct needs needs[ROLES])
{
    const cJSON *package = cJSON_GetObjectItemCaseSensitive(json, "deliver");
    const cJSON *to = owner_of(json);
    const cJSON *item = NULL;

    if (cJSON_GetObjectItemCaseSensitive(json, "each") != NULL) {
        collect_each(json, needs);
        return;
    }
    if (cJSON_IsString(package) && cJSON_IsString(to)) {
        size_t role = role_index(to->valuestring, strlen(to->valuestring));
        if (role < ROLES) {
            add_need(&needs[role], package->valuestring);
        }
    }
    if (cJSON_IsString(json)) {
        note_roles(json->valuestring, needs);
    }
    if (json != NULL && json->string != NULL) {
        note_roles(json->string, needs);
    }
    cJSON_ArrayForEach(item, json)
    {
        collect(item, needs);
    }
}

static bool serves(const struct profile *profile, const struct needs *needs,
                   uint16_t instance)
{
    for (size_t i = 0; i < needs->count; i++) {
        if (package_set_find(profile->packages, instance, needs->packages[i]) ==
            NULL) {
            return false;
        }
    }
    return true;
}

static bool is_bound(const struct binding *binding, uint16_t instance)
{
    for (size_t i = 0; i < binding->count; i++) {
        if (binding->entries[i].instance == instance &&
            role_index(binding->entries[i].role,
                       strlen(binding->entries[i].role)) < ROLES) {
            return true;
        }
    }
    return false;
}

static void bind_role(struct binding *binding, const char *role,
                      uint16_t instance)
{
    size_t maximum = sizeof(binding->entries) / sizeof(binding->entries[0]);

    if (binding->count < maximum) {
        (void)snprintf(binding->entries[binding->count].role,
                       sizeof(binding->entries[0].role), "%s", role);
        binding->entries[binding->count++].instance = instance;
    }
}

/** The main component if it serves, else the lowest instance that does. */
static bool choose_x(const struct profile *profile, const struct ics *ics,
                     const struct needs *needs, uint16_t *out_instance)
{
    if (ics_has_instance(ics, ics->main_instance) &&
        serves(profile, needs, ics->main_instance)) {
        *out_instance = ics->main_instance;
        return true;
    }
    for (size_t i = 0; i < ics->instance_count; i++) {
        if (serves(profile, needs, ics->instances[i])) {
            *out_instance = ics->instances[i];
            return true;
        }
    }
    return false;
}

/** What x's packages name, else the lowest instance left. */
static bool choose_other(const struct profile *profile, const struct ics *ics,
                         const struct needs *needs, const struct needs *x_needs,
                         const struct binding *binding, uint16_t *out_instance)
{
    uint16_t x = 0;

    (void)binding_instance(binding, "x", &x); /* bound before */
    for (size_t i = 0; i < x_needs->count; i++) {
        const struct package_info *info =
            package_set_find(profile->packages, x, x_needs->packages[i]);
        for (size_t j = 0; info != NULL && j < info->related_count; j++) {
            if (!is_bound(binding, info->related[j]) &&
                ics_has_instance(ics, info->related[j]) &&
                serves(profile, needs, info->related[j])) {
                *out_instance = info->related[j];
                return true;
            }
        }
    }
    for (size_t i = 0; i < ics->instance_count; i++) {
        if (!is_bound(binding, ics->instances[i]) &&
            serves(profile, needs, ics->instances[i])) {
            *out_instance = ics->instances[i];
            return true;
        }
    }
    return false;
}

static void say_missing(const struct needs *needs, const char *role,
                        char *out_reason, size_t size)
{
    if (needs->count == 0) {
        (void)snprintf(out_reason, size, "no component is left for %s", role);
        return;
    }
    int length =
        snprintf(out_reason, size, "no component for %s has package", role);
    size_t used = length > 0 ? (size_t)length : 0;
    for (size_t i = 0; i < needs->count && used < size; i++) {
        length = snprintf(out_reason + used, size - used, "%s %s",
                          i > 0 ? " and" : "", needs->packages[i]); /* cut */
        used += length > 0 ? (size_t)length : 0;
    }
}

/** A delivery to "main" or to a component by name, which has no such package:
 *  the step that delivers, or NULL. */
static const cJSON *undeliverable(const cJSON *json,
                                  const struct profile *profile,
                                  const struct binding *binding)
{
    const cJSON *package = cJSON_GetObjectItemCaseSensitive(json, "deliver");
    const cJSON *to = owner_of(json);
    const cJSON *item = NULL;
    const cJSON *found = NULL;
    uint16_t instance = 0;

    /* x, y and z are not yet bound, and `each` may bind a role of its own. */
    if (cJSON_IsString(package) && cJSON_IsString(to) &&
        binding_instance(binding, to->valuestring, &instance) &&
        package_set_find(profile->packages, instance, package->valuestring) ==
            NULL) {
        return json;
    }
    cJSON_ArrayForEach(item, json)
    {
        found = found != NULL ? found : undeliverable(item, profile, binding);
    }
    return found;
}

/** Whether steps name a component: "modem", "/33629/modem/3", as a key. */
static bool names_component(const cJSON *json, const char *name)
{
    const cJSON *item = NULL;
    size_t length = strlen(name);

    if (json == NULL) {
        return false;
    }
    const char *at =
        cJSON_IsString(json) ? strstr(json->valuestring, name) : NULL;
    for (; at != NULL; at = strstr(at + 1, name)) {
        if ((at == json->valuestring || strchr("/(", at[-1]) != NULL) &&
            strchr("/)", at[length]) != NULL) { /* or at the end */
            return true;
        }
    }
    if (json->string != NULL && strcmp(json->string, name) == 0) {
        return true;
    }
    cJSON_ArrayForEach(item, json)
    {
        if (names_component(item, name)) {
            return true;
        }
    }
    return false;
}

/** "main" and the names of the profile. */
static bool bind_names(const struct test_case *test_case,
                       const struct profile *profile, const struct ics *ics,
                       struct binding *binding, char *out_reason, size_t size)
{
    const cJSON *const lists[] = { test_case->preamble, test_case->steps,
                                   test_case->postamble };

    bind_role(binding, "main", ics->main_instance);
    bind_role(binding, "server", ics->server_instance);
    for (size_t i = 0; i < profile->component_count; i++) {
        const struct profile_component *row = &profile->components[i];
        for (size_t j = 0; j < sizeof(lists) / sizeof(lists[0]); j++) {
            if (!ics_has_instance(ics, row->instance) &&
                names_component(lists[j], row->name)) {
                (void)snprintf(out_reason, size,
                               "%s (/33629/%u) is not on the device", row->name,
                               row->instance); /* cut */
                return false;
            }
        }
        bind_role(binding, row->name, row->instance);
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const cJSON *step = undeliverable(lists[i], profile, binding);
        if (step != NULL) {
            (void)snprintf(out_reason, size, "%s has no package %s",
                           owner_of(step)->valuestring,
                           cJSON_GetObjectItemCaseSensitive(step, "deliver")
                               ->valuestring); /* cut */
            return false;
        }
    }
    return true;
}

bool selection_bind(const struct test_case *test_case,
                    const struct profile *profile, const struct ics *ics,
                    struct binding *out_binding, char *out_reason,
                    size_t reason_size)
{
    static const char *const roles[ROLES] = { "x", "y", "z" };
    struct needs needs[ROLES] = { { .count = 0 } };
    struct binding binding = { .count = 0 };
    uint16_t instance = 0;

    collect(test_case->preamble, needs);
    collect(test_case->steps, needs);
    collect(test_case->postamble, needs);
    memcpy(binding.instances, ics->instances, sizeof(binding.instances));
    binding.instance_count = ics->instance_count;
    if (!bind_names(test_case, profile, ics, &binding, out_reason,
                    reason_size)) {
        return false;
    }
    for (size_t i = 0; i < ROLES; i++) {
        bool found = i == 0 ? choose_x(profile, ics, &needs[0], &instance)
                            : choose_other(profile, ics, &needs[i], &needs[0],
                                           &binding, &instance);
        if (found) {
            bind_role(&binding, roles[i], instance);
        } else if (needs[i].is_used) {
            say_missing(&needs[i], roles[i], out_reason, reason_size);
            return false;
        }
    }
    *out_binding = binding;
    return true;
}

bool selection_uses_role(const struct test_case *test_case, const char *role)
{
    struct needs needs[ROLES] = { { .count = 0 } };
    size_t index = role_index(role, strlen(role));

    collect(test_case->preamble, needs);
    collect(test_case->steps, needs);
    collect(test_case->postamble, needs);
    return index < ROLES && needs[index].is_used;
}
