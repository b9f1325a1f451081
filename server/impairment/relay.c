/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "server/impairment/impairment.h"

#define DATAGRAM_MAX 65536
#define REORDER_MS   20
#define OF           10000 /* of how many datagrams an impairment speaks */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/** One address of a device, and the socket that stands for it. */
struct peer {
    uv_udp_t upstream;
    struct relay *relay;
    union address address;
    uint64_t heard_ms;
    unsigned delayed; /**< datagrams on their way that need it */
    struct peer *next;
};

/** A datagram on its way. */
struct delayed {
    uv_timer_t timer;
    struct relay *relay;
    struct peer *peer;
    bool to_device;
    struct delayed *next;
    size_t length;
    char bytes[];
};

struct relay {
    uv_udp_t front;
    struct loop *loop;
    struct impairment impairment;
    union address target;
    union address any; /**< of the target, with port 0 */
    uint64_t random;
    struct peer *peers;
    size_t peer_count;
    struct delayed *delayed;
    size_t delayed_count;
    struct relay_counts counts;
    char buffer[DATAGRAM_MAX];
};

static bool happens(struct relay *relay, unsigned of_many)
{
    return of_many > 0 && random_next(&relay->random) % OF < of_many;
}

static bool is_same(const union address *one, const union address *other)
{
    if (one->any.sa_family != other->any.sa_family) {
        return false;
    }
    return one->any.sa_family == AF_INET
               ? one->v4.sin_port == other->v4.sin_port &&
                     one->v4.sin_addr.s_addr == other->v4.sin_addr.s_addr
               : one->v6.sin6_port == other->v6.sin6_port &&
                     memcmp(&one->v6.sin6_addr, &other->v6.sin6_addr,
                            sizeof(one->v6.sin6_addr)) == 0;
}

/* Sending. */

static void send_now(struct relay *relay, struct peer *peer, bool to_device,
                     const char *bytes, size_t length)
{
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);
    int sent =
        to_device
            ? uv_udp_try_send(&relay->front, &buffer, 1, &peer->address.any)
            : uv_udp_try_send(&peer->upstream, &buffer, 1, &relay->target.any);

    relay->counts.lost += sent < 0 ? 1 : 0; /* a full buffer loses, too */
}

static void free_delayed(uv_handle_t *handle)
{
    free(handle->data);
}

/** Out of the list, and closed. */
static void drop_delayed(struct delayed *delayed)
{
    struct delayed **at = &delayed->relay->delayed;

    while (*at != delayed) {
        at = &(*at)->next;
    }
    *at = delayed->next;
    delayed->relay->delayed_count--;
    delayed->peer->delayed--;
    uv_close((uv_handle_t *)&delayed->timer, free_delayed);
}

static void on_due(uv_timer_t *timer)
{
    struct delayed *delayed = timer->data;

    send_now(delayed->relay, delayed->peer, delayed->to_device, delayed->bytes,
             delayed->length);
    drop_delayed(delayed);
}

static void send_later(struct relay *relay, struct peer *peer, bool to_device,
                       const char *bytes, size_t length, uint64_t after_ms)
{
    struct delayed *delayed = relay->delayed_count < RELAY_DELAYED_MAX
                                  ? malloc(sizeof(*delayed) + length)
                                  : NULL;

    if (delayed == NULL) {
        relay->counts.lost++;
        return;
    }
    *delayed = (struct delayed){ .relay = relay,
                                 .peer = peer,
                                 .to_device = to_device,
                                 .next = relay->delayed,
                                 .length = length };
    memcpy(delayed->bytes, bytes, length);
    (void)uv_timer_init(loop_uv(relay->loop), &delayed->timer); /* works */
    delayed->timer.data = delayed;
    relay->delayed = delayed;
    relay->delayed_count++;
    relay->counts.delayed++;
    peer->delayed++;
    (void)uv_timer_start(&delayed->timer, on_due, after_ms, 0); /* has cb */
}

static void forward(struct relay *relay, struct peer *peer, bool to_device,
                    const char *bytes, size_t length)
{
    const struct impairment *impairment = &relay->impairment;
    unsigned copies = 1;

    relay->counts.datagrams++;
    peer->heard_ms = loop_now_ms(relay->loop);
    if (happens(relay, impairment->loss)) {
        relay->counts.lost++;
        return;
    }
    if (happens(relay, impairment->duplicate)) {
        relay->counts.doubled++;
        copies = 2;
    }
    for (unsigned i = 0; i < copies; i++) {
        uint64_t after_ms = impairment->delay_ms;
        if (impairment->jitter_ms > 0) {
            after_ms +=
                random_next(&relay->random) % (impairment->jitter_ms + 1);
        }
        if (happens(relay, impairment->reorder)) {
            after_ms += 1 + random_next(&relay->random) % REORDER_MS;
        }
        if (after_ms == 0) {
            send_now(relay, peer, to_device, bytes, length);
        } else {
            send_later(relay, peer, to_device, bytes, length, after_ms);
        }
    }
}

/* Receiving. */

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct relay *relay = handle->data;

    (void)suggested;
    *buffer = uv_buf_init(relay->buffer, sizeof(relay->buffer));
}

static void on_allocate_upstream(uv_handle_t *handle, size_t suggested,
                                 uv_buf_t *buffer)
{
    struct peer *peer = handle->data;

    (void)suggested;
    *buffer = uv_buf_init(peer->relay->buffer, sizeof(peer->relay->buffer));
}

