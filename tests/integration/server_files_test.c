/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that devices fetch, over UDP: what goes over the wire and what is
 * told, against a client that is nothing but a socket and bytes by hand.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/server.h"

enum {
    SIZE = 1500,
    DATAGRAM_MAX = 1500,
    RECORDS_MAX = 256,
    GUARD_MS = 20000,
    GET = 1,
    POST = 2,
    URI_PATH = 11,
    BLOCK2 = 23,
    ACK = 2,
    HEADER = 4,
};

/** What is kept of an event. */
struct record {
    enum server_event_kind kind;
    struct server_repository_view view; /* pointers NULL */
    uint64_t id;
    char endpoint[16];
    char local[64]; /* of a message */
    bool is_sent;
};

static struct {
    struct server *server;
    struct record records[RECORDS_MAX];
    size_t count;
    enum server_event_kind wanted;
    uint64_t guard;
    bool guard_passed;
    uint8_t bytes[SIZE];
    int fd;
    uint16_t message_id;
} fixture;

static void on_event(const struct server_event *event, void *user)
{
    struct record *record = &fixture.records[fixture.count];

    (void)user;
    if (event->kind == SERVER_TIMER && event->id == fixture.guard) {
        fixture.guard_passed = true;
        server_stop(fixture.server);
        return;
    }
    if (fixture.count == RECORDS_MAX) {
        return;
    }
    fixture.count++;
    *record = (struct record){ .kind = event->kind, .id = event->id };
    if (event->kind == SERVER_REPOSITORY) {
        record->view = event->as.repository;
        CU_ASSERT_PTR_NOT_NULL(record->view.path);
        record->view.path = NULL;
        record->view.peer = NULL;
        record->view.payload = NULL;
        (void)snprintf(record->endpoint, sizeof(record->endpoint), "%s",
                       event->endpoint);
    }
    if (event->kind == SERVER_MESSAGE) {
        (void)snprintf(record->local, sizeof(record->local), "%s",
                       event->as.message.local);
        record->is_sent = event->as.message.direction == SERVER_SENT;
    }
    if (event->kind == fixture.wanted) {
        server_stop(fixture.server);
    }
}

/** Turn the loop until an event of the kind comes. @return NULL: none came */
static const struct record *await(enum server_event_kind kind)
{
    fixture.wanted = kind;
    fixture.guard_passed = false;
    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(fixture.server, GUARD_MS, &fixture.guard, NULL),
        STATUS_OK);
    server_run(fixture.server);
    server_timer_stop(fixture.server, fixture.guard);
    if (fixture.guard_passed) {
        CU_FAIL("the awaited event did not come");
        return NULL;
    }
    return &fixture.records[fixture.count - 1];
}

static void connect_to(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port) };

    if (fixture.fd >= 0) {
        (void)close(fixture.fd);
    }
    fixture.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_TRUE_FATAL(fixture.fd >= 0);
    CU_ASSERT_EQUAL_FATAL(
        connect(fixture.fd, (struct sockaddr *)&address, sizeof(address)), 0);
}

/** A confirmable request; `block2` -1: without. A path of one segment. */
static void ask(uint8_t method, const char *path, long block2)
{
    uint8_t bytes[64] = { 0x41, method };
    size_t length = HEADER;
    size_t path_length = strlen(path + 1);

    fixture.message_id++;
    bytes[2] = (uint8_t)(fixture.message_id >> 8);
    bytes[3] = (uint8_t)fixture.message_id;
    bytes[length++] = 0x77; /* token */
    bytes[length++] = (uint8_t)(URI_PATH << 4 | 13);
    bytes[length++] = (uint8_t)(path_length - 13);
    memcpy(bytes + length, path + 1, path_length);
    length += path_length;
    if (block2 >= 0) {
        bytes[length++] = (uint8_t)((BLOCK2 - URI_PATH) << 4 | 2);
        bytes[length++] = (uint8_t)(block2 >> 8);
        bytes[length++] = (uint8_t)block2;
    }
    CU_ASSERT_EQUAL(send(fixture.fd, bytes, length, 0), (ssize_t)length);
}

