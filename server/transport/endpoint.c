/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <mbedtls/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "server/transport/endpoint_private.h"
#include "server/transport/tap.h"

enum {
    PERIOD_MS = 1000, /* looking after overdue exchanges */
    COAP_VERSION_1 = 1,
};

uint64_t endpoint_now_ms(const struct endpoint *endpoint)
{
    return loop_now_ms(endpoint->config.loop);
}

/** Append a number of up to five digits. @return where it ends */
static char *put_number(char *at, unsigned number)
{
    unsigned unit = 1;

    while (number / unit >= 10) {
        unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
        *at++ = (char)('0' + number / unit % 10);
    }
    return at;
}

/** By hand, as several are made for each message. */
static void put_ipv4(const struct sockaddr_in *address, char *at)
{
    const uint32_t host = ntohl(address->sin_addr.s_addr);

    for (unsigned shift = 24;; shift -= 8) {
        at = put_number(at, host >> shift & 0xff);
        *at++ = shift > 0 ? '.' : ':';
        if (shift == 0) {
            break;
        }
    }
    *put_number(at, ntohs(address->sin_port)) = '\0';
}

/** "127.0.0.1:40123" or "[::1]:40123"; returns `text`. */
char *endpoint_address_text(const struct sockaddr *address,
                            char text[ENDPOINT_ADDRESS_MAX])
{
    char host[INET6_ADDRSTRLEN] = "?";
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;

    if (address->sa_family == AF_INET6) {
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
        (void)snprintf(text, ENDPOINT_ADDRESS_MAX, "[%s]:%u", host,
                       ntohs(v6->sin6_port));
    } else {
        put_ipv4(v4, text);
    }
    return text;
}

/**
 * Stop libcoap's retransmissions on the sessions of ended registrations: a
 * stimulus must not reach a restarted device once more, and with NSTART 1 a
 * dead request would hold back the requests of the new registration. Not from
 * libcoap's handlers, which still use the session.
 */
static void silence_sessions(struct endpoint *endpoint)
{
    while (endpoint->done_count > 0) {
        coap_session_t *session = endpoint->done[--endpoint->done_count];
        coap_session_disconnected(session, COAP_NACK_NOT_DELIVERABLE);
        coap_session_release(session);
    }
}

/**
 * One turn of libcoap by its public epoll calls. libcoap reads one datagram
 * per event, so each event is repeated: empty reads are silent. When many come
 * it is repeated more often, as each turn has its price, too.
 *
 * @return whether more may be there
 */
static bool turn(struct endpoint *endpoint)
{
    struct epoll_event events[ENDPOINT_TURN_EVENTS];
    struct epoll_event many[ENDPOINT_TURN_EVENTS * ENDPOINT_BATCH];
    size_t count = 0;
    coap_tick_t now = 0;
    int ready = epoll_wait(coap_context_get_coap_fd(endpoint->context), events,
                           ENDPOINT_TURN_EVENTS, 0);
    size_t sockets = 0;

    tap_begin_turn();
    endpoint->is_inside = true;
    for (int i = 0; i < ready; i++) {
        size_t times = events[i].data.ptr != NULL ? endpoint->batch : 1;
        sockets += events[i].data.ptr != NULL ? 1 : 0; /* else: its timer */
        for (size_t j = 0; j < times; j++) {
            many[count++] = events[i];
        }
    }
    if (count > 0) {
        coap_io_do_epoll(endpoint->context, many, count);
    } else {
        coap_ticks(&now);
        (void)coap_io_prepare_epoll(endpoint->context,
                                    now); /* its timer is in the descriptor */
    }
    endpoint->is_inside = false;
    intake_settle(endpoint);
    silence_sessions(endpoint);
    const bool is_more =
        tap_end_turn() < sockets || ready == ENDPOINT_TURN_EVENTS;
    endpoint->batch = is_more ? endpoint->batch * 2 : endpoint->batch / 2;
    endpoint->batch = endpoint->batch > ENDPOINT_BATCH ? ENDPOINT_BATCH
                      : endpoint->batch < ENDPOINT_BATCH_FIRST
                          ? ENDPOINT_BATCH_FIRST
                          : endpoint->batch;
    return is_more;
}

