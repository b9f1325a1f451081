/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_TLS_H
#define SERVER_TRANSPORT_TLS_H

/*
 * Private to server/transport: the server's side of TLS 1.2 over a connection
 * that somebody else has (Mbed TLS). Spec: RFC 8323, 8; RFC 7925, 4.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"
#include "server/transport/security.h"

struct tls_config;
struct tls;

/** What comes of reading. */
enum tls_result {
    TLS_DATA,  /**< bytes were read */
    TLS_MORE,  /**< the peer has to send more first */
    TLS_END,   /**< the peer ended it in order */
    TLS_WRONG, /**< and no other way out than to close: see tls_why() */
};

/** Send to the peer, all of it. */
typedef void (*tls_send_fn)(const uint8_t *bytes, size_t length, void *user);

/**
 * Errors: STATUS_INVALID for credentials that cannot be used, or none;
 *         STATUS_NO_MEMORY.
 *
 * @param security  PSKs, and certificate and key as texts; copied
 */
MUST_CHECK
enum status tls_config_new(const struct server_security *security,
                           struct tls_config **out_config,
                           struct reason *reason);
/** Accepts NULL. After all that use it. */
void tls_config_free(struct tls_config *config);

/** @return NULL when there is no memory */
struct tls *tls_new(struct tls_config *config, tls_send_fn send, void *user);
/** Accepts NULL; tells the peer nothing. */
void tls_free(struct tls *tls);
/**
 * Take what arrived, in the handshake and after it, and give what is inside.
 *
 * @param bytes        what was not taken yet
 * @param out_taken    of these so many were taken
 * @param out_length   of TLS_DATA
 */
enum tls_result tls_read(struct tls *tls, const uint8_t *bytes, size_t length,
                         size_t *out_taken, uint8_t *out_bytes, size_t size,
                         size_t *out_length);
/** Send. @return false when it cannot be done, the handshake not over */
bool tls_write(struct tls *tls, const uint8_t *bytes, size_t length);
bool tls_is_established(const struct tls *tls);
/** Why it was TLS_WRONG, in words: "the peer's alert 48 (unknown_ca)". */
const char *tls_why(const struct tls *tls);

#endif