static size_t receive(uint8_t bytes[DATAGRAM_MAX])
{
    struct pollfd waiting = { .fd = fixture.fd, .events = POLLIN };

    if (poll(&waiting, 1, GUARD_MS) != 1) {
        CU_FAIL("no datagram from the server");
        return 0;
    }
    ssize_t length = recv(fixture.fd, bytes, DATAGRAM_MAX, 0);
    return length > 0 ? (size_t)length : 0;
}

static void set_up(void)
{
    const struct server_config config = { .port = 0 };

    fixture.count = 0;
    fixture.fd = -1;
    for (size_t i = 0; i < SIZE; i++) {
        fixture.bytes[i] = (uint8_t)(i + i / 256);
    }
    CU_ASSERT_EQUAL_FATAL(
        server_new(&config, on_event, NULL, &fixture.server, NULL), STATUS_OK);
}

static void tear_down(void)
{
    server_free(fixture.server);
    if (fixture.fd >= 0) {
        (void)close(fixture.fd);
    }
}

static uint64_t publish(struct repository_resource resource,
                        char uri[SERVER_URI_MAX + 1])
{
    uint64_t id = 0;

    resource.endpoint = "dev";
    resource.bytes = fixture.bytes;
    resource.length = SIZE;
    resource.max_szx = 6;
    CU_ASSERT_EQUAL_FATAL(
        server_publish(fixture.server, &resource, NULL, &id, uri, NULL),
        STATUS_OK);
    return id;
}

/** "coap://127.0.0.1:PORT" goes before it. */
static const char *path_of(const char *uri, uint16_t port)
{
    char start[64];

    (void)snprintf(start, sizeof(start), "coap://127.0.0.1:%u/", port);
    CU_ASSERT_EQUAL_FATAL(strncmp(uri, start, strlen(start)), 0);
    return uri + strlen(start) - 1;
}

/** The second block of 1024 bytes, option by option. */
static void check_second_block(const uint8_t *bytes, size_t length)
{
    const size_t left = SIZE - 1024;

    CU_ASSERT_EQUAL(bytes[0] >> 4 & 3, ACK);
    CU_ASSERT_EQUAL(bytes[1], COAP_CODE(2, 5));
    CU_ASSERT_EQUAL(bytes[4], 0x77);
    CU_ASSERT_EQUAL(bytes[5], 0x44);  /* ETag, four bytes */
    CU_ASSERT_EQUAL(bytes[10], 0x81); /* Content-Format */
    CU_ASSERT_EQUAL(bytes[11], CONTENT_FORMAT_OPAQUE);
    CU_ASSERT_EQUAL(bytes[12], 0xb1); /* Block2 */
    CU_ASSERT_EQUAL(bytes[13], 0x16); /* 1, no more, 1024 */
    CU_ASSERT_EQUAL(bytes[14], 0xff);
    CU_ASSERT_EQUAL(length, 15 + left);
    CU_ASSERT_EQUAL(memcmp(bytes + 15, fixture.bytes + 1024, left), 0);
}

