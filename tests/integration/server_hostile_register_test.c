/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that no device should send: every one is answered as the table
 * says, told by an event, and a good device registers and is served behind it.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/server_peer.h"

enum {
    SIZE1 = 60,
    CROWD = 1000,
    NO_FORMAT = -1,
    LINK_FORMAT = 40,
    NO_ANSWER = 0xfe,
    BY_RESET = 0,
    JUMBO = 65507, /* the longest UDP payload */
    LIST_BLOCK = 1024,
};

#define ANY     "lt=300&lwm2m=1.1"
#define GOOD    "ep=x&" ANY
#define C(a, b) COAP_CODE(a, b)

/** A good device still registers, is asked, and answers. */
static void check_good_device(void)
{
    struct peer_datagram request;

    peer_enrol(PEER_QUERY);
    const uint64_t id = peer_ask_read(&request);
    peer_reply(&request, PEER_ACK, request.mid, C(2, 5), -1, "fine");
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "fine", 4), 0);
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

static void check(bool holds, const char *what, const char *detail)
{
    if (!holds) {
        (void)fprintf(stderr, "  %s: %s\n", what, detail);
    }
    CU_ASSERT_TRUE(holds);
}

/** A Register with one thing wrong, or odd. */
static const struct {
    const char *query;
    const char *links; /* NULL: no payload */
    int format;
    uint8_t code;
    const char *why; /* of the refusal, or the remark of what was accepted */
} registers[] = {
    { ANY, PEER_LINKS, LINK_FORMAT, C(4, 0), "parameter 'ep' is missing" },
    { "ep=&" ANY, PEER_LINKS, LINK_FORMAT, C(4, 0), "parameter 'ep' is empty" },
    { "ep&" ANY, PEER_LINKS, LINK_FORMAT, C(4, 0), "parameter 'ep' is empty" },
    { "ep=x&ep=y&" ANY, PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'ep' twice" },
    { "ep=x&lwm2m=1.1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lt' is missing" },
    { "ep=x&lt=&lwm2m=1.1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lt' is no number of seconds" },
    { "ep=x&lt=-1&lwm2m=1.1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lt' is no number of seconds" },
    { "ep=x&lt=1e3&lwm2m=1.1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lt' is no number of seconds" },
    { "ep=x&lt=4294967296&lwm2m=1.1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lt' is no number of seconds" },
    { "ep=x&lt=1&lt=2&lwm2m=1.1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lt' twice" },
    { "ep=x&lt=0&lwm2m=1.1", PEER_LINKS, LINK_FORMAT, C(2, 1),
      "a lifetime of 0 before LwM2M 1.2" },
    { "ep=x&lt=300", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lwm2m' is missing" },
    { "ep=x&lt=300&lwm2m=", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lwm2m' is no version" },
    { "ep=x&lt=300&lwm2m=1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lwm2m' is no version" },
    { "ep=x&lt=300&lwm2m=1.1.1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lwm2m' is no version" },
    { "ep=x&lt=300&lwm2m=1.99999999999", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lwm2m' is no version" },
    { "ep=x&lt=300&lwm2m=1.3", PEER_LINKS, LINK_FORMAT, C(4, 12),
      "LwM2M version is not supported" },
    { "ep=x&lt=300&lwm2m=2.0", PEER_LINKS, LINK_FORMAT, C(4, 12),
      "LwM2M version is not supported" },
    { "ep=x&lt=300&lwm2m=1.1&lwm2m=1.1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'lwm2m' twice" },
    { GOOD "&b=", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'b' is no binding" },
    { GOOD "&b=X", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'b' has an unknown letter" },
    { GOOD "&b=U&b=U", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'b' twice" },
    { GOOD "&b=UUUUUUUUUUUUUUUUU", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'b' is no binding" },
    { GOOD "&Q=1", PEER_LINKS, LINK_FORMAT, C(4, 0),
      "parameter 'Q' has a value" },
    { GOOD "&\x1b[31mred=1", PEER_LINKS, LINK_FORMAT, C(2, 1),
      "unknown parameter '?[31mred'" },
    { GOOD, PEER_LINKS, 0, C(4, 15),
      "the Object list is not in application/link-format" },
    { GOOD, PEER_LINKS, 65000, C(4, 15),
      "the Object list is not in application/link-format" },
    { GOOD, PEER_LINKS, NO_FORMAT, C(2, 1),
      "Object list without Content-Format" },
    { GOOD, NULL, NO_FORMAT, C(4, 0), "the Object list is missing" },
    { "ep=x&lt=300&lwm2m=1.2", NULL, NO_FORMAT, C(4, 9),
      "the Object list is missing" },
    { GOOD, "</1/0>,</3/0", LINK_FORMAT, C(4, 0), "" },
    { GOOD, "1/0", LINK_FORMAT, C(4, 0), "" },
    { GOOD, "</1/0>;=,", LINK_FORMAT, C(4, 0), "" },
    { GOOD, "\xff\xfe\x01", LINK_FORMAT, C(4, 0), "" },
};

/** Send it, and a ping behind it. False: nothing came back before the ping's
 *  answer. */
static bool answer_of(const struct peer_datagram *request,
                      struct peer_datagram *answer)
{
    static const char ping[] = "40017fffb470696e67"; /* PEER_GET /ping */
    struct peer_datagram message;
    bool is_answered = false;

    peer_emit(request);
    peer_hex(ping);
    for (;;) {
        peer_next_sent(&message);
        if (message.length == 0 ||
            (message.code == C(4, 4) && message.mid == 0x7fff)) {
            return is_answered;
        }
        if (message.mid == request->mid) {
            *answer = message;
            is_answered = true;
        }
    }
}

static void request_to(struct peer_datagram *request, unsigned method,
                       const char *path, const char *query, int format,
                       const char *links)
{
    const uint8_t bytes[2] = { (uint8_t)(format >> 8), (uint8_t)format };
    unsigned last = 0;

    *request = (struct peer_datagram){ .mid = ++peer.mid };
    peer_begin(request, PEER_CON, method, peer.mid, NULL, 0);
    peer_split(request, &last, PEER_URI_PATH, path + 1, '/');
    if (format != NO_FORMAT) {
        peer_option(request, &last, PEER_CONTENT_FORMAT, bytes, sizeof(bytes));
    }
    peer_split(request, &last, PEER_URI_QUERY, query, '&');
    peer_payload(request, links, links != NULL ? strlen(links) : 0);
}

static void each_wrong_parameter_has_its_code_and_reason(void)
{
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        struct peer_datagram request;
        struct peer_datagram answer = { .code = 0 };
        const bool is_taken = registers[i].code == C(2, 1);
        char what[256];
        (void)snprintf(what, sizeof(what), "%zu: ?%s %s", i, registers[i].query,
                       registers[i].links != NULL ? registers[i].links : "-");
        peer_forget();
        request_to(&request, PEER_POST, "/rd", registers[i].query,
                   registers[i].format, registers[i].links);
        check(answer_of(&request, &answer), what, "no answer");
        check(answer.code == registers[i].code, what, "another code");
        check(has_event(is_taken ? SERVER_REGISTER : SERVER_REFUSE,
                        registers[i].why),
              what, registers[i].why);
    }
    check_good_device();
}

/** Datagrams byte by byte: what comes back under the message ID 0001, and the
 *  event. */
static const struct {
    const char *name;
    const char *bytes; /* hexadecimal */
    uint8_t answer;    /* code; BY_RESET; NO_ANSWER */
    const char *stray; /* NULL: the message itself is all there is to tell */
} datagrams[] = {
    { "one byte", "40", NO_ANSWER, "a datagram that is no CoAP" },
    { "three bytes", "400100", NO_ANSWER, "a datagram that is no CoAP" },
    { "version 0", "0001000100", NO_ANSWER, "a datagram that is no CoAP" },
    { "version 3", "c0010001", NO_ANSWER, "a datagram that is no CoAP" },
    { "token length 9", "49020001010203040506070809", BY_RESET,
      "a token of more than 8 bytes" },
    { "token length 15", "4f020001", BY_RESET, "a token of more than 8 bytes" },
    { "token cut", "4802000101", BY_RESET, "a malformed CoAP message" },
    { "delta 15", "40020001f1aa", BY_RESET, "a malformed CoAP message" },
    { "length 15", "400200011faa", BY_RESET, "a malformed CoAP message" },
    { "delta cut", "40020001d0", BY_RESET, "a malformed CoAP message" },
    { "delta word cut", "40020001e000", BY_RESET, "a malformed CoAP message" },
    { "option beyond the end", "40020001b572640a", BY_RESET,
      "a malformed CoAP message" },
    { "option number above 65535", "40020001e0ffffe0ffff", BY_RESET,
      "a malformed CoAP message" },
    { "marker without payload", "40020001b27264ff", BY_RESET,
      "a malformed CoAP message" },
    { "code in an empty message", "4400000101020304", BY_RESET,
      "a malformed CoAP message" },
    { "code 7.31", "40ff0001", BY_RESET,
      "a response with the code 7.31, which CoAP does not have" },
    { "code 1.00", "40200002", BY_RESET,
      "a response with the code 1.00, which CoAP does not have" },
    { "unknown critical option", "40020001b27264d1ed00", C(4, 2),
      "a request with the unknown critical option 261" },
    { "ACK of nothing", "60000001", NO_ANSWER,
      "an ACK of a message that was not sent" },
    { "Reset of nothing", "70000001", NO_ANSWER,
      "a Reset of a message that was not sent" },
    { "response in an ACK", "6145000101ff41", NO_ANSWER,
      "a response in an ACK whose message ID fits no request" },
    { "response nobody asked for",
      "4845000311223344556677"
      "88ff41",
      BY_RESET, "a response with an unknown token" },
    { "request in an ACK", "60010001", NO_ANSWER,
      "a response in an ACK whose message ID fits no request" },
    { "GET /rd", "40010001b27264", C(4, 5), NULL },
    { "PUT /rd", "40030001b27264", C(4, 0), NULL },
    { "DELETE /rd", "40040001b27264", C(4, 0), NULL },
    { "POST /rd/a/b",
      "40020001b272640161"
      "0162",
      C(4, 0), NULL },
    { "POST /", "40020001", C(4, 4), "a request (method 2) for ''" },
    { "POST /foo", "40020001b3666f6f", C(4, 4),
      "a request (method 2) for '/foo'" },
    { "POST rd with a NUL",
      "40020001b4726400"
      "78",
      C(4, 0), NULL },
    { "a location in one segment", "40020001b572642f3535", C(4, 0), NULL },
};

static void each_malformed_datagram_is_answered_or_dropped_and_told(void)
{
    for (size_t i = 0; i < sizeof(datagrams) / sizeof(datagrams[0]); i++) {
        struct peer_datagram request = { .length = 0 };
        struct peer_datagram answer;
        unsigned byte = 0;
        const char *name = datagrams[i].name;
        for (const char *at = datagrams[i].bytes; sscanf(at, "%2x", &byte) == 1;
             at += 2) {
            request.bytes[request.length++] = (uint8_t)byte;
        }
        request.mid = (unsigned)request.bytes[2] << 8 | request.bytes[3];
        peer_forget();
        const bool answered = answer_of(&request, &answer);
        check(answered == (datagrams[i].answer != NO_ANSWER), name,
              "answered or not");
        check(!answered || answer.code == datagrams[i].answer, name,
              "another code");
        check(datagrams[i].stray == NULL
                  ? has_event(SERVER_REFUSE, "")
                  : has_event(SERVER_STRAY, datagrams[i].stray),
              name, "no event");
        check(peer_count_of(SERVER_STRAY) ==
                  (datagrams[i].stray != NULL ? 2 : 1), /* and the ping */
              name, "told more than once");
        check(has_event(SERVER_MESSAGE, ""), name, "not recorded");
    }
    check_good_device();
}

static void datagrams_of_no_and_of_64_kib_are_told(void)
{
    static uint8_t jumbo[JUMBO] = { 0x40, 0x02, 0x00, 0x01, 0xb2, 'r', 'd' };

    CU_ASSERT_EQUAL(send(peer.fd, jumbo, 0, 0), 0);
    const struct peer_record *record = peer_await(SERVER_STRAY);
    CU_ASSERT_STRING_EQUAL(record->text, "a datagram that is no CoAP");
    CU_ASSERT_EQUAL(send(peer.fd, jumbo, JUMBO, 0), JUMBO);
    record = peer_await(SERVER_STRAY);
    CU_ASSERT_STRING_EQUAL(
        record->text,
        "a datagram of 65507 bytes, dropped: at most 1472 are read");
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REFUSE), 0);
    check_good_device();
}

/** A list that was cut would be a shorter list. */
static void register_that_does_not_fit_a_datagram_is_not_taken(void)
{
    static uint8_t bytes[2000];
    struct peer_datagram request;

    request_to(&request, PEER_POST, "/rd", GOOD, LINK_FORMAT, "</1/0>");
    memcpy(bytes, request.bytes, request.length);
    for (size_t at = request.length; at + 7 <= sizeof(bytes); at += 7) {
        memcpy(bytes + at, ",</3/0>", 7);
    }
    CU_ASSERT_EQUAL(send(peer.fd, bytes, sizeof(bytes), 0), sizeof(bytes));
    CU_ASSERT_PTR_NOT_NULL(strstr(peer_await(SERVER_STRAY)->text, "2000"));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REGISTER), 0);
    check_good_device();
}

static void too_many_parameters_and_long_paths_are_refused(void)
{
    struct peer_datagram request;
    struct peer_datagram answer;
    char path[1300] = "/rd";
    char query[400] = "ep=x";

    for (size_t i = 0; i < 70; i++) {
        (void)snprintf(query + strlen(query), sizeof(query) - strlen(query),
                       "&x=%zu", i % 10);
    }
    request_to(&request, PEER_POST, "/rd", query, LINK_FORMAT, PEER_LINKS);
    CU_ASSERT_TRUE(answer_of(&request, &answer));
    CU_ASSERT_EQUAL(answer.code, C(4, 0));
    CU_ASSERT_TRUE(has_event(SERVER_REFUSE, "too many parameters"));
    memset(path + 3, 'p', 1200);
    for (size_t i = 3; i < 1200; i += 200) {
        path[i] = '/';
    }
    request_to(&request, PEER_POST, path, NULL, NO_FORMAT, NULL);
    CU_ASSERT_TRUE(answer_of(&request, &answer));
    CU_ASSERT_EQUAL(answer.code, C(4, 0));
    CU_ASSERT_TRUE(
        has_event(SERVER_REFUSE, "the path is too long, or no text"));
    check_good_device();
}

/* Object lists in blocks. */

static unsigned send_block(const char *tag, unsigned value, uint64_t size1,
                           size_t length, struct peer_datagram *answer)
{
    static char body[LIST_BLOCK];
    struct peer_datagram request = { .mid = ++peer.mid };
    const uint8_t block[] = { (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                              (uint8_t)value };
    const uint8_t size[] = { (uint8_t)(size1 >> 24), (uint8_t)(size1 >> 16),
                             (uint8_t)(size1 >> 8), (uint8_t)size1 };
    unsigned last = 0;

    memset(body, 'x', sizeof(body));
    peer_begin(&request, PEER_CON, PEER_POST, peer.mid, NULL, 0);
    peer_option(&request, &last, PEER_URI_PATH, "rd", 2);
    peer_option(&request, &last, PEER_CONTENT_FORMAT, "\x28", 1);
    peer_split(&request, &last, PEER_URI_QUERY, GOOD, '&');
    peer_option(&request, &last, PEER_BLOCK1, block, sizeof(block));
    if (size1 > 0) {
        peer_option(&request, &last, SIZE1, size, sizeof(size));
    }
    peer_option(&request, &last, 292, tag, strlen(tag));
    peer_payload(&request, body, length);
    return answer_of(&request, answer) ? answer->code : NO_ANSWER;
}

enum { MORE = 8, SZX_16 = 0, SZX_32 = 1, SZX_1024 = 6 };

#define BLOCK(number, flags) ((unsigned)(number) << 4 | (unsigned)(flags))

/** Register with a list of 16 bytes a block, without Size1: an option that a
 *  device may leave out. `stop`: so many blocks only. */
static unsigned send_list(const char *list, size_t stop)
{
    unsigned code = NO_ANSWER;

    for (size_t at = 0; at < strlen(list) && at / 16 < stop; at += 16) {
        const size_t left = strlen(list) - at;
        const uint8_t block = (uint8_t)(at / 16 << 4 | (left > 16 ? 8 : 0));
        struct peer_datagram request = { .mid = ++peer.mid };
        struct peer_datagram answer = { .length = 1 };
        unsigned last = 0;
        peer_begin(&request, PEER_CON, PEER_POST, peer.mid, NULL, 0);
        peer_option(&request, &last, PEER_URI_PATH, "rd", 2);
        peer_option(&request, &last, PEER_CONTENT_FORMAT, "\x28", 1);
        peer_split(&request, &last, PEER_URI_QUERY, GOOD, '&');
        peer_option(&request, &last, PEER_BLOCK1, &block, 1);
        peer_payload(&request, list + at, left < 16 ? left : 16);
        code = answer_of(&request, &answer) ? answer.code : NO_ANSWER;
        /* The option goes back as it came. */
        CU_ASSERT_EQUAL(answer.bytes[answer.length - 1], block);
        if (left > 16) {
            CU_ASSERT_EQUAL(code, C(2, 31));
        }
    }
    return code;
}

static void list_in_blocks_is_put_together_without_what_was_given_up(void)
{
    static const char given_up[] = "</1/0>,</3/0>,</33629/0>,</33629/1>,</5>";
    static const char list[] = "</1/0>,</3/0>,</33629/7>,</4/0>";
    size_t registered = 0;

    CU_ASSERT_EQUAL(send_list(given_up, 2), C(2, 31));
    CU_ASSERT_EQUAL(send_list(list, 9), C(2, 1));
    CU_ASSERT_EQUAL(send_list(list, 9), C(2, 1)); /* another message ID */
    for (size_t i = 0; i < peer.count; i++) {
        const struct peer_record *record = &peer.records[i];
        if (record->kind == SERVER_REGISTER) {
            registered++;
            CU_ASSERT_EQUAL_FATAL(record->length, strlen(list));
            CU_ASSERT_EQUAL(memcmp(record->bytes, list, strlen(list)), 0);
        }
    }
    CU_ASSERT_EQUAL(registered, 2);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REFUSE), 0);
    check_good_device();
}

static void list_that_never_ends_is_refused_at_1_mib(void)
{
    struct peer_datagram answer;
    unsigned number = 0;
    unsigned code = C(2, 31);

    for (; code == C(2, 31) && number <= 1024; number++) {
        peer_forget();
        code = send_block("t", BLOCK(number, MORE | SZX_1024), 0, LIST_BLOCK,
                          &answer);
    }
    CU_ASSERT_EQUAL(number, 1024);
    CU_ASSERT_EQUAL(code, C(4, 13));
    CU_ASSERT_TRUE(has_event(SERVER_REFUSE,
                             "a body in blocks of more than 1048576 bytes"));
    check_good_device();
}

static const struct {
    unsigned before; /* block sent first, and answered 2.31; 0: none */
    unsigned value;
    uint64_t size1;
    size_t length;
    uint8_t code;
    const char *why;
} uploads[] = {
    { 0, BLOCK(0, MORE | SZX_16), 0xfffffff0, 16, C(4, 13),
      "a body in blocks of more than 1048576 bytes" },
    { 0, BLOCK(0xfffff, MORE | SZX_16), 0, 16, C(4, 13),
      "a body in blocks of more than 1048576 bytes" },
    { 0, BLOCK(3, MORE | SZX_16), 0, 16, C(4, 8),
      "block 3 of a request without those before it" },
    { BLOCK(0, MORE | SZX_16), BLOCK(1, SZX_1024), 0, 16, C(4, 8),
      "a block of 1024 bytes behind blocks of 16" },
    { BLOCK(0, MORE | SZX_16), BLOCK(1, MORE | SZX_16), 0, 5, C(4, 0),
      "block 1 has 5 bytes and more to follow, its size is 16" },
    { 0, BLOCK(0, SZX_16), 0, 40, C(4, 0),
      "block 0 has 40 bytes, its size is 16" },
    { 0, BLOCK(0, MORE | 7), 0, 16, C(4, 0), "a Block option that is none" },
};

static void blocks_of_a_list_that_do_not_fit_are_refused(void)
{
    for (size_t i = 0; i < sizeof(uploads) / sizeof(uploads[0]); i++) {
        struct peer_datagram answer;
        char tag[8];
        (void)snprintf(tag, sizeof(tag), "%zu", i);
        peer_forget();
        if (uploads[i].before != 0) {
            CU_ASSERT_EQUAL(send_block(tag, uploads[i].before, 0, 16, &answer),
                            C(2, 31));
        }
        const unsigned code =
            send_block(tag, uploads[i].value, uploads[i].size1,
                       uploads[i].length, &answer);
        check(code == uploads[i].code, tag, uploads[i].why);
        check(has_event(SERVER_REFUSE, uploads[i].why), tag, uploads[i].why);
    }
    check_good_device();
}

static void lists_begun_and_left_are_counted(void)
{
    struct peer_datagram answer;
    char tag[8];

    for (unsigned i = 0; i < 64; i++) {
        (void)snprintf(tag, sizeof(tag), "n%u", i);
        CU_ASSERT_EQUAL(
            send_block(tag, BLOCK(0, MORE | SZX_16), 1000, 16, &answer),
            C(2, 31));
    }
    CU_ASSERT_EQUAL(
        send_block("n64", BLOCK(0, MORE | SZX_16), 1000, 16, &answer), C(5, 3));
    CU_ASSERT_TRUE(
        has_event(SERVER_REFUSE, "more than 64 requests in blocks under way"));
    check_good_device();
}

/* A crowd. */

static long resident_kib(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/** Each from a socket of its own, closed at once: nothing that is sent to it
 *  arrives. */
static void come_and_go(const char *lifetime)
{
    const int fd = peer.fd;
    const uint16_t port = peer.port;
    char query[64];

    for (unsigned i = 0; i < CROWD; i++) {
        struct peer_datagram answer;
        (void)snprintf(query, sizeof(query), "ep=crowd-%u&lt=%s&lwm2m=1.1", i,
                       lifetime);
        peer.fd = peer_open(server_port(peer.server));
        peer.port = peer_port(peer.fd);
        CU_ASSERT_EQUAL(
            peer_exchange(PEER_POST, "/rd", query, PEER_LINKS, &answer),
            C(2, 1));
        (void)close(peer.fd);
    }
    peer.fd = fd;
    peer.port = port;
}

static void crowd_that_vanishes_expires_and_leaves_nothing(void)
{
    come_and_go("1");
    while (peer_count_of(SERVER_EXPIRE) < CROWD) {
        CU_ASSERT_EQUAL_FATAL(peer_await(SERVER_EXPIRE)->kind, SERVER_EXPIRE);
    }
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REGISTER), CROWD);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REPLACE), 0);
    const long before = resident_kib();
    for (unsigned wave = 0; wave < 3; wave++) {
        peer_forget();
        come_and_go("300");
        CU_ASSERT_EQUAL(peer_count_of(SERVER_REGISTER), CROWD);
        CU_ASSERT_EQUAL(peer_count_of(SERVER_REPLACE), wave > 0 ? CROWD : 0);
    }
    /* 1,000 registrations and as many strangers' sessions, not 4,000. */
    CU_ASSERT_TRUE(resident_kib() - before < 32 * 1024);
    peer_forget();
    check_good_device();
}

