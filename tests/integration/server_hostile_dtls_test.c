/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of DTLS that no device should send, made of the ClientHello of a
 * real one: each is answered or told, and a good device gets through.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/server.h"

enum {
    HELLO_MAX = 1024,
    WAIT_MS = 10000, /* more than anything here takes */
    RECORD = 13,     /* bytes of its header */
    MESSAGE = 12,    /* … and of that of a handshake message */
    RANDOM_END = RECORD + MESSAGE + 34,
    FLOOD = 2000,
    GROWTH_MAX_KIB = 160 * 1024,
};

#define KEY_HEX  "00112233445566778899aabbccddeeff"
#define IDENTITY "good"

static const uint8_t key[] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                               0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };

static struct {
    struct server *server;
    uint8_t hello[HELLO_MAX];
    size_t hello_length;
    int fd;
    int other; /* nobody's */
    uint64_t guard;
    enum server_event_kind wanted;
    bool is_seen;
    size_t strays;
    char stray[256]; /* the last one */
} fixture;

static void on_event(const struct server_event *event, void *user)
{
    (void)user;
    if (event->kind == SERVER_STRAY) {
        fixture.strays++;
        (void)snprintf(fixture.stray, sizeof(fixture.stray), "%s",
                       event->as.stray.what);
    }
    if (event->kind == fixture.wanted) {
        fixture.is_seen = true;
        server_stop(fixture.server);
    }
    if (event->kind == SERVER_TIMER && event->id == fixture.guard) {
        server_stop(fixture.server);
    }
}

/** Turn the loop until an event of this kind. */
static bool await(enum server_event_kind kind)
{
    fixture.wanted = kind;
    fixture.is_seen = false;
    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(fixture.server, WAIT_MS, &fixture.guard, NULL),
        STATUS_OK);
    server_run(fixture.server);
    server_timer_stop(fixture.server, fixture.guard);
    return fixture.is_seen;
}

/** Turn the loop until all that was sent is dealt with: a record that is cut
 *  goes behind it from elsewhere, and is told of. */
static void settle(void)
{
    const size_t before = fixture.strays;

    CU_ASSERT_EQUAL(send(fixture.other, "\x16", 1, 0), 1);
    while (fixture.strays == before ||
           strcmp(fixture.stray, "a DTLS record that is cut") != 0) {
        CU_ASSERT_TRUE_FATAL(await(SERVER_STRAY));
    }
}

static int socket_from(uint32_t address, uint16_t port)
{
    const struct sockaddr_in own = { .sin_family = AF_INET,
                                     .sin_addr.s_addr = htonl(address) };
    const struct sockaddr_in server = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    CU_ASSERT_TRUE_FATAL(
        fd >= 0 && bind(fd, (const struct sockaddr *)&own, sizeof(own)) == 0 &&
        connect(fd, (const struct sockaddr *)&server, sizeof(server)) == 0);
    return fd;
}

/** Length of the next datagram, 0 when none is there. */
static size_t take(int fd, uint8_t bytes[HELLO_MAX])
{
    const ssize_t length = recv(fd, bytes, HELLO_MAX, MSG_DONTWAIT);

    return length > 0 ? (size_t)length : 0;
}

