/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_CBOR_READ_H
#define SCENARIOS_PACKAGE_CBOR_READ_H

/*
 * Private to scenarios/package: CBOR with offsets, as strictly as a manifest
 * has to be read. libcbor tells no offsets and takes what must be refused
 * (packages.md, 10.2), so heads are read here. Spec: RFC 8949, 3 and 4.2.1.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/package/crypto.h"

enum cbor_major {
    CBOR_UNSIGNED,
    CBOR_NEGATIVE,
    CBOR_BYTES,
    CBOR_TEXT,
    CBOR_ARRAY,
    CBOR_MAP,
    CBOR_TAG,
    CBOR_SIMPLE,
};

enum { CBOR_TRUE = 21 }; /**< of the simple ones */

/** Where we are in a package. */
struct cbor_in {
    const uint8_t *bytes; /**< of the whole package, for offsets */
    size_t at;
    size_t end;
    struct reason *reason;
    bool is_cut; /**< what failed went past the end */
};

/**
 * Whether everything up to the end is one item: definite lengths, shortest
 * heads, at most 16 deep, no key twice, no other simple values than false,
 * true and null. Moves nothing.
 *
 * @param sorts  keys have to ascend by their bytes
 * Errors: STATUS_MALFORMED with the offset.
 */
MUST_CHECK
enum status cbor_check(struct cbor_in *in, bool sorts);

/** The next head without moving. @return its major type; -1: there is none */
int cbor_peek(const struct cbor_in *in);
/** A head of this type; of bytes and text the cursor is at the first one.
 *  @param what  for the message: "sequence number" */
MUST_CHECK
enum status cbor_take(struct cbor_in *in, enum cbor_major major,
                      const char *what, uint64_t *out_argument);
/** A number of either sign that fits. */
MUST_CHECK
enum status cbor_take_number(struct cbor_in *in, const char *what,
                             int64_t *out_number);
/** Bytes, as a part of the package. */
MUST_CHECK
enum status cbor_take_bytes(struct cbor_in *in, const char *what,
                            struct span *out_span);
/** The same for text. */
MUST_CHECK
enum status cbor_take_text(struct cbor_in *in, const char *what,
                           struct span *out_span);
/** The item that is next, whole; only of what cbor_check() let pass. */
MUST_CHECK
enum status cbor_skip(struct cbor_in *in);
/** A cursor on what is in a byte string, checked by cbor_check(). */
MUST_CHECK
enum status cbor_enter(struct cbor_in *in, const struct span *span, bool sorts,
                       struct cbor_in *out_inner);

#endif
