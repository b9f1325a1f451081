/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { BUFFER_START = 64 };

void byte_buffer_init(struct byte_buffer *buffer)
{
    *buffer = (struct byte_buffer){ .bytes = NULL };
}

void byte_buffer_release(struct byte_buffer *buffer)
{
    free(buffer->bytes);
    byte_buffer_init(buffer);
}

enum status byte_buffer_add(struct byte_buffer *buffer, const void *bytes,
                            size_t length, struct reason *reason)
{
    if (length > SIZE_MAX / 2 - buffer->length) {
        return reason_set(reason, STATUS_LIMIT, "%zu bytes are too many",
                          length);
    }
    size_t needed = buffer->length + length;
    if (needed > buffer->capacity || buffer->bytes == NULL) {
        size_t capacity = buffer->capacity * 2;
        if (capacity < needed) {
            capacity = needed;
        }
        if (capacity < BUFFER_START) {
            capacity = BUFFER_START;
        }
        uint8_t *grown = realloc(buffer->bytes, capacity);
        if (grown == NULL) {
            return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
        buffer->bytes = grown;
        buffer->capacity = capacity;
    }
    if (length > 0) {
        memcpy(buffer->bytes + buffer->length, bytes, length);
        buffer->length = needed;
    }
    return STATUS_OK;
}

enum status byte_buffer_number(struct byte_buffer *buffer, uint64_t number,
                               size_t size, struct reason *reason)
{
    uint8_t bytes[sizeof(number)];

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
    }
    return byte_buffer_add(buffer, bytes, size, reason);
}
