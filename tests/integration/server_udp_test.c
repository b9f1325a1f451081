/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server against a device that is nothing but a UDP socket and this
 * file's own encoder: what the server does with datagrams, byte by byte.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/server_peer.h"

enum { GARBAGE_COUNT = 1000 };

/* lwm2m-core.md 16, M-1 to M-4. */
static void register_vectors_are_answered(void)
{
    struct peer_datagram answer;

    peer_hex("42020001a1b2b2726411283c65703d75726e3a6465763a31066c743d33303009"
             "6c776d326d3d312e3103623d550151ff3c2f3e3b63743d3131302c3c2f312f30"
             "3e2c3c2f332f303e");
    CU_ASSERT_EQUAL(peer_await(SERVER_REGISTER)->code, COAP_CODE(2, 1));
    peer_next_sent(&answer);
    CU_ASSERT_EQUAL(memcmp(answer.bytes, "\x62\x41\x00\x01\xa1\xb2\x82rd", 9),
                    0);
    peer_hex("4102000201b2726411283565703d6e31056c743d3630096c776d326d3d312e30"
             "04623d5551ff3c2f312f303e2c3c2f332f303e");
    CU_ASSERT_EQUAL(peer_await(SERVER_REGISTER)->code, COAP_CODE(2, 1));
    peer_next_sent(&answer);
    CU_ASSERT_EQUAL(memcmp(answer.bytes, "\x61\x41\x00\x02\x01\x82rd", 8), 0);
    CU_ASSERT_EQUAL(peer_exchange(PEER_POST, "/rd", "ep=x&lt=60&lwm2m=1.3",
                                  PEER_LINKS, &answer),
                    COAP_CODE(4, 12));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REFUSE), 1);
}

/** A limit that passed in a long turn is told of behind what has arrived: the
 *  answer it waits for may be there. */
static void what_has_arrived_comes_before_a_timer(void)
{
    uint64_t id = 0;

    CU_ASSERT_EQUAL_FATAL(server_timer_start(peer.server, 0, &id, NULL),
                          STATUS_OK);
    peer_hex("42020001a1b2b2726411283c65703d75726e3a6465763a31066c743d33303009"
             "6c776d326d3d312e3103623d550151ff3c2f3e3b63743d3131302c3c2f312f30"
             "3e2c3c2f332f303e");
    CU_ASSERT_EQUAL(peer_await(SERVER_TIMER)->id, id);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REGISTER), 1);
    CU_ASSERT_EQUAL(server_timer_start(peer.server, 0, &id, NULL), STATUS_OK);
    server_timer_stop(peer.server, id);
    CU_ASSERT_EQUAL(server_timer_start(peer.server, 1, &id, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(peer_await(SERVER_TIMER)->id, id);
}

/** The descriptor that is bound to the server's port, -1: none. */
static int server_socket(void)
{
    for (int fd = 3; fd < 256; fd++) {
        struct sockaddr_in address = { .sin_family = AF_UNSPEC };
        socklen_t size = sizeof(address);
        if (getsockname(fd, (struct sockaddr *)&address, &size) == 0 &&
            address.sin_family == AF_INET &&
            ntohs(address.sin_port) == server_port(peer.server)) {
            return fd;
        }
    }
    return -1;
}

static int receive_buffer(int fd)
{
    int size = 0;
    socklen_t length = sizeof(size);

    CU_ASSERT_EQUAL(getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &length), 0);
    return size;
}

/** 8 MiB, or what the system allows. */
static void the_socket_has_room_for_many_devices(void)
{
    const int wanted = 8 * 1024 * 1024;
    int plain = socket(AF_INET, SOCK_DGRAM, 0);
    int bound = server_socket();

    CU_ASSERT_TRUE_FATAL(plain >= 0);
    CU_ASSERT_TRUE_FATAL(bound >= 0);
    if (setsockopt(plain, SOL_SOCKET, SO_RCVBUFFORCE, &wanted,
                   sizeof(wanted)) != 0) {
        CU_ASSERT_EQUAL(
            setsockopt(plain, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted)),
            0);
    }
    CU_ASSERT_EQUAL(receive_buffer(bound), receive_buffer(plain));
    (void)close(plain);
}

