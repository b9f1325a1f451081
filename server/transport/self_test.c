/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <unistd.h>

#include "server/transport/endpoint_private.h"

enum { SELF_TEST_MS = 500, SELF_TEST_TRIES = 8 };

/**
 * Ping ourselves and see that both taps were passed: a newer libcoap may call
 * other functions, and a trace that silently misses messages is worse than
 * none.
 */
enum status endpoint_self_test(struct endpoint *endpoint,
                               const coap_address_t *address,
                               struct reason *reason)
{
    /* GET of a path that nobody has, repeated as a client would. With DTLS
     * nothing answers; what is inside of records is looked after by a session
     * of our own, and with certificates only, by incoming_handle(). */
    uint8_t ping[] = { 0x41, 0x01, 0x00, 0x00, 0x01, 0xb1, 0x3f };
    coap_address_t target = *address;
    uint8_t answer[ENDPOINT_DATAGRAM_MAX];
    bool answered = false;
    int fd = socket(address->addr.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (address->addr.sa.sa_family == AF_INET &&
        target.addr.sin.sin_addr.s_addr == htonl(INADDR_ANY)) {
        target.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else if (address->addr.sa.sa_family == AF_INET6 &&
               IN6_IS_ADDR_UNSPECIFIED(&target.addr.sin6.sin6_addr)) {
        target.addr.sin6.sin6_addr = in6addr_loopback;
    }
    struct pollfd polls[2] = {
        { .fd = coap_context_get_coap_fd(endpoint->context), .events = POLLIN },
        { .fd = fd, .events = POLLIN },
    };
    for (uint8_t i = 1; fd >= 0 && !answered && i <= SELF_TEST_TRIES; i++) {
        ping[3] = i;
        bool sent = sendto(fd, ping, sizeof(ping), 0, &target.addr.sa,
                           target.size) == (ssize_t)sizeof(ping);
        while (sent && !answered && poll(polls, 2, SELF_TEST_MS) > 0) {
            if (polls[0].revents != 0) {
                endpoint_process(endpoint);
            }
            answered = endpoint->secure != NULL
                           ? endpoint->received > 0
                           : polls[1].revents != 0 &&
                                 recv(fd, answer, sizeof(answer), 0) > 0;
        }
    }
    if (fd >= 0) {
        (void)close(fd); /* its work is done */
    }
    bool tapped = endpoint->received > 0 && endpoint->mended > 0;
    if (endpoint->secure == NULL) {
        tapped = tapped && endpoint->sent > 0 && endpoint->gated > 0 &&
                 endpoint->copied > 0;
    } else if (secure_has_keys(endpoint->secure)) {
        tapped = tapped && endpoint_self_test_dtls(endpoint, &target);
    }
    endpoint->received = 0;
    endpoint->unread = RECORDS_OTHER;
    endpoint->last_peer[0] = '\0';
    endpoint->last_length = 0;
    event_queue_release(endpoint->config.queue);
    event_queue_init(endpoint->config.queue);
    return answered && tapped
               ? STATUS_OK
               : reason_set(reason, STATUS_NETWORK, "self-test on %s: %s",
                            endpoint->address,
                            answered ? "messages bypass the taps"
                                     : "no answer to a request");
}
