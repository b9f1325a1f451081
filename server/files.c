/* SPDX-License-Identifier: Apache-2.0 */

/* Files that devices fetch: the repository behind the endpoint. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "server/server_private.h"

enum { PATH_DIGITS = 16 };

_Static_assert(SERVER_HOST_MAX == ENDPOINT_ADDRESS_MAX, "an address fits");
_Static_assert(REPOSITORY_ETAG_SIZE <= ENDPOINT_ETAG_MAX, "an ETag fits");

static void push_request(struct server *server,
                         const struct endpoint_incoming *request,
                         const struct repository_answer *given)
{
    const struct server_event event = {
        .kind = SERVER_REPOSITORY,
        .time_ms = loop_now_ms(server->loop),
        .id = given->id,
        .endpoint = given->endpoint,
        .as.repository = { .method = request->method,
                           .path = request->path,
                           .peer = request->peer,
                           .on_lwm2m_port = !request->on_second_port,
                           .is_repeated = given->is_repeated,
                           .has_asked = request->has_block2,
                           .asked = request->block2,
                           .code = given->code,
                           .has_block2 = given->has_block2,
                           .block2 = given->block2,
                           .offset = given->offset,
                           .size = given->size,
                           .fault = given->fault,
                           .payload = given->payload,
                           .payload_length = given->payload_length },
    };

    event_queue_push(&server->queue, &event);
}

bool files_take_request(struct server *server,
                        const struct endpoint_incoming *request,
                        struct endpoint_answer *answer)
{
    const struct repository_request wanted = {
        .method = request->method,
        .path = request->path,
        .on_lwm2m_port = !request->on_second_port,
        .peer = request->peer,
        .message_id = request->message_id,
        .has_block2 = request->has_block2,
        .block2 = request->block2,
        .accept = request->accept,
    };
    struct repository_answer given;

    if (!repository_answer(server->repository, &wanted, &given)) {
        if (request->on_second_port) {
            answer->code = COAP_CODE(4, 4);
            server_push_stray(server, request);
        }
        return request->on_second_port;
    }
    answer->code = given.code;
    answer->is_silent = given.code == 0;
    if (given.code == COAP_CODE(2, 5)) {
        answer->has_content = true;
        answer->content = (struct endpoint_content){
            .etag_length = sizeof(given.etag),
            .has_block2 = given.has_block2,
            .block2 = given.block2,
            .has_size2 = given.offset == 0,
            .size2 = (uint32_t)given.size,
            .bytes = given.payload,
            .length = given.payload_length,
        };
        memcpy(answer->content.etag, given.etag, sizeof(given.etag));
    }
    push_request(server, request, &given);
    return true;
}

enum status server_host_for(const struct server *server, const char *endpoint,
                            char out_host[SERVER_HOST_MAX],
                            struct reason *reason)
{
    const struct registration *registration =
        registry_find(server->registry, endpoint);
    bool is_wildcard = strcmp(server->address, "0.0.0.0") == 0 ||
                       strcmp(server->address, "::") == 0;

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

enum status server_publish(struct server *server,
                           const struct repository_resource *wanted,
                           uint64_t *out_id, char out_uri[SERVER_URI_MAX + 1],
                           struct reason *reason)
{
    char host[ENDPOINT_ADDRESS_MAX];
    char fresh[PATH_DIGITS + 2];
    uint64_t random = 0;
    struct repository_resource resource = *wanted;
    uint64_t id = loop_next_id(server->loop);

    if (resource.on_lwm2m_port && server->is_secure) {
        return reason_set(reason, STATUS_INVALID,
                          "the LwM2M port speaks coaps only");
    }
    enum status status =
        server_host_for(server, resource.endpoint, host, reason);
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
    int length =
        snprintf(out_uri, SERVER_URI_MAX + 1, "coap://%s:%u%s", host,
                 resource.on_lwm2m_port ? server_port(server)
                                        : server_repository_port(server),
                 resource.path);
    if (length < 0 || length > SERVER_URI_MAX) {
        return reason_set(reason, STATUS_LIMIT, "a URI of more than %d bytes",
                          SERVER_URI_MAX);
    }
    status = repository_add(server->repository, id, &resource, reason);
    if (status == STATUS_OK) {
        *out_id = id;
    }
    return status;
}

void server_unpublish(struct server *server, uint64_t id)
{
    repository_remove(server->repository, id);
}

void server_publish_resume(struct server *server, uint64_t id)
{
    repository_resume(server->repository, id);
}

uint16_t server_repository_port(const struct server *server)
{
    return endpoint_second_port(server->endpoint);
}
