/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers and notifications that no device should send: each ends its request
 * by exactly one event or leaves it open for the right answer, is told of, and
 * takes no memory without end; a good answer is taken behind it.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/server_peer.h"

enum {
    ETAG = 4,
    SIZE2 = 28,
    BLOCK = 16,
    MORE = 8,
    SZX_1024 = 6,
    BODY_BLOCKS = 1024, /* of 1024 bytes: 1 MiB */
};

#define C(a, b)         COAP_CODE(a, b)
#define VALUE(n, flags) ((unsigned)(n) << 4 | (unsigned)(flags))

static void check(bool holds, const char *what, const char *detail)
{
    if (!holds) {
        (void)fprintf(stderr, "  %s: %s\n", what, detail);
    }
    CU_ASSERT_TRUE(holds);
}

static bool has_event(enum server_event_kind kind, const char *text)
{
    for (size_t i = 0; i < peer.count; i++) {
        if (peer.records[i].kind == kind &&
            strstr(peer.records[i].text, text) != NULL) {
            return true;
        }
    }
    return false;
}

/** Ask, and skip what is sent for messages before. */
static uint64_t ask_read(struct peer_datagram *request)
{
    struct server_request read;

    management_read(&read, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = peer_ask(&read);
    do {
        peer_next_sent(request);
    } while (request->length > 0 && request->type != PEER_CON);
    return id;
}

/** A Read is answered as it should be. */
static void check_read(void)
{
    struct peer_datagram request;
    const uint64_t id = ask_read(&request);

    peer_reply(&request, PEER_ACK, request.mid, C(2, 5), -1, "fine");
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(response->length, 4);
}

/** The events that close this request. */
static size_t ends_of(uint64_t id)
{
    size_t count = 0;

    for (size_t i = 0; i < peer.count; i++) {
        const enum server_event_kind kind = peer.records[i].kind;
        count += peer.records[i].id == id &&
                 (kind == SERVER_RESPONSE || kind == SERVER_TIMEOUT ||
                  kind == SERVER_RESET || kind == SERVER_SESSION_LOST);
    }
    return count;
}

static void answer_from_another_address_is_told_and_changes_nothing(void)
{
    struct peer_datagram request;
    struct peer_datagram answer = { .length = 0 };
    unsigned last = 0;
    const int other = peer_open(server_port(peer.server));

    peer_enrol(PEER_QUERY);
    const uint64_t id = ask_read(&request);
    peer_begin(&answer, PEER_NON, C(2, 5), 77, request.token,
               request.token_length);
    peer_option(&answer, &last, PEER_CONTENT_FORMAT, "", 0);
    peer_payload(&answer, "forged", 6);
    CU_ASSERT_EQUAL(send(other, answer.bytes, answer.length, 0),
                    (ssize_t)answer.length);
    CU_ASSERT_STRING_EQUAL(peer_await(SERVER_STRAY)->text,
                           "a response from where its request did not go");
    answer.bytes[0] =
        (uint8_t)(answer.bytes[0] & 0x4f) | 0x60; /* an PEER_ACK */
    answer.bytes[2] = (uint8_t)(request.mid >> 8);
    answer.bytes[3] = (uint8_t)request.mid;
    CU_ASSERT_EQUAL(send(other, answer.bytes, answer.length, 0),
                    (ssize_t)answer.length);
    CU_ASSERT_STRING_EQUAL(
        peer_await(SERVER_STRAY)->text,
        "a response in an ACK whose message ID fits no request");
    CU_ASSERT_EQUAL(ends_of(id), 0);
    peer_reply(&request, PEER_ACK, request.mid, C(2, 5), -1, "true");
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "true", 4), 0);
    (void)close(other);
}

static void wrong_token_and_wrong_message_id_are_told_and_change_nothing(void)
{
    struct peer_datagram request;
    struct peer_datagram other;

    peer_enrol(PEER_QUERY);
    const uint64_t id = ask_read(&request);
    other = request;
    other.token[0] ^= 1;
    peer_reply(&other, PEER_ACK, request.mid, C(2, 5), -1, "x");
    CU_ASSERT_STRING_EQUAL(
        peer_await(SERVER_STRAY)->text,
        "a response in an ACK whose message ID fits no request");
    peer_reply(&other, PEER_CON, 500, C(2, 5), -1, "x");
    CU_ASSERT_STRING_EQUAL(peer_await(SERVER_STRAY)->text,
                           "a response with an unknown token");
    peer_next_sent(&other);
    CU_ASSERT_EQUAL(other.type, PEER_RST);
    peer_reply(&request, PEER_ACK, request.mid ^ 1U, C(2, 5), -1, "x");
    CU_ASSERT_STRING_EQUAL(
        peer_await(SERVER_STRAY)->text,
        "a response in an ACK whose message ID fits no request");
    CU_ASSERT_EQUAL(ends_of(id), 0);
    peer_reply(&request, PEER_ACK, request.mid, C(2, 5), -1, "fine");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, id);
}

