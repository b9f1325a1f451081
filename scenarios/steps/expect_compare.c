/* SPDX-License-Identifier: Apache-2.0 */

/* Components held against each other, answers against earlier ones, and
 * Discovers against what else is known: AFU-OBJ-003, 006, 012 to 014. */
#include <stdio.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/expect.h"
#include "scenarios/steps/same.h"
#include "scenarios/steps/seen.h"

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void finish(const struct expect_judge *judge,
                   const struct report *report, enum finding_level level)
{
    report_level(report, judge->input, level, NULL, judge->on_finding,
                 judge->user);
}

/* A Resource of all components. */

/** Whether each member of `one` is in `other`. */
static bool is_part_of(const cJSON *one, const cJSON *other)
{
    const cJSON *item = NULL;
    const cJSON *candidate = NULL;

    cJSON_ArrayForEach(item, one)
    {
        bool found = false;
        cJSON_ArrayForEach(candidate, other)
        {
            found = found || cJSON_Compare(item, candidate, true);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/** Resource Instances have no order that means anything. */
static bool is_equal(const cJSON *one, const cJSON *other)
{
    if (one == NULL || other == NULL) {
        return one == NULL && other == NULL;
    }
    if (cJSON_IsArray(one) && cJSON_IsArray(other)) {
        return is_part_of(one, other) && is_part_of(other, one);
    }
    return cJSON_Compare(one, other, true);
}

static bool is_empty(const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);

    return value == NULL || (text != NULL && text[0] == '\0');
}

/** What the step read there, or NULL; the caller deletes it. */
static cJSON *value_of(const struct expect_judge *judge, uint16_t instance,
                       uint16_t resource)
{
    cJSON *value = NULL;
    struct view view;

    if (look_view(&judge->look, judge->input->first, instance, &view)) {
        value = seen_in(&view.records,
                        lwm2m_path_resource(AFU_OBJECT, instance, resource));
        view_release(&view);
    }
    return value;
}

/** Whether the value at `index` is what it should be beside those before. */
static bool is_right(cJSON *const *values, size_t index, bool is_different)
{
    if (is_different && is_empty(values[index])) {
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        if (is_equal(values[i], values[index]) == is_different) {
            return false;
        }
    }
    return true;
}

/** It is only recommended: a warning. AFU-010, 011, 014. */
static void judge_across(const struct expect_judge *judge, uint16_t resource,
                         bool is_different)
{
    const struct binding *binding = judge->look.binding;
    struct lwm2m_path path = lwm2m_path_resource(AFU_OBJECT, 0, resource);
    const struct resource_definition *definition =
        definitions_resource(judge->look.definitions, &path);
    cJSON *values[ORACLE_COMPONENTS_MAX] = { NULL };
    enum finding_level level = FINDING_PASS;
    struct report report;

    report_init(&report, EXPECT_CHECK);
    words_add(&report.subject, "/33629");
    words_add(&report.expected, "%s (%u) of all components %s",
              definition != NULL ? definition->name : "Resource", resource,
              is_different ? "there and different" : "equal");
    for (size_t i = 0; i < binding->instance_count; i++) {
        values[i] = value_of(judge, binding->instances[i], resource);
        level = is_right(values, i, is_different) ? level : FINDING_WARNING;
        words_add(&report.observed, "%s%u: ", i > 0 ? ", " : "",
                  binding->instances[i]);
        seen_value_words(&report.observed, values[i]);
    }
    for (size_t i = 0; i < binding->instance_count; i++) {
        cJSON_Delete(values[i]);
    }
    finish(judge, &report, level);
}

void expect_across(const struct expect_judge *judge, const cJSON *spec)
{
    const cJSON *different = member(spec, "different");
    const cJSON *equal = member(spec, "equal");

    if (different != NULL) {
        judge_across(judge, (uint16_t)different->valueint, true);
    }
    if (equal != NULL) {
        judge_across(judge, (uint16_t)equal->valueint, false);
    }
}

enum status expect_across_check(const cJSON *spec, const char *pointer,
                                struct reason *reason)
{
    const cJSON *different = member(spec, "different");
    const cJSON *equal = member(spec, "equal");
    bool good = (different != NULL || equal != NULL) &&
                (different == NULL || cJSON_IsNumber(different)) &&
                (equal == NULL || cJSON_IsNumber(equal));

    return good ? STATUS_OK
                : reason_set(reason, STATUS_MALFORMED,
                             "%s: expected {\"different\": 14} or "
                             "{\"equal\": 9}",
                             pointer);
}

/** AFU-006: it should be instance 0. */
void expect_main_instance(const struct expect_judge *judge, const cJSON *spec)
{
    uint16_t instance = 0;
    struct report report;

    report_init(&report, EXPECT_CHECK);
    words_add(&report.subject, "/33629");
    words_add(&report.expected, "the main component is instance %d",
              spec->valueint);
    if (!binding_instance(judge->look.binding, "main", &instance)) {
        words_add(&report.observed, "no main component");
        finish(judge, &report, FINDING_INCONC);
        return;
    }
    words_add(&report.observed, "instance %u", instance);
    finish(judge, &report,
           instance == spec->valueint ? FINDING_PASS : FINDING_WARNING);
}

/* An answer and what the Instance itself showed. */

/** The newest other answer whose request was for exactly that path. */
static const struct journal_event *newest_of(const struct expect_judge *judge,
                                             const struct lwm2m_path *path,
                                             struct view *out_view)
{
    for (size_t i = judge->look.end; i > 0; i--) {
        const struct journal_event *event =
            event_store_at(judge->look.events, i - 1);
        const struct journal_event *request =
            event->kind == (enum journal_kind)SERVER_RESPONSE
                ? request_of_event(judge->look.events, event)
                : NULL;
        struct lwm2m_path own;
        if (request != NULL && event_path(request, &own) &&
            lwm2m_path_equal(&own, path) &&
            view_of_event(judge->look.events, event, judge->look.definitions,
                          out_view, NULL) == STATUS_OK) {
            return event;
        }
    }
    return NULL;
}

void expect_same(const struct expect_judge *judge,
                 const struct journal_event *event,
                 const struct record_list *records, const cJSON *text)
{
    struct lwm2m_path path;
    struct report report;
    struct view alone;

    if (binding_path(judge->look.binding, cJSON_GetStringValue(text), &path,
                     NULL) != STATUS_OK) {
        return; /* checked before */
    }
    const struct journal_event *before = newest_of(judge, &path, &alone);
    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, event);
    report_evidence(&report, before);
    words_add(&report.subject, "%s", cJSON_GetStringValue(text));
    words_add(&report.expected,
              "the answer has of %s what a Read of that alone shows",
              cJSON_GetStringValue(text));
    if (before == NULL) {
        words_add(&report.observed, "no such Read was answered");
        finish(judge, &report, FINDING_INCONC);
        return;
    }
    bool same = same_values(&alone.records, records, path, &report.observed);
    if (same) {
        words_add(&report.observed, "the same");
    }
    finish(judge, &report, same ? FINDING_PASS : FINDING_FAIL);
    view_release(&alone);
}

/* Discover. */

static const struct link *find_link(const struct link_list *links,
                                    const struct lwm2m_path *path)
{
    for (size_t i = 0; i < links->count; i++) {
        if (links->links[i].is_lwm2m &&
            lwm2m_path_equal(&links->links[i].path, path)) {
            return &links->links[i];
        }
    }
    return NULL;
}

/** Whether the list has Resources of an Instance at all. */
static bool has_resources(const struct link_list *links,
                          const struct lwm2m_path *instance)
{
    for (size_t i = 0; i < links->count; i++) {
        if (links->links[i].is_lwm2m && links->links[i].path.depth == 3 &&
            lwm2m_path_is_within(&links->links[i].path, instance)) {
            return true;
        }
    }
    return false;
}

/** Resources at or below `base` that `one` lists and `other` does not. */
static void add_missing(const struct link_list *one,
                        const struct link_list *other,
                        const struct lwm2m_path *base, const char *where,
                        struct words *observed)
{
    char text[LWM2M_PATH_TEXT_MAX];

    for (size_t i = 0; i < one->count; i++) {
        const struct link *link = &one->links[i];
        if (link->is_lwm2m && link->path.depth == 3 &&
            lwm2m_path_is_within(&link->path, base) &&
            find_link(other, &link->path) == NULL) {
            words_add(observed, "%s%s is not in %s",
                      observed->length > 0 ? ", " : "",
                      lwm2m_path_text(&link->path, text), where);
        }
    }
}

/** Hold the links against one earlier Discover. */
static void compare_discovers(const struct expect_judge *judge,
                              const struct journal_event *before,
                              const struct lwm2m_path *base,
                              const struct link_list *links,
                              struct words *observed)
{
    const struct journal_event *request =
        request_of_event(judge->look.events, before);
    struct lwm2m_path wider;
    struct link_list other;

    if (request == NULL || !event_path(request, &wider) ||
        !lwm2m_path_is_within(base, &wider) ||
        before->as.server.as.response.code != COAP_CODE(2, 5) ||
        links_of_event(judge->look.events, before, &other, NULL) != STATUS_OK) {
        return;
    }
    struct lwm2m_path instance =
        lwm2m_path_instance(base->ids[0], base->ids[1]);
    if (base->depth >= 2 && has_resources(&other, &instance)) {
        add_missing(links, &other, base, "the Discover of more", observed);
        add_missing(&other, links, base, "this Discover", observed);
    }
    link_list_release(&other);
}

/** "dim" tells how many Resource Instances there are: LwM2M Core, 7.3. */
static void compare_dimensions(const struct expect_judge *judge,
                               const struct link_list *links,
                               struct words *observed)
{
    char text[LWM2M_PATH_TEXT_MAX];

    for (size_t i = 0; i < links->count; i++) {
        const struct link *link = &links->links[i];
        const char *dim = link_attribute(link, "dim");
        double number = -1;
        char more = '\0';
        if (!link->is_lwm2m || link->path.depth != 3 || dim == NULL) {
            continue;
        }
        cJSON *value = seen_newest(&judge->look, link->path);
        int count = cJSON_IsArray(value) ? cJSON_GetArraySize(value) : 0;
        bool is_known = value != NULL;
        cJSON_Delete(value);
        if (is_known && (sscanf(dim, "%lf%c", &number, &more) != 1 ||
                         number < count || number > count)) {
            words_add(observed, "%s%s has dim=%s and %d Resource Instances",
                      observed->length > 0 ? ", " : "",
                      lwm2m_path_text(&link->path, text), dim, count);
        }
    }
}

void expect_consistent(const struct expect_judge *judge,
                       const struct journal_event *event,
                       const struct link_list *links)
{
    const struct journal_event *request =
        request_of_event(judge->look.events, event);
    struct lwm2m_path base;
    struct report report;

    if (request == NULL || !event_path(request, &base)) {
        return;
    }
    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, request);
    report_evidence(&report, event);
    words_add(&report.subject, "%s", request->as.server.as.request.path);
    words_add(&report.expected,
              "a Discover that agrees with those of more, and dim with what "
              "is read");
    for (size_t i = 0; i < judge->look.end; i++) {
        const struct journal_event *before =
            event_store_at(judge->look.events, i);
        const struct journal_event *asked =
            before != event &&
                    before->kind == (enum journal_kind)SERVER_RESPONSE
                ? request_of_event(judge->look.events, before)
                : NULL;
        if (asked != NULL &&
            asked->as.server.as.request.accept == CONTENT_FORMAT_LINK) {
            compare_discovers(judge, before, &base, links, &report.observed);
        }
    }
    compare_dimensions(judge, links, &report.observed);
    enum finding_level level =
        report.observed.length > 0 ? FINDING_FAIL : FINDING_PASS;
    if (level == FINDING_PASS) {
        words_add(&report.observed, "so it is");
    }
    finish(judge, &report, level);
}

/** It is not there: no Discover of more may have listed it. */
void expect_unlisted(const struct expect_judge *judge,
                     const struct journal_event *event)
{
    const struct journal_event *request =
        request_of_event(judge->look.events, event);
    bool is_discovered = false;
    struct lwm2m_path path;
    struct report report;

    if (request == NULL || !event_path(request, &path)) {
        return;
    }
    bool is_there = look_has_resource(&judge->look, path, &is_discovered);
    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, request);
    report_evidence(&report, event);
    words_add(&report.subject, "%s", request->as.server.as.request.path);
    words_add(&report.expected, "Discover finds what was discovered or read");
    words_add(&report.observed, is_there ? "4.04, and it is there"
                                         : "4.04, and it is nowhere else");
    finish(judge, &report, is_there ? FINDING_FAIL : FINDING_PASS);
}
