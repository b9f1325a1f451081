/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that is none: started by a campaign in place of one, it sends what
 * no device should. Usage: rogue MODE coap://ADDRESS:PORT
 *
 *   garbage  500 datagrams of random bytes and truncated messages, then the end
 *   long     registers with an endpoint name of 4 KiB, never answers
 *   twice    registers twice, answers everything with 4.04
 *   liar     registers, answers with garbage: wrong format, no payload, options
 *            out of range, bodies that are no TLV, 5.03
 *   names    registers below an alternate path under a name that is none to
 *            print, and gives seven components names of that kind
 *   bytes    registers under a name that is no UTF-8, with instances 4 and 7
 *   endless  answers each Read by blocks of which always one more follows
 *   storm    answers each request late: a Reset of nothing, an ACK under a
 *            foreign message ID, a response with a foreign token, one that is
 *            torn, a notification that nobody wanted, then 4.04, twice
 *   resets   registers, answers everything with Reset
 *   plain    registers without /33629, answers everything with 4.04
 *
 * It has an encoder of its own and knows nothing of Assay.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    DATAGRAM_MAX = 8192,
    GARBAGE_COUNT = 500,
    GARBAGE_MAX = 1400,
    LONG_NAME = 4096,
    NAME_MAX_SIZE = 8192,
    HEADER = 4,
};

#define LINKS                                                                  \
    "</1/0>,</3/0>,</33629>;ver=1.0,</33629/0>,</33629/1>,</33629/2>,"         \
    "</33629/3>"

#define ROOT "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/1/0>,</lwm2m/3/0>"
#define NAMED_LINKS                                                            \
    ROOT ",</lwm2m/33629>;ver=1.0,</lwm2m/33629/0>,</lwm2m/33629/1>,"          \
         "</lwm2m/33629/2>,</lwm2m/33629/3>,</lwm2m/33629/4>,"                 \
         "</lwm2m/33629/5>,</lwm2m/33629/6>"
#define HOSTILE "ro\x1b[31mgue\"*/\\\xc2\x9b"

struct message {
    uint8_t bytes[DATAGRAM_MAX];
    size_t length;
    unsigned last; /* option number */
};

static uint32_t random_state = 1;

static uint8_t random_byte(void)
{
    random_state = random_state * 1103515245u + 12345u;
    return (uint8_t)(random_state >> 16);
}

