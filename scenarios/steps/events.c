/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/events.h"

#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/observation.h"

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/** Whether the values of a Send have each path. */
static bool shows(const struct look *look, const struct journal_event *event,
                  const cJSON *paths)
{
    const cJSON *entry = cJSON_IsArray(paths) ? paths->child : paths;
    struct lwm2m_path path;
    struct view view;

    if (view_of_event(look->events, event, look->definitions, &view, NULL) !=
        STATUS_OK) {
        return false;
    }
    bool has_all = true;
    for (; entry != NULL; entry = cJSON_IsArray(paths) ? entry->next : NULL) {
        has_all = has_all &&
                  binding_path(look->binding, cJSON_GetStringValue(entry),
                               &path, NULL) == STATUS_OK &&
                  record_list_has(&view.records, path);
    }
    view_release(&view);
    return has_all;
}

bool events_is_of(const struct look *look, const struct journal_event *event,
                  const cJSON *of)
{
    struct lwm2m_path wanted;
    struct lwm2m_path own;

    if ((int)event->kind == SERVER_SEND) {
        return shows(look, event, of);
    }
    const struct journal_event *request =
        (int)event->kind == SERVER_REQUEST
            ? event
            : request_of_event(look->events, event);
    if (request == NULL) {
        return false;
    }
    uint8_t method = request->as.server.as.request.method;
    if (method == METHOD_FETCH || method == METHOD_IPATCH) {
        return observation_asks_for(look, request, of);
    }
    return cJSON_IsString(of) &&
           binding_path(look->binding, of->valuestring, &wanted, NULL) ==
               STATUS_OK &&
           event_path(request, &own) && lwm2m_path_equal(&own, &wanted);
}

/** Whether a notification is of the wanted type, CON or NON. */
static bool is_of_type(const struct journal_event *event, const cJSON *wanted)
{
    bool is_notification = (int)event->kind == SERVER_NOTIFICATION ||
                           (int)event->kind == SERVER_UNWANTED;

    return wanted == NULL ||
           (is_notification && event->as.server.as.response.is_confirmable ==
                                   cJSON_IsTrue(wanted));
}

static bool has_code(const struct journal_event *event, const cJSON *code)
{
    const struct server_event *server = &event->as.server;

    switch ((int)event->kind) {
    case SERVER_SEND:
        return code != NULL ? code_fits(code, server->as.send.code)
                            : server->as.send.code == COAP_CODE(2, 4);
    case SERVER_RESPONSE:
    case SERVER_NOTIFICATION:
    case SERVER_UNWANTED:
        return code == NULL || code_fits(code, server->as.response.code);
    default:
        return code == NULL;
    }
}

/** Whether a file server was asked for the newest file of the component. */
static bool is_for(const struct look *look, const struct journal_event *event,
                   const cJSON *component)
{
    uint16_t instance = 0;

    if (component == NULL) {
        return true;
    }
    if ((int)event->kind != SERVER_REPOSITORY ||
        !binding_instance(look->binding, cJSON_GetStringValue(component),
                          &instance)) {
        return false;
    }
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *begin = event_store_at(look->events, i - 1);
        if (begin->kind == JOURNAL_TRANSFER_BEGIN &&
            (int)journal_number(begin, "instance", -1) == (int)instance &&
            journal_number(begin, "file", 0) > 0) {
            return (uint64_t)journal_number(begin, "file", 0) ==
                   event->as.server.id;
        }
    }
    return false;
}

/**
 * Whether a request shows that a download was begun anew: a GET without a Range,
 * or for the second block of several. The first one alone may be looked at to
 * see whether the file is still the same.
 */
static bool is_anew(const struct journal_event *event)
{
    enum { SZX_OFFSET = 4, BLOCKS_MIN = 4 };
    const struct server_repository_view *view = &event->as.server.as.repository;
    const bool is_http =
        view->protocol != NULL && strncmp(view->protocol, "http", 4) == 0;

    if ((int)event->kind != SERVER_REPOSITORY || view->method != METHOD_GET) {
        return false;
    }
    return is_http ? view->range == NULL
                   : view->has_asked && view->asked.number == 1 &&
                         view->size >= (uint64_t)BLOCKS_MIN
                                           << (view->asked.szx + SZX_OFFSET);
}

/** By CoAP over TCP nothing is sent again: it is an answer that comes late. */
static bool is_late_answer(const struct journal_event *event)
{
    const struct server_repository_view *view = &event->as.server.as.repository;

    return (int)event->kind == SERVER_REPOSITORY && view->is_repeated &&
           view->protocol != NULL && strstr(view->protocol, "+tcp") != NULL;
}

/** What passed, or what was done to it. */
static bool is_what(const struct journal_event *event, const cJSON *what)
{
    return what == NULL ||
           ((int)event->kind == SERVER_WIRE && cJSON_IsString(what) &&
            event->as.server.as.wire.what != NULL &&
            strcmp(event->as.server.as.wire.what, what->valuestring) == 0);
}

