/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server against devices over DTLS: one begins another session from the
 * same port, one ends another device's registration. The device is this
 * program once more, with behaviour and port as arguments: libcoap's calls of Mbed TLS are wrapped, and a client in the
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

enum {
    GIVE_UP_S = 30,
    MESSAGE_MAX = 256,
    HEADER_SIZE = 6,
    METHOD_POST = 2,
    METHOD_DELETE = 4,
};

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

struct device {
    struct dtls *dtls;
    int fd;
};

/** @return false when it got no session */
static bool start(struct device *device, const char *identity, uint16_t port)
{
    struct dtls_config config = { .identity = identity,
                                  .key_length = sizeof(key) - 1 };
    char why[DTLS_WHY_SIZE];

    memcpy(config.key, key, sizeof(key) - 1);
    device->dtls = dtls_new(&config, why);
    device->fd = connected(port);
    return device->dtls != NULL && device->fd >= 0 &&
           shake_hands(device->dtls, device->fd);
}

static void stop(struct device *device)
{
    dtls_end(device->dtls, true);
    dtls_free(device->dtls);
    (void)close(device->fd);
}

/** Send what lies in `bytes`. @return the code of the answer, 0 without one;
 *  then `bytes` has the answer */
static unsigned exchange(struct device *device, uint8_t bytes[MESSAGE_MAX],
                         size_t *length)
{
    dtls_write(device->dtls, bytes, *length);
    *length = next_message(device->dtls, device->fd, bytes);
    return *length > 1 ? bytes[1] : 0;
}

/** Of the answer to a Register, a request to its location: Location-Path (8)
 *  becomes Uri-Path (11). */
static void to_request(uint8_t bytes[MESSAGE_MAX], uint8_t method, uint8_t mid)
{
    const uint8_t header[HEADER_SIZE] = { 0x42, method, 0, mid, 0xa1, mid };

    memcpy(bytes, header, HEADER_SIZE);
    bytes[HEADER_SIZE] = (uint8_t)(bytes[HEADER_SIZE] + 0x30);
}

/** @return 0, else where it went wrong */
static int run_device(const char *behaviour, uint16_t port)
{
    struct device node = { .fd = -1 };
    struct device other = { .fd = -1 };
    uint8_t answer[MESSAGE_MAX];
    uint8_t bytes[MESSAGE_MAX];
    size_t length = sizeof(register_bytes) - 1;

    (void)alarm(GIVE_UP_S);
    memcpy(answer, register_bytes, length);
    if (!start(&node, "node", port) ||
        exchange(&node, answer, &length) != COAP_CODE(2, 1)) {
        return 2;
    }
    const size_t size = length;
    if (strcmp(behaviour, "thief") == 0) {
        memcpy(bytes, answer, size);
        to_request(bytes, METHOD_DELETE, 2);
        if (!start(&other, "other", port) ||
            exchange(&other, bytes, &length) != COAP_CODE(4, 0)) {
            return 3;
        }
        stop(&other);
    } else if (!shake_hands(node.dtls, node.fd)) {
        return 4;
    }
    to_request(answer, METHOD_POST, 3);
    length = size;
    if (exchange(&node, answer, &length) != COAP_CODE(2, 4)) {
        return 5;
    }
    stop(&node);
    return 0;
}

/* The test. */

struct seen {
    struct server *server;
    unsigned registered;
    unsigned updated;
    unsigned refused;
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
    seen->refused += event->kind == SERVER_REFUSE;
    seen->strays += event->kind == SERVER_STRAY;
    if (event->kind == SERVER_PROCESS_EXIT) {
        seen->exit_status = event->as.process.exit_status;
        server_stop(seen->server);
    }
}

static struct server_psk psk_of(const char *identity)
{
    return (struct server_psk){
        .identity = (const uint8_t *)identity,
        .identity_length = strlen(identity),
        .key = (const uint8_t *)key,
        .key_length = sizeof(key) - 1,
    };
}

static void serve(const char *behaviour, struct seen *seen)
{
    const struct server_psk psks[] = { psk_of("node"), psk_of("other") };
    const struct server_security security = { .psks = psks, .psk_count = 2 };
    const struct server_config config = { .security = &security };
    struct reason reason = { .status = STATUS_OK };
    char port[8];
    const char *const argv[] = { "/proc/self/exe", behaviour, port, NULL };
    uint64_t id = 0;

    *seen = (struct seen){ .exit_status = -2 };
    CU_ASSERT_EQUAL_FATAL(
        server_new(&config, on_event, seen, &seen->server, &reason), STATUS_OK);
    (void)snprintf(port, sizeof(port), "%u",
                   (unsigned)server_port(seen->server)); /* fits */
    CU_ASSERT_EQUAL(server_process_start(seen->server, argv, &id, &reason),
                    STATUS_OK);
    server_run(seen->server);
    server_free(seen->server);
}

static void new_session_from_the_same_port_is_answered_at_once(void)
{
    struct seen seen;

    serve("reconnect", &seen);
    CU_ASSERT_EQUAL(seen.exit_status, 0);
    CU_ASSERT_EQUAL(seen.registered, 1);
    CU_ASSERT_EQUAL(seen.updated, 1);
    CU_ASSERT_EQUAL(seen.strays, 0);
}

static void another_identity_does_not_deregister_a_device(void)
{
    struct seen seen;

    serve("thief", &seen);
    CU_ASSERT_EQUAL(seen.exit_status, 0);
    CU_ASSERT_EQUAL(seen.refused, 1);
    CU_ASSERT_EQUAL(seen.updated, 1);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        { "a new session from the same port is answered at once",
          new_session_from_the_same_port_is_answered_at_once },
        { "another identity does not de-register a device",
          another_identity_does_not_deregister_a_device },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "server over DTLS", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (argc == 3) {
        return run_device(argv[1], (uint16_t)strtoul(argv[2], NULL, 10));
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
