/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/look.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"

bool component_set_has(const struct component_set *set, uint16_t instance)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->instances[i] == instance) {
            return true;
        }
    }
    return false;
}

void component_set_add(struct component_set *set, uint16_t instance)
{
    if (set->count < ORACLE_COMPONENTS_MAX &&
        !component_set_has(set, instance)) {
        set->instances[set->count++] = instance;
    }
}

struct look look_of_run(const struct run *run)
{
    const struct event_store *events = run_events(run);

    return (struct look){
        .events = events,
        .end = event_store_count(events),
        .binding = run_binding(run),
        .definitions = run_definitions(run),
    };
}

struct look look_of_judge(const struct judge_input *input)
{
    return (struct look){
        .events = input->events,
        .end = input->end,
        .binding = input->binding,
        .definitions = input->definitions,
    };
}

static bool shows_instance(const struct journal_event *event,
                           bool notifications)
{
    return (notifications &&
            (event->kind == (enum journal_kind)SERVER_SEND ||
             (event->kind == (enum journal_kind)SERVER_NOTIFICATION &&
              !event->as.server.as.response.is_stale))) ||
           (event->kind == (enum journal_kind)SERVER_RESPONSE &&
            event->as.server.as.response.code == COAP_CODE(2, 5));
}

/** Whether the request asks for the instance or the Object as a whole. */
static bool asks_for_instance(const struct look *look,
                              const struct journal_event *event,
                              uint16_t instance)
{
    const struct journal_event *request = request_of_event(look->events, event);
    struct lwm2m_path path;

    if (request == NULL || !event_path(request, &path) ||
        path.ids[0] != AFU_OBJECT) {
        return false;
    }
    return path.depth == 1 || (path.depth == 2 && path.ids[1] == instance);
}

/** A composite answer or a Send may show any part of the instance: only one
 *  with State and Update Result is a view of it. */
static bool is_composite(const struct look *look,
                         const struct journal_event *event)
{
    const struct journal_event *request = request_of_event(look->events, event);

    return event->kind == (enum journal_kind)SERVER_SEND ||
           (request != NULL &&
            request->as.server.as.request.method == METHOD_FETCH);
}

static bool shows_pair(const struct view *view, uint16_t instance)
{
    int state = -1;
    int result = -1;

    for (size_t i = 0; i < view->records.count; i++) {
        if (view->records.records[i].has_time) {
            return false; /* values of several moments are no view */
        }
    }
    view_pair(view, instance, &state, &result);
    return state >= 0 && result >= 0;
}

static bool find_view(const struct look *look, size_t from, uint16_t instance,
                      bool notifications, struct view *out_view)
{
    for (size_t i = look->end; i > from; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (!shows_instance(event, notifications)) {
            continue;
        }
        bool composite = is_composite(look, event);
        if (!composite && !asks_for_instance(look, event, instance)) {
            continue;
        }
        struct view view;
        if (view_of_event(look->events, event, look->definitions, &view,
                          NULL) != STATUS_OK) {
            continue;
        }
        if (composite
                ? shows_pair(&view, instance)
                : record_list_has(&view.records,
                                  lwm2m_path_instance(AFU_OBJECT, instance))) {
            *out_view = view; /* handed over */
            return true;
        }
        view_release(&view);
    }
    return false;
}

bool look_view(const struct look *look, size_t from, uint16_t instance,
               struct view *out_view)
{
    return find_view(look, from, instance, false, out_view);
}

bool look_any_view(const struct look *look, size_t from, uint16_t instance,
                   struct view *out_view)
{
    return find_view(look, from, instance, true, out_view);
}

bool look_pair(const struct look *look, size_t from, uint16_t instance,
               int *out_state, int *out_result, uint64_t *out_sent_ms)
{
    struct view view;

    if (!look_view(look, from, instance, &view)) {
        return false;
    }
    view_pair(&view, instance, out_state, out_result);
    if (out_sent_ms != NULL) {
        *out_sent_ms = view.sent_ms;
    }
    view_release(&view);
    return true;
}

