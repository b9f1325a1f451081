/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/server_peer.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RECORDS_MAX = 8192,
    GUARD_MS = 10000, /* more than anything here takes */
};

struct peer_fixture peer;

static void keep(struct peer_record *record, const uint8_t *bytes,
                 size_t length)
{
    record->length = length;
    if (bytes != NULL) {
        memcpy(record->bytes, bytes,
               length < sizeof(record->bytes) ? length : sizeof(record->bytes));
    }
}

static void on_event(const struct server_event *event, void *user)
{
    struct peer_record *record = &peer.records[peer.count];
    const char *text = NULL;

    (void)user;
    if (peer.count >= RECORDS_MAX) {
        server_stop(peer.server);
        return;
    }
    *record = (struct peer_record){ .kind = event->kind, .id = event->id };
    if (event->kind <= SERVER_REFUSE) {
        record->code = event->as.registration.code;
        text = event->as.registration.reason;
        keep(record, event->as.registration.links,
             event->as.registration.links_length);
    } else if (event->kind == SERVER_RESPONSE ||
               event->kind == SERVER_NOTIFICATION ||
               event->kind == SERVER_UNWANTED) {
        record->code = event->as.response.code;
        record->has_observe = event->as.response.has_observe;
        record->observe = event->as.response.observe;
        record->is_stale = event->as.response.is_stale;
        record->is_joined = event->as.response.is_joined;
        record->is_confirmable = event->as.response.is_confirmable;
        record->is_acked = event->as.response.acked_ms != 0;
        record->format = event->as.response.content_format;
        text = event->as.response.location;
        record->has_block1 = event->as.response.has_block1;
        record->block1 = event->as.response.block1;
        keep(record, event->as.response.payload,
             event->as.response.payload_length);
    } else if (event->kind == SERVER_MESSAGE) {
        record->code = event->as.message.direction == SERVER_SENT;
        record->port =
            strtoul(strrchr(event->as.message.peer, ':') + 1, NULL, 10);
        keep(record, event->as.message.bytes, event->as.message.length);
    } else if (event->kind == SERVER_SEND) {
        record->code = event->as.send.code;
        record->format = event->as.send.content_format;
        keep(record, event->as.send.payload, event->as.send.payload_length);
        text = event->as.send.reason;
    } else if (event->kind == SERVER_STRAY) {
        text = event->as.stray.what;
    } else if (event->kind == SERVER_WIRE) {
        text = event->as.wire.what;
        record->code = event->as.wire.is_sent;
        keep(record, event->as.wire.bytes, event->as.wire.length);
    } else if (event->kind >= SERVER_TIMEOUT &&
               event->kind <= SERVER_SESSION_LOST) {
        text = event->as.failure.why;
        record->has_changed = event->as.failure.has_changed;
    } else if (event->kind == SERVER_PROCESS_OUTPUT) {
        keep(record, (const uint8_t *)event->as.process.text,
             event->as.process.length);
    } else if (event->kind == SERVER_PROCESS_EXIT) {
        record->code = (uint8_t)event->as.process.exit_status;
    }
    (void)snprintf(record->endpoint, sizeof(record->endpoint), "%s",
                   event->endpoint != NULL ? event->endpoint : "");
    (void)snprintf(record->text, sizeof(record->text), "%s",
                   text != NULL ? text : "");
    peer.count++;
    if (event->kind == peer.wanted ||
        (event->kind == SERVER_TIMER && event->id == peer.guard)) {
        server_stop(peer.server);
    }
}

/** Turn the loop until an event of this kind comes behind the last one that
 *  was awaited. Never NULL: an absent event ends the test. */
const struct peer_record *peer_await(enum server_event_kind kind)
{
    static const struct peer_record none = { .kind = SERVER_EVENT_KINDS };

    peer.wanted = kind;
    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(peer.server, GUARD_MS, &peer.guard, NULL),
        STATUS_OK);
    for (;;) {
        while (peer.seen < peer.count) {
            const struct peer_record *record = &peer.records[peer.seen++];
            if (record->kind == kind) {
                server_timer_stop(peer.server, peer.guard);
                return record;
            }
            if (record->kind == SERVER_TIMER && record->id == peer.guard) {
                (void)fprintf(stderr, "no event '%s'\n",
                              server_event_kind_name(kind));
                CU_FAIL("the awaited event did not come");
                return &none;
            }
        }
        server_run(peer.server);
    }
}

void peer_forget(void)
{
    peer.count = 0;
    peer.seen = 0;
}

size_t peer_count_of(enum server_event_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < peer.count; i++) {
        count += peer.records[i].kind == kind;
    }
    return count;
}

/* The encoder. */

void peer_begin(struct peer_datagram *message, unsigned type, unsigned code,
                unsigned mid, const uint8_t *token, size_t token_length)
{
    message->bytes[0] = (uint8_t)(0x40 | type << 4 | token_length);
    message->bytes[1] = (uint8_t)code;
    message->bytes[2] = (uint8_t)(mid >> 8);
    message->bytes[3] = (uint8_t)mid;
    if (token_length > 0) {
        memcpy(message->bytes + 4, token, token_length);
    }
    message->length = 4 + token_length;
}

