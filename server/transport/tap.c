/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/tap.h"

#include <arpa/inet.h>
#include <coap3/coap.h>
#include <errno.h>
#include <mbedtls/ssl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "server/transport/secure.h"

enum {
    RECEIVE_BUFFER_SIZE = 8 * 1024 * 1024,
    SOCKETS_MAX = 64, /* the newest ones */
};

/* The mutable globals of server/transport (style.md, section 6): wrapped calls
 * get no context. */
static struct tap_receiver tap;
/** Datagram sockets that were bound: libcoap does not tell which it has. What
 *  was closed since has another port, or none. */
static struct {
    struct bound {
        int fd;
        uint16_t port;   /* of ours; 0: not known */
        bool is_drained; /* in this turn: nothing is left in it */
    } rows[SOCKETS_MAX];
    size_t count;
    bool is_turn;
} sockets;

/* The names are the linker's (--wrap). */
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);
int __real_bind(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t size);
int __real_mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *bytes,
                            size_t size);
int __wrap_mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *bytes,
                            size_t size);
int __real_mbedtls_ssl_write(mbedtls_ssl_context *ssl,
                             const unsigned char *bytes, size_t length);
int __wrap_mbedtls_ssl_write(mbedtls_ssl_context *ssl,
                             const unsigned char *bytes, size_t length);

void tap_set(const struct tap_receiver *receiver)
{
    tap = receiver != NULL ? *receiver : (struct tap_receiver){ .user = NULL };
}

void tap_clear(const void *user)
{
    if (tap.user == user) {
        tap_set(NULL);
    }
}

static uint16_t port_of(const struct sockaddr *address)
{
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;

    return ntohs(address->sa_family == AF_INET6 ? v6->sin6_port : v4->sin_port);
}

/** 0 when it cannot be told. */
static uint16_t ask_port(int fd)
{
    struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
    socklen_t size = sizeof(address);

    return getsockname(fd, (struct sockaddr *)&address, &size) == 0
               ? port_of((const struct sockaddr *)&address)
               : 0;
}

static struct bound *find_bound(int fd)
{
    for (size_t i = 0; i < SOCKETS_MAX && i < sockets.count; i++) {
        if (sockets.rows[i].fd == fd) {
            return &sockets.rows[i];
        }
    }
    return NULL;
}

void tap_begin_turn(void)
{
    sockets.is_turn = true;
}

size_t tap_end_turn(void)
{
    size_t count = 0;

    for (size_t i = 0; i < SOCKETS_MAX && i < sockets.count; i++) {
        count += sockets.rows[i].is_drained ? 1 : 0;
        sockets.rows[i].is_drained = false;
    }
    sockets.is_turn = false;
    return count;
}

/** 0 when it cannot be told. */
static uint16_t own_port(int fd)
{
    const struct bound *row = find_bound(fd);

    return row != NULL && row->port != 0 ? row->port : ask_port(fd);
}

/** 0 when the system did not say. */
static int interface_of(struct msghdr *message)
{
    for (struct cmsghdr *row = CMSG_FIRSTHDR(message); row != NULL;
         row = CMSG_NXTHDR(message, row)) {
        struct in_pktinfo v4;
        struct in6_pktinfo v6;
        if (row->cmsg_level == IPPROTO_IP && row->cmsg_type == IP_PKTINFO) {
            memcpy(&v4, CMSG_DATA(row), sizeof(v4));
            return v4.ipi_ifindex;
        }
        if (row->cmsg_level == IPPROTO_IPV6 && row->cmsg_type == IPV6_PKTINFO) {
            memcpy(&v6, CMSG_DATA(row), sizeof(v6));
            return (int)v6.ipi6_ifindex;
        }
    }
    return 0;
}

static void show(int fd, enum server_direction direction,
                 const struct msghdr *message, size_t length)
{
    if (tap.on_datagram != NULL && message->msg_name != NULL &&
        message->msg_iovlen == 1 && length <= message->msg_iov[0].iov_len) {
        tap.on_datagram(TAP_DATAGRAM, direction, message->msg_name,
                        own_port(fd), message->msg_iov[0].iov_base, length,
                        tap.user);
    }
}

static unsigned copies_of(int fd, const struct msghdr *message, size_t length)
{
    return tap.copies != NULL && message->msg_iovlen == 1 &&
                   length <= message->msg_iov[0].iov_len
               ? tap.copies(TAP_DATAGRAM, own_port(fd),
                            message->msg_iov[0].iov_base, length, tap.user)
               : 0;
}

/** Tell of a datagram that does not fit, and hide it: cut, it might look like
 *  a whole message. */
