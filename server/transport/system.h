/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_SYSTEM_H
#define SERVER_TRANSPORT_SYSTEM_H

/*
 * Calls that libcoap makes for each message and that need not reach the system
 * each time. With a package in blocks of 1 KiB they would be half of what a
 * block costs.
 *
 * timerfd_settime() is wrapped (-Wl,--wrap): libcoap puts its timer off several
 * times for a message. A timer that is set already and rings earlier is left as
 * it is: libcoap looks what is due whenever it rings, and sets it anew.
 */
#include <stddef.h>

/** Before another context is made: its timer may have the same descriptor. */
void system_timer_forget(void);

/** Random bytes of the system, fetched many at a time. For coap_set_prng().
 *  @return 1; 0 when there are none */
int system_random(void *bytes, size_t length);

#endif
