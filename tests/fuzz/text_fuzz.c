/* SPDX-License-Identifier: Apache-2.0 */

/* First byte: which Resource, and text/plain or octet-stream. Rest: payload. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

/** Whether a value has one text only, when nothing was noted. */
static bool is_unique(const struct lwm2m_value *value, const uint8_t *bytes,
                      size_t length)
{
    if (value->type == LWM2M_TYPE_FLOAT) {
        return false;
    }
    return length != 2 || memcmp(bytes, "-0", 2) != 0;
}

static void check_again(int format, const struct lwm2m_path *base,
                        const struct record_list *list, const uint8_t *bytes,
                        size_t length)
{
    struct byte_buffer buffer;
    struct record_list again;
    struct reason reason = { .status = STATUS_OK };
    const struct lwm2m_value *value = &list->records[0].value;

    byte_buffer_init(&buffer);
    record_list_init(&again);
    HOLDS(codec_encode(format, base, list, &buffer, &reason) == STATUS_OK);
    if (list->note_count == 0 && is_unique(value, bytes, length)) {
        HOLDS(buffer.length == length);
        HOLDS(length == 0 || memcmp(buffer.bytes, bytes, length) == 0);
    }
    HOLDS(codec_decode(format, fuzz_definitions(), base, buffer.bytes,
                       buffer.length, &again, &reason) == STATUS_OK);
    HOLDS(again.count == 1);
    HOLDS(lwm2m_value_equal(value, &again.records[0].value));
    record_list_release(&again);
    byte_buffer_release(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct record_list list;

    if (size == 0) {
        return 0;
    }
    int format =
        (data[0] & 0x80) != 0 ? CONTENT_FORMAT_OPAQUE : CONTENT_FORMAT_TEXT;
    struct lwm2m_path base =
        lwm2m_path_resource((data[0] & 0x40) != 0 ? FUZZ_NO_TYPES : FUZZ_OBJECT,
                            0, (data[0] & 0x1f) % (2 * FUZZ_TYPES));
    if ((data[0] & 0x20) != 0) {
        base = lwm2m_path_child(base, 1);
    }
    record_list_init(&list);
    enum status status = codec_decode(format, fuzz_definitions(), &base,
                                      data + 1, size - 1, &list, &reason);
    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED);
    if (status == STATUS_OK) {
        fuzz_check_list(&list);
        HOLDS(list.count == 1);
        HOLDS(lwm2m_path_equal(&list.records[0].path, &base));
        check_again(format, &base, &list, data + 1, size - 1);
    } else {
        HOLDS(list.count == 0 && list.records == NULL && list.arena == NULL);
    }
    record_list_release(&list);
    return 0;
}