/** @param is_stale  of notifications: which kind of them */
static bool fits(const struct look *look, const cJSON *spec, size_t index,
                 bool is_stale)
{
    const struct journal_event *event = event_store_at(look->events, index);
    const char *kind = cJSON_GetStringValue(member(spec, "kind"));
    const cJSON *of = member(spec, "of");

    if (kind == NULL || strcmp(journal_kind_name(event->kind), kind) != 0) {
        return false;
    }
    if ((int)event->kind == SERVER_NOTIFICATION &&
        event->as.server.as.response.is_stale != is_stale) {
        return false;
    }
    if (!is_what(event, member(spec, "what")) || is_late_answer(event)) {
        return false;
    }
    return is_of_type(event, member(spec, "confirmable")) &&
           has_code(event, member(spec, "code")) &&
           is_for(look, event, member(spec, "to")) &&
           (!cJSON_IsTrue(member(spec, "anew")) || is_anew(event)) &&
           (of == NULL || events_is_of(look, event, of));
}

bool events_fit(const struct look *look, const cJSON *spec, size_t index)
{
    return fits(look, spec, index, cJSON_IsTrue(member(spec, "stale")));
}

int events_count_stale(const struct look *look, const cJSON *spec, size_t from)
{
    int count = 0;

    for (size_t i = from; i < look->end; i++) {
        const struct journal_event *event = event_store_at(look->events, i);
        count +=
            (int)event->kind == SERVER_NOTIFICATION && fits(look, spec, i, true)
                ? 1
                : 0;
    }
    return count;
}

int events_count(const struct look *look, const cJSON *spec, size_t from)
{
    int count = 0;

    for (size_t i = from; i < look->end; i++) {
        count += events_fit(look, spec, i) ? 1 : 0;
    }
    return count;
}

int events_wanted(const cJSON *spec)
{
    const cJSON *count = member(spec, "count");

    return cJSON_IsNumber(count) ? count->valueint : 1;
}

void events_words(struct words *words, const cJSON *spec)
{
    const char *kind = cJSON_GetStringValue(member(spec, "kind"));

    words_add(words, "%sevents '%s'",
              cJSON_IsTrue(member(spec, "stale")) ? "stale " : "",
              kind != NULL ? kind : "");
    if (member(spec, "what") != NULL) {
        words_add(words, " ");
        words_json(words, member(spec, "what"));
    }
    if (member(spec, "of") != NULL) {
        words_add(words, " of ");
        words_json(words, member(spec, "of"));
    }
    if (cJSON_IsTrue(member(spec, "anew"))) {
        words_add(words, " that begin anew");
    }
    if (member(spec, "to") != NULL) {
        words_add(words, " for the file of ");
        words_json(words, member(spec, "to"));
    }
}

static bool is_kind(const char *name)
{
    for (int i = 0; name != NULL && i < JOURNAL_KINDS; i++) {
        if (strcmp(journal_kind_name((enum journal_kind)i), name) == 0) {
            return true;
        }
    }
    return false;
}

static bool are_paths(const cJSON *paths)
{
    const cJSON *entry = cJSON_IsArray(paths) ? paths->child : paths;

    for (; entry != NULL; entry = cJSON_IsArray(paths) ? entry->next : NULL) {
        const char *text = cJSON_GetStringValue(entry);
        if (text == NULL || text[0] != '/') {
            return false;
        }
    }
    return true;
}

static bool is_number(const cJSON *candidate)
{
    return cJSON_IsNumber(candidate);
}

enum status events_check(const cJSON *spec, const char *pointer,
                         struct reason *reason)
{
    const cJSON *code = member(spec, "code");
    const cJSON *stale = member(spec, "stale");
    const cJSON *confirmable = member(spec, "confirmable");
    const cJSON *to = member(spec, "to");
    const cJSON *most = member(spec, "most");
    const cJSON *what = member(spec, "what");
    const cJSON *anew = member(spec, "anew");

    if (what != NULL && !cJSON_IsString(what)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/what: expected what a \"wire\" event tells, such "
                          "as \"dropped\" or \"repeated\"",
                          pointer);
    }
    if ((to != NULL && !cJSON_IsString(to)) ||
        (most != NULL && !grade_check(most, is_number)) ||
        (anew != NULL && !cJSON_IsTrue(anew))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s: expected \"to\" a component, \"most\" a "
                          "number, graded or not, \"anew\" true",
                          pointer);
    }
    if (!cJSON_IsObject(spec) ||
        !is_kind(cJSON_GetStringValue(member(spec, "kind")))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/kind: expected a kind of event such as "
                          "\"notification\", \"send\", \"register\"",
                          pointer);
    }
    if (!are_paths(member(spec, "of"))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/of: expected a path such as \"/3/0/9\", or a "
                          "list of paths",
                          pointer);
    }
    if ((stale != NULL && !cJSON_IsBool(stale)) ||
        (confirmable != NULL && !cJSON_IsBool(confirmable)) ||
        (code != NULL && !code_is_valid(code))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s: expected \"code\" such as \"4.00\" or "
                          "\"4.xx\", \"stale\" and \"confirmable\" "
                          "true or false",
                          pointer);
    }
    return STATUS_OK;
}
