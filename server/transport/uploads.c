/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/uploads.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/data.h"

PRINTF_LIKE(3, 4)
static uint8_t refuse(struct uploads *uploads, uint8_t code, const char *format,
                      ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(uploads->why, sizeof(uploads->why), format,
                    arguments); /* cut */
    va_end(arguments);
    return code;
}

static void clear(struct upload *row)
{
    free(row->bytes);
    *row = (struct upload){ .key = 0 };
}

static struct upload *find(struct uploads *uploads, uint64_t key,
                           uint64_t now_ms)
{
    for (size_t i = 0; i < UPLOADS_MAX; i++) {
        struct upload *row = &uploads->rows[i];
        if (row->key != 0 && now_ms > row->time_ms + UPLOADS_SPAN_MS) {
            clear(row);
        }
    }
    for (size_t i = 0; i < UPLOADS_MAX; i++) {
        if (uploads->rows[i].key == key) {
            return &uploads->rows[i];
        }
    }
    return NULL;
}

/** Make room for what arrived, not for what was announced. */
static bool append(struct upload *row, const uint8_t *bytes, size_t length)
{
    if (row->length + length > row->size) {
        size_t size = row->size < 1024 ? 1024 : 2 * row->size;
        uint8_t *grown = realloc(row->bytes, size);
        if (grown == NULL) {
            return false;
        }
        row->bytes = grown;
        row->size = size; /* a block has 1024 bytes at most */
    }
    if (length > 0) {
        memcpy(row->bytes + row->length, bytes, length);
    }
    row->length += length;
    return true;
}

/** @return the row that the block belongs to; NULL after refuse() */
static struct upload *row_for(struct uploads *uploads, uint64_t key,
                              const struct server_block *block, uint64_t now_ms,
                              uint8_t *out_code)
{
    struct upload *row = find(uploads, key, now_ms);

    if (block->number == 0) {
        row = row != NULL ? row : find(uploads, 0, now_ms);
        if (row == NULL) {
            *out_code = refuse(uploads, COAP_CODE(5, 3),
                               "more than %d requests in blocks under way",
                               UPLOADS_MAX);
            return NULL;
        }
        clear(row);
        row->key = key;
        row->szx = block->szx;
    } else if (row == NULL || row->next != block->number) {
        *out_code =
            refuse(uploads, COAP_CODE(4, 8),
                   "block %" PRIu32 " of a request without those before it",
                   block->number);
        return NULL;
    } else if (row->szx != block->szx) {
        *out_code = refuse(uploads, COAP_CODE(4, 8),
                           "a block of %u bytes behind blocks of %u",
                           16u << block->szx, 16u << row->szx);
        clear(row);
        return NULL;
    }
    return row;
}

uint8_t uploads_take(struct uploads *uploads, uint64_t key,
                     const struct server_block *block, const uint8_t *bytes,
                     size_t length, uint64_t now_ms, uint8_t **out_body,
                     size_t *out_length)
{
    uint8_t code = 0;
    struct upload *row = row_for(uploads, key, block, now_ms, &code);

    if (row == NULL) {
        return code;
    }
    if (row->length + length > UPLOADS_BODY_MAX) {
        clear(row);
        return refuse(uploads, COAP_CODE(4, 13),
                      "a body in blocks of more than %u bytes",
                      UPLOADS_BODY_MAX);
    }
    if (!append(row, bytes, length)) {
        clear(row);
        return refuse(uploads, COAP_CODE(5, 0), "out of memory");
    }
    row->time_ms = now_ms;
    row->next = block->number + 1;
    if (block->more) {
        return COAP_CODE(2, 31);
    }
    *out_body = row->bytes; /* handed over */
    *out_length = row->length;
    *row = (struct upload){ .key = 0 };
    return 0;
}

void uploads_release(struct uploads *uploads)
{
    for (size_t i = 0; i < UPLOADS_MAX; i++) {
        clear(&uploads->rows[i]);
    }
}
