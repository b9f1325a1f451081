/* SPDX-License-Identifier: Apache-2.0 */

/* What goes wrong on purpose: with single messages of a device, and with the
 * network before it. */
#include <stdio.h>
#include <string.h>

#include "server/server_private.h"

#define PATH_TEXT_SIZE 256

enum status server_arm(struct server *server, const struct server_hook *hook,
                       uint64_t *out_id, struct reason *reason)
{
    const struct registration *registration =
        registry_find(server->registry, hook->endpoint);
    char path[SERVER_HOOK_PATH_MAX + PATH_TEXT_SIZE];
    struct server_hook below = *hook;

    if (hook->path != NULL && registration != NULL &&
        strlen(registration->root) < PATH_TEXT_SIZE &&
        strlen(hook->path) < SERVER_HOOK_PATH_MAX &&
        strncmp(hook->path, "/rd", 3) != 0) {
        (void)snprintf(path, sizeof(path), "%s%s", registration->root,
                       hook->path); /* fits */
        below.path = path;
    }
    return endpoint_arm(server->endpoint, &below, out_id, reason);
}

unsigned server_disarm(struct server *server, uint64_t id)
{
    return endpoint_disarm(server->endpoint, id);
}

bool server_has_relay(const struct server *server)
{
    return server->relay != NULL;
}

void server_set_network(struct server *server, bool of_files,
                        const struct impairment *impairment)
{
    struct relay *relay = of_files ? server->file_relay : server->relay;

    if (relay != NULL) {
        relay_set(relay, impairment);
    }
}

/** The port by which a device comes from the relay. */
static enum status find_relayed(const struct server *server,
                                const char *endpoint, uint16_t *out_port,
                                struct reason *reason)
{
    const struct registration *registration =
        registry_find(server->registry, endpoint);

    if (server->relay == NULL) {
        return reason_set(reason, STATUS_INVALID, "there is no relay");
    }
    if (registration == NULL || registration->session == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND, "'%s' is not registered",
                          endpoint);
    }
    *out_port = endpoint_session_peer_port(registration->session);
    return STATUS_OK;
}

enum status server_cut(struct server *server, const char *endpoint, bool is_cut,
                       struct reason *reason)
{
    uint16_t port = 0;
    enum status status = endpoint != NULL || server->relay == NULL
                             ? find_relayed(server, endpoint, &port, reason)
                             : STATUS_OK;

    if (status == STATUS_OK && !relay_cut(server->relay, port, is_cut)) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "'%s' does not come by the relay", endpoint);
    }
    return status;
}

enum status server_move(struct server *server, const char *endpoint,
                        struct reason *reason)
{
    uint16_t port = 0;
    enum status status = find_relayed(server, endpoint, &port, reason);

    if (status == STATUS_OK && !relay_move(server->relay, port)) {
        return reason_set(reason, STATUS_NOT_FOUND, "'%s' got no other address",
                          endpoint);
    }
    return status;
}

enum status server_send_malformed(struct server *server, const char *endpoint,
                                  enum server_malformed kind, uint64_t *out_id,
                                  struct reason *reason)
{
    const struct registration *registration =
        registry_find(server->registry, endpoint);

    if (registration == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND, "'%s' is not registered",
                          endpoint);
    }
    return endpoint_send_malformed(server->endpoint, registration->session,
                                   kind, out_id, reason);
}
