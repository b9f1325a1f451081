/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "server/transport/push.h"

enum { SZX_16 = 0, SZX_32 = 1, SZX_256 = 4, SZX_512 = 5, SZX_1024 = 6 };

static struct server_response_view answer(uint8_t code)
{
    return (struct server_response_view){ .code = code };
}

static struct server_response_view answer_block(uint8_t code, uint32_t number,
                                                uint8_t szx)
{
    return (struct server_response_view){
        .code = code,
        .has_block1 = true,
        .block1 = { .number = number, .more = code == COAP_CODE(2, 31), szx },
    };
}

static enum push_outcome reply(struct push *push,
                               struct server_response_view response)
{
    return push_answer(push, &response);
}

static void every_byte_is_sent_once_in_order(void)
{
    static const size_t sizes[] = { 0,    1,    15,   16,   17,  1023,
                                    1024, 1025, 3072, 3071, 3073 };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (uint8_t szx = SZX_16; szx <= SZX_1024; szx++) {
            struct push push;
            size_t sent = 0;
            push_init(&push, sizes[i], szx);
            struct push_block block = push_next(&push);
            while (block.block.more) {
                CU_ASSERT_EQUAL(block.offset, sent);
                CU_ASSERT_EQUAL(block.length, (size_t)16 << szx);
                CU_ASSERT_EQUAL(block.block.number, sent >> (szx + 4));
                sent += block.length;
                CU_ASSERT_EQUAL(
                    reply(&push, answer_block(COAP_CODE(2, 31),
                                              block.block.number, szx)),
                    PUSH_CONTINUE);
                block = push_next(&push);
            }
            CU_ASSERT_EQUAL(block.offset + block.length, sizes[i]);
            CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 4))),
                            PUSH_COMPLETE);
            CU_ASSERT_TRUE(push.finished);
        }
    }
}

static void smaller_size_in_first_response_keeps_the_offset(void)
{
    struct push push;

    push_init(&push, 4096, SZX_1024);
    CU_ASSERT_EQUAL(reply(&push, answer_block(COAP_CODE(2, 31), 0, SZX_512)),
                    PUSH_CONTINUE);
    const struct push_block next = push_next(&push);
    CU_ASSERT_EQUAL(next.block.number, 2);
    CU_ASSERT_EQUAL(next.block.szx, SZX_512);
    CU_ASSERT_EQUAL(next.offset, 1024);
    CU_ASSERT_EQUAL(next.length, 512);
    CU_ASSERT_TRUE(push.told_smaller);
}

static void smaller_size_midway_recomputes_the_number(void)
{
    struct push push;

    push_init(&push, 10000, SZX_256);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))), PUSH_CONTINUE);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))), PUSH_CONTINUE);
    CU_ASSERT_EQUAL(reply(&push, answer_block(COAP_CODE(2, 31), 2, SZX_32)),
                    PUSH_CONTINUE);
    CU_ASSERT_EQUAL(push_next(&push).block.number, 768 / 32);
    CU_ASSERT_EQUAL(push_next(&push).offset, 768);
    CU_ASSERT_EQUAL(push.shrinks_followed, 1);
}

static void growing_size_is_ignored(void)
{
    struct push push;

    push_init(&push, 4096, SZX_256);
    CU_ASSERT_EQUAL(reply(&push, answer_block(COAP_CODE(2, 31), 0, SZX_1024)),
                    PUSH_CONTINUE);
    CU_ASSERT_EQUAL(push_next(&push).block.szx, SZX_256);
    CU_ASSERT_EQUAL(push_next(&push).block.number, 1);
    CU_ASSERT_FALSE(push.told_smaller);
}

static void refusal_with_a_hint_restarts_at_that_size(void)
{
    struct push push;

    push_init(&push, 4096, SZX_1024);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))), PUSH_CONTINUE);
    CU_ASSERT_EQUAL(reply(&push, answer_block(COAP_CODE(4, 13), 1, SZX_256)),
                    PUSH_RESTART);
    CU_ASSERT_EQUAL(push_next(&push).offset, 0);
    CU_ASSERT_EQUAL(push_next(&push).block.szx, SZX_256);
    CU_ASSERT_TRUE(push.told_smaller);
}

