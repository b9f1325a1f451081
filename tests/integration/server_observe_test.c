/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observations: the order of notifications (RFC 7641, 3.4), how they end, and
 * notifications of none.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "tests/integration/server_peer.h"

static uint64_t observe(struct peer_datagram *request, uint32_t sequence)
{
    struct server_request out;

    management_observe(&out, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = peer_ask(&out);
    do { /* answers to what came before may lie in the socket */
        peer_next_sent(request);
    } while (request->length > 0 && request->code != PEER_GET);
    peer_notify(request, PEER_ACK, request->mid, sequence, "0");
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_TRUE(response->has_observe);
    CU_ASSERT_FALSE(response->is_stale);
    return id;
}

/** RFC 7641, 3.4: 24-bit numbers that wrap; the same again is no news. */
static void stale_notifications_are_delivered_as_stale(void)
{
    static const struct {
        uint32_t sequence;
        bool is_stale;
    } rows[] = {
        { 6, false },        { 6, true },         { 4, true },
        { 0x800005, false }, { 4, false },        { 0xfffff0, true },
        { 0x700000, false }, { 0xe00000, false }, { 0x000003, false },
        { 0xffffff, true },  { 4, false },
    };
    struct peer_datagram request;
    struct peer_datagram other;

    peer_enrol(PEER_QUERY);
    const uint64_t id = observe(&request, 5);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        peer_notify(&request, PEER_CON, (unsigned)(9000 + i), rows[i].sequence,
                    "1");
        const struct peer_record *got = peer_await(SERVER_NOTIFICATION);
        CU_ASSERT_EQUAL(got->id, id);
        CU_ASSERT_EQUAL(got->observe, rows[i].sequence);
        CU_ASSERT_TRUE(got->is_confirmable);
        CU_ASSERT_EQUAL(got->is_stale, rows[i].is_stale);
        peer_next_sent(&other); /* also a stale one is acknowledged */
        CU_ASSERT_EQUAL(other.type, PEER_ACK);
    }
}

static void observe_answered_without_the_option_opens_nothing(void)
{
    struct server_request out;
    struct peer_datagram request;
    struct peer_datagram other;

    peer_enrol(PEER_QUERY);
    management_observe(&out, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = peer_ask(&out);
    peer_next_sent(&request);
    peer_reply(&request, PEER_ACK, request.mid, COAP_CODE(2, 5), -1, "0");
    CU_ASSERT_FALSE(peer_await(SERVER_RESPONSE)->has_observe);
    peer_notify(&request, PEER_CON, 9000, 6, "1");
    CU_ASSERT_EQUAL(peer_await(SERVER_UNWANTED)->id, id);
    peer_next_sent(&other);
    CU_ASSERT_EQUAL(other.type, PEER_RST);
    CU_ASSERT_EQUAL(other.mid, 9000);
}

/** Passive cancel: by Reset, whether CON or NON. RFC 7641, 3.6. */
static void forgotten_observation_is_rejected_by_reset(void)
{
    static const unsigned types[] = { PEER_CON, PEER_NON };
    struct peer_datagram request;
    struct peer_datagram other;

    peer_enrol(PEER_QUERY);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        const unsigned mid = (unsigned)(9000 + 10 * i);
        const uint64_t id = observe(&request, 5);
        server_forget(peer.server, id);
        for (unsigned j = 0; j < 2; j++) { /* a deaf device goes on */
            peer_notify(&request, types[i], mid + j, 6 + j, "1");
            const struct peer_record *got = peer_await(SERVER_UNWANTED);
            CU_ASSERT_EQUAL(got->id, id);
            CU_ASSERT_EQUAL(got->length, 1);
            peer_next_sent(&other);
            CU_ASSERT_EQUAL(other.type, PEER_RST);
            CU_ASSERT_EQUAL(other.mid, mid + j);
        }
    }
    CU_ASSERT_EQUAL(peer_count_of(SERVER_NOTIFICATION), 0);
    server_forget(peer.server, 12345); /* unknown: nothing happens */
}

/** A device that was told to observe by a tester before this one. */
static void notification_of_an_unknown_observation_is_unwanted(void)
{
    struct peer_datagram stranger = { .token = "\1\2\3", .token_length = 3 };
    struct peer_datagram other;

    peer_enrol(PEER_QUERY);
    peer_notify(&stranger, PEER_NON, 9000, 6, "1");
    CU_ASSERT_EQUAL(peer_await(SERVER_UNWANTED)->id, 0);
    peer_next_sent(&other);
    CU_ASSERT_EQUAL(other.type, PEER_RST);
    CU_ASSERT_EQUAL(other.mid, 9000);
}