static void a_block_is_given_and_told_on_each_port(void)
{
    for (int i = 0; i < 2; i++) {
        uint8_t bytes[DATAGRAM_MAX];
        char uri[SERVER_URI_MAX + 1];
        char local[64];
        uint16_t port = i == 0 ? server_repository_port(fixture.server)
                               : server_port(fixture.server);
        uint64_t id = publish(
            (struct repository_resource){ .on_lwm2m_port = i == 1 }, uri);
        connect_to(port);
        ask(GET, path_of(uri, port), 0x16);
        const struct record *record = await(SERVER_REPOSITORY);
        CU_ASSERT_PTR_NOT_NULL_FATAL(record);
        CU_ASSERT_EQUAL(record->id, id);
        CU_ASSERT_STRING_EQUAL(record->endpoint, "dev");
        CU_ASSERT_EQUAL(record->view.method, GET);
        CU_ASSERT_EQUAL(record->view.code, COAP_CODE(2, 5));
        CU_ASSERT_EQUAL(record->view.asked.number, 1);
        CU_ASSERT_EQUAL(record->view.block2.number, 1);
        CU_ASSERT_EQUAL(record->view.block2.szx, 6);
        CU_ASSERT_FALSE(record->view.block2.more);
        CU_ASSERT_EQUAL(record->view.offset, 1024);
        CU_ASSERT_EQUAL(record->view.size, SIZE);
        CU_ASSERT_EQUAL(record->view.payload_length, SIZE - 1024);
        CU_ASSERT_EQUAL(record->view.on_lwm2m_port, i == 1);
        size_t length = receive(bytes);
        check_second_block(bytes, length);
        record = await(SERVER_MESSAGE);
        CU_ASSERT_PTR_NOT_NULL_FATAL(record);
        CU_ASSERT_TRUE(record->is_sent);
        (void)snprintf(local, sizeof(local), "127.0.0.1:%u", port);
        CU_ASSERT_STRING_EQUAL(record->local, local);
    }
}

static void what_is_not_there_is_a_stray(void)
{
    uint8_t bytes[DATAGRAM_MAX];
    char uri[SERVER_URI_MAX + 1];
    uint16_t port = server_repository_port(fixture.server);

    uint64_t id = publish((struct repository_resource){ .path = NULL }, uri);
    connect_to(server_port(fixture.server)); /* there it is not */
    ask(GET, path_of(uri, port), -1);
    CU_ASSERT_PTR_NOT_NULL(await(SERVER_STRAY));
    CU_ASSERT_TRUE(receive(bytes) > 0);
    CU_ASSERT_EQUAL(bytes[1], COAP_CODE(4, 4));
    connect_to(port);
    server_unpublish(fixture.server, id);
    ask(GET, path_of(uri, port), -1);
    CU_ASSERT_PTR_NOT_NULL(await(SERVER_STRAY));
    CU_ASSERT_TRUE(receive(bytes) > 0);
    CU_ASSERT_EQUAL(bytes[1], COAP_CODE(4, 4));
    ask(POST, "/rd-and-more-of-it", -1);
    CU_ASSERT_PTR_NOT_NULL(await(SERVER_STRAY));
    CU_ASSERT_TRUE(receive(bytes) > 0);
    CU_ASSERT_EQUAL(bytes[1], COAP_CODE(4, 4));
}

/** Silence is proven by what comes first after it. */
static void a_stop_sends_nothing(void)
{
    uint8_t bytes[DATAGRAM_MAX];
    char uri[SERVER_URI_MAX + 1];
    uint16_t port = server_repository_port(fixture.server);
    uint64_t id = publish(
        (struct repository_resource){
            .faults = { { .when = REPOSITORY_AT_REQUEST,
                          .number = 1,
                          .deed = REPOSITORY_STOP,
                          .code = 0 } },
            .fault_count = 1 },
        uri);

    connect_to(port);
    ask(GET, path_of(uri, port), -1);
    const struct record *record = await(SERVER_REPOSITORY);
    CU_ASSERT_PTR_NOT_NULL_FATAL(record);
    CU_ASSERT_EQUAL(record->view.code, 0);
    server_publish_resume(fixture.server, id);
    fixture.message_id--; /* the retransmission */
    ask(GET, path_of(uri, port), -1);
    record = await(SERVER_REPOSITORY);
    CU_ASSERT_PTR_NOT_NULL_FATAL(record);
    CU_ASSERT_TRUE(record->view.is_repeated);
    CU_ASSERT_EQUAL(record->view.code, COAP_CODE(2, 5));
    CU_ASSERT_TRUE(receive(bytes) > 0);
    CU_ASSERT_EQUAL(bytes[1], COAP_CODE(2, 5));
    CU_ASSERT_EQUAL(recv(fixture.fd, bytes, sizeof(bytes), MSG_DONTWAIT), -1);
}

