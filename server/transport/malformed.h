/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_MALFORMED_H
#define SERVER_TRANSPORT_MALFORMED_H

/*
 * CoAP messages that no device may choke on. What RFC 7252 has it do:
 *
 *   bad-version       ignore it (3)
 *   token-length      a message format error: Reset, or nothing (3, 4.2)
 *   truncated-option  the same
 *   critical-option   4.02 (5.4.1)
 *   stray-ack         ignore it (4.2)
 *   stray-response    Reset, or nothing (5.3.2)
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum server_malformed {
    SERVER_BAD_VERSION,      /**< a GET of version 2 */
    SERVER_TOKEN_LENGTH,     /**< a GET with a token length of 15 */
    SERVER_TRUNCATED_OPTION, /**< a GET that ends within an option */
    SERVER_CRITICAL_OPTION,  /**< a GET of /3 with option 65001 */
    SERVER_STRAY_ACK,        /**< an empty ACK of nothing */
    SERVER_STRAY_RESPONSE,   /**< a 2.05 that nobody asked for, confirmable */
    SERVER_MALFORMED_KINDS
};

#define MALFORMED_SIZE 32 /**< bytes of the longest one, and more */

/** "bad-version" …; NULL beyond the last one. */
const char *server_malformed_name(enum server_malformed kind);
/** @return false for a name that is none */
bool server_malformed_parse(const char *name, enum server_malformed *out_kind);
/** @return the length; `token` has 8 bytes */
size_t malformed_build(enum server_malformed kind, uint16_t mid,
                       const uint8_t *token, uint8_t bytes[MALFORMED_SIZE]);

#endif
