/* SPDX-License-Identifier: Apache-2.0 */

/* What goes wrong on purpose with single messages of a device. */
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

    if (hook->path != NULL && !hook->of_files && registration != NULL &&
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