/** Publish with one fault, ask once, and wait until it was told. */
static void ask_with(struct repository_fault fault)
{
    char uri[SERVER_URI_MAX + 1];
    uint16_t port = server_repository_port(fixture.server);

    (void)publish(
        (struct repository_resource){ .faults = { fault }, .fault_count = 1 },
        uri);
    connect_to(port);
    ask(GET, path_of(uri, port), 0x16);
    CU_ASSERT_PTR_NOT_NULL_FATAL(await(SERVER_REPOSITORY));
}

/** Turn the loop until a datagram is there. */
static size_t receive_later(uint8_t bytes[DATAGRAM_MAX])
{
    ssize_t length = -1;

    for (int i = 0; i < 100 && length < 0; i++) {
        (void)await(SERVER_MESSAGE); /* sent, or received */
        length = recv(fixture.fd, bytes, DATAGRAM_MAX, MSG_DONTWAIT);
    }
    CU_ASSERT_TRUE_FATAL(length > 0);
    return (size_t)length;
}

static void a_late_answer_is_the_ack(void)
{
    uint8_t bytes[DATAGRAM_MAX];

    ask_with((struct repository_fault){ .deed = REPOSITORY_LATE, .ms = 30 });
    CU_ASSERT_EQUAL(recv(fixture.fd, bytes, sizeof(bytes), MSG_DONTWAIT), -1);
    size_t length = receive_later(bytes);
    CU_ASSERT_EQUAL((uint16_t)(bytes[2] << 8 | bytes[3]), fixture.message_id);
    check_second_block(bytes, length);
}

/** The same message meanwhile is not answered twice. */
static void a_repeated_request_waits_for_the_late_answer(void)
{
    uint8_t bytes[DATAGRAM_MAX];
    char uri[SERVER_URI_MAX + 1];
    uint16_t port = server_repository_port(fixture.server);

    (void)publish(
        (struct repository_resource){
            .faults = { { .deed = REPOSITORY_LATE, .ms = 100 } },
            .fault_count = 1 },
        uri);
    connect_to(port);
    for (int i = 0; i < 2; i++) {
        ask(GET, path_of(uri, port), 0x16);
        CU_ASSERT_PTR_NOT_NULL_FATAL(await(SERVER_REPOSITORY));
        fixture.message_id--;
    }
    CU_ASSERT_EQUAL(recv(fixture.fd, bytes, sizeof(bytes), MSG_DONTWAIT), -1);
    CU_ASSERT_EQUAL(receive_later(bytes), 15 + SIZE - 1024);
    fixture.message_id++;
    ask(GET, path_of(uri, port), 0x16); /* it was lost, and is given again */
    CU_ASSERT_EQUAL(receive_later(bytes), 15 + SIZE - 1024);
    CU_ASSERT_EQUAL(recv(fixture.fd, bytes, sizeof(bytes), MSG_DONTWAIT), -1);
}

/** RFC 7252, 5.2.2: an empty ACK, and then a message of its own. */
static void a_separate_answer_follows_an_empty_ack(void)
{
    uint8_t bytes[DATAGRAM_MAX];

    ask_with((struct repository_fault){ .deed = REPOSITORY_SEPARATE });
    CU_ASSERT_EQUAL(receive(bytes), HEADER);
    CU_ASSERT_EQUAL(bytes[0], 0x60); /* ACK without a token */
    CU_ASSERT_EQUAL(bytes[1], 0);
    CU_ASSERT_EQUAL((uint16_t)(bytes[2] << 8 | bytes[3]), fixture.message_id);
    size_t length = receive_later(bytes);
    CU_ASSERT_EQUAL(bytes[0], 0x41); /* CON with a token of one byte */
    CU_ASSERT_EQUAL(bytes[1], COAP_CODE(2, 5));
    CU_ASSERT_EQUAL(bytes[4], 0x77);
    CU_ASSERT_EQUAL(length, 15 + SIZE - 1024);
    CU_ASSERT_EQUAL(memcmp(bytes + 15, fixture.bytes + 1024, SIZE - 1024), 0);
}

