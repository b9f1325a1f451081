/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/seen.h"

#include <string.h>

#include "scenarios/steps/afu.h"

enum { TEXT_SIZE = 512 };

static cJSON *value_json(const struct lwm2m_value *value)
{
    char text[TEXT_SIZE];

    switch (value->type) {
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
        return cJSON_CreateNumber((double)value->as.integer);
    case LWM2M_TYPE_UNSIGNED:
        return cJSON_CreateNumber((double)value->as.unsigned_integer);
    case LWM2M_TYPE_FLOAT:
        return cJSON_CreateNumber(value->as.real);
    case LWM2M_TYPE_BOOLEAN:
        return cJSON_CreateBool(value->as.boolean);
    case LWM2M_TYPE_STRING:
        return cJSON_CreateString(value->as.data.bytes);
    default:
        return cJSON_CreateString(lwm2m_value_text(value, text, sizeof(text)));
    }
}

cJSON *seen_in(const struct record_list *list, struct lwm2m_path path)
{
    const struct lwm2m_record *record = record_list_find(list, path);
    cJSON *values = NULL;

    if (record != NULL) {
        return value_json(&record->value);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (lwm2m_path_is_within(&list->records[i].path, &path)) {
            values = values != NULL ? values : cJSON_CreateArray();
            cJSON_AddItemToArray(values, value_json(&list->records[i].value));
        }
    }
    return values == NULL && record_list_has(list, path) ? cJSON_CreateArray()
                                                         : values;
}

static cJSON *value_of_event(const struct look *look,
                             const struct journal_event *event,
                             struct lwm2m_path path)
{
    struct view view;

    if ((event->kind == (enum journal_kind)SERVER_NOTIFICATION &&
         event->as.server.as.response.is_stale) ||
        view_of_event(look->events, event, look->definitions, &view, NULL) !=
            STATUS_OK) {
        return NULL;
    }
    cJSON *value = seen_in(&view.records, path);
    view_release(&view);
    return value;
}

cJSON *seen_first(const struct look *look, struct lwm2m_path path)
{
    cJSON *value = NULL;

    for (size_t i = 0; value == NULL && i < look->end; i++) {
        value = value_of_event(look, event_store_at(look->events, i), path);
    }
    return value;
}

cJSON *seen_newest(const struct look *look, struct lwm2m_path path)
{
    cJSON *value = NULL;

    for (size_t i = look->end; value == NULL && i > 0; i--) {
        value = value_of_event(look, event_store_at(look->events, i - 1), path);
    }
    return value;
}

/** Whether the event is a request that writes values. */
static bool is_write(const struct journal_event *event,
                     struct lwm2m_path *out_base)
{
    const struct server_request_view *request = &event->as.server.as.request;

    if (event->kind != (enum journal_kind)SERVER_REQUEST ||
        request->payload == NULL ||
        (request->method != METHOD_PUT && request->method != METHOD_POST &&
         request->method != METHOD_IPATCH)) {
        return false;
    }
    if (request->method == METHOD_IPATCH) {
        *out_base = (struct lwm2m_path){ .depth = 0 };
        return true;
    }
    return event_path(event, out_base) &&
           (request->method == METHOD_PUT || out_base->depth == 2);
}

/** The code that a request was answered with, 0 without an answer. */
static uint8_t code_of(const struct look *look,
                       const struct journal_event *request)
{
    const struct journal_event *answer =
        look_closing(look, request->as.server.id);

    return answer != NULL && answer->kind == (enum journal_kind)SERVER_RESPONSE
               ? answer->as.server.as.response.code
               : 0;
}

/** The value that a Write has for the path, NULL without one. */
static cJSON *value_of_write(const struct look *look,
                             const struct journal_event *event,
                             struct lwm2m_path path)
{
    const struct server_request_view *request = &event->as.server.as.request;
    struct record_list list;
    struct lwm2m_path base;
    cJSON *value = NULL;

    if (!is_write(event, &base)) {
        return NULL;
    }
    record_list_init(&list);
    if (codec_decode_kind(request->content_format,
                          request->method == METHOD_IPATCH ? PAYLOAD_PATCH
                                                           : PAYLOAD_VALUES,
                          look->definitions, &base, request->payload,
                          request->payload_length, &list, NULL) == STATUS_OK) {
        value = seen_in(&list, path);
        record_list_release(&list);
    }
    return value;
}

/** Of the Writes that were sent until `look` ends, whenever they were
 *  answered in `whole`: a notification may overtake the answer. */
