/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server against a device that loses its DTLS session and begins another
 * one from the same port. The device is this program once more, with a port as
 * its argument: libcoap's calls of Mbed TLS are wrapped, and a client in the
 * same process would pass there, too.
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
#include "tests/device/dtls.h"

enum { GIVE_UP_S = 30, MESSAGE_MAX = 256, HEADER_SIZE = 6 };

static const char identity[] = "node";
static const char key[] = "0123456789abcdef";

/* The device. Its clock stands still, so it never repeats a flight: what the
 * server does not answer at once is never answered. */

static const uint8_t register_bytes[] =
    "\x42\x02\x00\x01\xa1\xb2\xb2rd\x11\x28\x37"
    "ep=node\x06lt=300\x09lwm2m=1.1\xff</1/0>,</3/0>";

static int connected(uint16_t port)
{
    const struct sockaddr_in server = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    return fd >= 0 && connect(fd, (const struct sockaddr *)&server,
                              sizeof(server)) == 0
               ? fd
               : -1;
}

/** @return length of the message; 0 when the session broke */
static size_t next_message(struct dtls *dtls, int fd,
                           uint8_t bytes[MESSAGE_MAX])
{
    struct pollfd waiting = { .fd = fd, .events = POLLIN };
    size_t length = 0;

    while (length == 0 && dtls_state(dtls) == DTLS_OPEN) {
        (void)poll(&waiting, 1, -1); /* alarm() ends it */
        length = dtls_read(dtls, bytes, MESSAGE_MAX, 0);
    }
    return length;
}

static bool shake_hands(struct dtls *dtls, int fd)
{
    struct pollfd waiting = { .fd = fd, .events = POLLIN };
    uint8_t bytes[MESSAGE_MAX];

    dtls_start(dtls, fd, 0);
    while (dtls_state(dtls) == DTLS_HANDSHAKE) {
        (void)poll(&waiting, 1, -1);
        (void)dtls_read(dtls, bytes, sizeof(bytes), 0);
    }
    return dtls_state(dtls) == DTLS_OPEN;
}

/** Register, and a new session before the Update. @return 0, else where */
static int run_device(uint16_t port)
{
    struct dtls_config config = { .identity = identity,
                                  .key_length = sizeof(key) - 1 };
    char why[DTLS_WHY_SIZE];
    uint8_t bytes[MESSAGE_MAX];

    (void)alarm(GIVE_UP_S);
    memcpy(config.key, key, sizeof(key) - 1);
    struct dtls *dtls = dtls_new(&config, why);
    const int fd = connected(port);
    if (dtls == NULL || fd < 0 || !shake_hands(dtls, fd)) {
        return 2;
    }
    dtls_write(dtls, register_bytes, sizeof(register_bytes) - 1);
    const size_t length = next_message(dtls, fd, bytes);
    if (length <= HEADER_SIZE || bytes[1] != COAP_CODE(2, 1)) {
        return 3;
    }
    if (!shake_hands(dtls, fd)) {
        return 4;
    }
    /* Location-Path (8) becomes Uri-Path (11). */
    memcpy(bytes, "\x42\x02\x00\x02\xa1\xb3", HEADER_SIZE);
    bytes[HEADER_SIZE] = (uint8_t)(bytes[HEADER_SIZE] + 0x30);
    dtls_write(dtls, bytes, length);
    if (next_message(dtls, fd, bytes) == 0 || bytes[1] != COAP_CODE(2, 4)) {
        return 5;
    }
    dtls_end(dtls, true);
    dtls_free(dtls);
    (void)close(fd);
    return 0;
}

/* The test. */

struct seen {
    struct server *server;
    unsigned registered;
    unsigned updated;
    unsigned strays;
    int exit_status;
};

static void on_event(const struct server_event *event, void *user)
{
    struct seen *seen = user;

    seen->registered += event->kind == SERVER_REGISTER &&
                        event->as.registration.code == COAP_CODE(2, 1);
    seen->updated += event->kind == SERVER_UPDATE &&
                     event->as.registration.code == COAP_CODE(2, 4);
    seen->strays += event->kind == SERVER_STRAY;
    if (event->kind == SERVER_PROCESS_EXIT) {
        seen->exit_status = event->as.process.exit_status;
        server_stop(seen->server);
    }
}

static void new_session_from_the_same_port_is_answered_at_once(void)
{
    const struct server_psk psk = {
        .identity = (const uint8_t *)identity,
        .identity_length = sizeof(identity) - 1,
        .key = (const uint8_t *)key,
        .key_length = sizeof(key) - 1,
    };
    const struct server_security security = { .psks = &psk, .psk_count = 1 };
    const struct server_config config = { .security = &security };
    struct reason reason = { .status = STATUS_OK };
    struct seen seen = { .exit_status = -2 };
    char port[8];
    const char *const argv[] = { "/proc/self/exe", port, NULL };
    uint64_t id = 0;

    CU_ASSERT_EQUAL_FATAL(
        server_new(&config, on_event, &seen, &seen.server, &reason), STATUS_OK);
    (void)snprintf(port, sizeof(port), "%u",
                   (unsigned)server_port(seen.server)); /* fits */
    CU_ASSERT_EQUAL(server_process_start(seen.server, argv, &id, &reason),
                    STATUS_OK);
    server_run(seen.server);
    CU_ASSERT_EQUAL(seen.exit_status, 0);
    CU_ASSERT_EQUAL(seen.registered, 1);
    CU_ASSERT_EQUAL(seen.updated, 1);
    CU_ASSERT_EQUAL(seen.strays, 0);
    server_free(seen.server);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        { "a new session from the same port is answered at once",
          new_session_from_the_same_port_is_answered_at_once },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "server over DTLS", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (argc == 2) {
        return run_device((uint16_t)strtoul(argv[1], NULL, 10));
    }
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
