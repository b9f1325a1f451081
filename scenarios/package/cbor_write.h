/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_CBOR_WRITE_H
#define SCENARIOS_PACKAGE_CBOR_WRITE_H

/*
 * Private to scenarios/package: CBOR as it is written, heads by libcbor. All
 * lengths are definite, all heads the shortest; who writes a map brings its
 * keys in their order. Spec: RFC 8949, 4.2.1; packages.md, D6 and 8.1.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes that grow; what is put when there is no memory is lost, and said. */
struct cbor_out {
    uint8_t *bytes; /**< owned */
    size_t size;
    size_t capacity;
    bool has_failed; /**< out of memory */
};

void cbor_out_release(struct cbor_out *out);

/** A number of either sign. */
void cbor_put_number(struct cbor_out *out, int64_t number);
void cbor_put_bytes(struct cbor_out *out, const void *bytes, size_t size);
void cbor_put_text(struct cbor_out *out, const char *text);
void cbor_put_array(struct cbor_out *out, size_t count);
void cbor_put_map(struct cbor_out *out, size_t count);
void cbor_put_tag(struct cbor_out *out, uint64_t tag);
void cbor_put_null(struct cbor_out *out);
/** Bytes that are CBOR already, or wrong on purpose. */
void cbor_put_raw(struct cbor_out *out, const void *bytes, size_t size);
/** A byte string that has what was written to `inner`, which is released. */
void cbor_put_inner(struct cbor_out *out, struct cbor_out *inner);

#endif
