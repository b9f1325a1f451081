/* SPDX-License-Identifier: Apache-2.0 */

/* First byte: the type of the Resource. Rest: its RangeEnumeration. */
#include <math.h>
#include <string.h>

#include "server/data/range.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct range range;

    if (size == 0) {
        return 0;
    }
    enum lwm2m_type type =
        (enum lwm2m_type)(data[0] % (LWM2M_TYPE_CORELNK + 1));
    char *text = strndup((const char *)data + 1, size - 1);
    HOLDS(text != NULL);
    range_parse(text, type, &range);
    HOLDS(range.count <= RANGE_INTERVALS_MAX);
    /* A range that is judged says something. */
    HOLDS(range.strictness != DEFINITION_RANGE_FAIL || range.count > 0);
    for (size_t i = 0; i < range.count; i++) {
        const struct definition_interval *interval = &range.intervals[i];
        HOLDS(isfinite(interval->low_real) && isfinite(interval->high_real));
        HOLDS(type == LWM2M_TYPE_FLOAT ||
              (interval->low <= interval->high &&
               interval->low_unsigned <= interval->high_unsigned));
        HOLDS(interval->low_real <= interval->high_real);
    }
    free(text);
    return 0;
}
