/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/journal/finding.h"

#include <string.h>

static const struct {
    const char *name;
    enum verdict verdict;
} levels[] = {
    [FINDING_INFO] = { "info", VERDICT_NONE },
    [FINDING_PASS] = { "pass", VERDICT_PASS },
    [FINDING_WARNING] = { "warning", VERDICT_NONE },
    [FINDING_INCONC] = { "inconc", VERDICT_INCONC },
    [FINDING_FAIL] = { "fail", VERDICT_FAIL },
    [FINDING_ERROR] = { "error", VERDICT_ERROR },
};

const char *finding_level_name(enum finding_level level)
{
    return levels[level].name;
}

bool finding_level_parse(const char *name, enum finding_level *out_level)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (strcmp(levels[i].name, name) == 0) {
            *out_level = (enum finding_level)i;
            return true;
        }
    }
    return false;
}

enum verdict finding_verdict(enum finding_level level)
{
    return levels[level].verdict;
}