/** RFC 7252, 4.2: a Reset with the message ID, and nothing else. */
static void a_request_is_rejected_by_a_reset(void)
{
    uint8_t bytes[DATAGRAM_MAX];

    ask_with((struct repository_fault){ .deed = REPOSITORY_RESET });
    CU_ASSERT_EQUAL(receive(bytes), HEADER);
    CU_ASSERT_EQUAL(bytes[0], 0x70); /* RST without a token */
    CU_ASSERT_EQUAL(bytes[1], 0);
    CU_ASSERT_EQUAL((uint16_t)(bytes[2] << 8 | bytes[3]), fixture.message_id);
    CU_ASSERT_EQUAL(recv(fixture.fd, bytes, sizeof(bytes), MSG_DONTWAIT), -1);
}

static void a_double_answer_comes_twice(void)
{
    uint8_t first[DATAGRAM_MAX];
    uint8_t second[DATAGRAM_MAX];

    ask_with((struct repository_fault){ .deed = REPOSITORY_DUPLICATE });
    size_t length = receive(first);
    CU_ASSERT_EQUAL(receive_later(second), length);
    CU_ASSERT_EQUAL(memcmp(first, second, length), 0);
    check_second_block(first, length);
}

static void an_error_says_how_long_it_lasts(void)
{
    static const uint8_t max_age[] = { 0xd1, 14 - 13, 30 };
    uint8_t bytes[DATAGRAM_MAX];

    ask_with((struct repository_fault){
        .deed = REPOSITORY_CODE, .code = COAP_CODE(5, 3), .max_age_s = 30 });
    CU_ASSERT_EQUAL(receive(bytes), HEADER + 1 + sizeof(max_age));
    CU_ASSERT_EQUAL(bytes[1], COAP_CODE(5, 3));
    CU_ASSERT_EQUAL(memcmp(bytes + HEADER + 1, max_age, sizeof(max_age)), 0);
}

static void a_file_that_is_taken_away_is_not_given_late(void)
{
    uint8_t bytes[DATAGRAM_MAX];
    char uri[SERVER_URI_MAX + 1];
    uint16_t port = server_repository_port(fixture.server);
    uint64_t id = publish(
        (struct repository_resource){
            .faults = { { .deed = REPOSITORY_LATE, .ms = 20 } },
            .fault_count = 1 },
        uri);

    connect_to(port);
    ask(GET, path_of(uri, port), 0x16);
    CU_ASSERT_PTR_NOT_NULL_FATAL(await(SERVER_REPOSITORY));
    server_unpublish(fixture.server, id);
    ask(GET, path_of(uri, port), 0x16);
    CU_ASSERT_EQUAL(receive_later(bytes), HEADER + 1);
    CU_ASSERT_EQUAL(bytes[1], COAP_CODE(4, 4));
}

/** What stands in the URI, and what a request for it has to say. */
static void the_uri_says_where_a_file_is(void)
{
    static const char start[] = "coap://[::1]:";
    const struct repository_resource resource = { .endpoint = "dev",
                                                  .bytes = fixture.bytes,
                                                  .length = SIZE };
    const struct server_place place = { .target = "/a%2Db?c=d%20e&f" };
    char uri[SERVER_URI_MAX + 1];
    uint64_t id = 0;

    CU_ASSERT_EQUAL_FATAL(
        server_publish(fixture.server, &resource, &place, &id, uri, NULL),
        STATUS_OK);
    CU_ASSERT_STRING_EQUAL(strchr(uri + strlen("coap://"), '/') + 17,
                           "/a%2Db?c=d%20e&f");
    for (size_t length = 40; length <= SERVER_URI_MAX; length += 123) {
        const struct server_place longer = { .uri_length = length };
        CU_ASSERT_EQUAL_FATAL(
            server_publish(fixture.server, &resource, &longer, &id, uri, NULL),
            STATUS_OK);
        CU_ASSERT_TRUE(strlen(uri) >= length && strlen(uri) <= length + 1);
    }
    const struct server_place ipv6 = { .by_ipv6 = true };
    enum status status =
        server_publish(fixture.server, &resource, &ipv6, &id, uri, NULL);
    CU_ASSERT_EQUAL(status, server_has_ipv6(fixture.server) ? STATUS_OK
                                                            : STATUS_NOT_FOUND);
    CU_ASSERT_TRUE(status != STATUS_OK ||
                   strncmp(uri, start, strlen(start)) == 0);
}

