/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/stream.h"

#include <string.h>

enum {
    NIBBLE_BYTE = 13,
    NIBBLE_WORD = 14,
    NIBBLE_LONG = 15,
    TYPE_NON = 0x50, /* version 1, Non-confirmable */
    NIBBLE = 0x0f,
};

#define BASE_BYTE 13u
#define BASE_WORD 269u
#define BASE_LONG 65805u

/** Bytes of length behind the first one. */
static size_t extension_of(unsigned nibble)
{
    return nibble == NIBBLE_BYTE   ? 1
           : nibble == NIBBLE_WORD ? 2
           : nibble == NIBBLE_LONG ? 4
                                   : 0;
}

static uint64_t body_length_of(const uint8_t *bytes, unsigned nibble,
                               size_t extension)
{
    uint64_t value = 0;

    for (size_t i = 0; i < extension; i++) {
        value = value << 8 | bytes[1 + i];
    }
    switch (nibble) {
    case NIBBLE_BYTE:
        return BASE_BYTE + value;
    case NIBBLE_WORD:
        return BASE_WORD + value;
    case NIBBLE_LONG:
        return BASE_LONG + value;
    default:
        return nibble;
    }
}

enum stream_result stream_read(const uint8_t *bytes, size_t length, size_t most,
                               struct stream_message *out_message,
                               const char **out_why)
{
    if (length == 0) {
        return STREAM_PARTIAL;
    }
    const unsigned nibble = bytes[0] >> 4;
    const size_t token_length = bytes[0] & NIBBLE;
    const size_t extension = extension_of(nibble);
    const size_t head = 2 + extension; /* Len/TKL, length, code */

    if (token_length > STREAM_TOKEN_MAX) {
        *out_why = "a token of more than 8 bytes";
        return STREAM_WRONG;
    }
    if (length < head) {
        return STREAM_PARTIAL;
    }
    const uint64_t body = body_length_of(bytes, nibble, extension);
    if (body > most || head + token_length + body > most) {
        *out_why = "a message that is longer than was allowed";
        return STREAM_WRONG;
    }
    if (length < head + token_length + body) {
        return STREAM_PARTIAL;
    }
    *out_message = (struct stream_message){
        .code = bytes[head - 1],
        .token = bytes + head,
        .token_length = token_length,
        .body = bytes + head + token_length,
        .body_length = (size_t)body,
        .length = head + token_length + (size_t)body,
    };
    return STREAM_WHOLE;
}

size_t stream_head(uint8_t head[STREAM_HEAD_MAX], uint8_t code,
                   size_t token_length, size_t body_length)
{
    const unsigned nibble = body_length < BASE_BYTE   ? (unsigned)body_length
                            : body_length < BASE_WORD ? NIBBLE_BYTE
                            : body_length < BASE_LONG ? NIBBLE_WORD
                                                      : NIBBLE_LONG;
    const size_t extension = extension_of(nibble);
    const size_t base = nibble == NIBBLE_BYTE   ? BASE_BYTE
                        : nibble == NIBBLE_WORD ? BASE_WORD
                                                : BASE_LONG;

    head[0] = (uint8_t)(nibble << 4 | token_length);
    for (size_t i = 0; i < extension; i++) {
        head[1 + i] =
            (uint8_t)((body_length - base) >> (8 * (extension - 1 - i)));
    }
    head[1 + extension] = code;
    return 2 + extension;
}

size_t stream_as_datagram(const struct stream_message *message, uint8_t *bytes,
                          size_t size)
{
    const size_t length =
        STREAM_DATAGRAM_HEAD + message->token_length + message->body_length;

    if (length > size) {
        return 0;
    }
    memset(bytes, 0, STREAM_DATAGRAM_HEAD);
    bytes[0] = (uint8_t)(TYPE_NON | message->token_length);
    bytes[1] = message->code;
    if (message->token_length > 0) {
        memcpy(bytes + STREAM_DATAGRAM_HEAD, message->token,
               message->token_length);
    }
    if (message->body_length > 0) {
        memcpy(bytes + STREAM_DATAGRAM_HEAD + message->token_length,
               message->body, message->body_length);
    }
    return length;
}
