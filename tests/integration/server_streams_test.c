/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that devices fetch by CoAP over TCP: what goes over the wire and what
 * is told, against a client that is nothing but a socket and bytes by hand.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/server.h"

enum {
    SIZE = 1500,
    STREAM_SIZE = 8192,
    GUARD_MS = 20000,
    STRAY_SIZE = 128,
    FLOOD = 700, /* more than a port keeps */
    MANY = 500,  /* nearly as many */
    DESCRIPTORS = 4096,
    HANG_UPS = 64,
    CODE_CSM = 0xe1,
    CODE_PONG = 0xe3,
    CODE_ABORT = 0xe5,
    CODE_CONTENT = 0x45,
    CODE_NOT_FOUND = 0x84,
    CODE_BAD_OPTION = 0x82,
    BLOCK_SIZE = 1024,
};

/** A message that came. */
struct message {
    unsigned code; /* 0: none, the connection is over */
    uint8_t token[8];
    size_t token_length;
    uint8_t body[2048];
    size_t body_length;
};

static struct {
    struct server *server;
    uint64_t watch;
    uint64_t guard;
    int fd;
    uint16_t port;
    char path[64];
    uint8_t bytes[SIZE];
    uint8_t stream[STREAM_SIZE]; /* what came and was not read */
    size_t length;
    bool has_ended;
    char stray[STRAY_SIZE]; /* the last one */
    unsigned strays;
    unsigned files;
    char protocol[16];
    unsigned received;
    unsigned sent;
} fixture;

static void on_event(const struct server_event *event, void *user)
{
    (void)user;
    switch (event->kind) {
    case SERVER_TIMER:
        CU_FAIL("nothing came");
        fixture.has_ended = true;
        server_stop(fixture.server);
        break;
    case SERVER_READABLE:
        server_stop(fixture.server);
        break;
    case SERVER_STRAY:
        fixture.strays++;
        (void)snprintf(fixture.stray, sizeof(fixture.stray), "%s",
                       event->as.stray.what);
        break;
    case SERVER_REPOSITORY:
        fixture.files++;
        (void)snprintf(fixture.protocol, sizeof(fixture.protocol), "%s",
                       event->as.repository.protocol);
        break;
    case SERVER_MESSAGE:
        fixture.received += event->as.message.direction == SERVER_RECEIVED;
        fixture.sent += event->as.message.direction == SERVER_SENT;
        break;
    default:
        break;
    }
}