static void answer_that_comes_twice_is_one_response(void)
{
    struct peer_datagram request;
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    const uint64_t id = ask_read(&request);
    peer_reply(&request, PEER_CON, 600, C(2, 5), -1, "once");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, id);
    peer_next_sent(&sent);
    CU_ASSERT_EQUAL(sent.type, PEER_ACK);
    peer_reply(&request, PEER_CON, 600, C(2, 5), -1, "once"); /* sent again */
    peer_next_sent(&sent);
    CU_ASSERT_EQUAL(sent.type, PEER_ACK);
    peer_reply(&request, PEER_CON, 601, C(2, 5), -1, "again"); /* another one */
    CU_ASSERT_STRING_EQUAL(peer_await(SERVER_STRAY)->text,
                           "a response to a finished request");
    CU_ASSERT_EQUAL(ends_of(id), 1);
    check_read();
}

static void reset_for_everything_ends_each_request_once(void)
{
    peer_enrol(PEER_QUERY);
    for (unsigned i = 0; i < 20; i++) {
        struct peer_datagram request;
        struct peer_datagram reset = { .length = 0 };
        const uint64_t id = ask_read(&request);
        peer_begin(&reset, PEER_RST, 0, request.mid, NULL, 0);
        peer_emit(&reset);
        peer_emit(&reset);
        CU_ASSERT_EQUAL(peer_await(SERVER_RESET)->id, id);
        CU_ASSERT_EQUAL(ends_of(id), 1);
    }
    check_read();
}

/** Options of an answer, as hexadecimal would be unreadable. */
static const struct {
    const char *name;
    unsigned type;
    uint8_t code;
    const char *options; /* bytes behind the token */
    size_t length;
    enum server_event_kind kind; /* that ends the request */
    const char *text;
} oddities[] = {
    { "critical option in an ACK", PEER_ACK, C(2, 5), "\xd1\xec\x00\xffx", 5,
      SERVER_TIMEOUT, "a response with the unknown critical option 249" },
    { "critical option in a CON", PEER_CON, C(2, 5), "\xd1\xec\x00\xffx", 5,
      SERVER_TIMEOUT, "a response with the unknown critical option 249" },
    { "elective option", PEER_ACK, C(2, 5), "\xd1\xed\x00\xffx", 5,
      SERVER_RESPONSE, "" },
    { "code 7.31", PEER_ACK, C(7, 31), "", 0, SERVER_TIMEOUT,
      "a response with the code 7.31, which CoAP does not have" },
    { "code 1.00 in a CON", PEER_CON, C(1, 0), "", 0, SERVER_TIMEOUT,
      "a response with the code 1.00, which CoAP does not have" },
    { "binary diagnosis", PEER_ACK, C(4, 0), "\xff\x00\x1b[2J\xff\xfe", 8,
      SERVER_RESPONSE, "" },
    { "Content-Format of 2 zeros", PEER_ACK, C(2, 5), "\xc2\x00\x00\xffx", 5,
      SERVER_RESPONSE, "" },
};

static void odd_answers_end_the_request_by_one_event(void)
{
    peer_enrol(PEER_QUERY);
    for (size_t i = 0; i < sizeof(oddities) / sizeof(oddities[0]); i++) {
        struct peer_datagram request;
        struct peer_datagram answer = { .length = 0 };
        const char *name = oddities[i].name;
        const uint64_t id = ask_read(&request);
        const unsigned mid =
            oddities[i].type == PEER_ACK ? request.mid : 900 + (unsigned)i;
        peer_begin(&answer, oddities[i].type, oddities[i].code, mid,
                   request.token, request.token_length);
        memcpy(answer.bytes + answer.length, oddities[i].options,
               oddities[i].length);
        answer.length += oddities[i].length;
        peer_emit(&answer);
        const struct peer_record *end = peer_await(oddities[i].kind);
        check(end->id == id, name, "another request");
        check(strcmp(end->text, oddities[i].text) == 0, name, end->text);
        check(ends_of(id) == 1, name, "not ended once");
        check_read();
    }
}

