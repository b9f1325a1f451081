/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_GUARD_H
#define SERVER_TRANSPORT_GUARD_H

/*
 * Private to server/transport: what libcoap would swallow without a word.
 *
 * libcoap puts bodies together that come in blocks. It asks for blocks of an
 * answer without end, reserves the size that a peer announces, and where the
 * blocks do not fit together it hands a part of the body on as if it were
 * all of it (4.3.5: another block size, Content-Format or first number; no
 * Block2 in the middle). Here each message is looked at before libcoap sees
 * it. An answer that breaks a body is refused, and so is one with a critical option
 * that is unknown (libcoap drops it without a word and goes on repeating the
 * request) or with a code that does not exist (libcoap counts its request as
 * open for ever, and with NSTART 1 sends no other): libcoap sees a bare 5.00,
 * ends the request, and the caller tells why. Of requests in blocks libcoap sees each
 * as one without; uploads.h puts them together.
 *
 * Spec: RFC 7959, 2.2 to 2.5.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/event.h"
#include "server/transport/option_reader.h"

#define GUARD_BODY_MAX (1024u * 1024) /**< bytes of one body in blocks */

enum {
    GUARD_ANSWERS = 256, /* answers in blocks under way; the oldest goes */
    GUARD_SENT = 4096,   /* messages sent lately */
    GUARD_WHY_SIZE = 128,
    GUARD_ETAG_MAX = 8,
};

/** An answer in blocks of which more is to come. */
struct guard_answer {
    uint64_t key;      /* hash of way and token; 0: unused */
    uint64_t before;   /* of the token that it had before the last request */
    uint64_t request;  /* hash of way and request; 0: not known */
    uint32_t received; /* number of the last block */
    uint32_t asked;    /* number of the next one; 0: not asked for yet */
    uint32_t format;   /* Content-Format + 1; 0: none */
    uint8_t szx;
    bool is_blind; /* its first blocks were not seen: all but szx may differ */
    uint8_t etag[GUARD_ETAG_MAX];
    size_t etag_length;
};

/** A Confirmable or Non-confirmable message sent lately. */
struct guard_sent {
    uint64_t mid;     /* hash of way and message ID */
    uint64_t token;   /* hash of way and token */
    uint64_t request; /* hash of way, path, query and Accept; 0: no request */
};

/** All zero is empty. */
struct guard {
    struct guard_answer answers[GUARD_ANSWERS];
    size_t answer_count;                /* that were ever used */
    size_t next_answer;                 /* to go when all are in use */
    struct guard_sent sent[GUARD_SENT]; /* a ring */
    size_t next_sent;
    char why[GUARD_WHY_SIZE]; /* "": the last message may pass */
    uint8_t code;             /* what to answer when it was a request */
    size_t critical;  /* unknown critical option of the last request; 0: none */
    bool is_joined;   /* the last message ends an answer in blocks that no ETag
                        holds together */
    bool has_changed; /* it is refused because the ETag is another one */
    bool has_block;   /* the last message is a request with Block1 */
    struct server_block block; /* as it came */
    uint64_t request;          /* hash of its way, path and Request-Tag */
};

/**
 * Look at a message that arrived, and change it in place when it is refused,
 * announces a size or is a request in blocks.
 * @param way  who sent it to which port of ours: wire_passage.way
 * @return how many of its bytes are to be seen; `why` and `code` are set when
 *         it is refused
 */
size_t guard_received(struct guard *guard, uint64_t way, uint8_t *bytes,
                      size_t length);
/** Look at a message that leaves. */
void guard_sent(struct guard *guard, uint64_t way, const uint8_t *bytes,
                size_t length);
/** Whether an ACK or a Reset answers something that was sent lately: by its
 *  message ID, and by its token when it carries a response. RFC 7252, 4.2 and
 *  5.3.2. Other messages answer nothing: true. */
bool guard_knows(const struct guard *guard, uint64_t way,
                 const struct option_reader *message);

#endif
