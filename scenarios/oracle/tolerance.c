/* SPDX-License-Identifier: Apache-2.0 */

/* How each deviation is reported: section 9 of the digest, row by row. */
#include "scenarios/oracle/model.h"

/* Shorter names, for the table. */
#define NOTHING FINDING_PASS
#define INFO    FINDING_INFO
#define WARN    FINDING_WARNING
#define FAIL    FINDING_FAIL

static const struct tolerance_row tolerances[TOLERANCES] = {
    [LEGAL] = { NULL, "", NOTHING, NOTHING, NOTHING, NOTHING },
    [TOLERATED_A01] = { "A-01", "AFU-045", WARN, WARN, WARN, WARN },
    [TOLERATED_A03] = { "A-03", "AFU-142", WARN, WARN, WARN, WARN },
    [TOLERATED_A04] = { "A-04", "AFU-055,AFU-056", WARN, WARN, WARN, WARN },
    [TOLERATED_A04_RESULT] = { "A-04", "AFU-055,AFU-056", WARN, FAIL, WARN,
                               FAIL },
    [TOLERATED_A05] = { "A-05", "AFU-055,AFU-056", WARN, FAIL, WARN, FAIL },
    [TOLERATED_A05_IGNORED] = { "A-05", "AFU-055,AFU-056", WARN, WARN, WARN,
                                WARN },
    [TOLERATED_A13] = { "A-13", "AFU-131", WARN, WARN, WARN, WARN },
    [TOLERATED_A15] = { "A-15", "AFU-060", WARN, FAIL, WARN, FAIL },
    [TOLERATED_A17] = { "A-17", "AFU-164", WARN, WARN, WARN, WARN },
    [TOLERATED_A20] = { "A-20", "AFU-036", NOTHING, NOTHING, NOTHING, NOTHING },
    [TOLERATED_A23] = { "A-23", "AFU-036", WARN, WARN, WARN, WARN },
    [TOLERATED_A33] = { "A-33", "AFU-140", WARN, FAIL, WARN, FAIL },
    [TOLERATED_AFU_045] = { NULL, "AFU-045", WARN, WARN, WARN, WARN },
    [TOLERATED_AFU_051] = { NULL, "AFU-051", WARN, WARN, WARN, WARN },
    [TOLERATED_AFU_118] = { NULL, "AFU-118", WARN, WARN, WARN, WARN },
    [TOLERATED_AFU_163] = { NULL, "AFU-095,AFU-163", WARN, WARN, WARN, WARN },
    [BROKEN_A02] = { "A-02", "AFU-080", FAIL, FAIL, FAIL, FAIL },
    [BROKEN_A03] = { "A-03", "AFU-142", FAIL, FAIL, FAIL, FAIL },
    [BROKEN_AFU_141] = { NULL, "AFU-141", FAIL, FAIL, FAIL, FAIL },
    [PASSING_A23] = { "A-23", "AFU-036", WARN, FAIL, NOTHING, NOTHING },
    [PASSING_AFU_051] = { NULL, "AFU-051", WARN, WARN, NOTHING, NOTHING },
    [PASSING_REFUSED] = { NULL, "AFU-063", FAIL, FAIL, NOTHING, NOTHING },
    [PASSING_AFU_054] = { NULL, "AFU-054", FAIL, FAIL, WARN, WARN },
    [PASSING_A24_FAILED] = { "A-24", "AFU-052", FAIL, FAIL, INFO, WARN },
    [PASSING_A24_UPDATED] = { "A-24", "AFU-058,AFU-061", FAIL, FAIL, INFO,
                              WARN },
    [PASSING_A24_CANCEL] = { "A-24", "AFU-059", FAIL, FAIL, INFO, WARN },
    [PASSING_A24_RESET] = { "A-24", "AFU-055,AFU-056", FAIL, FAIL, INFO, WARN },
    [PASSING_A24_TEN] = { "A-24", "AFU-055,AFU-056", FAIL, FAIL, INFO, WARN },
    [PASSING_A24_CONFLICT] = { "A-24", "AFU-063,AFU-097", FAIL, FAIL, INFO,
                               WARN },
    [PASSING_A24_START] = { "A-24", "AFU-081", FAIL, FAIL, INFO, WARN },
    [PASSING_LOAD] = { NULL, "AFU-116", FAIL, FAIL, NOTHING, NOTHING },
};

const struct tolerance_row *tolerance_row(enum tolerance tolerance)
{
    return &tolerances[tolerance];
}
