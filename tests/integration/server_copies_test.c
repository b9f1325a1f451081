/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message that goes out several times, as a network may do it, and requests
 * that share a token.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "tests/integration/server_peer.h"

static uint64_t ask(unsigned copies, uint64_t token_of,
                    struct peer_datagram *out_sent)
{
    struct server_request request;

    management_read(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    request.copies = copies;
    request.token_of = token_of;
    const uint64_t id = peer_ask(&request);
    peer_next_sent(out_sent);
    return id;
}

static void copies_are_the_same_datagram(void)
{
    struct peer_datagram first;
    struct peer_datagram next;

    peer_enrol(PEER_QUERY);
    (void)ask(2, 0, &first);
    for (unsigned i = 0; i < 2; i++) {
        CU_ASSERT_TRUE_FATAL(peer_receive(&next));
        CU_ASSERT_EQUAL(next.length, first.length);
        CU_ASSERT_EQUAL(memcmp(next.bytes, first.bytes, first.length), 0);
    }
    peer_reply(&first, PEER_ACK, first.mid, COAP_CODE(2, 5), -1, "x");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->code, COAP_CODE(2, 5));
    (void)ask(0, 0, &next); /* so there was no fourth one */
    CU_ASSERT_NOT_EQUAL(next.mid, first.mid);
}

static void the_same_answer_to_a_copy_is_no_news(void)
{
    struct peer_datagram sent;
    struct peer_datagram later;

    peer_enrol(PEER_QUERY);
    (void)ask(1, 0, &sent);
    CU_ASSERT_TRUE(peer_receive(&later));
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->code, COAP_CODE(2, 5));
    (void)ask(0, 0, &later);
    peer_reply(&later, PEER_ACK, later.mid, COAP_CODE(2, 5), -1, "x");
    (void)peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_RESPONSE), 2);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
}

static void another_answer_to_a_copy_is_told_with_the_request(void)
{
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    const uint64_t id = ask(1, 0, &sent);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(4, 8), -1, "");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->code, COAP_CODE(2, 5));
    const struct peer_record *stray = peer_await(SERVER_STRAY);
    CU_ASSERT_EQUAL(stray->id, id);
    CU_ASSERT_STRING_EQUAL(stray->text,
                           "4.08 to a message that was answered 2.05 before");
}

/** Only of messages that were copied on purpose. */
static void another_answer_to_another_request_is_not_told(void)
{
    struct peer_datagram sent;
    struct peer_datagram later;

    peer_enrol(PEER_QUERY);
    (void)ask(0, 0, &sent);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(4, 8), -1, "");
    (void)peer_await(SERVER_RESPONSE);
    (void)ask(0, 0, &later);
    peer_reply(&later, PEER_ACK, later.mid, COAP_CODE(2, 5), -1, "x");
    (void)peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
}

static void requests_may_share_a_token(void)
{
    struct peer_datagram first;
    struct peer_datagram next;

    peer_enrol(PEER_QUERY);
    const uint64_t id = ask(0, 0, &first);
    peer_reply(&first, PEER_ACK, first.mid, COAP_CODE(2, 5), -1, "x");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, id);
    const uint64_t second = ask(0, id, &next);
    CU_ASSERT_EQUAL(next.token_length, first.token_length);
    CU_ASSERT_EQUAL(memcmp(next.token, first.token, first.token_length), 0);
    CU_ASSERT_NOT_EQUAL(next.mid, first.mid);
    peer_reply(&next, PEER_ACK, next.mid, COAP_CODE(2, 5), -1, "x");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, second);
    (void)ask(0, 0, &next);
    CU_ASSERT_NOT_EQUAL(memcmp(next.token, first.token, first.token_length), 0);
}

static CU_TestInfo tests[] = {
    { "copies", copies_are_the_same_datagram },
    { "same answer", the_same_answer_to_a_copy_is_no_news },
    { "another answer", another_answer_to_a_copy_is_told_with_the_request },
    { "not copied", another_answer_to_another_request_is_not_told },
    { "token", requests_may_share_a_token },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    return peer_run("copies of messages", tests);
}