void endpoint_process(struct endpoint *endpoint)
{
    /* What waits in the sockets is read before a limit is told of, as far as
     * that does not keep everything else waiting. */
    for (int i = 0; i < ENDPOINT_ROUNDS && turn(endpoint); i++) {
    }
    responses_expire(endpoint);
}

static void on_ready(void *user)
{
    endpoint_process(user);
}

static bool parse_address(const char *text, uint16_t port,
                          coap_address_t *out_address)
{
    coap_address_init(out_address);
    if (inet_pton(AF_INET, text, &out_address->addr.sin.sin_addr) == 1) {
        out_address->addr.sin.sin_family = AF_INET;
        out_address->addr.sin.sin_port = htons(port);
        out_address->size = sizeof(out_address->addr.sin);
        return true;
    }
    if (inet_pton(AF_INET6, text, &out_address->addr.sin6.sin6_addr) == 1) {
        out_address->addr.sin6.sin6_family = AF_INET6;
        out_address->addr.sin6.sin6_port = htons(port);
        out_address->size = sizeof(out_address->addr.sin6);
        return true;
    }
    return false;
}

/** Bind and close again: libcoap does not say why it could not bind, and 0 is
 *  no port that it would tell. */
static enum status probe_port(coap_address_t *address, uint16_t *out_port,
                              struct reason *reason)
{
    char text[ENDPOINT_ADDRESS_MAX];
    struct sockaddr_storage bound;
    socklen_t size = sizeof(bound);
    int fd = socket(address->addr.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    enum status status = STATUS_OK;

    if (fd < 0 || bind(fd, &address->addr.sa, address->size) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &size) != 0) {
        status = reason_set(reason, STATUS_NETWORK, "cannot listen on %s: %s",
                            endpoint_address_text(&address->addr.sa, text),
                            strerror(errno));
    } else if (bound.ss_family == AF_INET6) {
        *out_port = ntohs(((struct sockaddr_in6 *)&bound)->sin6_port);
    } else {
        *out_port = ntohs(((struct sockaddr_in *)&bound)->sin_port);
    }
    if (fd >= 0) {
        (void)close(fd); /* nothing was sent */
    }
    return status;
}

static void on_log(coap_log_t level, const char *message)
{
    (void)level; /* what matters comes as events */
    (void)message;
}

static void set_port(coap_address_t *address, uint16_t port)
{
    if (address->addr.sa.sa_family == AF_INET6) {
        address->addr.sin6.sin6_port = htons(port);
    } else {
        address->addr.sin.sin_port = htons(port);
    }
}

enum status endpoint_listen(struct endpoint *endpoint,
                            const coap_address_t *address, const char *text,
                            coap_proto_t protocol, struct reason *reason)
{
    coap_endpoint_t *listener =
        coap_new_endpoint(endpoint->context, address, protocol);

    if (listener == NULL) {
        return reason_set(reason, STATUS_NETWORK, "cannot listen on %s", text);
    }
    coap_endpoint_set_default_mtu(listener, ENDPOINT_DATAGRAM_MAX);
    return STATUS_OK;
}

