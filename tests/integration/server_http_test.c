/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that devices fetch by HTTP: what goes over the wire and what is told,
 * against a client that is nothing but a socket and bytes by hand.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/server.h"

enum {
    SIZE = 1500,
    OTHER = 700,
    REPLY_MAX = 8192,
    RECORDS_MAX = 64,
    TEXT_MAX = 128,
    GUARD_MS = 20000,
    LONG_URI = 8192,
    FLOOD = 300, /* more connections than there may be at a time */
};

/** What is kept of an event. */
struct record {
    enum server_event_kind kind;
    struct server_repository_view view; /* texts NULL */
    char range[TEXT_MAX];
    char outcome[TEXT_MAX];
    char fault[TEXT_MAX];
    char what[TEXT_MAX];
};

static struct {
    struct server *server;
    struct record records[RECORDS_MAX];
    size_t count;
    enum server_event_kind wanted;
    uint64_t guard;
    bool guard_passed;
    uint8_t bytes[SIZE];
    uint8_t other[OTHER];
    int fd;
    uint64_t file;
    char path[64];
    uint16_t port;
    char reply[REPLY_MAX + 1]; /* what was received */
    size_t reply_length;
    bool was_reset;
    char told[2][REPLY_MAX + 1]; /* to the trace, by enum server_direction */
    size_t told_length[2];
    unsigned ends; /* of connections, told to it */
} fixture;

static void keep(char text[TEXT_MAX], const char *from)
{
    (void)snprintf(text, TEXT_MAX, "%s", from != NULL ? from : "");
}

static void keep_segment(const struct server_segment_view *view)
{
    size_t *length = &fixture.told_length[view->direction];

    CU_ASSERT_PTR_NOT_NULL(strstr(view->local, "127.0.0.1:"));
    if (*length + view->length <= REPLY_MAX && view->length > 0) {
        memcpy(fixture.told[view->direction] + *length, view->bytes,
               view->length);
        *length += view->length;
        fixture.told[view->direction][*length] = '\0';
    }
    fixture.ends += view->ends ? 1 : 0;
}

static void on_event(const struct server_event *event, void *user)
{
    struct record *record = &fixture.records[fixture.count];

    (void)user;
    if (event->kind == SERVER_TIMER && event->id == fixture.guard) {
        fixture.guard_passed = true;
        server_stop(fixture.server);
        return;
    }
    if (event->kind == SERVER_SEGMENT) {
        keep_segment(&event->as.segment);
        return;
    }
    if (fixture.count == RECORDS_MAX) {
        return;
    }
    fixture.count++;
    *record = (struct record){ .kind = event->kind };
    if (event->kind == SERVER_REPOSITORY || event->kind == SERVER_FILE_GIVEN) {
        const struct server_repository_view *view = &event->as.repository;
        CU_ASSERT_EQUAL(event->id, fixture.file);
        CU_ASSERT_STRING_EQUAL(view->protocol, "http");
        record->view = *view;
        keep(record->range, view->range);
        keep(record->outcome, view->outcome);
        keep(record->fault, view->fault);
    } else if (event->kind == SERVER_STRAY) {
        keep(record->what, event->as.stray.what);
    }
    if (event->kind == fixture.wanted) {
        server_stop(fixture.server);
    }
}

/** Turn the loop until an event of the kind comes. */
static const struct record *await(enum server_event_kind kind)
{
    static const struct record none = { .kind = SERVER_EVENT_KINDS };

    fixture.wanted = kind;
    fixture.guard_passed = false;
    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(fixture.server, GUARD_MS, &fixture.guard, NULL),
        STATUS_OK);
    server_run(fixture.server);
    server_timer_stop(fixture.server, fixture.guard);
    if (fixture.guard_passed) {
        CU_FAIL("the awaited event did not come");
        return &none;
    }
    return &fixture.records[fixture.count - 1];
}

/** Turn the loop for a while, for what no event tells. */
static void turn(void)
{
    fixture.wanted = SERVER_EVENT_KINDS;
    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(fixture.server, 1, &fixture.guard, NULL), STATUS_OK);
    server_run(fixture.server);
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