bool look_pair_differs(const struct look *look, size_t from, uint16_t instance,
                       int state, int result)
{
    struct look shrinking = *look;
    struct view view;

    while (look_any_view(&shrinking, from, instance, &view)) {
        int seen_state = -1;
        int seen_result = -1;
        uint64_t sequence = view.sequence;
        view_pair(&view, instance, &seen_state, &seen_result);
        view_release(&view);
        if (seen_state != state || seen_result != result) {
            return true;
        }
        while (shrinking.end > from &&
               event_store_at(look->events, shrinking.end - 1)->sequence >=
                   sequence) {
            shrinking.end--;
        }
    }
    return false;
}

bool event_closes(const struct journal_event *event, uint64_t id)
{
    switch ((int)event->kind) {
    case SERVER_RESPONSE:
    case SERVER_TIMEOUT:
    case SERVER_RESET:
    case SERVER_SESSION_LOST:
        return event->as.server.id == id;
    default:
        return false;
    }
}

const struct journal_event *look_closing(const struct look *look, uint64_t id)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event_closes(event, id)) {
            return event;
        }
    }
    return NULL;
}

bool event_path(const struct journal_event *request,
                struct lwm2m_path *out_path)
{
    if (request->kind != (enum journal_kind)SERVER_REQUEST) {
        return false;
    }
    const char *text = request->as.server.as.request.path;
    /* An alternate root ("/lwm2m/33629/0") stands before the path. */
    while (text != NULL && *text == '/') {
        if (lwm2m_path_parse(text, strlen(text), out_path, NULL) == STATUS_OK) {
            return true;
        }
        text = strchr(text + 1, '/');
    }
    return false;
}

const struct journal_event *look_snapshot(const struct look *look,
                                          const char *name)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event->kind != JOURNAL_SNAPSHOT) {
            continue;
        }
        const char *text = journal_text(event, "name");
        if (text != NULL && strcmp(text, name) == 0) {
            return event;
        }
    }
    return NULL;
}

const cJSON *snapshot_value(const struct journal_event *snapshot,
                            uint16_t instance, unsigned resource)
{
    char key[12]; /* decimal digits of an ID, and NUL */
    const cJSON *item =
        cJSON_GetObjectItemCaseSensitive(snapshot->as.data, "instances");

    (void)snprintf(key, sizeof(key), "%u", (unsigned)instance);
    item = cJSON_GetObjectItemCaseSensitive(item, key);
    (void)snprintf(key, sizeof(key), "%u", resource);
    return cJSON_GetObjectItemCaseSensitive(item, key);
}

const struct journal_event *look_transfer(const struct look *look)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event->kind == JOURNAL_TRANSFER_BEGIN) {
            return event;
        }
    }
    return NULL;
}

const struct journal_event *look_transfer_to(const struct look *look,
                                             uint16_t instance)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        double to = journal_number(event, "instance", -1);
        if (event->kind == JOURNAL_TRANSFER_BEGIN && to >= instance &&
            to <= instance) {
            return event;
        }
    }
    return NULL;
}

/** The newest event of the transfer that ends it; or that pauses it, too. */
static const struct journal_event *transfer_event(
    const struct look *look, const struct journal_event *begin, bool or_pause)
{
    double transfer = journal_number(begin, "transfer", -1);

    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event == begin) {
            break;
        }
        if ((event->kind == JOURNAL_TRANSFER_END ||
             (or_pause && event->kind == JOURNAL_TRANSFER_PAUSE)) &&
            journal_number(event, "transfer", -2) >= transfer &&
            journal_number(event, "transfer", -2) <= transfer) {
            return event;
        }
    }
    return NULL;
}

const struct journal_event *look_transfer_end(const struct look *look,
                                              const struct journal_event *begin)
{
    return transfer_event(look, begin, false);
}

const struct journal_event *look_transfer_outcome(
    const struct look *look, const struct journal_event *begin)
{
    return transfer_event(look, begin, true);
}

/** Version of the part for `instance`, NULL when the package has none.
 *  @param package  the event's data, or its "other" */
