/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_MESSAGE_H
#define TESTS_DEVICE_MESSAGE_H

/*
 * CoAP messages of the simulated device: a codec of its own, so that the
 * tester's stack is not tested against itself. Spec: RFC 7252, 3; RFC 7959.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MESSAGE_SIZE_MAX    1472 /**< bytes of a datagram */
#define MESSAGE_OPTIONS_MAX 64
#define MESSAGE_TOKEN_MAX   8

#define CODE(class, detail) ((uint8_t)(((class) << 5) | (detail)))

enum message_type { TYPE_CON, TYPE_NON, TYPE_ACK, TYPE_RST };
enum message_method {
    METHOD_GET = 1,
    METHOD_POST,
    METHOD_PUT,
    METHOD_DELETE,
    METHOD_FETCH,
    METHOD_PATCH,
    METHOD_IPATCH,
};
enum message_option_number {
    OPTION_IF_MATCH = 1,
    OPTION_URI_HOST = 3,
    OPTION_ETAG = 4,
    OPTION_IF_NONE_MATCH = 5,
    OPTION_OBSERVE = 6,
    OPTION_URI_PORT = 7,
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
    OPTION_REQUEST_TAG = 292,
};

struct message_option {
    uint16_t number;
    const uint8_t *bytes;
    size_t length;
};

/** A parsed message; everything points into the datagram. */
struct message {
    enum message_type type;
    uint8_t code;
    uint16_t id;
    uint8_t token[MESSAGE_TOKEN_MAX];
    size_t token_length;
    struct message_option options[MESSAGE_OPTIONS_MAX];
    size_t option_count;
    const uint8_t *payload;
    size_t payload_length;
};

enum message_kind {
    MESSAGE_GOOD,
    MESSAGE_BROKEN,  /**< a header, then a format error: RFC 7252, 4.2 */
    MESSAGE_FOREIGN, /**< no CoAP, or another version */
};

/** Type and ID are there unless it is foreign, the rest only if it is good. */
enum message_kind message_parse(const uint8_t *bytes, size_t length,
                                struct message *out_message);
/** Whether the code is one of a request: 0.01 to 0.31. */
bool message_is_request(const struct message *message);
/** First option of the number, or NULL. */
const struct message_option *message_option(const struct message *message,
                                            uint16_t number);
/** Number in an option, `otherwise` when it is absent. */
uint32_t message_number(const struct message *message, uint16_t number,
                        uint32_t otherwise);

/** A message being built; options in ascending order of their numbers. */
struct writer {
    uint8_t bytes[MESSAGE_SIZE_MAX];
    size_t length;
    uint16_t last_option;
    bool overflow;
};

void writer_begin(struct writer *writer, enum message_type type, uint8_t code,
                  uint16_t id, const uint8_t *token, size_t token_length);
void writer_option(struct writer *writer, uint16_t number, const void *bytes,
                   size_t length);
void writer_number(struct writer *writer, uint16_t number, uint32_t value);
/** Options of one text cut at '/' (or another delimiter). */
void writer_split(struct writer *writer, uint16_t number, const char *text,
                  char delimiter);
void writer_payload(struct writer *writer, const void *bytes, size_t length);

#endif
