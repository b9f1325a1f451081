/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_DAMAGE_H
#define SCENARIOS_PACKAGE_DAMAGE_H

/* Private to scenarios/package: bad packages made of good ones. */
#include "scenarios/package/set.h"

/** Read {"damage": NAME, "how": WORD, "part": COMPONENT}. */
MUST_CHECK
enum status damage_parse(const struct set_parser *parser, const cJSON *package,
                         struct package_entry *entry);
/** Add the packages that need not be given: JUNK, SHORT and BYTE; BAD, TRUNC,
 *  APPEND and FLIP of 'G'; HDR and FOREIGN where 'G' is a recipe, whose
 *  format we know; FULL, FULL+1 and FULL-1 where it is one of anjay; SIGNER, EK, ET, EA, ESWAP, ETRUNC, EP and PLAIN
 *  where 'G' or 'E' is a recipe that signs or encrypts. What is given or taken
 *  away stays as it is. */
MUST_CHECK
enum status damage_derive(struct set_parser *parser, uint16_t instance);
/** Whether the damage is a variant that its base has to be built with; then
 *  damage_apply() is not called. */
bool damage_is_built(const struct package_entry *base,
                     const struct package_entry *entry);
/** Once all packages were read: whether the variant fits its base.
 *  @return NULL, or what is wrong */
const char *damage_check(const struct package_entry *base,
                         const struct package_entry *entry);
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