static cJSON *written_in(const struct look *look, const struct look *whole,
                         struct lwm2m_path path)
{
    cJSON *value = NULL;

    for (size_t i = look->end; value == NULL && i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event->kind == (enum journal_kind)SERVER_REQUEST &&
            code_of(whole, event) == COAP_CODE(2, 4)) {
            value = value_of_write(look, event, path);
        }
    }
    return value;
}

cJSON *seen_written(const struct look *look, struct lwm2m_path path)
{
    return written_in(look, look, path);
}

/** Whether the newest Write on the path was answered with an error. */
static bool was_refused(const struct look *look, const struct look *whole,
                        struct lwm2m_path path)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        cJSON *value = value_of_write(look, event, path);
        if (value != NULL) {
            cJSON_Delete(value);
            return code_of(whole, event) >> 5 >= 4;
        }
    }
    return false;
}

/** What the path had when the newest mark was made. */
static cJSON *seen_at_mark(const struct look *look, struct lwm2m_path path)
{
    struct look before = *look;

    while (before.end > 0 &&
           event_store_at(look->events, before.end - 1)->kind != JOURNAL_MARK) {
        before.end--;
    }
    return seen_newest(&before, path);
}

struct seen seen_of(const struct look *look, const struct look *whole,
                    struct lwm2m_path path, cJSON *observed)
{
    return (struct seen){
        .observed = observed,
        .first = seen_first(look, path),
        .newest = seen_newest(look, path),
        .written = written_in(look, whole, path),
        .at_mark = seen_at_mark(look, path),
        .was_refused = was_refused(look, whole, path),
    };
}

void seen_release(struct seen *seen)
{
    cJSON_Delete(seen->observed);
    cJSON_Delete(seen->first);
    cJSON_Delete(seen->newest);
    cJSON_Delete(seen->written);
    cJSON_Delete(seen->at_mark);
    *seen = (struct seen){ .observed = NULL };
}

/** What a word stands for; false when the candidate is a value. */
static bool meaning_of(const cJSON *candidate, const struct seen *seen,
                       const cJSON **out_value)
{
    const char *word = cJSON_GetStringValue(candidate);

    if (word == NULL) {
        return false;
    }
    if (strcmp(word, "unchanged") == 0 || strcmp(word, "near") == 0) {
        *out_value = seen->first;
    } else if (strcmp(word, "shown") == 0) {
        *out_value = seen->newest;
    } else if (strcmp(word, "at-mark") == 0) {
        *out_value = seen->at_mark;
    } else if (strcmp(word, "written") == 0) {
        *out_value = seen->written;
    } else if (strcmp(word, "kept") == 0) {
        *out_value = seen->was_refused ? seen->first : NULL;
    } else {
        return false;
    }
    return true;
}

/** Within 10 % of what it was at first. */
static bool is_near(const cJSON *observed, const cJSON *first)
{
    return cJSON_IsNumber(observed) && cJSON_IsNumber(first) &&
           observed->valuedouble >= 0.9 * first->valuedouble &&
           observed->valuedouble <= 1.1 * first->valuedouble;
}

bool seen_fits(const cJSON *candidate, void *user)
{
    const struct seen *seen = user;
    const char *word = cJSON_GetStringValue(candidate);
    const cJSON *value = candidate;

    if (word != NULL && strcmp(word, "present") == 0) {
        return seen->observed != NULL;
    }
    if (word != NULL && strcmp(word, "absent") == 0) {
        return seen->observed == NULL;
    }
    if (word != NULL && strcmp(word, "near") == 0) {
        return is_near(seen->observed, seen->first);
    }
    (void)meaning_of(candidate, seen, &value); /* else it is the value */
    return seen->observed != NULL && value != NULL &&
           cJSON_Compare(seen->observed, value, true);
}

void seen_value_words(struct words *words, const cJSON *value)
{
    char *text = value != NULL ? cJSON_PrintUnformatted(value) : NULL;

    words_add(words, "%s", text != NULL ? text : "(absent)");
    cJSON_free(text);
}

void seen_words(struct words *words, const cJSON *candidate, void *user)
{
    const struct seen *seen = user;
    const cJSON *value = NULL;

    if (!meaning_of(candidate, seen, &value)) {
        words_json(words, candidate);
        return;
    }
    words_json(words, candidate);
    words_add(words, " (");
    seen_value_words(words, value);
    words_add(words, ")");
}
