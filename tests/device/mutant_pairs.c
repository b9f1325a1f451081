/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "tests/device/mutants.h"

void mutant_show(enum mutant mutant, uint16_t instance, int *state, int *result)
{
    static const struct {
        enum mutant mutant;
        struct {
            int state;  /* -1: any */
            int result; /* -1: any */
        } is, shown;    /* -1: as it is */
    } pairs[] = {
        { MUTANT_NEVER_DOWNLOADED, { 2, -1 }, { 1, -1 } },
        { MUTANT_ERROR_BY_CODE_ONLY, { 0, 6 }, { -1, 0 } },
        { MUTANT_DEPENDENCY_IS_12, { 2, 13 }, { -1, 12 } },
        { MUTANT_RESULT_IN_UPDATING, { 3, -1 }, { -1, 3 } },
        { MUTANT_DEPENDENCY_IN_DOWNLOADING, { 2, 13 }, { 1, -1 } },
        { MUTANT_CONFLICT_IN_DOWNLOADED, { 0, 12 }, { 2, -1 } },
        { MUTANT_DEFERRED_IS_8, { 2, 11 }, { -1, 8 } },
        { MUTANT_DEFERRED_NOT_SHOWN, { 2, 11 }, { -1, 0 } },
        { MUTANT_DEFERRED_IN_UPDATING, { 3, -1 }, { -1, 11 } },
        { MUTANT_DEPENDENCY_IN_UPDATING, { 3, -1 }, { -1, 13 } },
    };
    bool is_sibling = instance == 1;

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (mutant != pairs[i].mutant ||
            (pairs[i].is.state >= 0 && *state != pairs[i].is.state) ||
            (pairs[i].is.result >= 0 && *result != pairs[i].is.result)) {
            continue;
        }
        *state = pairs[i].shown.state >= 0 ? pairs[i].shown.state : *state;
        *result = pairs[i].shown.result >= 0 ? pairs[i].shown.result : *result;
        return;
    }
    if (is_sibling && mutant == MUTANT_PARTNER_WITHOUT_RESULT && *result == 1) {
        *result = 0;
    }
    if (is_sibling && mutant == MUTANT_SIBLING_RESULT_KEPT && *state == 2) {
        *result = 8;
    }
}
