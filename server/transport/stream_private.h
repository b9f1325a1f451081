/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_STREAM_PRIVATE_H
#define SERVER_TRANSPORT_STREAM_PRIVATE_H

/*
 * Private to stream_port.c, which has the sockets and the TLS on them, and
 * stream_session.c, which has the messages.
 */
#include <uv.h>

#include "server/transport/stream.h"
#include "server/transport/stream_port.h"
#include "server/transport/tls.h"

enum {
    STREAM_RAW_MAX = 16384, /* read at a time */
    /* Messages in one turn of the loop: each is an event that waits for its
     * end. Nobody asks so often without waiting for answers. */
    STREAM_TURN_MAX = 256,
    STREAM_TURN_ALL_MAX = 8192, /* of all connections; then each has … */
    STREAM_TURN_FAIR = 16,
};

/** One connection. */
struct stream_session {
    uv_tcp_t handle;
    struct stream_port *port;
    struct stream_session *next;
    struct tls *tls;     /* NULL: none */
    unsigned holds;      /* whoever answers later */
    bool is_closing;     /* nothing more is read or sent */
    bool is_closed;      /* the handle is gone */
    bool has_csm;        /* of the device */
    bool has_asked;      /* it is no stranger any more */
    uint32_t most;       /* bytes of a message that the device takes */
    uint64_t turn_ms;    /* of the turn in which … */
    unsigned turn_count; /* … so many messages came */
    uint64_t heard;      /* number of what came last, over all connections */
    char peer[ENDPOINT_ADDRESS_MAX];
    char local[ENDPOINT_ADDRESS_MAX];
    uint8_t bytes[STREAM_MESSAGE_MAX]; /* of a message that is not whole */
    size_t length;
};

struct stream_port {
    struct stream_port_config config;
    uv_tcp_t listener;
    uv_tcp_t listener6;
    bool listens;
    bool listens6;
    unsigned handles; /* that are not closed yet */
    bool is_over;     /* freed once the last one is closed */
    uint16_t number;
    struct tls_config *tls; /* NULL: none */
    struct stream_session *sessions;
    size_t session_count;
    uint64_t heard;
    uint64_t turn_ms;
    unsigned turn_count; /* of all connections */
    int next_message;    /* in place of a message ID, which a stream has not */
    char raw[STREAM_RAW_MAX];
};

/* stream_port.c */

/** Send bytes of messages. */
void stream_send(struct stream_session *session, const uint8_t *bytes,
                 size_t length);
/** Close, in order or (`resets`) by a TCP reset, which loses what is on its
 *  way. */
void stream_close(struct stream_session *session, bool resets);
/** Tell of something that is no message. */
void stream_stray(const struct stream_session *session, const char *what,
                  const uint8_t *bytes, size_t length);

/** For whoever answers later: it lasts until it is released, though it may be
 *  closed. */
void stream_keep(void *session);
void stream_release(void *session);
bool stream_is_open(const void *session);

/* stream_session.c */

/** The connection is ready: say what we can. */
void stream_session_begin(struct stream_session *session);
/** Bytes of messages arrived. */
void stream_session_take(struct stream_session *session, const uint8_t *bytes,
                         size_t length);
extern const struct endpoint_ways stream_session_ways;

#endif