static ssize_t drop_cut(int fd, const struct msghdr *message, size_t length)
{
    if (tap.on_datagram != NULL) {
        tap.on_datagram(TAP_CUT, SERVER_RECEIVED, message->msg_name,
                        own_port(fd), message->msg_iov[0].iov_base, length,
                        tap.user);
    }
    errno = EAGAIN;
    return -1;
}

/** libcoap gives its session as the context of the record layer's I/O. */
static void show_clear(enum server_direction direction,
                       const mbedtls_ssl_context *ssl, const uint8_t *bytes,
                       size_t length)
{
    const coap_session_t *session = ssl->MBEDTLS_PRIVATE(p_bio);

    if (tap.on_datagram != NULL && session != NULL) {
        tap.on_datagram(TAP_CLEAR, direction,
                        &coap_session_get_addr_remote(session)->addr.sa,
                        port_of(&coap_session_get_addr_local(session)->addr.sa),
                        bytes, length, tap.user);
    }
}

static size_t mend_clear(const mbedtls_ssl_context *ssl, uint8_t *bytes,
                         size_t length)
{
    const coap_session_t *session = ssl->MBEDTLS_PRIVATE(p_bio);

    return tap.mend == NULL || session == NULL
               ? length
               : tap.mend(
                     TAP_CLEAR, &coap_session_get_addr_remote(session)->addr.sa,
                     port_of(&coap_session_get_addr_local(session)->addr.sa),
                     coap_session_get_ifindex(session), bytes, length,
                     tap.user);
}

/** @return false: it does not leave */
static bool pass_gate(int fd, const struct msghdr *message, struct iovec *part)
{
    const uint8_t *bytes = part->iov_base;
    const bool passes = tap.gate(TAP_DATAGRAM, message->msg_name, own_port(fd),
                                 0, &bytes, &part->iov_len, tap.user);

    part->iov_base = (void *)(uintptr_t)bytes; /* it is only read */
    return passes;
}

static bool pass_gate_clear(const mbedtls_ssl_context *ssl,
                            const uint8_t **bytes, size_t *length)
{
    const coap_session_t *session = ssl->MBEDTLS_PRIVATE(p_bio);

    return tap.gate == NULL || session == NULL ||
           tap.gate(TAP_CLEAR, &coap_session_get_addr_remote(session)->addr.sa,
                    port_of(&coap_session_get_addr_local(session)->addr.sa),
                    coap_session_get_ifindex(session), bytes, length, tap.user);
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    const bool is_datagram =
        message->msg_name != NULL && message->msg_iovlen == 1;
    struct iovec part = { .iov_len = 0 };
    struct msghdr actual = *message;

    if (is_datagram && tap.gate != NULL) {
        part = message->msg_iov[0];
        actual.msg_iov = &part;
        if (!pass_gate(fd, message, &part)) {
            return (ssize_t)message->msg_iov[0].iov_len;
        }
    }
    const ssize_t sent = __real_sendmsg(fd, &actual, flags);
    if (sent > 0) {
        show(fd, SERVER_SENT, &actual, (size_t)sent);
    }
    for (unsigned i = sent > 0 ? copies_of(fd, &actual, (size_t)sent) : 0;
         i > 0 && __real_sendmsg(fd, &actual, flags) == sent; i--) {
        show(fd, SERVER_SENT, &actual, (size_t)sent);
    }
    return sent > 0 && is_datagram ? (ssize_t)message->msg_iov[0].iov_len
                                   : sent;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
    const bool is_datagram =
        message->msg_name != NULL && message->msg_iovlen == 1;
    struct bound *row = is_datagram ? find_bound(fd) : NULL;

    if (row != NULL && row->is_drained) {
        errno = EAGAIN; /* as it would say itself */
        return -1;
    }
    /* With MSG_TRUNC the length is that of the datagram, not of what fits. */
    ssize_t received =
        __real_recvmsg(fd, message, is_datagram ? flags | MSG_TRUNC : flags);

    if (row != NULL && sockets.is_turn && received < 0 &&
        (errno == EAGAIN || errno == EWOULDBLOCK)) {
        row->is_drained = true;
    }
    if (received < 0 || !is_datagram) {
        return received;
    }
    const size_t length = (size_t)received;
    if (length > message->msg_iov[0].iov_len) {
        return drop_cut(fd, message, length);
    }
    secure_mend_hello(message->msg_iov[0].iov_base, length);
    show(fd, SERVER_RECEIVED, message, length);
    const size_t left =
        tap.mend == NULL
            ? length
            : tap.mend(TAP_DATAGRAM, message->msg_name, own_port(fd),
                       interface_of(message), message->msg_iov[0].iov_base,
                       length, tap.user);
    if (left == 0 && length > 0) {
        errno = EAGAIN;
        return -1;
    }
    return (ssize_t)left;
}

