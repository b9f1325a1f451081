/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/push.h"

#include <string.h>

enum { SZX_MAX = 6, SZX_RESERVED = 7, PERCENT = 100 };

const char *push_deed_name(enum push_deed deed)
{
    static const char *const names[PUSH_DEEDS] = {
        [PUSH_AS_IT_IS] = "",      [PUSH_SKIP] = "skip",
        [PUSH_SWAP] = "swap",      [PUSH_REPEAT] = "repeat",
        [PUSH_SIZE] = "size",      [PUSH_COPY] = "retransmit",
        [PUSH_RESERVED] = "szx 7", [PUSH_DAMAGE] = "damage",
        [PUSH_EMPTY] = "empty",
    };

    return names[deed];
}

static size_t block_size(uint8_t szx)
{
    return (size_t)1 << (szx + 4);
}

void push_init(struct push *push, size_t size, uint8_t szx)
{
    *push = (struct push){ .size = size, .szx = szx > SZX_MAX ? SZX_MAX : szx };
}

static struct push_block block_at(const struct push *push, size_t offset)
{
    size_t left = push->size - offset;
    size_t length = block_size(push->szx);
    bool more = left > length;

    return (struct push_block){
        .block = { .number = (uint32_t)(offset / block_size(push->szx)),
                   .more = more,
                   .szx = push->szx },
        .offset = offset,
        .length = more ? length : left,
    };
}

struct push_block push_next(const struct push *push)
{
    struct push_block next = block_at(push, push->offset);

    next.deed = push->deed;
    if (push->deed == PUSH_RESERVED) {
        next.block.szx = SZX_RESERVED;
    }
    if (push->tail == 1) {
        next.block.more = true;
    }
    return next;
}

/* What goes wrong on purpose. */

static bool is_time(const struct push *push, const struct push_fault *fault)
{
    struct push_block next = block_at(push, push->offset);

    switch (fault->when) {
    case PUSH_AT_BLOCK:
        return next.block.number >= fault->number;
    case PUSH_AT_PERCENT:
        return (uint64_t)next.offset * PERCENT >=
               (uint64_t)fault->number * push->size;
    case PUSH_AT_END:
        return !next.block.more;
    case PUSH_AT_EACH:
        return true;
    }
    return false;
}

/** @return whether the next message is another one by this */
static bool misbehave(struct push *push, const struct push_fault *fault)
{
    struct push_block next = block_at(push, push->offset);

    switch (fault->deed) {
    case PUSH_SKIP:
        push->offset += next.block.more ? next.length : 0;
        push->has_gap = push->has_gap || next.block.more;
        return next.block.more;
    case PUSH_SWAP:
        if (!next.block.more ||
            !block_at(push, push->offset + next.length).block.more) {
            return false; /* the last block is the last */
        }
        push->offset += next.length;
        push->swapped = 1;
        return true;
    case PUSH_REPEAT:
        push->repeats = next.block.more;
        return next.block.more;
    case PUSH_COPY:
        return true;
    case PUSH_SIZE:
        if (push->offset % block_size(fault->szx) != 0) {
            return false;
        }
        push->szx = fault->szx;
        return true;
    case PUSH_RESERVED:
        push->is_extra = true;
        return true;
    case PUSH_DAMAGE:
        return true;
    case PUSH_EMPTY:
        push->tail =
            !next.block.more && next.length == block_size(push->szx) ? 1 : 0;
        return push->tail == 1;
    case PUSH_AS_IT_IS:
    case PUSH_DEEDS:
        break;
    }
    return false;
}

/** Look at the faults: the block at the offset is next. One at a time. */
static void arm(struct push *push)
{
    push->deed = PUSH_AS_IT_IS;
    for (size_t i = 0; i < push->fault_count && !push->finished; i++) {
        const struct push_fault *fault = &push->faults[i];
        if ((push->done & 1u << i) != 0 || !is_time(push, fault) ||
            !misbehave(push, fault)) {
            continue;
        }
        push->done |= fault->when == PUSH_AT_EACH ? 0 : 1u << i;
        push->deed = fault->deed == PUSH_REPEAT || fault->deed == PUSH_EMPTY
                         ? PUSH_AS_IT_IS /* what follows is */
                         : fault->deed;
        return;
    }
}