/** Let a real device say hello to a socket of ours. */
static void record_hello(void)
{
    struct sockaddr_in own = { .sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(own);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct pollfd waiting = { .fd = fd, .events = POLLIN };
    char uri[64];

    CU_ASSERT_TRUE_FATAL(fd >= 0 &&
                         bind(fd, (struct sockaddr *)&own, sizeof(own)) == 0 &&
                         getsockname(fd, (struct sockaddr *)&own, &size) == 0);
    (void)snprintf(uri, sizeof(uri), "coaps://127.0.0.1:%u",
                   ntohs(own.sin_port));
    const pid_t device = fork();
    if (device == 0) {
        (void)execl(ASSAY_DEVICE, ASSAY_DEVICE, "--server", uri,
                    "--psk-identity", IDENTITY, "--psk-key", KEY_HEX,
                    (char *)NULL);
        _exit(127);
    }
    CU_ASSERT_EQUAL_FATAL(poll(&waiting, 1, WAIT_MS), 1);
    fixture.hello_length = take(fd, fixture.hello);
    CU_ASSERT_TRUE_FATAL(fixture.hello_length > RANDOM_END);
    (void)kill(device, SIGKILL);
    (void)waitpid(device, NULL, 0);
    (void)close(fd);
}

static void set_up(void)
{
    const struct server_psk psk = { .identity = (const uint8_t *)IDENTITY,
                                    .identity_length = strlen(IDENTITY),
                                    .key = key,
                                    .key_length = sizeof(key) };
    const struct server_security security = { .psks = &psk, .psk_count = 1 };
    const struct server_config config = { .security = &security,
                                          .has_second_server = true };
    struct reason reason = { .status = STATUS_OK };

    if (fixture.hello_length == 0) {
        record_hello();
    }
    if (server_new(&config, on_event, NULL, &fixture.server, &reason) !=
        STATUS_OK) {
        (void)fprintf(stderr, "server_new: %s\n", reason.text);
        exit(1);
    }
    fixture.strays = 0;
    fixture.fd = socket_from(INADDR_LOOPBACK, server_port(fixture.server));
    fixture.other = socket_from(INADDR_LOOPBACK, server_port(fixture.server));
}

static void tear_down(void)
{
    (void)close(fixture.other);
    (void)close(fixture.fd);
    server_free(fixture.server);
}

static void check_good_device(void)
{
    char uri[64];
    const char *const argv[] = {
        ASSAY_DEVICE, "--server", uri,          "--psk-identity", IDENTITY,
        "--psk-key",  KEY_HEX,    "--endpoint", IDENTITY,         NULL
    };
    uint64_t id = 0;

    (void)snprintf(uri, sizeof(uri), "coaps://127.0.0.1:%u",
                   server_port(fixture.server));
    CU_ASSERT_EQUAL_FATAL(server_process_start(fixture.server, argv, &id, NULL),
                          STATUS_OK);
    CU_ASSERT_TRUE(await(SERVER_REGISTER));
    server_process_signal(fixture.server, id, SIGKILL);
    CU_ASSERT_TRUE(await(SERVER_PROCESS_EXIT));
}

static void good_device_is_no_stray(void)
{
    check_good_device();
    settle();
    CU_ASSERT_EQUAL(fixture.strays, 1); /* that of settle() */
}

static void every_prefix_of_a_hello_is_told(void)
{
    uint8_t answer[HELLO_MAX];

    for (size_t length = 1; length < fixture.hello_length; length++) {
        const size_t before = fixture.strays;
        CU_ASSERT_EQUAL(send(fixture.fd, fixture.hello, length, 0),
                        (ssize_t)length);
        CU_ASSERT_TRUE_FATAL(await(SERVER_STRAY));
        CU_ASSERT_EQUAL(fixture.strays, before + 1);
        CU_ASSERT_STRING_EQUAL(fixture.stray, "a DTLS record that is cut");
    }
    settle();
    CU_ASSERT_EQUAL(take(fixture.fd, answer), 0);
    check_good_device();
}

/** The same prefixes, in records and messages whose lengths are right. */
static void every_prefix_that_says_its_length_is_answered_or_told(void)
{
    uint8_t bytes[HELLO_MAX];
    uint8_t answer[HELLO_MAX];

    for (size_t length = RECORD + 1; length < fixture.hello_length; length++) {
        const size_t record = length - RECORD;
        memcpy(bytes, fixture.hello, length);
        bytes[11] = (uint8_t)(record >> 8);
        bytes[12] = (uint8_t)record;
        if (record >= MESSAGE) {
            const size_t message = record - MESSAGE;
            bytes[RECORD + 2] = bytes[RECORD + 10] = (uint8_t)(message >> 8);
            bytes[RECORD + 3] = bytes[RECORD + 11] = (uint8_t)message;
        }
        const size_t before = fixture.strays;
        CU_ASSERT_EQUAL(send(fixture.fd, bytes, length, 0), (ssize_t)length);
        settle();
        const bool is_told = fixture.strays > before + 1;
        const bool is_answered = take(fixture.fd, answer) > 0;
        if (!is_told && !is_answered) {
            (void)fprintf(stderr, "  %zu bytes: silence\n", length);
        }
        CU_ASSERT_TRUE(is_told || is_answered);
    }
    check_good_device();
}

static void every_garbled_hello_is_survived(void)
{
    uint8_t bytes[HELLO_MAX];
    uint8_t answer[HELLO_MAX];

    for (size_t at = 0; at < fixture.hello_length; at++) {
        for (unsigned value = 0; value < 256; value += 51) {
            memcpy(bytes, fixture.hello, fixture.hello_length);
            bytes[at] = (uint8_t)(bytes[at] ^ (value + 1));
            CU_ASSERT_EQUAL(send(fixture.fd, bytes, fixture.hello_length, 0),
                            (ssize_t)fixture.hello_length);
            settle();
            while (take(fixture.fd, answer) > 0) {
            }
        }
    }
    check_good_device();
}

static const struct {
    const char *name;
    const char *bytes;
    size_t length;
    const char *stray;
} records[] = {
    { "nothing", "", 0, "a DTLS record that is cut" },
    { "CoAP", "\x40\x01\x00\x01", 4,
      "CoAP without DTLS, which coaps is to have" },
    { "unknown type", "\xe3\xfe\xfd\0\0\0\0\0\0\0\0\0\x01x", 14,
      "a datagram that is no DTLS 1.2" },
    { "TLS", "\x16\x03\x01\0\0\0\0\0\0\0\0\0\x01x", 14,
      "a datagram that is no DTLS 1.2" },
    { "DTLS 1.3",
      "\x2f\x00\x01\0\x10"
      "0123456789abcdef",
      21, "a datagram that is no DTLS 1.2" },
    { "no content", "\x17\xfe\xfd\0\1\0\0\0\0\0\1\0\0", 13,
      "a DTLS record without content" },
    { "length beyond the end", "\x17\xfe\xfd\0\1\0\0\0\0\0\1\0\x10x", 14,
      "a DTLS record that is cut" },
    { "handshake message beyond the record",
      "\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x0c\x01\0\1\0\0\0\0\0\0\0\1\0", 25,
      "a DTLS handshake message that is cut" },
    { "data of a session that is gone",
      "\x17\xfe\xfd\0\1\0\0\0\0\0\1\0\x10"
      "0123456789abcdef",
      29, "a DTLS record that no session can read" },
    { "data of another epoch",
      "\x17\xfe\xfd\0\7\0\0\0\0\0\1\0\x10"
      "0123456789abcdef",
      29, "a DTLS record that no session can read" },
    { "a Connection ID that nobody has",
      "\x19\xfe\xfd\0\1\0\0\0\0\0\1"
      "abcdefgh\0\x10"
      "0123456789abcdef",
      37, "a DTLS record that no session can read" },
    { "a short record with a Connection ID",
      "\x19\xfe\xfd\0\1\0\0\0\0\0\1"
      "ab\0",
      14, "a DTLS record that no session can read" },
};

static void records_that_nobody_can_read_are_told(void)
{
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        CU_ASSERT_EQUAL(
            send(fixture.fd, records[i].bytes, records[i].length, 0),
            (ssize_t)records[i].length);
        CU_ASSERT_TRUE(await(SERVER_STRAY));
        if (strcmp(fixture.stray, records[i].stray) != 0) {
            (void)fprintf(stderr, "  %s: %s\n", records[i].name, fixture.stray);
        }
        CU_ASSERT_STRING_EQUAL(fixture.stray, records[i].stray);
    }
    check_good_device();
}