static void size1_below_the_body_refuses(void)
{
    struct push push;
    struct server_response_view response = answer(COAP_CODE(4, 13));

    push_init(&push, 4096, SZX_1024);
    response.has_size1 = true;
    response.size1 = 4095;
    CU_ASSERT_EQUAL(reply(&push, response), PUSH_REFUSED);
}

static void refusal_without_a_hint_tries_each_size_once(void)
{
    static const uint8_t codes[] = { COAP_CODE(4, 13), COAP_CODE(4, 8) };

    for (size_t i = 0; i < sizeof(codes); i++) {
        struct push push;
        push_init(&push, 4096, SZX_1024);
        for (int szx = SZX_1024; szx > SZX_16; szx--) {
            CU_ASSERT_EQUAL(push_next(&push).block.szx, szx);
            CU_ASSERT_EQUAL(reply(&push, answer(codes[i])), PUSH_RESTART);
        }
        CU_ASSERT_EQUAL(reply(&push, answer(codes[i])), PUSH_REFUSED);
        CU_ASSERT_FALSE(push.told_smaller);
    }
}

static void refusal_of_a_later_block_without_a_hint_ends(void)
{
    struct push push;

    push_init(&push, 4096, SZX_1024);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))), PUSH_CONTINUE);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(4, 8))), PUSH_REFUSED);
}

static void silence_to_block_0_tries_each_smaller_size_once(void)
{
    struct push push;

    push_init(&push, 4096, SZX_1024);
    for (int szx = SZX_1024; szx > SZX_16; szx--) {
        CU_ASSERT_EQUAL(push_next(&push).block.szx, szx);
        CU_ASSERT_EQUAL(push_silence(&push), PUSH_RESTART);
        CU_ASSERT_EQUAL(push_next(&push).block.number, 0);
    }
    CU_ASSERT_EQUAL(push_next(&push).length, 16);
    CU_ASSERT_EQUAL(push_silence(&push), PUSH_REFUSED);
    CU_ASSERT_FALSE(push.told_smaller);
    CU_ASSERT_EQUAL(push.shrinks_followed, 6);
}

static void silence_to_a_small_body_skips_sizes_that_change_nothing(void)
{
    static const struct {
        size_t size;
        enum push_outcome outcome;
        size_t length; /* of the next block */
    } cases[] = {
        { 1000, PUSH_RESTART, 512 }, { 512, PUSH_RESTART, 256 },
        { 100, PUSH_RESTART, 64 },   { 17, PUSH_RESTART, 16 },
        { 16, PUSH_REFUSED, 16 },    { 1, PUSH_REFUSED, 1 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct push push;
        push_init(&push, cases[i].size, SZX_1024);
        CU_ASSERT_EQUAL(push_silence(&push), cases[i].outcome);
        CU_ASSERT_EQUAL(push_next(&push).length, cases[i].length);
    }
}

static void silence_to_a_later_block_ends(void)
{
    struct push push;

    push_init(&push, 4096, SZX_1024);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))), PUSH_CONTINUE);
    CU_ASSERT_EQUAL(push_silence(&push), PUSH_REFUSED);
    CU_ASSERT_EQUAL(push_next(&push).offset, 1024);
}

static void success_at_the_wrong_time_confuses(void)
{
    struct push push;

    push_init(&push, 4096, SZX_1024);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 4))), PUSH_CONFUSED);
    push_init(&push, 1024, SZX_1024);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))), PUSH_CONFUSED);
}

static void wrong_number_confuses(void)
{
    struct push push;

    push_init(&push, 4096, SZX_1024);
    CU_ASSERT_EQUAL(reply(&push, answer_block(COAP_CODE(2, 31), 1, SZX_1024)),
                    PUSH_CONFUSED);
    push_init(&push, 100, SZX_1024);
    CU_ASSERT_EQUAL(reply(&push, answer_block(COAP_CODE(2, 4), 3, SZX_1024)),
                    PUSH_CONFUSED);
}

