/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_CURSOR_H
#define SERVER_DATA_CURSOR_H

/* Private to server/data: the one way to read received bytes. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Unread bytes, and how many were read before them. */
struct cursor {
    const uint8_t *bytes;
    size_t length; /**< not yet read */
    size_t offset; /**< from the start of the message, for messages */
};

/** Take `length` bytes; false, and nothing taken, when there are fewer. */
static inline bool cursor_take(struct cursor *cursor, size_t length,
                               const uint8_t **out_bytes)
{
    if (length > cursor->length) {
        return false;
    }
    *out_bytes = cursor->bytes;
    if (length > 0) {
        cursor->bytes += length;
    }
    cursor->length -= length;
    cursor->offset += length;
    return true;
}

/** Big-endian number of 0..8 bytes. */
static inline bool cursor_number(struct cursor *cursor, size_t length,
                                 uint64_t *out_number)
{
    const uint8_t *bytes = NULL;
    uint64_t number = 0;

    if (length > sizeof(number) || !cursor_take(cursor, length, &bytes)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        number = number << 8 | bytes[i];
    }
    *out_number = number;
    return true;
}

#endif
