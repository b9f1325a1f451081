/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/look.h"

static bool is_discover(const struct journal_event *request)
{
    return request != NULL &&
           request->as.server.as.request.method == METHOD_GET &&
           request->as.server.as.request.accept == CONTENT_FORMAT_LINK;
}

/** Whether the Discover answer lists the path. */
static bool lists(const struct look *look, const struct journal_event *event,
                  struct lwm2m_path path)
{
    struct link_list links;
    bool found = false;

    link_list_init(&links);
    if (links_of_event(look->events, event, &links, NULL) == STATUS_OK) {
        for (size_t i = 0; i < links.count; i++) {
            found = found || (links.links[i].is_lwm2m &&
                              lwm2m_path_equal(&links.links[i].path, &path));
        }
    }
    link_list_release(&links);
    return found;
}

bool look_has_resource(const struct look *look, struct lwm2m_path path,
                       bool *out_discovered)
{
    bool found = false;

    *out_discovered = false;
    for (size_t i = 0; i < look->end; i++) {
        const struct journal_event *event = event_store_at(look->events, i);
        if (event->kind != (enum journal_kind)SERVER_RESPONSE ||
            event->as.server.as.response.code != COAP_CODE(2, 5)) {
            continue;
        }
        const struct journal_event *request =
            request_of_event(look->events, event);
        struct lwm2m_path base;
        if (request == NULL || !event_path(request, &base) ||
            !lwm2m_path_is_within(&path, &base)) {
            continue;
        }
        if (is_discover(request)) {
            /* With a depth of its own it need not reach the path. */
            *out_discovered =
                *out_discovered || request->as.server.as.request.query == NULL;
            found = found || lists(look, event, path);
            continue;
        }
        struct view view;
        if (view_of_event(look->events, event, look->definitions, &view,
                          NULL) == STATUS_OK) {
            found = found || record_list_has(&view.records, path);
            view_release(&view);
        }
    }
    return found;
}

bool look_was_renegotiated(const struct look *look, uint64_t id)
{
    for (size_t i = 0; i < look->end; i++) {
        const struct journal_event *event = event_store_at(look->events, i);
        if (event->kind == JOURNAL_NOTE && id > 0 &&
            (uint64_t)journal_number(event, "refused", 0) == id) {
            return true;
        }
    }
    return false;
}

static const cJSON *recorded(const struct look *look, const char *what)
{
    for (size_t i = 0; i < look->end; i++) {
        const struct journal_event *event = event_store_at(look->events, i);
        const cJSON *items =
            event->kind == JOURNAL_NOTE
                ? cJSON_GetObjectItemCaseSensitive(event->as.data, what)
                : NULL;
        if (items != NULL) {
            return items;
        }
    }
    return NULL;
}

bool look_declared(const struct look *look, const char *item)
{
    static const char *const nothing[] = { "false", "none", "no", "0" };
    const cJSON *value =
        cJSON_GetObjectItemCaseSensitive(recorded(look, "declared"), item);

    if (!cJSON_IsString(value)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
        if (strcmp(nothing[i], value->valuestring) == 0) {
            return false;
        }
    }
    return true;
}

uint64_t look_limit(const struct look *look, enum limit limit)
{
    const cJSON *ms = cJSON_GetObjectItemCaseSensitive(recorded(look, "limits"),
                                                       limit_name(limit));

    return cJSON_IsNumber(ms) ? (uint64_t)ms->valuedouble : 0;
}

enum status look_record_declared(struct run *run, struct reason *reason)
{
    struct look look = look_of_run(run);

    if (recorded(&look, "declared") != NULL) {
        return STATUS_OK;
    }
    const struct profile *profile = run_profile(run);
    cJSON *data = cJSON_CreateObject();
    cJSON *items = cJSON_AddObjectToObject(data, "declared");
    bool complete =
        items != NULL &&
        cJSON_AddStringToObject(
            data, "text", "what the profile declares about the device") != NULL;
    for (size_t i = 0; complete && i < profile->ics_count; i++) {
        complete = cJSON_AddStringToObject(items, profile->ics[i].name,
                                           profile->ics[i].value) != NULL;
    }
    cJSON *limits = cJSON_AddObjectToObject(data, "limits");
    for (int i = 0; complete && i < LIMIT_COUNT; i++) {
        complete =
            cJSON_AddNumberToObject(limits, limit_name((enum limit)i),
                                    (double)profile->limits_ms[i]) != NULL;
    }
    if (!complete) {
        cJSON_Delete(data);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    return run_record(run, JOURNAL_NOTE, data, reason);
}
