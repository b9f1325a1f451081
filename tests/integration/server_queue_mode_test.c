/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queue mode: what waits for a device that sleeps, and what wakes it.
 * lwm2m-core.md 2.6.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "server/server_private.h"
#include "tests/integration/server_peer.h"

#define QUERY_Q  PEER_QUERY "&b=U&Q"
#define QUERY_UQ "ep=a&lt=300&lwm2m=1.0&b=UQ"

enum { AWAKE_MS = 100, UPDATE_MID = 7777 };

static void enrol_and_sleep(const char *query)
{
    peer_enrol(query);
    server_set_awake(peer.server, "a", AWAKE_MS);
    CU_ASSERT_STRING_EQUAL(peer_await(SERVER_SLEEP)->endpoint, "a");
}

static uint64_t ask(const char *text)
{
    struct server_request request;
    struct lwm2m_path path = { .depth = 0 };

    CU_ASSERT_EQUAL(lwm2m_path_parse(text, strlen(text), &path, NULL),
                    STATUS_OK);
    management_read(&request, "a", path, CONTENT_FORMAT_NONE);
    return peer_ask(&request);
}

/** An Update; its answer is not awaited. */
static void update(void)
{
    struct peer_datagram message = { .length = 0 };
    unsigned last = 0;

    peer_begin(&message, PEER_CON, PEER_POST, UPDATE_MID, NULL, 0);
    peer_split(&message, &last, PEER_URI_PATH, peer.location + 1, '/');
    peer_emit(&message);
}

/** The next request of the server, past what it answers. */
static void next_request(struct peer_datagram *request)
{
    do {
        peer_next_sent(request);
    } while (request->length > 0 && request->type != PEER_CON);
}

static void requests_wait_for_the_next_message_and_go_one_by_one(void)
{
    static const char *const queries[] = { QUERY_Q, QUERY_UQ };

    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        struct peer_datagram answer;
        struct peer_datagram request;
        enrol_and_sleep(queries[i]);
        const size_t before = peer_count_of(SERVER_REQUEST);
        const uint64_t first = ask("/3/0/0");
        const uint64_t second = ask("/3/0/1");
        CU_ASSERT_NOT_EQUAL(first, second);
        update();
        /* The Update is answered before anything is asked. */
        peer_next_sent(&answer);
        while (answer.length > 0 && answer.mid != UPDATE_MID) {
            CU_ASSERT_NOT_EQUAL(answer.type, PEER_CON);
            peer_next_sent(&answer);
        }
        next_request(&request);
        CU_ASSERT_EQUAL(peer_count_of(SERVER_REQUEST), before + 1);
        CU_ASSERT_EQUAL(request.bytes[request.length - 1], '0');
        peer_reply(&request, PEER_ACK, request.mid, COAP_CODE(2, 5), -1, "1");
        CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, first);
        next_request(&request);
        CU_ASSERT_EQUAL(peer_count_of(SERVER_REQUEST), before + 2);
        CU_ASSERT_EQUAL(request.bytes[request.length - 1], '1');
        peer_reply(&request, PEER_ACK, request.mid, COAP_CODE(2, 5), -1, "2");
        CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, second);
    }
    CU_ASSERT_EQUAL(peer_count_of(SERVER_WAKE), 2);
}

/** The payload and query of what waits are the caller's own no more. */
static void a_request_that_waited_is_sent_as_it_was_given(void)
{
    struct server_request request;
    struct peer_datagram sent;
    char body[] = "86400";
    char query[] = "pmin=1";

    enrol_and_sleep(QUERY_Q);
    management_write(&request, "a", lwm2m_path_resource(1, 0, 1),
                     CONTENT_FORMAT_TEXT, (const uint8_t *)body, strlen(body));
    (void)peer_ask(&request);
    management_attributes(&request, "a", lwm2m_path_object(3), query);
    (void)peer_ask(&request);
    memset(body, 'x', strlen(body));
    memset(query, 'x', strlen(query));
    update();
    next_request(&sent);
    CU_ASSERT_EQUAL(memcmp(sent.bytes + sent.length - 5, "86400", 5), 0);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 4), -1, "");
    next_request(&sent);
    CU_ASSERT_EQUAL(memcmp(sent.bytes + sent.length - 6, "pmin=1", 6), 0);
}

/** Nothing reaches out for a device that went to sleep meanwhile. */
static void requests_to_a_device_that_listens_go_one_by_one_as_well(void)
{
    struct peer_datagram request;

    peer_enrol(QUERY_Q);
    const uint64_t first = ask("/3/0/0");
    const uint64_t second = ask("/3/0/1");
    next_request(&request);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REQUEST), 1);
    peer_reply(&request, PEER_ACK, request.mid, COAP_CODE(2, 5), -1, "1");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, first);
    next_request(&request);
    peer_reply(&request, PEER_ACK, request.mid, COAP_CODE(2, 5), -1, "2");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, second);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_SLEEP), 0);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_WAKE), 0);
}

