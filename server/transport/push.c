/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/push.h"

enum { SZX_MAX = 6 };

static size_t block_size(uint8_t szx)
{
    return (size_t)1 << (szx + 4);
}

void push_init(struct push *push, size_t size, uint8_t szx)
{
    *push = (struct push){ .size = size, .szx = szx > SZX_MAX ? SZX_MAX : szx };
}

struct push_block push_next(const struct push *push)
{
    size_t left = push->size - push->offset;
    size_t length = block_size(push->szx);
    bool more = left > length;

    return (struct push_block){
        .block = { .number = (uint32_t)(push->offset / block_size(push->szx)),
                   .more = more,
                   .szx = push->szx },
        .offset = push->offset,
        .length = more ? length : left,
    };
}

/** RFC 7959, 2.3: the response repeats the number. With a smaller size some
 *  count in their own blocks; both name the same first byte. */
static bool is_about(const struct server_block *block,
                     const struct push_block *sent)
{
    return block->number == sent->block.number ||
           (uint64_t)block->number * block_size(block->szx) == sent->offset;
}

/** 4.13 with a hint, or 4.13/4.08 to the first block without one. */
static enum push_outcome refused(struct push *push,
                                 const struct server_response_view *response)
{
    bool too_large = response->code == COAP_CODE(4, 13);
    bool incomplete = response->code == COAP_CODE(4, 8);
    uint8_t szx = push->szx;

    if (!too_large && !incomplete) {
        return PUSH_REFUSED;
    }
    if (response->has_block1 && response->block1.szx < push->szx) {
        szx = response->block1.szx;
        push->told_smaller = true;
    } else if (response->has_size1 && response->size1 < push->size) {
        return PUSH_REFUSED; /* the body is too large, whatever the blocks */
    } else if (push->offset == 0 && push->szx > 0) {
        szx--;
    } else {
        return PUSH_REFUSED;
    }
    push->szx = szx;
    push->offset = 0;
    push->shrinks_followed++;
    return PUSH_RESTART;
}

enum push_outcome push_silence(struct push *push)
{
    size_t sent = push_next(push).length;
    uint8_t szx = push->szx;

    if (push->offset != 0) {
        return PUSH_REFUSED;
    }
    /* Only what makes the message smaller is worth the wait. */
    while (szx > 0 && block_size(szx) >= sent) {
        szx--;
    }
    if (block_size(szx) >= sent) {
        return PUSH_REFUSED;
    }
    push->szx = szx;
    push->shrinks_followed++;
    return PUSH_RESTART;
}

enum push_outcome push_answer(struct push *push,
                              const struct server_response_view *response)
{
    struct push_block sent = push_next(push);
    bool is_continue = response->code == COAP_CODE(2, 31);

    if (response->code >> 5 != 2) {
        return refused(push, response);
    }
    if (response->has_block1 && !is_about(&response->block1, &sent)) {
        return PUSH_CONFUSED;
    }
    if (!sent.block.more) {
        if (is_continue) {
            return PUSH_CONFUSED;
        }
        push->offset = push->size;
        push->finished = true;
        return PUSH_COMPLETE;
    }
    if (!is_continue && !(response->has_block1 && response->block1.more)) {
        /* RFC 7959, 2.3: a final response before the last block. With M set
         * the server handles each block by itself, and the rest follows. */
        return PUSH_CONFUSED;
    }
    push->offset += sent.length;
    if (response->has_block1 && response->block1.szx < push->szx) {
        push->szx = response->block1.szx;
        push->shrinks_followed++;
        push->told_smaller = true;
    }
    return PUSH_CONTINUE;
}
