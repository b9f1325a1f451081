/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_KNOCKS_H
#define SERVER_TRANSPORT_KNOCKS_H

/*
 * Private to server/transport: who began a handshake by DTLS and has not shown
 * yet that the address is its own. libcoap 4.3.5 keeps each of them for 30 s,
 * outside of its limit for idle sessions, with buffers of 40 KB, and at its
 * limit of handshakes refuses all others: two thousand datagrams would keep out
 * every device. Here the oldest makes room. RFC 6347, 4.2.1.
 */
#include <coap3/coap.h>
#include <stddef.h>

enum { KNOCKS_MAX = 256 };

/** The oldest first; loans of libcoap. All zero: nobody. */
struct knocks {
    coap_session_t *sessions[KNOCKS_MAX];
    size_t count;
};

/** What libcoap tells of a session, from within its handler. */
void knocks_take(struct knocks *knocks, coap_session_t *session,
                 coap_event_t event);

#endif
