/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/tree.h"

#include "tests/device/strict_cbor.h"

const cbor_item_t *tree_load(struct tree_pool *pool, struct tree_bytes part,
                             bool sorts)
{
    struct cbor_load_result result;

    if (pool->count == TREES_MAX ||
        strict_cbor(part.bytes, part.length, sorts) != STRICT_GOOD) {
        return NULL;
    }
    cbor_item_t *tree = cbor_load(part.bytes, part.length, &result);
    if (tree != NULL) {
        pool->trees[pool->count++] = tree;
    }
    return tree;
}

bool tree_number(const cbor_item_t *item, int64_t *out_number)
{
    if (item == NULL || !cbor_is_int(item) ||
        cbor_get_int(item) > (uint64_t)INT64_MAX) {
        return false;
    }
    int64_t number = (int64_t)cbor_get_int(item);
    *out_number = cbor_isa_negint(item) ? -1 - number : number;
    return true;
}

bool tree_bytes(const cbor_item_t *item, struct tree_bytes *out_part)
{
    if (item == NULL || !cbor_isa_bytestring(item)) {
        return false;
    }
    *out_part = (struct tree_bytes){ cbor_bytestring_handle(item),
                                     cbor_bytestring_length(item) };
    return true;
}

bool tree_text(const cbor_item_t *item, struct tree_bytes *out_part)
{
    if (item == NULL || !cbor_isa_string(item)) {
        return false;
    }
    *out_part = (struct tree_bytes){ cbor_string_handle(item),
                                     cbor_string_length(item) };
    return true;
}

const cbor_item_t *tree_value(const cbor_item_t *map, int64_t key)
{
    const struct cbor_pair *pairs =
        map != NULL && cbor_isa_map(map) ? cbor_map_handle(map) : NULL;

    for (size_t i = 0; pairs != NULL && i < cbor_map_size(map); i++) {
        int64_t number = 0;
        if (tree_number(pairs[i].key, &number) && number == key) {
            return pairs[i].value;
        }
    }
    return NULL;
}

const cbor_item_t *tree_element(const cbor_item_t *array, size_t index)
{
    return array != NULL && cbor_isa_array(array) &&
                   index < cbor_array_size(array)
               ? cbor_array_handle(array)[index]
               : NULL;
}

void tree_release(struct tree_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) {
        cbor_decref(&pool->trees[i]);
    }
    pool->count = 0;
}
