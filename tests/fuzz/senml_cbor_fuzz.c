/* SPDX-License-Identifier: Apache-2.0 */

/* First byte: what the payload is about (0xff: all). Second: SenML or SenML-ETCH, and what
 * for. Rest: the pack. */
#include <string.h>

#include "server/data/cbor_scan.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

static const struct use {
    int format;
    enum payload_kind kind;
} uses[] = {
    { CONTENT_FORMAT_SENML_CBOR, PAYLOAD_VALUES },
    { CONTENT_FORMAT_SENML_CBOR, PAYLOAD_PATHS },
    { CONTENT_FORMAT_SENML_CBOR, PAYLOAD_PATCH },
    { CONTENT_FORMAT_SENML_ETCH_CBOR, PAYLOAD_PATHS },
    { CONTENT_FORMAT_SENML_ETCH_CBOR, PAYLOAD_PATCH },
};

/** In order: SenML keeps it. */
static void check_same(const struct record_list *a, const struct record_list *b)
{
    HOLDS(a->count == b->count);
    HOLDS(a->empty_count == 0 && b->empty_count == 0);
    for (size_t i = 0; i < a->count; i++) {
        const struct lwm2m_record *left = &a->records[i];
        const struct lwm2m_record *right = &b->records[i];
        HOLDS(lwm2m_path_equal(&left->path, &right->path));
        HOLDS(lwm2m_value_equal(&left->value, &right->value));
        HOLDS(left->has_time == right->has_time);
        HOLDS(left->time_s >= right->time_s && left->time_s <= right->time_s);
    }
}

/** What decodes without a violation is written, says the same again, and is
 *  then written in the same bytes. */
static void check_again(const struct use *use, const struct lwm2m_path *base,
                        const struct record_list *list)
{
    struct byte_buffer bytes;
    struct byte_buffer twice;
    struct record_list again;
    struct reason reason = { .status = STATUS_OK };

    byte_buffer_init(&bytes);
    byte_buffer_init(&twice);
    record_list_init(&again);
    HOLDS(codec_encode_kind(use->format, use->kind, base, list, &bytes,
                            &reason) == STATUS_OK);
    HOLDS(codec_decode_kind(use->format, use->kind, fuzz_definitions(), base,
                            bytes.bytes, bytes.length, &again,
                            &reason) == STATUS_OK);
    HOLDS(!fuzz_is_violated(&again));
    check_same(list, &again);
    HOLDS(codec_encode_kind(use->format, use->kind, base, &again, &twice,
                            &reason) == STATUS_OK);
    HOLDS(twice.length == bytes.length);
    HOLDS(memcmp(twice.bytes, bytes.bytes, bytes.length) == 0);
    record_list_release(&again);
    byte_buffer_release(&twice);
    byte_buffer_release(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lwm2m_path root = { .depth = 0 };
    struct reason reason = { .status = STATUS_OK };
    struct record_list list;

    if (size < 2) {
        return 0;
    }
    const struct use *use = &uses[data[1] % (sizeof(uses) / sizeof(uses[0]))];
    struct lwm2m_path base = use->kind != PAYLOAD_VALUES || data[0] == 0xff
                                 ? root
                                 : fuzz_path(data[0]);
    record_list_init(&list);
    enum status status =
        codec_decode_kind(use->format, use->kind, fuzz_definitions(), &base,
                          data + 2, size - 2, &list, &reason);
    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
          status == STATUS_LIMIT);
    if (status == STATUS_OK) {
        HOLDS(scan_cbor(data + 2, size - 2, NULL) == STATUS_OK);
        if (use->kind != PAYLOAD_PATHS) {
            fuzz_check_list(&list);
        }
        if (!fuzz_is_violated(&list)) {
            check_again(use, &base, &list);
        }
    } else {
        HOLDS(list.count == 0 && list.records == NULL && list.arena == NULL);
    }
    record_list_release(&list);
    return 0;
}