static void retransmission_gets_the_same_answer_and_one_event(void)
{
    struct peer_datagram first;
    struct peer_datagram second;
    const char *m1 =
        "42020001a1b2b2726411283c65703d75726e3a6465763a31066c743d333030096c77"
        "6d326d3d312e3103623d550151ff3c2f3e3b63743d3131302c3c2f312f303e2c3c2f"
        "332f303e";

    peer_hex(m1);
    peer_next_sent(&first);
    peer_hex(m1);
    peer_next_sent(&second);
    CU_ASSERT_EQUAL(first.length, second.length);
    CU_ASSERT_EQUAL(memcmp(first.bytes, second.bytes, first.length), 0);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REGISTER), 1);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REPLACE), 0);
}

static void update_and_deregister_follow_the_location(void)
{
    struct peer_datagram answer;

    peer_enrol(PEER_QUERY);
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, peer.location, NULL, NULL, &answer),
        COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(peer_exchange(PEER_POST, "/rd/none", NULL, NULL, &answer),
                    COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_DELETE, peer.location, NULL, NULL, &answer),
        COAP_CODE(2, 2));
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, peer.location, NULL, NULL, &answer),
        COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_DELETE, peer.location, NULL, NULL, &answer),
        COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_UPDATE), 1);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_DEREGISTER), 1);
}

/** A message ID that comes again with another request is another request. */
static void same_message_id_with_another_path_is_not_a_repetition(void)
{
    struct peer_datagram answer;

    peer_enrol(PEER_QUERY);
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_DELETE, peer.location, NULL, NULL, &answer),
        COAP_CODE(2, 2));
    peer_enrol(PEER_QUERY);
    peer.mid = 101; /* the PEER_DELETE had 102 */
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, peer.location, NULL, NULL, &answer),
        COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_UPDATE), 1);
}

/** A device without a random source registers after a reboot from the same
 *  port with the very bytes it used before. */
static void identical_register_after_an_execute_is_a_new_one(void)
{
    struct server_request request;
    struct peer_datagram execute;

    peer_enrol(PEER_QUERY);
    const uint16_t mid = peer.mid;
    management_execute(&request, "a", lwm2m_path_resource(3, 0, 4), NULL);
    (void)peer_ask(&request);
    peer_next_sent(&execute);
    CU_ASSERT_EQUAL(execute.code, PEER_POST);
    peer_reply(&execute, PEER_ACK, execute.mid, COAP_CODE(2, 4), -1, "");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->code, COAP_CODE(2, 4));
    peer.mid = (uint16_t)(mid - 1);
    peer_enrol(PEER_QUERY);
    CU_ASSERT_EQUAL(peer.mid, mid);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REGISTER), 2);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REPLACE), 1);
}

static void lifetime_ends_in_an_expiry(void)
{
    struct peer_datagram answer;

    peer_enrol("ep=a&lt=1&lwm2m=1.1");
    CU_ASSERT_EQUAL(peer_await(SERVER_EXPIRE)->kind, SERVER_EXPIRE);
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, peer.location, NULL, NULL, &answer),
        COAP_CODE(4, 4));
}

/** A repeated stimulus after a restart would act on the device twice, and a
 *  dead request would hold back the new registration's (NSTART is 1). */
static void replacement_ends_requests_and_their_retransmissions(void)
{
    struct peer_datagram old;
    struct peer_datagram fresh;

    peer_enrol(PEER_QUERY);
    const uint64_t id = peer_ask_read(&old);
    peer_enrol(PEER_QUERY);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REPLACE), 1);
    size_t lost = 0;
    for (size_t i = 0; i < peer.count; i++) {
        lost += peer.records[i].kind == SERVER_SESSION_LOST &&
                peer.records[i].id == id;
    }
    CU_ASSERT_EQUAL(lost, 1);
    (void)peer_ask_read(&fresh);
    CU_ASSERT_NOT_EQUAL(fresh.mid, old.mid);
    peer_reply(&fresh, PEER_ACK, fresh.mid, COAP_CODE(2, 5), -1, "new");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->length, 3);
}

