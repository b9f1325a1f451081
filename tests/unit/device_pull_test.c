/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pull of the simulated device against a socket of this test, with a clock
 * that the test turns: no code of the tester's stack.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/device/pull.h"
#include "tests/unit/device_bench.h"

enum {
    ACK_MS = 100,
    LIMIT_MS = 20000, /* for what must come */
    COAP = 1u << URI_COAP,
};

static struct {
    struct bench bench;
    struct pulls *pulls;
    int fd; /* of the file server */
    struct sockaddr_in server;
    struct sockaddr_in device; /* who asked last */
    struct image image;
    uint16_t next_id;
    struct writer sent; /* last over the device's own socket */
    unsigned sent_count;
    uint8_t bytes[2048]; /* of the request below */
    struct message request;
    uint8_t etag;
} fixture;

static void on_send(void *user, const struct writer *writer)
{
    (void)user;
    fixture.sent = *writer;
    fixture.sent_count++;
}

static void set_up(void)
{
    socklen_t size = sizeof(fixture.server);

    fixture.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    fixture.server = (struct sockaddr_in){ .sin_family = AF_INET };
    fixture.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_EQUAL_FATAL(
        bind(fixture.fd, (struct sockaddr *)&fixture.server, size), 0);
    CU_ASSERT_EQUAL_FATAL(
        getsockname(fixture.fd, (struct sockaddr *)&fixture.server, &size), 0);
    CU_ASSERT_TRUE_FATAL(bench_open(&fixture.bench, NULL, MUTANT_NONE));
    fixture.bench.firmware.config.delivery = DELIVERY_BOTH;
    fixture.bench.firmware.config.protocols = COAP;
    fixture.next_id = 500;
    fixture.sent_count = 0;
    fixture.etag = 7;
    fixture.image =
        bench_image((struct image_plan){ .instance = 3, .version = "1.1" });
    const struct pull_config config = {
        .ack_ms = ACK_MS, .szx = 4, .next_id = &fixture.next_id, .send = on_send
    };
    fixture.pulls = pulls_new(&config, &fixture.bench.firmware);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.pulls);
}

static void tear_down(void)
{
    pulls_free(fixture.pulls);
    bench_close(&fixture.bench);
    (void)close(fixture.fd);
}

static uint8_t write_uri(const char *text)
{
    return bench_request(&fixture.bench, METHOD_PUT, "/33629/3/1",
                         CONTENT_FORMAT_TEXT, text, strlen(text), -1);
}

/** "coap://127.0.0.1:PORT" and more. */
static void write_good_uri(const char *target)
{
    char text[128];

    (void)snprintf(text, sizeof(text), "coap://127.0.0.1:%u%s",
                   ntohs(fixture.server.sin_port), target);
    CU_ASSERT_EQUAL(write_uri(text), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 100);
}

static void tick(uint64_t ms)
{
    fixture.bench.now_ms += ms;
    pulls_tick(fixture.pulls, fixture.bench.now_ms);
}

/** The next request that arrives at the file server. */
static bool await_request(void)
{
    struct pollfd waiting = { .fd = fixture.fd, .events = POLLIN };
    socklen_t size = sizeof(fixture.device);

    if (poll(&waiting, 1, LIMIT_MS) != 1) {
        CU_FAIL("no request");
        return false;
    }
    ssize_t length = recvfrom(fixture.fd, fixture.bytes, sizeof(fixture.bytes),
                              0, (struct sockaddr *)&fixture.device, &size);
    return length > 0 && message_parse(fixture.bytes, (size_t)length,
                                       &fixture.request) == MESSAGE_GOOD;
}

static bool is_quiet(void)
{
    struct pollfd waiting = { .fd = fixture.fd, .events = POLLIN };

    return poll(&waiting, 1, 0) == 0; /* loopback: it would be there */
}