static void send_text(int fd, const char *text, size_t length)
{
    CU_ASSERT_EQUAL(send(fd, text, length, MSG_NOSIGNAL), (ssize_t)length);
}

/** A request for the file over a connection of its own.
 *  @param headers  lines, each with its end; or "" */
static void ask(const char *method, const char *version, const char *headers)
{
    char text[512];
    int length =
        snprintf(text, sizeof(text), "%s %s HTTP/%s\r\nHost: a\r\n%s\r\n",
                 method, fixture.path, version, headers);

    if (fixture.fd >= 0) {
        (void)close(fixture.fd);
    }
    fixture.fd = dial();
    fixture.reply_length = 0;
    fixture.was_reset = false;
    memset(fixture.told_length, 0, sizeof(fixture.told_length));
    send_text(fixture.fd, text, (size_t)length);
}

static void get(const char *headers)
{
    ask("GET", "1.1", headers);
}

/** Take what has arrived, while the loop turns.
 *  @param until  bytes of all; 0: until the end of the connection */
static void receive(size_t until)
{
    for (int i = 0; i < GUARD_MS; i++) {
        struct pollfd waiting = { .fd = fixture.fd, .events = POLLIN };
        turn();
        if (poll(&waiting, 1, 0) != 1) {
            if (until != 0 && fixture.reply_length >= until) {
                return;
            }
            continue;
        }
        ssize_t length = recv(fixture.fd, fixture.reply + fixture.reply_length,
                              REPLY_MAX - fixture.reply_length, 0);
        fixture.was_reset = length < 0 && errno == ECONNRESET;
        if (length <= 0) {
            break;
        }
        fixture.reply_length += (size_t)length;
        fixture.reply[fixture.reply_length] = '\0';
    }
    fixture.reply[fixture.reply_length] = '\0';
}

/** Where the body begins; the end of the text when it is not there. */
static size_t body_at(void)
{
    const char *end = strstr(fixture.reply, "\r\n\r\n");

    return end != NULL ? (size_t)(end + 4 - fixture.reply)
                       : fixture.reply_length;
}

static size_t body_length(void)
{
    return fixture.reply_length - body_at();
}

static bool has_header(const char *line)
{
    const char *at = strstr(fixture.reply, line);

    return at != NULL && at < fixture.reply + body_at();
}

/** The trace has what came: status line, headers but for Date, and the body.
 *  @return how many lines of the head it has */
static size_t check_told(void)
{
    char *told = fixture.told[SERVER_SENT];
    const size_t head = body_at() - 2; /* with the last line's end */
    const char *body = strstr(told, "\r\n\r\n");
    size_t lines = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    body += 4;
    CU_ASSERT_EQUAL(fixture.told_length[SERVER_SENT] - (size_t)(body - told),
                    body_length());
    CU_ASSERT_EQUAL(memcmp(body, fixture.reply + body_at(), body_length()), 0);
    for (const char *line = told; line < body - 2;
         line = strchr(line, '\n') + 1) {
        const size_t length = (size_t)(strchr(line, '\n') + 1 - line);
        CU_ASSERT_PTR_NOT_NULL(memmem(fixture.reply, head, line, length));
        lines++;
    }
    return lines;
}