bool endpoint_listen_on_ipv6(struct endpoint *endpoint,
                             const coap_address_t *address, uint16_t port,
                             coap_proto_t protocol)
{
    coap_address_t loopback;
    bool is_loopback =
        address->addr.sa.sa_family == AF_INET &&
        ntohl(address->addr.sin.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;

    return is_loopback && parse_address("::1", port, &loopback) &&
           endpoint_listen(endpoint, &loopback, "[::1]", protocol, NULL) ==
               STATUS_OK;
}

enum status endpoint_bind(const struct endpoint *endpoint, uint16_t port,
                          coap_address_t *out_address, uint16_t *out_port,
                          struct reason *reason)
{
    char host[ENDPOINT_ADDRESS_MAX];

    /* "127.0.0.1:5683" or "[::1]:5683", without brackets and port */
    const bool has_brackets = endpoint->address[0] == '[';
    (void)snprintf(host, sizeof(host), "%s",
                   endpoint->address + (has_brackets ? 1 : 0)); /* fits */
    *strrchr(host, has_brackets ? ']' : ':') = '\0';
    (void)parse_address(host, port, out_address); /* we wrote it */
    enum status status = probe_port(out_address, out_port, reason);
    if (status == STATUS_OK) {
        set_port(out_address, *out_port);
    }
    return status;
}

/** The port of files, that of another LwM2M server, and [::1]. */
static enum status listen_on_more(struct endpoint *endpoint,
                                  const coap_address_t *address,
                                  coap_proto_t protocol, struct reason *reason)
{
    coap_address_t more = *address;

    set_port(&more, endpoint->second_port);
    enum status status = endpoint_listen(
        endpoint, &more, endpoint->second_address, COAP_PROTO_UDP, reason);
    if (status == STATUS_OK && endpoint->config.has_other) {
        set_port(&more, endpoint->other_port);
        status = endpoint_listen(endpoint, &more, endpoint->other_address,
                                 protocol, reason);
    }
    endpoint->has_ipv6 =
        status == STATUS_OK &&
        endpoint_listen_on_ipv6(endpoint, address, endpoint->second_port,
                                COAP_PROTO_UDP);
    return status;
}

static enum status open_context(struct endpoint *endpoint,
                                coap_address_t *address, struct reason *reason)
{
    static const coap_request_t methods[] = {
        COAP_REQUEST_GET,    COAP_REQUEST_POST,  COAP_REQUEST_PUT,
        COAP_REQUEST_DELETE, COAP_REQUEST_FETCH, COAP_REQUEST_PATCH,
        COAP_REQUEST_IPATCH,
    };
    coap_startup();
    coap_set_log_handler(on_log);
    coap_context_t *context = coap_new_context(NULL);

    endpoint->context = context;
    if (context == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "no CoAP context");
    }
    coap_context_set_app_data(context, endpoint);
    /* Who only knocks makes room for the next, also in the middle of a
     * handshake: refused after 100 for 30 s, as is libcoap's way, a good
     * device would be kept out by a flood. The second limit is above the
     * first, which removes; it would refuse. Handshakes that have only begun
     * are in neither: knocks.h. */
    coap_context_set_max_idle_sessions(context, ENDPOINT_STRANGERS_MAX);
    coap_context_set_max_handshake_sessions(context,
                                            2 * ENDPOINT_STRANGERS_MAX);
    /* A device need not remember a FETCH between its blocks: the body goes
     * along with each. */
    coap_context_set_block_mode(
        context, COAP_BLOCK_USE_LIBCOAP | COAP_BLOCK_SINGLE_BODY |
                     COAP_BLOCK_NO_PREEMPTIVE_RTAG | COAP_BLOCK_STLESS_FETCH);
    enum status status = endpoint->secure != NULL
                             ? secure_set(endpoint->secure, context, reason)
                             : STATUS_OK;
    if (status != STATUS_OK) {
        return status;
    }
    const coap_proto_t protocol =
        endpoint->secure != NULL ? COAP_PROTO_DTLS : COAP_PROTO_UDP;
    status =
        endpoint_listen(endpoint, address, endpoint->address, protocol, reason);
    if (status == STATUS_OK) {
        status = listen_on_more(endpoint, address, protocol, reason);
    }
    coap_resource_t *any = status == STATUS_OK
                               ? coap_resource_unknown_init2(incoming_handle, 0)
                               : NULL;
    if (status != STATUS_OK || any == NULL) {
        return status != STATUS_OK
                   ? status
                   : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        coap_register_handler(any, methods[i], incoming_handle);
    }
    coap_add_resource(context, any);
    coap_register_response_handler(context, responses_handle);
    coap_register_nack_handler(context, responses_nack);
    coap_register_event_handler(context, responses_event);
    coap_prng(&endpoint->token_base, sizeof(endpoint->token_base));
    return loop_watch(endpoint->config.loop, coap_context_get_coap_fd(context),
                      PERIOD_MS, on_ready, endpoint, reason);
}

/** Which ports these are, and how they are written. `address` has the first
 *  one, then. */
