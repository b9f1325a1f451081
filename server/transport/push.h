/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_PUSH_H
#define SERVER_TRANSPORT_PUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"
#include "server/event.h"

/**
 * A body pushed by hand-driven Block1, as a pure state machine: it says which
 * block comes next and takes what the device answered. It sends nothing.
 *
 * It follows a smaller SZX in any response and restarts smaller after 4.13
 * with a size hint in Block1 (or 4.13/4.08 to block 0 without one, once per
 * smaller size). After silence to block 0 it does the same.
 * Spec: RFC 7959, 2.3, 2.5, 2.9.
 */
struct push {
    size_t size;               /**< of the body, bytes */
    size_t offset;             /**< first byte not yet acknowledged */
    uint8_t szx;               /**< size in use, 0..6 */
    unsigned shrinks_followed; /**< smaller sizes taken over */
    bool told_smaller;         /**< the device asked for the smaller size */
    bool finished;
};

/** One block to send: bytes [offset, offset+length) of the body. */
struct push_block {
    struct server_block block;
    size_t offset;
    size_t length;
};

enum push_outcome {
    PUSH_CONTINUE, /**< send push_next() */
    PUSH_RESTART,  /**< send push_next(): it starts at block 0, smaller */
    PUSH_COMPLETE, /**< the final success response came */
    PUSH_REFUSED,  /**< error response; the transfer is over */
    PUSH_CONFUSED, /**< success before the end, or a wrong block number */
};

/** @param szx  largest block size to use, 0..6 */
void push_init(struct push *push, size_t size, uint8_t szx);
/** No answer came to the block that push_next() gave: PUSH_RESTART with a
 *  smaller one when it was the first, once per size; else PUSH_REFUSED. */
enum push_outcome push_silence(struct push *push);
/** The block to send now; the last has `more` false. */
struct push_block push_next(const struct push *push);
/** Take the response to the block that push_next() gave. */
enum push_outcome push_answer(struct push *push,
                              const struct server_response_view *response);

#endif
