/* SPDX-License-Identifier: Apache-2.0 */

/* Answers of the file server that go out later than libcoap's handler ends:
 * what a device has to cope with. RFC 7252, 5.2.2 and 5.2.3. */
#include <stdlib.h>
#include <string.h>

#include "server/server_private.h"

enum {
    BLOCK_MAX = 1024, /* bytes of a block: RFC 7959, 2.2 */
    LATE_MAX = 256,   /* at a time */
};

struct late {
    uint64_t file;
    uint64_t timer;
    const struct endpoint_ways *ways; /* NULL: the endpoint's */
    void *session;                    /* held */
    struct endpoint_late answer;
    uint8_t bytes[BLOCK_MAX]; /* that `answer` leads to */
    struct late *next;
};

static void free_late(struct server *server, struct late *late)
{
    loop_timer_stop(server->loop, late->timer);
    if (late->ways != NULL) {
        late->ways->release(late->session);
    } else {
        endpoint_session_release(late->session);
    }
    free(late);
}

static size_t count(const struct server *server)
{
    size_t used = 0;

    for (const struct late *row = server->late; row != NULL; row = row->next) {
        used++;
    }
    return used;
}

void late_add(struct server *server, const struct endpoint_incoming *request,
              const struct endpoint_answer *answer, uint64_t id,
              uint32_t after_ms, bool is_separate)
{
    struct late *late =
        count(server) < LATE_MAX ? calloc(1, sizeof(*late)) : NULL;

    if (late == NULL || answer->content.length > BLOCK_MAX ||
        loop_timer_start(server->loop, after_ms, &late->timer, NULL) !=
            STATUS_OK) {
        free(late);
        return;
    }
    late->file = id;
    late->session = request->session;
    late->answer =
        (struct endpoint_late){ .token_length = request->token_length,
                                .message_id = request->message_id,
                                .is_separate = is_separate,
                                .is_non = request->is_non,
                                .answer = *answer };
    memcpy(late->answer.token, request->token, sizeof(request->token));
    if (answer->content.length > 0) {
        memcpy(late->bytes, answer->content.bytes, answer->content.length);
    }
    late->answer.answer.content.bytes = late->bytes;
    late->ways = request->ways;
    if (late->ways != NULL) {
        late->ways->keep(late->session);
    } else {
        endpoint_session_keep(late->session);
    }
    late->next = server->late;
    server->late = late;
}

bool late_waits(const struct server *server,
                const struct endpoint_incoming *request)
{
    for (const struct late *row = server->late; row != NULL; row = row->next) {
        if (row->session == request->session &&
            row->answer.message_id == request->message_id) {
            return true;
        }
    }
    return false;
}

bool late_take_timer(struct server *server, uint64_t timer)
{
    for (struct late **link = &server->late; *link != NULL;
         link = &(*link)->next) {
        struct late *late = *link;
        if (late->timer == timer) {
            *link = late->next;
            if (late->ways != NULL) {
                late->ways->respond(late->session, &late->answer);
            } else {
                endpoint_respond(server->endpoint, late->session,
                                 &late->answer);
            }
            free_late(server, late);
            return true;
        }
    }
    return false;
}

void late_drop(struct server *server, uint64_t id)
{
    struct late **link = &server->late;

    while (*link != NULL) {
        struct late *late = *link;
        if (id == 0 || late->file == id) {
            *link = late->next;
            free_late(server, late);
        } else {
            link = &late->next;
        }
    }
}
