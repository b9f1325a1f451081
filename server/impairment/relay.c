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

struct peer;

/** The socket that stands for a device. It outlives the peer until libuv has
 *  closed it. */
struct upstream {
    uv_udp_t handle;
    struct relay *relay;
    struct peer *peer; /**< NULL: it is being closed */
};

/** One address of a device. */
struct peer {
    struct upstream *upstream;
    struct relay *relay;
    union address address;
    uint64_t number; /**< as many came before it */
    uint64_t heard_ms;
    uint64_t random[2]; /**< of its two directions */
    unsigned flights;   /**< of its handshake that were disturbed, a bit each */
    bool is_cut;
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
    struct impairment original; /**< relay_new()'s */
    union address target;
    union address any; /**< of the target, with port 0 */
    bool is_cut;
    uint64_t peer_number; /**< of the newest peer */
    struct peer *peers;
    size_t peer_count;
    struct delayed *delayed;
    size_t delayed_count;
    size_t delayed_bytes;
    struct relay_counts counts;
    char buffer[DATAGRAM_MAX];
};

static bool happens(uint64_t *random, unsigned of_many)
{
    return of_many > 0 && random_next(random) % OF < of_many;
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
    int sent = to_device ? uv_udp_try_send(&relay->front, &buffer, 1,
                                           &peer->address.any)
                         : uv_udp_try_send(&peer->upstream->handle, &buffer, 1,
                                           &relay->target.any);

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
    delayed->relay->delayed_bytes -= delayed->length;
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
    bool has_room = relay->delayed_count < RELAY_DELAYED_MAX &&
                    length <= RELAY_DELAYED_BYTES - relay->delayed_bytes;
    struct delayed *delayed =
        has_room ? malloc(sizeof(*delayed) + length) : NULL;

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
    relay->delayed_bytes += length;
    relay->counts.delayed++;
    peer->delayed++;
    (void)uv_timer_start(&delayed->timer, on_due, after_ms, 0); /* has cb */
}

/* What happens. */

static unsigned number(const char *bytes, size_t length)
{
    unsigned value = 0;

    for (size_t i = 0; i < length; i++) {
        value = value << 8 | (uint8_t)bytes[i];
    }
    return value;
}

/** The flight of a DTLS 1.2 handshake that a datagram begins with; 0: of none.
 *  RFC 6347, 4.1, 4.2.2 and 4.2.4. */
static unsigned flight_of(bool to_device, const char *bytes, size_t length)
{
    enum {
        CHANGE_CIPHER_SPEC = 20,
        HANDSHAKE = 22,
        CLIENT_HELLO = 1,
        HELLO_VERIFY_REQUEST = 3,
        EPOCH_AT = 3,
        TYPE_AT = 13,
        SEQUENCE_AT = 17,
    };
    const unsigned last = to_device ? 6 : 5;

    if (length <= TYPE_AT || (uint8_t)bytes[1] != 0xfe) {
        return 0;
    }
    if (bytes[0] == CHANGE_CIPHER_SPEC) {
        return last;
    }
    if (bytes[0] != HANDSHAKE || length <= SEQUENCE_AT + 1) {
        return 0;
    }
    if (number(bytes + EPOCH_AT, 2) > 0) {
        return last;
    }
    if (to_device) {
        return bytes[TYPE_AT] == HELLO_VERIFY_REQUEST ? 2 : 4;
    }
    return bytes[TYPE_AT] != CLIENT_HELLO        ? last
           : number(bytes + SEQUENCE_AT, 2) == 0 ? 1
                                                 : 3;
}

/** Another byte behind the headers of record and handshake, which are what it
 *  is known by. */
static void damage(struct relay *relay, uint64_t *random, char *bytes,
                   size_t length)
{
    enum { HEADERS = 25 };
    const size_t from = length > HEADERS ? HEADERS : length - 1;

    bytes[from + random_next(random) % (length - from)] ^= 0x5a;
    relay->counts.damaged++;
}

/**
 * Disturb a handshake.
 *
 * @return how many datagrams are left of this one
 */
static unsigned disturb(struct relay *relay, struct peer *peer, bool to_device,
                        char *bytes, size_t length)
{
    const struct impairment *impairment = &relay->impairment;
    const unsigned wanted = impairment->drop_flights |
                            impairment->damage_flights |
                            impairment->repeat_flights;
    const unsigned flight =
        wanted != 0 ? 1u << flight_of(to_device, bytes, length) : 1;

    if (flight == 1 || (wanted & flight) == 0 ||
        (peer->flights & flight) != 0) {
        return 1;
    }
    peer->flights |= flight;
    if ((impairment->drop_flights & flight) != 0) {
        return 0;
    }
    if ((impairment->damage_flights & flight) != 0) {
        damage(relay, &peer->random[to_device], bytes, length);
    }
    return (impairment->repeat_flights & flight) != 0 ? 2 : 1;
}

