/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/line.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    CONNECT_S = 1, /* a server on this host answers at once or never */
    STREAM_MAX = 4096,
    HEAD_MAX = 6,
    NIBBLE_BYTE = 13,
    NIBBLE_WORD = 14,
    NIBBLE_LONG = 15,
    DATAGRAM_HEAD = 4,
    TYPE_NON_1 = 0x50, /* version 1, Non-confirmable */
    CODE_CSM = 0xe1,   /* 7.01 and so on */
    CODE_PING = 0xe2,
    CODE_PONG = 0xe3,
    CODE_RELEASE = 0xe4,
    CODE_ABORT = 0xe5,
    LITTLE = 300,
};

#define BASE_BYTE 13u
#define BASE_WORD 269u
#define BASE_LONG 65805u

struct line {
    struct line_habits habits;
    bool is_stream;
    bool is_secure;
    bool has_begun; /* the CSM is out */
    int fd;
    enum line_state state;
    struct dtls *dtls;         /* NULL: none, or no credentials */
    uint8_t bytes[STREAM_MAX]; /* of a stream, that are no message yet */
    size_t length;
};

struct line *line_new(const struct line_config *config, enum uri_scheme scheme)
{
    struct line *line = calloc(1, sizeof(*line));
    struct dtls_config credentials = config->credentials;
    char why[DTLS_WHY_SIZE];

    if (line == NULL) {
        return NULL;
    }
    line->habits = config->habits;
    line->is_stream = scheme != URI_COAPS;
    line->is_secure = scheme != URI_COAP_TCP;
    line->fd = -1;
    line->state = LINE_LOST;
    credentials.is_stream = line->is_stream;
    if (line->is_secure &&
        (credentials.identity != NULL || credentials.ca_file != NULL)) {
        line->dtls = dtls_new(&credentials, why); /* else: nobody is trusted */
    }
    return line;
}

static void hang_up(struct line *line)
{
    if (line->dtls != NULL) {
        dtls_end(line->dtls, true);
    }
    if (line->fd >= 0) {
        (void)close(line->fd); /* what still comes is not wanted */
    }
    line->fd = -1;
}

static void write_stream(struct line *line, const uint8_t *bytes, size_t length)
{
    const size_t piece = line->habits.in_pieces ? 1 : length;

    for (size_t at = 0; at < length && line->state == LINE_OPEN; at += piece) {
        if (line->dtls != NULL) {
            dtls_write(line->dtls, bytes + at, piece);
        } else if (send(line->fd, bytes + at, piece, MSG_NOSIGNAL) !=
                   (ssize_t)piece) {
            line->state = LINE_LOST;
        }
    }
}

/** @param rest  token, options and payload; the token is not counted */
static void write_message(struct line *line, uint8_t code, size_t token_length,
                          const uint8_t *rest, size_t length)
{
    uint8_t bytes[HEAD_MAX + MESSAGE_SIZE_MAX];
    const size_t body = length - token_length;
    size_t used = 0;

    if (body < BASE_BYTE) {
        bytes[used++] = (uint8_t)(body << 4 | token_length);
    } else if (body < BASE_WORD) {
        bytes[used++] = (uint8_t)(NIBBLE_BYTE << 4 | token_length);
        bytes[used++] = (uint8_t)(body - BASE_BYTE);
    } else {
        bytes[used++] = (uint8_t)(NIBBLE_WORD << 4 | token_length);
        bytes[used++] = (uint8_t)((body - BASE_WORD) >> 8);
        bytes[used++] = (uint8_t)(body - BASE_WORD);
    }
    bytes[used++] = code;
    if (length > 0) {
        memcpy(bytes + used, rest, length);
    }
    write_stream(line, bytes, used + length);
}

/** The connection is there: a stream begins with what we can. */
static void begin(struct line *line)
{
    static const uint8_t little[] = { 0x22, LITTLE >> 8, LITTLE & 0xff, 0x20 };
    static const uint8_t usual[] = { 0x40 }; /* Block-Wise-Transfer */

    line->state = LINE_OPEN;
    if (line->is_stream && !line->has_begun) {
        line->has_begun = true;
        if (line->habits.takes_little) {
            write_message(line, CODE_CSM, 0, little, sizeof(little));
        } else {
            write_message(line, CODE_CSM, 0, usual, sizeof(usual));
        }
    }
}

