/* SPDX-License-Identifier: Apache-2.0 */

/* First byte: what the payload is about (0xff: all). Second: CBOR of one value, or LwM2M
 * CBOR of values or of a patch. Rest: the payload. */
#include <string.h>

#include "server/data/cbor_scan.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

static const struct use {
    int format;
    enum payload_kind kind;
} uses[] = {
    { CONTENT_FORMAT_LWM2M_CBOR, PAYLOAD_VALUES },
    { CONTENT_FORMAT_LWM2M_CBOR, PAYLOAD_PATCH },
    { CONTENT_FORMAT_CBOR, PAYLOAD_VALUES },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lwm2m_path root = { .depth = 0 };
    struct reason reason = { .status = STATUS_OK };
    struct record_list list;

    if (size < 2) {
        return 0;
    }
    const struct use *use = &uses[data[1] % (sizeof(uses) / sizeof(uses[0]))];
    struct lwm2m_path base = data[0] == 0xff ? root : fuzz_path(data[0]);
    record_list_init(&list);
    enum status status =
        codec_decode_kind(use->format, use->kind, fuzz_definitions(), &base,
                          data + 2, size - 2, &list, &reason);
    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
          status == STATUS_LIMIT);
    if (status == STATUS_OK) {
        HOLDS(scan_cbor(data + 2, size - 2, NULL) == STATUS_OK);
        fuzz_check_list(&list);
        if (!fuzz_is_violated(&list)) {
            fuzz_check_again(use->format, use->kind, &base, &list, false);
        }
    } else {
        HOLDS(list.count == 0 && list.records == NULL && list.arena == NULL);
    }
    record_list_release(&list);
    return 0;
}
