/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_OPTION_READER_H
#define SERVER_TRANSPORT_OPTION_READER_H

/*
 * Private to server/transport: reads the parts of a CoAP message as it came,
 * one option after the other. RFC 7252, section 3. It allocates nothing, and
 * trusts no length.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    OPTION_ETAG = 4,
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
    OPTION_REQUEST_TAG = 292,
};

/** Fixed part of a message, and the reader's place behind it. */
struct option_reader {
    unsigned type; /**< 0 CON, 1 NON, 2 ACK, 3 RST */
    uint8_t code;
    uint16_t mid;
    const uint8_t *token;
    size_t token_length; /**< 0..8 */
    const uint8_t *at;   /**< what was not read yet */
    size_t left;
    size_t number; /**< of the option read last */
};

/** An option; its value is a loan of the message. */
struct option_view {
    size_t number;
    const uint8_t *value;
    size_t length;
};

/** Read header and token. @return false: no CoAP message of version 1 */
bool option_reader_open(struct option_reader *reader, const uint8_t *bytes,
                        size_t length);
/** The next option. @return false behind the last one, and where the rest is
 *  no option: then option_reader_is_torn() */
bool option_reader_next(struct option_reader *reader,
                        struct option_view *out_option);
/** Whether bytes are left that are neither an option nor a payload. */
bool option_reader_is_torn(const struct option_reader *reader);
/** Bytes of payload, once all options were read. */
size_t option_reader_payload(const struct option_reader *reader);
/** Value of an unsigned option; of more than 8 bytes only the first 8. */
uint64_t option_number(const struct option_view *option);

#endif