/** A torn answer ends nothing: the right one may still come. */
static void malformed_answers_are_told_and_change_nothing(void)
{
    static const struct {
        const char *name;
        const char *options;
        size_t length;
    } torn[] = {
        { "delta 15", "\xf1\x01", 2 },
        { "length 15", "\x1f\x01", 2 },
        { "beyond the end", "\xc5\x01", 2 },
        { "marker without payload", "\xff", 1 },
        { "ETag of 9 bytes",
          "\x49"
          "123456789",
          10 },
        { "Content-Format of 5 bytes", "\xc5\x00\x00\x00\x00\x01", 6 },
    };

    peer_enrol(PEER_QUERY);
    for (size_t i = 0; i < sizeof(torn) / sizeof(torn[0]); i++) {
        struct peer_datagram request;
        struct peer_datagram answer = { .length = 0 };
        const uint64_t id = ask_read(&request);
        peer_begin(&answer, PEER_ACK, C(2, 5), request.mid, request.token,
                   request.token_length);
        memcpy(answer.bytes + answer.length, torn[i].options, torn[i].length);
        answer.length += torn[i].length;
        peer_emit(&answer);
        const struct peer_record *stray = peer_await(SERVER_STRAY);
        check(strcmp(stray->text, "a malformed CoAP message") == 0,
              torn[i].name, stray->text);
        CU_ASSERT_EQUAL(ends_of(id), 0);
        peer_next_sent(&answer);
        CU_ASSERT_EQUAL(answer.type, PEER_RST);
        peer_reply(&request, PEER_ACK, request.mid, C(2, 5), -1, "fine");
        CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, id);
    }
}

/* Answers in blocks. */

struct block_answer {
    unsigned value; /* of Block2; ~0: no such option */
    size_t length;  /* of the payload */
    const char *etag;
    int format; /* -1: none */
    uint32_t size2;
};

static void reply_block(const struct peer_datagram *request, unsigned type,
                        unsigned mid, const struct block_answer *block)
{
    static char body[1024];
    struct peer_datagram answer = { .length = 0 };
    const uint8_t value[] = { (uint8_t)(block->value >> 16),
                              (uint8_t)(block->value >> 8),
                              (uint8_t)block->value };
    const uint8_t size[] = { (uint8_t)(block->size2 >> 24),
                             (uint8_t)(block->size2 >> 16),
                             (uint8_t)(block->size2 >> 8),
                             (uint8_t)block->size2 };
    const uint8_t format = (uint8_t)block->format;
    unsigned last = 0;

    memset(body, 'b', sizeof(body));
    peer_begin(&answer, type, C(2, 5), mid, request->token,
               request->token_length);
    if (block->etag != NULL) {
        peer_option(&answer, &last, ETAG, block->etag, strlen(block->etag));
    }
    if (block->format >= 0) {
        peer_option(&answer, &last, PEER_CONTENT_FORMAT, &format, 1);
    }
    if (block->value != ~0U) {
        peer_option(&answer, &last, PEER_BLOCK2, value, sizeof(value));
    }
    if (block->size2 > 0) {
        peer_option(&answer, &last, SIZE2, size, sizeof(size));
    }
    peer_payload(&answer, body, block->length);
    peer_emit(&answer);
}

/** The second block of an answer whose first one was fine, and why it ends the
 *  request. With NULL it is the whole answer. */
static const struct {
    const char *name;
    bool is_first;
    struct block_answer block;
    const char *why;
} misfits[] = {
    { "begins with block 5",
      true,
      { VALUE(5, 0), BLOCK, NULL, -1, 0 },
      "an answer that begins with block 5" },
    { "announces 4 GiB",
      true,
      { VALUE(0, MORE), BLOCK, NULL, -1, ~0U },
      "a body in blocks of more than 1048576 bytes" },
    { "reserved size",
      true,
      { VALUE(0, MORE | 7), BLOCK, NULL, -1, 0 },
      "a Block option that is none" },
    { "short block with more",
      true,
      { VALUE(0, MORE), 5, NULL, -1, 0 },
      "block 0 has 5 bytes and more to follow, its size is 16" },
    { "long block",
      true,
      { VALUE(0, 0), 40, NULL, -1, 0 },
      "block 0 has 40 bytes, its size is 16" },
    { "another number",
      false,
      { VALUE(2, 0), BLOCK, "e", 42, 0 },
      "block 2 where block 1 was asked for" },
    { "far number",
      false,
      { VALUE(0xfffff, MORE), BLOCK, "e", 42, 0 },
      "a body in blocks of more than 1048576 bytes" },
    { "the first block for ever",
      false,
      { VALUE(0, MORE), BLOCK, "e", 42, 0 },
      "block 0 where block 1 was asked for" },
    { "another size",
      false,
      { VALUE(1, SZX_1024), BLOCK, "e", 42, 0 },
      "a block of 1024 bytes behind blocks of 16" },
    { "no ETag",
      false,
      { VALUE(1, 0), BLOCK, NULL, 42, 0 },
      "the body changed while it was read: another ETag in block 1" },
    { "another format",
      false,
      { VALUE(1, 0), BLOCK, "e", 0, 0 },
      "another Content-Format in block 1" },
    { "no Block2",
      false,
      { ~0U, BLOCK, "e", 42, 0 },
      "an answer without Block2 where block 1 was asked for" },
};