/** One more than there is room for is refused; who is there stays served. */
static void crowd_beyond_the_limit_is_refused(void)
{
    struct peer_datagram answer;
    char query[64];

    for (unsigned i = 0; i < SERVER_DEVICES_MAX; i++) {
        if (i % CROWD == 0) {
            peer_forget();
        }
        (void)snprintf(query, sizeof(query), "ep=crowd-%u&lt=300&lwm2m=1.1", i);
        CU_ASSERT_EQUAL(
            peer_exchange(PEER_POST, "/rd", query, PEER_LINKS, &answer),
            C(2, 1));
    }
    peer_forget();
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, "/rd", PEER_QUERY, PEER_LINKS, &answer),
        C(5, 0));
    CU_ASSERT_TRUE(has_event(SERVER_REFUSE, "no room for another device"));
    CU_ASSERT_EQUAL(peer_exchange(PEER_POST, "/rd", query, PEER_LINKS, &answer),
                    C(2, 1));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REPLACE), 1);
}

static CU_TestInfo tests[] = {
    { "parameters", each_wrong_parameter_has_its_code_and_reason },
    { "datagrams", each_malformed_datagram_is_answered_or_dropped_and_told },
    { "sizes", datagrams_of_no_and_of_64_kib_are_told },
    { "cut", register_that_does_not_fit_a_datagram_is_not_taken },
    { "limits", too_many_parameters_and_long_paths_are_refused },
    { "list", list_in_blocks_is_put_together_without_what_was_given_up },
    { "endless list", list_that_never_ends_is_refused_at_1_mib },
    { "list in blocks", blocks_of_a_list_that_do_not_fit_are_refused },
    { "lists left", lists_begun_and_left_are_counted },
    { "crowd", crowd_that_vanishes_expires_and_leaves_nothing },
    { "limit", crowd_beyond_the_limit_is_refused },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    return peer_run("hostile requests", tests);
}
