/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/tap.h"

/* The one mutable global of server/transport (style.md, section 6): wrapped
 * calls get no context. */
static struct {
    tap_fn on_datagram;
    void *user;
} tap;

/* The names are the linker's (--wrap). */
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);

void tap_set(tap_fn on_datagram, void *user)
{
    tap.on_datagram = on_datagram;
    tap.user = user;
}

void tap_clear(const void *user)
{
    if (tap.user == user) {
        tap_set(NULL, NULL);
    }
}

static void show(enum server_direction direction, const struct msghdr *message,
                 size_t length)
{
    if (tap.on_datagram != NULL && message->msg_name != NULL &&
        message->msg_iovlen == 1 && length <= message->msg_iov[0].iov_len) {
        tap.on_datagram(direction, message->msg_name,
                        message->msg_iov[0].iov_base, length, tap.user);
    }
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t sent = __real_sendmsg(fd, message, flags);

    if (sent > 0) {
        show(SERVER_SENT, message, (size_t)sent);
    }
    return sent;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t received = __real_recvmsg(fd, message, flags);

    if (received >= 0) {
        show(SERVER_RECEIVED, message, (size_t)received);
    }
    return received;
}
