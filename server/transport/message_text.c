/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "server/transport/endpoint.h"
#include "server/transport/option_reader.h"

enum { HEX_SHOWN = 64, TEXT_SHOWN = 48 };

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

static void print_option(FILE *stream, const struct option_view *option,
                         bool *in_path)
{
    bool is_path = option->number == OPTION_URI_PATH ||
                   option->number == OPTION_LOCATION_PATH;
    uint64_t value = option_number(option);

    if (is_path) {
        fprintf(stream, "%s/", *in_path ? "" : " ");
        print_text(stream, option->value, option->length);
        *in_path = true;
        return;
    }
    switch (option->number) {
    case OPTION_URI_QUERY:
        fprintf(stream, " ?");
        print_text(stream, option->value, option->length);
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
        fprintf(stream, " option %zu (%zu bytes)", option->number,
                option->length);
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
static bool print_message(FILE *stream, const uint8_t *bytes, size_t length)
{
    static const char *const types[] = { "CON", "NON", "ACK", "RST" };
    struct option_reader reader;
    struct option_view option;
    bool in_path = false;

    if (!option_reader_open(&reader, bytes, length)) {
        return false;
    }
    fprintf(stream, "%s %u", types[reader.type], reader.mid);
    print_code(stream, reader.code);
    while (option_reader_next(&reader, &option)) {
        print_option(stream, &option, &in_path);
    }
    if (option_reader_is_torn(&reader)) {
        return false;
    }
    if (reader.left > 0) {
        fprintf(stream, ", %zu bytes", option_reader_payload(&reader));
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
    if (!print_message(stream, bytes, length)) {
        fprintf(stream, "not CoAP:");
        for (size_t i = 0; i < length && i < HEX_SHOWN; i++) {
            fprintf(stream, " %02x", bytes[i]);
        }
    }
    (void)fclose(stream); /* a memory stream */
    buffer[size - 1] = '\0';
    return buffer;
}
