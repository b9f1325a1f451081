/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Requests over a stream that met a file server which says nothing, on purpose
 * and for a while. A message is not sent again there (RFC 8323, 3.4), so that
 * they are answered as soon as the file server goes on, as by HTTP.
 */
#include <stdlib.h>
#include <string.h>

#include "server/server_private.h"

enum { HELD_MAX = 256 }; /* at a time; what is more has no answer */

struct held {
    uint64_t file;
    enum repository_protocol protocol;
    struct endpoint_incoming request; /* its session is held */
    char *target;                     /* owned, of the request */
    char *peer;                       /* owned, of the request */
    struct held *next;
};

static void free_held(struct held *held)
{
    if (held->request.session != NULL) {
        held->request.ways->release(held->request.session);
    }
    free(held->target);
    free(held->peer);
    free(held);
}

static size_t count(const struct server *server)
{
    size_t used = 0;

    for (const struct held *row = server->held; row != NULL; row = row->next) {
        used++;
    }
    return used;
}

void held_add(struct server *server, const struct endpoint_incoming *request,
              const struct repository_request *wanted, uint64_t id)
{
    struct held *held =
        count(server) < HELD_MAX ? calloc(1, sizeof(*held)) : NULL;

    if (held == NULL) {
        return;
    }
    held->target = strdup(wanted->path);
    held->peer = strdup(request->peer);
    if (held->target == NULL || held->peer == NULL) {
        free_held(held);
        return;
    }
    held->file = id;
    held->protocol = wanted->protocol;
    held->request = *request;
    held->request.path = held->target; /* with the queries */
    held->request.queries = NULL;
    held->request.query_count = 0;
    held->request.peer = held->peer;
    held->request.payload = NULL;
    held->request.payload_length = 0;
    request->ways->keep(request->session);
    held->next = server->held;
    server->held = held;
}

/** The last one that has been waiting, so that what came first goes first.
 *  @param id  of the file; 0: of any @return NULL: there is none */
static struct held *take(struct server *server, uint64_t id)
{
    struct held **found = NULL;

    for (struct held **link = &server->held; *link != NULL;
         link = &(*link)->next) {
        if (id == 0 || (*link)->file == id) {
            found = link;
        }
    }
    struct held *held = found != NULL ? *found : NULL;
    if (held != NULL) {
        *found = held->next;
    }
    return held;
}

void held_resume(struct server *server, uint64_t id)
{
    size_t left = count(server); /* one that is held again waits */

    for (; left > 0; left--) {
        struct held *held = take(server, id);
        if (held == NULL) {
            return;
        }
        const struct endpoint_incoming *request = &held->request;
        if (request->ways->is_open(request->session)) {
            files_answer_again(server, request, held->protocol);
        }
        free_held(held);
    }
}

void held_drop(struct server *server, uint64_t id)
{
    for (struct held *held = take(server, id); held != NULL;
         held = take(server, id)) {
        free_held(held);
    }
}