static void answer(const struct writer *writer)
{
    struct pollfd waiting = { .events = POLLIN };
    int fds[PULL_SOCKETS_MAX];

    CU_ASSERT_EQUAL(sendto(fixture.fd, writer->bytes, writer->length, 0,
                           (struct sockaddr *)&fixture.device,
                           sizeof(fixture.device)),
                    (ssize_t)writer->length);
    CU_ASSERT_EQUAL_FATAL(pulls_sockets(fixture.pulls, fds), 1);
    waiting.fd = fds[0];
    CU_ASSERT_EQUAL(poll(&waiting, 1, LIMIT_MS), 1);
    pulls_receive(fixture.pulls, fixture.bench.now_ms);
}

/** The block that the last request wants, `szx` at most. */
static void build_block(struct writer *writer, enum message_type type,
                        uint16_t id, uint8_t szx)
{
    const struct message *request = &fixture.request;
    uint32_t block = message_number(request, OPTION_BLOCK2, 6);
    size_t offset = (size_t)(block >> 4) << ((block & 7) + 4);
    uint8_t used = (block & 7) < szx ? block & 7 : szx;
    size_t size = (size_t)1 << (used + 4);
    size_t left = fixture.image.length - offset;

    writer_begin(writer, type, CODE(2, 5), id, request->token,
                 request->token_length);
    writer_option(writer, OPTION_ETAG, &fixture.etag, 1);
    writer_number(writer, OPTION_BLOCK2,
                  (uint32_t)(offset / size) << 4 | (left > size ? 8u : 0u) |
                      used);
    writer_payload(writer, fixture.image.bytes + offset,
                   left > size ? size : left);
}

static void answer_block(uint8_t szx)
{
    struct writer writer;

    build_block(&writer, TYPE_ACK, fixture.request.id, szx);
    answer(&writer);
}

static void answer_code(uint8_t code)
{
    struct writer writer;

    writer_begin(&writer, TYPE_ACK, code, fixture.request.id,
                 fixture.request.token, fixture.request.token_length);
    answer(&writer);
}

static bool is_running(void)
{
    return fixture.bench.firmware.components[3].fetch != 0;
}

static bool has_option(uint16_t number, size_t index, const char *text)
{
    for (size_t i = 0; i < fixture.request.option_count; i++) {
        const struct message_option *option = &fixture.request.options[i];
        if (option->number == number && index-- == 0) {
            return option->length == strlen(text) &&
                   memcmp(option->bytes, text, option->length) == 0;
        }
    }
    return false;
}

static void blocks_become_the_package(void)
{
    static const uint8_t sizes[] = { 0, 2, 4, 6 }; /* it asks for 4 */

    for (size_t i = 0; i < sizeof(sizes); i++) {
        unsigned requests = 0;
        size_t size = (size_t)1 << ((sizes[i] < 4 ? sizes[i] : 4) + 4);

        write_good_uri("/a%2Fb/c?d=e&f");
        tick(0);
        while (is_running() && await_request()) {
            CU_ASSERT_EQUAL(fixture.request.code, METHOD_GET);
            CU_ASSERT_EQUAL(fixture.request.type, TYPE_CON);
            CU_ASSERT_TRUE(has_option(OPTION_URI_PATH, 0, "a/b"));
            CU_ASSERT_TRUE(has_option(OPTION_URI_PATH, 1, "c"));
            CU_ASSERT_TRUE(has_option(OPTION_URI_QUERY, 0, "d=e"));
            CU_ASSERT_TRUE(has_option(OPTION_URI_QUERY, 1, "f"));
            CU_ASSERT_EQUAL(
                message_number(&fixture.request, OPTION_BLOCK2, 99) & 7,
                requests > 0 && sizes[i] < 4 ? sizes[i] : 4);
            requests++;
            answer_block(sizes[i]);
        }
        CU_ASSERT_EQUAL(requests, (fixture.image.length + size - 1) / size);
        CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 200);
        CU_ASSERT_TRUE(is_quiet());
        CU_ASSERT_EQUAL(write_uri(""), CODE(2, 4));
        CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 0);
    }
}

