/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_SECURITY_H
#define SERVER_TRANSPORT_SECURITY_H

/*
 * Credentials of the server's side of DTLS and TLS. With them a port speaks
 * coaps and nothing else. They never reach an event.
 */
#include <stddef.h>
#include <stdint.h>

#define SERVER_IDENTITY_MAX 128 /**< bytes of a PSK identity */
#define SERVER_KEY_MAX      64  /**< bytes of a pre-shared key */

/** A pre-shared key; everything is borrowed until server_new() returns. */
struct server_psk {
    const uint8_t *identity;
    size_t identity_length;
    const uint8_t *key;
    size_t key_length;
    const char *endpoint; /**< who may use it; NULL: the identity is the
                               endpoint name */
};

struct server_security {
    const struct server_psk *psks;
    size_t psk_count;
    const char *certificate;      /**< instead of files: a text, PEM; nobody is
                                  asked for a certificate then */
    const char *key;              /**< a text, PEM */
    const char *certificate_file; /**< PEM, NULL: no X.509 */
    const char *key_file;         /**< PEM */
    const char *ca_file;          /**< PEM; who signs certificates of devices */
};

#endif
