/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server behind relays: each port of UDP that a device may be told of is a
 * relay's, and so is what comes by it; TCP passes none.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/server.h"

enum { TURN_MS = 5, TURNS_MAX = 2000 };

static struct fixture {
    struct server *server;
    uint64_t timer;
    uint64_t datagrams; /* wanted */
    unsigned turns;
    char last_peer[64];
} fixture;

static uint64_t relayed(void)
{
    struct server_statistics seen;

    server_statistics(fixture.server, &seen);
    return seen.relayed.datagrams;
}

static void start_timer(void)
{
    struct reason reason;

    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(fixture.server, TURN_MS, &fixture.timer, &reason),
        STATUS_OK);
}

/** Until so many datagrams came to the relays. */
static void on_event(const struct server_event *event, void *user)
{
    (void)user;
    if (event->kind == SERVER_TIMER && event->id == fixture.timer) {
        if (relayed() >= fixture.datagrams || ++fixture.turns > TURNS_MAX) {
            server_stop(fixture.server);
        } else {
            start_timer();
        }
    } else if (event->kind == SERVER_REPOSITORY) {
        (void)snprintf(fixture.last_peer, sizeof(fixture.last_peer), "%s",
                       event->as.repository.peer); /* cut */
    }
}

static void turn_until(uint64_t datagrams)
{
    fixture.datagrams = datagrams;
    fixture.turns = 0;
    start_timer();
    server_run(fixture.server);
    CU_ASSERT_EQUAL(relayed(), datagrams);
}

static void begin(const char *words)
{
    static const struct server_psk psk = { .identity = (const uint8_t *)"a",
                                           .identity_length = 1,
                                           .key = (const uint8_t *)"0123456789",
                                           .key_length = 10 };
    static const struct server_security files = { .psks = &psk,
                                                  .psk_count = 1 };
    struct impairment impairment = { .seed = 7 };
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL_FATAL(impairment_parse(words, &impairment, &reason),
                          STATUS_OK);
    const struct server_config config = { .impairment = &impairment,
                                          .has_second_server = true,
                                          .file_security = &files };
    fixture = (struct fixture){ .server = NULL };
    CU_ASSERT_EQUAL_FATAL(
        server_new(&config, on_event, NULL, &fixture.server, &reason),
        STATUS_OK);
}

static void end(void)
{
    server_free(fixture.server);
    fixture.server = NULL;
}

/** "coap://127.0.0.1:40123/path": the port. */
static uint16_t port_of(const char *uri)
{
    const char *host = strstr(uri, "://");
    const char *colon = host != NULL ? strrchr(host + 3, ':') : NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(colon);
    return (uint16_t)strtoul(colon + 1, NULL, 10);
}

/** Offer a file. @return its port */
static uint16_t publish(enum repository_protocol protocol, bool by_ipv6,
                        uint64_t *out_id)
{
    const struct repository_resource resource = {
        .endpoint = "a",
        .path = "/f",
        .bytes = (const uint8_t *)"firmware",
        .length = 8,
        .protocol = protocol,
    };
    const struct server_place place = { .by_ipv6 = by_ipv6 };
    char uri[SERVER_URI_MAX + 1] = "";
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL_FATAL(
        server_publish(fixture.server, &resource, &place, out_id, uri, &reason),
        STATUS_OK);
    return port_of(uri);
}

static int open_socket(bool by_ipv6, uint16_t port)
{
    const struct sockaddr_in v4 = { .sin_family = AF_INET,
                                    .sin_port = htons(port),
                                    .sin_addr = { htonl(INADDR_LOOPBACK) } };
    const struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
                                     .sin6_port = htons(port),
                                     .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    int fd = socket(by_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    CU_ASSERT_EQUAL_FATAL(
        connect(fd, by_ipv6 ? (const void *)&v6 : (const void *)&v4,
                by_ipv6 ? sizeof(v6) : sizeof(v4)),
        0);
    return fd;
}

/** GET of /f. */
static void ask(int fd, uint8_t message_id)
{
    const uint8_t get[] = { 0x41, 0x01, 0, message_id, 7, 0xb1, 'f' };

    CU_ASSERT_EQUAL(send(fd, get, sizeof(get), 0), (ssize_t)sizeof(get));
}

static void each_port_of_udp_has_a_relay(void)
{
    uint64_t expected = 0;
    uint64_t id = 0;

    begin("none");
    const uint16_t ports[] = {
        server_port(fixture.server),
        server_second_port(fixture.server),
        server_repository_port(fixture.server),
        publish(REPOSITORY_COAPS, false, &id),
    };
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        int fd = open_socket(false, ports[i]);
        /* No answer by coaps to what is no record, and no peer elsewhere. */
        ask(fd, 1);
        expected += ports[i] == ports[3] ? 1 : 2;
        turn_until(expected);
        (void)close(fd); /* its work is done */
    }
    end();
}

