/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_TREE_H
#define TESTS_DEVICE_TREE_H

/* CBOR as trees of libcbor, after strict_cbor() let it pass. Items are loans,
 * until their pool is released. */
#include <cbor.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TREES_MAX 64 /**< in a pool */

/** Bytes or text in a tree. */
struct tree_bytes {
    const uint8_t *bytes;
    size_t length;
};

struct tree_pool {
    cbor_item_t *trees[TREES_MAX];
    size_t count;
};

/** @param sorts  as of strict_cbor(). @return NULL: it is none, or too many */
const cbor_item_t *tree_load(struct tree_pool *pool, struct tree_bytes part,
                             bool sorts);
void tree_release(struct tree_pool *pool);

/* All take NULL for an item that is not there, and return false or NULL for
 * one of another kind. */

/** A number of either sign. */
bool tree_number(const cbor_item_t *item, int64_t *out_number);
bool tree_bytes(const cbor_item_t *item, struct tree_bytes *out_part);
bool tree_text(const cbor_item_t *item, struct tree_bytes *out_part);
/** The value of a key that is a number. */
const cbor_item_t *tree_value(const cbor_item_t *map, int64_t key);
const cbor_item_t *tree_element(const cbor_item_t *array, size_t index);

#endif
