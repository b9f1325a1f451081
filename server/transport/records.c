/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/records.h"

/* RFC 6347, 4.1 and 4.2.2; RFC 9146, 4. */
enum {
    RECORD_HEADER = 13,
    RECORD_MAX = 16384 + 2048,
    MESSAGE_HEADER = 12,
    TYPE_FIRST = 20, /* change_cipher_spec, alert, handshake, data */
    TYPE_HANDSHAKE = 22,
    TYPE_DATA = 23,
    CLIENT_HELLO = 1,
    TYPE_CID = 25, /* the length stands behind an ID of any length */
    MAJOR = 0xfe,
    MINOR_1_0 = 0xff,
    MINOR_1_2 = 0xfd,
    COAP_VERSION_1 = 1,
};

static size_t number(const uint8_t *bytes, size_t length)
{
    size_t value = 0;

    for (size_t i = 0; i < length; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/** One handshake message in clear, or a fragment of one. */
static bool is_whole_message(const uint8_t *bytes, size_t length)
{
    if (length < MESSAGE_HEADER) {
        return false;
    }
    const size_t whole = number(bytes + 1, 3);
    const size_t offset = number(bytes + 6, 3);
    const size_t size = number(bytes + 9, 3);

    return offset + size <= whole && size <= length - MESSAGE_HEADER;
}

const char *records_wrong(const uint8_t *bytes, size_t length,
                          enum records_kind *out_kind)
{
    *out_kind = RECORDS_OTHER;
    if (length > 0 && bytes[0] >> 6 == COAP_VERSION_1) {
        return "CoAP without DTLS, which coaps is to have";
    }
    do {
        const bool is_cid = length > 0 && bytes[0] == TYPE_CID;
        if (length < RECORD_HEADER) {
            return "a DTLS record that is cut";
        }
        if ((!is_cid && (bytes[0] < TYPE_FIRST || bytes[0] > TYPE_DATA)) ||
            bytes[1] != MAJOR ||
            (bytes[2] != MINOR_1_0 && bytes[2] != MINOR_1_2)) {
            return "a datagram that is no DTLS 1.2";
        }
        if (is_cid) {
            *out_kind = RECORDS_CID;
            return NULL; /* what follows cannot be told from outside */
        }
        const size_t size = number(bytes + 11, 2);
        const bool is_clear = number(bytes + 3, 2) == 0;
        if (size > RECORD_MAX || size > length - RECORD_HEADER) {
            return "a DTLS record that is cut";
        }
        if (size == 0) {
            return "a DTLS record without content";
        }
        if (bytes[0] == TYPE_HANDSHAKE && is_clear &&
            !is_whole_message(bytes + RECORD_HEADER, size)) {
            return "a DTLS handshake message that is cut";
        }
        if (bytes[0] == TYPE_DATA) {
            *out_kind = RECORDS_DATA;
        } else if (bytes[0] == TYPE_HANDSHAKE && is_clear &&
                   bytes[RECORD_HEADER] == CLIENT_HELLO &&
                   number(bytes + RECORD_HEADER + 1, 3) ==
                       size - MESSAGE_HEADER) {
            *out_kind = RECORDS_HELLO; /* not a fragment of one */
        }
        bytes += RECORD_HEADER + size;
        length -= RECORD_HEADER + size;
    } while (length > 0);
    return NULL;
}

bool records_is_first_hello(const uint8_t *bytes, size_t length)
{
    enum { NUMBER = RECORD_HEADER + 4 }; /* of the message in its handshake */

    return length >= RECORD_HEADER + MESSAGE_HEADER &&
           number(bytes + NUMBER, 2) == 0;
}