/** Offer the file, and remember where. */
static uint64_t offer(const struct repository_fault *fault)
{
    struct repository_resource resource = {
        .endpoint = "dev",
        .protocol = REPOSITORY_COAP_TCP,
        .bytes = fixture.bytes,
        .length = SIZE,
        .max_szx = 6,
        .fault_count = fault != NULL ? 1 : 0,
    };
    char uri[SERVER_URI_MAX + 1];
    unsigned port = 0;
    uint64_t id = 0;

    if (fault != NULL) {
        resource.faults[0] = *fault;
    }
    CU_ASSERT_EQUAL_FATAL(
        server_publish(fixture.server, &resource, NULL, &id, uri, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL(
        sscanf(uri, "coap+tcp://127.0.0.1:%u%60s", &port, fixture.path), 2);
    fixture.port = (uint16_t)port;
    return id;
}

static int dial(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(fixture.port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    CU_ASSERT_EQUAL_FATAL(
        connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void hang_up(void)
{
    if (fixture.fd >= 0) {
        server_unwatch(fixture.server, fixture.watch);
        (void)close(fixture.fd);
    }
    fixture.fd = -1;
    fixture.length = 0;
    fixture.has_ended = false;
}

static void call(void)
{
    hang_up();
    fixture.fd = dial();
    CU_ASSERT_EQUAL_FATAL(
        server_watch(fixture.server, fixture.fd, &fixture.watch, NULL),
        STATUS_OK);
}

static void say(const void *bytes, size_t length)
{
    CU_ASSERT_EQUAL(send(fixture.fd, bytes, length, MSG_NOSIGNAL),
                    (ssize_t)length);
}

/** Turn the loop until something came, or the connection is over. */
static void listen_once(void)
{
    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(fixture.server, GUARD_MS, &fixture.guard, NULL),
        STATUS_OK);
    server_run(fixture.server);
    server_timer_stop(fixture.server, fixture.guard);
    ssize_t length =
        recv(fixture.fd, fixture.stream + fixture.length,
             sizeof(fixture.stream) - fixture.length, MSG_DONTWAIT);
    if (length > 0) {
        fixture.length += (size_t)length;
    } else if (length == 0 || errno == ECONNRESET) {
        fixture.has_ended = true;
    }
}

/** Head of the first message. @return 0: it is not whole */
static size_t read_head(size_t *out_body)
{
    const uint8_t *at = fixture.stream;
    size_t nibble = fixture.length > 0 ? at[0] >> 4 : 0;
    size_t extension = nibble < 13 ? 0 : nibble == 13 ? 1 : 2;

    if (fixture.length < 2 + extension) {
        return 0;
    }
    *out_body = nibble < 13    ? nibble
                : nibble == 13 ? 13u + at[1]
                               : 269u + ((size_t)at[1] << 8 | at[2]);
    size_t head = 2 + extension;
    return fixture.length < head + (at[0] & 15u) + *out_body ? 0 : head;
}

static struct message hear(void)
{
    struct message message = { .code = 0 };
    size_t body = 0;
    size_t head = 0;

    while ((head = read_head(&body)) == 0 && !fixture.has_ended) {
        listen_once();
    }
    if (head == 0) {
        return message;
    }
    message.code = fixture.stream[head - 1];
    message.token_length = fixture.stream[0] & 15u;
    memcpy(message.token, fixture.stream + head, message.token_length);
    head += message.token_length;
    message.body_length = body;
    CU_ASSERT_TRUE_FATAL(body <= sizeof(message.body));
    memcpy(message.body, fixture.stream + head, body);
    fixture.length -= head + body;
    memmove(fixture.stream, fixture.stream + head + body, fixture.length);
    return message;
}

static const uint8_t csm[] = { 0x00, CODE_CSM };

/** GET of the path, block `number` of 1024 bytes. @return its length */
static size_t get(uint8_t *bytes, const char *path, uint8_t token,
                  uint8_t number)
{
    size_t path_length = strlen(path + 1);
    size_t used = 0;

    bytes[used++] = 13 << 4 | 1;
    bytes[used++] = (uint8_t)(2 + path_length + 2 - 13);
    bytes[used++] = 1; /* GET */
    bytes[used++] = token;
    bytes[used++] = 11 << 4 | 13; /* Uri-Path */
    bytes[used++] = (uint8_t)(path_length - 13);
    memcpy(bytes + used, path + 1, path_length);
    used += path_length;
    bytes[used++] = 12 << 4 | 1; /* Block2 */
    bytes[used++] = (uint8_t)(number << 4 | 6);
    return used;
}

static void ask(const char *path, uint8_t token, uint8_t number)
{
    uint8_t bytes[128];

    say(bytes, get(bytes, path, token, number));
}

/** Whether it is this block of the file. */
static bool is_block(const struct message *message, uint8_t token,
                     size_t number)
{
    size_t offset = number * BLOCK_SIZE;
    size_t length =
        SIZE - offset < BLOCK_SIZE ? SIZE - offset : (size_t)BLOCK_SIZE;

    return message->code == CODE_CONTENT && message->token_length == 1 &&
           message->token[0] == token && message->body_length > length + 1 &&
           message->body[message->body_length - length - 1] == 0xff &&
           memcmp(message->body + message->body_length - length,
                  fixture.bytes + offset, length) == 0;
}

static void greet(void)
{
    call();
    say(csm, sizeof(csm));
    CU_ASSERT_EQUAL(hear().code, CODE_CSM);
}

static bool is_served(void)
{
    greet();
    ask(fixture.path, 0x55, 0);
    struct message message = hear();
    return is_block(&message, 0x55, 0);
}

static void set_up(void)
{
    const struct server_config config = { .bind_address = NULL };

    memset(&fixture, 0, sizeof(fixture));
    fixture.fd = -1;
    for (size_t i = 0; i < SIZE; i++) {
        fixture.bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    CU_ASSERT_EQUAL_FATAL(
        server_new(&config, on_event, NULL, &fixture.server, NULL), STATUS_OK);
}

static void tear_down(void)
{
    hang_up();
    server_free(fixture.server);
}

static void a_file_is_served_block_by_block(void)
{
    offer(NULL);
    greet();
    for (uint8_t i = 0; i < 2; i++) {
        ask(fixture.path, (uint8_t)(0x70 + i), i);
        struct message message = hear();
        CU_ASSERT_TRUE(is_block(&message, (uint8_t)(0x70 + i), i));
    }
    CU_ASSERT_EQUAL(fixture.files, 2);
    CU_ASSERT_STRING_EQUAL(fixture.protocol, "coap+tcp");
    CU_ASSERT_EQUAL(fixture.received, 3); /* with the CSM */
    CU_ASSERT_EQUAL(fixture.sent, 3);
    CU_ASSERT_EQUAL(fixture.strays, 0);
}

/** libcoap 4.3.5 loses its place in a head that comes in two pieces. */
static void a_message_may_come_in_any_pieces(void)
{
    uint8_t bytes[256];
    size_t length = sizeof(csm);

    offer(NULL);
    memcpy(bytes, csm, sizeof(csm));
    length += get(bytes + length, fixture.path, 0x21, 0);
    length += get(bytes + length, fixture.path, 0x22, 1);
    for (size_t piece = 1; piece <= length; piece += piece < 8 ? 1 : 13) {
        call();
        CU_ASSERT_EQUAL(hear().code, CODE_CSM);
        for (size_t at = 0; at < length; at += piece) {
            say(bytes + at, length - at < piece ? length - at : piece);
        }
        struct message first = hear();
        struct message second = hear();
        CU_ASSERT_TRUE(is_block(&first, 0x21, 0));
        CU_ASSERT_TRUE(is_block(&second, 0x22, 1));
    }
    CU_ASSERT_EQUAL(fixture.strays, 0);
}

static void blocks_of_bert_are_asked_for_as_of_1024_bytes(void)
{
    uint8_t bytes[128];

    offer(NULL);
    greet();
    size_t length = get(bytes, fixture.path, 0x31, 1);
    bytes[length - 1] = 1 << 4 | 7;
    say(bytes, length);
    struct message message = hear();
    CU_ASSERT_TRUE(is_block(&message, 0x31, 1));
}

static void a_device_that_takes_little_gets_small_blocks(void)
{
    /* Max-Message-Size 200 */
    static const uint8_t small[] = { 0x20, CODE_CSM, 0x21, 200 };

    offer(NULL);
    call();
    say(small, sizeof(small));
    CU_ASSERT_EQUAL(hear().code, CODE_CSM);
    ask(fixture.path, 0x41, 1); /* of 1024 bytes: byte 1024 is meant */
    struct message message = hear();
    CU_ASSERT_EQUAL(message.code, CODE_CONTENT);
    CU_ASSERT_TRUE(message.body_length < 200);
    CU_ASSERT_EQUAL(memcmp(message.body + message.body_length - 128,
                           fixture.bytes + 1024, 128),
                    0);
}

static void a_ping_is_answered_and_an_unknown_path_refused(void)
{
    static const uint8_t ping[] = { 0x02, 0xe2, 0xaa, 0xbb };

    offer(NULL);
    greet();
    say(ping, sizeof(ping));
    struct message pong = hear();
    CU_ASSERT_EQUAL(pong.code, CODE_PONG);
    CU_ASSERT_EQUAL(pong.token_length, 2);
    CU_ASSERT_EQUAL(pong.token[1], 0xbb);
    ask("/0123456789abcdef", 0x11, 0);
    CU_ASSERT_EQUAL(hear().code, CODE_NOT_FOUND);
    CU_ASSERT_EQUAL(fixture.strays, 1);
    CU_ASSERT_EQUAL(fixture.files, 0);
}

static const struct {
    const char *bytes;
    size_t length;
    bool has_greeted;
    const char *what;
} wrong_rows[] = {
    { "\x09\xe1", 2, false, "a token of more than 8 bytes" },
    { "\x0f\xe1", 2, true, "a token of more than 8 bytes" },
    { "\xf0\xff\xff\xff\xff\x01", 6, true,
      "a message that is longer than was allowed" },
    { "\xe0\xff\xff\x01", 4, false,
      "a message that is longer than was allowed" },
    { "\x01\x01\x55", 3, false, "a message before the CSM" },
    { "\x01\x45\x55", 3, true, "a response, though nothing was asked" },
    { "\x00\xff", 2, true, "a signal that does not exist" },
    { "\x11\x01\x55\xd0", 4, true, "a message whose options cannot be read" },
    { "\x11\x01\x55\xff", 4, true, "a message whose options cannot be read" },
    { "\x31\x01\x55\xbf\x00\x00", 6, true,
      "a message whose options cannot be read" },
    { "\x10\xe1\x50", 3, true, "an unknown critical option in a CSM" },
    { "\x10\xe1\xd0", 3, true, "a CSM whose options cannot be read" },
    { "GET /firmware HTTP/1.1\r\n\r\n", 26, false, "a message before the CSM" },
};

static void what_is_no_message_ends_the_connection_alone(void)
{
    offer(NULL);
    for (size_t i = 0; i < sizeof(wrong_rows) / sizeof(wrong_rows[0]); i++) {
        fixture.strays = 0;
        call();
        CU_ASSERT_EQUAL(hear().code, CODE_CSM);
        if (wrong_rows[i].has_greeted) {
            say(csm, sizeof(csm));
        }
        say(wrong_rows[i].bytes, wrong_rows[i].length);
        unsigned code = hear().code;
        CU_ASSERT_TRUE(code == CODE_ABORT || code == 0); /* reset */
        if (code != 0) {
            CU_ASSERT_EQUAL(hear().code, 0);
        }
        CU_ASSERT_EQUAL(fixture.strays, 1);
        CU_ASSERT_STRING_EQUAL(fixture.stray, wrong_rows[i].what);
        CU_ASSERT_TRUE(is_served());
    }
}

static void a_connection_may_end_anywhere(void)
{
    uint8_t bytes[128];

    offer(NULL);
    memcpy(bytes, csm, sizeof(csm));
    size_t length =
        sizeof(csm) + get(bytes + sizeof(csm), fixture.path, 0x21, 0);
    for (size_t i = 0; i < length; i++) {
        call();
        say(bytes, i);
    }
    hang_up();
    CU_ASSERT_TRUE(is_served());
    if (fixture.strays > 0) {
        CU_ASSERT_STRING_EQUAL(fixture.stray,
                               "a connection that ends within a message");
    }
}

static void a_late_answer_comes_and_may_find_nobody(void)
{
    const struct repository_fault late = { .when = REPOSITORY_AT_REQUEST,
                                           .number = 1,
                                           .deed = REPOSITORY_LATE,
                                           .ms = 50,
                                           .times = 2 };

    offer(&late);
    greet();
    ask(fixture.path, 0x61, 0);
    struct message message = hear();
    CU_ASSERT_TRUE(is_block(&message, 0x61, 0));
    greet();
    ask(fixture.path, 0x62, 0);
    CU_ASSERT_TRUE(is_served()); /* on another connection */
}

#define NO_FILE "/none-of-the-files"

/** Ask for a file that stopped, and see that nothing comes. */
static void ask_in_vain(uint8_t token, uint8_t number)
{
    greet();
    ask(fixture.path, token, number);
    ask(NO_FILE, 0x64, 0); /* which is answered behind it */
    CU_ASSERT_EQUAL(hear().token[0], 0x64);
}

/** Nothing is sent again over a stream: the silence ends by the answer. */
static void what_met_silence_is_answered_when_the_file_goes_on(void)
{
    const struct repository_fault stop = { .when = REPOSITORY_AT_BLOCK,
                                           .number = 1,
                                           .deed = REPOSITORY_STOP };
    const uint64_t id = offer(&stop);

    ask_in_vain(0x63, 1);
    server_publish_resume(fixture.server, id);
    struct message message = hear();
    CU_ASSERT_TRUE(is_block(&message, 0x63, 1));
    server_publish_resume(fixture.server, id); /* only once */
    ask(fixture.path, 0x65, 0);
    message = hear();
    CU_ASSERT_TRUE(is_block(&message, 0x65, 0));
}

static void silence_ends_with_the_connection_and_with_the_file(void)
{
    const struct repository_fault stop = { .when = REPOSITORY_AT_REQUEST,
                                           .number = 1,
                                           .deed = REPOSITORY_STOP };
    const uint64_t left = offer(&stop);

    ask_in_vain(0x66, 0);
    const uint64_t removed = offer(&stop);
    ask_in_vain(0x67, 0); /* by another connection */
    (void)offer(NULL);
    CU_ASSERT_TRUE(is_served()); /* by a third one */
    const unsigned files = fixture.files;
    server_unpublish(fixture.server, removed);
    server_publish_resume(fixture.server, removed);
    server_publish_resume(fixture.server, left);
    CU_ASSERT_TRUE(is_served());
    CU_ASSERT_EQUAL(fixture.files, files + 1);
}

static void a_connection_ends_where_it_is_to(void)
{
    static const enum repository_deed deeds[] = { REPOSITORY_CLOSE,
                                                  REPOSITORY_RESET };

    for (size_t i = 0; i < 2; i++) {
        const struct repository_fault ends = { .when = REPOSITORY_AT_BLOCK,
                                               .number = 1,
                                               .deed = deeds[i],
                                               .times = 1 };
        uint8_t byte = 0;
        offer(&ends);
        CU_ASSERT_TRUE(is_served()); /* the first block */
        ask(fixture.path, 0x56, 1);
        CU_ASSERT_EQUAL(hear().code, 0);
        CU_ASSERT_EQUAL(recv(fixture.fd, &byte, 1, MSG_DONTWAIT), 0);
        greet();
        ask(fixture.path, 0x57, 1); /* it happens once */
        struct message message = hear();
        CU_ASSERT_TRUE(is_block(&message, 0x57, 1));
    }
}

static void who_hangs_up_at_once_harms_nobody(void)
{
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    uint8_t bytes[256];

    offer(NULL);
    for (size_t i = 0; i < HANG_UPS; i++) {
        size_t length = sizeof(csm);
        memcpy(bytes, csm, sizeof(csm));
        length += get(bytes + length, fixture.path, 0x21, 0);
        length += get(bytes + length, fixture.path, 0x22, 1);
        call();
        say(bytes, length);
        if (i % 2 == 0) { /* by a reset, which makes writing a broken pipe */
            CU_ASSERT_EQUAL(setsockopt(fixture.fd, SOL_SOCKET, SO_LINGER,
                                       &at_once, sizeof(at_once)),
                            0);
        }
        hang_up();
    }
    CU_ASSERT_TRUE(is_served());
}

static void who_only_knocks_makes_room(void)
{
    static int fds[FLOOD];
    struct rlimit limit;

    CU_ASSERT_EQUAL(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur =
        limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    offer(NULL);
    for (size_t i = 0; i < FLOOD; i++) {
        fds[i] = dial();
        if (i % 64 == 0) {
            CU_ASSERT_TRUE(is_served());
        }
    }
    CU_ASSERT_TRUE(is_served());
    for (size_t i = 0; i < FLOOD; i++) {
        (void)close(fds[i]);
    }
    CU_ASSERT_TRUE(is_served());
}

/** As a device leaves them whose power was cut, again and again. */
static void who_asked_and_went_silent_makes_room(void)
{
    static int fds[FLOOD];
    int kept[3];
    uint8_t bytes[256];
    size_t length = sizeof(csm);

    offer(NULL);
    memcpy(bytes, csm, sizeof(csm));
    length += get(bytes + length, fixture.path, 0x31, 0);
    for (size_t i = 0; i < FLOOD; i++) {
        fds[i] = dial();
        CU_ASSERT_EQUAL(send(fds[i], bytes, length, MSG_NOSIGNAL),
                        (ssize_t)length);
        if (i % 64 == 0 || i > MANY) { /* each is read, then */
            CU_ASSERT_TRUE(is_served());
        }
    }
    for (size_t i = 0; i < 3; i++) {
        server_unwatch(fixture.server, fixture.watch);
        kept[i] = fixture.fd; /* to hang up would make room */
        fixture.fd = -1;
        CU_ASSERT_TRUE(is_served());
    }
    for (size_t i = 0; i < 3; i++) {
        (void)close(kept[i]);
    }
    for (size_t i = 0; i < FLOOD; i++) {
        (void)close(fds[i]);
    }
}

/** Each message is an event that waits in memory. */
static void a_flood_of_messages_ends_its_connection_alone(void)
{
    static const uint8_t nothing[65536];

    offer(NULL);
    greet();
    say(nothing, sizeof(nothing)); /* empty ones, of two bytes */
    CU_ASSERT_EQUAL(hear().code, CODE_ABORT);
    CU_ASSERT_STRING_EQUAL(fixture.stray,
                           "more messages at once than are read");
    CU_ASSERT_TRUE(fixture.received < 1000);
    CU_ASSERT_TRUE(is_served());
}

/** Counted in smaller blocks, number 2^26 would be 0 once more. */
static void a_block_number_that_none_is_is_refused(void)
{
    static const uint8_t small[] = { 0x20, CODE_CSM, 0x21, 70 };
    uint8_t bytes[128];

    offer(NULL);
    call();
    say(small, sizeof(small));
    CU_ASSERT_EQUAL(hear().code, CODE_CSM);
    size_t length = get(bytes, fixture.path, 0x61, 0);
    bytes[1] = (uint8_t)(bytes[1] + 3);
    bytes[length - 2] = 12 << 4 | 4;
    memcpy(bytes + length - 1, "\x40\x00\x00\x06", 4);
    say(bytes, length + 3);
    CU_ASSERT_EQUAL(hear().code, CODE_BAD_OPTION);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "a file is served block by block", a_file_is_served_block_by_block },
        { "a message may come in any pieces",
          a_message_may_come_in_any_pieces },
        { "blocks of BERT are asked for as of 1024 bytes",
          blocks_of_bert_are_asked_for_as_of_1024_bytes },
        { "a device that takes little gets small blocks",
          a_device_that_takes_little_gets_small_blocks },
        { "a ping is answered and an unknown path refused",
          a_ping_is_answered_and_an_unknown_path_refused },
        { "what is no message ends the connection alone",
          what_is_no_message_ends_the_connection_alone },
        { "a connection may end anywhere", a_connection_may_end_anywhere },
        { "a late answer comes and may find nobody",
          a_late_answer_comes_and_may_find_nobody },
        { "what met silence is answered when the file goes on",
          what_met_silence_is_answered_when_the_file_goes_on },
        { "silence ends with the connection and with the file",
          silence_ends_with_the_connection_and_with_the_file },
        { "a connection ends where it is to",
          a_connection_ends_where_it_is_to },
        { "who hangs up at once harms nobody",
          who_hangs_up_at_once_harms_nobody },
        { "who only knocks makes room", who_only_knocks_makes_room },
        { "who asked and went silent makes room",
          who_asked_and_went_silent_makes_room },
        { "a flood of messages ends its connection alone",
          a_flood_of_messages_ends_its_connection_alone },
        { "a block number that none is is refused",
          a_block_number_that_none_is_is_refused },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "server.streams", NULL, NULL, set_up, tear_down, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
