/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_DAMAGE_H
#define SCENARIOS_PACKAGE_DAMAGE_H

/* Private to scenarios/package: bad packages made of good ones. */
#include "scenarios/package/set.h"

/** Read {"damage": NAME, "how": WORD, "part": COMPONENT}. */
MUST_CHECK
enum status damage_parse(const struct set_parser *parser, const cJSON *package,
                         struct package_entry *entry);
/** Add the packages that need not be given: JUNK, SHORT and BYTE; BAD,
 *  TRUNC, APPEND and FLIP of 'G'; HDR, FOREIGN, FULL, FULL+1 and FULL-1 where
 *  'G' is a recipe, whose format we know. What is given or taken away stays as it is. */
MUST_CHECK
enum status damage_derive(struct set_parser *parser, uint16_t instance);
/**
 * Do to the bytes of `base` what `entry` says.
 *
 * @param nth  of "flip-spread": 0 flips a bit of the first byte, 1 of the last
 *             one, the next ones in between, apart from each other
 */
MUST_CHECK
enum status damage_apply(const struct package_entry *base,
                         const struct package_entry *entry, uint64_t seed,
                         unsigned nth, struct package *package,
                         struct reason *reason);

#endif