static void any_other_error_refuses(void)
{
    static const uint8_t codes[] = { COAP_CODE(4, 0), COAP_CODE(4, 4),
                                     COAP_CODE(4, 5), COAP_CODE(4, 15),
                                     COAP_CODE(5, 0), COAP_CODE(5, 3) };

    for (size_t i = 0; i < sizeof(codes); i++) {
        struct push push;
        push_init(&push, 4096, SZX_1024);
        CU_ASSERT_EQUAL(reply(&push, answer(codes[i])), PUSH_REFUSED);
    }
}

/* What goes wrong on purpose. */

enum { MESSAGES_MAX = 12 };

/** Of a body of 6 blocks of 16 bytes, the last has 8; all is answered 2.31. */
static const struct {
    const char *name;
    size_t fault_count;
    struct push_fault faults[2];
    size_t count;
    struct {
        uint32_t number;
        uint8_t szx;
        enum push_deed deed;
    } sent[MESSAGES_MAX];
} rows[] = {
    { "skip",
      1,
      { { PUSH_AT_BLOCK, 2, PUSH_SKIP, 0 } },
      5,
      { { 0, 0, 0 },
        { 1, 0, 0 },
        { 3, 0, PUSH_SKIP },
        { 4, 0, 0 },
        { 5, 0, 0 } } },
    { "skip the first",
      1,
      { { PUSH_AT_BLOCK, 0, PUSH_SKIP, 0 } },
      5,
      { { 1, 0, PUSH_SKIP },
        { 2, 0, 0 },
        { 3, 0, 0 },
        { 4, 0, 0 },
        { 5, 0, 0 } } },
    { "no block is left to skip",
      1,
      { { PUSH_AT_END, 0, PUSH_SKIP, 0 } },
      6,
      { { 0, 0, 0 },
        { 1, 0, 0 },
        { 2, 0, 0 },
        { 3, 0, 0 },
        { 4, 0, 0 },
        { 5, 0, 0 } } },
    { "swap",
      1,
      { { PUSH_AT_PERCENT, 15, PUSH_SWAP, 0 } },
      6,
      { { 0, 0, 0 },
        { 2, 0, PUSH_SWAP },
        { 1, 0, PUSH_SWAP },
        { 3, 0, 0 },
        { 4, 0, 0 },
        { 5, 0, 0 } } },
    { "repeat",
      1,
      { { PUSH_AT_BLOCK, 1, PUSH_REPEAT, 0 } },
      7,
      { { 0, 0, 0 },
        { 1, 0, 0 },
        { 1, 0, PUSH_REPEAT },
        { 2, 0, 0 },
        { 3, 0, 0 },
        { 4, 0, 0 },
        { 5, 0, 0 } } },
    { "copy each",
      1,
      { { PUSH_AT_EACH, 0, PUSH_COPY, 0 } },
      6,
      { { 0, 0, PUSH_COPY },
        { 1, 0, PUSH_COPY },
        { 2, 0, PUSH_COPY },
        { 3, 0, PUSH_COPY },
        { 4, 0, PUSH_COPY },
        { 5, 0, PUSH_COPY } } },
    { "copy the last",
      1,
      { { PUSH_AT_END, 0, PUSH_COPY, 0 } },
      6,
      { { 0, 0, 0 },
        { 1, 0, 0 },
        { 2, 0, 0 },
        { 3, 0, 0 },
        { 4, 0, 0 },
        { 5, 0, PUSH_COPY } } },
    { "grow where it fits, and shrink",
      2,
      { { PUSH_AT_BLOCK, 1, PUSH_SIZE, 1 },
        { PUSH_AT_PERCENT, 60, PUSH_SIZE, 0 } },
      5,
      { { 0, 0, 0 },
        { 1, 0, 0 },
        { 1, 1, PUSH_SIZE },
        { 4, 0, PUSH_SIZE },
        { 5, 0, 0 } } },
    { "reserved",
      1,
      { { PUSH_AT_BLOCK, 2, PUSH_RESERVED, 0 } },
      7,
      { { 0, 0, 0 },
        { 1, 0, 0 },
        { 2, 7, PUSH_RESERVED },
        { 2, 0, 0 },
        { 3, 0, 0 },
        { 4, 0, 0 },
        { 5, 0, 0 } } },
    { "one after the other",
      2,
      { { PUSH_AT_BLOCK, 1, PUSH_RESERVED, 0 },
        { PUSH_AT_BLOCK, 1, PUSH_SKIP, 0 } },
      6,
      { { 0, 0, 0 },
        { 1, 7, PUSH_RESERVED },
        { 2, 0, PUSH_SKIP },
        { 3, 0, 0 },
        { 4, 0, 0 },
        { 5, 0, 0 } } },
    { "damage",
      1,
      { { PUSH_AT_END, 0, PUSH_DAMAGE, 0 } },
      6,
      { { 0, 0, 0 },
        { 1, 0, 0 },
        { 2, 0, 0 },
        { 3, 0, 0 },
        { 4, 0, 0 },
        { 5, 0, PUSH_DAMAGE } } },
    { "no full block is the last one",
      1,
      { { PUSH_AT_END, 0, PUSH_EMPTY, 0 } },
      6,
      { { 0, 0, 0 },
        { 1, 0, 0 },
        { 2, 0, 0 },
        { 3, 0, 0 },
        { 4, 0, 0 },
        { 5, 0, 0 } } },
};

