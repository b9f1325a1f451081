/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two LwM2M servers in one process: a device registers with both, and each
 * has its own registration, requests and answers.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/server_peer.h"

#define SECOND "a" SERVER_SECOND_SUFFIX

/** The device talks to the second server; the way back. */
static int turn_to_second(void)
{
    const int first = peer.fd;

    peer.fd = peer_open(server_second_port(peer.server));
    peer.port = peer_port(peer.fd);
    return first;
}

static void turn_back(int first)
{
    (void)close(peer.fd); /* nothing was written */
    peer.fd = first;
    peer.port = peer_port(first);
}

/** The name in the newest event of the kind; "": there was none. */
static const char *newest_name(enum server_event_kind kind)
{
    for (size_t i = peer.count; i > 0; i--) {
        if (peer.records[i - 1].kind == kind) {
            return peer.records[i - 1].endpoint;
        }
    }
    return "";
}

static void register_again(void)
{
    struct peer_datagram answer;

    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, "/rd", PEER_QUERY, PEER_LINKS, &answer),
        COAP_CODE(2, 1));
}

static void each_server_has_a_registration_of_its_own(void)
{
    register_again();
    CU_ASSERT_STRING_EQUAL(newest_name(SERVER_REGISTER), "a");
    const int first = turn_to_second();
    register_again();
    CU_ASSERT_STRING_EQUAL(newest_name(SERVER_REGISTER), SECOND);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REPLACE), 0);
    turn_back(first);
}

static void request_goes_out_from_the_server_that_is_named(void)
{
    struct server_request request;
    struct peer_datagram sent;

    register_again();
    const int first = turn_to_second();
    register_again();
    management_read(&request, SECOND, PEER_RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = peer_ask(&request);
    peer_next_sent(&sent); /* at the second socket, or the test ends */
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    const struct peer_record *answer = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(answer->id, id);
    CU_ASSERT_STRING_EQUAL(answer->endpoint, SECOND);
    turn_back(first);
}

static void one_server_does_not_end_the_registration_of_the_other(void)
{
    struct server_request request;
    struct peer_datagram answer;
    char location[sizeof(peer.location)];

    peer_enrol(PEER_QUERY);
    const int first = turn_to_second();
    peer_enrol(PEER_QUERY);
    memcpy(location, peer.location, sizeof(location));
    turn_back(first);
    CU_ASSERT_EQUAL(peer_exchange(PEER_POST, location, "", "", &answer),
                    COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(peer_exchange(PEER_DELETE, location, "", "", &answer),
                    COAP_CODE(4, 4));
    management_read(&request, SECOND, PEER_RESOURCE, CONTENT_FORMAT_NONE);
    (void)peer_ask(&request); /* or the test ends */
}

static void no_device_has_a_name_as_the_second_server_gives_it(void)
{
    struct peer_datagram answer;

    CU_ASSERT_EQUAL(peer_exchange(PEER_POST, "/rd",
                                  "ep=" SECOND "&lt=300&lwm2m=1.1", PEER_LINKS,
                                  &answer),
                    COAP_CODE(4, 0));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REGISTER), 0);
}

static void refusal_by_the_second_server_is_told_as_its_own(void)
{
    struct peer_datagram answer;
    const int first = turn_to_second();

    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, "/rd", "ep=a&lwm2m=1.1", PEER_LINKS, &answer),
        COAP_CODE(4, 0));
    CU_ASSERT_STRING_EQUAL(newest_name(SERVER_REFUSE), SECOND);
    turn_back(first);
}

/** By the socket of the first one. */
static void send_to_second(const struct peer_datagram *message)
{
    const struct sockaddr_in second = {
        .sin_family = AF_INET,
        .sin_port = htons(server_second_port(peer.server)),
        .sin_addr = { htonl(INADDR_LOOPBACK) },
    };

    CU_ASSERT_EQUAL(sendto(peer.fd, message->bytes, message->length, 0,
                           (const struct sockaddr *)&second, sizeof(second)),
                    (ssize_t)message->length);
}

