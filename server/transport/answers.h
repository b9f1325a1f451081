/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_ANSWERS_H
#define SERVER_TRANSPORT_ANSWERS_H

/*
 * Private to server/transport: answers given lately, so that a repeated
 * request gets the same answer and is acted on once; libcoap does not do it.
 *
 * A request is the same when the peer and every byte of the datagram are: a
 * message ID or token that a restarted device uses again with another path or
 * parameter is another request.
 *
 * Departs: RFC 7252, 4.5 asks for EXCHANGE_LIFETIME (247 s). The last
 * retransmission leaves within MAX_TRANSMIT_SPAN (45 s, 4.8.2); later the same
 * bytes are rather a restarted device, and answering its Register from memory
 * would hide the restart. For the same reason a peer's answers are forgotten
 * when an Execute goes out to it: a device that counts from zero again and
 * keeps its port may register with the very bytes it used before. Acting
 * twice on a repeated Register is harmless beside that.
 */
#include <stddef.h>
#include <stdint.h>

#include "server/transport/endpoint.h"

#define ANSWERS_SPAN_MS 50000u /**< MAX_TRANSMIT_SPAN and 5 s on the way */

struct remembered {
    uint64_t hash; /* of peer and datagram */
    uint64_t peer; /* hash of its address; 0: unused or forgotten */
    uint64_t time_ms;
    size_t next; /* of the same bucket: its place and 1; 0: none */
    struct endpoint_answer answer;
};

/** All zero is empty. */
struct answers {
    struct remembered rows[ENDPOINT_REMEMBERED]; /* a ring */
    size_t buckets[ENDPOINT_REMEMBERED];         /* by hash, as `next` */
    size_t next;
};

/** Of the peer's address text and the datagram; never 0. */
uint64_t answers_hash(const char *peer, const uint8_t *bytes, size_t length);
/** The answer to this request, NULL when it is new or long ago. */
const struct endpoint_answer *answers_find(const struct answers *answers,
                                           uint64_t hash, uint64_t now_ms);
/** Remember; the oldest makes room. */
void answers_add(struct answers *answers, const char *peer, uint64_t hash,
                 const struct endpoint_answer *answer, uint64_t now_ms);
/** Forget what this peer was answered. */
void answers_forget(struct answers *answers, const char *peer);

#endif
