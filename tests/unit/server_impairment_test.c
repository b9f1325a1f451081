/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/impairment/impairment.h"

#define ADDRESS "127.0.0.1"

static struct {
    struct event_queue queue;
    struct loop *loop;
    struct relay *relay;
    int target;     /* where the datagrams go */
    int devices[2]; /* connected to the relay */
} fixture;

/* What can be read. */

struct parse_row {
    const char *text;
    struct impairment expected;
};

static void shares_and_times_are_read(void)
{
    static const struct parse_row rows[] = {
        { "loss=2%", { .loss = 200 } },
        { "loss=0.25%", { .loss = 25 } },
        { "loss=100 %", { .loss = 10000 } },
        { "delay=20ms", { .delay_ms = 20 } },
        { "delay=60000 ms,jitter=0ms", { .delay_ms = 60000 } },
        { "loss=1%,duplicate=2%,reorder=3%,delay=4ms,jitter=5ms",
          { 100, 200, 300, 4, 5, 0 } },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct impairment found = { .seed = 7 };
        CU_ASSERT_EQUAL_FATAL(impairment_parse(rows[i].text, &found, NULL),
                              STATUS_OK);
        CU_ASSERT_EQUAL(found.loss, rows[i].expected.loss);
        CU_ASSERT_EQUAL(found.duplicate, rows[i].expected.duplicate);
        CU_ASSERT_EQUAL(found.reorder, rows[i].expected.reorder);
        CU_ASSERT_EQUAL(found.delay_ms, rows[i].expected.delay_ms);
        CU_ASSERT_EQUAL(found.jitter_ms, rows[i].expected.jitter_ms);
        CU_ASSERT_EQUAL(found.seed, 7);
    }
}

