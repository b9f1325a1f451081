/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/shown.h"

#include <stdio.h>
#include <string.h>

/** The newest 2.05 of the step, taken apart. */
struct shown {
    const struct judge_input *input;
    const struct operation_judge *how;
    const struct journal_event *request;
    const struct journal_event *response; /**< NULL: none came */
    bool is_discover;
    bool is_readable; /**< `view` or `links` is filled */
    struct view view;
    struct link_list links;
    finding_fn on_finding;
    void *user;
};

static const cJSON *parameter(const struct shown *shown, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(shown->input->parameters, name);
}

static void find_answer(struct shown *shown)
{
    struct look look = look_of_judge(shown->input);

    for (size_t i = shown->input->first; i < shown->input->end; i++) {
        const struct journal_event *event =
            event_store_at(shown->input->events, i);
        if (event->kind != (enum journal_kind)SERVER_REQUEST ||
            event->as.server.as.request.method != shown->how->method) {
            continue;
        }
        const struct journal_event *closing =
            look_closing(&look, event->as.server.id);
        if (closing != NULL &&
            closing->kind == (enum journal_kind)SERVER_RESPONSE &&
            closing->as.server.as.response.code == COAP_CODE(2, 5)) {
            shown->request = event;
            shown->response = closing;
        }
    }
}

static void take_apart(struct shown *shown)
{
    const struct judge_input *input = shown->input;

    find_answer(shown);
    if (shown->response == NULL) {
        return;
    }
    shown->is_discover =
        shown->request->as.server.as.request.accept == CONTENT_FORMAT_LINK;
    if (shown->is_discover) {
        shown->is_readable = links_of_event(input->events, shown->response,
                                            &shown->links, NULL) == STATUS_OK;
    } else {
        shown->is_readable =
            view_of_event(input->events, shown->response, input->definitions,
                          &shown->view, NULL) == STATUS_OK;
    }
}

static const struct link *find_link(const struct shown *shown,
                                    struct lwm2m_path path)
{
    for (size_t i = 0; i < shown->links.count; i++) {
        const struct link *link = &shown->links.links[i];
        if (link->is_lwm2m && lwm2m_path_equal(&link->path, &path)) {
            return link;
        }
    }
    return NULL;
}

static bool has(const struct shown *shown, struct lwm2m_path path)
{
    return shown->is_discover ? find_link(shown, path) != NULL
                              : record_list_has(&shown->view.records, path);
}

static void begin(const struct shown *shown, struct report *report,
                  const char *path)
{
    report_init(report, shown->how->check);
    report_evidence(report, shown->request);
    report_evidence(report, shown->response);
    words_add(&report->subject, "%s", path);
    words_add(&report->expected, "the answer to %s ", shown->how->name);
}

static void finish(const struct shown *shown, const struct report *report,
                   bool good)
{
    const struct grade grade = { .level = good ? FINDING_PASS : FINDING_FAIL,
                                 .fits = good };

    report_finding(report, shown->input, grade, shown->on_finding, shown->user);
}

static void judge_path(const struct shown *shown, const cJSON *text,
                       bool is_wanted)
{
    struct lwm2m_path path;
    struct report report;

    begin(shown, &report, cJSON_GetStringValue(text));
    words_add(&report.expected, is_wanted ? "has %s" : "lacks %s",
              cJSON_GetStringValue(text));
    if (binding_path(shown->input->binding, cJSON_GetStringValue(text), &path,
                     NULL) != STATUS_OK) {
        words_add(&report.observed, "'%s' is no path",
                  cJSON_GetStringValue(text));
        report_level(&report, shown->input, FINDING_INCONC, NULL,
                     shown->on_finding, shown->user);
        return;
    }
    bool found = has(shown, path);
    words_add(&report.observed, found ? "it is there" : "it is not there");
    finish(shown, &report, found == is_wanted);
}

static void judge_paths(const struct shown *shown, const cJSON *paths,
                        bool is_wanted)
{
    const cJSON *entry = NULL;

    if (cJSON_IsString(paths)) {
        judge_path(shown, paths, is_wanted);
    }
    cJSON_ArrayForEach(entry, paths)
    {
        judge_path(shown, entry, is_wanted);
    }
}

/** "10" and 10.0 are the same value of an attribute. */
static bool is_same_value(const cJSON *wanted, const char *value)
{
    double number = 0;
    char more = '\0';

    if (value == NULL || cJSON_IsNull(wanted)) {
        return value == NULL && cJSON_IsNull(wanted);
    }
    if (cJSON_IsNumber(wanted)) {
        return sscanf(value, "%lf%c", &number, &more) == 1 &&
               number >= wanted->valuedouble && number <= wanted->valuedouble;
    }
    return strcmp(value, wanted->valuestring) == 0;
}

