/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/device_peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/device_bench.h"

enum {
    ARGUMENTS_MAX = 16,
    TYPE_CONFIRMABLE = 0,
    TYPE_ACKNOWLEDGEMENT = 2,
    MARKER = 0xff,
};

static uint64_t clock_ms(void)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool peer_open(struct peer *peer)
{
    socklen_t size = sizeof(peer->address);
    struct sockaddr_in own = { .sin_family = AF_INET };

    *peer = (struct peer){ .watch = -1, .next_id = 0x1000 };
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (peer->socket < 0 ||
        bind(peer->socket, (const struct sockaddr *)&own, sizeof(own)) != 0 ||
        getsockname(peer->socket, (struct sockaddr *)&own, &size) != 0) {
        return false;
    }
    peer->port = ntohs(own.sin_port);
    (void)snprintf(peer->folder, sizeof(peer->folder), "%s/assay-peer-XXXXXX",
                   bench_temporary());
    return mkdtemp(peer->folder) != NULL;
}

void peer_close(struct peer *peer)
{
    peer_kill(peer);
    if (peer->watch >= 0) {
        (void)close(peer->watch); /* it was only read */
    }
    if (peer->socket >= 0) {
        (void)close(peer->socket); /* nothing is buffered */
    }
    bench_remove_folder(peer->folder);
}