static enum status find_ports(struct endpoint *endpoint,
                              coap_address_t *address, struct reason *reason)
{
    const struct endpoint_config *config = &endpoint->config;
    enum status status = probe_port(address, &endpoint->port, reason);

    if (status == STATUS_OK) {
        set_port(address, config->second_port);
        status = probe_port(address, &endpoint->second_port, reason);
    }
    if (status == STATUS_OK && config->has_other) {
        set_port(address, config->other_port);
        status = probe_port(address, &endpoint->other_port, reason);
        set_port(address, endpoint->other_port);
        endpoint_address_text(&address->addr.sa, endpoint->other_address);
    }
    set_port(address, endpoint->second_port);
    endpoint_address_text(&address->addr.sa, endpoint->second_address);
    set_port(address, endpoint->port);
    endpoint_address_text(&address->addr.sa, endpoint->address);
    return status;
}

enum status endpoint_new(const struct endpoint_config *config,
                         struct endpoint **out_endpoint, struct reason *reason)
{
    coap_address_t address;

    if (!parse_address(config->address, config->port, &address)) {
        return reason_set(reason, STATUS_INVALID,
                          "'%s' is no numeric IP address", config->address);
    }
    struct endpoint *endpoint = calloc(1, sizeof(*endpoint));
    if (endpoint == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    endpoint->config = *config;
    endpoint->batch = ENDPOINT_BATCH_FIRST;
    enum status status =
        config->security != NULL
            ? secure_new(config->security, &endpoint->secure, reason)
            : STATUS_OK;
    if (status == STATUS_OK) {
        status = find_ports(endpoint, &address, reason);
    }
    if (status == STATUS_OK) {
        status = open_context(endpoint, &address, reason);
    }
    if (status == STATUS_OK) {
        tap_set(&(struct tap_receiver){ .on_datagram = intake_tap,
                                        .mend = intake_mend,
                                        .gate = intake_gate,
                                        .copies = intake_copies,
                                        .user = endpoint });
        status = endpoint_self_test(endpoint, &address, reason);
    }
    if (status != STATUS_OK) {
        endpoint_free(endpoint);
        return status;
    }
    *out_endpoint = endpoint;
    return STATUS_OK;
}

void endpoint_free(struct endpoint *endpoint)
{
    if (endpoint == NULL) {
        return;
    }
    wire_release(endpoint);
    if (endpoint->context != NULL) {
        coap_free_context(endpoint->context); /* it still sends: taps stay */
        tap_clear(endpoint);
        coap_cleanup();
    }
    secure_free(endpoint->secure);
    extra_ports_release(endpoint);
    exchange_release(&endpoint->exchanges);
    uploads_release(&endpoint->uploads);
    free(endpoint);
}

uint16_t endpoint_port(const struct endpoint *endpoint)
{
    return endpoint->port;
}

bool endpoint_has_ipv6(const struct endpoint *endpoint)
{
    return endpoint->has_ipv6;
}

uint16_t endpoint_second_port(const struct endpoint *endpoint)
{
    return endpoint->second_port;
}

uint16_t endpoint_other_port(const struct endpoint *endpoint)
{
    return endpoint->other_port;
}

bool endpoint_session_host(void *session, char host[ENDPOINT_ADDRESS_MAX])
{
    const coap_address_t *address = coap_session_get_addr_local(session);

    if (address == NULL || coap_is_mcast(address)) {
        return false;
    }
    endpoint_address_text(&address->addr.sa, host);
    *strrchr(host, ':') = '\0'; /* the port */
    return true;
}

uint16_t endpoint_session_peer_port(void *session)
{
    const coap_address_t *address = coap_session_get_addr_remote(session);

    return ntohs(address->addr.sa.sa_family == AF_INET6
                     ? address->addr.sin6.sin6_port
                     : address->addr.sin.sin_port);
}

bool endpoint_session_is_at(void *session, const struct sockaddr *peer)
{
    const struct sockaddr *at = &coap_session_get_addr_remote(session)->addr.sa;
    const struct sockaddr_in *v4[2] = { (const void *)at, (const void *)peer };
    const struct sockaddr_in6 *v6[2] = { (const void *)at, (const void *)peer };

    if (at->sa_family != peer->sa_family) {
        return false;
    }
    return at->sa_family == AF_INET6
               ? v6[0]->sin6_port == v6[1]->sin6_port &&
                     memcmp(&v6[0]->sin6_addr, &v6[1]->sin6_addr,
                            sizeof(v6[0]->sin6_addr)) == 0
               : v4[0]->sin_port == v4[1]->sin_port &&
                     v4[0]->sin_addr.s_addr == v4[1]->sin_addr.s_addr;
}

coap_session_t *endpoint_session_at(const struct endpoint *endpoint,
                                    const struct sockaddr *peer, uint16_t port,
                                    int interface)
{
    coap_address_t remote;

    coap_address_init(&remote);
    if (peer->sa_family == AF_INET6) {
        memcpy(&remote.addr.sin6, peer, sizeof(remote.addr.sin6));
        remote.size = sizeof(remote.addr.sin6);
    } else {
        memcpy(&remote.addr.sin, peer, sizeof(remote.addr.sin));
        remote.size = sizeof(remote.addr.sin);
    }
    /* A device that comes to two of our ports from one socket has two sessions
     * with this address, of which libcoap names one. */
    coap_session_t *session =
        coap_session_get_by_peer(endpoint->context, &remote, interface);
    return session != NULL && endpoint_session_port(session) == port ? session
                                                                     : NULL;
}

void endpoint_session_keep(void *session)
{
    (void)coap_session_reference(session); /* returns its argument */
}

void endpoint_session_release(void *session)
{
    coap_session_release(session);
}

/** "… POST /rd ?ep=x (4.00)": the datagram, and how it was answered. */
static void describe_last(struct endpoint *endpoint)
{
    char *text = endpoint->last_what;
    const size_t size = sizeof(endpoint->last_what);
    char answer[64] = " (not answered)";

    if (endpoint->last_cut > 0) {
        (void)snprintf(answer, sizeof(answer),
                       " (dropped: %zu bytes, at most %d are read)",
                       endpoint->last_cut, ENDPOINT_DATAGRAM_MAX);
    } else if (endpoint->last_is_answered && endpoint->last_answer == 0) {
        (void)snprintf(answer, sizeof(answer), " (answered by Reset)");
    } else if (endpoint->last_is_answered) {
        (void)snprintf(answer, sizeof(answer), " (answered %u.%02u)",
                       endpoint->last_answer >> 5u,
                       endpoint->last_answer & 0x1fu);
    }
    if (endpoint->last_is_record) {
        (void)snprintf(text, size, "%s",
                       endpoint->last_length > 0 &&
                               endpoint->last_bytes[0] >> 6 == COAP_VERSION_1
                           ? "CoAP without DTLS, which coaps is to have"
                           : "a record of a DTLS handshake that did not end; "
                             "are identity and key the same on both sides?");
        return;
    }
    (void)message_text(endpoint->last_bytes, endpoint->last_length, text,
                       size - strlen(answer));
    (void)snprintf(text + strlen(text), size - strlen(text), "%s", answer);
}

void endpoint_seen(struct endpoint *endpoint, uint64_t *out_count,
                   const char **out_peer, const char **out_what)
{
    if (endpoint->received > 0) {
        describe_last(endpoint);
    }
    *out_count = endpoint->received;
    *out_peer = endpoint->last_peer;
    *out_what = endpoint->last_what;
}

void endpoint_abandon(struct endpoint *endpoint, const void *session,
                      bool is_left, const char *why)
{
    struct exchange *row = endpoint->exchanges.first;

    while (row != NULL) {
        struct exchange *next = row->next;
        if (row->session == session && row->is_open) {
            responses_failure(endpoint, row, SERVER_SESSION_LOST, why);
        } else if (row->session == session) {
            exchange_remove(&endpoint->exchanges, row);
        }
        row = next;
    }
    if ((is_left || endpoint->secure == NULL) &&
        endpoint->done_count < ENDPOINT_DONE) {
        endpoint->done[endpoint->done_count++] =
            coap_session_reference((coap_session_t *)(uintptr_t)session);
    }
    if (!endpoint->is_inside) {
        silence_sessions(endpoint);
    }
}

const char *endpoint_library_versions(void)
{
    return "libcoap " LIBCOAP_PACKAGE_VERSION
           ", Mbed TLS " MBEDTLS_VERSION_STRING;
}