static void blocks_that_do_not_fit_end_the_request_at_once(void)
{
    static const struct block_answer good = { VALUE(0, MORE), BLOCK, "e", 42,
                                              0 };

    peer_enrol(PEER_QUERY);
    for (size_t i = 0; i < sizeof(misfits) / sizeof(misfits[0]); i++) {
        struct peer_datagram request;
        const uint64_t id = ask_read(&request);
        if (!misfits[i].is_first) {
            reply_block(&request, PEER_ACK, request.mid, &good);
            peer_next_sent(&request);
        }
        reply_block(&request, PEER_ACK, request.mid, &misfits[i].block);
        const struct peer_record *end = peer_await(SERVER_TIMEOUT);
        check(end->id == id, misfits[i].name, "another request");
        check(strcmp(end->text, misfits[i].why) == 0, misfits[i].name,
              end->text);
        check(ends_of(id) == 1, misfits[i].name, "not ended once");
        check_read();
    }
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
}

/** RFC 7959, 2.4: another ETag is another body, which has to be read anew. */
static void body_that_changes_is_told(void)
{
    const struct block_answer first = { VALUE(0, MORE), BLOCK, "e", 42, 0 };
    const struct block_answer next = { VALUE(1, 0), BLOCK, "f", 42, 0 };
    struct peer_datagram request;

    peer_enrol(PEER_QUERY);
    const uint64_t id = ask_read(&request);
    reply_block(&request, PEER_ACK, request.mid, &first);
    peer_next_sent(&request);
    reply_block(&request, PEER_ACK, request.mid, &next);
    const struct peer_record *end = peer_await(SERVER_TIMEOUT);
    CU_ASSERT_EQUAL(end->id, id);
    CU_ASSERT_TRUE(end->has_changed);
    CU_ASSERT_STRING_EQUAL(
        end->text,
        "the body changed while it was read: another ETag in block 1");
    check_read();
}

/** Without an ETag nothing says that the blocks are of one body. */
static void body_without_etag_is_told(void)
{
    const struct block_answer first = { VALUE(0, MORE), BLOCK, NULL, 42, 0 };
    const struct block_answer next = { VALUE(1, 0), BLOCK, NULL, 42, 0 };
    struct peer_datagram request;

    peer_enrol(PEER_QUERY);
    const uint64_t id = ask_read(&request);
    reply_block(&request, PEER_ACK, request.mid, &first);
    peer_next_sent(&request);
    reply_block(&request, PEER_ACK, request.mid, &next);
    const struct peer_record *end = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(end->id, id);
    CU_ASSERT_TRUE(end->is_joined);
    check_read();
}

/** Answer block after block, always with more to come; counts them. */
static unsigned answer_for_ever(struct peer_datagram *request, unsigned type)
{
    unsigned number = 0;

    for (; number < BODY_BLOCKS; number++) {
        const struct block_answer block = { VALUE(number, MORE | SZX_1024),
                                            1024, NULL, 42, 0 };
        peer_forget();
        reply_block(request, type,
                    type == PEER_ACK ? request->mid : 2000 + number, &block);
        if (number + 1 < BODY_BLOCKS) {
            do {
                peer_next_sent(request);
            } while (request->length > 0 && request->type == PEER_ACK);
        }
        type = PEER_ACK;
    }
    return number;
}

static void body_that_never_ends_is_ended_at_1_mib(void)
{
    struct peer_datagram request;

    peer_enrol(PEER_QUERY);
    const uint64_t id = ask_read(&request);
    CU_ASSERT_EQUAL(answer_for_ever(&request, PEER_ACK), BODY_BLOCKS);
    const struct peer_record *end = peer_await(SERVER_TIMEOUT);
    CU_ASSERT_EQUAL(end->id, id);
    CU_ASSERT_STRING_EQUAL(end->text,
                           "a body in blocks of more than 1048576 bytes");
    check_read();
}

