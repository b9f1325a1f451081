/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/engine/run.h"

enum { GET = 1, FETCH = 5 };
enum { OBJECT_AFU = 33629, RESOURCE_STATE = 3, RESOURCE_RESULT = 5 };

const struct journal_event *request_of_event(const struct event_store *events,
                                             const struct journal_event *event)
{
    return (int)event->kind < SERVER_EVENT_KINDS
               ? event_store_request(events, event)
               : NULL;
}

/** The path of the request, without an alternate root. */
static bool request_path(const struct journal_event *request,
                         struct lwm2m_path *out_path)
{
    const char *text = request->as.server.as.request.path;

    while (text != NULL && *text != '\0') {
        if (lwm2m_path_parse(text, strlen(text), out_path, NULL) == STATUS_OK) {
            return true;
        }
        text = strchr(text + 1, '/');
    }
    return false;
}

/** A Read or Observe, or a composite one of the root. */
static bool asks_for_values(const struct journal_event *request,
                            struct lwm2m_path *out_base)
{
    const struct server_request_view *view = &request->as.server.as.request;

    if (view->method == FETCH) {
        *out_base = (struct lwm2m_path){ .depth = 0 };
        return true;
    }
    return view->method == GET && view->accept != CONTENT_FORMAT_LINK &&
           request_path(request, out_base);
}

/** The values of a Send that was taken. */
static enum status view_of_send(const struct journal_event *event,
                                const struct definitions *definitions,
                                struct view *out_view, struct reason *reason)
{
    const struct server_send_view *send = &event->as.server.as.send;
    struct view view = { .base = { .depth = 0 },
                         .sequence = event->sequence,
                         .sent_ms = event->time_ms,
                         .time_ms = event->time_ms };

    if (send->code >> 5 != 2) {
        return reason_set(reason, STATUS_NOT_FOUND, "a refused Send");
    }
    record_list_init(&view.records);
    enum status status = codec_decode(
        send->content_format, definitions, &view.base, send->payload,
        send->payload_length, &view.records, reason);
    if (status == STATUS_OK) {
        *out_view = view;
    }
    return status == STATUS_INVALID ? STATUS_MALFORMED : status;
}

enum status view_of_event(const struct event_store *events,
                          const struct journal_event *event,
                          const struct definitions *definitions,
                          struct view *out_view, struct reason *reason)
{
    struct view view = { .sequence = event->sequence };

    if ((int)event->kind == SERVER_SEND) {
        return view_of_send(event, definitions, out_view, reason);
    }
    if ((int)event->kind != SERVER_RESPONSE &&
        (int)event->kind != SERVER_NOTIFICATION) {
        return reason_set(reason, STATUS_NOT_FOUND, "no response");
    }
    const struct server_response_view *response = &event->as.server.as.response;
    const struct journal_event *request = request_of_event(events, event);
    if (request == NULL || response->code != COAP_CODE(2, 5) ||
        !asks_for_values(request, &view.base)) {
        return reason_set(reason, STATUS_NOT_FOUND, "no values");
    }
    view.sent_ms = request->time_ms;
    view.time_ms = event->time_ms;
    record_list_init(&view.records);
    enum status status = codec_decode(
        response->content_format, definitions, &view.base, response->payload,
        response->payload_length, &view.records, reason);
    if (status == STATUS_INVALID) {
        status = STATUS_MALFORMED; /* a format that we cannot read */
    }
    if (status == STATUS_OK) {
        *out_view = view;
    }
    return status;
}

void view_release(struct view *view)
{
    record_list_release(&view->records);
}

static int small_integer(const struct view *view, uint16_t instance,
                         uint16_t resource)
{
    const struct lwm2m_record *record = record_list_find(
        &view->records, lwm2m_path_resource(OBJECT_AFU, instance, resource));

    if (record == NULL || record->value.type != LWM2M_TYPE_INTEGER ||
        record->value.as.integer < 0 || record->value.as.integer > 255) {
        return -1;
    }
    return (int)record->value.as.integer;
}

void view_pair(const struct view *view, uint16_t instance, int *out_state,
               int *out_result)
{
    *out_state = small_integer(view, instance, RESOURCE_STATE);
    *out_result = small_integer(view, instance, RESOURCE_RESULT);
}
