/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/selection.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/json_file.h"

enum { NEEDS_MAX = 32, TERM_MAX = 96, ROLES = 3 };

struct plan {
    struct plan_entry *entries;
    size_t count;
};

/* Lines of `applies`. */

static bool has_package(const struct profile *profile, const char *name)
{
    for (size_t i = 0; profile != NULL && i < profile->component_count; i++) {
        if (package_set_find(profile->packages, profile->components[i].instance,
                             name) != NULL) {
            return true;
        }
    }
    return profile == NULL;
}

static bool term_holds(const char *term, const struct profile *profile,
                       const struct ics *ics)
{
    unsigned long count = 0;

    if (strncmp(term, "not ", 4) == 0) {
        const char *rest = term + 4;
        return (!ics->is_known && ics_value(ics, rest) == NULL) ||
               !term_holds(rest, profile, ics);
    }
    if (strncmp(term, "package ", 8) == 0) {
        return has_package(profile, term + 8);
    }
    if (sscanf(term, "components >= %lu", &count) == 1) {
        return (!ics->is_known && ics->instance_count == 0) ||
               ics->instance_count >= count;
    }
    return ics_holds(ics, term);
}

bool selection_line_holds(const char *line, const struct profile *profile,
                          const struct ics *ics)
{
    const char *at = line;

    while (at != NULL) {
        const char *end = strstr(at, " or ");
        size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
        char term[TERM_MAX];
        if (length < sizeof(term)) {
            memcpy(term, at, length);
            term[length] = '\0';
            if (term_holds(term, profile, ics)) {
                return true;
            }
        }
        at = end != NULL ? end + 4 : NULL;
    }
    return false;
}

/* Who is who. */

/** Packages that the steps deliver to one role. */
struct needs {
    const char *names[NEEDS_MAX];
    size_t count;
    bool is_used;
};

static size_t role_index(const char *role)
{
    return strlen(role) == 1 && role[0] >= 'x' && role[0] <= 'z'
               ? (size_t)(role[0] - 'x')
               : ROLES;
}

static void add_need(struct needs *needs, const char *name)
{
    needs->is_used = true;
    if (needs->count < NEEDS_MAX) {
        needs->names[needs->count++] = name;
    }
}

