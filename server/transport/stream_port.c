/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/stream_port.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/transport/endpoint_private.h"
#include "server/transport/stream_private.h"

enum { BACKLOG = 128, WHAT_SIZE = 192 };

union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
};

/** Bytes on their way out. */
struct outgoing {
    uv_write_t request;
    uint8_t bytes[];
};

void stream_stray(const struct stream_session *session, const char *what,
                  const uint8_t *bytes, size_t length)
{
    const struct server_event event = {
        .kind = SERVER_STRAY,
        .time_ms = loop_now_ms(session->port->config.loop),
        .as.stray = { session->peer, what, bytes, length },
    };

    event_queue_push(session->port->config.queue, &event);
}

/* Closing. What is closed is freed when nobody holds it and its handle is. */

static void port_handle_gone(struct stream_port *port)
{
    port->handles--;
    if (port->is_over && port->handles == 0) {
        tls_config_free(port->tls);
        free(port);
    }
}

static void free_session(struct stream_session *session)
{
    struct stream_port *port = session->port;

    tls_free(session->tls);
    free(session);
    port_handle_gone(port);
}

static void on_session_closed(uv_handle_t *handle)
{
    struct stream_session *session = handle->data;

    session->is_closed = true;
    if (session->holds == 0) {
        free_session(session);
    }
}

static void forget(struct stream_session *session)
{
    struct stream_session **link = &session->port->sessions;

    while (*link != session) {
        link = &(*link)->next;
    }
    *link = session->next;
    session->port->session_count--;
}

void stream_close(struct stream_session *session, bool resets)
{
    if (session->is_closing) {
        return;
    }
    session->is_closing = true;
    forget(session);
    if (!resets ||
        uv_tcp_close_reset(&session->handle, on_session_closed) != 0) {
        uv_close((uv_handle_t *)&session->handle, on_session_closed);
    }
}

void stream_keep(void *session)
{
    ((struct stream_session *)session)->holds++;
}

void stream_release(void *user)
{
    struct stream_session *session = user;

    session->holds--;
    if (session->holds == 0 && session->is_closed) {
        free_session(session);
    }
}

bool stream_is_open(const void *session)
{
    return !((const struct stream_session *)session)->is_closing;
}

/* Sending. */

static void on_written(uv_write_t *request, int status)
{
    (void)status; /* reading tells that the connection is lost */
    free(request->data);
}

static void send_raw(const uint8_t *bytes, size_t length, void *user)
{
    struct stream_session *session = user;
    struct outgoing *outgoing =
        session->is_closing ? NULL : malloc(sizeof(*outgoing) + length);

    if (outgoing == NULL) {
        return;
    }
    memcpy(outgoing->bytes, bytes, length);
    outgoing->request.data = outgoing;
    uv_buf_t buffer = uv_buf_init((char *)outgoing->bytes, (unsigned)length);
    uv_stream_t *stream = (uv_stream_t *)&session->handle;
    if (uv_write(&outgoing->request, stream, &buffer, 1, on_written) != 0) {
        free(outgoing);
    }
}

void stream_send(struct stream_session *session, const uint8_t *bytes,
                 size_t length)
{
    const uv_stream_t *stream = (const uv_stream_t *)&session->handle;

    if (session->is_closing) {
        return;
    }
    if (session->tls == NULL) {
        send_raw(bytes, length, session);
    } else if (!tls_write(session->tls, bytes, length)) {
        stream_close(session, true);
        return;
    }
    if (uv_stream_get_write_queue_size(stream) > STREAM_UNSENT_MAX) {
        stream_stray(session, "a device that reads no answer", NULL, 0);
        stream_close(session, true);
    }
}

/* Reading. */

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct stream_session *session = handle->data;

    (void)suggested;
    *buffer = uv_buf_init(session->port->raw, sizeof(session->port->raw));
}

/** TLS is over.
 *  @return false for what goes on */