/** The second ClientHello: that of before with the cookie. RFC 6347, 4.2.1. */
static size_t with_cookie(const uint8_t *verify, size_t verify_length,
                          uint8_t bytes[HELLO_MAX])
{
    const size_t cookie_at = RECORD + MESSAGE + 2;
    const size_t session = fixture.hello[RANDOM_END];
    const size_t at = RANDOM_END + 1 + session; /* length of the cookie */
    const size_t cookie = verify_length > cookie_at ? verify[cookie_at] : 0;

    CU_ASSERT_TRUE_FATAL(cookie > 0 &&
                         cookie_at + 1 + cookie <= verify_length &&
                         fixture.hello[at] == 0);
    memcpy(bytes, fixture.hello, at);
    bytes[at] = (uint8_t)cookie;
    memcpy(bytes + at + 1, verify + cookie_at + 1, cookie);
    memcpy(bytes + at + 1 + cookie, fixture.hello + at + 1,
           fixture.hello_length - at - 1);
    const size_t length = fixture.hello_length + cookie;
    const size_t record = length - RECORD;
    const size_t message = record - MESSAGE;
    bytes[10] = 1; /* sequence number */
    bytes[11] = (uint8_t)(record >> 8);
    bytes[12] = (uint8_t)record;
    bytes[RECORD + 5] = 1; /* message number */
    bytes[RECORD + 2] = bytes[RECORD + 10] = (uint8_t)(message >> 8);
    bytes[RECORD + 3] = bytes[RECORD + 11] = (uint8_t)message;
    return length;
}

