/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Illegal deeds that the oracle must tell, whatever came before. Each is one
 * that Reads can tell from every legal explanation.
 *
 * Left out, as a step of a case judges them, or as a device that does nothing
 * is not illegal to an oracle: Conflicting Instances after 12 and 13 (AFU-104:
 * DEP-001, MUL), transfers that never end in Downloaded (AFU-030, 031: await),
 * a version that stays although the Result is 1 (AFU-058: await and expect),
 * notifications that differ from Reads (AFU-151), Cancel taken in Updating
 * where (L,8) may have come before (AFU-141: CAN). A State that stays Updating is a warning (AFU-064, T).
 */
#include "tests/unit/scenarios_oracle_walk_illegal.h"

/* clang-format off */
static const struct walk_illegal rows[] = {
    /* The Result of before stays. */
    { "11 stays when the update starts", "x:L11 | x!update0 x=U11 ?", "AFU-054,AFU-082", false },
    { "8 stays when the update starts", "x:L8 | x!update0 x=U8 ? +6000 ?", "AFU-054,AFU-082", false },
    { "13 stays when the update starts", "x:L13 | x!update0 x=U13 ? +6000 ?", "AFU-054,AFU-082", false },
    { "1 stays during a push", "x:I1 | x!first x=D1 ? +6000 ?", "AFU-036", true },
    { "8 stays during a push", "x:I8 | x!first x=D8 ? +6000 ?", "AFU-036", true },
    { "10 stays during a pull", "x:I10 | x!uri x=D10 ? +6000 ?", "AFU-036", true },
    { "8 stays after a push", "x:I8 | x!whole x=L8 +6000 ?", "AFU-036", false },
    { "13 stays after a pull", "x:I13 | x!uri x=L13 +6000 ?", "AFU-036", false },
    { "10 stays after a push", "x:I10 | x!whole x=L10 +6000 ?", "AFU-036,AFU-053", false },
    /* Edges without a trigger. */
    { "Updating out of Idle", "x:I0 | x=U0 ?", "AFU-052,AFU-177", false },
    { "Updating out of Downloaded", "x:L0 | x=U0 ?", "AFU-052,AFU-177", false },
    { "Updating out of Downloaded, after 13", "x:L13 | x=U0 ?", "AFU-052,AFU-177", false },
    { "Updating out of Downloading", "x:D0 | x=U0 ?", "AFU-052", false },
    { "Downloaded out of Idle", "x:I0 | x=L0 ?", "AFU-052,AFU-177", false },
    { "Downloading out of Idle", "x:I0 | x=D0 ?", "AFU-052,AFU-177", false },
    { "Downloading out of Downloaded", "x:L0 | x=D0 ?", "AFU-052,AFU-177", false },
    { "Downloading out of Updating", "x:U0 | x=D0 ?", "AFU-052", false },
    { "Idle out of Downloaded", "x:L0 | x=I0 ?", "AFU-052,AFU-177", false },
    { "a Result in Idle", "x:I0 | x=I8 ?", "AFU-052,AFU-177", false },
    { "no Result in Idle", "x:I1 | x=I0 ?", "AFU-052,AFU-177", false },
    { "8 in Downloaded", "x:L0 | x=L8 ?", "AFU-052,AFU-177", false },
    { "13 in Downloaded", "x:L0 | x=L13 ?", "AFU-052,AFU-177", false },
    { "11 in Downloaded", "x:L0 | x=L11 ?", "AFU-052,AFU-177", false },
    { "Updating after Cancel", "x:L11 x!cancel x=I10 +6000 ? | x=U0 ?", "AFU-052,AFU-059", false },
    /* Ends that are none. */
    { "a push ends with 1", "x:D0 | x=I1 ?", "AFU-052", false },
    { "a push ends with 13", "x:D0 | x=I13 ?", "AFU-052", false },
    { "a push ends with 10", "x:D0 | x=I10 ? +6000 ?", "AFU-052", false },
    { "a push ends with 0", "x:D0 | x=I0 ? +6000 ?", "AFU-052", false },
    { "a push ends before its last block", "x:D0 | x=L0 ?", "AFU-052", false },
    { "an update ends with 0 in Idle", "x:U0 | x=I0 ? +6000 ?", "AFU-058,AFU-061", false },
    { "an update ends with 0 in Downloaded", "x:U0 | x=L0 ? +6000 ?", "AFU-058,AFU-061", false },
    { "an update ends with 2", "x:U0 | x=I2 ?", "AFU-052,AFU-081", false },
    { "an update ends with 10", "x:U0 | x=I10 ?", "AFU-052,AFU-081", false },
    { "an update ends with 12", "x:U0 | x=I12 ?", "AFU-052,AFU-081", false },
    { "an update ends with 5 in Downloaded", "x:U0 | x=L5 ?", "AFU-060", true },
    { "an update is deferred after a long Updating", "x:L0 | x!update0 x=U0 ? +6000 ? x=L11 ?", "AFU-131", true },
    /* Pairs that are none. */
    { "(L,1)", "x:L0 | x=L1 ?", "AFU-053", false },
    { "(L,2)", "x:L0 | x=L2 ?", "AFU-053", false },
    { "(L,6)", "x:L0 | x=L6 ?", "AFU-053", false },
    { "(L,9)", "x:L0 | x=L9 ?", "AFU-053", false },
    { "(L,10)", "x:L0 | x=L10 ?", "AFU-053", false },
    { "(L,12)", "x:L0 | x=L12 ?", "AFU-053", false },
    { "(U,2)", "x:U0 | x=U2 ?", "AFU-054", false },
    { "(U,10)", "x:U0 | x=U10 ?", "AFU-054", false },
    { "(U,11)", "x:U0 | x=U11 ?", "AFU-054", false },
    { "(U,1) for long", "x:U0 | x=U1 ? +6000 ?", "AFU-054", false },
    { "(U,8) for long", "x:U0 | x=U8 ? +6000 ?", "AFU-054", false },
    { "(L,1) in a notification", "x:L0 | x~L1", "AFU-051,AFU-053", false },
    { "(U,11) in a notification", "x:U0 | x~U11", "AFU-051,AFU-054", false },
    /* Update. */
    { "Update taken in Idle", "x:I0 | x!update0", "AFU-080", false },
    { "Update taken in Downloading", "x:D0 | x!update0", "AFU-080", false },
    { "Update taken after a reset", "x:L0 x!null x=I0 +6000 ? | x!update0 x=U0 ?", "AFU-080,AFU-057", false },
    { "Update taken after Cancel", "x:L0 x!cancel x=I10 +6000 ? | x!update0 x=U0 ?", "AFU-080,AFU-143", false },
    { "Update taken after it succeeded", "x:I1 | x!update0 x=U0 ?", "AFU-080", false },
    { "Update taken without effect", "x:L0 | x!update0 +6000 ?", "AFU-081", false },
    { "Update refused, but carried out", "x:L0 | x!update0/405 x=U0 ?", "AFU-063", false },
    { "Update refused, but installed", "x:L0 | x!update0/405 x=v x=I1 +6000 ?", "AFU-063,AFU-015", false },
    { "Update refused, and the package lost", "x:L0 | x!update0/405 x=I0 +6000 ? +6000 ?", "AFU-063", false },
    { "a list refused, but carried out", "x:L0 y:I0 | x!updatey/405 x=U0 ?", "AFU-063", false },
    { "a list taken, and one that is Idle updated", "x:L0 y:I0 | x!updatey x=U0 y=U0 ?", "AFU-052,AFU-088,AFU-177", false },
    { "0 alone, and another one starts", "x:L0 y:L0 | x!update0 x=U0 y=U0 ?", "AFU-085", false },
    { "0 alone, and another one is updated", "x:L0 y:L0 | x!update0 x=I1 x=v y=v y=I1 +6000 ?", "AFU-085", false },
    { "a list, and one that is not in it starts", "x:L0 y:L0 z:L0 | x!updatey x=U0 y=U0 z=U0 ?", "AFU-087", false },
    { "no argument, and one that is not linked starts", "x:L0 y:L0 | x!update x=U0 y=U0 ?", "AFU-084", false },
    /* Cancel. */
    { "Cancel taken in Updating, which goes on", "x:U0 | x!cancel +6000 ?", "AFU-141", false },
    { "Cancel taken after the update", "x:I1 | x!cancel x=I10 +6000 ?", "AFU-141", false },
    { "Cancel taken after the update, without effect", "x:I1 | x!cancel +6000 ?", "AFU-141", false },
    { "Cancel taken in Idle, without effect", "x:I8 | x!cancel +6000 ?", "AFU-142", false },
    { "Cancel taken in Idle, with 0", "x:I8 | x!cancel x=I0 +6000 ?", "AFU-142,AFU-059", false },
    { "Cancel taken in Downloaded, without effect", "x:L0 | x!cancel +6000 ?", "AFU-059,AFU-140", false },
    { "Cancel taken in Downloaded, with 0", "x:L0 | x!cancel x=I0 ? +6000 ?", "AFU-059", false },
    { "Cancel taken in Downloaded, with the old Result", "x:L8 | x!cancel x=I8 ? +6000 ?", "AFU-059", false },
    { "Cancel refused, but carried out", "x:L0 | x!cancel/405 x=I10 +6000 ?", "AFU-063", false },
    { "Cancel refused in Idle, but 10", "x:I0 | x!cancel/405 x=I10 +6000 ?", "AFU-063", false },
    /* Resets. */
    { "0x00 taken in Downloaded, without effect", "x:L0 | x!null +6000 ?", "AFU-056", false },
    { "empty URI taken in Downloaded, without effect", "x:L0 | x!uri0 +6000 ?", "AFU-055", false },
    { "0x00 taken, and the old Result stays", "x:L8 | x!null x=I8 ? +6000 ?", "AFU-056", false },
    { "0x00 taken, and 6", "x:L0 | x!null x=I6 +6000 ?", "AFU-056", false },
    { "0x00 refused, but carried out", "x:L0 | x!null/405 x=I0 +6000 ?", "AFU-063", false },
    { "0x00 taken in Idle, without effect", "x:I8 | x!null +6000 ?", "AFU-056", true },
    { "0x00 taken, and 10", "x:L0 | x!null x=I10 +6000 ?", "AFU-056", true },
    /* Writes that are no trigger. */
    { "URI refused in Downloaded, but carried out", "x:L0 | x!uri/405 x=D0 +6000 ?", "AFU-063", false },
    { "push refused in Downloaded, and the package lost", "x:L0 | x!whole/405 x=I0 +6000 ?", "AFU-063", false },
    { "push refused in Downloaded, with an error", "x:L0 | x!whole/415 x=I6 +6000 ?", "AFU-063", false },
    { "URI taken in Downloaded, and the package replaced", "x:L0 | x!uri x=D0 +6000 ?", "AFU-045,AFU-052", false },
    { "push taken in Downloaded, and the package lost", "x:L0 | x!whole x=I6 +6000 ?", "AFU-045,AFU-052", false },
    { "URI refused in Updating, but a download starts", "x:U0 | x!uri/405 x=D0 ? +6000 ?", "AFU-063", false },
    { "block without a transfer, and Downloaded", "x:I0 | x!last/408 x=L0 +6000 ?", "AFU-046,AFU-063", false },
    { "push refused, but Downloaded", "x:I0 | x!whole/405 x=L0 +6000 ?", "AFU-063", false },
    { "push refused, but Downloading", "x:I0 | x!whole/405 x=D0 ? +6000 ?", "AFU-063", false },
    /* Versions. */
    { "another version in Downloaded", "x:L0 | x=v ?", "AFU-015", false },
    { "another version with the download", "x:I0 | x!whole x=L0 x=v +6000 ?", "AFU-015", false },
    { "another version after Cancel", "x:L0 | x!cancel x=I10 x=v +6000 ?", "AFU-015", false },
    { "another version although the update fails", "x:L0 | x!update0 x=U0 ? x=v x=L8 +6000 ?", "AFU-015", false },
    { "another version although it is 5", "x:L0 | x!update0 x=U0 ? x=v x=I5 +6000 ?", "AFU-015", false },
    { "another version of one that takes no part", "x:L0 y:L0 | x!update0 x=U0 y=v ?", "AFU-085,AFU-015", false },
    /* The others. */
    { "another one is cancelled as well", "x:L0 y:L0 | x!cancel x=I10 y=I10 +6000 ?", "AFU-177", false },
    { "another one is loaded as well", "x:I0 y:I0 | x!whole x=L0 y=L0 +6000 ?", "AFU-177", false },
    { "another one fails as well", "x:L0 y:L0 | x!update0 x=I8 y=I8 +6000 ?", "AFU-085,AFU-177", false },
    { "a sibling is loaded with its old Result", "x:I0 y:I8 | x!wholey x=L0 y=L8 +6000 ?", "AFU-120", false },
    { "a sibling is not loaded", "x:I0 y:I0 | x!wholey x=L0 ? +6000 ?", "AFU-116", false },
    { "a package for an occupied sibling is taken", "x:I0 y:L0 | x!wholey x=L0 ?", "AFU-117", false },
    { "a list, and one of them is left as it was", "x:L0 y:L0 | x!updatey x=U0 ? x=v x=I1 ? +100000 ?", "AFU-086,AFU-096", false },
    { "an occupied sibling loses its package", "x:I0 y:L0 | x!wholey x=I12 y=I0 +6000 ?", "AFU-118,AFU-177,AFU-052", false },
    /* Reboots. */
    { "a reboot loads a package", "x:I0 | register x=L0 ?", "AFU-052,AFU-164,AFU-177", false },
    { "a reboot starts an update", "x:L0 | register x=U0 ?", "AFU-052,AFU-177", false },
    { "a reboot brings a Result", "x:I0 | register x=I8 ?", "AFU-052,AFU-177", false },
    { "a reboot installs", "x:L0 | register x=v x=L0 ?", "AFU-015", false },
    /* Links. */
    { "linked to one that is Idle", "x:L0 y:I0 | x>y ?", "AFU-101", true },
    { "linked to itself", "x:L0 | x>x ?", "AFU-103", false },
    { "linked to none that is there", "x:L0 | x>- ?", "AFU-103", false },
    { "linked to another object", "x:L0 y:L0 | x>o ?", "AFU-102", false },
    { "in conflict with another object", "x:L0 y:L0 | x<o ?", "AFU-105", false },
};
/* clang-format on */

const struct walk_illegal *walk_illegal_rows(size_t *out_count)
{
    *out_count = sizeof(rows) / sizeof(rows[0]);
    return rows;
}