static void files_by_ipv6_pass_a_relay_too(void)
{
    static const enum repository_protocol protocols[] = { REPOSITORY_COAP,
                                                          REPOSITORY_COAPS };
    uint64_t expected = 0;

    begin("none");
    if (!server_has_ipv6(fixture.server)) {
        puts("skipped: no [::1] here");
        end();
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        uint64_t id = 0;
        int fd = open_socket(true, publish(protocols[i], true, &id));
        ask(fd, 1);
        expected += protocols[i] == REPOSITORY_COAP ? 2 : 1;
        turn_until(expected);
        server_unpublish(fixture.server, id);
        (void)close(fd); /* its work is done */
    }
    end();
}

static void what_is_lost_before_files_goes_by_the_words(void)
{
    uint64_t id = 0;

    begin("loss=100%");
    int fd = open_socket(false, publish(REPOSITORY_COAP, false, &id));
    ask(fd, 1);
    turn_until(1); /* and no answer */
    CU_ASSERT_STRING_EQUAL(fixture.last_peer, "");
    server_set_network(fixture.server, true, &(struct impairment){ .seed = 1 });
    ask(fd, 2);
    turn_until(3);
    CU_ASSERT_STRING_NOT_EQUAL(fixture.last_peer, "");
    (void)close(fd); /* its work is done */
    end();
}

static void way_to_files_is_cut_by_itself(void)
{
    struct reason reason = { .status = STATUS_OK };
    uint64_t id = 0;

    begin("none");
    int file = open_socket(false, publish(REPOSITORY_COAP, false, &id));
    int other = open_socket(false, server_second_port(fixture.server));
    CU_ASSERT_EQUAL(server_cut(fixture.server, NULL, true, true, &reason),
                    STATUS_OK);
    ask(file, 1);
    turn_until(1);
    ask(other, 1);
    turn_until(3); /* with its answer */
    CU_ASSERT_EQUAL(server_cut(fixture.server, NULL, true, false, &reason),
                    STATUS_OK);
    CU_ASSERT_EQUAL(server_cut(fixture.server, NULL, false, true, &reason),
                    STATUS_OK);
    ask(other, 2);
    turn_until(4);
    ask(file, 2);
    turn_until(6);
    (void)close(file); /* their work is done */
    (void)close(other);
    end();
}

static void device_comes_for_files_from_another_address(void)
{
    struct reason reason = { .status = STATUS_OK };
    char before[64];
    uint64_t id = 0;

    begin("none");
    CU_ASSERT_EQUAL(server_move(fixture.server, "a", true, &reason),
                    STATUS_NOT_FOUND);
    int fd = open_socket(false, publish(REPOSITORY_COAP, false, &id));
    ask(fd, 1);
    turn_until(2);
    memcpy(before, fixture.last_peer, sizeof(before));
    CU_ASSERT_EQUAL(server_move(fixture.server, "a", true, &reason), STATUS_OK);
    ask(fd, 2);
    turn_until(4);
    CU_ASSERT_STRING_NOT_EQUAL(fixture.last_peer, before);
    (void)close(fd); /* its work is done */
    end();
}

static void without_relay_nothing_is_cut_or_moved(void)
{
    const struct server_config config = { .port = 0 };
    struct reason reason = { .status = STATUS_OK };

    fixture = (struct fixture){ .server = NULL };
    CU_ASSERT_EQUAL_FATAL(
        server_new(&config, on_event, NULL, &fixture.server, &reason),
        STATUS_OK);
    CU_ASSERT_FALSE(server_has_relay(fixture.server));
    CU_ASSERT_EQUAL(server_cut(fixture.server, NULL, false, true, &reason),
                    STATUS_INVALID);
    CU_ASSERT_EQUAL(server_move(fixture.server, "a", true, &reason),
                    STATUS_INVALID);
    CU_ASSERT_EQUAL(server_second_port(fixture.server), 0);
    end();
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "each port of UDP", each_port_of_udp_has_a_relay },
        { "IPv6", files_by_ipv6_pass_a_relay_too },
        { "loss", what_is_lost_before_files_goes_by_the_words },
        { "cut", way_to_files_is_cut_by_itself },
        { "address", device_comes_for_files_from_another_address },
        { "no relay", without_relay_nothing_is_cut_or_moved },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = { { "relays", NULL, NULL, NULL, NULL, tests },
                              CU_SUITE_INFO_NULL };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
