/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/message.h"

#include <string.h>

enum { HEADER_SIZE = 4, VERSION = 1, PAYLOAD_MARKER = 0xff };

/** Length or delta of which `nibble` is the start; false when it is cut. */
static bool extend(const uint8_t *bytes, size_t length, size_t *at,
                   unsigned nibble, size_t *out_value)
{
    if (nibble < 13) {
        *out_value = nibble;
        return true;
    }
    size_t more = nibble == 13 ? 1 : 2;
    if (nibble == 15 || length - *at < more) {
        return false;
    }
    *out_value = nibble == 13
                     ? 13u + bytes[*at]
                     : 269u + ((size_t)bytes[*at] << 8 | bytes[*at + 1]);
    *at += more;
    return true;
}

static bool parse_options(const uint8_t *bytes, size_t length, size_t at,
                          struct message *message)
{
    size_t number = 0;

    while (at < length && bytes[at] != PAYLOAD_MARKER) {
        uint8_t first = bytes[at++];
        size_t delta = 0;
        size_t size = 0;
        if (!extend(bytes, length, &at, first >> 4, &delta) ||
            !extend(bytes, length, &at, first & 0x0fu, &size) ||
            size > length - at || number + delta > UINT16_MAX ||
            message->option_count == MESSAGE_OPTIONS_MAX) {
            return false;
        }
        number += delta;
        message->options[message->option_count++] =
            (struct message_option){ (uint16_t)number, bytes + at, size };
        at += size;
    }
    if (at < length) {
        message->payload = bytes + at + 1;
        message->payload_length = length - at - 1;
        return message->payload_length > 0;
    }
    return true;
}

/** RFC 7252, 3: classes 1, 6 and 7 are reserved; 4.1: Empty is 4 bytes. */
static bool is_known_code(const uint8_t *bytes, size_t length)
{
    unsigned class = bytes[1] >> 5;

    return class != 1 && class < 6 && (bytes[1] != 0 || length == HEADER_SIZE);
}

enum message_kind message_parse(const uint8_t *bytes, size_t length,
                                struct message *out_message)
{
    struct message *message = out_message;

    *message = (struct message){ .type = TYPE_CON };
    if (length < HEADER_SIZE || bytes[0] >> 6 != VERSION) {
        return MESSAGE_FOREIGN;
    }
    message->type = (enum message_type)(bytes[0] >> 4 & 3);
    message->token_length = bytes[0] & 0x0f;
    message->code = bytes[1];
    message->id = (uint16_t)(bytes[2] << 8 | bytes[3]);
    if (message->token_length > MESSAGE_TOKEN_MAX ||
        length - HEADER_SIZE < message->token_length ||
        !is_known_code(bytes, length)) {
        return MESSAGE_BROKEN;
    }
    memcpy(message->token, bytes + HEADER_SIZE, message->token_length);
    return parse_options(bytes, length, HEADER_SIZE + message->token_length,
                         message)
               ? MESSAGE_GOOD
               : MESSAGE_BROKEN;
}

bool message_is_request(const struct message *message)
{
    return message->code != 0 && message->code >> 5 == 0;
}

const struct message_option *message_option(const struct message *message,
                                            uint16_t number)
{
    for (size_t i = 0; i < message->option_count; i++) {
        if (message->options[i].number == number) {
            return &message->options[i];
        }
    }
    return NULL;
}

uint32_t message_number(const struct message *message, uint16_t number,
                        uint32_t otherwise)
{
    const struct message_option *option = message_option(message, number);
    uint32_t value = 0;

    if (option == NULL || option->length > sizeof(value)) {
        return otherwise;
    }
    for (size_t i = 0; i < option->length; i++) {
        value = value << 8 | option->bytes[i];
    }
    return value;
}

static void put(struct writer *writer, const void *bytes, size_t length)
{
    if (writer->overflow || length > MESSAGE_SIZE_MAX - writer->length) {
        writer->overflow = true;
        return;
    }
    if (length > 0) {
        memcpy(writer->bytes + writer->length, bytes, length);
        writer->length += length;
    }
}

static void put_byte(struct writer *writer, unsigned byte)
{
    uint8_t value = (uint8_t)byte;

    put(writer, &value, 1);
}

void writer_begin(struct writer *writer, enum message_type type, uint8_t code,
                  uint16_t id, const uint8_t *token, size_t token_length)
{
    *writer = (struct writer){ .length = 0 };
    put_byte(writer, (unsigned)VERSION << 6 | (unsigned)type << 4 |
                         (unsigned)token_length);
    put_byte(writer, code);
    put_byte(writer, (unsigned)id >> 8);
    put_byte(writer, id & 0xffu);
    put(writer, token, token_length);
}

static unsigned nibble_of(size_t value)
{
    return value < 13 ? (unsigned)value : value < 269 ? 13 : 14;
}

static void put_extension(struct writer *writer, size_t value)
{
    if (value >= 269) {
        put_byte(writer, (unsigned)(value - 269) >> 8);
        put_byte(writer, (unsigned)(value - 269) & 0xffu);
    } else if (value >= 13) {
        put_byte(writer, (unsigned)value - 13);
    }
}

void writer_option(struct writer *writer, uint16_t number, const void *bytes,
                   size_t length)
{
    size_t delta = (size_t)number - writer->last_option;

    put_byte(writer, nibble_of(delta) << 4 | nibble_of(length));
    put_extension(writer, delta);
    put_extension(writer, length);
    put(writer, bytes, length);
    writer->last_option = number;
}

void writer_number(struct writer *writer, uint16_t number, uint32_t value)
{
    uint8_t bytes[4];
    size_t size = 0;

    for (int shift = 24; shift >= 0; shift -= 8) {
        uint8_t byte = (uint8_t)(value >> shift);
        if (size > 0 || byte != 0) {
            bytes[size++] = byte;
        }
    }
    writer_option(writer, number, bytes, size);
}

void writer_split(struct writer *writer, uint16_t number, const char *text,
                  char delimiter)
{
    while (text != NULL && *text != '\0') {
        const char *end = strchr(text, delimiter);
        size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
        writer_option(writer, number, text, length);
        text = end != NULL ? end + 1 : NULL;
    }
}

void writer_payload(struct writer *writer, const void *bytes, size_t length)
{
    if (length > 0) {
        put_byte(writer, PAYLOAD_MARKER);
        put(writer, bytes, length);
    }
}