static void offer(const struct repository_fault *faults, size_t count)
{
    struct repository_resource resource = {
        .endpoint = "dev",
        .protocol = REPOSITORY_HTTP,
        .bytes = fixture.bytes,
        .length = SIZE,
        .other_bytes = fixture.other,
        .other_length = OTHER,
        .fault_count = count,
    };
    char uri[SERVER_URI_MAX + 1];
    unsigned port = 0;

    if (count > 0) {
        memcpy(resource.faults, faults, count * sizeof(*faults));
    }
    server_unpublish(fixture.server, fixture.file);
    CU_ASSERT_EQUAL_FATAL(server_publish(fixture.server, &resource, NULL,
                                         &fixture.file, uri, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        sscanf(uri, "http://127.0.0.1:%u%63s", &port, fixture.path), 2);
    fixture.port = (uint16_t)port;
    fixture.count = 0;
}

static void offer_one(struct repository_fault fault)
{
    offer(&fault, 1);
}

static void set_up(void)
{
    const struct server_config config = { .port = 0 };

    for (size_t i = 0; i < SIZE; i++) {
        fixture.bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    memset(fixture.other, 0x55, sizeof(fixture.other));
    fixture.fd = -1;
    fixture.file = 0;
    CU_ASSERT_EQUAL_FATAL(
        server_new(&config, on_event, NULL, &fixture.server, NULL), STATUS_OK);
    offer(NULL, 0);
}

static void tear_down(void)
{
    if (fixture.fd >= 0) {
        (void)close(fixture.fd);
    }
    server_free(fixture.server);
    fixture.server = NULL;
}

static void a_file_is_given_and_told(void)
{
    get("");
    const struct record *request = await(SERVER_REPOSITORY);
    CU_ASSERT_EQUAL(request->view.code, COAP_CODE(2, 5));
    CU_ASSERT_EQUAL(request->view.status, 200);
    CU_ASSERT_EQUAL(request->view.size, SIZE);
    CU_ASSERT_EQUAL(request->view.offset, 0);
    CU_ASSERT_FALSE(request->view.ends);
    const struct record *end = await(SERVER_FILE_GIVEN);
    CU_ASSERT_EQUAL(end->view.given, SIZE);
    CU_ASSERT_STRING_EQUAL(end->outcome, "given");
    receive(SIZE);
    CU_ASSERT_PTR_EQUAL(strstr(fixture.reply, "HTTP/1.1 200"), fixture.reply);
    CU_ASSERT_TRUE(has_header("\r\nContent-Length: 1500\r\n"));
    CU_ASSERT_TRUE(has_header("\r\nETag: \""));
    CU_ASSERT_EQUAL_FATAL(body_length(), SIZE);
    CU_ASSERT_EQUAL(memcmp(fixture.reply + body_at(), fixture.bytes, SIZE), 0);
    CU_ASSERT_TRUE(check_told() > 4);
    CU_ASSERT_PTR_EQUAL(strstr(fixture.told[SERVER_RECEIVED], "GET /"),
                        fixture.told[SERVER_RECEIVED]);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(fixture.told[SERVER_RECEIVED], " HTTP/1.1\r\nHost: a\r\n\r\n"));
}

static void a_range_is_given_and_told(void)
{
    get("Range: bytes=1000-1099\r\n");
    const struct record *request = await(SERVER_REPOSITORY);
    CU_ASSERT_EQUAL(request->view.status, 206);
    CU_ASSERT_EQUAL(request->view.offset, 1000);
    CU_ASSERT_STRING_EQUAL(request->range, "bytes=1000-1099");
    const struct record *end = await(SERVER_FILE_GIVEN);
    CU_ASSERT_EQUAL(end->view.offset, 1000);
    CU_ASSERT_EQUAL(end->view.given, 100);
    receive(100);
    CU_ASSERT_TRUE(has_header("\r\nContent-Range: bytes 1000-1099/1500\r\n"));
    CU_ASSERT_EQUAL_FATAL(body_length(), 100);
    CU_ASSERT_EQUAL(
        memcmp(fixture.reply + body_at(), fixture.bytes + 1000, 100), 0);
    CU_ASSERT_TRUE(check_told() > 4);
    get("Range: bytes=1500-\r\n");
    CU_ASSERT_EQUAL(await(SERVER_REPOSITORY)->view.status, 416);
    receive(1);
    CU_ASSERT_TRUE(has_header("\r\nContent-Range: bytes */1500\r\n"));
}

/** How a connection is broken off, and what the client sees. */
static void a_connection_ends_in_the_middle(void)
{
    static const struct {
        enum repository_deed deed;
        const char *outcome;
        bool is_reset;
    } rows[] = {
        { REPOSITORY_CLOSE, "closed", false },
        { REPOSITORY_RESET, "reset", true },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        offer_one((struct repository_fault){ .when = REPOSITORY_AT_PERCENT,
                                             .number = 50,
                                             .deed = rows[i].deed });
        get("");
        const struct record *end = await(SERVER_FILE_GIVEN);
        CU_ASSERT_EQUAL(end->view.given, SIZE / 2);
        CU_ASSERT_STRING_EQUAL(end->outcome, rows[i].outcome);
        CU_ASSERT_STRING_EQUAL(end->fault, repository_deed_name(rows[i].deed));
        receive(0);
        CU_ASSERT_EQUAL(fixture.was_reset, rows[i].is_reset);
        CU_ASSERT_TRUE(has_header("\r\nContent-Length: 1500\r\n"));
        CU_ASSERT_EQUAL(body_length(), SIZE / 2);
    }
}

static void what_stops_goes_on_when_it_is_resumed(void)
{
    offer_one((struct repository_fault){
        .when = REPOSITORY_AT_PERCENT, .number = 50, .deed = REPOSITORY_STOP });
    get("");
    const struct record *stop = await(SERVER_FILE_GIVEN);
    CU_ASSERT_STRING_EQUAL(stop->outcome, "stopped");
    CU_ASSERT_TRUE(stop->view.ends);
    CU_ASSERT_EQUAL(stop->view.given, SIZE / 2);
    receive(SIZE / 2);
    CU_ASSERT_EQUAL(body_length(), SIZE / 2);
    server_publish_resume(fixture.server, fixture.file);
    const struct record *end = await(SERVER_FILE_GIVEN);
    CU_ASSERT_STRING_EQUAL(end->outcome, "given");
    CU_ASSERT_EQUAL(end->view.given, SIZE);
    receive(body_at() + SIZE);
    CU_ASSERT_EQUAL_FATAL(body_length(), SIZE);
    CU_ASSERT_EQUAL(memcmp(fixture.reply + body_at(), fixture.bytes, SIZE), 0);
}

static void a_request_that_gets_no_answer_gets_it_when_resumed(void)
{
    offer_one((struct repository_fault){
        .when = REPOSITORY_AT_REQUEST, .number = 1, .deed = REPOSITORY_STOP });
    get("");
    const struct record *request = await(SERVER_REPOSITORY);
    CU_ASSERT_EQUAL(request->view.code, 0);
    CU_ASSERT_TRUE(request->view.ends);
    CU_ASSERT_FALSE(request->view.has_status);
    server_publish_resume(fixture.server, fixture.file);
    CU_ASSERT_STRING_EQUAL(await(SERVER_FILE_GIVEN)->outcome, "given");
    receive(SIZE);
    CU_ASSERT_EQUAL(body_length(), SIZE);
}

static void a_file_that_is_removed_ends_what_gives_it(void)
{
    offer_one((struct repository_fault){
        .when = REPOSITORY_AT_PERCENT, .number = 50, .deed = REPOSITORY_STOP });
    get("");
    (void)await(SERVER_FILE_GIVEN);
    size_t count = fixture.count;
    server_unpublish(fixture.server, fixture.file);
    receive(0);
    CU_ASSERT_EQUAL(body_length(), SIZE / 2);
    CU_ASSERT_EQUAL(fixture.count, count); /* nobody is told of it */
}

static void answers_come_late_and_slowly(void)
{
    const struct repository_fault faults[] = {
        { .when = REPOSITORY_AT_REQUEST,
          .number = 1,
          .deed = REPOSITORY_LATE,
          .ms = 30 },
        { .when = REPOSITORY_AT_END, .deed = REPOSITORY_LATE, .ms = 20 },
        { .when = REPOSITORY_AT_REQUEST,
          .number = 1,
          .deed = REPOSITORY_SLOW,
          .ms = 1 },
    };

    offer(faults, 3);
    get("Range: bytes=1000-1049\r\n");
    (void)await(SERVER_REPOSITORY);
    uint64_t begin_ms = server_now_ms(fixture.server);
    const struct record *end = await(SERVER_FILE_GIVEN);
    CU_ASSERT_EQUAL(end->view.given, 50);
    CU_ASSERT_TRUE(server_now_ms(fixture.server) >= begin_ms + 30 + 20 + 50);
    receive(50);
    CU_ASSERT_EQUAL_FATAL(body_length(), 50);
    CU_ASSERT_EQUAL(memcmp(fixture.reply + body_at(), fixture.bytes + 1000, 50),
                    0);
}

static void other_answers_have_their_headers(void)
{
    static const struct {
        struct repository_fault fault;
        const char *line;
        const char *header;
        uint8_t code;
    } rows[] = {
        { { .deed = REPOSITORY_CODE, .code = COAP_CODE(5, 3), .max_age_s = 7 },
          "HTTP/1.1 503 ",
          "\r\nRetry-After: 7\r\n",
          COAP_CODE(5, 3) },
        { { .deed = REPOSITORY_CODE, .code = COAP_CODE(4, 1) },
          "HTTP/1.1 401 ",
          "\r\nContent-Length: 0\r\n",
          COAP_CODE(4, 1) },
        { { .deed = REPOSITORY_REDIRECT },
          "HTTP/1.1 302 ",
          REPOSITORY_HTTP_MOVED "\r\n",
          COAP_CODE(3, 2) },
        { { .deed = REPOSITORY_NO_SIZE2 },
          "HTTP/1.1 200 ",
          "\r\nTransfer-Encoding: chunked\r\n",
          COAP_CODE(2, 5) },
        { { .deed = REPOSITORY_WEAK_ETAG },
          "HTTP/1.1 200 ",
          "\r\nETag: W/\"",
          COAP_CODE(2, 5) },
        { { .deed = REPOSITORY_SIZE2_LARGER },
          "HTTP/1.1 200 ",
          "\r\nContent-Length: 3000\r\n",
          COAP_CODE(2, 5) },
        { { .deed = REPOSITORY_EMPTY },
          "HTTP/1.1 200 ",
          "\r\nContent-Length: 0\r\n",
          COAP_CODE(2, 5) },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct repository_fault fault = rows[i].fault;
        fault.when = REPOSITORY_AT_REQUEST;
        fault.number = 1;
        offer_one(fault);
        get("");
        const struct record *request = await(SERVER_REPOSITORY);
        CU_ASSERT_EQUAL(request->view.code, rows[i].code);
        (void)await(SERVER_FILE_GIVEN);
        receive(1);
        CU_ASSERT_PTR_EQUAL(strstr(fixture.reply, rows[i].line), fixture.reply);
        CU_ASSERT_TRUE(has_header(rows[i].header));
    }
}

/** In chunks, until the connection ends, or not at all: RFC 9112, 6.3. */
static void a_body_of_no_known_length_is_told_as_it_goes(void)
{
    static const struct {
        const char *method;
        const char *version;
        bool is_chunked;
        size_t length;
    } rows[] = {
        { "GET", "1.1", true, sizeof("5DC\r\n\r\n0\r\n\r\n") - 1 + SIZE },
        { "GET", "1.0", false, SIZE },
        { "HEAD", "1.1", false, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        offer_one((struct repository_fault){ .when = REPOSITORY_AT_REQUEST,
                                             .number = 1,
                                             .deed = REPOSITORY_NO_SIZE2 });
        ask(rows[i].method, rows[i].version, "Connection: close\r\n");
        CU_ASSERT_STRING_EQUAL(await(SERVER_FILE_GIVEN)->outcome, "given");
        receive(0);
        CU_ASSERT_EQUAL(has_header("\r\nTransfer-Encoding: chunked\r\n"),
                        rows[i].is_chunked);
        CU_ASSERT_EQUAL(body_length(), rows[i].length);
        CU_ASSERT_EQUAL(check_told(), rows[i].is_chunked ? 5 : 4);
    }
}

/** The path of the file is all that there is. */
static void nothing_else_is_served(void)
{
    static const struct {
        const char *target;
        const char *answer;
    } rows[] = {
        { "/", "HTTP/1.1 404 " },
        { "/../../etc/passwd", "HTTP/1.1 404 " },
        { "/%2e%2e/%2e%2e/etc/passwd", "HTTP/1.1 404 " },
        { "/etc/passwd", "HTTP/1.1 404 " },
        { "/a%00b", "HTTP/1.1 400 " },
        { "*", "HTTP/1.1 404 " },
        { "http://127.0.0.1/", "HTTP/1.1 404 " },
    };
    char text[512];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int length =
            snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: a\r\n\r\n",
                     rows[i].target);
        if (fixture.fd >= 0) {
            (void)close(fixture.fd);
        }
        fixture.fd = dial();
        fixture.reply_length = 0;
        send_text(fixture.fd, text, (size_t)length);
        CU_ASSERT_PTR_NOT_NULL(strstr(await(SERVER_STRAY)->what, "http"));
        receive(1);
        CU_ASSERT_PTR_EQUAL(strstr(fixture.reply, rows[i].answer),
                            fixture.reply);
    }
    get("");
    CU_ASSERT_STRING_EQUAL(await(SERVER_FILE_GIVEN)->outcome, "given");
}