static long resident_kib(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/** Up to the server's first flight. @return whether it came */
static bool open_half(void)
{
    uint8_t bytes[HELLO_MAX];
    uint8_t answer[HELLO_MAX];

    CU_ASSERT_EQUAL(send(fixture.fd, fixture.hello, fixture.hello_length, 0),
                    (ssize_t)fixture.hello_length);
    settle();
    size_t length = take(fixture.fd, answer);
    if (length <= RECORD || answer[RECORD] != 3) { /* hello_verify_request */
        return false;
    }
    length = with_cookie(answer, length, bytes);
    CU_ASSERT_EQUAL(send(fixture.fd, bytes, length, 0), (ssize_t)length);
    settle();
    length = take(fixture.fd, answer);
    while (take(fixture.fd, bytes) > 0) { /* the rest of the flight */
    }
    return length > RECORD && answer[RECORD] == 2; /* server_hello */
}

/** Random bytes of a ServerHello that comes for the hello, or none. */
static bool take_random(const uint8_t *hello, size_t length, uint8_t random[32])
{
    uint8_t answer[HELLO_MAX];
    uint8_t rest[HELLO_MAX];

    CU_ASSERT_EQUAL(send(fixture.fd, hello, length, 0), (ssize_t)length);
    settle();
    length = take(fixture.fd, answer);
    while (take(fixture.fd, rest) > 0) { /* the rest of the flight */
    }
    memcpy(random, answer + RANDOM_END - 32, 32);
    return length > RANDOM_END && answer[RECORD] == 2; /* server_hello */
}

/** Of two servers that a device comes to from one socket. */
static void hello_to_another_port_leaves_a_handshake_alone(void)
{
    const struct sockaddr_in other = {
        .sin_family = AF_INET,
        .sin_port = htons(server_second_port(fixture.server)),
        .sin_addr = { htonl(INADDR_LOOPBACK) },
    };
    uint8_t answer[HELLO_MAX];
    uint8_t hello[HELLO_MAX];
    uint8_t before[32];
    uint8_t after[32];

    CU_ASSERT_EQUAL(send(fixture.fd, fixture.hello, fixture.hello_length, 0),
                    (ssize_t)fixture.hello_length);
    settle();
    size_t length = take(fixture.fd, answer);
    CU_ASSERT_TRUE_FATAL(length > RECORD);
    length = with_cookie(answer, length, hello);
    CU_ASSERT_TRUE_FATAL(take_random(hello, length, before));
    for (unsigned i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(sendto(fixture.fd, fixture.hello, fixture.hello_length,
                               0, (const struct sockaddr *)&other,
                               sizeof(other)),
                        (ssize_t)fixture.hello_length);
        settle();
    }
    hello[10] = 7; /* a retransmission: the first flight again */
    CU_ASSERT_TRUE_FATAL(take_random(hello, length, after));
    CU_ASSERT_EQUAL(memcmp(before, after, sizeof(before)), 0);
}

/** It restarts in the middle, and has a port of its own. */
static void handshake_begins_anew_from_the_same_port(void)
{
    for (unsigned i = 0; i < 5; i++) {
        CU_ASSERT_TRUE(open_half());
    }
    check_good_device();
}

/** Each begins a handshake, is answered by a ServerHello, and is gone. */
static void flood_of_half_open_handshakes_keeps_nobody_out(void)
{
    const int own = fixture.fd;
    const long before = resident_kib();
    unsigned opened = 0;

    for (unsigned i = 0; i < FLOOD; i++) {
        fixture.fd =
            socket_from(0x7f010000 + i + 1, server_port(fixture.server));
        opened += open_half();
        (void)close(fixture.fd);
    }
    fixture.fd = own;
    CU_ASSERT_EQUAL(opened, FLOOD);
    CU_ASSERT_TRUE(resident_kib() - before < GROWTH_MAX_KIB);
    check_good_device();
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "good", good_device_is_no_stray },
        { "prefixes", every_prefix_of_a_hello_is_told },
        { "prefixes with lengths",
          every_prefix_that_says_its_length_is_answered_or_told },
        { "garbled", every_garbled_hello_is_survived },
        { "records", records_that_nobody_can_read_are_told },
        { "anew", handshake_begins_anew_from_the_same_port },
        { "another port", hello_to_another_port_leaves_a_handshake_alone },
        { "flood", flood_of_half_open_handshakes_keeps_nobody_out },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "hostile DTLS", NULL, NULL, set_up, tear_down, tests },
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
