/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_LINE_H
#define TESTS_DEVICE_LINE_H

/*
 * How the messages of a pull travel where it is not by CoAP over UDP: over
 * DTLS, TCP or TLS, by a socket of its own. What goes in and comes out are
 * messages as UDP has them. Spec: RFC 7252, 9.1; RFC 8323, 3 to 5 and 8.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "tests/device/dtls.h"
#include "tests/device/message.h"
#include "tests/device/uri.h"

/** What the device does in another legal way. */
struct line_habits {
    bool in_pieces;    /**< each byte of a stream in a segment of its own */
    bool pings;        /**< before each request */
    bool takes_little; /**< messages of at most 300 bytes */
    bool asks_by_bert; /**< blocks of SZX 7, which stands for 1024 here */
    bool says_goodbye; /**< Release at the end */
};

struct line_config {
    struct dtls_config credentials; /**< identity NULL, ca_file NULL: none */
    struct line_habits habits;
};

enum line_state {
    LINE_OPENING,   /**< not yet */
    LINE_OPEN,      /**< messages go through */
    LINE_LOST,      /**< refused, or ended by the server */
    LINE_UNTRUSTED, /**< the handshake failed, or nobody may be trusted */
};

struct line;

/** @param scheme  coaps, coap+tcp or coaps+tcp
 *  @return NULL when there is no memory */
struct line *line_new(const struct line_config *config, enum uri_scheme scheme);
/** Closes it. Accepts NULL. */
void line_free(struct line *line);
/** Connect, ending what was before.
 *  @param host  that the certificate has to be of; borrowed */
void line_open(struct line *line, const struct sockaddr *address,
               socklen_t size, const char *host, uint64_t now_ms);
enum line_state line_state(const struct line *line);
bool line_is_stream(const struct line *line);
int line_socket(const struct line *line);
/** When line_tick() wants to be called; UINT64_MAX: not at all. */
uint64_t line_deadline(const struct line *line);
void line_tick(struct line *line, uint64_t now_ms);
/** One message; lost unless the line is open. */
void line_send(struct line *line, const uint8_t *bytes, size_t length);
/** @return bytes of a message, as a datagram; 0 when there is none */
size_t line_receive(struct line *line, uint8_t *bytes, size_t size,
                    uint64_t now_ms);

#endif
