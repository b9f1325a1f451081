/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/siege.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MESSAGE_SIZE = 16384,
    PATIENCE_MS = 20000, /* for what must come */
    SILENCE_MS = 300,    /* for what need not */
    URI_PATH = 11,
    GET = 1,
    CONTENT = 0x45,
    TRIES = 4,
};

/** A ClientHello of TLS 1.2 that asks for nothing special, but for what comes
 *  in it of random bytes. */
static const uint8_t hello[] = {
    0x16, 0x03, 0x01, 0x00, 0x5a, 0x01, 0x00, 0x00, 0x56, 0x03, 0x03, 1,
    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,
    14,   15,   16,   17,   18,   19,   20,   21,   22,   23,   24,   25,
    26,   27,   28,   29,   30,   31,   32,   0x00, 0x00, 0x06, 0xc0, 0x2b,
    0xc0, 0x2f, 0xc0, 0xac, 0x01, 0x00, 0x00, 0x27, 0x00, 0x0a, 0x00, 0x06,
    0x00, 0x04, 0x00, 0x17, 0x00, 0x1d, 0x00, 0x0b, 0x00, 0x02, 0x01, 0x00,
    0x00, 0x0d, 0x00, 0x0a, 0x00, 0x08, 0x04, 0x03, 0x04, 0x01, 0x05, 0x03,
    0x05, 0x01, 0x00, 0x17, 0x00, 0x00, 0xff, 0x01, 0x00, 0x01, 0x00,
};

/** The same over DTLS 1.2. @param cookie  of `length` bytes, may be none */
static size_t make_datagram_hello(const uint8_t *cookie, size_t length,
                                  uint8_t *bytes)
{
    const uint8_t number = length > 0 ? 1 : 0; /* of record and message */
    const size_t body = sizeof(hello) - 9 + 1 + length;
    const uint8_t head[] = { 0x16,
                             0xfe,
                             0xfd,
                             0,
                             0,
                             0,
                             0,
                             0,
                             0,
                             0,
                             number,
                             0,
                             (uint8_t)(12 + body),
                             1,
                             0,
                             0,
                             (uint8_t)body,
                             0,
                             number,
                             0,
                             0,
                             0,
                             0,
                             0,
                             (uint8_t)body,
                             0xfe,
                             0xfd };
    size_t used = sizeof(head);

    memcpy(bytes, head, sizeof(head));
    memcpy(bytes + used, hello + 11, 33); /* random, no session */
    used += 33;
    bytes[used++] = (uint8_t)length;
    if (length > 0) {
        memcpy(bytes + used, cookie, length);
        used += length;
    }
    memcpy(bytes + used, hello + 44, sizeof(hello) - 44);
    return used + sizeof(hello) - 44;
}

static bool is_udp(const struct siege *siege)
{
    return siege->protocol == REPOSITORY_COAP ||
           siege->protocol == REPOSITORY_COAPS;
}

static bool is_secure(const struct siege *siege)
{
    return siege->protocol == REPOSITORY_COAPS ||
           siege->protocol == REPOSITORY_COAPS_TCP ||
           siege->protocol == REPOSITORY_HTTPS;
}

/** @param waits  until it is connected; else it is begun */
static int dial(const struct siege *siege, bool waits)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(siege->port) };
    int fd = socket(AF_INET,
                    (is_udp(siege) ? SOCK_DGRAM : SOCK_STREAM) |
                        (waits ? 0 : SOCK_NONBLOCK),
                    0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 ||
        (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 &&
         (waits || errno != EINPROGRESS))) {
        (void)close(fd); /* of no use */
        return -1;
    }
    return fd;
}

static void say(int fd, const void *bytes, size_t length)
{
    (void)send(fd, bytes, length, MSG_NOSIGNAL); /* it may be closed: fine */
}

