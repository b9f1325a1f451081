/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_INTEGRATION_SIEGE_H
#define TESTS_INTEGRATION_SIEGE_H

/*
 * What somebody without manners says to a file server, over plain sockets, and
 * what somebody with manners gets meanwhile. By DTLS and TLS nobody gets
 * further than the beginning of a handshake.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/server.h"

struct siege {
    enum repository_protocol protocol;
    uint16_t port;
    char path[64]; /**< of the file that there is */
    const uint8_t *body;
    size_t length;
};

struct siege_bytes {
    const char *bytes;
    size_t length;
};

enum siege_answer {
    SIEGE_GIVEN,   /**< content came */
    SIEGE_REFUSED, /**< an error, or the connection was ended */
    SIEGE_SILENT,  /**< no answer in a while */
};

/** A connection, as far as one is to be had at once, with the first bytes of a
 *  request or a handshake, and no more. @return its socket */
int siege_knock(const struct siege *siege);
/** Ask for a path, byte by byte as it stands. */
enum siege_answer siege_ask(const struct siege *siege,
                            const struct siege_bytes *path);
/** Whether who asks for the file gets it; of DTLS and TLS, whether a handshake
 *  is answered. */
bool siege_is_served(const struct siege *siege);

#endif
