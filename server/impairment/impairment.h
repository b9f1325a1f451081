/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_IMPAIRMENT_IMPAIRMENT_H
#define SERVER_IMPAIRMENT_IMPAIRMENT_H

/*
 * A bad network: a UDP relay between devices and one port of ours, in the same
 * loop. It loses, repeats, delays and reorders datagrams, both ways, disturbs
 * DTLS handshakes, cuts devices off and gives them another address, all by a
 * seed: each address of a device has a network of its own, which another
 * device does not change. To the port behind it every device comes from an
 * address of the relay's. Messages inside of DTLS are hooks.h's.
 * Spec: libcoap.md, section 4.
 */
#include <stdbool.h>
#include <stdint.h>

#include "server/transport/loop.h"

#define RELAY_PEERS_MAX                                                        \
    512                        /**< addresses of devices; the one that was
                                    quiet longest makes room */
#define RELAY_DELAYED_MAX 4096 /**< datagrams on their way; more are lost */
#define RELAY_DELAYED_BYTES                                                    \
    (16u << 20) /**< of them all; a datagram that has no room is lost */
#define RELAY_DELAY_MAX 60000 /**< ms */
#define RELAY_FLIGHTS   6     /**< of a DTLS 1.2 handshake: RFC 6347, 4.2.4 */

/** What happens to datagrams. All zero: nothing. */
struct impairment {
    unsigned loss;      /**< of 10000 */
    unsigned duplicate; /**< of 10000 */
    unsigned reorder;   /**< of 10000: held back by up to 20 ms */
    uint32_t delay_ms;
    uint32_t jitter_ms; /**< 0 to so much more */
    uint32_t size;      /**< longer datagrams are lost; 0: none */
    /** Of these flights, one bit each (1 << flight), the first datagram of an
     *  address is lost, is damaged, or is there twice. */
    unsigned drop_flights;
    unsigned damage_flights;
    unsigned repeat_flights;
    uint64_t seed;
};

/** Words of impairment_parse(), for help and errors. */
#define IMPAIRMENT_WORDS                                                       \
    "loss=N%, duplicate=N%, reorder=N%, delay=Nms, jitter=Nms, size=N, "       \
    "drop-flight=N, damage-flight=N, repeat-flight=N"

/**
 * Read "loss=2%,duplicate=0.5%,reorder=1%,delay=20ms,jitter=10ms,size=600,
 * drop-flight=4"; "none" for nothing. A flight may be named several times.
 *
 * @param out_impairment  its seed is left as it is
 * Errors: STATUS_MALFORMED: what was found and the allowed words.
 */
MUST_CHECK
enum status impairment_parse(const char *text,
                             struct impairment *out_impairment,
                             struct reason *reason);

struct relay_counts {
    uint64_t datagrams; /**< that came, from both sides */
    uint64_t lost;
    uint64_t doubled;
    uint64_t delayed;
    uint64_t damaged;
    uint64_t moved; /**< devices that got another address */
};

struct relay;

/**
 * @param loop     borrowed; must outlive the relay
 * @param address  numeric, to listen on and where the target is
 * @param port     to listen on; 0: any free one
 * @param target   port on the same address, where the datagrams go
 * Errors: STATUS_NETWORK, STATUS_INVALID (address), STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status relay_new(struct loop *loop, const char *address, uint16_t port,
                      uint16_t target, const struct impairment *impairment,
                      struct relay **out_relay, struct reason *reason);
/** What is on its way is lost. Accepts NULL; before loop_free(). */
void relay_free(struct relay *relay);
uint16_t relay_port(const struct relay *relay);
/** From now on the network is this one, drawn by its seed; NULL: as relay_new()
 *  had it. What is on its way arrives as it was to. */
void relay_set(struct relay *relay, const struct impairment *impairment);
/**
 * Nothing passes any more, or everything again.
 *
 * @param upstream  port by which the device comes to the target; 0: all, those
 *                  that are not there yet, too
 * @return false: no device comes by that port
 */
bool relay_cut(struct relay *relay, uint16_t upstream, bool is_cut);
/** The device comes by another port from now on, and what is sent to the old
 *  one is lost, as behind a NAT that forgot it.
 *  @param upstream  0: all that are there
 *  @return false: no device comes by that port, or there is no other one */
bool relay_move(struct relay *relay, uint16_t upstream);
void relay_count(const struct relay *relay, struct relay_counts *out_counts);

#endif
