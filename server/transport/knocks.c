/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/knocks.h"

#include <string.h>

/* libcoap has no public call for a session that nobody holds; it is linked
 * statically, and `setup` says which version. It does the same itself with the
 * oldest idle session, right before it tells of a new one. */
void coap_session_free(coap_session_t *session);

static void remove_at(struct knocks *knocks, size_t index)
{
    knocks->count--;
    memmove(&knocks->sessions[index], &knocks->sessions[index + 1],
            (knocks->count - index) * sizeof(knocks->sessions[0]));
}

/** Those that came with their cookie are idle sessions, which have a limit. */
static void drop_known(struct knocks *knocks)
{
    size_t kept = 0;

    for (size_t i = 0; i < knocks->count; i++) {
        coap_session_t *session = knocks->sessions[i];
        if (coap_session_get_type(session) == COAP_SESSION_TYPE_HELLO) {
            knocks->sessions[kept++] = session;
        }
    }
    knocks->count = kept;
}

static void add(struct knocks *knocks, coap_session_t *session)
{
    drop_known(knocks);
    if (knocks->count == KNOCKS_MAX) {
        coap_session_t *oldest = knocks->sessions[0];
        remove_at(knocks, 0);
        coap_session_free(oldest);
    }
    knocks->sessions[knocks->count++] = session;
}

void knocks_take(struct knocks *knocks, coap_session_t *session,
                 coap_event_t event)
{
    if (event == COAP_EVENT_SERVER_SESSION_NEW &&
        coap_session_get_type(session) == COAP_SESSION_TYPE_HELLO) {
        add(knocks, session);
        return;
    }
    for (size_t i = 0;
         event == COAP_EVENT_SERVER_SESSION_DEL && i < knocks->count; i++) {
        if (knocks->sessions[i] == session) {
            remove_at(knocks, i);
            return;
        }
    }
}