static void what_cannot_be_read_is_named(void)
{
    static const char *const rows[][2] = {
        { "", "''" },
        { "loss", "'loss'" },
        { "loss=", "''" },
        { "loss=2", "'2'" },
        { "loss=-1%", "'-1%'" },
        { "loss=101%", "'101%'" },
        { "loss=nan%", "'nan%'" },
        { "lost=2%", "'lost=2%'" },
        { "loss=2%,", "''" },
        { "loss=2%;delay=1ms", "'2%;delay=1ms'" },
        { "delay=20", "'20'" },
        { "delay=20s", "'20s'" },
        { "delay=60001ms", "'60001ms'" },
        { "delay=999999999999ms", "'999999999999ms'" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct impairment found = { .loss = 9 };
        struct reason reason = { .status = STATUS_OK };
        CU_ASSERT_EQUAL(impairment_parse(rows[i][0], &found, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, rows[i][1]));
        CU_ASSERT_EQUAL(found.loss, 9);
    }
}

/* Datagrams. */

static int open_socket(uint16_t to_port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons(to_port) };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    CU_ASSERT_FATAL(fd >= 0);
    if (to_port == 0) {
        CU_ASSERT_EQUAL_FATAL(
            bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    } else {
        CU_ASSERT_EQUAL_FATAL(
            connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    }
    return fd;
}

static void set_up(const char *text, uint64_t seed)
{
    struct impairment impairment = { .seed = seed };
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof(address);

    if (text != NULL) {
        CU_ASSERT_EQUAL_FATAL(impairment_parse(text, &impairment, NULL),
                              STATUS_OK);
    }
    event_queue_init(&fixture.queue);
    CU_ASSERT_EQUAL_FATAL(loop_new(&fixture.queue, false, &fixture.loop, NULL),
                          STATUS_OK);
    fixture.target = open_socket(0);
    CU_ASSERT_EQUAL_FATAL(
        getsockname(fixture.target, (struct sockaddr *)&address, &size), 0);
    CU_ASSERT_EQUAL_FATAL(relay_new(fixture.loop, ADDRESS, 0,
                                    ntohs(address.sin_port), &impairment,
                                    &fixture.relay, NULL),
                          STATUS_OK);
    for (int i = 0; i < 2; i++) {
        fixture.devices[i] = open_socket(relay_port(fixture.relay));
    }
}

static void tear_down(void)
{
    relay_free(fixture.relay);
    loop_free(fixture.loop);
    event_queue_release(&fixture.queue);
    (void)close(fixture.target);
    (void)close(fixture.devices[0]);
    (void)close(fixture.devices[1]);
}

/** Turn until the relay has seen so many. */
static void turn_until(uint64_t datagrams)
{
    struct relay_counts counts = { .datagrams = 0 };

    while (counts.datagrams < datagrams) {
        loop_turn(fixture.loop);
        relay_count(fixture.relay, &counts);
    }
}

/** Read what is there. @return how many; the last one's text and sender */
static unsigned read_all(int fd, char *out_text, size_t size,
                         struct sockaddr_in *out_from)
{
    unsigned count = 0;

    for (;;) {
        socklen_t length = sizeof(*out_from);
        ssize_t got = recvfrom(fd, out_text, size - 1, 0,
                               (struct sockaddr *)out_from, &length);
        if (got < 0) {
            return count;
        }
        out_text[got] = '\0';
        count++;
    }
}

static void nothing_happens_without_an_impairment(void)
{
    struct sockaddr_in from[2];
    char text[16];

    set_up(NULL, 1);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(send(fixture.devices[i], i == 0 ? "one" : "two", 3, 0),
                        3);
        turn_until((uint64_t)i + 1);
        CU_ASSERT_EQUAL(read_all(fixture.target, text, sizeof(text), &from[i]),
                        1);
        CU_ASSERT_STRING_EQUAL(text, i == 0 ? "one" : "two");
    }
    CU_ASSERT_NOT_EQUAL(from[0].sin_port, from[1].sin_port);
    for (int i = 0; i < 2;
         i++) { /* each one's answer finds the one it is for */
        CU_ASSERT_EQUAL(sendto(fixture.target, i == 0 ? "1!" : "2!", 2, 0,
                               (struct sockaddr *)&from[i], sizeof(from[i])),
                        2);
        turn_until((uint64_t)i + 3);
        struct sockaddr_in relay;
        CU_ASSERT_EQUAL(
            read_all(fixture.devices[i], text, sizeof(text), &relay), 1);
        CU_ASSERT_STRING_EQUAL(text, i == 0 ? "1!" : "2!");
        CU_ASSERT_EQUAL(ntohs(relay.sin_port), relay_port(fixture.relay));
    }
    tear_down();
}

/** Send so many, one by one. @return how many arrive */
static unsigned send_many(unsigned count)
{
    struct sockaddr_in from;
    unsigned arrived = 0;
    char text[16];

    for (unsigned i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(send(fixture.devices[0], "x", 1, 0), 1);
        turn_until(i + 1);
        arrived += read_all(fixture.target, text, sizeof(text), &from);
    }
    return arrived;
}

static void all_are_lost_at_100_percent(void)
{
    struct relay_counts counts;

    set_up("loss=100%", 1);
    CU_ASSERT_EQUAL(send_many(20), 0);
    relay_count(fixture.relay, &counts);
    CU_ASSERT_EQUAL(counts.lost, 20);
    tear_down();
}

static void a_seed_loses_its_share_and_always_the_same(void)
{
    unsigned arrived[3];
    static const uint64_t seeds[3] = { 1, 1, 2 };

    for (int i = 0; i < 3; i++) {
        set_up("loss=50%", seeds[i]);
        arrived[i] = send_many(400);
        tear_down();
        CU_ASSERT(arrived[i] > 120 && arrived[i] < 280);
    }
    CU_ASSERT_EQUAL(arrived[0], arrived[1]);
    CU_ASSERT_NOT_EQUAL(arrived[0], arrived[2]);
}

static void doubled_ones_come_twice(void)
{
    set_up("duplicate=100%", 1);
    CU_ASSERT_EQUAL(send_many(10), 20);
    tear_down();
}

static void delayed_ones_come_later(void)
{
    struct relay_counts counts;
    struct sockaddr_in from;
    unsigned arrived = 0;
    char text[16];

    set_up("delay=5ms,jitter=5ms", 1);
    arrived = send_many(10);
    while (arrived < 10) {
        loop_turn(fixture.loop);
        arrived += read_all(fixture.target, text, sizeof(text), &from);
    }
    relay_count(fixture.relay, &counts);
    CU_ASSERT_EQUAL(counts.delayed, 10);
    CU_ASSERT_EQUAL(counts.lost, 0);
    tear_down();
}

static void what_is_on_its_way_goes_with_the_relay(void)
{
    set_up("delay=60000ms", 1);
    CU_ASSERT_EQUAL(send_many(3), 0);
    tear_down();
}

static void a_used_port_is_named(void)
{
    const struct impairment none = { .loss = 0 };
    struct relay *other = NULL;
    struct reason reason = { .status = STATUS_OK };

    set_up(NULL, 1);
    CU_ASSERT_EQUAL(relay_new(fixture.loop, ADDRESS, relay_port(fixture.relay),
                              1, &none, &other, &reason),
                    STATUS_NETWORK);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, ADDRESS));
    CU_ASSERT_EQUAL(
        relay_new(fixture.loop, "nowhere", 0, 1, &none, &other, &reason),
        STATUS_INVALID);
    tear_down();
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "shares and times are read", shares_and_times_are_read },
        { "what cannot be read is named", what_cannot_be_read_is_named },
        { "nothing happens without an impairment",
          nothing_happens_without_an_impairment },
        { "all are lost at 100 %", all_are_lost_at_100_percent },
        { "a seed loses its share, and always the same",
          a_seed_loses_its_share_and_always_the_same },
        { "doubled ones come twice", doubled_ones_come_twice },
        { "delayed ones come later", delayed_ones_come_later },
        { "what is on its way goes with the relay",
          what_is_on_its_way_goes_with_the_relay },
        { "a used port is named", a_used_port_is_named },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = { { "impairment", NULL, NULL, NULL, NULL, tests },
                              CU_SUITE_INFO_NULL };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failed == 0 ? 0 : 1;
}