static void what_goes_wrong_goes_wrong_once_and_in_its_place(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct push push;
        size_t count = 0;
        push_init(&push, 88, SZX_16);
        push_plan(&push, rows[i].faults, rows[i].fault_count);
        while (!push.finished && count < MESSAGES_MAX) {
            struct push_block next = push_next(&push);
            bool is_last = next.offset + next.length == 88;
            CU_ASSERT_EQUAL(next.block.number, rows[i].sent[count].number);
            CU_ASSERT_EQUAL(next.block.szx, rows[i].sent[count].szx);
            CU_ASSERT_EQUAL(next.deed, rows[i].sent[count].deed);
            CU_ASSERT_EQUAL(next.block.more, !is_last);
            CU_ASSERT_EQUAL(reply(&push, answer(is_last ? COAP_CODE(2, 4)
                                                        : COAP_CODE(2, 31))),
                            is_last ? PUSH_COMPLETE : PUSH_CONTINUE);
            count++;
        }
        CU_ASSERT_TRUE(push.finished);
        CU_ASSERT_EQUAL(count, rows[i].count);
    }
}

/** The full block says that more follows, and what follows has no byte. */
static void an_empty_block_may_be_the_last_one(void)
{
    static const uint8_t answers[] = { COAP_CODE(2, 4), COAP_CODE(4, 0) };

    for (size_t i = 0; i < 2; i++) {
        const struct push_fault fault = { PUSH_AT_END, 0, PUSH_EMPTY, 0 };
        struct push push;
        push_init(&push, 32, SZX_16);
        push_plan(&push, &fault, 1);
        for (uint32_t number = 0; number < 2; number++) {
            CU_ASSERT_EQUAL(push_next(&push).block.number, number);
            CU_ASSERT_EQUAL(push_next(&push).length, 16);
            CU_ASSERT_TRUE(push_next(&push).block.more);
            CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))),
                            PUSH_CONTINUE);
        }
        CU_ASSERT_EQUAL(push_next(&push).block.number, 2);
        CU_ASSERT_EQUAL(push_next(&push).length, 0);
        CU_ASSERT_FALSE(push_next(&push).block.more);
        CU_ASSERT_EQUAL(push_next(&push).deed, PUSH_EMPTY);
        CU_ASSERT_EQUAL(reply(&push, answer(answers[i])),
                        i == 0 ? PUSH_COMPLETE : PUSH_REFUSED);
    }
}

/** Of 8 blocks, 4 were answered. */
static struct push half_pushed(void)
{
    struct push push;

    push_init(&push, 128, SZX_16);
    for (int i = 0; i < 4; i++) {
        (void)reply(&push, answer(COAP_CODE(2, 31)));
    }
    return push;
}

