/* SPDX-License-Identifier: Apache-2.0 */

/* Files that devices fetch by HTTP: who listens, and where. */
#include "server/server_private.h"

/** With a port that is given, each protocol has its own: so many behind it as
 *  Resource 8 has before it. */
static uint16_t port_for(const struct server *server,
                         enum repository_protocol protocol)
{
    return server->repository_port == 0
               ? 0
               : (uint16_t)(server->repository_port + (unsigned)protocol);
}

enum status files_http_open(struct server *server,
                            enum repository_protocol protocol,
                            uint16_t *out_port, bool *out_has_ipv6,
                            struct reason *reason)
{
    enum status status = STATUS_OK;

    if (server->http == NULL) {
        const struct http_config config = {
            .address = server->address,
            .port = port_for(server, protocol),
            .with_ipv6 = server_has_ipv6(server),
            .protocol = protocol,
            .repository = server->repository,
            .loop = server->loop,
            .queue = &server->queue,
        };
        status = http_new(&config, &server->http, reason);
    }
    if (status == STATUS_OK) {
        *out_port = http_port(server->http);
        *out_has_ipv6 = http_has_ipv6(server->http);
    }
    return status;
}

void files_http_drop(struct server *server, uint64_t id)
{
    http_drop(server->http, id);
}

void files_http_resume(struct server *server, uint64_t id)
{
    http_resume(server->http, id);
}

void files_http_release(struct server *server)
{
    http_free(server->http);
    server->http = NULL;
}
