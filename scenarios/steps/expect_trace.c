/* SPDX-License-Identifier: Apache-2.0 */

/* The values that the observer of one Resource was told, in their order. */
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/events.h"
#include "scenarios/steps/expect.h"
#include "scenarios/steps/seen.h"

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/** Whether the value is the entry: "Idle" is 0, "any" is all. */
static bool is_entry(const cJSON *entry, const cJSON *value)
{
    const char *name = cJSON_GetStringValue(entry);
    int state = name != NULL ? state_of_name(name) : -1;

    if (name != NULL && strcmp(name, "any") == 0) {
        return true;
    }
    return state >= 0 ? cJSON_IsNumber(value) && value->valueint == state
                      : cJSON_Compare(entry, value, true);
}

/** Go along until the value is met; NULL when it is nowhere ahead. */
static const cJSON *advance(const cJSON *at, const cJSON *value)
{
    while (at != NULL && !is_entry(at, value)) {
        at = at->next;
    }
    return at;
}

/** An answer to the Observe, or a notification that is not stale. */
static cJSON *told_value(const struct expect_judge *judge, const cJSON *of,
                         struct lwm2m_path path,
                         const struct journal_event *event)
{
    const struct server_response_view *response = &event->as.server.as.response;
    bool tells = (event->kind == (enum journal_kind)SERVER_NOTIFICATION &&
                  !response->is_stale) ||
                 (event->kind == (enum journal_kind)SERVER_RESPONSE &&
                  response->has_observe);
    struct view view;

    if (!tells || !events_is_of(&judge->look, event, of) ||
        view_of_event(judge->look.events, event, judge->look.definitions, &view,
                      NULL) != STATUS_OK) {
        return NULL;
    }
    cJSON *value = seen_in(&view.records, path);
    view_release(&view);
    return value;
}

void expect_trace(const struct expect_judge *judge, const cJSON *spec)
{
    const cJSON *of = member(spec, "of");
    const cJSON *at = member(spec, "along")->child;
    const char *mark = cJSON_GetStringValue(member(spec, "since"));
    size_t from = mark != NULL ? look_mark(&judge->look, mark) : LOOK_NONE;
    enum finding_level level = FINDING_PASS;
    struct lwm2m_path path;
    struct report report;

    if (binding_path(judge->look.binding, cJSON_GetStringValue(of), &path,
                     NULL) != STATUS_OK) {
        return; /* checked before */
    }
    report_init(&report, EXPECT_CHECK);
    words_add(&report.subject, "%s", of->valuestring);
    words_add(&report.expected, "%s is told along ", of->valuestring);
    for (const cJSON *entry = at; entry != NULL; entry = entry->next) {
        words_add(&report.expected, "%s", entry != at ? ", " : "");
        words_json(&report.expected, entry);
    }
    for (size_t i = from != LOOK_NONE ? from : 0; i < judge->look.end; i++) {
        const struct journal_event *event =
            event_store_at(judge->look.events, i);
        cJSON *value = told_value(judge, of, path, event);
        if (value == NULL) {
            continue;
        }
        words_add(&report.observed, "%s",
                  report.observed.length > 0 ? ", " : "");
        seen_value_words(&report.observed, value);
        const cJSON *next = advance(at, value);
        if (next == NULL) {
            report_evidence(&report, event);
            level =
                member(spec, "beyond") != NULL ? FINDING_WARNING : FINDING_FAIL;
        }
        at = next != NULL ? next : at;
        cJSON_Delete(value);
    }
    if (report.observed.length == 0) {
        words_add(&report.observed, "nothing was told");
        level = FINDING_INCONC;
    }
    report_level(&report, judge->input, level, NULL, judge->on_finding,
                 judge->user);
}

enum status expect_trace_check(const cJSON *spec, const char *pointer,
                               struct reason *reason)
{
    const cJSON *beyond = member(spec, "beyond");
    bool good = cJSON_IsString(member(spec, "of")) &&
                cJSON_IsArray(member(spec, "along")) &&
                cJSON_GetArraySize(member(spec, "along")) > 0 &&
                (beyond == NULL || (cJSON_IsString(beyond) &&
                                    strcmp(beyond->valuestring, "warn") == 0));

    return good ? STATUS_OK
                : reason_set(reason, STATUS_MALFORMED,
                             "%s: expected \"of\" a path, \"along\" a list of "
                             "values, and perhaps \"beyond\": \"warn\"",
                             pointer);
}
