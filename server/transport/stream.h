/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_STREAM_H
#define SERVER_TRANSPORT_STREAM_H

/*
 * Private to server/transport: how CoAP messages stand in a byte stream. Pure:
 * it knows no connection. Spec: RFC 8323, 3.2 and 3.3.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STREAM_HEAD_MAX = 6, /* Len/TKL, 4 bytes of length, code */
    STREAM_TOKEN_MAX = 8,
    STREAM_DATAGRAM_HEAD = 4,

    STREAM_CSM = 0xe1, /* 7.01, and so on: RFC 8323, 5 */
    STREAM_PING = 0xe2,
    STREAM_PONG = 0xe3,
    STREAM_RELEASE = 0xe4,
    STREAM_ABORT = 0xe5,

    STREAM_CSM_MAX_MESSAGE_SIZE = 2,
    STREAM_CSM_BLOCK_WISE = 4,
    STREAM_ABORT_BAD_CSM_OPTION = 2,
    STREAM_MESSAGE_BASE = 1152, /* what a peer takes that says nothing */
};

/** A message; loans of the bytes that were read. */
struct stream_message {
    uint8_t code;
    const uint8_t *token;
    size_t token_length;
    const uint8_t *body; /**< options and payload */
    size_t body_length;
    size_t length; /**< of all of it in the stream */
};

enum stream_result { STREAM_WHOLE, STREAM_PARTIAL, STREAM_WRONG };

/**
 * Read the message at the beginning.
 *
 * @param most     length of the longest message that is taken; a longer one is
 *                 wrong as soon as its head is there
 * @param out_why  in words, of STREAM_WRONG
 */
enum stream_result stream_read(const uint8_t *bytes, size_t length, size_t most,
                               struct stream_message *out_message,
                               const char **out_why);

/** Head of a message, in its shortest form.
 *  @return its length */
size_t stream_head(uint8_t head[STREAM_HEAD_MAX], uint8_t code,
                   size_t token_length, size_t body_length);

/**
 * The message as UDP would carry it, so that everything that reads messages
 * reads it: Non-confirmable, with message ID 0. A stream has neither.
 *
 * @return its length; 0: `size` is not enough
 */
size_t stream_as_datagram(const struct stream_message *message, uint8_t *bytes,
                          size_t size);

#endif
