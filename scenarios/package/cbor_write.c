/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/package/cbor_write.h"

#include <cbor.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX = 9, FIRST_CAPACITY = 256 };

void cbor_out_release(struct cbor_out *out)
{
    free(out->bytes);
    *out = (struct cbor_out){ .bytes = NULL };
}

void cbor_put_raw(struct cbor_out *out, const void *bytes, size_t size)
{
    size_t capacity = out->capacity > 0 ? out->capacity : FIRST_CAPACITY;

    while (capacity - out->size < size) {
        capacity *= 2;
    }
    if (!out->has_failed && capacity != out->capacity) {
        uint8_t *grown = realloc(out->bytes, capacity);
        out->has_failed = grown == NULL;
        out->bytes = grown != NULL ? grown : out->bytes;
        out->capacity = grown != NULL ? capacity : out->capacity;
    }
    if (!out->has_failed && size > 0) {
        memcpy(out->bytes + out->size, bytes, size);
        out->size += size;
    }
}

void cbor_put_number(struct cbor_out *out, int64_t number)
{
    uint8_t head[HEAD_MAX];
    size_t size =
        number < 0
            ? cbor_encode_negint((uint64_t)(-1 - number), head, sizeof(head))
            : cbor_encode_uint((uint64_t)number, head, sizeof(head));

    cbor_put_raw(out, head, size);
}

void cbor_put_bytes(struct cbor_out *out, const void *bytes, size_t size)
{
    uint8_t head[HEAD_MAX];

    cbor_put_raw(out, head,
                 cbor_encode_bytestring_start(size, head, sizeof(head)));
    cbor_put_raw(out, bytes, size);
}

void cbor_put_text(struct cbor_out *out, const char *text)
{
    uint8_t head[HEAD_MAX];

    cbor_put_raw(out, head,
                 cbor_encode_string_start(strlen(text), head, sizeof(head)));
    cbor_put_raw(out, text, strlen(text));
}

void cbor_put_array(struct cbor_out *out, size_t count)
{
    uint8_t head[HEAD_MAX];

    cbor_put_raw(out, head, cbor_encode_array_start(count, head, sizeof(head)));
}

void cbor_put_map(struct cbor_out *out, size_t count)
{
    uint8_t head[HEAD_MAX];

    cbor_put_raw(out, head, cbor_encode_map_start(count, head, sizeof(head)));
}

void cbor_put_tag(struct cbor_out *out, uint64_t tag)
{
    uint8_t head[HEAD_MAX];

    cbor_put_raw(out, head, cbor_encode_tag(tag, head, sizeof(head)));
}

void cbor_put_null(struct cbor_out *out)
{
    uint8_t head[HEAD_MAX];

    cbor_put_raw(out, head, cbor_encode_null(head, sizeof(head)));
}

void cbor_put_inner(struct cbor_out *out, struct cbor_out *inner)
{
    out->has_failed = out->has_failed || inner->has_failed;
    cbor_put_bytes(out, inner->bytes, inner->size);
    cbor_out_release(inner);
}