static struct peer_datagram build_register(void)
{
    struct peer_datagram message = { .length = 0 };
    unsigned last = 0;

    peer_begin(&message, PEER_CON, PEER_POST, ++peer.mid, NULL, 0);
    peer_split(&message, &last, PEER_URI_PATH, "rd", '/');
    peer_split(&message, &last, PEER_URI_QUERY, PEER_QUERY, '&');
    peer_payload(&message, PEER_LINKS, strlen(PEER_LINKS));
    return message;
}

/** Register at the second server by the socket of the first one, which does
 *  not hear the answer. */
static void register_by_the_same_socket(void)
{
    const struct peer_datagram message = build_register();

    send_to_second(&message);
}

static void hook_meets_messages_of_the_server_that_is_named(void)
{
    const struct server_hook hook = {
        .action = SERVER_HOOK_DROP,
        .endpoint = "a",
        .direction = SERVER_RECEIVED,
        .type = SERVER_HOOK_ANY,
        .code = COAP_CODE(2, 5),
        .method = SERVER_HOOK_ANY,
        .block = SERVER_HOOK_ANY,
        .times = 1,
    };
    struct peer_datagram sent;
    uint64_t id = 0;

    peer_enrol(PEER_QUERY);
    register_by_the_same_socket();
    (void)peer_await(SERVER_REGISTER);
    CU_ASSERT_STRING_EQUAL(newest_name(SERVER_REGISTER), SECOND);
    CU_ASSERT_EQUAL(server_arm(peer.server, &hook, &id, NULL), STATUS_OK);
    (void)peer_ask_read(&sent);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    const struct peer_record *met = peer_await(SERVER_WIRE);
    CU_ASSERT_EQUAL(met->id, id);
    CU_ASSERT_STRING_EQUAL(met->text, "dropped");
}

/** Each port has message IDs of its own. */
static void ack_at_another_port_is_none_of_the_request(void)
{
    struct peer_datagram sent;
    struct peer_datagram empty = { .length = 0 };

    peer_enrol(PEER_QUERY);
    (void)peer_ask_read(&sent);
    peer_begin(&empty, PEER_ACK, 0, sent.mid, NULL, 0);
    send_to_second(&empty);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    CU_ASSERT_FALSE(peer_await(SERVER_RESPONSE)->is_acked);
}

/** Each port has message IDs of its own: not one byte differs here. */
static void same_message_to_another_port_is_no_repetition(void)
{
    const struct peer_datagram message = build_register();

    peer_emit(&message);
    (void)peer_await(SERVER_REGISTER);
    send_to_second(&message);
    (void)peer_await(SERVER_REGISTER); /* or the test ends */
    CU_ASSERT_STRING_EQUAL(newest_name(SERVER_REGISTER), SECOND);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_WIRE), 0);
}

/** The socket takes what comes from the second server's port alone. */
static void malformed_message_comes_from_the_server_that_is_named(void)
{
    struct peer_datagram message;
    struct reason reason = { .status = STATUS_OK };
    uint64_t id = 0;

    register_again();
    const int first = turn_to_second();
    register_again();
    CU_ASSERT_EQUAL(server_send_malformed(peer.server, SECOND,
                                          SERVER_CRITICAL_OPTION, &id, &reason),
                    STATUS_OK);
    peer_next_sent(&message); /* or the test ends */
    CU_ASSERT_EQUAL(message.code, PEER_GET);
    turn_back(first);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "registration", each_server_has_a_registration_of_its_own },
        { "request", request_goes_out_from_the_server_that_is_named },
        { "location", one_server_does_not_end_the_registration_of_the_other },
        { "name", no_device_has_a_name_as_the_second_server_gives_it },
        { "hook", hook_meets_messages_of_the_server_that_is_named },
        { "ACK", ack_at_another_port_is_none_of_the_request },
        { "repetition", same_message_to_another_port_is_no_repetition },
        { "malformed", malformed_message_comes_from_the_server_that_is_named },
        { "refusal", refusal_by_the_second_server_is_told_as_its_own },
        CU_TEST_INFO_NULL,
    };

    return peer_run("second server", tests);
}
