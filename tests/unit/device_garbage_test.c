/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device as a process under datagrams that are no good. It may refuse
 * them as RFC 7252 says, and must answer what follows. Spec: AFU-175.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/device_peer.h"

enum {
    RANDOM_COUNT = 2000,
    DAMAGED_COUNT = 3000,
    BURST = 40, /* fits into the socket's buffer */
    RESET = 3,
    ACKNOWLEDGEMENT = 2,
    NON_CONFIRMABLE = 1,
    SILENCE = 0xff,
};

static const char *const quick[] = { "--install-ms", "20",  "--boot-ms", "20",
                                     "--max-block",  "512", NULL };

static struct peer peer;
static uint32_t random_state;

static void set_up(void)
{
    CU_ASSERT_TRUE_FATAL(peer_open(&peer));
    CU_ASSERT_TRUE_FATAL(peer_start(&peer, quick));
    CU_ASSERT_TRUE_FATAL(peer_wait_registration(&peer, 1));
    random_state = 20240607; /* fixed: a failure comes again */
}

static void tear_down(void)
{
    CU_ASSERT_TRUE(peer_is_running(&peer));
    CU_ASSERT_EQUAL(peer_stop(&peer), 0);
    peer_close(&peer);
}

static uint32_t random_number(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

/**
 * Alive, and with an answer to a good request. What was sent may have been a
 * reboot, then the answer comes once it has registered again.
 */
static bool still_answers(void)
{
    char text[32];
    bool answers = false;

    for (int i = 0; !answers && i < 5 && peer_is_running(&peer); i++) {
        uint8_t bytes[PEER_DATAGRAM_MAX];
        struct peer_message message;
        size_t length = peer_build(&peer, bytes, PEER_GET, "/33629/3/14", -1, 0,
                                   -1, NULL, 0);
        uint16_t id = (uint16_t)(bytes[2] << 8 | bytes[3]);
        (void)peer_send(&peer, bytes, length);
        while (!answers && peer_receive(&peer, &message, 1000)) {
            answers = message.type == ACKNOWLEDGEMENT && message.id == id;
        }
    }
    return answers && peer_text(&peer, "/33629/3/14", text, sizeof(text)) &&
           strcmp(text, "modem") == 0;
}

static void random_datagrams_do_no_harm(void)
{
    uint8_t bytes[1400];

    set_up();
    for (unsigned i = 1; i <= RANDOM_COUNT; i++) {
        size_t length = random_number(i % 4 == 0 ? sizeof(bytes) : 40);
        for (size_t j = 0; j < length; j++) {
            bytes[j] = (uint8_t)random_number(256);
        }
        if (length > 4 && i % 2 == 0) { /* past the first check */
            bytes[0] = (uint8_t)(0x40 | random_number(0x29));
            bytes[1] = (uint8_t)random_number(6);
        }
        CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
        if (i % BURST == 0) {
            CU_ASSERT_TRUE_FATAL(still_answers());
        }
    }
    tear_down();
}

/* Good requests, from which the damaged ones are made. */
static const struct {
    enum peer_code method;
    const char *path;
    int format;
    int accept;
    int64_t block;
    const char *payload;
    size_t length;
} requests[] = {
    { PEER_GET, "/33629/0", -1, 11542, -1, "", 0 },
    { PEER_GET, "/33629/0/3", -1, 0, -1, "", 0 },
    { PEER_GET, "/33629", -1, 40, -1, "", 0 },
    { PEER_PUT, "/33629/0/0", 42, -1, 0x08 | 2,
      "AJAY_APP\0\3\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0031.1"
      "0123456789012345678901234567890123456",
      64 },
    { PEER_PUT, "/33629/1/0", 42, -1, -1,
      "AJAY_TEE\0\3\0\5\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0031.1", 28 },
    { PEER_PUT, "/33629/2/0", 42, -1, -1,
      "MULTIPKG\0\4\0\2\0\0\0\x1c\0\0\0\x1c"
      "AJAYBOOT\0\3\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0031.1"
      "AJAYMODE\0\3\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0031.1",
      76 },
    { PEER_PUT, "/33629/0/1", 0, -1, -1, "", 0 },
    { PEER_PUT, "/33629/0/11", 0, -1, -1, "2", 1 },
    { PEER_POST, "/33629/0", 11542, -1, -1, "\xc1\x0b\x02\xc1\x0d\x1e", 6 },
    { PEER_POST, "/33629/1/2", 0, -1, -1, "0='</33629/2>,</33629/3>'", 25 },
    { PEER_POST, "/33629/1/10", -1, -1, -1, "", 0 },
    { PEER_POST, "/33629", 11542, -1, -1, "\x08\x04\x03\xc1\x0b\x01", 6 },
    { PEER_DELETE, "/33629/1", -1, -1, -1, "", 0 },
    { PEER_PUT, "/1/0/1", 0, -1, -1, "400", 3 },
    { PEER_POST, "/3/0/4", -1, -1, -1, "", 0 },
};

enum { REQUEST_COUNT = sizeof(requests) / sizeof(requests[0]) };

static size_t build(size_t index, uint8_t *bytes)
{
    return peer_build(&peer, bytes, requests[index].method,
                      requests[index].path, requests[index].format,
                      requests[index].accept, requests[index].block,
                      requests[index].payload, requests[index].length);
}

static size_t damage(uint8_t *bytes, size_t length)
{
    for (uint32_t i = random_number(3) + 1; i > 0; i--) {
        size_t at = random_number((uint32_t)length);
        switch (random_number(4)) {
        case 0:
            bytes[at] = (uint8_t)(bytes[at] ^ 1u << random_number(8));
            break;
        case 1:
            bytes[at] = (uint8_t)random_number(256);
            break;
        case 2: /* one byte more */
            memmove(bytes + at + 1, bytes + at, length - at);
            length++;
            break;
        default: /* one byte less */
            memmove(bytes + at, bytes + at + 1, length - at - 1);
            length -= length > 5 ? 1 : 0;
            break;
        }
    }
    return length;
}

static void damaged_requests_do_no_harm(void)
{
    uint8_t bytes[PEER_DATAGRAM_MAX + 8];

    set_up();
    for (unsigned i = 1; i <= DAMAGED_COUNT; i++) {
        /* The reboot, the last one, only now and then: it takes time. */
        size_t index =
            i % 500 == 0 ? REQUEST_COUNT - 1 : random_number(REQUEST_COUNT - 1);
        size_t length = damage(bytes, build(index, bytes));
        CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
        if (i % BURST == 0) {
            CU_ASSERT_TRUE_FATAL(still_answers());
        }
    }
    tear_down();
}

static void each_prefix_of_a_request_does_no_harm(void)
{
    uint8_t bytes[PEER_DATAGRAM_MAX];

    set_up();
    for (size_t i = 0; i < REQUEST_COUNT; i++) {
        size_t whole = build(i, bytes);
        for (size_t length = 0; length < whole; length++) {
            bytes[2] = (uint8_t)(0x80 + i); /* else it is a repeated one */
            bytes[3] = (uint8_t)length;
            CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
            if (length % BURST == 0 && !still_answers()) {
                printf("    request %zu, %zu bytes\n", i, length);
                CU_FAIL_FATAL("no answer any more");
            }
        }
        CU_ASSERT_TRUE_FATAL(still_answers());
    }
    tear_down();
}

/* Messages with one fault, and what is to come back. */

#define HEADER(first, code) first code "\x77\x01"
#define ZEROS               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define TOKEN               "\xab"
#define STATE_PATH                                                             \
    "\xb5"                                                                     \
    "33629"                                                                    \
    "\x01"                                                                     \
    "3"                                                                        \
    "\x01"                                                                     \
    "3"

static const struct {
    const char *name;
    const char *bytes;
    size_t length;
    unsigned type; /* SILENCE: nothing comes back */
    uint8_t code;
} faults[] = {
/* clang-format off */
#define ROW(name, bytes, type, code) { name, bytes, sizeof(bytes) - 1, type, code }
    ROW("a good one", HEADER("\x41", "\x01") TOKEN STATE_PATH, ACKNOWLEDGEMENT, 0x45),
    ROW("good, non-confirmable", HEADER("\x51", "\x01") TOKEN STATE_PATH, NON_CONFIRMABLE, 0x45),
    ROW("version 0", HEADER("\x01", "\x01") TOKEN STATE_PATH, SILENCE, 0),
    ROW("version 2", HEADER("\x81", "\x01") TOKEN STATE_PATH, SILENCE, 0),
    ROW("token of 9", HEADER("\x49", "\x01") "123456789" STATE_PATH, RESET, 0),
    ROW("token of 15", HEADER("\x4f", "\x01") "123456789012345", RESET, 0),
    ROW("cut token", HEADER("\x44", "\x01") "123", RESET, 0),
    ROW("cut token, non-confirmable", HEADER("\x54", "\x01") "123", SILENCE, 0),
    ROW("cut option", HEADER("\x41", "\x01") TOKEN "\xb5" "336", RESET, 0),
    ROW("cut long length", HEADER("\x41", "\x01") TOKEN "\xbe\x01", RESET, 0),
    ROW("cut long delta", HEADER("\x41", "\x01") TOKEN "\xe0\x01", RESET, 0),
    ROW("reserved delta", HEADER("\x41", "\x01") TOKEN STATE_PATH "\xf0", RESET, 0),
    ROW("reserved length", HEADER("\x41", "\x01") TOKEN STATE_PATH "\x1f", RESET, 0),
    ROW("number above 65535", HEADER("\x41", "\x01") TOKEN STATE_PATH "\xe0\xff\xff", RESET, 0),
    ROW("marker and nothing", HEADER("\x41", "\x01") TOKEN STATE_PATH "\xff", RESET, 0),
    ROW("65 options", HEADER("\x41", "\x01") TOKEN ZEROS ZEROS ZEROS ZEROS "\0", RESET, 0),
    ROW("ping", HEADER("\x40", "\x00"), RESET, 0),
    ROW("ping with a token", HEADER("\x41", "\x00") TOKEN, RESET, 0),
    ROW("ping with a payload", HEADER("\x40", "\x00") "\xffx", RESET, 0),
    ROW("empty, non-confirmable", HEADER("\x50", "\x00"), SILENCE, 0),
    ROW("class 1", HEADER("\x40", "\x21"), RESET, 0),
    ROW("class 6", HEADER("\x40", "\xc0"), RESET, 0),
    ROW("class 7", HEADER("\x40", "\xe1"), RESET, 0),
    ROW("class 7, non-confirmable", HEADER("\x50", "\xe1"), SILENCE, 0),
    ROW("answer to nothing", HEADER("\x41", "\x45") TOKEN, RESET, 0),
    ROW("answer to nothing, non-confirmable", HEADER("\x51", "\x45") TOKEN, SILENCE, 0),
    ROW("ACK of nothing", HEADER("\x60", "\x00"), SILENCE, 0),
    ROW("ACK with an answer to nothing", HEADER("\x61", "\x45") TOKEN, SILENCE, 0),
    ROW("ACK with a request", HEADER("\x61", "\x01") TOKEN STATE_PATH, SILENCE, 0),
    ROW("RST of nothing", HEADER("\x70", "\x00"), SILENCE, 0),
    ROW("RST with a request", HEADER("\x71", "\x01") TOKEN STATE_PATH, SILENCE, 0),
    ROW("FETCH", HEADER("\x41", "\x05") TOKEN STATE_PATH, ACKNOWLEDGEMENT, 0x85),
    ROW("method 31", HEADER("\x41", "\x1f") TOKEN STATE_PATH, ACKNOWLEDGEMENT, 0x85),
    ROW("critical option 9", HEADER("\x41", "\x01") TOKEN "\x90\x25" "33629" "\x01" "3" "\x01" "3", ACKNOWLEDGEMENT, 0x82),
    ROW("critical option 9, non-confirmable", HEADER("\x51", "\x01") TOKEN "\x90\x25" "33629", SILENCE, 0),
    ROW("elective option 2048", HEADER("\x41", "\x01") TOKEN STATE_PATH "\xe0\x06\xe8", ACKNOWLEDGEMENT, 0x45),
    ROW("critical option 2049", HEADER("\x41", "\x01") TOKEN STATE_PATH "\xe0\x06\xe9", ACKNOWLEDGEMENT, 0x82),
    ROW("Accept of 3 bytes", HEADER("\x41", "\x01") TOKEN STATE_PATH "\x63\0\0\0", ACKNOWLEDGEMENT, 0x82),
    ROW("Accept twice", HEADER("\x41", "\x01") TOKEN STATE_PATH "\x60\x00", ACKNOWLEDGEMENT, 0x82),
    ROW("Accept that is not offered", HEADER("\x41", "\x01") TOKEN STATE_PATH "\x61\x32", ACKNOWLEDGEMENT, 0x86),
    ROW("Block2 of 4 bytes", HEADER("\x41", "\x01") TOKEN STATE_PATH "\xc4\0\0\0\0", ACKNOWLEDGEMENT, 0x82),
    ROW("Block2 beyond the end", HEADER("\x41", "\x01") TOKEN STATE_PATH "\xc3\xff\xff\xf6", ACKNOWLEDGEMENT, 0x80),
    ROW("Block2 with SZX 7", HEADER("\x41", "\x01") TOKEN STATE_PATH "\xc1\x07", ACKNOWLEDGEMENT, 0x80),
    ROW("Observe of 4 bytes", HEADER("\x41", "\x01") TOKEN "\x64\0\0\0\2" "\x55" "33629" "\x01" "3" "\x01" "3", ACKNOWLEDGEMENT, 0x45),
    ROW("path that is no number", HEADER("\x41", "\x01") TOKEN "\xb3" "abc", ACKNOWLEDGEMENT, 0x84),
    ROW("path with zeros", HEADER("\x41", "\x01") TOKEN "\xb5" "33629" "\x02" "03", ACKNOWLEDGEMENT, 0x84),
    ROW("path of 65536", HEADER("\x41", "\x01") TOKEN "\xb5" "65536", ACKNOWLEDGEMENT, 0x84),
    ROW("path with a NUL", HEADER("\x41", "\x01") TOKEN "\xb5" "33629" "\x02" "3\0", ACKNOWLEDGEMENT, 0x84),
    ROW("path with an empty part", HEADER("\x41", "\x01") TOKEN "\xb5" "33629" "\0" "\x01" "3", ACKNOWLEDGEMENT, 0x84),
    ROW("path with a slash", HEADER("\x41", "\x01") TOKEN "\xb7" "33629/3", ACKNOWLEDGEMENT, 0x84),
    ROW("path of five", HEADER("\x41", "\x01") TOKEN STATE_PATH "\x01" "0" "\x01" "0", ACKNOWLEDGEMENT, 0x84),
    ROW("no path", HEADER("\x41", "\x01") TOKEN, ACKNOWLEDGEMENT, 0x84),
    ROW("Block1 of 4 bytes", HEADER("\x41", "\x03") TOKEN "\xb5" "33629" "\x01" "3" "\x01" "0" "\x11\x2a" "\xd4\x02\0\0\0\x0a" "\xff" "0123456789012345678901234567890123456789012345678901234567890123", ACKNOWLEDGEMENT, 0x82),
    ROW("Block1 with SZX 7", HEADER("\x41", "\x03") TOKEN "\xb5" "33629" "\x01" "3" "\x01" "0" "\x11\x2a" "\xd1\x02\x07" "\xff" "0", ACKNOWLEDGEMENT, 0x80),
#undef ROW
    /* clang-format on */
};

/** The answer to the ping that follows comes after any other. */
static bool comes_back(size_t index, struct peer_message *message)
{
    static const uint8_t ping[] = { 0x40, 0x00, 0x88, 0x01 };

    CU_ASSERT_TRUE(peer_send(&peer, faults[index].bytes, faults[index].length));
    CU_ASSERT_TRUE(peer_send(&peer, ping, sizeof(ping)));
    CU_ASSERT_TRUE(peer_receive(&peer, message, PEER_LIMIT_MS));
    if (message->type == RESET && message->id == 0x8801) {
        return false;
    }
    struct peer_message pong;
    CU_ASSERT_TRUE(peer_receive(&peer, &pong, PEER_LIMIT_MS));
    CU_ASSERT_TRUE(pong.type == RESET && pong.id == 0x8801);
    return true;
}

static void each_fault_gets_what_the_standard_says(void)
{
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct peer_message message;

        set_up();
        bool came = comes_back(i, &message);
        bool good = came == (faults[i].type != SILENCE);
        if (good && came) {
            good = message.type == faults[i].type &&
                   message.code == faults[i].code &&
                   (message.type == NON_CONFIRMABLE || message.id == 0x7701);
        }
        CU_ASSERT_TRUE(good);
        if (!good) {
            printf("    %s: %s, type %u, %u.%02u\n", faults[i].name,
                   came ? "came back" : "silence", message.type,
                   message.code >> 5, message.code & 31);
        }
        CU_ASSERT_TRUE(still_answers());
        CU_ASSERT_EQUAL(peer_pair(&peer, 3), 0);
        tear_down();
    }
}