static bool tls_ends(struct stream_session *session, enum tls_result result)
{
    char what[WHAT_SIZE];

    switch (result) {
    case TLS_DATA:
    case TLS_MORE:
        return false;
    case TLS_END:
        break;
    case TLS_WRONG:
        (void)snprintf(
            what, sizeof(what), "TLS%s: %s",
            tls_is_established(session->tls) ? "" : ", a handshake that failed",
            tls_why(session->tls)); /* fits */
        stream_stray(session, what, NULL, 0);
        break;
    }
    stream_close(session, false);
    return true;
}

static void take_tls(struct stream_session *session, const uint8_t *bytes,
                     size_t length)
{
    uint8_t clear[STREAM_MESSAGE_MAX];
    enum tls_result result = TLS_DATA;

    while (result == TLS_DATA && !session->is_closing) {
        bool was_established = tls_is_established(session->tls);
        size_t taken = 0;
        size_t got = 0;
        result = tls_read(session->tls, bytes, length, &taken, clear,
                          sizeof(clear), &got);
        bytes += taken;
        length -= taken;
        if (!was_established && tls_is_established(session->tls)) {
            stream_session_begin(session);
        }
        if (!tls_ends(session, result) && result == TLS_DATA) {
            stream_session_take(session, clear, got);
        }
    }
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct stream_session *session = stream->data;

    if (length < 0) {
        if (session->length > 0) {
            stream_stray(session, "a connection that ends within a message",
                         session->bytes, session->length);
        }
        stream_close(session, false);
        return;
    }
    session->heard = ++session->port->heard;
    if (session->tls != NULL) {
        take_tls(session, (const uint8_t *)buffer->base, (size_t)length);
    } else {
        stream_session_take(session, (const uint8_t *)buffer->base,
                            (size_t)length);
    }
}

/* Connections. */

/** Whether one goes before another: strangers first, then who was quiet for
 *  longest. A device whose power was cut leaves its connections open. */
static bool goes_before(const struct stream_session *row,
                        const struct stream_session *other)
{
    return row->has_asked != other->has_asked ? !row->has_asked
                                              : row->heard < other->heard;
}

/** Room for a new one. Whom an answer is to go to stays. */
static bool make_room(struct stream_port *port)
{
    struct stream_session *oldest = NULL;

    if (port->session_count < STREAM_CONNECTIONS_MAX) {
        return true;
    }
    for (struct stream_session *row = port->sessions; row != NULL;
         row = row->next) {
        if (row->holds == 0 && (oldest == NULL || goes_before(row, oldest))) {
            oldest = row;
        }
    }
    if (oldest != NULL) {
        stream_close(oldest, true);
    }
    return oldest != NULL;
}

static void name_session(struct stream_session *session)
{
    union any_address address = { .storage = { .ss_family = AF_UNSPEC } };
    int size = sizeof(address);

    if (uv_tcp_getpeername(&session->handle, &address.any, &size) == 0) {
        (void)endpoint_address_text(&address.any, session->peer);
    }
    size = sizeof(address);
    if (uv_tcp_getsockname(&session->handle, &address.any, &size) == 0) {
        (void)endpoint_address_text(&address.any, session->local);
    }
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct stream_port *port = listener->data;
    struct stream_session *session =
        status == 0 ? calloc(1, sizeof(*session)) : NULL;

    if (session == NULL) {
        return; /* the peer finds out */
    }
    session->port = port;
    session->most = STREAM_MESSAGE_BASE;
    session->handle.data = session;
    (void)uv_tcp_init(loop_uv(port->config.loop),
                      &session->handle); /* cannot fail */
    port->handles++;
    bool has_room = make_room(port);
    session->next = port->sessions;
    port->sessions = session;
    port->session_count++;
    session->heard = ++port->heard;
    if (uv_accept(listener, (uv_stream_t *)&session->handle) != 0 ||
        !has_room) {
        stream_close(session, false);
        return;
    }
    (void)uv_tcp_nodelay(&session->handle, 1); /* only slower without */
    name_session(session);
    if (port->tls != NULL) {
        session->tls = tls_new(port->tls, send_raw, session);
    }
    if ((port->tls != NULL && session->tls == NULL) ||
        uv_read_start((uv_stream_t *)&session->handle, on_room, on_read) != 0) {
        stream_close(session, true);
    } else if (session->tls == NULL) {
        stream_session_begin(session);
    }
}