static void read_takes_piggybacked_and_separate_responses(void)
{
    struct peer_datagram request;
    struct peer_datagram acknowledgement;

    peer_enrol(PEER_QUERY);
    uint64_t id = peer_ask_read(&request);
    peer_reply(&request, PEER_ACK, request.mid, COAP_CODE(2, 5), -1, "one");
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "one", 3), 0);

    id = peer_ask_read(&request);
    struct peer_datagram empty = { .length = 0 };
    peer_begin(&empty, PEER_ACK, 0, request.mid, NULL, 0);
    peer_emit(&empty);
    peer_reply(&request, PEER_CON, 7000, COAP_CODE(2, 5), -1, "two");
    response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "two", 3), 0);
    CU_ASSERT(response->is_acked);
    peer_next_sent(&acknowledgement);
    CU_ASSERT_EQUAL(acknowledgement.type, PEER_ACK);
    CU_ASSERT_EQUAL(acknowledgement.mid, 7000);
}

static void reset_closes_the_request(void)
{
    struct peer_datagram request;
    struct peer_datagram empty = { .length = 0 };

    peer_enrol(PEER_QUERY);
    uint64_t id = peer_ask_read(&request);
    peer_begin(&empty, PEER_RST, 0, request.mid, NULL, 0);
    peer_emit(&empty);
    CU_ASSERT_EQUAL(peer_await(SERVER_RESET)->id, id);

    id = peer_ask_read(&request);
    peer_begin(&empty, PEER_ACK, 0, request.mid, NULL, 0);
    peer_emit(&empty);
    peer_begin(&empty, PEER_RST, 0, request.mid, NULL, 0);
    peer_emit(&empty);
    CU_ASSERT_EQUAL(peer_await(SERVER_RESET)->id, id);
}

static void hand_made_blocks_travel_unchanged(void)
{
    uint8_t body[64];
    struct server_request request;
    struct peer_datagram message;

    memset(body, 'U', sizeof(body));
    peer_enrol(PEER_QUERY);
    management_write(&request, "a", lwm2m_path_resource(5, 0, 0),
                     CONTENT_FORMAT_OPAQUE, body, sizeof(body));
    request.has_block1 = true;
    request.block1 = (struct server_block){ 0, true, 2 };
    request.has_size1 = true;
    request.size1 = 130;
    const uint64_t id = peer_ask(&request);
    peer_next_sent(&message);
    /* M-40 behind the token */
    CU_ASSERT_EQUAL(memcmp(message.bytes + 4 + message.token_length,
                           "\xb1"
                           "5\x01"
                           "0\x01"
                           "0\x11*\xd1\x02\x0a\xd1"
                           "\x14\x82\xff"
                           "UUUU",
                           19),
                    0);
    struct peer_datagram answer = { .length = 0 };
    unsigned last = 0;
    peer_begin(&answer, PEER_ACK, COAP_CODE(2, 31), message.mid, message.token,
               message.token_length);
    peer_option(&answer, &last, PEER_BLOCK1, "\x0a", 1);
    peer_emit(&answer);
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(response->code, COAP_CODE(2, 31));
    CU_ASSERT_TRUE(response->has_block1);
    CU_ASSERT_EQUAL(response->block1.szx, 2);
}