static void on_upstream(uv_udp_t *handle, ssize_t length,
                        const uv_buf_t *buffer, const struct sockaddr *from,
                        unsigned flags)
{
    struct peer *peer = handle->data;

    (void)flags;
    if (length >= 0 && from != NULL) {
        forward(peer->relay, peer, true, buffer->base, (size_t)length);
    }
}

static void free_peer(uv_handle_t *handle)
{
    free(handle->data);
}

static void drop_peer(struct relay *relay, struct peer *peer)
{
    struct peer **at = &relay->peers;

    while (*at != peer) {
        at = &(*at)->next;
    }
    *at = peer->next;
    relay->peer_count--;
    uv_close((uv_handle_t *)&peer->upstream, free_peer);
}

/** Make room: the one that was quiet longest, and has nothing on its way. */
static bool drop_quietest(struct relay *relay)
{
    struct peer *quietest = NULL;

    for (struct peer *peer = relay->peers; peer != NULL; peer = peer->next) {
        if (peer->delayed == 0 &&
            (quietest == NULL || peer->heard_ms < quietest->heard_ms)) {
            quietest = peer;
        }
    }
    if (quietest == NULL) {
        return false;
    }
    drop_peer(relay, quietest);
    return true;
}

static struct peer *add_peer(struct relay *relay, const union address *address)
{
    if (relay->peer_count == RELAY_PEERS_MAX && !drop_quietest(relay)) {
        return NULL;
    }
    struct peer *peer = calloc(1, sizeof(*peer));
    if (peer == NULL) {
        return NULL;
    }
    peer->relay = relay;
    peer->address = *address;
    (void)uv_udp_init(loop_uv(relay->loop), &peer->upstream); /* works */
    peer->upstream.data = peer;
    peer->next = relay->peers;
    relay->peers = peer;
    relay->peer_count++;
    if (uv_udp_bind(&peer->upstream, &relay->any.any, 0) != 0 ||
        uv_udp_recv_start(&peer->upstream, on_allocate_upstream, on_upstream) !=
            0) {
        drop_peer(relay, peer);
        return NULL;
    }
    return peer;
}

static void on_front(uv_udp_t *handle, ssize_t length, const uv_buf_t *buffer,
                     const struct sockaddr *from, unsigned flags)
{
    struct relay *relay = handle->data;
    union address address = { .any = { .sa_family = AF_UNSPEC } };

    (void)flags;
    if (length < 0 || from == NULL) {
        return;
    }
    memcpy(&address, from,
           from->sa_family == AF_INET ? sizeof(address.v4)
                                      : sizeof(address.v6));
    struct peer *peer = relay->peers;
    while (peer != NULL && !is_same(&peer->address, &address)) {
        peer = peer->next;
    }
    if (peer == NULL) {
        peer = add_peer(relay, &address);
    }
    if (peer != NULL) {
        forward(relay, peer, false, buffer->base, (size_t)length);
    } else {
        relay->counts.lost++;
    }
}

/* Life. */

static bool read_address(const char *text, uint16_t port,
                         union address *out_address)
{
    *out_address = (union address){ .any = { .sa_family = AF_UNSPEC } };
    return uv_ip4_addr(text, port, &out_address->v4) == 0 ||
           uv_ip6_addr(text, port, &out_address->v6) == 0;
}

static void free_relay(uv_handle_t *handle)
{
    free(handle->data);
}

enum status relay_new(struct loop *loop, const char *address, uint16_t port,
                      uint16_t target, const struct impairment *impairment,
                      struct relay **out_relay, struct reason *reason)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    union address front;

    if (relay == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (!read_address(address, port, &front) ||
        !read_address(address, target, &relay->target) ||
        !read_address(address, 0, &relay->any)) {
        free(relay);
        return reason_set(reason, STATUS_INVALID, "relay: no address: %s",
                          address);
    }
    relay->loop = loop;
    relay->impairment = *impairment;
    relay->random = impairment->seed;
    (void)uv_udp_init(loop_uv(loop), &relay->front); /* works */
    relay->front.data = relay;
    int error = uv_udp_bind(&relay->front, &front.any, 0);
    if (error == 0) {
        error = uv_udp_recv_start(&relay->front, on_allocate, on_front);
    }
    if (error != 0) {
        relay_free(relay);
        return reason_set(reason, STATUS_NETWORK, "relay: %s port %u: %s",
                          address, port, uv_strerror(error));
    }
    *out_relay = relay;
    return STATUS_OK;
}

void relay_free(struct relay *relay)
{
    if (relay == NULL) {
        return;
    }
    while (relay->delayed != NULL) {
        drop_delayed(relay->delayed);
    }
    while (relay->peers != NULL) {
        drop_peer(relay, relay->peers);
    }
    uv_close((uv_handle_t *)&relay->front, free_relay);
}

uint16_t relay_port(const struct relay *relay)
{
    union address address = { .any = { .sa_family = AF_UNSPEC } };
    int size = sizeof(address);

    (void)uv_udp_getsockname(&relay->front, &address.any, &size); /* is bound */
    return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port
                                                  : address.v6.sin6_port);
}

void relay_count(const struct relay *relay, struct relay_counts *out_counts)
{
    *out_counts = relay->counts;
}