static void a_device_without_queue_mode_never_sleeps(void)
{
    peer_enrol(PEER_QUERY "&b=U");
    server_set_awake(peer.server, "a", 0); /* ignored */
    const uint64_t first = ask("/3/0/0");
    const uint64_t second = ask("/3/0/1"); /* nothing is answered */
    CU_ASSERT_EQUAL(peer_await(SERVER_REQUEST)->id, first);
    CU_ASSERT_EQUAL(peer_await(SERVER_REQUEST)->id, second);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_SLEEP), 0);
}

static void notifications_and_sends_wake_a_device(void)
{
    struct server_request out;
    struct peer_datagram request;

    peer_enrol(QUERY_Q);
    management_observe(&out, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    (void)peer_ask(&out);
    next_request(&request);
    peer_notify(&request, PEER_ACK, request.mid, 5, "0");
    (void)peer_await(SERVER_RESPONSE);
    server_set_awake(peer.server, "a", AWAKE_MS);
    (void)peer_await(SERVER_SLEEP);
    peer_notify(&request, PEER_NON, 9000, 6, "1");
    (void)peer_await(SERVER_NOTIFICATION);
    (void)peer_await(SERVER_WAKE);
    (void)peer_await(SERVER_SLEEP);
    peer_hex("5002123400b26470"); /* a Send that is worth nothing: NON, /dp */
    (void)peer_await(SERVER_WAKE);
}

static void what_waits_ends_with_the_registration(void)
{
    struct peer_datagram answer;

    enrol_and_sleep(QUERY_Q);
    uint64_t id = ask("/3/0/0");
    peer_enrol(QUERY_Q);
    const struct peer_record *lost = peer.records;
    while (lost->kind != SERVER_SESSION_LOST &&
           lost < peer.records + peer.count) {
        lost++;
    }
    CU_ASSERT_EQUAL(lost->id, id);
    server_set_awake(peer.server, "a", AWAKE_MS);
    (void)peer_await(SERVER_SLEEP);
    id = ask("/3/0/0");
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_DELETE, peer.location, NULL, NULL, &answer),
        COAP_CODE(2, 2));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_SESSION_LOST), 2);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REQUEST), 0);
}

static void too_many_that_wait_are_refused(void)
{
    struct server_request request;
    struct reason reason = { .status = STATUS_OK };
    uint64_t id = 0;

    enrol_and_sleep(QUERY_Q);
    management_read(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    for (int i = 0; i < SERVER_HELD_MAX; i++) {
        CU_ASSERT_EQUAL(server_send(peer.server, &request, &id, &reason),
                        STATUS_OK);
    }
    CU_ASSERT_EQUAL(server_send(peer.server, &request, &id, &reason),
                    STATUS_LIMIT);
}

/** A timeout takes minutes: here it is put where libcoap's would be. */
static void a_device_that_does_not_answer_is_taken_for_asleep(void)
{
    const struct server_event timeout = {
        .kind = SERVER_TIMEOUT,
        .id = 1,
        .endpoint = "a",
        .as.failure = { .why = "no answer", .sent_ms = UINT64_MAX },
    };

    peer_enrol(QUERY_Q);
    event_queue_push(&peer.server->queue, &timeout);
    (void)peer_await(SERVER_TIMEOUT);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_SLEEP), 1);
    CU_ASSERT_EQUAL(peer.records[peer.count - 2].kind, SERVER_SLEEP);
    (void)ask("/3/0/0");
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REQUEST), 0);
    update();
    (void)peer_await(SERVER_WAKE);
    (void)peer_await(SERVER_REQUEST);
}

/** An Update may turn queue mode off. */
static void leaving_queue_mode_releases_what_waits(void)
{
    struct peer_datagram answer;
    struct peer_datagram request;

    enrol_and_sleep(QUERY_UQ);
    (void)ask("/3/0/0");
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, peer.location, "b=U", NULL, &answer),
        COAP_CODE(2, 4));
    next_request(&request);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_WAKE), 1);
    peer_reply(&request, PEER_ACK, request.mid, COAP_CODE(2, 5), -1, "1");
    (void)peer_await(SERVER_RESPONSE);
}

/** … and an Update of 1.1 may turn it on. */
static void an_update_may_turn_queue_mode_on(void)
{
    struct peer_datagram answer;

    peer_enrol(PEER_QUERY);
    CU_ASSERT_EQUAL(peer_exchange(PEER_POST, peer.location, "Q", NULL, &answer),
                    COAP_CODE(2, 4));
    server_set_awake(peer.server, "a", AWAKE_MS);
    CU_ASSERT_STRING_EQUAL(peer_await(SERVER_SLEEP)->endpoint, "a");
}

static CU_TestInfo tests[] = {
    { "waits", requests_wait_for_the_next_message_and_go_one_by_one },
    { "as given", a_request_that_waited_is_sent_as_it_was_given },
    { "awake", requests_to_a_device_that_listens_go_one_by_one_as_well },
    { "no queue mode", a_device_without_queue_mode_never_sleeps },
    { "wakes", notifications_and_sends_wake_a_device },
    { "ends", what_waits_ends_with_the_registration },
    { "limit", too_many_that_wait_are_refused },
    { "timeout", a_device_that_does_not_answer_is_taken_for_asleep },
    { "entering", an_update_may_turn_queue_mode_on },
    { "leaving", leaving_queue_mode_releases_what_waits },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "queue mode", NULL, NULL, peer_set_up, peer_tear_down, tests },
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
