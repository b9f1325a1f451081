/* SPDX-License-Identifier: Apache-2.0 */

/* The input is CBOR, or not. */
#include <cbor.h>
#include <string.h>

#include "server/data/cbor_scan.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

/** What passed the scan is loaded by libcbor to its last byte, and what libcbor
 *  writes of it passes again. */
static void check_loads(const uint8_t *data, size_t size)
{
    struct cbor_load_result result;
    struct reason reason = { .status = STATUS_OK };
    cbor_item_t *item = cbor_load(data, size, &result);
    unsigned char *again = NULL;
    size_t capacity = 0;

    HOLDS(item != NULL);
    HOLDS(result.error.code == CBOR_ERR_NONE);
    HOLDS(result.read == size);
    size_t length = cbor_serialize_alloc(item, &again, &capacity);
    HOLDS(length > 0);
    HOLDS(scan_cbor(again, length, &reason) == STATUS_OK);
    free(again);
    cbor_decref(&item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    enum status status = scan_cbor(data, size, &reason);

    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
          status == STATUS_LIMIT);
    HOLDS(scan_cbor(data, size, NULL) == status);
    if (status == STATUS_OK) {
        check_loads(data, size);
        HOLDS(size > 0);
        HOLDS(scan_cbor(data, size - 1, NULL) != STATUS_OK);
    }
    return 0;
}
