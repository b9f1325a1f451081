/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_BUFFER_H
#define SERVER_DATA_BUFFER_H

/* Private to server/data: filling a struct byte_buffer. */
#include "server/data/codec.h"

/** Errors: STATUS_NO_MEMORY, STATUS_LIMIT; the buffer is as it was. */
MUST_CHECK
enum status byte_buffer_add(struct byte_buffer *buffer, const void *bytes,
                            size_t length, struct reason *reason);
/** Big-endian, `size` bytes (1..8). */
MUST_CHECK
enum status byte_buffer_number(struct byte_buffer *buffer, uint64_t number,
                               size_t size, struct reason *reason);

#endif
