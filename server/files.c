/* SPDX-License-Identifier: Apache-2.0 */

/* Files that devices fetch: the repository behind the endpoint. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "server/server_private.h"

enum {
    PATH_DIGITS = 16,
    TARGET_MAX = REPOSITORY_PATH_MAX + 1,
    SEGMENT_MAX = 200, /* of a lengthened path; an option has 255 bytes */
};

static const char hex[] = "0123456789abcdef";

_Static_assert(SERVER_HOST_MAX == ENDPOINT_ADDRESS_MAX, "an address fits");
_Static_assert(REPOSITORY_ETAG_SIZE <= ENDPOINT_ETAG_MAX, "an ETag fits");

static void push_request(struct server *server,
                         const struct endpoint_incoming *request,
                         const struct repository_request *wanted,
                         const struct repository_answer *given)
{
    const struct server_event event = {
        .kind = SERVER_REPOSITORY,
        .time_ms = loop_now_ms(server->loop),
        .id = given->id,
        .endpoint = given->endpoint,
        .as.repository = { .method = request->method,
                           .path = wanted->path,
                           .peer = request->peer,
                           .protocol =
                               wanted->protocol != REPOSITORY_COAP
                                   ? repository_protocol_name(wanted->protocol)
                                   : NULL,
                           .on_lwm2m_port = wanted->on_lwm2m_port,
                           .is_repeated = given->is_repeated,
                           .has_asked = request->has_block2,
                           .asked = request->block2,
                           .code = given->code,
                           .has_block2 = given->has_block2,
                           .block2 = given->block2,
                           .offset = given->offset,
                           .size = given->size,
                           .is_other = given->is_other,
                           .fault = given->fault,
                           .ends = given->ends,
                           .payload = given->payload,
                           .payload_length = given->payload_length },
    };

    event_queue_push(&server->queue, &event);
}

/** Path and queries as one text; cut where it is too long to be a file's. */
static void join_target(const struct endpoint_incoming *request,
                        char target[TARGET_MAX])
{
    size_t used = 0;
    int length = snprintf(target, TARGET_MAX, "%s", request->path);

    for (size_t i = 0; length >= 0 && i < request->query_count; i++) {
        used += (size_t)length;
        if (used >= TARGET_MAX) {
            return;
        }
        length = snprintf(target + used, TARGET_MAX - used, "%c%.*s",
                          i == 0 ? '?' : '&', (int)request->queries[i].length,
                          (const char *)request->queries[i].bytes);
    }
}

static void fill_content(const struct repository_answer *given,
                         struct endpoint_answer *answer)
{
    answer->has_content = true;
    answer->content = (struct endpoint_content){
        .etag_length = given->has_etag ? sizeof(given->etag) : 0,
        .has_block2 = given->has_block2,
        .block2 = given->block2,
        .has_size2 = given->has_size2,
        .size2 = (uint32_t)given->size2,
        .bytes = given->payload,
        .length = given->payload_length,
    };
    memcpy(answer->content.etag, given->etag, sizeof(given->etag));
}

/** When and how often it goes out. */
static void schedule(struct server *server,
                     const struct endpoint_incoming *request,
                     const struct repository_answer *given,
                     struct endpoint_answer *answer)
{
    bool waits = late_waits(server, request);
    bool is_late = (given->late_ms > 0 || given->is_separate) &&
                   (waits || !given->is_repeated);

    if (answer->is_silent) {
        return;
    }
    if (given->is_double) {
        late_add(server, request, answer, given->id, given->late_ms,
                 given->is_separate);
    }
    if (is_late && !waits) {
        late_add(server, request, answer, given->id, given->late_ms,
                 given->is_separate);
    }
    answer->is_postponed = is_late && given->is_separate && !request->is_non;
    answer->is_silent = is_late && !answer->is_postponed;
}

/** @param is_again  it met silence before
 *  @return false when there is no such file */
static bool take_request(struct server *server,
                         const struct endpoint_incoming *request,
                         enum repository_protocol protocol, bool on_lwm2m_port,
                         bool is_again, struct endpoint_answer *answer)
{
    char target[TARGET_MAX];
    const struct repository_request wanted = {
        .method = request->method,
        .path = target,
        .protocol = protocol,
        .on_lwm2m_port = on_lwm2m_port,
        .peer = request->peer,
        .message_id = request->message_id,
        .has_block2 = request->has_block2,
        .block2 = request->block2,
        .accept = request->accept,
    };
    struct repository_answer given;

    if (request->on_other_port) {
        return false;
    }
    join_target(request, target);
    if (!repository_answer(server->repository, &wanted, &given)) {
        return false;
    }
    answer->code = given.code;
    answer->is_silent = given.code == 0;
    answer->max_age_s = given.max_age_s;
    answer->closes = given.closes;
    answer->resets = given.resets;
    if (given.code == COAP_CODE(2, 5)) {
        fill_content(&given, answer);
    }
    given.is_repeated = given.is_repeated || is_again;
    schedule(server, request, &given, answer);
    if (given.ends && given.code == 0 && request->ways != NULL) {
        held_add(server, request, &wanted, given.id);
    }
    push_request(server, request, &wanted, &given);
    return true;
}

