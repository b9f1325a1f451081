/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server against a device that is nothing but a UDP socket and this
 * file's own encoder: what the server does with datagrams, byte by byte.
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
    CON = 0,
    NON = 1,
    ACK = 2,
    RST = 3,
    GET = 1,
    POST = 2,
    DELETE = 4,
    DATAGRAM_MAX = 1500,
    RECORDS_MAX = 8192,
    GUARD_MS = 20000, /* more than anything here takes */
    OBSERVE = 6,
    URI_PATH = 11,
    CONTENT_FORMAT = 12,
    URI_QUERY = 15,
    BLOCK2 = 23,
    BLOCK1 = 27,
    GARBAGE_COUNT = 1000,
};

#define QUERY_A  "ep=a&lt=300&lwm2m=1.1"
#define LINKS    "</1/0>,</3/0>"
#define RESOURCE lwm2m_path_resource(3, 0, 0)

/** What is kept of an event. */
struct record {
    enum server_event_kind kind;
    uint64_t id;
    unsigned long port; /* of the peer of a message */
    uint8_t code;
    bool has_observe;
    bool has_block1;
    struct server_block block1;
    size_t length;
    uint8_t bytes[4096]; /* payload or message, cut */
    char text[256];      /* reason, why, what */
};

/** A datagram taken apart by hand. */
struct datagram {
    uint8_t bytes[DATAGRAM_MAX];
    size_t length;
    unsigned type;
    unsigned code;
    unsigned mid;
    uint8_t token[8];
    size_t token_length;
};

static struct {
    struct server *server;
    struct record *records;
    size_t count;
    size_t seen; /* await() looks behind it */
    enum server_event_kind wanted;
    uint64_t guard;
    int fd;
    uint16_t port; /* of fd */
    uint16_t mid;
    char location[64];
} fixture;

static void keep(struct record *record, const uint8_t *bytes, size_t length)
{
    record->length = length;
    if (bytes != NULL) {
        memcpy(record->bytes, bytes,
               length < sizeof(record->bytes) ? length : sizeof(record->bytes));
    }
}

static void on_event(const struct server_event *event, void *user)
{
    struct record *record = &fixture.records[fixture.count];
    const char *text = NULL;

    (void)user;
    if (fixture.count >= RECORDS_MAX) {
        server_stop(fixture.server);
        return;
    }
    *record = (struct record){ .kind = event->kind, .id = event->id };
    if (event->kind <= SERVER_REFUSE) {
        record->code = event->as.registration.code;
        text = event->as.registration.reason;
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
    fixture.count++;
    if (event->kind == fixture.wanted ||
        (event->kind == SERVER_TIMER && event->id == fixture.guard)) {
        server_stop(fixture.server);
    }
}

/** Turn the loop until an event of this kind comes behind the last one that
 *  was awaited. Never NULL: an absent event ends the test. */
static const struct record *await(enum server_event_kind kind)
{
    static const struct record none = { .kind = SERVER_EVENT_KINDS };

    fixture.wanted = kind;
    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(fixture.server, GUARD_MS, &fixture.guard, NULL),
        STATUS_OK);
    for (;;) {
        while (fixture.seen < fixture.count) {
            const struct record *record = &fixture.records[fixture.seen++];
            if (record->kind == kind) {
                server_timer_stop(fixture.server, fixture.guard);
                return record;
            }
            if (record->kind == SERVER_TIMER && record->id == fixture.guard) {
                (void)fprintf(stderr, "no event '%s'\n",
                              server_event_kind_name(kind));
                CU_FAIL("the awaited event did not come");
                return &none;
            }
        }
        server_run(fixture.server);
    }
}

static size_t count_of(enum server_event_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < fixture.count; i++) {
        count += fixture.records[i].kind == kind;
    }
    return count;
}

/* The encoder. */