static void each_uri_is_another_one(void)
{
    char uri[SERVER_URI_MAX + 1];
    char other[SERVER_URI_MAX + 1];

    (void)publish((struct repository_resource){ .path = NULL }, uri);
    (void)publish((struct repository_resource){ .path = NULL }, other);
    CU_ASSERT_STRING_NOT_EQUAL(uri, other);
    (void)publish((struct repository_resource){ .path = "/fixed" }, uri);
    CU_ASSERT_STRING_EQUAL(strrchr(uri, '/'), "/fixed");
}

/** Nobody can fetch from 0.0.0.0. */
static void an_address_that_is_none_is_not_given_out(void)
{
    const struct server_config config = { .bind_address = "0.0.0.0" };
    const struct repository_resource resource = { .endpoint = "dev",
                                                  .bytes = fixture.bytes,
                                                  .length = SIZE };
    char uri[SERVER_URI_MAX + 1];
    uint64_t id = 0;

    server_free(fixture.server);
    CU_ASSERT_EQUAL_FATAL(
        server_new(&config, on_event, NULL, &fixture.server, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(
        server_publish(fixture.server, &resource, NULL, &id, uri, NULL),
        STATUS_NOT_FOUND);
    connect_to(server_port(fixture.server));
    static const uint8_t registration[] = {
        0x40, POST, 0,   1,    0xb2, 'r', 'd',  0x11, 40,  0x36,
        'e',  'p',  '=', 'd',  'e',  'v', 0x06, 'l',  't', '=',
        '3',  '0',  '0', 0x09, 'l',  'w', 'm',  '2',  'm', '=',
        '1',  '.',  '1', 0xff, '<',  '/', '3',  '/',  '0', '>'
    };
    CU_ASSERT_EQUAL(send(fixture.fd, registration, sizeof(registration), 0),
                    (ssize_t)sizeof(registration));
    CU_ASSERT_PTR_NOT_NULL(await(SERVER_REGISTER));
    CU_ASSERT_EQUAL(
        server_publish(fixture.server, &resource, NULL, &id, uri, NULL),
        STATUS_OK);
    (void)path_of(uri, server_repository_port(fixture.server));
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "a block is given and told on each port",
          a_block_is_given_and_told_on_each_port },
        { "what is not there is a stray", what_is_not_there_is_a_stray },
        { "a stop sends nothing", a_stop_sends_nothing },
        { "a late answer is the ACK", a_late_answer_is_the_ack },
        { "a repeated request waits for the late answer",
          a_repeated_request_waits_for_the_late_answer },
        { "a separate answer follows an empty ACK",
          a_separate_answer_follows_an_empty_ack },
        { "a double answer comes twice", a_double_answer_comes_twice },
        { "a request is rejected by a Reset",
          a_request_is_rejected_by_a_reset },
        { "an error says how long it lasts", an_error_says_how_long_it_lasts },
        { "a file that is taken away is not given late",
          a_file_that_is_taken_away_is_not_given_late },
        { "the URI says where a file is", the_uri_says_where_a_file_is },
        { "each URI is another one", each_uri_is_another_one },
        { "an address that is none is not given out",
          an_address_that_is_none_is_not_given_out },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "files over UDP", NULL, NULL, set_up, tear_down, tests },
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
