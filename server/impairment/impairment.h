/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_IMPAIRMENT_IMPAIRMENT_H
#define SERVER_IMPAIRMENT_IMPAIRMENT_H

/*
 * A bad network: a UDP relay between devices and one port of ours, in the same
 * loop. It loses, repeats, delays and reorders datagrams, both ways, by a seed.
 * To the port behind it every device comes from an address of the relay's.
 * Spec: libcoap.md, section 4.
 */
#include <stdint.h>

#include "server/transport/loop.h"

#define RELAY_PEERS_MAX                                                        \
    512                         /**< addresses of devices; the one that was
                                    quiet longest makes room */
#define RELAY_DELAYED_MAX 4096  /**< datagrams on their way; more are lost */
#define RELAY_DELAY_MAX   60000 /**< ms */

/** What happens to datagrams. All zero: nothing. */
struct impairment {
    unsigned loss;      /**< of 10000 */
    unsigned duplicate; /**< of 10000 */
    unsigned reorder;   /**< of 10000: held back by up to 20 ms */
    uint32_t delay_ms;
    uint32_t jitter_ms; /**< 0 to so much more */
    uint64_t seed;
};

/**
 * Read "loss=2%,duplicate=0.5%,reorder=1%,delay=20ms,jitter=10ms".
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
void relay_count(const struct relay *relay, struct relay_counts *out_counts);

#endif
