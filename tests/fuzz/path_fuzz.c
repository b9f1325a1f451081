/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is the text of a path. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lwm2m_path unset = { .ids = { 1, 2, 3, 4 }, .depth = 9 };
    struct reason reason = { .status = STATUS_OK };
    struct lwm2m_path path = unset;
    char text[LWM2M_PATH_TEXT_MAX];
    enum status status =
        lwm2m_path_parse((const char *)data, size, &path, &reason);

    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED);
    if (status != STATUS_OK) {
        HOLDS(memcmp(&path, &unset, sizeof(path)) == 0);
        return 0;
    }
    HOLDS(path.depth <= 4);
    for (unsigned i = 0; i < 4; i++) {
        HOLDS(path.ids[i] <= LWM2M_ID_MAX);
        HOLDS(i < path.depth || path.ids[i] == 0);
    }
    /* A path has one spelling. */
    HOLDS(lwm2m_path_text(&path, text) == text);
    HOLDS(strlen(text) == size);
    HOLDS(memcmp(text, data, size) == 0);
    HOLDS(lwm2m_path_is_within(&path, &path));
    HOLDS(lwm2m_path_is_within(&path, &(struct lwm2m_path){ .depth = 0 }));
    return 0;
}