static bool connect_stream(int fd, const struct sockaddr *address,
                           socklen_t size)
{
    const struct timeval limit = { .tv_sec = CONNECT_S };
    const int one = 1;

    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) ==
               0 &&
           connect(fd, address, size) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
           fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

/** Follow the handshake. */
static void look(struct line *line)
{
    if (line->dtls == NULL || line->state == LINE_LOST ||
        line->state == LINE_UNTRUSTED) {
        return;
    }
    switch (dtls_state(line->dtls)) {
    case DTLS_HANDSHAKE:
        break;
    case DTLS_OPEN:
        if (line->state == LINE_OPENING) {
            begin(line);
        }
        break;
    case DTLS_CLOSED:
    case DTLS_BROKEN:
        line->state = line->state == LINE_OPEN ? LINE_LOST : LINE_UNTRUSTED;
        break;
    }
}

void line_open(struct line *line, const struct sockaddr *address,
               socklen_t size, const char *host, uint64_t now_ms)
{
    hang_up(line);
    line->length = 0;
    line->has_begun = false;
    line->state = LINE_LOST;
    line->fd =
        socket(address->sa_family,
               (line->is_stream ? SOCK_STREAM : SOCK_DGRAM | SOCK_NONBLOCK) |
                   SOCK_CLOEXEC,
               0);
    if (line->fd < 0 ||
        (line->is_stream ? !connect_stream(line->fd, address, size)
                         : connect(line->fd, address, size) != 0)) {
        return;
    }
    if (!line->is_secure) {
        begin(line);
    } else if (line->dtls == NULL) {
        line->state = LINE_UNTRUSTED;
    } else {
        line->state = LINE_OPENING;
        dtls_expect(line->dtls, host);
        dtls_start(line->dtls, line->fd, now_ms);
        look(line);
    }
}

void line_free(struct line *line)
{
    if (line != NULL) {
        if (line->is_stream && line->habits.says_goodbye) {
            write_message(line, CODE_RELEASE, 0, NULL, 0);
        }
        hang_up(line);
        dtls_free(line->dtls);
        free(line);
    }
}

enum line_state line_state(const struct line *line)
{
    return line->state;
}

bool line_is_stream(const struct line *line)
{
    return line->is_stream;
}

int line_socket(const struct line *line)
{
    return line->fd;
}

uint64_t line_deadline(const struct line *line)
{
    return line->dtls != NULL ? dtls_deadline(line->dtls) : UINT64_MAX;
}

void line_tick(struct line *line, uint64_t now_ms)
{
    if (line->dtls != NULL) {
        dtls_tick(line->dtls, now_ms);
        look(line);
    }
}

/** SZX 7 instead of 6, in the last byte of the Block2 option. */
static void use_bert(uint8_t *bytes, size_t length)
{
    struct message message;

    if (message_parse(bytes, length, &message) != MESSAGE_GOOD) {
        return;
    }
    const struct message_option *block =
        message_option(&message, OPTION_BLOCK2);
    if (block != NULL && block->length > 0 &&
        (block->bytes[block->length - 1] & 7) == 6) {
        bytes[block->bytes - bytes + (ptrdiff_t)block->length - 1] |= 7;
    }
}

void line_send(struct line *line, const uint8_t *bytes, size_t length)
{
    static const uint8_t token[] = { 0x50, 0x49 };
    uint8_t copy[MESSAGE_SIZE_MAX];

    if (line->state != LINE_OPEN) {
        return;
    }
    if (!line->is_stream) {
        dtls_write(line->dtls, bytes, length);
        return;
    }
    memcpy(copy, bytes, length);
    if (line->habits.asks_by_bert) {
        use_bert(copy, length);
    }
    if (line->habits.pings) {
        write_message(line, CODE_PING, sizeof(token), token, sizeof(token));
    }
    write_message(line, copy[1], copy[0] & 0x0f, copy + DATAGRAM_HEAD,
                  length - DATAGRAM_HEAD);
}