bool files_take_request(struct server *server,
                        const struct endpoint_incoming *request,
                        struct endpoint_answer *answer)
{
    if (take_request(server, request, REPOSITORY_COAP, !request->on_second_port,
                     false, answer)) {
        return true;
    }
    if (request->on_second_port) {
        answer->code = COAP_CODE(4, 4);
        server_push_stray(server, request);
    }
    return request->on_second_port;
}

void files_take_port_request(const struct endpoint_incoming *request,
                             struct endpoint_answer *answer, void *user)
{
    const struct file_port *port = user;
    struct server *server = file_port_server(port);

    if (request->refusal != NULL) {
        answer->code = request->refusal_code;
    } else if (take_request(server, request, file_port_protocol(port), false,
                            false, answer)) {
        return;
    } else {
        answer->code = COAP_CODE(4, 4);
    }
    server_push_stray(server, request);
}

void files_answer_again(struct server *server,
                        const struct endpoint_incoming *request,
                        enum repository_protocol protocol)
{
    struct endpoint_late late = { .token_length = request->token_length,
                                  .message_id = request->message_id };

    memcpy(late.token, request->token, sizeof(request->token));
    if (take_request(server, request, protocol, false, true, &late.answer)) {
        request->ways->respond(request->session, &late);
    }
}

enum status server_host_for(const struct server *server, const char *endpoint,
                            char out_host[SERVER_HOST_MAX],
                            struct reason *reason)
{
    const struct registration *registration =
        registry_find(server->registry, endpoint);
    bool is_wildcard = strcmp(server->address, "0.0.0.0") == 0 ||
                       strcmp(server->address, "::") == 0;

    if (is_wildcard && server->has_relays) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "no address for '%.64s' to fetch from: behind the "
                          "relay --bind has to name one",
                          endpoint);
    }
    if (registration != NULL &&
        endpoint_session_host(registration->session, out_host)) {
        return STATUS_OK;
    }
    if (is_wildcard) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "no address for '%.64s' to fetch from: it is not "
                          "registered",
                          endpoint);
    }
    (void)snprintf(out_host, SERVER_HOST_MAX,
                   strchr(server->address, ':') != NULL ? "[%s]" : "%s",
                   server->address); /* numeric, so it fits */
    return STATUS_OK;
}

bool server_has_ipv6(const struct server *server)
{
    return endpoint_has_ipv6(server->endpoint) &&
           relays_have_ipv6(server, endpoint_second_port(server->endpoint));
}

/** "%20" is what it stands for. */
static void decode(const char *text, char *out_text)
{
    while (*text != '\0') {
        const char *high = *text == '%' ? strchr(hex, text[1] | 0x20) : NULL;
        const char *low =
            high != NULL && *high != '\0' ? strchr(hex, text[2] | 0x20) : NULL;
        if (low != NULL && *low != '\0') {
            *out_text++ = (char)((high - hex) << 4 | (low - hex));
            text += 3;
        } else {
            *out_text++ = *text++;
        }
    }
    *out_text = '\0';
}

/** Lengthen a text by segments of a path up to `length` bytes. */
static void lengthen(char *text, size_t length)
{
    size_t used = strlen(text);

    for (size_t i = 0; used < length; i++) {
        bool is_slash = i % SEGMENT_MAX == 0 && used + 1 < length;
        text[used++] = is_slash ? '/' : 'a';
    }
    text[used] = '\0';
}

/** Where a file is offered. */
struct door {
    uint16_t port;
    bool has_ipv6;
};

/** A port that is opened for it, if need be. */
static enum status open_file_port(struct server *server,
                                  enum repository_protocol protocol,
                                  const struct server_place *place,
                                  struct door *out_door, struct reason *reason)
{
    const enum authority_kind kind =
        place != NULL ? place->credentials : AUTHORITY_GOOD;
    const struct file_port *port = NULL;
    enum status status = file_ports_open(server, protocol, kind, &port, reason);

