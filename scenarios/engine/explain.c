/* SPDX-License-Identifier: Apache-2.0 */

/* Why a case runs or not, line by line: `assay describe CASE --profile P`. */
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/applies.h"
#include "scenarios/engine/selection.h"

enum { WHY_SIZE = 256 };

static const char *const states[] = { [APPLIES_FAILS] = "fails",
                                      [APPLIES_UNKNOWN] = "unknown",
                                      [APPLIES_HOLDS] = "holds" };

static void add_line(cJSON *lines, const char *line,
                     const struct profile *profile, const struct ics *ics)
{
    char why[WHY_SIZE];
    enum applies_state state =
        applies_explain(line, profile, ics, why, sizeof(why));
    cJSON *row = cJSON_CreateObject();

    cJSON_AddStringToObject(row, "line", line);
    cJSON_AddStringToObject(row, "state", states[state]);
    cJSON_AddStringToObject(row, "why", why);
    cJSON_AddItemToArray(lines, row);
}

/** "x": "application (/33629/0)" for each role that the steps use. */
static void add_roles(cJSON *data, const struct test_case *test_case,
                      const struct profile *profile, const struct ics *ics)
{
    static const char *const roles[] = { "x", "y", "z" };
    struct binding binding;
    char text[WHY_SIZE];
    uint16_t instance = 0;
    cJSON *object = cJSON_AddObjectToObject(data, "roles");

    if (ics->instance_count == 0 ||
        !selection_bind(test_case, profile, ics, &binding, text,
                        sizeof(text))) {
        return; /* the plan's reason says who is missing */
    }
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (!selection_uses_role(test_case, roles[i]) ||
            !binding_instance(&binding, roles[i], &instance)) {
            continue;
        }
        (void)snprintf(text, sizeof(text), "/33629/%u", instance); /* fits */
        for (size_t j = 0; j < profile->component_count; j++) {
            if (profile->components[j].instance == instance) {
                (void)snprintf(text, sizeof(text), "%s (/33629/%u)",
                               profile->components[j].name, instance);
            }
        }
        cJSON_AddStringToObject(object, roles[i], text);
    }
}

static void add_instances(cJSON *data, const struct plan *plan)
{
    cJSON *list = cJSON_AddArrayToObject(data, "instances");

    for (size_t i = 0; i < plan_count(plan); i++) {
        const struct plan_entry *entry = plan_at(plan, i);
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "instance", entry->instance);
        cJSON_AddBoolToObject(row, "runs", entry->runs);
        cJSON_AddStringToObject(row, "reason", entry->reason);
        cJSON_AddStringToObject(row, "if-shown", entry->open);
        cJSON_AddItemToArray(list, row);
    }
}

enum status plan_explain(const struct campaign_config *config,
                         const struct profile *profile,
                         const struct test_case *test_case, cJSON **out_json,
                         struct reason *reason)
{
    struct plan *plan = NULL;
    struct ics ics = { .is_known = false };
    enum status status = plan_new(config, profile, &plan, reason);

    if (status != STATUS_OK) {
        return status;
    }
    ics_declare(&ics, profile, campaign_starts_device(config, profile));
    cJSON *data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "profile", profile->name);
    cJSON *lines = cJSON_AddArrayToObject(data, "lines");
    for (size_t i = 0; test_case->applies[i] != NULL; i++) {
        add_line(lines, test_case->applies[i], profile, &ics);
    }
    add_roles(data, test_case, profile, &ics);
    add_instances(data, plan);
    plan_free(plan);
    *out_json = data;
    return STATUS_OK;
}
