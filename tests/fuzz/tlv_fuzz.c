/* SPDX-License-Identifier: Apache-2.0 */

/* First byte: what the payload is about. Rest: TLV. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

/** What decodes without a violation is written in its shortest form, and says
 *  the same again. */
static void check_again(const struct lwm2m_path *base,
                        const struct record_list *list, size_t length)
{
    struct byte_buffer bytes;
    struct byte_buffer twice;
    struct record_list again;
    struct reason reason = { .status = STATUS_OK };

    byte_buffer_init(&bytes);
    byte_buffer_init(&twice);
    record_list_init(&again);
    HOLDS(codec_encode(CONTENT_FORMAT_TLV, base, list, &bytes, &reason) ==
          STATUS_OK);
    HOLDS(list->note_count > 0 || bytes.length <= length);
    HOLDS(codec_decode(CONTENT_FORMAT_TLV, fuzz_definitions(), base,
                       bytes.bytes, bytes.length, &again,
                       &reason) == STATUS_OK);
    HOLDS(!fuzz_is_violated(&again));
    HOLDS(fuzz_same_records(base, list, &again));
    HOLDS(codec_encode(CONTENT_FORMAT_TLV, base, &again, &twice, &reason) ==
          STATUS_OK);
    HOLDS(twice.length == bytes.length);
    HOLDS(bytes.length == 0 ||
          memcmp(twice.bytes, bytes.bytes, bytes.length) == 0);
    record_list_release(&again);
    byte_buffer_release(&twice);
    byte_buffer_release(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct record_list list;

    if (size == 0) {
        return 0;
    }
    struct lwm2m_path base = fuzz_path(data[0]);
    record_list_init(&list);
    enum status status =
        codec_decode(CONTENT_FORMAT_TLV, fuzz_definitions(), &base, data + 1,
                     size - 1, &list, &reason);
    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
          status == STATUS_LIMIT);
    if (status == STATUS_OK) {
        fuzz_check_list(&list);
        if (!fuzz_is_violated(&list)) {
            check_again(&base, &list, size - 1);
        }
    } else {
        HOLDS(list.count == 0 && list.records == NULL && list.arena == NULL);
    }
    record_list_release(&list);
    return 0;
}