static void it_goes_on_behind_blocks_that_are_left_out(void)
{
    struct push push = half_pushed();

    CU_ASSERT_EQUAL(push_ahead(&push, 2), 2);
    CU_ASSERT_EQUAL(push_next(&push).block.number, 6);
    CU_ASSERT_EQUAL(push_next(&push).deed, PUSH_SKIP);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(4, 8))), PUSH_CONTINUE);
    CU_ASSERT_EQUAL(push_next(&push).block.number, 7);
    CU_ASSERT_EQUAL(push_next(&push).deed, PUSH_AS_IT_IS);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(4, 8))), PUSH_REFUSED);
    push = half_pushed();
    CU_ASSERT_EQUAL(push_ahead(&push, 9), 3); /* never the last one */
    CU_ASSERT_FALSE(push_next(&push).block.more);
}

/** Whatever the device says of them. */
static void blocks_that_were_answered_are_sent_once_more(void)
{
    static const struct {
        unsigned wanted;
        unsigned sent;
    } ways[] = { { 1, 1 }, { 3, 3 }, { 9, 4 } };

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct push push = half_pushed();
        CU_ASSERT_EQUAL(push_back(&push, ways[i].wanted), ways[i].sent);
        for (unsigned j = 0; j < ways[i].sent; j++) {
            CU_ASSERT_EQUAL(push_next(&push).block.number,
                            4 - ways[i].sent + j);
            CU_ASSERT_EQUAL(push_next(&push).deed, PUSH_REPEAT);
            CU_ASSERT_EQUAL(reply(&push, answer(j == 0 ? COAP_CODE(4, 8)
                                                       : COAP_CODE(2, 31))),
                            PUSH_CONTINUE);
        }
        CU_ASSERT_EQUAL(push_next(&push).block.number, 4);
        CU_ASSERT_EQUAL(push_next(&push).deed, PUSH_AS_IT_IS);
        CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(4, 8))), PUSH_REFUSED);
    }
}

static void an_error_to_what_is_sent_besides_does_not_end_it(void)
{
    static const enum push_deed deeds[] = { PUSH_REPEAT, PUSH_RESERVED };

    for (size_t i = 0; i < 2; i++) {
        const struct push_fault fault = { PUSH_AT_BLOCK, 0, deeds[i], 0 };
        struct push push;
        push_init(&push, 4096, SZX_1024);
        push_plan(&push, &fault, 1);
        if (deeds[i] == PUSH_REPEAT) {
            CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))),
                            PUSH_CONTINUE);
        }
        CU_ASSERT_EQUAL(push_next(&push).deed, deeds[i]);
        CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(4, 8))), PUSH_CONTINUE);
        CU_ASSERT_EQUAL(push_next(&push).block.number,
                        deeds[i] == PUSH_REPEAT ? 1 : 0);
        CU_ASSERT_EQUAL(push_next(&push).deed, PUSH_AS_IT_IS);
        CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(5, 3))), PUSH_REFUSED);
    }
}

static void a_swap_that_is_refused_ends_it(void)
{
    const struct push_fault fault = { PUSH_AT_BLOCK, 0, PUSH_SWAP, 0 };
    struct push push;

    push_init(&push, 4096, SZX_1024);
    push_plan(&push, &fault, 1);
    CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(4, 8))), PUSH_REFUSED);
    CU_ASSERT_EQUAL(push_silence(&push), PUSH_REFUSED);
}

/** A device might take them after all. */
static void behind_a_gap_all_blocks_are_sent(void)
{
    static const struct {
        uint8_t last;
        enum push_outcome outcome;
    } ends[] = {
        { COAP_CODE(4, 8), PUSH_REFUSED },
        { COAP_CODE(2, 4), PUSH_COMPLETE },
    };

    for (size_t i = 0; i < 2; i++) {
        const struct push_fault fault = { PUSH_AT_BLOCK, 0, PUSH_SKIP, 0 };
        struct push push;
        push_init(&push, 4096, SZX_1024);
        push_plan(&push, &fault, 1);
        for (uint32_t number = 1; number < 3; number++) {
            CU_ASSERT_EQUAL(push_next(&push).block.number, number);
            CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(4, 8))),
                            PUSH_CONTINUE);
        }
        CU_ASSERT_FALSE(push_next(&push).block.more);
        CU_ASSERT_EQUAL(reply(&push, answer(ends[i].last)), ends[i].outcome);
    }
}

