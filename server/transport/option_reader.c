/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/option_reader.h"

enum {
    HEADER_SIZE = 4,
    VERSION = 1,
    TOKEN_MAX = 8,
    PAYLOAD_MARKER = 0xFF,
    EXTEND_BYTE = 13,
    EXTEND_WORD = 14,
    EXTEND_RESERVED = 15,
};

static bool take(struct option_reader *reader, size_t length,
                 const uint8_t **out_bytes)
{
    if (length > reader->left) {
        return false;
    }
    *out_bytes = reader->at;
    reader->at += length;
    reader->left -= length;
    return true;
}

static bool take_extended(struct option_reader *reader, unsigned nibble,
                          size_t *out)
{
    const uint8_t *bytes = NULL;

    if (nibble == EXTEND_BYTE) {
        if (!take(reader, 1, &bytes)) {
            return false;
        }
        *out = 13u + bytes[0];
        return true;
    }
    if (nibble == EXTEND_WORD) {
        if (!take(reader, 2, &bytes)) {
            return false;
        }
        *out = 269u + ((size_t)bytes[0] << 8 | bytes[1]);
        return true;
    }
    *out = nibble;
    return nibble != EXTEND_RESERVED;
}

bool option_reader_open(struct option_reader *reader, const uint8_t *bytes,
                        size_t length)
{
    const uint8_t *header = NULL;

    *reader = (struct option_reader){ .at = bytes, .left = length };
    if (!take(reader, HEADER_SIZE, &header) || header[0] >> 6 != VERSION ||
        (header[0] & 0x0f) > TOKEN_MAX ||
        !take(reader, header[0] & 0x0f, &reader->token)) {
        return false;
    }
    reader->type = header[0] >> 4 & 3;
    reader->token_length = header[0] & 0x0f;
    reader->code = header[1];
    reader->mid = (uint16_t)(header[2] << 8 | header[3]);
    return true;
}

bool option_reader_next(struct option_reader *reader,
                        struct option_view *out_option)
{
    struct option_reader ahead = *reader;
    const uint8_t *first = NULL;
    size_t delta = 0;
    size_t length = 0;
    const uint8_t *value = NULL;

    if (reader->left == 0 || reader->at[0] == PAYLOAD_MARKER ||
        !take(&ahead, 1, &first) ||
        !take_extended(&ahead, *first >> 4, &delta) ||
        !take_extended(&ahead, *first & 0x0f, &length) ||
        !take(&ahead, length, &value)) {
        return false;
    }
    ahead.number += delta;
    *reader = ahead;
    *out_option = (struct option_view){ ahead.number, value, length };
    return true;
}

bool option_reader_is_torn(const struct option_reader *reader)
{
    return reader->left > 0 && reader->at[0] != PAYLOAD_MARKER;
}

size_t option_reader_payload(const struct option_reader *reader)
{
    return reader->left > 0 && reader->at[0] == PAYLOAD_MARKER
               ? reader->left - 1
               : 0;
}

uint64_t option_number(const struct option_view *option)
{
    uint64_t number = 0;

    for (size_t i = 0; i < option->length && i < sizeof(number); i++) {
        number = number << 8 | option->value[i];
    }
    return number;
}
