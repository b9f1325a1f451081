/* SPDX-License-Identifier: Apache-2.0 */

/* What a request says, as text. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "server/http/http_private.h"

/** -1: no hexadecimal digit. */
static int digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) % 16 : -1;
}

bool target_decode(const char *uri, char out_target[TARGET_MAX + 1])
{
    size_t used = 0;

    while (*uri != '\0') {
        int high = *uri == '%' ? digit(uri[1]) : -1;
        int low = high >= 0 ? digit(uri[2]) : -1;
        char byte = *uri;

        if (low >= 0) {
            byte = (char)(unsigned char)(high << 4 | low);
        }
        if (used == TARGET_MAX || byte == '\0') {
            out_target[used] = '\0';
            return false;
        }
        out_target[used++] = byte;
        uri += low >= 0 ? 3 : 1;
    }
    out_target[used] = '\0';
    return true;
}

void peer_text(const struct sockaddr *address, char out_text[PEER_MAX])
{
    char host[INET6_ADDRSTRLEN] = "";
    bool is_v6 = address->sa_family == AF_INET6;
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;

    (void)inet_ntop(address->sa_family,
                    is_v6 ? (const void *)&v6->sin6_addr
                          : (const void *)&v4->sin_addr,
                    host, sizeof(host)); /* "" then */
    (void)snprintf(out_text, PEER_MAX, is_v6 ? "[%s]:%u" : "%s:%u", host,
                   ntohs(is_v6 ? v6->sin6_port : v4->sin_port)); /* fits */
}

void local_text(int fd, char out_text[PEER_MAX])
{
    struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
    socklen_t size = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &size) == 0) {
        peer_text((const struct sockaddr *)&address, out_text);
    } else {
        out_text[0] = '\0';
    }
}
