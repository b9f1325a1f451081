/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/journal/verdict.h"

#include <stddef.h>
#include <string.h>

static const char *const verdict_names[] = {
    [VERDICT_NONE] = "none",     [VERDICT_PASS] = "pass",
    [VERDICT_INCONC] = "inconc", [VERDICT_FAIL] = "fail",
    [VERDICT_ERROR] = "error",
};

enum verdict verdict_merge(enum verdict a, enum verdict b)
{
    return a > b ? a : b;
}

const char *verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

bool verdict_parse(const char *name, enum verdict *out_verdict)
{
    for (size_t i = 0; i < sizeof(verdict_names) / sizeof(verdict_names[0]);
         i++) {
        if (strcmp(verdict_names[i], name) == 0) {
            *out_verdict = (enum verdict)i;
            return true;
        }
    }
    return false;
}

const char *reading_name(enum reading reading)
{
    return reading == READING_STRICT ? "strict" : "interop";
}