void push_plan(struct push *push, const struct push_fault *faults, size_t count)
{
    push->fault_count = count < PUSH_FAULTS_MAX ? count : PUSH_FAULTS_MAX;
    if (push->fault_count > 0) {
        memcpy(push->faults, faults, push->fault_count * sizeof(*faults));
    }
    arm(push);
}

static enum push_outcome restart(struct push *push, uint8_t szx)
{
    push->szx = szx;
    push->offset = 0;
    push->shrinks_followed++;
    push->done = 0;
    for (size_t i = 0; i < push->fault_count; i++) { /* not for ever */
        push->done |= push->faults[i].deed == PUSH_SIZE ? 1u << i : 0;
    }
    push->has_gap = false;
    push->swapped = 0;
    push->tail = 0;
    push->again = 0;
    push->repeats = false;
    push->is_extra = false;
    arm(push);
    return PUSH_RESTART;
}

/** The block that was sent was taken. */
static void advance(struct push *push, const struct push_block *sent)
{
    if (push->repeats) {
        push->repeats = false;
        push->is_extra = true;
        push->deed = PUSH_REPEAT;
        return;
    }
    if (push->swapped == 1) {
        push->swapped = 2;
        push->offset -= sent->length;
        return;
    }
    push->offset += push->swapped == 2 ? 2 * sent->length : sent->length;
    push->swapped = 0;
    push->tail = push->tail == 1 ? 2 : 0;
}

/** What was sent besides was answered, by whatever. */
static enum push_outcome go_on(struct push *push)
{
    push->is_extra = false;
    if (push->deed == PUSH_REPEAT) {
        push->offset += push_next(push).length;
    }
    push->again -= push->again > 0 ? 1 : 0;
    if (push->again > 0) {
        push->is_extra = true;
        return PUSH_CONTINUE;
    }
    arm(push);
    return PUSH_CONTINUE;
}

unsigned push_ahead(struct push *push, unsigned count)
{
    unsigned left_out = 0;

    while (left_out < count && block_at(push, push->offset).block.more) {
        push->offset += block_size(push->szx);
        push->has_gap = true;
        push->deed = PUSH_SKIP;
        left_out++;
    }
    return left_out;
}

unsigned push_back(struct push *push, unsigned count)
{
    size_t before = push->offset / block_size(push->szx);

    push->again = count < before ? count : (unsigned)before;
    if (push->again > 0) {
        push->offset -= push->again * block_size(push->szx);
        push->is_extra = true;
        push->deed = PUSH_REPEAT;
    }
    return push->again;
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
    } else if (push->offset == 0 && push->szx > 0 && push->swapped == 0) {
        szx--;
    } else {
        return PUSH_REFUSED;
    }
    return restart(push, szx);
}

enum push_outcome push_silence(struct push *push)
{
    size_t sent = push_next(push).length;
    uint8_t szx = push->szx;

    if (push->offset != 0 || push->is_extra || push->swapped != 0) {
        return PUSH_REFUSED;
    }
    /* Only what makes the message smaller is worth the wait. */
    while (szx > 0 && block_size(szx) >= sent) {
        szx--;
    }
    if (block_size(szx) >= sent) {
        return PUSH_REFUSED;
    }
    return restart(push, szx);
}

enum push_outcome push_answer(struct push *push,
                              const struct server_response_view *response)
{
    struct push_block sent = push_next(push);
    bool is_continue = response->code == COAP_CODE(2, 31);

    if (push->is_extra) {
        return go_on(push);
    }
    if (response->code >> 5 != 2 && push->has_gap && sent.block.more) {
        push->offset += sent.length;
        push->tail = push->tail == 1 ? 2 : 0;
        arm(push);
        return PUSH_CONTINUE;
    }
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
    advance(push, &sent);
    if (response->has_block1 && response->block1.szx < push->szx &&
        push->swapped == 0 && !push->is_extra) {
        push->szx = response->block1.szx;
        push->shrinks_followed++;
        push->told_smaller = true;
    }
    if (push->tail == 2) {
        push->deed = PUSH_EMPTY;
    } else if (push->swapped == 0 && !push->is_extra) {
        arm(push);
    }
    return PUSH_CONTINUE;
}