/* The port. */

static bool parse(const char *text, uint16_t port, union any_address *address)
{
    return uv_ip4_addr(text, port, &address->v4) == 0 ||
           uv_ip6_addr(text, port, &address->v6) == 0;
}

static void on_listener_closed(uv_handle_t *handle)
{
    port_handle_gone(handle->data);
}

/** @return 0, or an error of libuv; its handle is open then, too */
static int listen_on(struct stream_port *port, uv_tcp_t *listener,
                     const union any_address *address)
{
    union any_address bound = { .storage = { .ss_family = AF_UNSPEC } };
    int size = sizeof(bound);

    (void)uv_tcp_init(loop_uv(port->config.loop), listener); /* cannot fail */
    listener->data = port;
    port->handles++;
    int error = uv_tcp_bind(listener, &address->any, 0);
    if (error == 0) {
        error = uv_listen((uv_stream_t *)listener, BACKLOG, on_connection);
    }
    if (error == 0) {
        error = uv_tcp_getsockname(listener, &bound.any, &size);
    }
    if (error == 0) {
        port->number =
            ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port
                                                  : bound.v4.sin_port);
    }
    return error;
}

static enum status open_port(struct stream_port *port, struct reason *reason)
{
    const struct stream_port_config *config = &port->config;
    union any_address address;

    if (!parse(config->address, config->port, &address)) {
        return reason_set(reason, STATUS_INVALID,
                          "'%s' is no numeric IP address", config->address);
    }
    port->listens = true;
    const int error = listen_on(port, &port->listener, &address);
    if (error != 0) {
        return reason_set(reason, STATUS_NETWORK,
                          "cannot listen on %s port %u by TCP: %s",
                          config->address, config->port, uv_strerror(error));
    }
    if (address.any.sa_family == AF_INET &&
        ntohl(address.v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET &&
        parse("::1", port->number, &address)) {
        port->listens6 = listen_on(port, &port->listener6, &address) == 0;
        if (!port->listens6) {
            uv_close((uv_handle_t *)&port->listener6, on_listener_closed);
        }
    }
    return STATUS_OK;
}

/** Who writes to a connection that the device has closed gets SIGPIPE, which
 *  ends the process; libuv has no other way. Children begin without this. */
static void ignore_broken_pipes(void)
{
    const struct sigaction ignore = { .sa_handler = SIG_IGN };
    struct sigaction before;

    if (sigaction(SIGPIPE, NULL, &before) == 0 &&
        before.sa_handler == SIG_DFL) {
        (void)sigaction(SIGPIPE, &ignore, NULL); /* cannot fail */
    }
}

enum status stream_port_new(const struct stream_port_config *config,
                            struct stream_port **out_port,
                            struct reason *reason)
{
    struct stream_port *port = calloc(1, sizeof(*port));

    if (port == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    ignore_broken_pipes();
    port->config = *config;
    port->config.security = NULL; /* it may be gone soon */
    enum status status =
        config->security != NULL
            ? tls_config_new(config->security, &port->tls, reason)
            : STATUS_OK;
    if (status == STATUS_OK) {
        status = open_port(port, reason);
    }
    port->config.address = NULL;
    if (status != STATUS_OK) {
        stream_port_free(port);
        return status;
    }
    *out_port = port;
    return STATUS_OK;
}

void stream_port_free(struct stream_port *port)
{
    if (port == NULL) {
        return;
    }
    while (port->sessions != NULL) {
        stream_close(port->sessions, false);
    }
    port->handles++; /* this function itself */
    port->is_over = true;
    if (port->listens) {
        uv_close((uv_handle_t *)&port->listener, on_listener_closed);
    }
    if (port->listens6) {
        uv_close((uv_handle_t *)&port->listener6, on_listener_closed);
    }
    port_handle_gone(port);
}

uint16_t stream_port_number(const struct stream_port *port)
{
    return port->number;
}

bool stream_port_has_ipv6(const struct stream_port *port)
{
    return port->listens6;
}
