/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_WIRE_H
#define SERVER_TRANSPORT_WIRE_H

/*
 * Private to server/transport: what hooks.h met is done to it, malformed
 * messages go out, and what has no event of its own is told (SERVER_WIRE).
 * Messages by UDP, in clear also under DTLS.
 */
#include <sys/socket.h>

#include "server/transport/hooks.h"
#include "server/transport/malformed.h"
#include "server/transport/tap.h"

struct endpoint;

enum {
    WIRE_PASSED = 4096,  /* messages remembered, to know a repetition */
    WIRE_LATE_MAX = 256, /* on their way; more are lost */
    WIRE_RAW_MAX = 16,   /* malformed ones whose answer is known; the newest */
    WIRE_TOKEN_SIZE = 8,
    WIRE_MESSAGE_MAX = 1472,
};

/** All zero is empty. */
struct wire {
    struct hooks hooks;
    struct {
        uint64_t key; /* hash of direction, way and message ID */
        uint64_t content;
        uint64_t time_ms;
    } passed[WIRE_PASSED];
    struct wire_late *late;
    size_t late_count;
    struct {
        uint64_t id; /* of its events; 0: unused */
        uint64_t way;
        uint16_t mid;
        uint8_t token[WIRE_TOKEN_SIZE];
    } raws[WIRE_RAW_MAX]; /* a ring */
    size_t raw_count;
    unsigned copies; /* of the message that leaves now */
    bool is_copied;  /* it goes out once more, later */
    uint8_t changed[WIRE_MESSAGE_MAX];
};

/** A message and where it passes. */
struct wire_passage {
    enum tap_layer layer;
    enum server_direction direction;
    const struct sockaddr *peer;
    const char *peer_text;
    uint16_t port; /* ours */
    uint64_t way;  /* wire_way() of both */
    int interface;
    bool of_files; /* that port is of files */
};

/**
 * A hash that says who talks to which port of ours: message IDs and tokens are
 * known by it, as each port has its own. RFC 7252, 4.4 and 5.3.1.
 */
uint64_t wire_way(const struct sockaddr *peer, uint16_t port);
/** Tell of a message that has no event of its own. */
void wire_note(struct endpoint *endpoint, const struct wire_passage *passage,
               const uint8_t *bytes, size_t length);
/** Whether it answers a malformed message of ours. */
bool wire_is_answer(const struct endpoint *endpoint, uint64_t way,
                    const uint8_t *bytes, size_t length);
/** The same; then that is told, and nobody else is to see it. */
bool wire_take_answer(struct endpoint *endpoint,
                      const struct wire_passage *passage, const uint8_t *bytes,
                      size_t length);
/**
 * Do to a message what its hook says.
 *
 * @param bytes,length  exchanged for what is to pass, on loan until the next
 *                      call
 * @return whether it passes now
 */
bool wire_pass(struct endpoint *endpoint, const struct wire_passage *passage,
               const uint8_t **bytes, size_t *length);
/** What is late is lost. */
void wire_release(struct endpoint *endpoint);

#endif