    if (status == STATUS_OK) {
        *out_door =
            (struct door){ file_port_number(port), file_port_has_ipv6(port) };
    }
    return status;
}

/** The port of the protocol, opened if need be. */
static enum status open_door(struct server *server,
                             const struct repository_resource *resource,
                             const struct server_place *place,
                             struct door *out_door, struct reason *reason)
{
    switch (resource->protocol) {
    case REPOSITORY_COAP:
        out_door->port = resource->on_lwm2m_port
                             ? server_port(server)
                             : server_repository_port(server);
        out_door->has_ipv6 = server_has_ipv6(server);
        return STATUS_OK;
    case REPOSITORY_COAPS:
    case REPOSITORY_HTTP:
    case REPOSITORY_HTTPS:
    case REPOSITORY_COAP_TCP:
    case REPOSITORY_COAPS_TCP:
        return open_file_port(server, resource->protocol, place, out_door,
                              reason);
    case REPOSITORY_PROTOCOLS:
        break;
    }
    return reason_set(reason, STATUS_NOT_FOUND, "no file is offered by %s",
                      repository_protocol_name(resource->protocol));
}

/** The URI, and where its path begins.
 *  @param path  of the resource */
static enum status make_uri(const struct door *door, const char *host,
                            const struct repository_resource *resource,
                            const struct server_place *place,
                            char out_uri[SERVER_URI_MAX + 1],
                            const char **out_path, struct reason *reason)
{
    static const struct server_place nowhere = { .target = NULL };
    const struct server_place *at = place != NULL ? place : &nowhere;
    bool is_ipv6 = at->by_ipv6;
    int start = snprintf(out_uri, SERVER_URI_MAX + 1, "%s://%s:%u",
                         repository_protocol_name(resource->protocol),
                         is_ipv6 ? "[::1]" : host, door->port); /* fits */
    size_t left = SERVER_URI_MAX + 1 - (size_t)start;
    int length = snprintf(out_uri + start, left, "%s%s", resource->path,
                          at->target != NULL ? at->target : "");

    if (is_ipv6 && !door->has_ipv6) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "no file is offered at [::1] here");
    }
    if (length < 0 || (size_t)length >= left ||
        at->uri_length > SERVER_URI_MAX) {
        return reason_set(reason, STATUS_LIMIT, "a URI of more than %d bytes",
                          SERVER_URI_MAX);
    }
    lengthen(out_uri, at->uri_length);
    *out_path = out_uri + start;
    return STATUS_OK;
}

enum status server_publish(struct server *server,
                           const struct repository_resource *wanted,
                           const struct server_place *place, uint64_t *out_id,
                           char out_uri[SERVER_URI_MAX + 1],
                           struct reason *reason)
{
    char host[ENDPOINT_ADDRESS_MAX];
    char fresh[PATH_DIGITS + 2];
    char path[SERVER_URI_MAX + 1];
    const char *coded = "";
    uint64_t random = 0;
    struct door door = { .port = 0 };
    struct repository_resource resource = *wanted;
    uint64_t id = loop_next_id(server->loop);

    if (resource.on_lwm2m_port && server->is_secure) {
        return reason_set(reason, STATUS_INVALID,
                          "the LwM2M port speaks coaps only");
    }
    enum status status =
        server_host_for(server, resource.endpoint, host, reason);
    if (status == STATUS_OK) {
        status = open_door(server, &resource, place, &door, reason);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (resource.path == NULL) {
        if (getrandom(&random, sizeof(random), GRND_NONBLOCK) !=
            (ssize_t)sizeof(random)) {
            return reason_set(reason, STATUS_NOT_FOUND, "no random numbers");
        }
        (void)snprintf(fresh, sizeof(fresh), "/%016" PRIx64, random); /* fits */
        resource.path = fresh;
    }
    status = make_uri(&door, host, &resource, place, out_uri, &coded, reason);
    if (status == STATUS_OK) {
        decode(coded, path);
        resource.path = path;
        status = repository_add(server->repository, id, &resource, reason);
    }
    if (status == STATUS_OK) {
        *out_id = id;
    }
    return status;
}

void server_unpublish(struct server *server, uint64_t id)
{
    late_drop(server, id);
    held_drop(server, id);
    file_ports_drop(server, id);
    repository_remove(server->repository, id);
}

void server_publish_resume(struct server *server, uint64_t id)
{
    repository_resume(server->repository, id);
    file_ports_resume(server, id);
    held_resume(server, id);
}

uint16_t server_repository_port(const struct server *server)
{
    return relays_port(server, endpoint_second_port(server->endpoint));
}