static void a_hint_to_a_size_of_ours_is_followed_once(void)
{
    const struct push_fault fault = { PUSH_AT_BLOCK, 1, PUSH_SIZE, SZX_1024 };
    struct push push;

    push_init(&push, 4096, SZX_256);
    push_plan(&push, &fault, 1);
    for (unsigned i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))), PUSH_CONTINUE);
    }
    CU_ASSERT_EQUAL(push_next(&push).block.szx, SZX_1024);
    CU_ASSERT_EQUAL(reply(&push, answer_block(COAP_CODE(4, 13), 1, SZX_256)),
                    PUSH_RESTART);
    while (push_next(&push).block.more) {
        CU_ASSERT_EQUAL(push_next(&push).block.szx, SZX_256);
        CU_ASSERT_EQUAL(reply(&push, answer(COAP_CODE(2, 31))), PUSH_CONTINUE);
    }
}

static void a_hint_begins_all_anew(void)
{
    const struct push_fault fault = { PUSH_AT_BLOCK, 1, PUSH_SWAP, 0 };
    struct push push;

    push_init(&push, 4096, SZX_1024);
    push_plan(&push, &fault, 1);
    (void)reply(&push, answer(COAP_CODE(2, 31)));
    CU_ASSERT_EQUAL(push_next(&push).block.number, 2);
    CU_ASSERT_EQUAL(reply(&push, answer_block(COAP_CODE(4, 13), 2, SZX_256)),
                    PUSH_RESTART);
    CU_ASSERT_EQUAL(push_next(&push).offset, 0);
    (void)reply(&push, answer(COAP_CODE(2, 31)));
    CU_ASSERT_EQUAL(push_next(&push).offset, 512);
    CU_ASSERT_EQUAL(push_next(&push).deed, PUSH_SWAP);
}

static void the_deeds_have_names(void)
{
    CU_ASSERT_STRING_EQUAL(push_deed_name(PUSH_AS_IT_IS), "");
    for (int i = PUSH_AS_IT_IS + 1; i < PUSH_DEEDS; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(push_deed_name((enum push_deed)i));
        for (int j = PUSH_AS_IT_IS; j < i; j++) {
            CU_ASSERT_STRING_NOT_EQUAL(push_deed_name((enum push_deed)i),
                                       push_deed_name((enum push_deed)j));
        }
    }
}

static CU_TestInfo tests[] = {
    { "every byte once", every_byte_is_sent_once_in_order },
    { "smaller first", smaller_size_in_first_response_keeps_the_offset },
    { "smaller midway", smaller_size_midway_recomputes_the_number },
    { "growing ignored", growing_size_is_ignored },
    { "hint restarts", refusal_with_a_hint_restarts_at_that_size },
    { "Size1 refuses", size1_below_the_body_refuses },
    { "each size once", refusal_without_a_hint_tries_each_size_once },
    { "later refusal", refusal_of_a_later_block_without_a_hint_ends },
    { "silence", silence_to_block_0_tries_each_smaller_size_once },
    { "small body", silence_to_a_small_body_skips_sizes_that_change_nothing },
    { "later silence", silence_to_a_later_block_ends },
    { "wrong time", success_at_the_wrong_time_confuses },
    { "wrong number", wrong_number_confuses },
    { "other errors", any_other_error_refuses },
    { "faults", what_goes_wrong_goes_wrong_once_and_in_its_place },
    { "besides", an_error_to_what_is_sent_besides_does_not_end_it },
    { "swap", a_swap_that_is_refused_ends_it },
    { "gap", behind_a_gap_all_blocks_are_sent },
    { "empty end", an_empty_block_may_be_the_last_one },
    { "resumed ahead", it_goes_on_behind_blocks_that_are_left_out },
    { "resumed back", blocks_that_were_answered_are_sent_once_more },
    { "size and hint", a_hint_to_a_size_of_ours_is_followed_once },
    { "hint and faults", a_hint_begins_all_anew },
    { "names", the_deeds_have_names },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "push", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
