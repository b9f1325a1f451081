/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/expect.h"

/** The links a component shows. */
struct links_value {
    const struct look *look;
    struct component_set set;
    bool has_foreign; /**< a link to another Object, or the null link */
    bool is_present;
};

static bool list_is_within(const struct links_value *value, const cJSON *roles)
{
    struct component_set wanted;

    if (!selector_list(value->look, roles, &wanted)) {
        return false;
    }
    for (size_t i = 0; i < wanted.count; i++) {
        if (!component_set_has(&value->set, wanted.instances[i])) {
            return false;
        }
    }
    return true;
}

static bool fits_contains(const struct links_value *value, const cJSON *roles)
{
    return list_is_within(value, roles);
}

static bool fits_exactly(const struct links_value *value, const cJSON *roles)
{
    struct component_set wanted;

    return !value->has_foreign && list_is_within(value, roles) &&
           selector_list(value->look, roles, &wanted) &&
           wanted.count == value->set.count;
}

static bool fits_lacks(const struct links_value *value, const cJSON *roles)
{
    struct component_set unwanted;

    if (!selector_list(value->look, roles, &unwanted)) {
        return false;
    }
    for (size_t i = 0; i < unwanted.count; i++) {
        if (component_set_has(&value->set, unwanted.instances[i])) {
            return false;
        }
    }
    return true;
}

/** Absent and empty are the same: AFU-106. */
static bool fits_empty(const struct links_value *value, const cJSON *flag)
{
    return cJSON_IsTrue(flag) && value->set.count == 0 && !value->has_foreign;
}

static const struct {
    const char *name;
    const char *words;
    bool (*fits)(const struct links_value *value, const cJSON *operand);
} tests[] = {
    { "contains", "naming ", fits_contains },
    { "exactly", "naming exactly ", fits_exactly },
    { "lacks", "not naming ", fits_lacks },
    { "empty", "empty or absent", fits_empty },
};

#define TESTS (sizeof(tests) / sizeof(tests[0]))

bool expect_links_is_candidate(const cJSON *candidate)
{
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(entry, candidate)
    {
        bool known = false;
        for (size_t i = 0; i < TESTS; i++) {
            known = known || (entry->string != NULL &&
                              strcmp(tests[i].name, entry->string) == 0);
        }
        if (!known) {
            return false;
        }
    }
    return cJSON_IsObject(candidate) && candidate->child != NULL;
}

static bool fits_links(const cJSON *candidate, void *user)
{
    const struct links_value *value = user;
    bool fits = true;

    for (size_t i = 0; i < TESTS; i++) {
        const cJSON *operand =
            cJSON_GetObjectItemCaseSensitive(candidate, tests[i].name);
        fits = fits && (operand == NULL || tests[i].fits(value, operand));
    }
    return fits;
}

static void links_words(struct words *words, const cJSON *candidate, void *user)
{
    const struct links_value *value = user;
    bool first = true;

    for (size_t i = 0; i < TESTS; i++) {
        const cJSON *operand =
            cJSON_GetObjectItemCaseSensitive(candidate, tests[i].name);
        struct component_set set = { .count = 0 };
        if (operand == NULL) {
            continue;
        }
        words_add(words, "%s%s", first ? "" : " and ", tests[i].words);
        first = false;
        if (cJSON_IsBool(operand) ||
            !selector_list(value->look, operand, &set)) {
            continue;
        }
        for (size_t j = 0; j < set.count; j++) {
            words_add(words, "%s", j > 0 ? ", " : "");
            words_component(words, value->look->binding, set.instances[j]);
        }
    }
}

static void judge_links(const struct expect_judge *judge,
                        const struct expect_component *component,
                        const cJSON *spec, const char *what,
                        struct links_value *value)
{
    struct report report;

    expect_report(judge, component, &report);
    words_add(&report.expected, "%s of ", what);
    words_component(&report.expected, judge->look.binding, component->instance);
    words_add(&report.expected, " ");
    grade_words(&report.expected, spec, links_words, value);
    for (size_t i = 0; i < value->set.count; i++) {
        words_add(&report.observed, "%s", i > 0 ? ", " : "");
        words_component(&report.observed, judge->look.binding,
                        value->set.instances[i]);
    }
    if (value->set.count == 0) {
        words_add(&report.observed, "%s",
                  value->is_present ? "empty" : "absent");
    }
    if (value->has_foreign) {
        words_add(&report.observed, ", and links to other objects");
    }
    report_finding(&report, judge->input,
                   grade_of(spec, &judge->rules, fits_links, value),
                   judge->on_finding, judge->user);
}

void expect_links(const struct expect_judge *judge,
                  const struct expect_component *component, const cJSON *spec,
                  uint16_t resource)
{
    struct links_value value = { .look = &judge->look };
    const struct record_list *records = &component->view->records;
    struct lwm2m_path base =
        lwm2m_path_resource(AFU_OBJECT, component->instance, resource);

    value.is_present = record_list_has(records, base);
    for (size_t i = 0; i < records->count; i++) {
        const struct lwm2m_record *record = &records->records[i];
        if (!lwm2m_path_is_within(&record->path, &base)) {
            continue;
        }
        if (record->value.type == LWM2M_TYPE_OBJLNK &&
            record->value.as.link.object == AFU_OBJECT) {
            component_set_add(&value.set, record->value.as.link.instance);
        } else {
            value.has_foreign = true;
        }
    }
    judge_links(judge, component, spec,
                resource == AFU_LINKED ? "Linked Instances"
                                       : "Conflicting Instances",
                &value);
}

void expect_linked_at_update(const struct expect_judge *judge,
                             const struct expect_component *component,
                             const cJSON *spec)
{
    struct links_value value = { .look = &judge->look };

    look_linked(&judge->look, component->instance, &value.set);
    value.is_present = value.set.count > 0;
    judge_links(judge, component, spec,
                "Linked Instances, when Update was executed,", &value);
}