static void what_is_no_good_request_does_no_harm(void)
{
    static char text[LONG_URI + 64];
    static const char junk[] = "\x16\x03\x01\x02\x00\x01 no HTTP\r\n\r\n";

    memset(text, 'a', sizeof(text));
    memcpy(text, "GET /", 5);
    memcpy(text + LONG_URI, " HTTP/1.1\r\nHost: a\r\n\r\n", 22);
    fixture.fd = dial();
    send_text(fixture.fd, text, LONG_URI + 22);
    receive(1);
    CU_ASSERT_PTR_EQUAL(strstr(fixture.reply, "HTTP/1.1 4"), fixture.reply);
    (void)close(fixture.fd);
    fixture.fd = dial();
    fixture.reply_length = 0;
    send_text(fixture.fd, junk, sizeof(junk) - 1);
    receive(0);
    get("");
    CU_ASSERT_STRING_EQUAL(await(SERVER_FILE_GIVEN)->outcome, "given");
}

static void many_connections_do_not_keep_others_out_for_ever(void)
{
    static int fds[FLOOD];

    for (size_t i = 0; i < FLOOD; i++) {
        fds[i] = dial();
        turn(); /* those that there is no room for wait in the kernel */
    }
    for (size_t i = 0; i < FLOOD; i++) {
        (void)close(fds[i]);
    }
    get("");
    CU_ASSERT_STRING_EQUAL(await(SERVER_FILE_GIVEN)->outcome, "given");
}

