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
          { .loss = 100,
            .duplicate = 200,
            .reorder = 300,
            .delay_ms = 4,
            .jitter_ms = 5 } },
        { "none", { .loss = 0 } },
        { "size=600,drop-flight=4,drop-flight=6",
          { .size = 600, .drop_flights = 1u << 4 | 1u << 6 } },
        { "damage-flight=1,repeat-flight=2",
          { .damage_flights = 1u << 1, .repeat_flights = 1u << 2 } },
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
        CU_ASSERT_EQUAL(found.size, rows[i].expected.size);
        CU_ASSERT_EQUAL(found.drop_flights, rows[i].expected.drop_flights);
        CU_ASSERT_EQUAL(found.damage_flights, rows[i].expected.damage_flights);
        CU_ASSERT_EQUAL(found.repeat_flights, rows[i].expected.repeat_flights);
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
        { "size=0", "'0'" },
        { "size=65536", "'65536'" },
        { "drop-flight=0", "'0'" },
        { "drop-flight=7", "'7'" },
        { "repeat-flight=12", "'12'" },
        { "wind=2%", "loss=N%, duplicate=N%, reorder=N%, delay=Nms" },
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

static void what_has_no_room_on_its_way_is_lost(void)
{
    enum { LARGE = 32768, FIT = RELAY_DELAYED_BYTES / LARGE, MORE = 4 };
    static const char large[LARGE];
    struct relay_counts counts;

    set_up("delay=60000ms", 1);
    for (unsigned i = 0; i < FIT + MORE; i++) {
        CU_ASSERT_EQUAL(send(fixture.devices[0], large, LARGE, 0), LARGE);
        turn_until(i + 1);
    }
    relay_count(fixture.relay, &counts);
    CU_ASSERT_EQUAL(counts.delayed, FIT);
    CU_ASSERT_EQUAL(counts.lost, MORE);
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

static void longer_ones_are_lost(void)
{
    struct sockaddr_in from;
    char text[16];

    set_up("size=3", 1);
    CU_ASSERT_EQUAL(send(fixture.devices[0], "four", 4, 0), 4);
    CU_ASSERT_EQUAL(send(fixture.devices[0], "333", 3, 0), 3);
    turn_until(2);
    CU_ASSERT_EQUAL(read_all(fixture.target, text, sizeof(text), &from), 1);
    CU_ASSERT_STRING_EQUAL(text, "333");
    tear_down();
}

/** The port by which a device comes to the target. */
static uint16_t upstream_of(int device, uint64_t datagrams)
{
    struct sockaddr_in from = { .sin_port = 0 };
    char text[16];

    CU_ASSERT_EQUAL(send(fixture.devices[device], "x", 1, 0), 1);
    turn_until(datagrams);
    CU_ASSERT_EQUAL(read_all(fixture.target, text, sizeof(text), &from), 1);
    return ntohs(from.sin_port);
}

static void cut_off_device_is_not_heard_until_it_is_restored(void)
{
    struct sockaddr_in from;
    char text[16];

    set_up(NULL, 1);
    const uint16_t port = upstream_of(0, 1);
    (void)upstream_of(1, 2);
    CU_ASSERT_TRUE(relay_cut(fixture.relay, port, true));
    CU_ASSERT_FALSE(relay_cut(fixture.relay, 1, true));
    CU_ASSERT_EQUAL(send(fixture.devices[0], "x", 1, 0), 1);
    turn_until(3);
    CU_ASSERT_EQUAL(read_all(fixture.target, text, sizeof(text), &from), 0);
    (void)upstream_of(1, 4); /* others are */
    CU_ASSERT_TRUE(relay_cut(fixture.relay, port, false));
    CU_ASSERT_EQUAL(upstream_of(0, 5), port);
    CU_ASSERT_TRUE(relay_cut(fixture.relay, 0, true)); /* all */
    CU_ASSERT_EQUAL(send(fixture.devices[1], "x", 1, 0), 1);
    turn_until(6);
    CU_ASSERT_EQUAL(read_all(fixture.target, text, sizeof(text), &from), 0);
    CU_ASSERT_TRUE(relay_cut(fixture.relay, 0, false));
    CU_ASSERT_EQUAL(upstream_of(0, 7), port);
    tear_down();
}

static void moved_device_comes_by_another_port(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in from;
    struct relay_counts counts;
    char text[16];

    set_up(NULL, 1);
    const uint16_t first = upstream_of(0, 1);
    CU_ASSERT_FALSE(relay_move(fixture.relay, 1));
    CU_ASSERT_TRUE(relay_move(fixture.relay, first));
    const uint16_t second = upstream_of(0, 2);
    CU_ASSERT_NOT_EQUAL(first, second);
    to.sin_port = htons(first); /* nobody is there any more */
    (void)sendto(fixture.target, "a", 1, 0, (struct sockaddr *)&to, sizeof(to));
    to.sin_port = htons(second);
    CU_ASSERT_EQUAL(
        sendto(fixture.target, "b", 1, 0, (struct sockaddr *)&to, sizeof(to)),
        1);
    turn_until(3);
    CU_ASSERT_EQUAL(read_all(fixture.devices[0], text, sizeof(text), &from), 1);
    CU_ASSERT_STRING_EQUAL(text, "b");
    relay_count(fixture.relay, &counts);
    CU_ASSERT_EQUAL(counts.moved, 1);
    tear_down();
}

static void network_may_change_and_change_back(void)
{
    const struct impairment lost = { .loss = 10000 };
    struct sockaddr_in from;
    char text[16];

    set_up(NULL, 1);
    relay_set(fixture.relay, &lost);
    CU_ASSERT_EQUAL(send(fixture.devices[0], "x", 1, 0), 1);
    turn_until(1);
    CU_ASSERT_EQUAL(read_all(fixture.target, text, sizeof(text), &from), 0);
    relay_set(fixture.relay, NULL);
    (void)upstream_of(0, 2);
    tear_down();
}

/** What happens to one device goes by the seed, whatever others do. */
static void networks_of_two_devices_are_two(void)
{
    bool arrived[2][64];

    for (int run = 0; run < 2; run++) {
        struct sockaddr_in from;
        uint64_t sent = 0;
        char text[16];
        set_up("loss=50%", 3);
        for (int i = 0; i < 64; i++) {
            CU_ASSERT_EQUAL(send(fixture.devices[0], "x", 1, 0), 1);
            turn_until(++sent);
            arrived[run][i] =
                read_all(fixture.target, text, sizeof(text), &from) > 0;
            if (run == 1) {
                CU_ASSERT_EQUAL(send(fixture.devices[1], "y", 1, 0), 1);
                turn_until(++sent);
                (void)read_all(fixture.target, text, sizeof(text), &from);
            }
        }
        tear_down();
    }
    CU_ASSERT_EQUAL(memcmp(arrived[0], arrived[1], sizeof(arrived[0])), 0);
}

/* Handshakes: the first record of each flight, as far as it is looked at. */

enum { RECORD_SIZE = 30 };

struct flight_row {
    unsigned flight; /* 0: none */
    bool to_device;
    uint8_t type;
    uint8_t epoch;
    uint8_t message; /* in a handshake record */
    uint8_t sequence;
};

static const struct flight_row flights[] = {
    { 1, false, 22, 0, 1, 0 },   { 2, true, 22, 0, 3, 0 },
    { 3, false, 22, 0, 1, 1 },   { 4, true, 22, 0, 2, 1 },
    { 5, false, 22, 0, 16, 2 },  { 5, false, 20, 0, 1, 0 },
    { 5, false, 22, 1, 99, 99 }, { 6, true, 20, 0, 1, 0 },
    { 6, true, 22, 1, 99, 99 },  { 0, false, 23, 1, 0, 0 },
    { 0, true, 21, 1, 0, 0 },
};

static void fill_record(const struct flight_row *row, char *bytes)
{
    memset(bytes, 0, RECORD_SIZE);
    bytes[0] = (char)row->type;
    bytes[1] = (char)0xfe;
    bytes[2] = (char)0xfd;
    bytes[4] = (char)row->epoch;
    bytes[13] = (char)row->message;
    bytes[18] = (char)row->sequence;
}

/** Send a record its way. @return how often it arrives; `bytes`: how */
static unsigned send_record(const struct flight_row *row, uint64_t datagrams,
                            char *bytes)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in from;

    to.sin_port = htons(upstream_of(0, datagrams));
    fill_record(row, bytes);
    if (row->to_device) {
        CU_ASSERT_EQUAL(sendto(fixture.target, bytes, RECORD_SIZE, 0,
                               (struct sockaddr *)&to, sizeof(to)),
                        RECORD_SIZE);
    } else {
        CU_ASSERT_EQUAL(send(fixture.devices[0], bytes, RECORD_SIZE, 0),
                        RECORD_SIZE);
    }
    turn_until(datagrams + 1);
    return read_all(row->to_device ? fixture.devices[0] : fixture.target, bytes,
                    RECORD_SIZE + 1, &from);
}