/** Walk the steps: deliveries, and every place where a role is named. */
static void collect(const cJSON *json, struct needs needs[ROLES])
{
    const cJSON *package = cJSON_GetObjectItemCaseSensitive(json, "deliver");
    const cJSON *to = cJSON_GetObjectItemCaseSensitive(json, "to");
    const cJSON *item = NULL;

    if (cJSON_IsString(package) && cJSON_IsString(to) &&
        role_index(to->valuestring) < ROLES) {
        add_need(&needs[role_index(to->valuestring)], package->valuestring);
    }
    if (cJSON_IsString(json) && role_index(json->valuestring) < ROLES) {
        needs[role_index(json->valuestring)].is_used = true;
    }
    if (json != NULL && json->string != NULL &&
        role_index(json->string) < ROLES) {
        needs[role_index(json->string)].is_used = true;
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
        if (package_set_find(profile->packages, instance, needs->names[i]) ==
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
            role_index(binding->entries[i].role) < ROLES) {
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
    if (serves(profile, needs, ics->main_instance)) {
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
            package_set_find(profile->packages, x, x_needs->names[i]);
        for (size_t j = 0; info != NULL && j < info->related_count; j++) {
            if (!is_bound(binding, info->related[j]) &&
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
    (void)snprintf(out_reason, size, "package %s: no component for %s%s",
                   needs->count > 0 ? needs->names[0] : "(any)", role,
                   needs->count > 1 ? " has all that the case needs"
                                    : " has it"); /* cut */
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
    bind_role(&binding, "main", ics->main_instance);
    for (size_t i = 0; i < profile->component_count; i++) {
        bind_role(&binding, profile->components[i].name,
                  profile->components[i].instance);
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

/* Patterns and the plan. */

static bool matches(const struct test_case *test_case, const char *pattern)
{
    const char *dash = strchr(test_case->group, '-');
    char id[96];
    size_t at = strcspn(pattern, "@");

    (void)snprintf(id, sizeof(id), "%.*s", (int)at, pattern); /* cut */
    return strcasecmp(id, test_case->id) == 0 ||
           strcasecmp(id, test_case->group) == 0 ||
           (dash != NULL && strcasecmp(id, dash + 1) == 0) ||
           (dash != NULL && strlen(id) == (size_t)(dash - test_case->group) &&
            strncasecmp(id, test_case->group, strlen(id)) == 0) ||
           fnmatch(id, test_case->id, FNM_CASEFOLD) == 0;
}

static enum status check_patterns(const struct campaign_config *config,
                                  struct reason *reason)
{
    size_t count = catalogue_count(config->catalogue);

    for (size_t i = 0; config->patterns != NULL && config->patterns[i] != NULL;
         i++) {
        bool found = false;
        const char **ids = calloc(count + 1, sizeof(*ids));
        for (size_t j = 0; j < count; j++) {
            const struct test_case *row = catalogue_at(config->catalogue, j);
            found = found || matches(row, config->patterns[i]);
            if (ids != NULL) {
                ids[j] = row->id;
            }
        }
        const char *near = ids != NULL && !found
                               ? nearest_word(config->patterns[i], ids)
                               : NULL;
        free(ids);
        if (!found) {
            return reason_set(
                reason, STATUS_NOT_FOUND,
                "no case matches '%.60s'%s%s%s; 'assay list' "
                "names them",
                config->patterns[i], near != NULL ? ", did you mean '" : "",
                near != NULL ? near : "", near != NULL ? "'?" : "");
        }
    }
    return STATUS_OK;
}

static bool is_wanted(const struct campaign_config *config,
                      const struct test_case *test_case)
{
    bool any = false;

    for (size_t i = 0; config->patterns != NULL && config->patterns[i] != NULL;
         i++) {
        any = true;
        if (matches(test_case, config->patterns[i])) {
            return true;
        }
    }
    return !any;
}

static enum status add_entry(struct plan *plan,
                             const struct test_case *test_case,
                             enum mechanism mechanism, const char *why,
                             struct reason *reason)
{
    struct plan_entry *grown =
        realloc(plan->entries, (plan->count + 1) * sizeof(*grown));

    if (grown == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    plan->entries = grown;
    struct plan_entry *entry = &grown[plan->count++];
    *entry = (struct plan_entry){ .test_case = test_case,
                                  .mechanism = mechanism,
                                  .runs = why == NULL };
    (void)snprintf(entry->instance, sizeof(entry->instance), "%s%s%s",
                   test_case->id, mechanism != MECHANISM_NONE ? "@" : "",
                   mechanism_name(mechanism)); /* cut */
    (void)snprintf(entry->reason, sizeof(entry->reason), "%s",
                   why != NULL ? why : ""); /* cut */
    return STATUS_OK;
}

/** The line of `applies` that fails, or NULL. */
static const char *failing_line(const struct test_case *test_case,
                                const struct profile *profile,
                                const struct ics *ics)
{
    for (size_t i = 0; test_case->applies[i] != NULL; i++) {
        if (!selection_line_holds(test_case->applies[i], profile, ics)) {
            return test_case->applies[i];
        }
    }
    return NULL;
}

static enum status add_mechanisms(struct plan *plan,
                                  const struct test_case *test_case,
                                  const struct ics *ics, const char *why,
                                  struct reason *reason)
{
    bool push = (test_case->mechanisms & 1u << MECHANISM_PUSH) != 0;
    bool pull = (test_case->mechanisms & 1u << MECHANISM_PULL) != 0;
    bool has_push = ics_holds(ics, "push");
    bool has_pull = ics->is_known && ics_holds(ics, "pull");
    enum status status = STATUS_OK;

    if (push && (has_push || !(pull && has_pull))) {
        status = add_entry(plan, test_case, MECHANISM_PUSH,
                           why != NULL ? why
                           : has_push  ? NULL
                                       : "push: resource 9 does not offer it",
                           reason);
    }
    if (status == STATUS_OK && pull && (has_pull || !push)) {
        status = add_entry(plan, test_case, MECHANISM_PULL,
                           has_pull ? "pull: this version has no pull driver"
                                    : "pull: resource 9 does not offer it",
                           reason);
    }
    return status;
}

enum status selection_plan(const struct campaign_config *config,
                           const struct ics *ics, struct plan **out_plan,
                           struct reason *reason)
{
    enum status status = check_patterns(config, reason);
    struct plan *plan = status == STATUS_OK ? calloc(1, sizeof(*plan)) : NULL;

    if (plan == NULL) {
        return status != STATUS_OK
                   ? status
                   : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0;
         status == STATUS_OK && i < catalogue_count(config->catalogue); i++) {
        const struct test_case *row = catalogue_at(config->catalogue, i);
        char text[200] = "";
        struct binding binding;
        if (!is_wanted(config, row)) {
            continue;
        }
        if (config->profile == NULL) {
            status = add_entry(plan, row, MECHANISM_NONE, NULL, reason);
            continue;
        }
        const char *why = failing_line(row, config->profile, ics);
        if (why == NULL && ics->instance_count > 0 &&
            !selection_bind(row, config->profile, ics, &binding, text,
                            sizeof(text))) {
            why = text;
        }
        status = row->delivers
                     ? add_mechanisms(plan, row, ics, why, reason)
                     : add_entry(plan, row, MECHANISM_NONE, why, reason);
    }
    if (status != STATUS_OK) {
        plan_free(plan);
        return status;
    }
    *out_plan = plan;
    return STATUS_OK;
}

enum status plan_new(const struct campaign_config *config,
                     struct plan **out_plan, struct reason *reason)
{
    struct ics ics = { .is_known = false };

    if (config->profile != NULL) {
        ics_declare(&ics, config->profile);
    }
    return selection_plan(config, &ics, out_plan, reason);
}

void plan_free(struct plan *plan)
{
    if (plan != NULL) {
        free(plan->entries);
        free(plan);
    }
}

size_t plan_count(const struct plan *plan)
{
    return plan->count;
}

const struct plan_entry *plan_at(const struct plan *plan, size_t index)
{
    return &plan->entries[index];
}

cJSON *selection_json(const struct plan *plan)
{
    cJSON *data = cJSON_CreateObject();
    cJSON *cases = cJSON_AddArrayToObject(data, "cases");

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_entry *entry = &plan->entries[i];
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "instance", entry->instance);
        cJSON_AddStringToObject(row, "case", entry->test_case->id);
        cJSON_AddStringToObject(row, "title", entry->test_case->title);
        cJSON *list = cJSON_AddArrayToObject(row, "requirements");
        for (size_t j = 0; entry->test_case->requirements[j] != NULL; j++) {
            cJSON_AddItemToArray(
                list, cJSON_CreateString(entry->test_case->requirements[j]));
        }
        if (entry->mechanism != MECHANISM_NONE) {
            cJSON_AddStringToObject(row, "mechanism",
                                    mechanism_name(entry->mechanism));
        } else {
            cJSON_AddNullToObject(row, "mechanism");
        }
        cJSON_AddBoolToObject(row, "runs", entry->runs);
        if (entry->runs) {
            cJSON_AddNullToObject(row, "reason");
        } else {
            cJSON_AddStringToObject(row, "reason", entry->reason);
        }
        cJSON_AddItemToArray(cases, row);
    }
    return data;
}
