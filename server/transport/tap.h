/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_TAP_H
#define SERVER_TRANSPORT_TAP_H

/*
 * Every message of libcoap passes here: the linker sends libcoap's calls of
 * sendmsg() and recvmsg(), and of mbedtls_ssl_read() and mbedtls_ssl_write()
 * for what is inside of DTLS, to us (-Wl,--wrap), because libcoap hides empty
 * ACKs and retransmissions from the application. bind() is wrapped as well: a
 * datagram socket gets a receive buffer for many devices.
 */
#include <coap3/coap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "server/event.h"

enum tap_layer {
    TAP_DATAGRAM, /**< UDP: CoAP, or a DTLS record */
    TAP_CLEAR,    /**< a CoAP message inside of DTLS */
    TAP_CUT,      /**< a datagram that is too long; nobody else sees it */
};

/**
 * @param peer    address of the other side
 * @param port    our own port
 * @param bytes   the datagram or message, as it came or goes; TAP_CUT: its
 *                beginning
 * @param length  TAP_CUT: of the whole
 */
typedef void (*tap_fn)(enum tap_layer layer, enum server_direction direction,
                       const struct sockaddr *peer, uint16_t port,
                       const uint8_t *bytes, size_t length, void *user);
/** Called behind tap_fn for what arrived: it may change the bytes.
 *  @param interface  index of the one it came by; 0: not known
 *  @return how many of them anybody else is to see */
typedef size_t (*tap_mend_fn)(enum tap_layer layer, const struct sockaddr *peer,
                              uint16_t port, int interface, uint8_t *bytes,
                              size_t length, void *user);

/** Called before a message leaves: it may be exchanged for another one, on loan
 *  until the next call.
 *  @return false: it does not leave, and libcoap does not learn of that */
typedef bool (*tap_gate_fn)(enum tap_layer layer, const struct sockaddr *peer,
                            uint16_t port, int interface, const uint8_t **bytes,
                            size_t *length, void *user);

/** Called behind tap_fn for a message that left, not for records of DTLS.
 *  @return how often it goes out once more */
typedef unsigned (*tap_copies_fn)(enum tap_layer layer, uint16_t port,
                                  const uint8_t *bytes, size_t length,
                                  void *user);

/** Who is called; NULL: nobody. */
struct tap_receiver {
    tap_fn on_datagram;
    tap_mend_fn mend;
    tap_gate_fn gate;
    tap_copies_fn copies;
    void *user;
};

/** Set the one receiver, NULL for none. Process-wide, as wrapping is. */
void tap_set(const struct tap_receiver *receiver);
/** Remove the receiver with this `user`; another one stays. */
void tap_clear(const void *user);

/** A socket in which nothing is left is not read again until tap_end_turn(). */
void tap_begin_turn(void);
/** @return how many sockets were read until nothing was left */
size_t tap_end_turn(void);

/** Send from our `port` past libcoap and past gate and copies; tap_fn sees it.
 *  @return false: it could not be sent */
bool tap_send_datagram(const struct sockaddr *peer, uint16_t port,
                       const uint8_t *bytes, size_t length);
/** The same inside of the DTLS of a session. */
bool tap_send_clear(coap_session_t *session, const uint8_t *bytes,
                    size_t length);

#endif