static void observation_notifies_until_cancelled(void)
{
    struct server_request request;
    struct peer_datagram message;
    struct peer_datagram cancel;
    struct peer_datagram other;

    peer_enrol(PEER_QUERY);
    management_observe(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = peer_ask(&request);
    peer_next_sent(&message);
    peer_reply(&message, PEER_ACK, message.mid, COAP_CODE(2, 5), 2, "100");
    CU_ASSERT_TRUE(peer_await(SERVER_RESPONSE)->has_observe);
    peer_reply(&message, PEER_CON, 8000, COAP_CODE(2, 5), 3, "99");
    CU_ASSERT_EQUAL(peer_await(SERVER_NOTIFICATION)->id, id);
    peer_next_sent(&other);
    CU_ASSERT_EQUAL(other.type, PEER_ACK);

    management_cancel(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE, id);
    const uint64_t cancel_id = peer_ask(&request);
    peer_next_sent(&cancel);
    CU_ASSERT_EQUAL(cancel.token_length, message.token_length);
    CU_ASSERT_EQUAL(memcmp(cancel.token, message.token, cancel.token_length),
                    0);
    /* One that was under way is no answer to the cancel. */
    peer_reply(&message, PEER_NON, 8001, COAP_CODE(2, 5), 4, "98");
    CU_ASSERT_EQUAL(peer_await(SERVER_NOTIFICATION)->id, id);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_RESPONSE), 1);
    peer_reply(&cancel, PEER_ACK, cancel.mid, COAP_CODE(2, 5), -1, "98");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, cancel_id);
    peer_reply(&message, PEER_CON, 8002, COAP_CODE(2, 5), 5, "97");
    CU_ASSERT_EQUAL(peer_await(SERVER_UNWANTED)->id, id);
    peer_next_sent(&other);
    CU_ASSERT_EQUAL(other.type, PEER_RST);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_NOTIFICATION), 2);
}

static void body_in_blocks_is_one_response(void)
{
    struct peer_datagram request;
    struct peer_datagram next;

    peer_enrol(PEER_QUERY);
    const uint64_t id = peer_ask_read(&request);
    peer_reply_block(&request, PEER_ACK, request.mid, 0x08, "0123456789abcdef");
    peer_next_sent(&next);
    peer_reply_block(&next, PEER_ACK, next.mid, 0x10, "tail");
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(response->length, 20);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "0123456789abcdeftail", 20), 0);
}

static void garbage_does_no_harm(void)
{
    struct peer_datagram message;
    uint32_t state = 12345;
    const int other = peer_open(server_port(peer.server));

    for (int i = 0; i < GARBAGE_COUNT; i++) {
        message.length = 0;
        state = state * 1103515245 + 12345;
        const size_t length = 1 + (state >> 16) % 64;
        while (message.length < length) {
            state = state * 1103515245 + 12345;
            message.bytes[message.length++] = (uint8_t)(state >> 16);
        }
        CU_ASSERT_EQUAL(send(other, message.bytes, message.length, 0),
                        (ssize_t)message.length);
        (void)peer_await(SERVER_MESSAGE);
    }
    CU_ASSERT_TRUE(peer_count_of(SERVER_STRAY) > 0);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REGISTER), 0);
    (void)close(other);
    peer_enrol(PEER_QUERY);
}

/** RFC 7252, 5.3.2: a device with two addresses, or behind a NAT. */
static void response_from_another_port_is_none(void)
{
    struct peer_datagram request;
    const int own = peer.fd;

    peer_enrol(PEER_QUERY);
    const uint64_t id = peer_ask_read(&request);
    peer.fd = peer_open(server_port(peer.server));
    peer_reply(&request, PEER_ACK, request.mid, COAP_CODE(2, 5), -1, "wrong");
    CU_ASSERT_STRING_EQUAL(peer_await(SERVER_STRAY)->text,
                           "a response in an ACK whose message ID fits no "
                           "request");
    CU_ASSERT_EQUAL(peer_count_of(SERVER_RESPONSE), 0);
    (void)close(peer.fd);
    peer.fd = own;
    peer_reply(&request, PEER_ACK, request.mid, COAP_CODE(2, 5), -1, "right");
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "right", 5), 0);
    /* Nothing holds the next one back. */
    (void)peer_ask_read(&request);
}

/** Options that run over the end, and a version-1 header: still a stray. */
static void malformed_message_is_a_stray(void)
{
    peer_hex("400100019f");
    CU_ASSERT_EQUAL(peer_await(SERVER_STRAY)->kind, SERVER_STRAY);
}

