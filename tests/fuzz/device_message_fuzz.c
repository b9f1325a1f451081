/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is a datagram that the simulated device gets. */
#include <string.h>

#include "tests/device/message.h"
#include "tests/fuzz/fuzz.h"

static bool is_inside(const uint8_t *bytes, size_t length, const uint8_t *data,
                      size_t size)
{
    return bytes >= data && length <= size && bytes + length <= data + size;
}

static void write_message(const struct message *message, struct writer *writer)
{
    writer_begin(writer, message->type, message->code, message->id,
                 message->token, message->token_length);
    for (size_t i = 0; i < message->option_count; i++) {
        writer_option(writer, message->options[i].number,
                      message->options[i].bytes, message->options[i].length);
    }
    writer_payload(writer, message->payload, message->payload_length);
}

static bool is_same(const struct message *a, const struct message *b)
{
    bool same = a->type == b->type && a->code == b->code && a->id == b->id &&
                a->token_length == b->token_length &&
                memcmp(a->token, b->token, sizeof(a->token)) == 0 &&
                a->option_count == b->option_count &&
                a->payload_length == b->payload_length &&
                (a->payload_length == 0 ||
                 memcmp(a->payload, b->payload, a->payload_length) == 0);

    for (size_t i = 0; same && i < a->option_count; i++) {
        const struct message_option *first = &a->options[i];
        const struct message_option *second = &b->options[i];
        same = first->number == second->number &&
               first->length == second->length &&
               (first->length == 0 ||
                memcmp(first->bytes, second->bytes, first->length) == 0);
    }
    return same;
}

static void check_message(const struct message *message, const uint8_t *data,
                          size_t size)
{
    HOLDS(message->token_length <= MESSAGE_TOKEN_MAX);
    HOLDS(message->option_count <= MESSAGE_OPTIONS_MAX);
    for (size_t i = 0; i < message->option_count; i++) {
        const struct message_option *option = &message->options[i];
        HOLDS(is_inside(option->bytes, option->length, data, size));
        HOLDS(i == 0 || message->options[i - 1].number <= option->number);
        HOLDS(message_option(message, option->number) != NULL);
        (void)message_number(message, option->number, 0);
    }
    if (message->payload_length > 0) {
        HOLDS(message->payload + message->payload_length == data + size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct message message;
    struct message again;
    struct writer writer;

    if (message_parse(data, size, &message) != MESSAGE_GOOD) {
        return 0;
    }
    check_message(&message, data, size);
    write_message(&message, &writer);
    if (size <= MESSAGE_SIZE_MAX) {
        /* Written in its shortest form, it is the same message. */
        HOLDS(!writer.overflow);
        HOLDS(writer.length <= size);
        HOLDS(message_parse(writer.bytes, writer.length, &again) ==
              MESSAGE_GOOD);
        HOLDS(is_same(&message, &again));
    }
    return 0;
}