/* Streams. */

/** Read what has come. */
static void fill(struct line *line, uint64_t now_ms)
{
    uint8_t *at = line->bytes + line->length;
    const size_t room = sizeof(line->bytes) - line->length;

    if (room == 0) {
        return;
    }
    if (line->dtls != NULL) {
        line->length += dtls_read(line->dtls, at, room, now_ms);
        look(line);
        return;
    }
    ssize_t length = recv(line->fd, at, room, 0);
    if (length > 0) {
        line->length += (size_t)length;
    } else if (length == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
        line->state = LINE_LOST;
    }
}

/** The first message in the stream.
 *  @return its head's length; 0: it is not whole, or is none */
static size_t read_head(struct line *line, size_t *out_token, size_t *out_body)
{
    const uint8_t *bytes = line->bytes;
    const unsigned nibble = line->length > 0 ? bytes[0] >> 4 : 0;
    const size_t extension = nibble == NIBBLE_BYTE   ? 1
                             : nibble == NIBBLE_WORD ? 2
                             : nibble == NIBBLE_LONG ? 4
                                                     : 0;
    const size_t base = nibble == NIBBLE_BYTE   ? BASE_BYTE
                        : nibble == NIBBLE_WORD ? BASE_WORD
                        : nibble == NIBBLE_LONG ? BASE_LONG
                                                : nibble;
    size_t value = 0;

    if (line->length < 2 + extension) {
        return 0;
    }
    for (size_t i = 0; i < extension; i++) {
        value = value << 8 | bytes[1 + i];
    }
    *out_token = bytes[0] & 0x0f;
    *out_body = base + value;
    if (*out_token > MESSAGE_TOKEN_MAX ||
        *out_body > sizeof(line->bytes) - HEAD_MAX - MESSAGE_TOKEN_MAX) {
        line->state = LINE_LOST; /* it cannot be read on */
        return 0;
    }
    return line->length < 2 + extension + *out_token + *out_body
               ? 0
               : 2 + extension;
}

/** What of a message is not for the pull. @return whether it was that */
static bool take_signal(struct line *line, uint8_t code, const uint8_t *rest,
                        size_t token_length)
{
    switch (code) {
    case CODE_CSM:
    case CODE_PONG:
    case 0:
        return true;
    case CODE_PING:
        write_message(line, CODE_PONG, token_length, rest, token_length);
        return true;
    case CODE_RELEASE:
    case CODE_ABORT:
        line->state = LINE_LOST;
        return true;
    default:
        return false;
    }
}

/** The first message of the stream as a datagram, if it is whole.
 *  @return whether something was taken from the stream */
static bool next_message(struct line *line, uint8_t *out_bytes, size_t size,
                         size_t *out_length)
{
    size_t token_length = 0;
    size_t body = 0;
    const size_t head = read_head(line, &token_length, &body);
    const size_t length = token_length + body;

    if (head == 0) {
        return false;
    }
    const uint8_t code = line->bytes[head - 1];
    if (!take_signal(line, code, line->bytes + head, token_length) &&
        DATAGRAM_HEAD + length <= size) {
        memset(out_bytes, 0, DATAGRAM_HEAD);
        out_bytes[0] = (uint8_t)(TYPE_NON_1 | token_length);
        out_bytes[1] = code;
        memcpy(out_bytes + DATAGRAM_HEAD, line->bytes + head, length);
        *out_length = DATAGRAM_HEAD + length;
    }
    line->length -= head + length;
    memmove(line->bytes, line->bytes + head + length, line->length);
    return true;
}

size_t line_receive(struct line *line, uint8_t *bytes, size_t size,
                    uint64_t now_ms)
{
    size_t length = 0;

    if (line->fd < 0 || line->state == LINE_LOST ||
        line->state == LINE_UNTRUSTED) {
        return 0;
    }
    if (!line->is_stream) {
        length = dtls_read(line->dtls, bytes, size, now_ms);
        look(line);
        return length;
    }
    fill(line, now_ms);
    while (length == 0 && next_message(line, bytes, size, &length)) {
    }
    return length;
}