static void a_separate_response_is_confirmed(void)
{
    struct writer writer;

    write_good_uri("/a");
    tick(0);
    CU_ASSERT_TRUE_FATAL(await_request());
    writer_begin(&writer, TYPE_ACK, 0, fixture.request.id, NULL, 0);
    answer(&writer);
    tick(4 * ACK_MS);
    CU_ASSERT_TRUE(is_quiet()); /* it waits */
    build_block(&writer, TYPE_CON, 4242, 4);
    answer(&writer);
    CU_ASSERT_TRUE_FATAL(await_request());
    CU_ASSERT_EQUAL(fixture.request.type, TYPE_ACK);
    CU_ASSERT_EQUAL(fixture.request.code, 0);
    CU_ASSERT_EQUAL(fixture.request.id, 4242);
    CU_ASSERT_TRUE_FATAL(await_request());
    CU_ASSERT_EQUAL(message_number(&fixture.request, OPTION_BLOCK2, 0) >> 4, 1);
}

static void silence_is_asked_again_and_given_up(void)
{
    uint8_t first[64];
    uint16_t id = 0;

    write_good_uri("/a");
    tick(0);
    CU_ASSERT_TRUE_FATAL(await_request());
    id = fixture.request.id;
    memcpy(first, fixture.bytes, sizeof(first));
    tick(ACK_MS - 1);
    CU_ASSERT_TRUE(is_quiet());
    tick(1);
    CU_ASSERT_TRUE_FATAL(await_request());
    CU_ASSERT_EQUAL(fixture.request.id, id);
    for (unsigned wait = 2; wait <= 4; wait *= 2) {
        tick(wait * ACK_MS - 1);
        CU_ASSERT_TRUE(is_quiet());
        tick(1);
        CU_ASSERT_TRUE_FATAL(await_request());
        CU_ASSERT_EQUAL(fixture.request.id, id);
    }
    tick(8 * ACK_MS - 1);
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 100);
    tick(1);
    CU_ASSERT_TRUE(is_quiet());
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 4);
    CU_ASSERT_EQUAL(pulls_deadline(fixture.pulls), FIRMWARE_NEVER);
}

/** A closed port says so at once. */
static void a_refused_port_ends_in_4(void)
{
    struct pollfd waiting = { .events = POLLIN };
    int fds[PULL_SOCKETS_MAX];

    write_good_uri("/a");
    (void)close(fixture.fd);
    tick(0);
    CU_ASSERT_EQUAL_FATAL(pulls_sockets(fixture.pulls, fds), 1);
    waiting.fd = fds[0];
    CU_ASSERT_EQUAL(poll(&waiting, 1, LIMIT_MS), 1);
    pulls_receive(fixture.pulls, fixture.bench.now_ms);
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 4);
    fixture.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static void each_error_has_its_result(void)
{
    static const struct {
        uint8_t code;
        int result;
    } rows[] = {
        { CODE(4, 4), 7 }, { CODE(4, 1), 7 }, { CODE(4, 3), 7 },
        { CODE(5, 0), 4 }, { CODE(5, 3), 4 }, { CODE(2, 4), 4 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        write_good_uri("/a");
        tick(0);
        CU_ASSERT_TRUE_FATAL(await_request());
        answer_code(rows[i].code);
        CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), rows[i].result);
        CU_ASSERT_TRUE(is_quiet());
    }
}

static void a_uri_that_cannot_be_used_ends_at_once(void)
{
    static const struct {
        const char *text;
        int result;
    } rows[] = {
        { "ftp://h/f", 9 },       { "foo://h/f", 9 },
        { "http://h/f", 9 },      { "coaps://h/f", 9 },
        { "coap://", 7 },         { "coap:/x", 7 },
        { "coap://h x/", 7 },     { "://", 7 },
        { "coap://h:99999/", 7 }, { "coap://a.invalid/", 7 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(write_uri(rows[i].text), CODE(2, 4));
        tick(0);
        CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), rows[i].result);
    }
}

static void another_etag_ends_in_4(void)
{
    write_good_uri("/a");
    tick(0);
    CU_ASSERT_TRUE_FATAL(await_request());
    answer_block(4);
    CU_ASSERT_TRUE_FATAL(await_request());
    fixture.etag++;
    answer_block(4);
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 4);
}