static void begin(struct datagram *message, unsigned type, unsigned code,
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

/** `last` is the number of the option before, and is brought forward. */
static void option(struct datagram *message, unsigned *last, unsigned number,
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

static void split_options(struct datagram *message, unsigned *last,
                          unsigned number, const char *text, char delimiter)
{
    while (text != NULL && *text != '\0') {
        const char *end = strchr(text, delimiter);
        const size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
        option(message, last, number, text, length);
        text = end != NULL ? end + 1 : NULL;
    }
}

static void payload(struct datagram *message, const void *bytes, size_t length)
{
    if (length > 0) {
        message->bytes[message->length++] = 0xff;
        memcpy(message->bytes + message->length, bytes, length);
        message->length += length;
    }
}

static void emit(const struct datagram *message)
{
    CU_ASSERT_EQUAL(send(fixture.fd, message->bytes, message->length, 0),
                    (ssize_t)message->length);
}

static bool receive(struct datagram *message)
{
    struct pollfd waiting = { .fd = fixture.fd, .events = POLLIN };

    if (poll(&waiting, 1, GUARD_MS) != 1) {
        CU_FAIL("no datagram from the server");
        return false;
    }
    const ssize_t length =
        recv(fixture.fd, message->bytes, sizeof(message->bytes), 0);
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
static void next_sent(struct datagram *message)
{
    const struct record *record = NULL;

    *message = (struct datagram){ .length = 0 };
    do {
        record = await(SERVER_MESSAGE);
    } while (record->kind == SERVER_MESSAGE &&
             (record->code == 0 || record->port != fixture.port));
    if (record->kind == SERVER_MESSAGE) {
        (void)receive(message);
    }
}

static void hex(const char *text)
{
    struct datagram message = { .length = 0 };
    unsigned byte = 0;

    for (; sscanf(text, "%2x", &byte) == 1; text += 2) {
        message.bytes[message.length++] = (uint8_t)byte;
    }
    emit(&message);
}

/** A request to /rd or below; the answer is read, too. */
static unsigned exchange(unsigned method, const char *path, const char *query,
                         const char *links, struct datagram *answer)
{
    struct datagram request = { .length = 0 };
    unsigned last = 0;

    begin(&request, CON, method, ++fixture.mid, NULL, 0);
    split_options(&request, &last, URI_PATH, path + 1, '/');
    if (links != NULL) {
        option(&request, &last, CONTENT_FORMAT, "\x28", 1);
    }
    split_options(&request, &last, URI_QUERY, query, '&');
    payload(&request, links, links != NULL ? strlen(links) : 0);
    emit(&request);
    /* What was sent for earlier datagrams may still lie in the socket. */
    do {
        next_sent(answer);
    } while (answer->length > 0 &&
             (answer->type != ACK || answer->mid != fixture.mid));
    CU_ASSERT_EQUAL(answer->type, ACK);
    CU_ASSERT_EQUAL(answer->mid, fixture.mid);
    return answer->code;
}

/** Location-Path of a 2.01 without token, as "/rd/x". */
static void take_location(const struct datagram *answer)
{
    size_t at = 4;

    fixture.location[0] = '\0';
    while (at < answer->length) {
        const size_t length = answer->bytes[at] & 15U;
        const size_t used = strlen(fixture.location);
        (void)snprintf(fixture.location + used, sizeof(fixture.location) - used,
                       "/%.*s", (int)length,
                       (const char *)answer->bytes + at + 1);
        at += 1 + length;
    }
}

static void enrol(const char *query)
{
    struct datagram answer;

    CU_ASSERT_EQUAL(exchange(POST, "/rd", query, LINKS, &answer),
                    COAP_CODE(2, 1));
    take_location(&answer);
}

static uint64_t ask(struct server_request *request)
{
    struct reason reason = { .status = STATUS_OK };
    uint64_t id = 0;

    CU_ASSERT_EQUAL(server_send(fixture.server, request, &id, &reason),
                    STATUS_OK);
    return id;
}

static uint64_t ask_read(struct datagram *message)
{
    struct server_request request;

    management_read(&request, "a", RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = ask(&request);
    next_sent(message);
    CU_ASSERT_EQUAL(message->type, CON);
    CU_ASSERT_EQUAL(message->code, GET);
    return id;
}

/** Answer `request`; with `observe` >= 0 as a notification would be. */
static void reply(const struct datagram *request, unsigned type, unsigned mid,
                  unsigned code, int observe, const char *body)
{
    struct datagram answer = { .length = 0 };
    const uint8_t sequence = (uint8_t)observe;
    unsigned last = 0;

    begin(&answer, type, code, mid, request->token, request->token_length);
    if (observe >= 0) {
        option(&answer, &last, OBSERVE, &sequence, 1);
    }
    payload(&answer, body, strlen(body));
    emit(&answer);
}

static int open_client(uint16_t port)
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

static uint16_t local_port(int fd)
{
    struct sockaddr_in address = { .sin_port = 0 };
    socklen_t size = sizeof(address);

    CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static void set_up(void)
{
    const struct server_config config = { .port = 0 };
    struct reason reason = { .status = STATUS_OK };

    fixture.records = calloc(RECORDS_MAX + 1, sizeof(*fixture.records));
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.records);
    fixture.count = 0;
    fixture.seen = 0;
    fixture.mid = 100;
    const enum status status =
        server_new(&config, on_event, NULL, &fixture.server, &reason);
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "server_new: %s\n", reason.text);
        exit(1);
    }
    fixture.fd = open_client(server_port(fixture.server));
    fixture.port = local_port(fixture.fd);
}

static void tear_down(void)
{
    (void)close(fixture.fd);
    server_free(fixture.server);
    free(fixture.records);
    fixture.server = NULL;
    fixture.records = NULL;
}

/* lwm2m-core.md 16, M-1 to M-4. */
static void register_vectors_are_answered(void)
{
    struct datagram answer;

    hex("42020001a1b2b2726411283c65703d75726e3a6465763a31066c743d33303009"
        "6c776d326d3d312e3103623d550151ff3c2f3e3b63743d3131302c3c2f312f30"
        "3e2c3c2f332f303e");
    CU_ASSERT_EQUAL(await(SERVER_REGISTER)->code, COAP_CODE(2, 1));
    next_sent(&answer);
    CU_ASSERT_EQUAL(memcmp(answer.bytes, "\x62\x41\x00\x01\xa1\xb2\x82rd", 9),
                    0);
    hex("4102000201b2726411283565703d6e31056c743d3630096c776d326d3d312e30"
        "04623d5551ff3c2f312f303e2c3c2f332f303e");
    CU_ASSERT_EQUAL(await(SERVER_REGISTER)->code, COAP_CODE(2, 1));
    next_sent(&answer);
    CU_ASSERT_EQUAL(memcmp(answer.bytes, "\x61\x41\x00\x02\x01\x82rd", 8), 0);
    CU_ASSERT_EQUAL(
        exchange(POST, "/rd", "ep=x&lt=60&lwm2m=1.3", LINKS, &answer),
        COAP_CODE(4, 12));
    CU_ASSERT_EQUAL(count_of(SERVER_REFUSE), 1);
}

static void retransmission_gets_the_same_answer_and_one_event(void)
{
    struct datagram first;
    struct datagram second;
    const char *m1 =
        "42020001a1b2b2726411283c65703d75726e3a6465763a31066c743d333030096c77"
        "6d326d3d312e3103623d550151ff3c2f3e3b63743d3131302c3c2f312f303e2c3c2f"
        "332f303e";

    hex(m1);
    next_sent(&first);
    hex(m1);
    next_sent(&second);
    CU_ASSERT_EQUAL(first.length, second.length);
    CU_ASSERT_EQUAL(memcmp(first.bytes, second.bytes, first.length), 0);
    CU_ASSERT_EQUAL(count_of(SERVER_REGISTER), 1);
    CU_ASSERT_EQUAL(count_of(SERVER_REPLACE), 0);
}

static void update_and_deregister_follow_the_location(void)
{
    struct datagram answer;

    enrol(QUERY_A);
    CU_ASSERT_EQUAL(exchange(POST, fixture.location, NULL, NULL, &answer),
                    COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(exchange(POST, "/rd/none", NULL, NULL, &answer),
                    COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(exchange(DELETE, fixture.location, NULL, NULL, &answer),
                    COAP_CODE(2, 2));
    CU_ASSERT_EQUAL(exchange(POST, fixture.location, NULL, NULL, &answer),
                    COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(exchange(DELETE, fixture.location, NULL, NULL, &answer),
                    COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(count_of(SERVER_UPDATE), 1);
    CU_ASSERT_EQUAL(count_of(SERVER_DEREGISTER), 1);
}

/** A message ID that comes again with another request is another request. */
static void same_message_id_with_another_path_is_not_a_repetition(void)
{
    struct datagram answer;

    enrol(QUERY_A);
    CU_ASSERT_EQUAL(exchange(DELETE, fixture.location, NULL, NULL, &answer),
                    COAP_CODE(2, 2));
    enrol(QUERY_A);
    fixture.mid = 101; /* the DELETE had 102 */
    CU_ASSERT_EQUAL(exchange(POST, fixture.location, NULL, NULL, &answer),
                    COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(count_of(SERVER_UPDATE), 1);
}

/** A device without a random source registers after a reboot from the same
 *  port with the very bytes it used before. */
static void identical_register_after_an_execute_is_a_new_one(void)
{
    struct server_request request;
    struct datagram execute;

    enrol(QUERY_A);
    const uint16_t mid = fixture.mid;
    management_execute(&request, "a", lwm2m_path_resource(3, 0, 4), NULL);
    (void)ask(&request);
    next_sent(&execute);
    CU_ASSERT_EQUAL(execute.code, POST);
    reply(&execute, ACK, execute.mid, COAP_CODE(2, 4), -1, "");
    CU_ASSERT_EQUAL(await(SERVER_RESPONSE)->code, COAP_CODE(2, 4));
    fixture.mid = (uint16_t)(mid - 1);
    enrol(QUERY_A);
    CU_ASSERT_EQUAL(fixture.mid, mid);
    CU_ASSERT_EQUAL(count_of(SERVER_REGISTER), 2);
    CU_ASSERT_EQUAL(count_of(SERVER_REPLACE), 1);
}

static void lifetime_ends_in_an_expiry(void)
{
    struct datagram answer;

    enrol("ep=a&lt=1&lwm2m=1.1");
    CU_ASSERT_EQUAL(await(SERVER_EXPIRE)->kind, SERVER_EXPIRE);
    CU_ASSERT_EQUAL(exchange(POST, fixture.location, NULL, NULL, &answer),
                    COAP_CODE(4, 4));
}

/** A repeated stimulus after a restart would act on the device twice, and a
 *  dead request would hold back the new registration's (NSTART is 1). */
static void replacement_ends_requests_and_their_retransmissions(void)
{
    struct datagram old;
    struct datagram fresh;

    enrol(QUERY_A);
    const uint64_t id = ask_read(&old);
    enrol(QUERY_A);
    CU_ASSERT_EQUAL(count_of(SERVER_REPLACE), 1);
    size_t lost = 0;
    for (size_t i = 0; i < fixture.count; i++) {
        lost += fixture.records[i].kind == SERVER_SESSION_LOST &&
                fixture.records[i].id == id;
    }
    CU_ASSERT_EQUAL(lost, 1);
    (void)ask_read(&fresh);
    CU_ASSERT_NOT_EQUAL(fresh.mid, old.mid);
    reply(&fresh, ACK, fresh.mid, COAP_CODE(2, 5), -1, "new");
    CU_ASSERT_EQUAL(await(SERVER_RESPONSE)->length, 3);
}

static void read_takes_piggybacked_and_separate_responses(void)
{
    struct datagram request;
    struct datagram acknowledgement;

    enrol(QUERY_A);
    uint64_t id = ask_read(&request);
    reply(&request, ACK, request.mid, COAP_CODE(2, 5), -1, "one");
    const struct record *response = await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "one", 3), 0);

    id = ask_read(&request);
    struct datagram empty = { .length = 0 };
    begin(&empty, ACK, 0, request.mid, NULL, 0);
    emit(&empty);
    reply(&request, CON, 7000, COAP_CODE(2, 5), -1, "two");
    response = await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "two", 3), 0);
    next_sent(&acknowledgement);
    CU_ASSERT_EQUAL(acknowledgement.type, ACK);
    CU_ASSERT_EQUAL(acknowledgement.mid, 7000);
}

static void reset_closes_the_request(void)
{
    struct datagram request;
    struct datagram empty = { .length = 0 };

    enrol(QUERY_A);
    uint64_t id = ask_read(&request);
    begin(&empty, RST, 0, request.mid, NULL, 0);
    emit(&empty);
    CU_ASSERT_EQUAL(await(SERVER_RESET)->id, id);

    id = ask_read(&request);
    begin(&empty, ACK, 0, request.mid, NULL, 0);
    emit(&empty);
    begin(&empty, RST, 0, request.mid, NULL, 0);
    emit(&empty);
    CU_ASSERT_EQUAL(await(SERVER_RESET)->id, id);
}

static void hand_made_blocks_travel_unchanged(void)
{
    uint8_t body[64];
    struct server_request request;
    struct datagram message;

    memset(body, 'U', sizeof(body));
    enrol(QUERY_A);
    management_write(&request, "a", lwm2m_path_resource(5, 0, 0),
                     CONTENT_FORMAT_OPAQUE, body, sizeof(body));
    request.has_block1 = true;
    request.block1 = (struct server_block){ 0, true, 2 };
    request.has_size1 = true;
    request.size1 = 130;
    const uint64_t id = ask(&request);
    next_sent(&message);
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
    struct datagram answer = { .length = 0 };
    unsigned last = 0;
    begin(&answer, ACK, COAP_CODE(2, 31), message.mid, message.token,
          message.token_length);
    option(&answer, &last, BLOCK1, "\x0a", 1);
    emit(&answer);
    const struct record *response = await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(response->code, COAP_CODE(2, 31));
    CU_ASSERT_TRUE(response->has_block1);
    CU_ASSERT_EQUAL(response->block1.szx, 2);
}

static void observation_notifies_until_cancelled(void)
{
    struct server_request request;
    struct datagram message;
    struct datagram cancel;
    struct datagram other;

    enrol(QUERY_A);
    management_observe(&request, "a", RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = ask(&request);
    next_sent(&message);
    reply(&message, ACK, message.mid, COAP_CODE(2, 5), 2, "100");
    CU_ASSERT_TRUE(await(SERVER_RESPONSE)->has_observe);
    reply(&message, CON, 8000, COAP_CODE(2, 5), 3, "99");
    CU_ASSERT_EQUAL(await(SERVER_NOTIFICATION)->id, id);
    next_sent(&other);
    CU_ASSERT_EQUAL(other.type, ACK);

    management_cancel(&request, "a", RESOURCE, CONTENT_FORMAT_NONE, id);
    const uint64_t cancel_id = ask(&request);
    next_sent(&cancel);
    CU_ASSERT_EQUAL(cancel.token_length, message.token_length);
    CU_ASSERT_EQUAL(memcmp(cancel.token, message.token, cancel.token_length),
                    0);
    /* One that was under way is no answer to the cancel. */
    reply(&message, NON, 8001, COAP_CODE(2, 5), 4, "98");
    CU_ASSERT_EQUAL(await(SERVER_NOTIFICATION)->id, id);
    CU_ASSERT_EQUAL(count_of(SERVER_RESPONSE), 1);
    reply(&cancel, ACK, cancel.mid, COAP_CODE(2, 5), -1, "98");
    CU_ASSERT_EQUAL(await(SERVER_RESPONSE)->id, cancel_id);
    reply(&message, CON, 8002, COAP_CODE(2, 5), 5, "97");
    CU_ASSERT_EQUAL(await(SERVER_STRAY)->kind, SERVER_STRAY);
    next_sent(&other);
    CU_ASSERT_EQUAL(other.type, RST);
    CU_ASSERT_EQUAL(count_of(SERVER_NOTIFICATION), 2);
}

/** Answer with one block of 16 bytes. */
static void reply_block(const struct datagram *request, unsigned type,
                        unsigned mid, uint8_t block, const char *body)
{
    struct datagram answer = { .length = 0 };
    unsigned last = 0;

    begin(&answer, type, COAP_CODE(2, 5), mid, request->token,
          request->token_length);
    option(&answer, &last, BLOCK2, &block, 1);
    payload(&answer, body, strlen(body));
    emit(&answer);
}

static void body_in_blocks_is_one_response(void)
{
    struct datagram request;
    struct datagram next;

    enrol(QUERY_A);
    const uint64_t id = ask_read(&request);
    reply_block(&request, ACK, request.mid, 0x08, "0123456789abcdef");
    next_sent(&next);
    reply_block(&next, ACK, next.mid, 0x10, "tail");
    const struct record *response = await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(response->length, 20);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "0123456789abcdeftail", 20), 0);
}

static void garbage_does_no_harm(void)
{
    struct datagram message;
    uint32_t state = 12345;
    const int other = open_client(server_port(fixture.server));

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
        (void)await(SERVER_MESSAGE);
    }
    CU_ASSERT_TRUE(count_of(SERVER_STRAY) > 0);
    CU_ASSERT_EQUAL(count_of(SERVER_REGISTER), 0);
    (void)close(other);
    enrol(QUERY_A);
}

/** Options that run over the end, and a version-1 header: still a stray. */
static void malformed_message_is_a_stray(void)
{
    hex("400100019f");
    CU_ASSERT_EQUAL(await(SERVER_STRAY)->kind, SERVER_STRAY);
}

/** RFC 7252, 5.10: Uri-Query has at most 255 bytes. */
static void overlong_endpoint_name_is_survived_with_an_event(void)
{
    struct datagram request = { .length = 0 };
    char query[301];
    unsigned last = 0;

    memset(query, 'e', sizeof(query) - 1);
    memcpy(query, "ep=", 3);
    begin(&request, CON, POST, 1, NULL, 0);
    option(&request, &last, URI_PATH, "rd", 2);
    option(&request, &last, URI_QUERY, query, sizeof(query) - 1);
    emit(&request);
    CU_ASSERT_EQUAL(await(SERVER_STRAY)->kind, SERVER_STRAY);
    enrol(QUERY_A);
}

/** A device may go on notifying after a restart of the tester. */
static void tokens_differ_between_runs(void)
{
    struct datagram first;
    struct datagram second;

    enrol(QUERY_A);
    (void)ask_read(&first);
    tear_down();
    set_up();
    enrol(QUERY_A);
    (void)ask_read(&second);
    CU_ASSERT_NOT_EQUAL(memcmp(first.token, second.token, 8), 0);
}

static void port_in_use_is_said_with_the_port(void)
{
    const struct server_config config = { .port = server_port(fixture.server) };
    struct server *second = NULL;
    struct reason reason = { .status = STATUS_OK };
    char port[8];

    (void)snprintf(port, sizeof(port), "%u", config.port);
    CU_ASSERT_EQUAL(server_new(&config, on_event, NULL, &second, &reason),
                    STATUS_NETWORK);
    CU_ASSERT_PTR_NULL(second);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, port));
    enrol(QUERY_A); /* the first one still hears */
}

static void processes_report_output_and_end(void)
{
    static const char *const good[] = { "sh", "-c", "echo hi; exit 3", NULL };
    static const char *const bad[] = { "/nonexistent/program", NULL };
    uint64_t id = 0;

    CU_ASSERT_EQUAL(server_process_start(fixture.server, bad, &id, NULL),
                    STATUS_NOT_FOUND);
    CU_ASSERT_EQUAL(server_process_start(fixture.server, good, &id, NULL),
                    STATUS_OK);
    const struct record *record = await(SERVER_PROCESS_OUTPUT);
    CU_ASSERT_EQUAL(memcmp(record->bytes, "hi\n", 3), 0);
    record = await(SERVER_PROCESS_EXIT);
    CU_ASSERT_EQUAL(record->id, id);
    CU_ASSERT_EQUAL(record->code, 3);
}

static CU_TestInfo tests[] = {
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
        { "server over UDP", NULL, NULL, set_up, tear_down, tests },
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
