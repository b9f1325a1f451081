/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "server/transport/endpoint.h"

/* RFC 7252, section 3. */
enum {
    HEADER_SIZE = 4,
    VERSION = 1,
    TOKEN_MAX = 8,
    PAYLOAD_MARKER = 0xFF,
    EXTEND_BYTE = 13,
    EXTEND_WORD = 14,
    EXTEND_RESERVED = 15,
    HEX_SHOWN = 64,
    TEXT_SHOWN = 48,
};

enum {
    OPTION_OBSERVE = 6,
    OPTION_LOCATION_PATH = 8,
    OPTION_URI_PATH = 11,
    OPTION_CONTENT_FORMAT = 12,
    OPTION_MAX_AGE = 14,
    OPTION_URI_QUERY = 15,
    OPTION_ACCEPT = 17,
    OPTION_BLOCK2 = 23,
    OPTION_BLOCK1 = 27,
    OPTION_SIZE2 = 28,
    OPTION_SIZE1 = 60,
};

/** Unread part of a message. */
struct rest {
    const uint8_t *bytes;
    size_t length;
};

static bool take(struct rest *rest, size_t length, const uint8_t **out_bytes)
{
    if (length > rest->length) {
        return false;
    }
    *out_bytes = rest->bytes;
    rest->bytes += length;
    rest->length -= length;
    return true;
}

static bool take_extended(struct rest *rest, unsigned nibble, size_t *out)
{
    const uint8_t *bytes = NULL;

    if (nibble == EXTEND_BYTE) {
        if (!take(rest, 1, &bytes)) {
            return false;
        }
        *out = 13u + bytes[0];
        return true;
    }
    if (nibble == EXTEND_WORD) {
        if (!take(rest, 2, &bytes)) {
            return false;
        }
        *out = 269u + ((size_t)bytes[0] << 8 | bytes[1]);
        return true;
    }
    *out = nibble;
    return nibble != EXTEND_RESERVED;
}

static uint64_t number_of(const uint8_t *bytes, size_t length)
{
    uint64_t number = 0;

    for (size_t i = 0; i < length && i < sizeof(number); i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static void print_text(FILE *stream, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length && i < TEXT_SHOWN; i++) {
        if (isprint(bytes[i]) != 0) {
            fputc(bytes[i], stream);
        } else {
            fprintf(stream, "\\x%02x", bytes[i]);
        }
    }
    if (length > TEXT_SHOWN) {
        fprintf(stream, "...");
    }
}

static void print_block(FILE *stream, const char *name, uint64_t value)
{
    fprintf(stream, " %s %" PRIu64 "%s/%u", name, value >> 4,
            (value & 8) != 0 ? "+" : "", 16u << (value & 7));
}

static void print_option(FILE *stream, size_t number, const uint8_t *bytes,
                         size_t length, bool *in_path)
{
    bool is_path = number == OPTION_URI_PATH || number == OPTION_LOCATION_PATH;
    uint64_t value = number_of(bytes, length);

    if (is_path) {
        fprintf(stream, "%s/", *in_path ? "" : " ");
        print_text(stream, bytes, length);
        *in_path = true;
        return;
    }
    switch (number) {
    case OPTION_URI_QUERY:
        fprintf(stream, " ?");
        print_text(stream, bytes, length);
        break;
    case OPTION_OBSERVE:
        fprintf(stream, " Observe %" PRIu64, value);
        break;
    case OPTION_CONTENT_FORMAT:
        fprintf(stream, " Content-Format %" PRIu64, value);
        break;
    case OPTION_ACCEPT:
        fprintf(stream, " Accept %" PRIu64, value);
        break;
    case OPTION_MAX_AGE:
        fprintf(stream, " Max-Age %" PRIu64, value);
        break;
    case OPTION_BLOCK1:
        print_block(stream, "Block1", value);
        break;
    case OPTION_BLOCK2:
        print_block(stream, "Block2", value);
        break;
    case OPTION_SIZE1:
        fprintf(stream, " Size1 %" PRIu64, value);
        break;
    case OPTION_SIZE2:
        fprintf(stream, " Size2 %" PRIu64, value);
        break;
    default:
        fprintf(stream, " option %zu (%zu bytes)", number, length);
        break;
    }
}

static void print_code(FILE *stream, uint8_t code)
{
    static const char *const methods[] = {
        "EMPTY", "GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"
    };

    if (code < sizeof(methods) / sizeof(methods[0])) {
        fprintf(stream, " %s", methods[code]);
    } else {
        fprintf(stream, " %u.%02u", code >> 5, code & 0x1fu);
    }
}

/** @return false where the message is no CoAP any more */
static bool print_message(FILE *stream, struct rest rest)
{
    static const char *const types[] = { "CON", "NON", "ACK", "RST" };
    const uint8_t *header = NULL;
    const uint8_t *bytes = NULL;
    size_t number = 0;
    bool in_path = false;

    if (!take(&rest, HEADER_SIZE, &header) || header[0] >> 6 != VERSION ||
        (header[0] & 0x0f) > TOKEN_MAX ||
        !take(&rest, header[0] & 0x0f, &bytes)) {
        return false;
    }
    fprintf(stream, "%s %u", types[header[0] >> 4 & 3],
            (unsigned)header[2] << 8 | header[3]);
    print_code(stream, header[1]);
    while (rest.length > 0 && rest.bytes[0] != PAYLOAD_MARKER) {
        size_t delta = 0;
        size_t length = 0;
        if (!take(&rest, 1, &bytes)) {
            return false;
        }
        uint8_t first = bytes[0];
        if (!take_extended(&rest, first >> 4, &delta) ||
            !take_extended(&rest, first & 0x0f, &length) ||
            !take(&rest, length, &bytes)) {
            return false;
        }
        number += delta;
        print_option(stream, number, bytes, length, &in_path);
    }
    if (rest.length > 0) {
        fprintf(stream, ", %zu bytes", rest.length - 1);
    }
    return true;
}

char *message_text(const uint8_t *bytes, size_t length, char *buffer,
                   size_t size)
{
    FILE *stream = size > 1 ? fmemopen(buffer, size, "w") : NULL;

    if (size > 0) {
        buffer[0] = '\0';
    }
    if (stream == NULL) {
        return buffer;
    }
    setbuf(stream, NULL); /* what does not fit is cut */
    if (!print_message(stream, (struct rest){ bytes, length })) {
        fprintf(stream, "not CoAP:");
        for (size_t i = 0; i < length && i < HEX_SHOWN; i++) {
            fprintf(stream, " %02x", bytes[i]);
        }
    }
    (void)fclose(stream); /* a memory stream */
    buffer[size - 1] = '\0';
    return buffer;
}
