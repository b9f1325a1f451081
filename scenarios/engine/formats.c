/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Requests whose format no test case prescribes: sent in what the device is
 * thought to take, and again when it refuses that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/run_private.h"

enum { GET = 1, FETCH = 5, IPATCH = 7 };
enum { READINGS_MAX = 4 /* of one answer, after the first */ };

static enum negotiation_class class_of(const struct run *run,
                                       const struct lwm2m_path *path)
{
    const struct resource_definition *resource =
        definitions_resource(run_definitions(run), path);

    if (path->depth == 0) {
        return NEGOTIATION_COMPOSITE;
    }
    return path->depth == 4 ||
                   (path->depth == 3 && resource != NULL && !resource->multiple)
               ? NEGOTIATION_VALUE
               : NEGOTIATION_VALUES;
}

int run_accept(const struct run *run, const struct lwm2m_path *path)
{
    return negotiation_first(&run->lane->negotiation, class_of(run, path),
                             false);
}

int run_content_format(const struct run *run, const struct lwm2m_path *path)
{
    return negotiation_first(&run->lane->negotiation, class_of(run, path),
                             true);
}

void formats_register(struct lane *lane,
                      const struct server_registration_view *view)
{
    struct link_list links;

    negotiation_register(&lane->negotiation, view->lwm2m_major,
                         view->lwm2m_minor);
    link_list_init(&links);
    if (link_list_parse((const char *)view->links, view->links_length, NULL,
                        &links, NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < links.count; i++) {
        const struct link *link = &links.links[i];
        for (size_t j = 0; link->is_root && j < link->attribute_count; j++) {
            if (strcmp(link->attributes[j].name, "ct") == 0) {
                negotiation_announce(&lane->negotiation,
                                     link->attributes[j].value);
            }
        }
    }
    link_list_release(&links);
}

static struct run_negotiated *find(struct run *run, uint64_t current)
{
    for (size_t i = 0; i < RUN_NEGOTIATED_MAX; i++) {
        struct run_negotiated *row = &run->negotiated[i];
        if (row->id != 0 && row->current == current) {
            return row;
        }
    }
    return NULL;
}

static struct run_negotiated *find_free(struct run *run)
{
    for (size_t i = 0; i < RUN_NEGOTIATED_MAX; i++) {
        if (run->negotiated[i].id == 0) {
            return &run->negotiated[i];
        }
    }
    return NULL;
}

static void forget(struct run_negotiated *row)
{
    free(row->payload);
    free(row->query);
    *row = (struct run_negotiated){ .id = 0 };
}

void formats_release(struct run *run)
{
    for (size_t i = 0; i < RUN_NEGOTIATED_MAX; i++) {
        forget(&run->negotiated[i]);
    }
}

/** What the request borrows; false when memory ran out. */
static bool copy(const struct server_request *request, uint8_t **out_payload,
                 char **out_query)
{
    uint8_t *payload = NULL;
    char *query = request->query != NULL ? strdup(request->query) : NULL;

    if (request->payload_length > 0) {
        payload = malloc(request->payload_length);
    }
    if ((request->query != NULL && query == NULL) ||
        (request->payload_length > 0 && payload == NULL)) {
        free(payload);
        free(query);
        return false;
    }
    if (payload != NULL) {
        memcpy(payload, request->payload, request->payload_length);
    }
    *out_payload = payload;
    *out_query = query;
    return true;
}

enum status run_send_negotiated(struct run *run, struct server_request *request,
                                bool is_refusal_likely, uint64_t *out_id,
                                struct reason *reason)
{
    struct run_negotiated *row = find_free(run);
    uint8_t *payload = NULL;
    char *query = NULL;

    if (row != NULL && !copy(request, &payload, &query)) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = run_send(run, request, out_id, reason);
    if (status != STATUS_OK || row == NULL) {
        free(payload); /* no row: it is sent all the same, once */
        free(query);
        return status;
    }
    bool is_write = request->method != GET;
    *row = (struct run_negotiated){
        .id = *out_id,
        .current = *out_id,
        .step_first = run->step_first,
        .attempt = negotiation_begin(class_of(run, &request->path), is_write,
                                     is_write ? request->content_format
                                              : request->accept),
        .request = *request,
        .payload = payload,
        .query = query,
    };
    row->attempt.is_refusal_likely = is_refusal_likely;
    row->request.payload = payload;
    row->request.query = query;
    return STATUS_OK;
}

static enum payload_kind kind_of(const struct server_request *request)
{
    return request->method == FETCH    ? PAYLOAD_PATHS
           : request->method == IPATCH ? PAYLOAD_PATCH
                                       : PAYLOAD_VALUES;
}

/** Put the payload of a Write, or the paths of a FETCH, into another format. */
static bool recode(const struct run *run, struct run_negotiated *row,
                   int format)
{
    struct server_request *request = &row->request;
    struct record_list list;
    struct byte_buffer buffer;

    record_list_init(&list);
    byte_buffer_init(&buffer);
    enum payload_kind kind = kind_of(request);
    bool good =
        codec_decode_kind(request->content_format, kind, run_definitions(run),
                          &request->path, request->payload,
                          request->payload_length, &list, NULL) == STATUS_OK &&
        codec_encode_kind(format, kind, &request->path, &list, &buffer, NULL) ==
            STATUS_OK;
    record_list_release(&list);
    if (!good) {
        byte_buffer_release(&buffer);
        return false;
    }
    free(row->payload);
    row->payload = buffer.bytes; /* handed over */
    request->payload = buffer.bytes;
    request->payload_length = buffer.length;
    request->content_format = format;
    return true;
}

/** "4.06 to Accept 11542: again without Accept", and whom it is about. */
static void note(struct run *run, const struct run_negotiated *row,
                 uint64_t refused, uint8_t code, int format)
{
    char text[128];
    char next[16] = "none";
    char last[16] = "none";
    bool is_write = row->attempt.is_write;
    int used = is_write ? row->request.content_format : row->request.accept;
    cJSON *data = cJSON_CreateObject();

    if (used != CONTENT_FORMAT_NONE) {
        (void)snprintf(last, sizeof(last), "%d", used); /* fits */
    }
    if (format != CONTENT_FORMAT_NONE) {
        (void)snprintf(next, sizeof(next), "%d", format); /* fits */
    }
    (void)snprintf(text, sizeof(text), "%u.%02u with %s %s: sent again with %s",
                   code >> 5, code & 0x1fu,
                   is_write ? "Content-Format" : "Accept", last,
                   next); /* fits */
    cJSON_AddStringToObject(data, "text", text);
    cJSON_AddNumberToObject(data, "refused", (double)refused);
    lane_record(run->lane, JOURNAL_NOTE, data);
}

/** Send the request again in a format that the device may take. */
static bool send_again(struct run *run, struct run_negotiated *row,
                       const struct server_response_view *response)
{
    struct negotiation *negotiation = &run->lane->negotiation;
    struct server_request before = row->request;
    uint64_t refused = row->current;
    int format = CONTENT_FORMAT_NONE;

    bool again = negotiation_feed(negotiation, &row->attempt, response->code,
                                  response->content_format, &format);
    while (again && row->attempt.is_write && !recode(run, row, format)) {
        again = negotiation_next(negotiation, &row->attempt, &format);
    }
    if (!again || row->step_first != run->step_first) {
        return false;
    }
    bool is_asked_for =
        before.method == GET ||
        (before.method == FETCH && before.accept != CONTENT_FORMAT_NONE);
    row->request.accept = is_asked_for ? format : before.accept;
    if (run_send(run, &row->request, &row->current, NULL) != STATUS_OK) {
        return false;
    }
    struct run_negotiated noted = *row;
    noted.request.accept = before.accept;
    noted.request.content_format = before.content_format;
    note(run, &noted, refused, response->code, format);
    return true;
}

/** Whether the body is of one moment, as far as can be seen. Without an ETag
 *  two that are equal are of one: AFU-152. */
static bool is_of_one_moment(struct run_negotiated *row,
                             const struct journal_event *event)
{
    const struct server_response_view *response = &event->as.server.as.response;

    if ((int)event->kind == SERVER_TIMEOUT) {
        return !event->as.server.as.failure.has_changed;
    }
    if ((int)event->kind != SERVER_RESPONSE || !response->is_joined ||
        response->code != COAP_CODE(2, 5)) {
        return true;
    }
    uint64_t hash =
        hash_bytes(HASH_START, response->payload, response->payload_length);
    bool is_equal = row->has_joined && row->joined_hash == hash;
    row->has_joined = true;
    row->joined_hash = hash;
    return is_equal;
}

/** An answer in blocks may be of several moments: read it again. */
static bool read_again(struct run *run, struct run_negotiated *row,
                       const struct journal_event *event)
{
    uint64_t before = row->current;

    if (row->request.has_observe || row->step_first != run->step_first ||
        row->readings == READINGS_MAX || is_of_one_moment(row, event) ||
        run_send(run, &row->request, &row->current, NULL) != STATUS_OK) {
        return false;
    }
    row->readings++;
    cJSON *data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "text",
                            "an answer in blocks may be of several moments: "
                            "read again");
    cJSON_AddNumberToObject(data, "refused", (double)before);
    lane_record(run->lane, JOURNAL_NOTE, data);
    return true;
}

bool formats_take(struct run *run, const struct journal_event *event,
                  struct journal_event *out_event)
{
    struct run_negotiated *row = NULL;

    *out_event = *event;
    if ((int)event->kind != SERVER_RESPONSE &&
        (int)event->kind != SERVER_TIMEOUT &&
        (int)event->kind != SERVER_RESET &&
        (int)event->kind != SERVER_SESSION_LOST) {
        return true;
    }
    row = find(run, event->as.server.id);
    if (row == NULL) {
        return true;
    }
    bool is_response = (int)event->kind == SERVER_RESPONSE;
    if ((is_response && send_again(run, row, &event->as.server.as.response)) ||
        read_again(run, row, event)) {
        return false;
    }
    out_event->as.server.id = row->id;
    forget(row);
    return true;
}