/** RFC 7252, 5.10: Uri-Query has at most 255 bytes. */
static void overlong_endpoint_name_is_survived_with_an_event(void)
{
    struct peer_datagram request = { .length = 0 };
    char query[301];
    unsigned last = 0;

    memset(query, 'e', sizeof(query) - 1);
    memcpy(query, "ep=", 3);
    peer_begin(&request, PEER_CON, PEER_POST, 1, NULL, 0);
    peer_option(&request, &last, PEER_URI_PATH, "rd", 2);
    peer_option(&request, &last, PEER_URI_QUERY, query, sizeof(query) - 1);
    peer_emit(&request);
    CU_ASSERT_EQUAL(peer_await(SERVER_STRAY)->kind, SERVER_STRAY);
    peer_enrol(PEER_QUERY);
}

/** A device may go on notifying after a restart of the tester. */
static void tokens_differ_between_runs(void)
{
    struct peer_datagram first;
    struct peer_datagram second;

    peer_enrol(PEER_QUERY);
    (void)peer_ask_read(&first);
    peer_tear_down();
    peer_set_up();
    peer_enrol(PEER_QUERY);
    (void)peer_ask_read(&second);
    CU_ASSERT_NOT_EQUAL(memcmp(first.token, second.token, 8), 0);
}

static void ignore_event(const struct server_event *event, void *user)
{
    (void)event;
    (void)user;
}

static void port_in_use_is_said_with_the_port(void)
{
    const struct server_config config = { .port = server_port(peer.server) };
    struct server *second = NULL;
    struct reason reason = { .status = STATUS_OK };
    char port[8];

    (void)snprintf(port, sizeof(port), "%u", config.port);
    CU_ASSERT_EQUAL(server_new(&config, ignore_event, NULL, &second, &reason),
                    STATUS_NETWORK);
    CU_ASSERT_PTR_NULL(second);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, port));
    peer_enrol(PEER_QUERY); /* the first one still hears */
}

static void processes_report_output_and_end(void)
{
    static const char *const good[] = { "sh", "-c", "echo hi; exit 3", NULL };
    static const char *const bad[] = { "/nonexistent/program", NULL };
    uint64_t id = 0;

    CU_ASSERT_EQUAL(server_process_start(peer.server, bad, &id, NULL),
                    STATUS_NOT_FOUND);
    CU_ASSERT_EQUAL(server_process_start(peer.server, good, &id, NULL),
                    STATUS_OK);
    const struct peer_record *record = peer_await(SERVER_PROCESS_OUTPUT);
    CU_ASSERT_EQUAL(memcmp(record->bytes, "hi\n", 3), 0);
    record = peer_await(SERVER_PROCESS_EXIT);
    CU_ASSERT_EQUAL(record->id, id);
    CU_ASSERT_EQUAL(record->code, 3);
}

static CU_TestInfo tests[] = {
    { "timers", what_has_arrived_comes_before_a_timer },
    { "buffer", the_socket_has_room_for_many_devices },
    { "vectors", register_vectors_are_answered },
    { "duplicate", retransmission_gets_the_same_answer_and_one_event },
    { "update, de-register", update_and_deregister_follow_the_location },
    { "same message ID",
      same_message_id_with_another_path_is_not_a_repetition },
    { "reboot", identical_register_after_an_execute_is_a_new_one },
    { "expiry", lifetime_ends_in_an_expiry },
    { "replacement", replacement_ends_requests_and_their_retransmissions },
    { "read", read_takes_piggybacked_and_separate_responses },
    { "reset", reset_closes_the_request },
    { "blocks by hand", hand_made_blocks_travel_unchanged },
    { "observe", observation_notifies_until_cancelled },
    { "body in blocks", body_in_blocks_is_one_response },
    { "garbage", garbage_does_no_harm },
    { "response from another port", response_from_another_port_is_none },
    { "malformed", malformed_message_is_a_stray },
    { "overlong ep", overlong_endpoint_name_is_survived_with_an_event },
    { "tokens", tokens_differ_between_runs },
    { "port in use", port_in_use_is_said_with_the_port },
    { "processes", processes_report_output_and_end },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "server over UDP", NULL, NULL, peer_set_up, peer_tear_down, tests },
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
