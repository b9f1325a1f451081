/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/engine/run.h"

/** The root path of a request, "/lwm2m" of "/lwm2m/33629"; false when it has
 *  none, or a longer one than devices have. */
static bool root_of(const struct journal_event *request, char *root,
                    size_t size)
{
    const char *path = request->as.server.as.request.path;
    struct lwm2m_path parsed;

    for (const char *rest = path; rest != NULL; rest = strchr(rest + 1, '/')) {
        size_t length = (size_t)(rest - path);
        if (lwm2m_path_parse(rest, strlen(rest), &parsed, NULL) == STATUS_OK) {
            if (length == 0 || length >= size) {
                return false;
            }
            memcpy(root, path, length);
            root[length] = '\0';
            return true;
        }
        if (*rest == '\0') {
            return false;
        }
    }
    return false;
}

static bool has_lwm2m(const struct link_list *links)
{
    for (size_t i = 0; i < links->count; i++) {
        if (links->links[i].is_lwm2m) {
            return true;
        }
    }
    return false;
}

enum status links_of_event(const struct event_store *events,
                           const struct journal_event *event,
                           struct link_list *out_links, struct reason *reason)
{
    const struct journal_event *request = request_of_event(events, event);
    const struct server_response_view *response = &event->as.server.as.response;
    const char *text = (const char *)response->payload;
    char root[64];

    if ((int)event->kind != SERVER_RESPONSE || text == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND, "no links");
    }
    if (request != NULL && root_of(request, root, sizeof(root))) {
        enum status status = link_list_parse(text, response->payload_length,
                                             root, out_links, reason);
        if (status != STATUS_OK || has_lwm2m(out_links)) {
            return status;
        }
        link_list_release(out_links);
    }
    return link_list_parse(text, response->payload_length, NULL, out_links,
                           reason);
}
