/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_SECURE_H
#define SERVER_TRANSPORT_SECURE_H

/*
 * Private to server/transport: DTLS. Which identities may come, what a session
 * has proven, and the cipher suites. libcoap and Mbed TLS do the handshake.
 * Spec: LwM2M Transport 1.2.2, 5.2; lwm2m-core.md section 8.
 */
#include <coap3/coap.h>
#include <mbedtls/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "server/data/data.h"
#include "server/transport/security.h"

struct secure;

/**
 * Copy the credentials and check the files of certificates.
 *
 * Errors: STATUS_INVALID for no credentials, an identity twice, an empty or
 *         overlong identity or key, a file that is not what it should be, a
 *         key of another certificate; STATUS_NOT_FOUND for a file that cannot
 *         be read; STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status secure_new(const struct server_security *security,
                       struct secure **out_secure, struct reason *reason);
/** Wipes the keys. Accepts NULL. After the context is freed. */
void secure_free(struct secure *secure);
/** Tell libcoap before the endpoint is made. Errors: STATUS_INVALID when the
 *  library refuses the certificate or key. */
MUST_CHECK
enum status secure_set(struct secure *secure, coap_context_t *context,
                       struct reason *reason);

/**
 * The endpoint name that the peer has proven: the one its PSK identity is
 * for, or the common name of its certificate.
 *
 * @return NUL-terminated, valid until the next call; "" when the session has
 *         proven a name that cannot be an endpoint name; NULL without DTLS
 */
const char *secure_name(struct secure *secure, const coap_session_t *session);

/** Let a context have DTLS at all, if it does not yet. @return whether it can */
bool secure_enable(coap_context_t *context);
/** The credentials of the port that a session came to; NULL: none.
 *  (extra_ports.c) */
const struct secure *secure_of_session(const coap_session_t *session);
/** Cipher suites, the best first; ends with 0. */
const int *secure_suites(void);
/** Show the certificate in a session, or in all of a configuration. Nothing
 *  is shown without one. @return 0, or an error of Mbed TLS */
int secure_show(const struct secure *secure, mbedtls_ssl_context *ssl);
int secure_show_all(const struct secure *secure, mbedtls_ssl_config *config);

/** The key of an identity, a loan. @return false for an unknown one */
bool secure_find_key(const struct secure *secure, const uint8_t *identity,
                     size_t length, const uint8_t **out_key,
                     size_t *out_length);

/** Whether there is any pre-shared key. */
bool secure_has_keys(const struct secure *secure);
/** One of the identities with its key, loans. @return false: there is none */
bool secure_first_key(const struct secure *secure, const uint8_t **out_identity,
                      size_t *out_identity_length, const uint8_t **out_key,
                      size_t *out_key_length);

/** Repair the ClientHello of older Mbed TLS clients, in place. */
void secure_mend_hello(uint8_t *bytes, size_t length);

/**
 * A ClientHello arrived: a session of its sender whose handshake hangs begins
 * anew. Its record would be dropped as repeated for as long as the device
 * knocks, as when it restarted in the middle of a handshake and has a port of
 * its own. Not while Mbed TLS runs.
 *
 * @param port       of ours that the datagram came to: one socket may knock at
 *                   two of them, and libcoap names one of the two sessions; the
 *                   other one waits as before
 * @param interface  that the datagram came by, as libcoap tells sessions apart
 * @param is_first   the hello has no cookie; the second one only needs the
 *                   address that its cookie was made for
 */
void secure_begin_anew(coap_context_t *context, const struct sockaddr *peer,
                       uint16_t port, int interface, bool is_first);

#endif