static void another_etag_begins_anew_some_times_only(void)
{
    variants_add(&fixture.bench.firmware.config.variants,
                 VARIANT_ETAG_RESTARTS);
    write_good_uri("/a");
    tick(0);
    CU_ASSERT_TRUE_FATAL(await_request());
    for (int i = 0; i <= 4; i++) {
        CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 100);
        CU_ASSERT_EQUAL(message_number(&fixture.request, OPTION_BLOCK2, 0) >> 4,
                        0);
        answer_block(4);
        CU_ASSERT_TRUE_FATAL(await_request());
        fixture.etag++;
        answer_block(4);
        CU_ASSERT_TRUE(i == 4 || await_request());
    }
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 4);
}

static void a_block_of_more_than_its_size_ends_in_4(void)
{
    struct writer writer;

    write_good_uri("/a");
    tick(0);
    CU_ASSERT_TRUE_FATAL(await_request());
    writer_begin(&writer, TYPE_ACK, CODE(2, 5), fixture.request.id,
                 fixture.request.token, fixture.request.token_length);
    writer_option(&writer, OPTION_ETAG, &fixture.etag, 1);
    writer_number(&writer, OPTION_BLOCK2, 4); /* the last one, 256 bytes */
    writer_payload(&writer, fixture.image.bytes, fixture.image.length);
    CU_ASSERT(fixture.image.length > 256);
    answer(&writer);
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 4);
}

/** The token tells a repeated response from a new one. */
static void an_old_response_is_not_taken_again(void)
{
    struct writer old;

    write_good_uri("/a");
    tick(0);
    CU_ASSERT_TRUE_FATAL(await_request());
    build_block(&old, TYPE_CON, 77, 4);
    answer(&old);
    CU_ASSERT_TRUE_FATAL(await_request()); /* ACK */
    CU_ASSERT_TRUE_FATAL(await_request()); /* block 1 */
    answer(&old);
    CU_ASSERT_TRUE_FATAL(await_request());
    CU_ASSERT_EQUAL(fixture.request.type, TYPE_RST);
    CU_ASSERT_TRUE(is_quiet());
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 100);
}

static void a_wrong_block_is_asked_for_again(void)
{
    struct writer writer;

    write_good_uri("/a");
    tick(0);
    CU_ASSERT_TRUE_FATAL(await_request());
    answer_block(4);
    for (int i = 0; i <= 4; i++) {
        CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 100);
        CU_ASSERT_TRUE_FATAL(await_request());
        CU_ASSERT_EQUAL(message_number(&fixture.request, OPTION_BLOCK2, 0) >> 4,
                        1);
        writer_begin(&writer, TYPE_ACK, CODE(2, 5), fixture.request.id,
                     fixture.request.token, fixture.request.token_length);
        writer_option(&writer, OPTION_ETAG, &fixture.etag, 1);
        writer_number(&writer, OPTION_BLOCK2, 2 << 4 | 8 | 4);
        writer_payload(&writer, fixture.image.bytes + 512, 256);
        answer(&writer);
    }
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 4);
}

static void a_reset_or_cancel_ends_the_traffic(void)
{
    for (int i = 0; i < 3; i++) {
        int fds[PULL_SOCKETS_MAX];
        static const uint8_t null_package[1] = { 0x00 };

        write_good_uri("/a");
        tick(0);
        CU_ASSERT_TRUE_FATAL(await_request());
        if (i == 0) {
            CU_ASSERT_EQUAL(write_uri(""), CODE(2, 4));
        } else if (i == 1) {
            CU_ASSERT_EQUAL(bench_request(&fixture.bench, METHOD_PUT,
                                          "/33629/3/0", CONTENT_FORMAT_OPAQUE,
                                          null_package, 1, -1),
                            CODE(2, 4));
        } else {
            CU_ASSERT_EQUAL(bench_cancel(&fixture.bench, 3), CODE(2, 4));
        }
        CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), i == 2 ? 10 : 0);
        tick(10 * ACK_MS);
        CU_ASSERT_TRUE(is_quiet());
        CU_ASSERT_EQUAL(pulls_sockets(fixture.pulls, fds), 0);
    }
}

