/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_DTLS_H
#define TESTS_DEVICE_DTLS_H

/*
 * DTLS 1.2, and TLS 1.2, as a client, over a socket of the caller that does not
 * block: credentials for the life of the device, and one session at a time.
 * Spec: LwM2M Transport 1.2.2, 5.2; RFC 9146; RFC 8323, 8; lwm2m-core.md,
 * section 8.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DTLS_KEY_MAX  64  /**< bytes of a pre-shared key */
#define DTLS_WHY_SIZE 192 /**< longer words are cut */

/** What is not looked at in a server's certificate: for mutants and variants. */
enum dtls_blindness {
    DTLS_BLIND_CA = 1,    /**< who signed it */
    DTLS_BLIND_HOST = 2,  /**< whose it is */
    DTLS_BLIND_DATES = 4, /**< until when */
};

/** Identity and key, or the three files, or ca_file alone; all are borrowed. */
struct dtls_config {
    const char *identity;
    uint8_t key[DTLS_KEY_MAX];
    size_t key_length;
    const char *certificate_file; /**< PEM; its common name is the endpoint */
    const char *key_file;         /**< PEM */
    const char *ca_file;          /**< PEM: who signs certificates of servers */
    bool without_cid;             /**< do not offer Connection ID */
    bool is_stream;               /**< TLS, over a socket of TCP */
    unsigned blindness;           /**< bits of enum dtls_blindness */
};

enum dtls_state {
    DTLS_CLOSED,    /**< nothing was begun, or it was ended */
    DTLS_HANDSHAKE, /**< not yet */
    DTLS_OPEN,      /**< messages go through */
    DTLS_BROKEN,    /**< dtls_why() */
};

struct dtls;

/**
 * @param out_why  set on failure: "'x.pem' is no certificate"
 * @return NULL when the credentials cannot be used
 */
struct dtls *dtls_new(const struct dtls_config *config,
                      char out_why[DTLS_WHY_SIZE]);
void dtls_free(struct dtls *dtls);
/** Hexadecimal digits, two a byte. */
bool dtls_parse_key(const char *text, struct dtls_config *config);

/** Whom sessions that begin from now on must be with: the host of a URI, whose
 *  certificate says it. NULL, as at the beginning: not looked at. Borrowed. */
void dtls_expect(struct dtls *dtls, const char *host);
/** Begin a handshake over a connected socket; ends the session before. */
void dtls_start(struct dtls *dtls, int fd, uint64_t now_ms);
/** Go on with the same session over another socket. */
void dtls_move(struct dtls *dtls, int fd);
/** @param says_so  tell the server, as at a shutdown in good order */
void dtls_end(struct dtls *dtls, bool says_so);
enum dtls_state dtls_state(const struct dtls *dtls);
/** Why it is broken, in words. */
const char *dtls_why(const struct dtls *dtls);
/** Length of the Connection ID that the server wants; 0: none is in use. */
size_t dtls_cid_length(struct dtls *dtls);

/** Go on with the handshake when a flight is to be repeated. */
void dtls_tick(struct dtls *dtls, uint64_t now_ms);
/** When dtls_tick() wants to be called; UINT64_MAX: not at all. */
uint64_t dtls_deadline(const struct dtls *dtls);
/** Take what has come. @return bytes of a message, or of a stream; 0 when there
 *  are none */
size_t dtls_read(struct dtls *dtls, uint8_t *bytes, size_t size,
                 uint64_t now_ms);
/** One message, one datagram; or some of a stream. Lost unless the session is
 *  open. */
void dtls_write(struct dtls *dtls, const uint8_t *bytes, size_t length);

#endif