static void add(struct message *message, const void *bytes, size_t length)
{
    if (length > sizeof(message->bytes) - message->length) {
        fprintf(stderr, "rogue: a message of its own is too long\n");
        exit(1);
    }
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

static void add_byte(struct message *message, unsigned byte)
{
    const uint8_t value = (uint8_t)byte;

    add(message, &value, 1);
}

/** RFC 7252, 3.1: nibble and extension of an option's delta or length. */
static unsigned nibble(size_t number)
{
    return number < 13 ? (unsigned)number : number < 269 ? 13 : 14;
}

static void add_extension(struct message *message, size_t number)
{
    if (number >= 269) {
        add_byte(message, (unsigned)(number - 269) >> 8);
        add_byte(message, (unsigned)(number - 269) & 0xffu);
    } else if (number >= 13) {
        add_byte(message, (unsigned)number - 13);
    }
}

static void option(struct message *message, unsigned number, const void *bytes,
                   size_t length)
{
    const unsigned delta = number - message->last;

    message->last = number;
    add_byte(message, nibble(delta) << 4 | nibble(length));
    add_extension(message, delta);
    add_extension(message, length);
    add(message, bytes, length);
}

static void option_text(struct message *message, unsigned number,
                        const char *text)
{
    option(message, number, text, strlen(text));
}

static void deliver(int fd, const struct message *message)
{
    if (send(fd, message->bytes, message->length, 0) < 0) {
        perror("rogue: send");
        exit(1);
    }
}

static void enrol_with(int fd, unsigned mid, const char *name,
                       const char *links)
{
    static struct message message;
    static char query[NAME_MAX_SIZE];
    const uint8_t header[] = { 0x41, 0x02, (uint8_t)(mid >> 8), (uint8_t)mid,
                               0x07 };
    const uint8_t link_format = 40;

    message = (struct message){ .length = 0 };
    add(&message, header, sizeof(header));
    option_text(&message, 11, "rd");
    option(&message, 12, &link_format, 1);
    (void)snprintf(query, sizeof(query), "ep=%s", name);
    option_text(&message, 15, query);
    option_text(&message, 15, "lt=300");
    option_text(&message, 15, "lwm2m=1.1");
    add_byte(&message, 0xff);
    add(&message, links, strlen(links));
    deliver(fd, &message);
}

static void enrol(int fd, unsigned mid, const char *name)
{
    enrol_with(fd, mid, name, LINKS);
}

static void send_garbage(int fd)
{
    struct message message;

    for (unsigned i = 0; i < GARBAGE_COUNT; i++) {
        const unsigned size = (unsigned)random_byte() << 8 | random_byte();
        const size_t length = 1 + size % (GARBAGE_MAX - 1u);
        message.length = length;
        for (size_t j = 0; j < length; j++) {
            message.bytes[j] = random_byte();
        }
        if (i % 2 == 0) { /* a header that is one */
            message.bytes[0] = (uint8_t)(0x40u | (message.bytes[0] & 0x3fu));
        }
        deliver(fd, &message);
    }
}

/** Answers to a Read that no codec should swallow. */
static const struct {
    uint8_t code;
    int format; /* -1: no option */
    const char *body;
    size_t length;
} lies[] = {
    { 0x45, 11542, "\xc8\x03\xff", 3 },             /* length lies */
    { 0x45, 11542, "", 0 },                         /* nothing */
    { 0x45, 11542, "\x08\x00\x08\x00\x08\x00", 6 }, /* nested instances */
    { 0x45, 65000, "abc", 3 },                      /* unknown format */
    { 0x45, 0, "\xff\xfe\x00", 3 },                 /* no UTF-8 */
    { 0x45, -1, "5", 1 },                           /* no format */
    { 0x45, 40, "</", 2 },                          /* torn link */
    { 0xa3, -1, "", 0 },                            /* 5.03 */
    { 0xff, -1, "", 0 },                            /* 7.31 */
    { 0x45, 11542, "\xc1\x03\x63\xc1\x05\x63", 6 }, /* State 99 */
    { 0x45, 11542, "\xe8\x00\x03\x10", 4 },         /* cut */
};

static void reply(int fd, const uint8_t *request, bool is_liar, unsigned turn)
{
    struct message answer = { .length = 0 };
    const size_t token = request[0] & 0x0fu;
    const size_t lie = turn % (sizeof(lies) / sizeof(lies[0]));

    add_byte(&answer, 0x60u | (unsigned)token);
    add_byte(&answer, is_liar ? lies[lie].code : 0x84);
    add(&answer, request + 2, 2 + token);
    if (is_liar && lies[lie].format >= 0) {
        const uint8_t format[] = { (uint8_t)(lies[lie].format >> 8),
                                   (uint8_t)lies[lie].format };
        option(&answer, 12, format, sizeof(format));
    }
    if (is_liar && lies[lie].length > 0) {
        add_byte(&answer, 0xff);
        add(&answer, lies[lie].body, lies[lie].length);
    }
    deliver(fd, &answer);
}

/** What a Read of an instance of /33629 shows as its name. */
static const char *const names[] = {
    "",
    "x",
    "Tee \x1b[31m*/ // \"quoted\"\n",
    "Tee \x1b[31m*/ // \"quoted\"\n",
    "a very long name that goes on and on and on and on, and then some more",
    "42",
    "\xc3\x9cn\xc3\xaf"
    "code",
};

/** The last segment of the path as a number when /33629 precedes it; -1. */
static int instance_of(const uint8_t *request, size_t length)
{
    size_t at = HEADER + (request[0] & 0x0fu);
    unsigned number = 0;
    bool is_ours = false;
    int instance = -1;

    while (at < length && request[at] != 0xff) {
        const size_t size = request[at] & 0x0fu;
        char text[16];
        number += request[at] >> 4;
        if (request[at] >> 4 > 12 || size > 12 || at + 1 + size > length) {
            break;
        }
        (void)snprintf(text, sizeof(text), "%.*s", (int)size,
                       (const char *)request + at + 1);
        if (number == 11) {
            instance = is_ours ? (int)strtoul(text, NULL, 10) : -1;
            is_ours = strcmp(text, "33629") == 0;
        }
        at += 1 + size;
    }
    return instance;
}

static void reply_name(int fd, const uint8_t *request, size_t length)
{
    struct message answer = { .length = 0 };
    const size_t token = request[0] & 0x0fu;
    const int instance = instance_of(request, length);
    const bool is_known = request[1] == 1 && instance >= 0 &&
                          instance < (int)(sizeof(names) / sizeof(names[0]));

    add_byte(&answer, 0x60u | (unsigned)token);
    add_byte(&answer, is_known ? 0x45 : 0x84);
    add(&answer, request + 2, 2 + token);
    if (is_known) {
        option(&answer, 12, "\x2d\x16", 2);
        add(&answer, "\xff\xc8\x0e", 3);
        add_byte(&answer, (unsigned)strlen(names[instance]));
        add(&answer, names[instance], strlen(names[instance]));
        add(&answer,
            "\xc3\x0f"
            "1.0",
            5);
    }
    deliver(fd, &answer);
}

static void serve_names(int fd)
{
    uint8_t request[DATAGRAM_MAX];
    ssize_t length = 0;

    while ((length = recv(fd, request, sizeof(request), 0)) >= 0) {
        if (length >= HEADER + (request[0] & 0x0f) &&
            (request[0] >> 4 & 3u) == 0) {
            reply_name(fd, request, (size_t)length);
        }
    }
}

/** Whether Block2 is among options that all have a short head. */
static bool asks_for_more(const uint8_t *options, size_t length)
{
    unsigned number = 0;

    for (size_t at = 0; at < length && options[at] != 0xff;
         at += 1u + (options[at] & 0x0fu)) {
        number += options[at] >> 4;
        if (number == 23) {
            return true;
        }
    }
    return false;
}

static void serve_endless(int fd)
{
    uint8_t request[DATAGRAM_MAX];
    static uint8_t body[1024];
    ssize_t length = 0;
    unsigned number = 0;

    while ((length = recv(fd, request, sizeof(request), 0)) >= HEADER) {
        struct message answer = { .length = 0 };
        const size_t token = request[0] & 0x0fu;
        if ((request[0] >> 4 & 3u) != 0 || length < HEADER + (ssize_t)token) {
            continue;
        }
        number = asks_for_more(request + HEADER + token,
                               (size_t)length - HEADER - token)
                     ? number + 1
                     : 0;
        const unsigned value = number << 4 | 8u | 6u;
        const uint8_t block[] = { (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                                  (uint8_t)value };
        add_byte(&answer, 0x60u | (unsigned)token);
        add_byte(&answer, 0x45);
        add(&answer, request + 2, 2 + token);
        option(&answer, 12, "\x2d\x16", 2);
        option(&answer, 23, block, sizeof(block));
        add_byte(&answer, 0xff);
        add(&answer, body, sizeof(body));
        deliver(fd, &answer);
    }
}

static void deliver_odd(int fd, const uint8_t *request, unsigned type,
                        unsigned code, unsigned flip, const char *rest)
{
    struct message message = { .length = 0 };
    const size_t token = code == 0 ? 0 : request[0] & 0x0fu;

    add_byte(&message, 0x40u | type << 4 | (unsigned)token);
    add_byte(&message, code);
    add_byte(&message, request[2] ^ flip);
    add_byte(&message, request[3]);
    add(&message, request + HEADER, token);
    add(&message, rest, strlen(rest));
    deliver(fd, &message);
}

static void serve_storm(int fd)
{
    uint8_t request[DATAGRAM_MAX];

    while (recv(fd, request, sizeof(request), 0) >= HEADER) {
        if ((request[0] >> 4 & 3u) != 0) {
            continue;
        }
        deliver_odd(fd, request, 3, 0, 0x55, "");
        deliver_odd(fd, request, 2, 0, 0x55, "");
        deliver_odd(fd, request, 2, 0x45, 0x55, "\xffwrong");
        deliver_odd(fd, request, 2, 0x45, 0, "\xf1torn");
        request[HEADER] ^= 0x80;
        deliver_odd(fd, request, 1, 0x45, 0x2a, "\x61\x07\xffunwanted");
        request[HEADER] ^= 0x80;
        deliver_odd(fd, request, 2, 0x84, 0, "\xff\x1b[2J\xff\xfe");
        deliver_odd(fd, request, 2, 0x84, 0, "\xff\x1b[2J\xff\xfe");
    }
}

static void serve_resets(int fd)
{
    uint8_t request[DATAGRAM_MAX];

    while (recv(fd, request, sizeof(request), 0) >= HEADER) {
        const struct message reset = {
            .bytes = { 0x70, 0, request[2], request[3] }, .length = HEADER
        };
        if ((request[0] >> 4 & 3u) == 0) {
            deliver(fd, &reset);
        }
    }
}

/** Answer requests until ended by a signal. */
static void serve(int fd, bool is_liar, bool is_mute)
{
    uint8_t request[DATAGRAM_MAX];
    unsigned turn = 0;
    ssize_t length = 0;

    while ((length = recv(fd, request, sizeof(request), 0)) >= 0) {
        const bool is_confirmable = (request[0] >> 4 & 3u) == 0;
        if (!is_mute && length >= HEADER + (request[0] & 0x0f) &&
            is_confirmable) {
            reply(fd, request, is_liar, turn++);
        }
    }
}

/** @return a connected socket, or -1 */
static int open_socket(const char *uri)
{
    char host[64] = "";
    unsigned port = 0;
    struct sockaddr_in address = { .sin_family = AF_INET };

    if (sscanf(uri, "coap://%63[0-9.]:%u", host, &port) != 2 ||
        inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        return -1;
    }
    address.sin_port = htons((uint16_t)port);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&address,
                              sizeof(address)) == 0
               ? fd
               : -1;
}

int main(int argc, char **argv)
{
    static char name[LONG_NAME + 1];
    int fd = argc == 3 ? open_socket(argv[2]) : -1;

    if (fd < 0) {
        fprintf(stderr, "usage: rogue MODE coap://ADDRESS:PORT\n");
        return 3;
    }
    if (strcmp(argv[1], "garbage") == 0) {
        send_garbage(fd);
    } else if (strcmp(argv[1], "long") == 0) {
        memset(name, 'x', LONG_NAME);
        enrol(fd, 1, name);
        serve(fd, false, true);
    } else if (strcmp(argv[1], "twice") == 0) {
        enrol(fd, 1, "rogue");
        enrol(fd, 2, "rogue");
        serve(fd, false, false);
    } else if (strcmp(argv[1], "liar") == 0) {
        enrol(fd, 1, "rogue");
        serve(fd, true, false);
    } else if (strcmp(argv[1], "names") == 0) {
        enrol_with(fd, 1, HOSTILE, NAMED_LINKS);
        serve_names(fd);
    } else if (strcmp(argv[1], "bytes") == 0) {
        enrol_with(fd, 1, "ro\xff\xfegue",
                   "</1/0>,</3/0>,</33629/4>,</33629/7>");
        serve_names(fd);
    } else if (strcmp(argv[1], "endless") == 0) {
        enrol(fd, 1, "rogue");
        serve_endless(fd);
    } else if (strcmp(argv[1], "storm") == 0) {
        enrol(fd, 1, "rogue");
        serve_storm(fd);
    } else if (strcmp(argv[1], "resets") == 0) {
        enrol(fd, 1, "rogue");
        serve_resets(fd);
    } else if (strcmp(argv[1], "plain") == 0) {
        enrol_with(fd, 1, "plain", "</1/0>,</3/0>");
        serve(fd, false, false);
    } else {
        fprintf(stderr, "rogue: unknown mode '%s'\n", argv[1]);
        return 3;
    }
    return 0;
}