/** ST-25, ST-27, ST-42. */
static void what_is_no_trigger_leaves_the_pull_alone(void)
{
    write_good_uri("/a");
    tick(0);
    CU_ASSERT_EQUAL(write_uri("coap://127.0.0.1/other"), CODE(4, 5));
    CU_ASSERT_EQUAL(bench_send_block(&fixture.bench, 3, &fixture.image, 0),
                    CODE(4, 5));
    while (is_running() && await_request()) {
        answer_block(4);
    }
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 200);
    CU_ASSERT_EQUAL(write_uri("coap://127.0.0.1/other"), CODE(4, 5));
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 200);
}

static void the_server_is_asked_over_the_own_socket(void)
{
    const struct pull_config config = {
        .ack_ms = ACK_MS, .szx = 4, .next_id = &fixture.next_id, .send = on_send
    };
    struct pull_config shared = config;
    int fds[PULL_SOCKETS_MAX];

    memcpy(&shared.server, &fixture.server, sizeof(fixture.server));
    shared.server_size = sizeof(fixture.server);
    pulls_free(fixture.pulls);
    fixture.pulls = pulls_new(&shared, &fixture.bench.firmware);
    write_good_uri("/a");
    tick(0);
    CU_ASSERT_EQUAL(pulls_sockets(fixture.pulls, fds), 0);
    while (is_running()) {
        struct writer writer;
        struct message response;
        unsigned before = fixture.sent_count;

        CU_ASSERT_EQUAL_FATAL(message_parse(fixture.sent.bytes,
                                            fixture.sent.length,
                                            &fixture.request),
                              MESSAGE_GOOD);
        build_block(&writer, TYPE_ACK, fixture.request.id, 4);
        CU_ASSERT_EQUAL_FATAL(
            message_parse(writer.bytes, writer.length, &response),
            MESSAGE_GOOD);
        CU_ASSERT_TRUE(
            pulls_take(fixture.pulls, &response, fixture.bench.now_ms));
        CU_ASSERT_FALSE(
            pulls_take(fixture.pulls, &response, fixture.bench.now_ms));
        CU_ASSERT_EQUAL(fixture.sent_count, before + (is_running() ? 1 : 0));
    }
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 200);
}

static void delivery_says_what_is_taken(void)
{
    fixture.bench.firmware.config.delivery = DELIVERY_PUSH;
    CU_ASSERT_EQUAL(write_uri("coap://127.0.0.1/a"), CODE(4, 5));
    CU_ASSERT_EQUAL(write_uri(""), CODE(2, 4));
    fixture.bench.firmware.config.delivery = DELIVERY_PULL;
    CU_ASSERT_EQUAL(bench_send_block(&fixture.bench, 3, &fixture.image, 0),
                    CODE(4, 5));
    CU_ASSERT_EQUAL(bench_pair(&fixture.bench, 3), 0);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "blocks become the package", blocks_become_the_package },
        { "a separate response is confirmed",
          a_separate_response_is_confirmed },
        { "silence is asked again and given up",
          silence_is_asked_again_and_given_up },
        { "a refused port ends in 4", a_refused_port_ends_in_4 },
        { "each error has its result", each_error_has_its_result },
        { "a URI that cannot be used ends at once",
          a_uri_that_cannot_be_used_ends_at_once },
        { "another ETag ends in 4", another_etag_ends_in_4 },
        { "another ETag, anew", another_etag_begins_anew_some_times_only },
        { "block too long", a_block_of_more_than_its_size_ends_in_4 },
        { "an old response is not taken again",
          an_old_response_is_not_taken_again },
        { "a wrong block is asked for again",
          a_wrong_block_is_asked_for_again },
        { "a reset or Cancel ends the traffic",
          a_reset_or_cancel_ends_the_traffic },
        { "what is no trigger leaves the pull alone",
          what_is_no_trigger_leaves_the_pull_alone },
        { "the server is asked over the own socket",
          the_server_is_asked_over_the_own_socket },
        { "delivery says what is taken", delivery_says_what_is_taken },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "pull.c and fetch.c", NULL, NULL, set_up, tear_down, tests },
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