/** Extended form of a delta or length; returns the nibble. */
static unsigned extension(struct peer_datagram *message, size_t value)
{
    if (value < 13) {
        return (unsigned)value;
    }
    if (value < 269) {
        message->bytes[message->length++] = (uint8_t)(value - 13);
        return 13;
    }
    message->bytes[message->length++] = (uint8_t)((value - 269) >> 8);
    message->bytes[message->length++] = (uint8_t)(value - 269);
    return 14;
}

/** `last` is the number of the option before, and is brought forward. */
void peer_option(struct peer_datagram *message, unsigned *last, unsigned number,
                 const void *bytes, size_t length)
{
    const size_t head = message->length++;
    const unsigned delta = extension(message, number - *last);
    const unsigned size = extension(message, length);

    message->bytes[head] = (uint8_t)(delta << 4 | size);
    if (length > 0) {
        memcpy(message->bytes + message->length, bytes, length);
    }
    message->length += length;
    *last = number;
}

void peer_split(struct peer_datagram *message, unsigned *last, unsigned number,
                const char *text, char delimiter)
{
    while (text != NULL && *text != '\0') {
        const char *end = strchr(text, delimiter);
        const size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
        peer_option(message, last, number, text, length);
        text = end != NULL ? end + 1 : NULL;
    }
}

void peer_payload(struct peer_datagram *message, const void *bytes,
                  size_t length)
{
    if (length > 0) {
        message->bytes[message->length++] = 0xff;
        memcpy(message->bytes + message->length, bytes, length);
        message->length += length;
    }
}

void peer_emit(const struct peer_datagram *message)
{
    CU_ASSERT_EQUAL(send(peer.fd, message->bytes, message->length, 0),
                    (ssize_t)message->length);
}

bool peer_receive(struct peer_datagram *message)
{
    struct pollfd waiting = { .fd = peer.fd, .events = POLLIN };

    if (poll(&waiting, 1, GUARD_MS) != 1) {
        CU_FAIL("no datagram from the server");
        return false;
    }
    const ssize_t length =
        recv(peer.fd, message->bytes, sizeof(message->bytes), 0);
    if (length < 4) {
        CU_FAIL("a runt from the server");
        return false;
    }
    message->length = (size_t)length;
    message->type = (message->bytes[0] >> 4) & 3;
    message->code = message->bytes[1];
    message->mid = (unsigned)(message->bytes[2] << 8 | message->bytes[3]);
    message->token_length = message->bytes[0] & 15U;
    memcpy(message->token, message->bytes + 4, message->token_length);
    return true;
}

/** Wait until the server sent something to this device, and read it. */
void peer_next_sent(struct peer_datagram *message)
{
    const struct peer_record *record = NULL;

    *message = (struct peer_datagram){ .length = 0 };
    do {
        record = peer_await(SERVER_MESSAGE);
    } while (record->kind == SERVER_MESSAGE &&
             (record->code == 0 || record->port != peer.port));
    if (record->kind == SERVER_MESSAGE) {
        (void)peer_receive(message);
    }
}

void peer_hex(const char *text)
{
    struct peer_datagram message = { .length = 0 };
    unsigned byte = 0;

    for (; sscanf(text, "%2x", &byte) == 1; text += 2) {
        message.bytes[message.length++] = (uint8_t)byte;
    }
    peer_emit(&message);
}

/** A request to /rd or below; the answer is read, too. */
unsigned peer_exchange(unsigned method, const char *path, const char *query,
                       const char *links, struct peer_datagram *answer)
{
    struct peer_datagram request = { .length = 0 };
    unsigned last = 0;

    peer_begin(&request, PEER_CON, method, ++peer.mid, NULL, 0);
    peer_split(&request, &last, PEER_URI_PATH, path + 1, '/');
    if (links != NULL) {
        peer_option(&request, &last, PEER_CONTENT_FORMAT, "\x28", 1);
    }
    peer_split(&request, &last, PEER_URI_QUERY, query, '&');
    peer_payload(&request, links, links != NULL ? strlen(links) : 0);
    peer_emit(&request);
    /* What was sent for earlier datagrams may still lie in the socket. */
    do {
        peer_next_sent(answer);
    } while (answer->length > 0 &&
             (answer->type != PEER_ACK || answer->mid != peer.mid));
    CU_ASSERT_EQUAL(answer->type, PEER_ACK);
    CU_ASSERT_EQUAL(answer->mid, peer.mid);
    return answer->code;
}

/** Location-Path of a 2.01 without token, as "/rd/x". */
static void take_location(const struct peer_datagram *answer)
{
    size_t at = 4;

    peer.location[0] = '\0';
    while (at < answer->length) {
        const size_t length = answer->bytes[at] & 15U;
        const size_t used = strlen(peer.location);
        (void)snprintf(peer.location + used, sizeof(peer.location) - used,
                       "/%.*s", (int)length,
                       (const char *)answer->bytes + at + 1);
        at += 1 + length;
    }
}