static void begin_observation(struct peer_datagram *request, uint64_t *out_id)
{
    struct server_request observe;

    peer_enrol(PEER_QUERY);
    management_observe(&observe, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    *out_id = peer_ask(&observe);
    peer_next_sent(request);
    peer_reply(request, PEER_ACK, request->mid, C(2, 5), 2, "100");
    CU_ASSERT_TRUE(peer_await(SERVER_RESPONSE)->has_observe);
}

static void notification_that_never_ends_is_told_at_1_mib(void)
{
    struct peer_datagram request;
    struct peer_datagram first;
    uint64_t id = 0;

    begin_observation(&first, &id);
    request = first;
    CU_ASSERT_EQUAL(answer_for_ever(&request, PEER_CON), BODY_BLOCKS);
    CU_ASSERT_STRING_EQUAL(peer_await(SERVER_STRAY)->text,
                           "a body in blocks of more than 1048576 bytes");
    CU_ASSERT_EQUAL(peer_count_of(SERVER_NOTIFICATION), 0);
    /* The observation lives. */
    peer_reply(&first, PEER_NON, 9000, C(2, 5), 9, "7");
    CU_ASSERT_EQUAL(peer_await(SERVER_NOTIFICATION)->id, id);
    check_read();
}

static void notifications_after_the_cancel_are_rejected_and_told(void)
{
    struct server_request cancel;
    struct peer_datagram first;
    struct peer_datagram message;
    uint64_t id = 0;

    begin_observation(&first, &id);
    management_cancel(&cancel, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE, id);
    (void)peer_ask(&cancel);
    peer_next_sent(&message);
    peer_reply(&message, PEER_ACK, message.mid, C(2, 5), -1, "1");
    (void)peer_await(SERVER_RESPONSE);
    for (unsigned i = 0; i < 50; i++) {
        peer_reply(&first, PEER_CON, 3000 + i, C(2, 5), 10 + (int)i, "1");
        CU_ASSERT_EQUAL(peer_await(SERVER_UNWANTED)->id, id);
        peer_next_sent(&message);
        CU_ASSERT_EQUAL(message.type, PEER_RST);
    }
    CU_ASSERT_EQUAL(peer_count_of(SERVER_NOTIFICATION), 0);
    check_read();
}

/** Two bodies in blocks at once, where each next block waits for the other
 *  request (NSTART is 1): both are good. */
static void bodies_that_overlap_are_taken(void)
{
    struct server_request read;
    struct peer_datagram request;
    uint64_t ids[2];
    size_t answered = 0;

    peer_enrol(PEER_QUERY);
    for (uint16_t i = 0; i < 2; i++) {
        management_read(&read, "a", lwm2m_path_resource(3, 0, i),
                        CONTENT_FORMAT_NONE);
        ids[i] = peer_ask(&read);
    }
    for (unsigned i = 0; i < 8; i++) {
        unsigned number = 0;
        peer_next_sent(&request);
        for (size_t at = 12; at + 1 < request.length; at++) {
            /* Block2 behind the path of three segments */
            number =
                request.bytes[at] == 0xc1 ? request.bytes[at + 1] >> 4 : number;
        }
        const struct block_answer block = {
            VALUE(number, number < 3 ? MORE : 0), BLOCK, NULL, 42, 0
        };
        reply_block(&request, PEER_ACK, request.mid, &block);
    }
    for (size_t i = 0; i < 2; i++) {
        const struct peer_record *response = peer_await(SERVER_RESPONSE);
        CU_ASSERT_EQUAL(response->length, 4 * BLOCK);
        answered += response->id == ids[0] || response->id == ids[1];
    }
    CU_ASSERT_EQUAL(answered, 2);
    CU_ASSERT_FALSE(has_event(SERVER_TIMEOUT, ""));
    CU_ASSERT_FALSE(has_event(SERVER_STRAY, ""));
}

static CU_TestInfo tests[] = {
    { "another address",
      answer_from_another_address_is_told_and_changes_nothing },
    { "wrong token",
      wrong_token_and_wrong_message_id_are_told_and_change_nothing },
    { "twice", answer_that_comes_twice_is_one_response },
    { "Reset", reset_for_everything_ends_each_request_once },
    { "oddities", odd_answers_end_the_request_by_one_event },
    { "malformed", malformed_answers_are_told_and_change_nothing },
    { "misfits", blocks_that_do_not_fit_end_the_request_at_once },
    { "changes", body_that_changes_is_told },
    { "no ETag", body_without_etag_is_told },
    { "overlap", bodies_that_overlap_are_taken },
    { "endless body", body_that_never_ends_is_ended_at_1_mib },
    { "endless notification", notification_that_never_ends_is_told_at_1_mib },
    { "after the cancel",
      notifications_after_the_cancel_are_rejected_and_told },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    return peer_run("hostile answers", tests);
}