/** A head of Uri-Path options, one for each segment. RFC 7252, 3.1. */
static size_t put_path(uint8_t *bytes, const struct siege_bytes *path)
{
    size_t used = 0;
    unsigned delta = URI_PATH;

    for (size_t at = 1; at <= path->length;) {
        const char *start = path->bytes + at;
        const char *slash = memchr(start, '/', path->length - at);
        size_t length =
            slash != NULL ? (size_t)(slash - start) : path->length - at;
        if (length >= 269) {
            bytes[used++] = (uint8_t)(delta << 4 | 14);
            bytes[used++] = (uint8_t)((length - 269) >> 8);
            bytes[used++] = (uint8_t)(length - 269);
        } else if (length >= 13) {
            bytes[used++] = (uint8_t)(delta << 4 | 13);
            bytes[used++] = (uint8_t)(length - 13);
        } else {
            bytes[used++] = (uint8_t)(delta << 4 | length);
        }
        memcpy(bytes + used, start, length);
        used += length;
        at += length + 1;
        delta = 0;
    }
    return used;
}

static size_t make_request(const struct siege *siege,
                           const struct siege_bytes *path, uint8_t *bytes)
{
    static uint16_t message_id;
    static uint8_t options[MESSAGE_SIZE];
    size_t length = 0;
    size_t used = 0;

    if (siege->protocol == REPOSITORY_HTTP) {
        memcpy(bytes, "GET ", 4);
        memcpy(bytes + 4, path->bytes, path->length);
        used = 4 + path->length;
        return used + (size_t)snprintf((char *)bytes + used,
                                       MESSAGE_SIZE - used,
                                       " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                       "Connection: close\r\n\r\n");
    }
    length = put_path(options, path);
    if (siege->protocol == REPOSITORY_COAP) {
        message_id++;
        bytes[used++] = 0x41;
        bytes[used++] = GET;
        bytes[used++] = (uint8_t)(message_id >> 8);
        bytes[used++] = (uint8_t)message_id;
    } else { /* RFC 8323, 3.2; first the CSM */
        bytes[used++] = 0;
        bytes[used++] = 0xe1;
        bytes[used++] = (uint8_t)((length < 13    ? length
                                   : length < 269 ? 13
                                                  : 14)
                                      << 4 |
                                  1);
        if (length >= 269) {
            bytes[used++] = (uint8_t)((length - 269) >> 8);
            bytes[used++] = (uint8_t)(length - 269);
        } else if (length >= 13) {
            bytes[used++] = (uint8_t)(length - 13);
        }
        bytes[used++] = GET;
    }
    bytes[used++] = 0x77; /* token */
    memcpy(bytes + used, options, length);
    return used + length;
}

/** The first bytes of a request or a handshake, and no more. */
static void begin(const struct siege *siege, int fd)
{
    static const uint8_t half_a_message[] = { 0, 0xe1, 0xd1 };
    uint8_t bytes[256];

    switch (siege->protocol) {
    case REPOSITORY_COAP:
        say(fd, "\x40\x01\x00\x07\xb1/", 6); /* whole: there are no halves */
        break;
    case REPOSITORY_COAPS:
        say(fd, bytes, make_datagram_hello(NULL, 0, bytes));
        break;
    case REPOSITORY_HTTP:
        say(fd, "GET /", 5);
        break;
    case REPOSITORY_COAP_TCP:
        say(fd, half_a_message, sizeof(half_a_message));
        break;
    default:
        say(fd, hello, sizeof(hello) / 2);
        break;
    }
}

int siege_knock(const struct siege *siege)
{
    int fd = dial(siege, false);

    begin(siege, fd);
    return fd;
}

/** @return bytes; 0: the connection is over; -1: nothing came */
static ssize_t hear(int fd, uint8_t *bytes, size_t size, int patience_ms)
{
    struct pollfd waiting = { .fd = fd, .events = POLLIN };

    if (poll(&waiting, 1, patience_ms) != 1) {
        return -1;
    }
    ssize_t length = recv(fd, bytes, size, 0);
    return length < 0 ? 0 : length;
}

/** Everything until the end, one datagram, or the file. */
static size_t hear_all(const struct siege *siege, int fd, uint8_t *bytes,
                       int patience_ms, bool *out_is_silent)
{
    size_t used = 0;
    ssize_t got = 0;

    while (used < MESSAGE_SIZE &&
           (got = hear(fd, bytes + used, MESSAGE_SIZE - used,
                       used == 0 ? patience_ms : SILENCE_MS)) > 0) {
        used += (size_t)got;
        if (is_udp(siege) ||
            (used > siege->length && memcmp(bytes + used - siege->length,
                                            siege->body, siege->length) == 0)) {
            break;
        }
    }
    *out_is_silent = used == 0 && got < 0;
    return used;
}

/** Whether content is in what came. */
static bool is_given(const struct siege *siege, const uint8_t *bytes,
                     size_t length)
{
    if (siege->protocol == REPOSITORY_HTTP) {
        return length > 12 && memcmp(bytes, "HTTP/1.", 7) == 0 &&
               bytes[9] == '2';
    }
    if (siege->protocol == REPOSITORY_COAP) {
        return length > 1 && bytes[1] == CONTENT;
    }
    /* Behind our CSM's answer; the token is behind the code. */
    for (size_t i = 1; i + 1 < length; i++) {
        if (bytes[i] == CONTENT && bytes[i + 1] == 0x77) {
            return true;
        }
    }
    return false;
}

static enum siege_answer exchange(const struct siege *siege,
                                  const struct siege_bytes *path,
                                  uint8_t *bytes, int patience_ms,
                                  size_t *out_length)
{
    int fd = dial(siege, true);
    bool is_silent = false;

    if (fd < 0) {
        return SIEGE_REFUSED;
    }
    say(fd, bytes, make_request(siege, path, bytes));
    *out_length = hear_all(siege, fd, bytes, patience_ms, &is_silent);
    (void)close(fd); /* all is said */
    return is_silent                             ? SIEGE_SILENT
           : is_given(siege, bytes, *out_length) ? SIEGE_GIVEN
                                                 : SIEGE_REFUSED;
}

enum siege_answer siege_ask(const struct siege *siege,
                            const struct siege_bytes *path)
{
    static uint8_t bytes[MESSAGE_SIZE];
    size_t length = 0;

    /* What is too long for a datagram gets no answer. */
    return is_secure(siege) ? SIEGE_REFUSED
                            : exchange(siege, path, bytes, SILENCE_MS, &length);
}

/** By DTLS: what is asked first is a cookie, and what comes for it is a
 *  ServerHello. RFC 6347, 4.2.1. An answer may be for who had this port before.
 */
static bool is_greeted(const struct siege *siege)
{
    enum { TYPE = 13, COOKIE = 28, VERIFY = 3, SERVER_HELLO = 2 };
    uint8_t bytes[2048];
    bool is_there = false;
    int fd = dial(siege, true);

    for (int i = 0; !is_there && i < TRIES; i++) { /* datagrams get lost */
        ssize_t got = 0;
        say(fd, bytes, make_datagram_hello(NULL, 0, bytes));
        while ((got = hear(fd, bytes, sizeof(bytes), PATIENCE_MS / TRIES)) >=
                   COOKIE &&
               bytes[TYPE] == VERIFY && got == COOKIE + bytes[COOKIE - 1]) {
            uint8_t cookie[UINT8_MAX];
            const size_t length = bytes[COOKIE - 1];
            memcpy(cookie, bytes + COOKIE, length);
            say(fd, bytes, make_datagram_hello(cookie, length, bytes));
        }
        is_there = got > TYPE && bytes[TYPE] == SERVER_HELLO;
    }
    (void)close(fd); /* that was all */
    return is_there;
}

static bool is_shaking_hands(const struct siege *siege)
{
    uint8_t bytes[1024];
    bool is_there = false;
    int fd = dial(siege, true);

    say(fd, hello, sizeof(hello));
    /* A handshake, or an alert: it is there. */
    is_there = hear(fd, bytes, sizeof(bytes), PATIENCE_MS) > 0 &&
               (bytes[0] == 0x16 || bytes[0] == 0x15);
    (void)close(fd); /* that was all */
    return is_there;
}

bool siege_is_served(const struct siege *siege)
{
    static uint8_t bytes[MESSAGE_SIZE];
    const struct siege_bytes path = { siege->path, strlen(siege->path) };
    bool is_whole = false;

    if (is_secure(siege)) {
        return siege->protocol == REPOSITORY_COAPS ? is_greeted(siege)
                                                   : is_shaking_hands(siege);
    }
    for (int i = 0; !is_whole && i < TRIES; i++) { /* datagrams get lost */
        size_t length = 0;
        is_whole = exchange(siege, &path, bytes, PATIENCE_MS / TRIES,
                            &length) == SIEGE_GIVEN &&
                   length > siege->length &&
                   memcmp(bytes + length - siege->length, siege->body,
                          siege->length) == 0;
    }
    return is_whole;
}
