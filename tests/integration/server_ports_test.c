/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports of the file servers that a user gives numbers: files are offered there,
 * those with wrong credentials right behind; one that cannot be had is told at
 * the start.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/server.h"

enum {
    SIZE = 10,
    LAST = 65535,
    ROOM = 64,
    /* below those that the system hands out: no other program, whatever it
     * does with "a free port", takes ours between two looks */
    FIRST = 20000,
    BEHIND = 32000,
};

static const uint8_t bytes[SIZE];

static const enum repository_protocol protocols[] = {
    REPOSITORY_COAP,  REPOSITORY_COAPS,    REPOSITORY_HTTP,
    REPOSITORY_HTTPS, REPOSITORY_COAP_TCP, REPOSITORY_COAPS_TCP,
};
enum { PROTOCOLS = sizeof(protocols) / sizeof(protocols[0]) };

static void on_event(const struct server_event *event, void *user)
{
    (void)event;
    (void)user;
}

/** Take a port of 127.0.0.1. @param port  0: any
 *  @return its socket, -1: it is in use */
static int take(enum repository_protocol protocol, uint16_t port,
                uint16_t *out_port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port) };
    socklen_t size = sizeof(address);
    int fd = socket(
        AF_INET,
        repository_protocol_is_udp(protocol) ? SOCK_DGRAM : SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        (void)close(fd); /* of no use */
        return -1;
    }
    *out_port = ntohs(address.sin_port);
    return fd;
}

/** A port that was free a moment ago, with the next one. */
static uint16_t find_two(enum repository_protocol protocol)
{
    static unsigned tries;

    while (tries < (BEHIND - FIRST) / 2) {
        const unsigned step = ((unsigned)getpid() + tries++) * 2;
        uint16_t port = (uint16_t)(FIRST + step % (BEHIND - FIRST));
        uint16_t next = 0;
        const int fd = take(protocol, port, &port);
        const int behind =
            fd >= 0 ? take(protocol, (uint16_t)(port + 1), &next) : -1;
        (void)close(fd);
        if (behind >= 0) {
            (void)close(behind);
            return port;
        }
    }
    CU_FAIL_FATAL("no two free ports");
    return 0;
}

/** Offer a file. @return the port of its URI */
static unsigned publish(struct server *server,
                        enum repository_protocol protocol,
                        enum authority_kind kind)
{
    const struct repository_resource resource = {
        .endpoint = "dev",
        .protocol = protocol,
        .bytes = bytes,
        .length = SIZE,
        .max_szx = REPOSITORY_SZX_MAX,
    };
    const struct server_place place = { .credentials = kind };
    char uri[SERVER_URI_MAX + 1] = "";
    char scheme[ROOM] = "";
    unsigned port = 0;
    uint64_t id = 0;

    CU_ASSERT_EQUAL(server_publish(server, &resource, &place, &id, uri, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL(sscanf(uri, "%63[^:]://127.0.0.1:%u", scheme, &port), 2);
    CU_ASSERT_STRING_EQUAL(scheme, repository_protocol_name(protocol));
    return port;
}

static void check_numbers(const struct impairment *impairment)
{
    struct server_config config = { .impairment = impairment };
    struct server *server = NULL;
    struct reason reason = { .status = STATUS_OK };

    for (size_t i = 0; i < PROTOCOLS; i++) {
        config.repository_ports[protocols[i]] = find_two(protocols[i]);
    }
    const enum status status =
        server_new(&config, on_event, NULL, &server, &reason);
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    for (size_t i = 0; i < PROTOCOLS; i++) {
        const uint16_t number = config.repository_ports[protocols[i]];
        CU_ASSERT_EQUAL(publish(server, protocols[i], AUTHORITY_GOOD), number);
        if (repository_protocol_is_secure(protocols[i])) {
            CU_ASSERT_EQUAL(publish(server, protocols[i], AUTHORITY_UNKNOWN_CA),
                            number + 1u);
        }
    }
    server_free(server);
}

static void files_are_offered_at_the_ports_that_were_given(void)
{
    check_numbers(NULL);
}

static void behind_a_relay_the_ports_are_the_relays(void)
{
    const struct impairment none = { .loss = 0 };

    check_numbers(&none);
}

static void a_port_that_is_in_use_is_told_at_the_start(void)
{
    for (size_t i = 0; i < PROTOCOLS; i++) {
        struct server_config config = { .port = 0 };
        struct server *server = NULL;
        struct reason reason = { .status = STATUS_OK };
        char number[ROOM];
        uint16_t port = 0;
        const int fd = take(protocols[i], 0, &port);

        CU_ASSERT_TRUE_FATAL(fd >= 0);
        (void)listen(fd, 1); /* of UDP there is nothing to listen to */
        config.repository_ports[protocols[i]] = port;
        CU_ASSERT_EQUAL(server_new(&config, on_event, NULL, &server, &reason),
                        STATUS_NETWORK);
        (void)snprintf(number, sizeof(number), "%u", port); /* fits */
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, number));
        (void)close(fd);
    }
}

static void wrong_credentials_need_room_behind_a_port(void)
{
    struct server_config config = { .port = 0 };
    struct server *server = NULL;
    struct reason reason = { .status = STATUS_OK };

    config.repository_ports[REPOSITORY_HTTPS] = LAST - 1;
    CU_ASSERT_EQUAL(server_new(&config, on_event, NULL, &server, &reason),
                    STATUS_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "65534 for files by https"));
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "files are offered at the ports that were given",
          files_are_offered_at_the_ports_that_were_given },
        { "behind a relay the ports are the relay's",
          behind_a_relay_the_ports_are_the_relays },
        { "a port that is in use is told at the start",
          a_port_that_is_in_use_is_told_at_the_start },
        { "wrong credentials need room behind a port",
          wrong_credentials_need_room_behind_a_port },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "ports of file servers", NULL, NULL, NULL, NULL, tests },
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