static void a_device_that_goes_away_is_told(void)
{
    offer_one((struct repository_fault){
        .when = REPOSITORY_AT_PERCENT, .number = 50, .deed = REPOSITORY_STOP });
    get("");
    (void)await(SERVER_FILE_GIVEN);
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    CU_ASSERT_EQUAL(setsockopt(fixture.fd, SOL_SOCKET, SO_LINGER, &at_once,
                               sizeof(at_once)),
                    0);
    (void)close(fixture.fd);
    fixture.fd = -1;
    fixture.ends = 0;
    server_publish_resume(fixture.server, fixture.file);
    CU_ASSERT_STRING_EQUAL(await(SERVER_FILE_GIVEN)->outcome, "left");
    for (int i = 0; i < GUARD_MS && fixture.ends == 0; i++) {
        turn();
    }
    CU_ASSERT_EQUAL(fixture.ends, 1);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "a file is given and told", a_file_is_given_and_told },
        { "a range is given and told", a_range_is_given_and_told },
        { "a connection ends in the middle", a_connection_ends_in_the_middle },
        { "what stops goes on when it is resumed",
          what_stops_goes_on_when_it_is_resumed },
        { "a request that gets no answer gets it when resumed",
          a_request_that_gets_no_answer_gets_it_when_resumed },
        { "a file that is removed ends what gives it",
          a_file_that_is_removed_ends_what_gives_it },
        { "answers come late and slowly", answers_come_late_and_slowly },
        { "other answers have their headers",
          other_answers_have_their_headers },
        { "a body of no known length is told as it goes",
          a_body_of_no_known_length_is_told_as_it_goes },
        { "nothing else is served", nothing_else_is_served },
        { "what is no good request does no harm",
          what_is_no_good_request_does_no_harm },
        { "many connections do not keep others out for ever",
          many_connections_do_not_keep_others_out_for_ever },
        { "a device that goes away is told", a_device_that_goes_away_is_told },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "server/http", NULL, NULL, set_up, tear_down, tests },
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
