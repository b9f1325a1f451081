/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_PUSH_H
#define SERVER_TRANSPORT_PUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"
#include "server/event.h"

#define PUSH_FAULTS_MAX 8

/** What is done wrong on purpose. */
enum push_deed {
    PUSH_AS_IT_IS, /**< nothing */
    PUSH_SKIP,     /**< the block is left out */
    PUSH_SWAP,     /**< it changes places with the next one */
    PUSH_REPEAT,   /**< once answered it is sent again, as a new message */
    PUSH_COPY,     /**< its message is sent twice, as a network may do it */
    PUSH_SIZE,     /**< from here on in blocks of another size */
    PUSH_RESERVED, /**< before it goes out it is sent with SZX 7 */
    PUSH_DAMAGE,   /**< one bit of it is another one: the caller's to flip */
    PUSH_EMPTY,    /**< the last one says that more follows; that is empty */
    PUSH_DEEDS
};
/** "skip", "swap", "repeat", "retransmit", "size", "szx 7", "damage", "empty";
 *  "" for none. */
const char *push_deed_name(enum push_deed deed);

enum push_when {
    PUSH_AT_BLOCK,   /**< the first one with this number or more */
    PUSH_AT_PERCENT, /**< the first one at or behind this part of the body */
    PUSH_AT_END,     /**< the last one */
    PUSH_AT_EACH,    /**< every one */
};

/** Done once, but PUSH_AT_EACH. Behind a block that was left out all others are
 *  sent, whatever they are answered: only the last one ends it. Skip, swap and repeat
 *  need a block that is not the last, a size one
 *  that begins at a multiple of it: else later. An empty block needs a body
 *  that ends with a full one: else never. */
struct push_fault {
    enum push_when when;
    uint32_t number;
    enum push_deed deed;
    uint8_t szx; /**< PUSH_SIZE: 0..6 */
};

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
    /* what goes wrong on purpose */
    struct push_fault faults[PUSH_FAULTS_MAX];
    size_t fault_count;
    unsigned done;       /**< bit i: fault i */
    enum push_deed deed; /**< of the message that is next */
    bool is_extra;       /**< … whose answer does not count */
    bool repeats;        /**< the block that is next will be sent again */
    bool has_gap;        /**< a block was left out */
    unsigned swapped;    /**< 1: the later block is next, 2: the earlier */
    unsigned tail;       /**< 1: the block that is next says that more follows,
                              2: the empty one is next */
    unsigned again;      /**< blocks that are sent once more, with the next */
};

/** One block to send: bytes [offset, offset+length) of the body. */
struct push_block {
    struct server_block block;
    size_t offset;
    size_t length;
    enum push_deed deed; /**< why it is not the one that should come */
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
/** After push_init(): what is to go wrong. @param count  of at most
 *  PUSH_FAULTS_MAX */
void push_plan(struct push *push, const struct push_fault *faults,
               size_t count);
/** Before push_next(): leave so many blocks out, but not the last one.
 *  @return how many */
unsigned push_ahead(struct push *push, unsigned count);
/** Before push_next(): first send so many blocks once more that were
 *  answered, as new messages whose answers end nothing. @return how many */
unsigned push_back(struct push *push, unsigned count);
/** No answer came to the block that push_next() gave: PUSH_RESTART with a
 *  smaller one when it was the first, once per size; else PUSH_REFUSED. */
enum push_outcome push_silence(struct push *push);
/** The block to send now; the last has `more` false. */
struct push_block push_next(const struct push *push);
/** Take the response to the block that push_next() gave. */
enum push_outcome push_answer(struct push *push,
                              const struct server_response_view *response);

#endif