int __wrap_mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *bytes,
                            size_t size)
{
    int length = __real_mbedtls_ssl_read(ssl, bytes, size);

    if (length == MBEDTLS_ERR_SSL_CLIENT_RECONNECT) {
        /* The device lost its session and begins another one from the same
         * port (RFC 6347, 4.2.8). libcoap 4.3.5 lets its ClientHello lie until
         * something else comes; this takes it, and answers it. */
        length = __real_mbedtls_ssl_read(ssl, bytes, size);
    }
    if (length > 0) {
        show_clear(SERVER_RECEIVED, ssl, bytes, (size_t)length);
        const size_t left = mend_clear(ssl, bytes, (size_t)length);
        return left > 0 ? (int)left : MBEDTLS_ERR_SSL_WANT_READ;
    }
    return length;
}

int __wrap_mbedtls_ssl_write(mbedtls_ssl_context *ssl,
                             const unsigned char *bytes, size_t length)
{
    const size_t whole = length;

    if (!pass_gate_clear(ssl, &bytes, &length)) {
        return (int)whole;
    }
    int written = __real_mbedtls_ssl_write(ssl, bytes, length);
    if (written > 0) {
        show_clear(SERVER_SENT, ssl, bytes, (size_t)written);
    }
    for (unsigned i =
             written > 0 && tap.copies != NULL
                 ? tap.copies(TAP_CLEAR, 0, bytes, (size_t)written, tap.user)
                 : 0;
         i > 0 && __real_mbedtls_ssl_write(ssl, bytes, length) == written;
         i--) {
        show_clear(SERVER_SENT, ssl, bytes, (size_t)written);
    }
    return written > 0 ? (int)whole : written;
}

bool tap_send_datagram(const struct sockaddr *peer, uint16_t port,
                       const uint8_t *bytes, size_t length)
{
    struct iovec part = { .iov_base = (void *)(uintptr_t)bytes,
                          .iov_len = length };
    const struct msghdr message = {
        .msg_name = (void *)(uintptr_t)peer,
        .msg_namelen = peer->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                   : sizeof(struct sockaddr_in),
        .msg_iov = &part,
        .msg_iovlen = 1,
    };

    for (size_t i = 0; i < SOCKETS_MAX && i < sockets.count; i++) {
        struct sockaddr_storage own = { .ss_family = AF_UNSPEC };
        socklen_t size = sizeof(own);
        const int fd = sockets.rows[i].fd;
        if (getsockname(fd, (struct sockaddr *)&own, &size) == 0 &&
            own.ss_family == peer->sa_family &&
            port_of((const struct sockaddr *)&own) == port) {
            const ssize_t sent = __real_sendmsg(fd, &message, 0);
            if (sent > 0) {
                show(fd, SERVER_SENT, &message, (size_t)sent);
            }
            return sent > 0;
        }
    }
    return false;
}

bool tap_send_clear(coap_session_t *session, const uint8_t *bytes,
                    size_t length)
{
    coap_tls_library_t library = COAP_TLS_LIBRARY_NOTLS;
    mbedtls_ssl_context *ssl = coap_session_get_tls(session, &library);

    if (ssl == NULL || library != COAP_TLS_LIBRARY_MBEDTLS ||
        __real_mbedtls_ssl_write(ssl, bytes, length) != (int)length) {
        return false;
    }
    show_clear(SERVER_SENT, ssl, bytes, length);
    return true;
}

/**
 * Room for the datagrams of many devices at the same time: the default of about
 * 200 KiB overflows when a few hundred answer at once, and each datagram that is
 * lost costs seconds of retransmission. libcoap has no call for it.
 */
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t size)
{
    const int wanted = RECEIVE_BUFFER_SIZE;
    int type = 0;
    socklen_t type_size = sizeof(type);

    /* As much as is allowed: root may have all of it, others what the system
     * sets (net.core.rmem_max). Less is slower, not wrong. */
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 &&
        type == SOCK_DGRAM &&
        setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) !=
            0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
    }
    const int result = __real_bind(fd, address, size);
    if (type == SOCK_DGRAM) {
        struct bound *row = find_bound(fd); /* of one that was closed since */
        row = row != NULL ? row : &sockets.rows[sockets.count++ % SOCKETS_MAX];
        *row =
            (struct bound){ .fd = fd, .port = result == 0 ? ask_port(fd) : 0 };
    }
    return result;
}
