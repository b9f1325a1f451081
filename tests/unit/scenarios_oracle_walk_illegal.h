/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCENARIOS_ORACLE_WALK_ILLEGAL_H
#define TESTS_UNIT_SCENARIOS_ORACLE_WALK_ILLEGAL_H

/*
 * One illegal deed at the end of a random walk, written as a script: words
 * with spaces between. x, y and z are three components that the dice choose.
 *
 *   x:L8            bring x there by legal ways, and look
 *   x!update0/405   a stimulus and its answer, which is 2.04 or 2.31 where
 *                   none is given: update (no argument), update0, updatey
 *                   (argument 0, a list with y), cancel, whole, wholey (a
 *                   package with a part for y), first, next, last, null, zero,
 *                   uri, uri0, reboot
 *   x=U11           from now on x shows that
 *   x=v             Current Version changes
 *   x>y x>x x>-     Linked Instances of x, to y, to itself, to none that is
 *   x>o x<o         Linked, Conflicting Instances of x lead to another object
 *   x~L1            a notification of x
 *   register        the device registers anew
 *   +6000           6 s pass
 *   ?               Read of the object
 *   |               what comes now is illegal
 */
#include "tests/unit/scenarios_oracle_walk_walker.h"

struct walk_illegal {
    const char *name;
    const char *script;
    const char *requirements; /**< one of these must fail: "AFU-054,AFU-082" */
    bool is_strict;           /**< the interop reading tolerates it */
};

const struct walk_illegal *walk_illegal_rows(size_t *out_count);
/**
 * Play it.
 *
 * @return the fails that were found before the "|"
 */
size_t walk_illegal_play(struct walk *walk, const char *script);

#endif
