/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_RECORDS_H
#define SERVER_TRANSPORT_RECORDS_H

/*
 * Private to server/transport: the outside of DTLS records. libcoap and Mbed
 * TLS drop what they cannot read without a word, as RFC 6347, 4.1.2.7 wants;
 * somebody whose device does not get through wants to know.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What must come of a datagram, unless it is dropped. */
enum records_kind {
    RECORDS_OTHER, /**< maybe nothing */
    RECORDS_DATA,  /**< a message in clear */
    RECORDS_HELLO, /**< an answer */
    RECORDS_CID,   /**< one of the two, or the end of the session: what is in a
                        record with a Connection ID is hidden */
};

/**
 * What is wrong with a datagram that should be DTLS 1.0 or 1.2, seen from
 * outside.
 *
 * @return NULL when nothing is
 */
const char *records_wrong(const uint8_t *bytes, size_t length,
                          enum records_kind *out_kind);

/** Whether it is a ClientHello without a cookie: the first of a handshake. */
bool records_is_first_hello(const uint8_t *bytes, size_t length);

#endif
