/* SPDX-License-Identifier: Apache-2.0 */

/* First byte: format, kind and what the payload is about. Rest: JSON. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

/** What a payload is taken for. */
static const struct use {
    int format;
    enum payload_kind kind;
} uses[] = {
    { CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES },
    { CONTENT_FORMAT_SENML_JSON, PAYLOAD_PATHS },
    { CONTENT_FORMAT_SENML_JSON, PAYLOAD_PATCH },
    { CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_PATHS },
    { CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_PATCH },
    { CONTENT_FORMAT_LWM2M_JSON, PAYLOAD_VALUES },
};
enum { USE_COUNT = sizeof(uses) / sizeof(uses[0]) };

/** The root, then deeper: /42000, /42000/0, a Resource, one of its Instances.
 */
static struct lwm2m_path base_of(unsigned choice)
{
    struct lwm2m_path path = { .depth = 0 };
    const uint16_t ids[] = { FUZZ_OBJECT, 0, 10 + 1, 0 };

    for (unsigned i = 0; i < choice % 5; i++) {
        path = lwm2m_path_child(path, ids[i]);
    }
    return path;
}

static void check_list(const struct use *use, const struct record_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct lwm2m_record *record = &list->records[i];
        bool is_none = record->value.type == LWM2M_TYPE_NONE;
        HOLDS(use->kind == PAYLOAD_PATHS ? is_none : record->path.depth >= 3);
        HOLDS(!is_none || use->kind != PAYLOAD_VALUES);
    }
    if (use->kind == PAYLOAD_VALUES) {
        fuzz_check_list(list);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct record_list list;

    if (size == 0) {
        return 0;
    }
    const struct use *use = &uses[data[0] % USE_COUNT];
    struct lwm2m_path base = base_of(data[0] / USE_COUNT);
    record_list_init(&list);
    enum status status =
        codec_decode_kind(use->format, use->kind, fuzz_definitions(), &base,
                          data + 1, size - 1, &list, &reason);
    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
          status == STATUS_LIMIT);
    if (status == STATUS_OK) {
        check_list(use, &list);
        if (!fuzz_is_violated(&list)) {
            fuzz_check_again(use->format, use->kind, &base, &list, true);
        }
    } else {
        HOLDS(list.count == 0 && list.records == NULL && list.arena == NULL);
    }
    record_list_release(&list);
    return 0;
}
