/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_UPLOADS_H
#define SERVER_TRANSPORT_UPLOADS_H

/*
 * Private to server/transport: puts together what a device sends in blocks
 * (Block1), in practice Object lists.
 *
 * Not libcoap's: 4.3.5 reads through a null pointer at the first block of a
 * request without Size1, hands on memory that was never written where blocks
 * of two sizes meet, and mixes in blocks of an earlier request that a device
 * gave up when it restarted.
 *
 * Spec: RFC 7959, 2.5.
 */
#include <stddef.h>
#include <stdint.h>

#include "server/event.h"

#define UPLOADS_BODY_MAX (1024u * 1024) /**< bytes of one body */
#define UPLOADS_SPAN_MS  100000 /**< between two blocks: MAX_TRANSMIT_WAIT */

enum {
    UPLOADS_MAX = 64, /* under way, of all devices */
    UPLOADS_WHY_SIZE = 96,
};

/** A body of which more is to come. */
struct upload {
    uint64_t key; /* 0: unused */
    uint64_t time_ms;
    uint8_t szx;
    uint32_t next;  /* number of the next block */
    uint8_t *bytes; /* owned */
    size_t length;
    size_t size;
};

/** All zero is empty. */
struct uploads {
    struct upload rows[UPLOADS_MAX];
    char why[UPLOADS_WHY_SIZE]; /* of the last refusal */
};

/**
 * Take one block. One with number 0 begins anew, whatever came before.
 *
 * @param key       tells requests apart: peer, path and Request-Tag
 * @param out_body  the whole body after the last block: the caller's to free
 * @return 2.31 (Continue): more is to come; 0: the body is whole; else the
 *         code to refuse it with, and `why`
 */
uint8_t uploads_take(struct uploads *uploads, uint64_t key,
                     const struct server_block *block, const uint8_t *bytes,
                     size_t length, uint64_t now_ms, uint8_t **out_body,
                     size_t *out_length);
void uploads_release(struct uploads *uploads);

#endif
