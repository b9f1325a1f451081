/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is the file of a key. */
#include <string.h>

#include "scenarios/package/toolkit.h"
#include "tests/fuzz/fuzz.h"

static void check_kind(enum package_key_kind kind, const uint8_t *data,
                       size_t size)
{
    struct package_key key = { .kind = PACKAGE_KEY_NONE };
    struct reason reason = { .status = STATUS_OK };
    enum status status = package_key_parse(kind, (const char *)data, size,
                                           "input", &key, &reason);

    HOLDS(status == STATUS_OK || reason.text[0] != '\0');
    if (status == STATUS_OK) {
        HOLDS(kind == PACKAGE_KEY_NONE || key.kind == kind);
        HOLDS(key.kind == PACKAGE_KEY_P256 || key.kind == PACKAGE_KEY_SECRET);
        HOLDS(key.secret_size <= sizeof(key.secret));
    }
    package_key_release(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_kind(PACKAGE_KEY_NONE, data, size);
    check_kind(PACKAGE_KEY_P256, data, size);
    check_kind(PACKAGE_KEY_SECRET, data, size);
    return 0;
}