void peer_enrol(const char *query)
{
    struct peer_datagram answer;

    CU_ASSERT_EQUAL(peer_exchange(PEER_POST, "/rd", query, PEER_LINKS, &answer),
                    COAP_CODE(2, 1));
    take_location(&answer);
}

uint64_t peer_ask(struct server_request *request)
{
    struct reason reason = { .status = STATUS_OK };
    uint64_t id = 0;

    CU_ASSERT_EQUAL(server_send(peer.server, request, &id, &reason), STATUS_OK);
    return id;
}

uint64_t peer_ask_read(struct peer_datagram *message)
{
    struct server_request request;

    management_read(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = peer_ask(&request);
    peer_next_sent(message);
    CU_ASSERT_EQUAL(message->type, PEER_CON);
    CU_ASSERT_EQUAL(message->code, PEER_GET);
    return id;
}

/** Answer `request`; with `observe` >= 0 as a notification would be. */
void peer_reply(const struct peer_datagram *request, unsigned type,
                unsigned mid, unsigned code, int observe, const char *body)
{
    struct peer_datagram answer = { .length = 0 };
    const uint8_t sequence = (uint8_t)observe;
    unsigned last = 0;

    peer_begin(&answer, type, code, mid, request->token, request->token_length);
    if (observe >= 0) {
        peer_option(&answer, &last, PEER_OBSERVE, &sequence, 1);
    }
    peer_payload(&answer, body, strlen(body));
    peer_emit(&answer);
}

void peer_notify(const struct peer_datagram *request, unsigned type,
                 unsigned mid, uint32_t sequence, const char *body)
{
    struct peer_datagram answer = { .length = 0 };
    const uint8_t number[] = { (uint8_t)(sequence >> 16),
                               (uint8_t)(sequence >> 8), (uint8_t)sequence };
    unsigned last = 0;

    peer_begin(&answer, type, COAP_CODE(2, 5), mid, request->token,
               request->token_length);
    peer_option(&answer, &last, PEER_OBSERVE, number, sizeof(number));
    peer_payload(&answer, body, strlen(body));
    peer_emit(&answer);
}

void peer_vector(const struct peer_datagram *request, const char *vector,
                 bool is_answer)
{
    struct peer_datagram message = { .length = 0 };
    uint8_t bytes[PEER_DATAGRAM_MAX];
    size_t length = 0;
    unsigned byte = 0;

    for (; sscanf(vector, "%2x", &byte) == 1; vector += 2) {
        bytes[length++] = (uint8_t)byte;
    }
    const size_t head = 4 + (bytes[0] & 15U);
    peer_begin(&message, (bytes[0] >> 4) & 3U, bytes[1],
               is_answer ? request->mid : (unsigned)(bytes[2] << 8 | bytes[3]),
               request->token, request->token_length);
    memcpy(message.bytes + message.length, bytes + head, length - head);
    message.length += length - head;
    peer_emit(&message);
}

int peer_open(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port) };
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    CU_ASSERT_EQUAL_FATAL(
        connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

uint16_t peer_port(int fd)
{
    struct sockaddr_in address = { .sin_port = 0 };
    socklen_t size = sizeof(address);

    CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

void peer_set_up(void)
{
    const struct server_config config = { .port = 0,
                                          .has_second_server = true };
    struct reason reason = { .status = STATUS_OK };

    peer.records = calloc(RECORDS_MAX + 1, sizeof(*peer.records));
    CU_ASSERT_PTR_NOT_NULL_FATAL(peer.records);
    peer.count = 0;
    peer.seen = 0;
    peer.mid = 100;
    const enum status status =
        server_new(&config, on_event, NULL, &peer.server, &reason);
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "server_new: %s\n", reason.text);
        exit(1);
    }
    peer.fd = peer_open(server_port(peer.server));
    peer.port = peer_port(peer.fd);
}

void peer_tear_down(void)
{
    (void)close(peer.fd);
    server_free(peer.server);
    free(peer.records);
    peer.server = NULL;
    peer.records = NULL;
}

/** Answer with one block of 16 bytes. */
void peer_reply_block(const struct peer_datagram *request, unsigned type,
                      unsigned mid, uint8_t block, const char *body)
{
    struct peer_datagram answer = { .length = 0 };
    unsigned last = 0;

    peer_begin(&answer, type, COAP_CODE(2, 5), mid, request->token,
               request->token_length);
    peer_option(&answer, &last, PEER_BLOCK2, &block, 1);
    peer_payload(&answer, body, strlen(body));
    peer_emit(&answer);
}

int peer_run(const char *name, CU_TestInfo *tests)
{
    CU_SuiteInfo suites[] = {
        { name, NULL, NULL, peer_set_up, peer_tear_down, tests },
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