static void each_flight_is_lost_once(void)
{
    for (size_t i = 0; i < sizeof(flights) / sizeof(flights[0]); i++) {
        char bytes[RECORD_SIZE + 1];
        for (unsigned dropped = 1; dropped <= RELAY_FLIGHTS; dropped++) {
            char text[32];
            (void)snprintf(text, sizeof(text), "drop-flight=%u", dropped);
            set_up(text, 1);
            CU_ASSERT_EQUAL(send_record(&flights[i], 1, bytes),
                            dropped == flights[i].flight ? 0 : 1);
            CU_ASSERT_EQUAL(send_record(&flights[i], 3, bytes), 1);
            tear_down();
        }
    }
}

static void flight_may_be_damaged_or_there_twice(void)
{
    char bytes[RECORD_SIZE + 1];
    char whole[RECORD_SIZE];

    fill_record(&flights[0], whole);
    set_up("damage-flight=1,repeat-flight=1", 1);
    CU_ASSERT_EQUAL(send_record(&flights[0], 1, bytes), 2);
    CU_ASSERT_NOT_EQUAL(memcmp(bytes, whole, RECORD_SIZE), 0);
    CU_ASSERT_EQUAL(memcmp(bytes, whole, 25), 0); /* its headers are whole */
    CU_ASSERT_EQUAL(send_record(&flights[0], 3, bytes), 1);
    CU_ASSERT_EQUAL(memcmp(bytes, whole, RECORD_SIZE), 0);
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
        { "no room on its way", what_has_no_room_on_its_way_is_lost },
        { "what is on its way goes with the relay",
          what_is_on_its_way_goes_with_the_relay },
        { "a used port is named", a_used_port_is_named },
        { "longer ones are lost", longer_ones_are_lost },
        { "cut and restored",
          cut_off_device_is_not_heard_until_it_is_restored },
        { "moved", moved_device_comes_by_another_port },
        { "changes", network_may_change_and_change_back },
        { "two networks", networks_of_two_devices_are_two },
        { "each flight is lost once", each_flight_is_lost_once },
        { "damaged or twice", flight_may_be_damaged_or_there_twice },
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