static const char *part_version(const struct journal_event *begin,
                                const cJSON *package, uint16_t instance)
{
    const cJSON *parts = cJSON_GetObjectItemCaseSensitive(package, "parts");
    const cJSON *part = NULL;

    cJSON_ArrayForEach(part, parts)
    {
        const cJSON *number =
            cJSON_GetObjectItemCaseSensitive(part, "instance");
        const cJSON *version =
            cJSON_GetObjectItemCaseSensitive(part, "version");
        if (cJSON_IsNumber(number) && number->valueint == instance) {
            return cJSON_IsString(version) ? version->valuestring : "";
        }
    }
    if (journal_number(begin, "instance", -1) >= instance &&
        journal_number(begin, "instance", -1) <= instance) {
        const char *version = cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(package, "version"));
        return version != NULL ? version : "";
    }
    return NULL;
}

/** Of the package with this name, which a file server may have switched to;
 *  NULL: of the one that was named first. */
static const cJSON *named_package(const struct journal_event *begin,
                                  const char *package)
{
    const cJSON *other =
        cJSON_GetObjectItemCaseSensitive(begin->as.data, "other");
    const char *name = journal_text(begin, "package");
    const char *other_name = cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(other, "package"));

    if (package == NULL || (name != NULL && strcmp(name, package) == 0)) {
        return begin->as.data;
    }
    return other_name != NULL && strcmp(other_name, package) == 0 ? other
                                                                  : NULL;
}

const char *look_delivered(const struct look *look, uint16_t instance,
                           const char *package)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event->kind != JOURNAL_TRANSFER_BEGIN) {
            continue;
        }
        const cJSON *named = named_package(event, package);
        if (named == NULL) {
            continue;
        }
        const char *version = part_version(event, named, instance);
        if (version != NULL) {
            return version;
        }
    }
    return NULL;
}

const char *look_uri(const struct look *look, uint16_t instance)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event->kind == JOURNAL_TRANSFER_BEGIN &&
            (int)journal_number(event, "instance", -1) == (int)instance) {
            return journal_text(event, "uri");
        }
    }
    return NULL;
}

size_t look_mark(const struct look *look, const char *name)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event->kind != JOURNAL_MARK) {
            continue;
        }
        const char *text = journal_text(event, "name");
        if (text != NULL && strcmp(text, name) == 0) {
            return i;
        }
    }
    return LOOK_NONE;
}

static bool is_execute(const struct journal_event *event,
                       struct lwm2m_path *out_path)
{
    return event->kind == (enum journal_kind)SERVER_REQUEST &&
           event->as.server.as.request.method == METHOD_POST &&
           event_path(event, out_path) && out_path->depth == 3 &&
           out_path->ids[0] == AFU_OBJECT;
}

size_t look_update(const struct look *look, uint16_t instance)
{
    struct lwm2m_path path;

    for (size_t i = look->end; i > 0; i--) {
        if (is_execute(event_store_at(look->events, i - 1), &path) &&
            path.ids[2] == AFU_UPDATE && path.ids[1] == instance) {
            return i - 1;
        }
    }
    return LOOK_NONE;
}

size_t look_execute(const struct look *look)
{
    struct lwm2m_path path;

    for (size_t i = look->end; i > 0; i--) {
        if (is_execute(event_store_at(look->events, i - 1), &path)) {
            return i - 1;
        }
    }
    return LOOK_NONE;
}

bool look_registered(const struct look *look, size_t from)
{
    for (size_t i = from; i < look->end; i++) {
        if (event_store_at(look->events, i)->kind ==
            (enum journal_kind)SERVER_REGISTER) {
            return true;
        }
    }
    return false;
}

void look_linked(const struct look *look, uint16_t instance,
                 struct component_set *out_set)
{
    struct look before = *look;
    size_t update = look_update(look, instance);
    struct view view;

    *out_set = (struct component_set){ .count = 0 };
    if (update != LOOK_NONE) {
        before.end = update;
    }
    if (!look_view(&before, 0, instance, &view)) {
        return;
    }
    struct lwm2m_path linked =
        lwm2m_path_resource(AFU_OBJECT, instance, AFU_LINKED);
    for (size_t i = 0; i < view.records.count; i++) {
        const struct lwm2m_record *record = &view.records.records[i];
        if (lwm2m_path_is_within(&record->path, &linked) &&
            record->value.type == LWM2M_TYPE_OBJLNK &&
            record->value.as.link.object == AFU_OBJECT) {
            component_set_add(out_set, record->value.as.link.instance);
        }
    }
    view_release(&view);
}
