/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/wire.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct wire wire;

static void keep(struct record *record, const uint8_t *bytes, size_t length)
{
    record->length = length;
    if (bytes != NULL) {
        memcpy(record->bytes, bytes,
               length < sizeof(record->bytes) ? length : sizeof(record->bytes));
    }
}

void wire_on_event(const struct server_event *event, void *user)
{
    struct record *record = &wire.records[wire.count];
    const char *text = NULL;

    (void)user;
    if (wire.count >= RECORDS_MAX) {
        server_stop(wire.server);
        return;
    }
    *record = (struct record){ .kind = event->kind, .id = event->id };
    if (event->kind <= SERVER_REFUSE) {
        record->code = event->as.registration.code;
        text = event->as.registration.reason;
        keep(record, event->as.registration.links,
             event->as.registration.links_length);
    } else if (event->kind == SERVER_RESPONSE ||
               event->kind == SERVER_NOTIFICATION) {
        record->code = event->as.response.code;
        record->has_observe = event->as.response.has_observe;
        record->has_block1 = event->as.response.has_block1;
        record->block1 = event->as.response.block1;
        keep(record, event->as.response.payload,
             event->as.response.payload_length);
    } else if (event->kind == SERVER_MESSAGE) {
        record->code = event->as.message.direction == SERVER_SENT;
        record->port =
            strtoul(strrchr(event->as.message.peer, ':') + 1, NULL, 10);
        keep(record, event->as.message.bytes, event->as.message.length);
    } else if (event->kind == SERVER_STRAY) {
        text = event->as.stray.what;
    } else if (event->kind >= SERVER_TIMEOUT &&
               event->kind <= SERVER_SESSION_LOST) {
        text = event->as.failure.why;
    } else if (event->kind == SERVER_PROCESS_OUTPUT) {
        keep(record, (const uint8_t *)event->as.process.text,
             event->as.process.length);
    } else if (event->kind == SERVER_PROCESS_EXIT) {
        record->code = (uint8_t)event->as.process.exit_status;
    }
    (void)snprintf(record->text, sizeof(record->text), "%s",
                   text != NULL ? text : "");
    wire.count++;
    if (event->kind == wire.wanted ||
        (event->kind == SERVER_TIMER && event->id == wire.guard)) {
        server_stop(wire.server);
    }
}

const struct record *wire_await(enum server_event_kind kind)
{
    static const struct record none = { .kind = SERVER_EVENT_KINDS };

    wire.wanted = kind;
    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(wire.server, GUARD_MS, &wire.guard, NULL),
        STATUS_OK);
    for (;;) {
        while (wire.seen < wire.count) {
            const struct record *record = &wire.records[wire.seen++];
            if (record->kind == kind) {
                server_timer_stop(wire.server, wire.guard);
                return record;
            }
            if (record->kind == SERVER_TIMER && record->id == wire.guard) {
                (void)fprintf(stderr, "no event '%s'\n",
                              server_event_kind_name(kind));
                CU_FAIL("the awaited event did not come");
                return &none;
            }
        }
        server_run(wire.server);
    }
}

size_t wire_count_of(enum server_event_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < wire.count; i++) {
        count += wire.records[i].kind == kind;
    }
    return count;
}

/* The encoder. */

void wire_forget(void)
{
    wire.count = 0;
    wire.seen = 0;
}