static void forward(struct relay *relay, struct peer *peer, bool to_device,
                    char *bytes, size_t length)
{
    const struct impairment *impairment = &relay->impairment;
    uint64_t *random = &peer->random[to_device];
    unsigned copies = 0;

    relay->counts.datagrams++;
    peer->heard_ms = loop_now_ms(relay->loop);
    /* Chance first: it goes by the seed alone. */
    if (!happens(random, impairment->loss) && !relay->is_cut && !peer->is_cut &&
        (impairment->size == 0 || length <= impairment->size)) {
        copies = disturb(relay, peer, to_device, bytes, length);
    }
    if (copies == 0) {
        relay->counts.lost++;
        return;
    }
    copies += happens(random, impairment->duplicate) ? 1 : 0;
    relay->counts.doubled += copies - 1;
    for (unsigned i = 0; i < copies; i++) {
        uint64_t after_ms = impairment->delay_ms;
        if (impairment->jitter_ms > 0) {
            after_ms += random_next(random) % (impairment->jitter_ms + 1);
        }
        if (happens(random, impairment->reorder)) {
            after_ms += 1 + random_next(random) % REORDER_MS;
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
    struct upstream *upstream = handle->data;

    (void)suggested;
    *buffer =
        uv_buf_init(upstream->relay->buffer, sizeof(upstream->relay->buffer));
}

static void on_upstream(uv_udp_t *handle, ssize_t length,
                        const uv_buf_t *buffer, const struct sockaddr *from,
                        unsigned flags)
{
    struct upstream *upstream = handle->data;

    (void)flags;
    if (length >= 0 && from != NULL && upstream->peer != NULL) {
        forward(upstream->relay, upstream->peer, true, buffer->base,
                (size_t)length);
    }
}

static void free_upstream(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_upstream(struct upstream *upstream)
{
    if (upstream != NULL) {
        upstream->peer = NULL;
        uv_close((uv_handle_t *)&upstream->handle, free_upstream);
    }
}

/** @return NULL: no memory, no port */
static struct upstream *open_upstream(struct peer *peer)
{
    struct upstream *upstream = calloc(1, sizeof(*upstream));

    if (upstream == NULL) {
        return NULL;
    }
    upstream->relay = peer->relay;
    upstream->peer = peer;
    (void)uv_udp_init(loop_uv(peer->relay->loop),
                      &upstream->handle); /* works */
    upstream->handle.data = upstream;
    if (uv_udp_bind(&upstream->handle, &peer->relay->any.any, 0) != 0 ||
        uv_udp_recv_start(&upstream->handle, on_allocate_upstream,
                          on_upstream) != 0) {
        close_upstream(upstream);
        return NULL;
    }
    return upstream;
}

static void drop_peer(struct relay *relay, struct peer *peer)
{
    struct peer **at = &relay->peers;

    while (*at != peer) {
        at = &(*at)->next;
    }
    *at = peer->next;
    relay->peer_count--;
    close_upstream(peer->upstream);
    free(peer);
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

/** By its number, not by its port: another run has other ports. */
static void seed(struct peer *peer, uint64_t seed)
{
    peer->random[0] = seed + 2 * peer->number;
    (void)random_next(&peer->random[0]);
    peer->random[1] = ~random_next(&peer->random[0]);
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
    peer->number = relay->peer_number++;
    seed(peer, relay->impairment.seed);
    peer->next = relay->peers;
    relay->peers = peer;
    relay->peer_count++;
    peer->upstream = open_upstream(peer);
    if (peer->upstream == NULL) {
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
    relay->original = *impairment;
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

static uint16_t port_of(const uv_udp_t *handle)
{
    union address address = { .any = { .sa_family = AF_UNSPEC } };
    int size = sizeof(address);

    (void)uv_udp_getsockname(handle, &address.any, &size); /* is bound */
    return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port
                                                  : address.v6.sin6_port);
}

uint16_t relay_port(const struct relay *relay)
{
    return port_of(&relay->front);
}

void relay_set(struct relay *relay, const struct impairment *impairment)
{
    relay->impairment = impairment != NULL ? *impairment : relay->original;
    for (struct peer *peer = relay->peers; peer != NULL; peer = peer->next) {
        peer->flights = 0;
        if (impairment != NULL) {
            seed(peer, impairment->seed);
        }
    }
}

static struct peer *find_upstream(const struct relay *relay, uint16_t port)
{
    struct peer *peer = relay->peers;

    while (peer != NULL && port_of(&peer->upstream->handle) != port) {
        peer = peer->next;
    }
    return peer;
}

bool relay_cut(struct relay *relay, uint16_t upstream, bool is_cut)
{
    struct peer *peer = upstream != 0 ? find_upstream(relay, upstream) : NULL;

    if (peer != NULL) {
        peer->is_cut = is_cut;
    } else if (upstream == 0) {
        relay->is_cut = is_cut;
    }
    for (peer = relay->peers; upstream == 0 && !is_cut && peer != NULL;
         peer = peer->next) {
        peer->is_cut = false; /* everything passes again */
    }
    return upstream == 0 || find_upstream(relay, upstream) != NULL;
}

static bool move(struct relay *relay, struct peer *peer)
{
    struct upstream *other = open_upstream(peer);

    if (other == NULL) {
        return false;
    }
    close_upstream(peer->upstream);
    peer->upstream = other;
    relay->counts.moved++;
    return true;
}

bool relay_move(struct relay *relay, uint16_t upstream)
{
    struct peer *peer = upstream != 0 ? find_upstream(relay, upstream) : NULL;
    bool has_moved = peer != NULL && move(relay, peer);

    for (peer = relay->peers; upstream == 0 && peer != NULL;
         peer = peer->next) {
        has_moved = move(relay, peer) || has_moved;
    }
    return has_moved;
}

void relay_count(const struct relay *relay, struct relay_counts *out_counts)
{
    *out_counts = relay->counts;
}