static void judge_attribute(const struct shown *shown, const cJSON *target,
                            const struct link *link, const cJSON *wanted)
{
    const char *value =
        link != NULL ? link_attribute(link, wanted->string) : NULL;
    struct report report;

    begin(shown, &report, target->string);
    words_add(&report.expected, "lists %s ", target->string);
    if (cJSON_IsNull(wanted)) {
        words_add(&report.expected, "without %s", wanted->string);
    } else {
        words_add(&report.expected, "with %s=", wanted->string);
        words_json(&report.expected, wanted);
    }
    if (link == NULL) {
        words_add(&report.observed, "it is not listed");
    } else if (value == NULL) {
        words_add(&report.observed, "no %s", wanted->string);
    } else {
        words_add(&report.observed, "%s=%s", wanted->string, value);
    }
    finish(shown, &report, link != NULL && is_same_value(wanted, value));
}

static void judge_attributes(const struct shown *shown, const cJSON *targets)
{
    const cJSON *target = NULL;
    const cJSON *wanted = NULL;

    cJSON_ArrayForEach(target, targets)
    {
        struct lwm2m_path path;
        const struct link *link = NULL;
        if (binding_path(shown->input->binding, target->string, &path, NULL) ==
            STATUS_OK) {
            link = find_link(shown, path);
        }
        cJSON_ArrayForEach(wanted, target)
        {
            judge_attribute(shown, target, link, wanted);
        }
    }
}

static void judge_nothing(const struct shown *shown)
{
    struct report report;

    begin(shown, &report,
          shown->request != NULL &&
                  shown->request->as.server.as.request.path != NULL
              ? shown->request->as.server.as.request.path
              : "");
    words_add(&report.expected, "has something to look at");
    words_add(&report.observed, shown->response == NULL
                                    ? "no 2.05 came"
                                    : "its payload cannot be decoded");
    report_level(&report, shown->input, FINDING_INCONC, NULL, shown->on_finding,
                 shown->user);
}

void shown_judge(const struct judge_input *input,
                 const struct operation_judge *how, finding_fn on_finding,
                 void *user)
{
    struct shown shown = {
        .input = input, .how = how, .on_finding = on_finding, .user = user
    };
    const cJSON *shows = parameter(&shown, "shows");
    const cJSON *lacks = parameter(&shown, "lacks");
    const cJSON *attributes = parameter(&shown, "lists");

    if (input->progress == STEP_FAILED ||
        (shows == NULL && lacks == NULL && attributes == NULL)) {
        return;
    }
    link_list_init(&shown.links);
    take_apart(&shown);
    if (!shown.is_readable) {
        judge_nothing(&shown);
    } else {
        judge_paths(&shown, shows, true);
        judge_paths(&shown, lacks, false);
        judge_attributes(&shown, attributes);
    }
    if (shown.is_readable && !shown.is_discover) {
        view_release(&shown.view);
    }
    link_list_release(&shown.links);
}

static enum status check_paths(const cJSON *paths, const char *name,
                               const char *pointer, struct reason *reason)
{
    const cJSON *first = cJSON_IsArray(paths) ? paths->child : paths;

    for (const cJSON *entry = first; entry != NULL;
         entry = cJSON_IsArray(paths) ? entry->next : NULL) {
        const char *text = cJSON_GetStringValue(entry);
        if (text == NULL || text[0] != '/') {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/%s: expected paths such as \"/33629/x/3\"",
                              pointer, name);
        }
    }
    return STATUS_OK;
}

enum status shown_check(const cJSON *step, const char *pointer,
                        struct reason *reason)
{
    static const char *const names[] = { "shows", "lacks" };
    const cJSON *attributes = cJSON_GetObjectItemCaseSensitive(step, "lists");
    const cJSON *target = NULL;
    const cJSON *entry = NULL;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        enum status status =
            check_paths(cJSON_GetObjectItemCaseSensitive(step, names[i]),
                        names[i], pointer, reason);
        if (status != STATUS_OK) {
            return status;
        }
    }
    cJSON_ArrayForEach(target, attributes)
    {
        bool good = target->string[0] == '/' && cJSON_IsObject(target);
        cJSON_ArrayForEach(entry, target)
        {
            good = good && (cJSON_IsNumber(entry) || cJSON_IsString(entry) ||
                            cJSON_IsNull(entry));
        }
        if (!good) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/lists/%s: expected {\"pmin\": 10}, null "
                              "where one is to be absent",
                              pointer, target->string);
        }
    }
    return STATUS_OK;
}