bool peer_start(struct peer *peer, const char *const *options)
{
    char server[48];
    const char *arguments[ARGUMENTS_MAX] = { "assay-device", "--server", server,
                                             "--state", peer->folder };
    size_t count = 5;

    (void)snprintf(server, sizeof(server), "coap://127.0.0.1:%u", peer->port);
    for (size_t i = 0; options != NULL && options[i] != NULL; i++) {
        if (count + 1 < ARGUMENTS_MAX) {
            arguments[count++] = options[i];
        }
    }
    (void)fflush(NULL); /* or the child has a copy of what is buffered */
    peer->device = fork();
    if (peer->device == 0) {
        /* A test that ends early must not leave it behind. */
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* execv() takes no const, but changes nothing. */
        (void)execv(ASSAY_BINARY_DIR "/assay-device",
                    (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    return peer->device > 0;
}

void peer_kill(struct peer *peer)
{
    if (peer->device > 0) {
        (void)kill(peer->device, SIGKILL); /* or it is gone already */
        (void)waitpid(peer->device, NULL, 0);
        peer->device = 0;
        /* What it sent is here already; it must not pass for the next one. */
        char old[16];
        while (recv(peer->socket, old, sizeof(old), MSG_DONTWAIT) >= 0) {
        }
    }
}

bool peer_is_running(struct peer *peer)
{
    if (peer->device > 0 && waitpid(peer->device, NULL, WNOHANG) != 0) {
        peer->device = 0;
    }
    return peer->device > 0;
}

int peer_stop(struct peer *peer)
{
    struct peer_message message;
    int status = 0;
    uint64_t end = clock_ms() + PEER_LIMIT_MS;

    if (peer->device <= 0 || kill(peer->device, SIGTERM) != 0) {
        return -1;
    }
    while (waitpid(peer->device, &status, WNOHANG) == 0) {
        (void)peer_receive(peer, &message, 20); /* its De-register */
        if (clock_ms() > end) {
            peer_kill(peer);
            return -1;
        }
    }
    peer->device = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool peer_kill_at(struct peer *peer, unsigned nth)
{
    if (peer->watch < 0) {
        peer->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (peer->watch < 0 ||
            inotify_add_watch(peer->watch, peer->folder,
                              IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE |
                                  IN_MOVED_TO | IN_DELETE) < 0) {
            return false;
        }
    }
    char old[4096];
    while (read(peer->watch, old, sizeof(old)) > 0) {
    }
    peer->file_events = 0;
    peer->kill_at = nth;
    return true;
}

static void take_file_events(struct peer *peer)
{
    char bytes[4096];
    ssize_t length = read(peer->watch, bytes, sizeof(bytes));

    for (ssize_t at = 0; at < length;) {
        struct inotify_event event;
        memcpy(&event, bytes + at, sizeof(event));
        at += (ssize_t)(sizeof(event) + event.len);
        if (++peer->file_events == peer->kill_at) {
            peer_kill(peer);
        }
    }
}

/* Messages. */

static size_t put_option(uint8_t *bytes, unsigned *number, unsigned next,
                         const void *value, size_t length)
{
    unsigned delta = next - *number;
    size_t at = 0;

    /* Deltas up to 12 and, by one more byte, up to 268; lengths up to 12. */
    bytes[at++] = (uint8_t)((delta < 13 ? delta : 13) << 4 | length);
    if (delta >= 13) {
        bytes[at++] = (uint8_t)(delta - 13);
    }
    if (length > 0) {
        memcpy(bytes + at, value, length);
    }
    *number = next;
    return at + length;
}

static size_t put_number(uint8_t *bytes, unsigned *number, unsigned next,
                         uint32_t value)
{
    const uint8_t all[3] = { (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                             (uint8_t)value };
    size_t skip = value == 0 ? 3 : value < 256 ? 2 : value < 65536 ? 1 : 0;

    return put_option(bytes, number, next, all + skip, 3 - skip);
}

size_t peer_build(struct peer *peer, uint8_t *bytes, enum peer_code method,
                  const char *path, int format, int accept, int64_t block,
                  const void *payload, size_t length)
{
    uint16_t id = peer->next_id++;
    unsigned number = 0;
    size_t at = 0;

    bytes[at++] = 0x42; /* version 1, confirmable, a token of 2 bytes */
    bytes[at++] = (uint8_t)method;
    bytes[at++] = (uint8_t)(id >> 8);
    bytes[at++] = (uint8_t)id;
    bytes[at++] = 0xa5;
    bytes[at++] = (uint8_t)id;
    while (*path == '/') {
        size_t size = strcspn(path + 1, "/");
        at += put_option(bytes + at, &number, 11, path + 1, size);
        path += 1 + size;
    }
    if (format >= 0) {
        at += put_number(bytes + at, &number, 12, (uint32_t)format);
    }
    if (accept >= 0) {
        at += put_number(bytes + at, &number, 17, (uint32_t)accept);
    }
    if (block >= 0) {
        at += put_number(bytes + at, &number, 27, (uint32_t)block);
    }
    if (length > 0) {
        bytes[at++] = MARKER;
        memcpy(bytes + at, payload, length);
        at += length;
    }
    return at;
}

/** Join the options of one number by `between`; what is too long is cut. */
static void join(char *text, size_t size, char between, const uint8_t *bytes,
                 size_t length)
{
    size_t used = strlen(text);

    if (used > 0 && used + 1 < size) {
        text[used++] = between;
    }
    for (size_t i = 0; i < length && used + 1 < size; i++) {
        text[used++] = (char)bytes[i];
    }
    text[used] = '\0';
}

static void take_option(struct peer_message *message, unsigned number,
                        const uint8_t *bytes, size_t length)
{
    switch (number) {
    case 6:
        message->observe = 0;
        for (size_t i = 0; i < length; i++) {
            message->observe = message->observe << 8 | bytes[i];
        }
        break;
    case 11:
        join(message->path, sizeof(message->path), '/', bytes, length);
        break;
    case 15:
        join(message->query, sizeof(message->query), '&', bytes, length);
        break;
    default:
        break;
    }
}

/** Only what the device may send: no option is longer than 268 bytes. */
static bool take_apart(struct peer_message *message)
{
    const uint8_t *bytes = message->bytes;
    size_t at = 4 + (bytes[0] & 15u);
    unsigned number = 0;

    if (message->length < at || bytes[0] >> 6 != 1 || (bytes[0] & 15) > 8) {
        return false;
    }
    message->type = bytes[0] >> 4 & 3;
    message->code = bytes[1];
    message->id = (uint16_t)(bytes[2] << 8 | bytes[3]);
    message->token_length = bytes[0] & 15;
    memcpy(message->token, bytes + 4, message->token_length);
    message->path[0] = '\0';
    message->query[0] = '\0';
    message->observe = -1;
    message->payload = NULL;
    message->payload_length = 0;
    while (at < message->length && bytes[at] != MARKER) {
        unsigned delta = bytes[at] >> 4;
        size_t size = bytes[at] & 15u;
        size_t more = (delta == 13 ? 1u : 0u) + (size == 13 ? 1u : 0u);
        if (delta > 13 || size > 13 || at + more >= message->length) {
            return false;
        }
        number += delta == 13 ? 13u + bytes[at + 1] : delta;
        size = size == 13 ? 13u + bytes[at + more] : size;
        at += 1 + more;
        if (size > message->length - at) {
            return false;
        }
        take_option(message, number, bytes + at, size);
        at += size;
    }
    if (at < message->length) {
        message->payload = bytes + at + 1;
        message->payload_length = message->length - at - 1;
    }
    return at <= message->length;
}

bool peer_send(struct peer *peer, const void *bytes, size_t length)
{
    return sendto(peer->socket, bytes, length, 0,
                  (const struct sockaddr *)&peer->address,
                  sizeof(peer->address)) == (ssize_t)length;
}

static bool is_request(const struct peer_message *message)
{
    return message->type == TYPE_CONFIRMABLE && message->code >= 1 &&
           message->code < 32;
}

static void keep_body(struct peer *peer, const struct peer_message *message)
{
    size_t length = message->payload_length;

    length = length < sizeof(peer->body) ? length : sizeof(peer->body) - 1;
    if (length > 0) {
        memcpy(peer->body, message->payload, length);
    }
    peer->body[length] = '\0';
    peer->body_length = length;
}

/** What the device asked for. @return the code of the answer */
static uint8_t count_request(struct peer *peer,
                             const struct peer_message *message)
{
    if (message->code == PEER_DELETE) {
        peer->deregistrations++;
        return 0x42;
    }
    keep_body(peer, message);
    if (strcmp(message->path, "dp") == 0) {
        peer->sends++;
        return PEER_CHANGED;
    }
    memcpy(peer->query, message->query, sizeof(peer->query));
    if (strcmp(message->path, "rd") == 0) {
        peer->registrations++;
        return PEER_CREATED;
    }
    peer->updates++;
    return peer->update_code != 0 ? peer->update_code : PEER_CHANGED;
}

/** Register gets 2.01 with a location. */
static void answer(struct peer *peer, const struct peer_message *message,
                   const struct sockaddr_in *source)
{
    uint8_t bytes[32] = { (uint8_t)(0x60 | message->token_length), 0,
                          (uint8_t)(message->id >> 8), (uint8_t)message->id };
    size_t at = 4 + message->token_length;
    unsigned number = 0;

    memcpy(bytes + 4, message->token, message->token_length);
    bytes[1] = count_request(peer, message);
    if (bytes[1] == PEER_CREATED) {
        at += put_option(bytes + at, &number, 8, "rd", 2);
        at += put_option(bytes + at, &number, 8, "7", 1);
        peer->address = *source;
    }
    (void)peer_send(peer, bytes, at); /* the device asks again */
}

bool peer_receive(struct peer *peer, struct peer_message *out_message,
                  int limit_ms)
{
    uint64_t end = clock_ms() + (uint64_t)limit_ms;

    for (uint64_t now = clock_ms(); now <= end; now = clock_ms()) {
        struct pollfd polled[2] = {
            { .fd = peer->socket, .events = POLLIN },
            { .fd = peer->watch, .events = POLLIN },
        };
        struct sockaddr_in source;
        socklen_t size = sizeof(source);

        if (poll(polled, 2, (int)(end - now)) <= 0) {
            return false;
        }
        if ((polled[1].revents & POLLIN) != 0) {
            take_file_events(peer);
        }
        if (peer->kill_at > 0 && peer->device == 0) {
            return false; /* what it sent before is of no interest */
        }
        if ((polled[0].revents & POLLIN) == 0) {
            continue;
        }
        ssize_t length = recvfrom(peer->socket, out_message->bytes,
                                  sizeof(out_message->bytes), 0,
                                  (struct sockaddr *)&source, &size);
        if (length < 4) {
            continue;
        }
        out_message->length = (size_t)length;
        if (!take_apart(out_message)) {
            continue;
        }
        if (!is_request(out_message)) {
            return true;
        }
        answer(peer, out_message, &source);
    }
    return false;
}

bool peer_wait_for(struct peer *peer, const unsigned *counter, unsigned count)
{
    struct peer_message message;
    uint64_t end = clock_ms() + PEER_LIMIT_MS;

    while (*counter < count && clock_ms() < end &&
           (peer->kill_at == 0 || peer->device > 0)) {
        (void)peer_receive(peer, &message, 20); /* answers the device */
    }
    return *counter >= count;
}

bool peer_wait_registration(struct peer *peer, unsigned count)
{
    return peer_wait_for(peer, &peer->registrations, count);
}

/** Send and wait for what acknowledges it. */
static uint8_t exchange(struct peer *peer, const uint8_t *bytes, size_t size,
                        struct peer_message *out_answer)
{
    struct peer_message ignored;
    struct peer_message *message = out_answer != NULL ? out_answer : &ignored;
    uint16_t id = (uint16_t)(bytes[2] << 8 | bytes[3]);

    if (!peer_send(peer, bytes, size)) {
        return 0;
    }
    while (peer_receive(peer, message, PEER_LIMIT_MS)) {
        if (message->type == TYPE_ACKNOWLEDGEMENT && message->id == id) {
            return message->code;
        }
    }
    return 0;
}

/** One option for each part of "a/b" or "a&b". */
static size_t put_parts(uint8_t *bytes, unsigned *number, unsigned next,
                        const char *text, const char *between)
{
    size_t at = 0;

    for (text += *text == *between; *text != '\0';) {
        size_t size = strcspn(text, between);
        at += put_option(bytes + at, number, next, text, size);
        text += size + (text[size] != '\0' ? 1 : 0);
    }
    return at;
}

uint8_t peer_ask_for(struct peer *peer, const struct peer_request *request,
                     struct peer_message *out_answer)
{
    uint8_t bytes[PEER_DATAGRAM_MAX];
    uint16_t id = peer->next_id++;
    unsigned number = 0;
    size_t at = 0;

    bytes[at++] = 0x41; /* version 1, confirmable, a token of 1 byte */
    bytes[at++] = (uint8_t)request->method;
    bytes[at++] = (uint8_t)(id >> 8);
    bytes[at++] = (uint8_t)id;
    bytes[at++] = request->token;
    if (request->observe >= 0) {
        at += put_number(bytes + at, &number, 6, (uint32_t)request->observe);
    }
    at += put_parts(bytes + at, &number, 11, request->path, "/");
    if (request->format >= 0) {
        at += put_number(bytes + at, &number, 12, (uint32_t)request->format);
    }
    at += put_parts(bytes + at, &number, 15, request->query, "&");
    if (request->accept >= 0) {
        at += put_number(bytes + at, &number, 17, (uint32_t)request->accept);
    }
    if (request->payload[0] != '\0') {
        bytes[at++] = MARKER;
        memcpy(bytes + at, request->payload, strlen(request->payload));
        at += strlen(request->payload);
    }
    return exchange(peer, bytes, at, out_answer);
}

uint8_t peer_ask(struct peer *peer, enum peer_code method, const char *path,
                 int format, int64_t block, const void *payload, size_t length,
                 struct peer_message *out_answer)
{
    uint8_t bytes[PEER_DATAGRAM_MAX];
    int accept = method == PEER_GET ? 0 : -1;
    size_t size = peer_build(peer, bytes, method, path, format, accept, block,
                             payload, length);

    return exchange(peer, bytes, size, out_answer);
}

bool peer_text(struct peer *peer, const char *path, char *text, size_t size)
{
    struct peer_message message;

    text[0] = '\0';
    if (peer_ask(peer, PEER_GET, path, -1, -1, NULL, 0, &message) !=
            PEER_CONTENT ||
        message.payload_length >= size) {
        return false;
    }
    if (message.payload_length > 0) {
        memcpy(text, message.payload, message.payload_length);
    }
    text[message.payload_length] = '\0';
    return true;
}

int peer_pair(struct peer *peer, unsigned instance)
{
    char path[32];
    char state[16];
    char result[16];

    (void)snprintf(path, sizeof(path), "/33629/%u/3", instance);
    bool good = peer_text(peer, path, state, sizeof(state));
    (void)snprintf(path, sizeof(path), "/33629/%u/5", instance);
    good = peer_text(peer, path, result, sizeof(result)) && good;
    return good
               ? (int)(strtol(state, NULL, 10) * 100 + strtol(result, NULL, 10))
               : -1;
}