void wire_begin(struct datagram *message, unsigned type, unsigned code,
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
static unsigned extension(struct datagram *message, size_t value)
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

void wire_option(struct datagram *message, unsigned *last, unsigned number,
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

void wire_split_options(struct datagram *message, unsigned *last,
                        unsigned number, const char *text, char delimiter)
{
    while (text != NULL && *text != '\0') {
        const char *end = strchr(text, delimiter);
        const size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
        wire_option(message, last, number, text, length);
        text = end != NULL ? end + 1 : NULL;
    }
}

void wire_payload(struct datagram *message, const void *bytes, size_t length)
{
    if (length > 0) {
        message->bytes[message->length++] = 0xff;
        memcpy(message->bytes + message->length, bytes, length);
        message->length += length;
    }
}

void wire_emit(const struct datagram *message)
{
    CU_ASSERT_EQUAL(send(wire.fd, message->bytes, message->length, 0),
                    (ssize_t)message->length);
}

bool wire_receive(struct datagram *message)
{
    struct pollfd waiting = { .fd = wire.fd, .events = POLLIN };

    if (poll(&waiting, 1, GUARD_MS) != 1) {
        CU_FAIL("no datagram from the server");
        return false;
    }
    const ssize_t length =
        recv(wire.fd, message->bytes, sizeof(message->bytes), 0);
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

void wire_next_sent(struct datagram *message)
{
    const struct record *record = NULL;

    *message = (struct datagram){ .length = 0 };
    do {
        record = wire_await(SERVER_MESSAGE);
    } while (record->kind == SERVER_MESSAGE &&
             (record->code == 0 || record->port != wire.port));
    if (record->kind == SERVER_MESSAGE) {
        (void)wire_receive(message);
    }
}

void wire_hex(const char *text)
{
    struct datagram message = { .length = 0 };
    unsigned byte = 0;

    for (; sscanf(text, "%2x", &byte) == 1; text += 2) {
        message.bytes[message.length++] = (uint8_t)byte;
    }
    wire_emit(&message);
}

unsigned wire_exchange(unsigned method, const char *path, const char *query,
                       const char *links, struct datagram *answer)
{
    struct datagram request = { .length = 0 };
    unsigned last = 0;

    wire_begin(&request, CON, method, ++wire.mid, NULL, 0);
    wire_split_options(&request, &last, URI_PATH, path + 1, '/');
    if (links != NULL) {
        wire_option(&request, &last, CONTENT_FORMAT, "\x28", 1);
    }
    wire_split_options(&request, &last, URI_QUERY, query, '&');
    wire_payload(&request, links, links != NULL ? strlen(links) : 0);
    wire_emit(&request);
    /* What was sent for earlier datagrams may still lie in the socket. */
    do {
        wire_next_sent(answer);
    } while (answer->length > 0 &&
             (answer->type != ACK || answer->mid != wire.mid));
    CU_ASSERT_EQUAL(answer->type, ACK);
    CU_ASSERT_EQUAL(answer->mid, wire.mid);
    return answer->code;
}

void wire_take_location(const struct datagram *answer)
{
    size_t at = 4;

    wire.location[0] = '\0';
    while (at < answer->length) {
        const size_t length = answer->bytes[at] & 15U;
        const size_t used = strlen(wire.location);
        (void)snprintf(wire.location + used, sizeof(wire.location) - used,
                       "/%.*s", (int)length,
                       (const char *)answer->bytes + at + 1);
        at += 1 + length;
    }
}

void wire_enrol(const char *query)
{
    struct datagram answer;

    CU_ASSERT_EQUAL(wire_exchange(POST, "/rd", query, LINKS, &answer),
                    COAP_CODE(2, 1));
    wire_take_location(&answer);
}

uint64_t wire_ask(struct server_request *request)
{
    struct reason reason = { .status = STATUS_OK };
    uint64_t id = 0;

    CU_ASSERT_EQUAL(server_send(wire.server, request, &id, &reason), STATUS_OK);
    return id;
}

uint64_t wire_ask_read(struct datagram *message)
{
    struct server_request request;

    management_read(&request, "a", RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = wire_ask(&request);
    wire_next_sent(message);
    CU_ASSERT_EQUAL(message->type, CON);
    CU_ASSERT_EQUAL(message->code, GET);
    return id;
}

void wire_reply(const struct datagram *request, unsigned type, unsigned mid,
                unsigned code, int observe, const char *body)
{
    struct datagram answer = { .length = 0 };
    const uint8_t sequence = (uint8_t)observe;
    unsigned last = 0;

    wire_begin(&answer, type, code, mid, request->token, request->token_length);
    if (observe >= 0) {
        wire_option(&answer, &last, OBSERVE, &sequence, 1);
    }
    wire_payload(&answer, body, strlen(body));
    wire_emit(&answer);
}

int wire_open_client(uint16_t port)
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

uint16_t wire_local_port(int fd)
{
    struct sockaddr_in address = { .sin_port = 0 };
    socklen_t size = sizeof(address);

    CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

void wire_set_up(void)
{
    const struct server_config config = { .port = 0 };
    struct reason reason = { .status = STATUS_OK };

    wire.records = calloc(RECORDS_MAX + 1, sizeof(*wire.records));
    CU_ASSERT_PTR_NOT_NULL_FATAL(wire.records);
    wire.count = 0;
    wire.seen = 0;
    wire.mid = 100;
    const enum status status =
        server_new(&config, wire_on_event, NULL, &wire.server, &reason);
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "server_new: %s\n", reason.text);
        exit(1);
    }
    wire.fd = wire_open_client(server_port(wire.server));
    wire.port = wire_local_port(wire.fd);
}

void wire_tear_down(void)
{
    (void)close(wire.fd);
    server_free(wire.server);
    free(wire.records);
    wire.server = NULL;
    wire.records = NULL;
}

int wire_run(const char *name, CU_TestInfo *tests)
{
    CU_SuiteInfo suites[] = {
        { name, NULL, NULL, wire_set_up, wire_tear_down, tests },
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
