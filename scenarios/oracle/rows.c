/* SPDX-License-Identifier: Apache-2.0 */

/* The transition table of afu.md 4.3, row by row: what model.c implements. */
#include "scenarios/oracle/oracle.h"

static const struct oracle_row rows[] = {
    { "ST-01", "AFU-050", "first start: (I,0)" },
    { "ST-02", "AFU-036,AFU-030", "I: Package, first or only block" },
    { "ST-03", "AFU-013,AFU-045", "I: Package, push not supported" },
    { "ST-04", "AFU-046", "I: block without an open transfer" },
    { "ST-05", "AFU-055,AFU-056", "I: reset" },
    { "ST-06", "AFU-056", "I: Package of zero length" },
    { "ST-07", "AFU-031,AFU-036", "I: Package URI" },
    { "ST-08", "AFU-038", "I: Package URI, scheme not supported" },
    { "ST-09", "AFU-039", "I: Package URI, malformed or unusable" },
    { "ST-10", "AFU-013,AFU-045", "I: Package URI, push only" },
    { "ST-11", "AFU-009", "I: Package URI over 255 bytes" },
    { "ST-12", "AFU-080", "I: Update" },
    { "ST-13", "AFU-141", "I,1: Cancel" },
    { "ST-14", "AFU-142", "I: Cancel" },
    { "ST-15", "AFU-116,AFU-120", "I: package of a sibling contains it" },
    { "ST-16", "AFU-001", "D: next block" },
    { "ST-17", "AFU-030,AFU-031", "D: transfer complete" },
    { "ST-18", "AFU-043", "D: integrity bad" },
    { "ST-19", "AFU-044,AFU-121", "D: type unsupported" },
    { "ST-20", "AFU-117,AFU-118,AFU-119,AFU-104", "D: conflicting state" },
    { "ST-21", "AFU-041", "D: storage full" },
    { "ST-22", "AFU-042", "D: RAM exhausted" },
    { "ST-23", "AFU-040", "D: peer lost" },
    { "ST-24", "AFU-039", "D: URI resolution fails late" },
    { "ST-25", "AFU-045", "D: Package URI" },
    { "ST-26", "AFU-045", "D: new push" },
    { "ST-27", "AFU-045", "D: Package while a pull runs" },
    { "ST-28", "AFU-055,AFU-056", "D: reset" },
    { "ST-29", "AFU-080", "D: Update" },
    { "ST-30", "AFU-140,AFU-143", "D: Cancel" },
    { "ST-31", "AFU-164", "D: reboot" },
    { "ST-32", "AFU-081,AFU-082,AFU-084", "L: Update" },
    { "ST-33", "AFU-085", "L: Update, argument 0" },
    { "ST-34", "AFU-086,AFU-087", "L: Update with a list" },
    { "ST-35", "AFU-088,AFU-104,AFU-097", "L: list cannot be satisfied" },
    { "ST-36", "AFU-089,AFU-104", "L: dependency unmet" },
    { "ST-37", "AFU-131", "L: user defers" },
    { "ST-38", "AFU-091,AFU-092", "L: malformed argument" },
    { "ST-39", "AFU-132,AFU-134,AFU-137", "L,11: accepted, or time over" },
    { "ST-40", "AFU-055,AFU-056,AFU-057", "L: reset" },
    { "ST-41", "AFU-140", "L: Cancel" },
    { "ST-42", "AFU-045", "L: Package URI" },
    { "ST-43", "AFU-045", "L: Package" },
    { "ST-44", "AFU-100,AFU-106,AFU-107", "L: a sibling changes" },
    { "ST-45", "AFU-163", "L: reboot" },
    { "ST-46", "AFU-058,AFU-096,AFU-016", "U: success" },
    { "ST-47", "AFU-061", "U: failure" },
    { "ST-48", "AFU-060", "U: integrity failure" },
    { "ST-49", "AFU-089,AFU-097", "U: dependency failure" },
    { "ST-50", "AFU-080", "U: Update" },
    { "ST-51", "AFU-141", "U: Cancel" },
    { "ST-52", "AFU-045,AFU-062", "U: Package or Package URI" },
    { "ST-53", "AFU-165,AFU-094", "U: reboot or power cut" },
    { "ST-54", "AFU-003,AFU-004", "Create or Delete" },
    { "ST-55", "AFU-020,AFU-022", "Severity or Maximum Defer Period" },
    { "ST-56", "AFU-008", "Read, Observe, Discover" },
};

const struct oracle_row *oracle_rows(size_t *out_count)
{
    *out_count = sizeof(rows) / sizeof(rows[0]);
    return rows;
}