/** An error, or a 2.05 without Observe, is the last one. RFC 7641, 4.2. */
static void last_notification_ends_the_observation(void)
{
    static const struct {
        unsigned code;
        int observe;
    } rows[] = { { COAP_CODE(4, 4), -1 }, { COAP_CODE(2, 5), -1 } };
    struct peer_datagram request;

    peer_enrol(PEER_QUERY);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const uint64_t id = observe(&request, 5);
        peer_reply(&request, PEER_CON, (unsigned)(9000 + 10 * i), rows[i].code,
                   rows[i].observe, "");
        const struct peer_record *last = peer_await(SERVER_NOTIFICATION);
        CU_ASSERT_EQUAL(last->id, id);
        CU_ASSERT_EQUAL(last->code, rows[i].code);
        peer_notify(&request, PEER_CON, (unsigned)(9001 + 10 * i), 7, "1");
        CU_ASSERT_EQUAL(peer_await(SERVER_UNWANTED)->id, id);
    }
}

/** RFC 7959, 2.6: the notification has block 0, a GET without Observe fetches
 *  the rest; it is told as one. */
static void notification_in_blocks_is_told_as_one(void)
{
    static const uint8_t number = 6;
    static const uint8_t first = 0x08;
    struct peer_datagram request;
    struct peer_datagram next;
    struct peer_datagram block = { .length = 0 };
    unsigned last = 0;

    peer_enrol(PEER_QUERY);
    const uint64_t id = observe(&request, 5);
    peer_begin(&block, PEER_CON, COAP_CODE(2, 5), 9000, request.token,
               request.token_length);
    peer_option(&block, &last, PEER_OBSERVE, &number, 1);
    peer_option(&block, &last, PEER_BLOCK2, &first, 1);
    peer_payload(&block, "0123456789abcdef", 16);
    peer_emit(&block);
    do {
        peer_next_sent(&next);
    } while (next.code == 0 && next.length > 0); /* the ACK of block 0 */
    CU_ASSERT_EQUAL(next.code, PEER_GET);
    CU_ASSERT_NOT_EQUAL(next.bytes[4 + next.token_length] >> 4, PEER_OBSERVE);
    peer_reply_block(&next, PEER_ACK, next.mid, 0x10, "tail");
    const struct peer_record *got = peer_await(SERVER_NOTIFICATION);
    CU_ASSERT_EQUAL(got->id, id);
    CU_ASSERT_EQUAL(got->observe, 6);
    CU_ASSERT_FALSE(got->is_stale);
    CU_ASSERT_EQUAL(got->length, 20);
    CU_ASSERT_EQUAL(memcmp(got->bytes, "0123456789abcdeftail", 20), 0);
    /* … and the observation lives on. */
    peer_notify(&request, PEER_NON, 9001, 7, "1");
    got = peer_await(SERVER_NOTIFICATION);
    CU_ASSERT_EQUAL(got->length, 1);
    CU_ASSERT_FALSE(got->is_confirmable);
}

/** Its first block was acknowledged: rejecting it would say nothing. */
static void forgotten_notification_in_blocks_is_taken_and_the_next_rejected(
    void)
{
    static const uint8_t number = 6;
    static const uint8_t first = 0x08;
    struct peer_datagram request;
    struct peer_datagram next;
    struct peer_datagram block = { .length = 0 };
    unsigned last = 0;

    peer_enrol(PEER_QUERY);
    const uint64_t id = observe(&request, 5);
    server_forget(peer.server, id);
    peer_begin(&block, PEER_CON, COAP_CODE(2, 5), 9000, request.token,
               request.token_length);
    peer_option(&block, &last, PEER_OBSERVE, &number, 1);
    peer_option(&block, &last, PEER_BLOCK2, &first, 1);
    peer_payload(&block, "0123456789abcdef", 16);
    peer_emit(&block);
    do {
        peer_next_sent(&next);
    } while (next.code == 0 && next.length > 0);
    peer_reply_block(&next, PEER_ACK, next.mid, 0x10, "tail");
    CU_ASSERT_EQUAL(peer_await(SERVER_NOTIFICATION)->id, id);
    peer_notify(&request, PEER_CON, 9001, 7, "1");
    CU_ASSERT_EQUAL(peer_await(SERVER_UNWANTED)->id, id);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_NOTIFICATION), 1);
}

static CU_TestInfo tests[] = {
    { "order", stale_notifications_are_delivered_as_stale },
    { "no option", observe_answered_without_the_option_opens_nothing },
    { "passive cancel", forgotten_observation_is_rejected_by_reset },
    { "unknown", notification_of_an_unknown_observation_is_unwanted },
    { "last", last_notification_ends_the_observation },
    { "blocks", notification_in_blocks_is_told_as_one },
    { "blocks, forgotten",
      forgotten_notification_in_blocks_is_taken_and_the_next_rejected },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "observations", NULL, NULL, peer_set_up, peer_tear_down, tests },
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