static void repeated_request_gets_the_stored_answer(void)
{
    uint8_t bytes[PEER_DATAGRAM_MAX];
    struct peer_message first;
    struct peer_message second;

    set_up();
    size_t length = peer_build(&peer, bytes, PEER_PUT, "/33629/3/0", 42, -1,
                               0x08 | 0, "AJAYMODE\0\3\0\0\0\0\0\0", 16);
    CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
    CU_ASSERT_TRUE(peer_receive(&peer, &first, PEER_LIMIT_MS));
    CU_ASSERT_EQUAL(first.code, PEER_CONTINUE);
    CU_ASSERT_EQUAL(peer_pair(&peer, 3), 100);
    CU_ASSERT_EQUAL(
        peer_ask(&peer, PEER_POST, "/33629/3/10", -1, -1, NULL, 0, NULL),
        PEER_CHANGED);
    CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
    CU_ASSERT_TRUE(peer_receive(&peer, &second, PEER_LIMIT_MS));
    CU_ASSERT_EQUAL(second.length, first.length);
    CU_ASSERT_EQUAL(memcmp(second.bytes, first.bytes, first.length), 0);
    CU_ASSERT_EQUAL(peer_pair(&peer, 3), 10); /* not begun again */
    tear_down();
}

static CU_TestInfo tests[] = {
    { "faults", each_fault_gets_what_the_standard_says },
    { "repeated", repeated_request_gets_the_stored_answer },
    { "random", random_datagrams_do_no_harm },
    { "prefixes", each_prefix_of_a_request_does_no_harm },
    { "damaged", damaged_requests_do_no_harm },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "garbage", NULL, NULL, NULL, NULL, tests },
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
