/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_STRICT_CBOR_H
#define TESTS_DEVICE_STRICT_CBOR_H

/* What libcbor takes and a manifest may not have. Spec: RFC 8949, 4.2.1;
 * packages.md, 10.2. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum strict_cbor {
    STRICT_GOOD,
    STRICT_CUT,   /**< it ends too early */
    STRICT_WRONG, /**< it is no CBOR, or none that is strict */
};

/**
 * One item and nothing behind it: definite lengths, shortest heads, no key
 * twice, at most 16 deep, no floats.
 *
 * @param sorts  keys have to ascend by their bytes
 */
enum strict_cbor strict_cbor(const uint8_t *bytes, size_t length, bool sorts);

#endif
