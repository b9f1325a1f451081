/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_VERSION_H
#define SCENARIOS_PACKAGE_VERSION_H

/* Private to scenarios/package: versions made of numbers and dots. The build
 * behind "+" of an image's version is left out of what is made of it: "1.2.3+4"
 * is counted on as "1.2.3". */
#include "scenarios/package/package.h"

/** Last number + `steps`: "1.9" gives "1.10".
 *  Errors: STATUS_MALFORMED, STATUS_LIMIT. */
MUST_CHECK
enum status version_newer(const char *version, uint64_t steps,
                          char out_version[PACKAGE_VERSION_MAX],
                          struct reason *reason);
/** The text as it is, whatever it is. STATUS_MALFORMED for none,
 *  STATUS_LIMIT for one that was cut. */
MUST_CHECK
enum status version_same(const char *version,
                         char out_version[PACKAGE_VERSION_MAX],
                         struct reason *reason);
/** Last number - 1; where it is 0, the next one to the left - 1 and 9 behind
 *  it: "2.0.0" gives "1.9.9". STATUS_LIMIT when all are 0. */
MUST_CHECK
enum status version_older(const char *version,
                          char out_version[PACKAGE_VERSION_MAX],
                          struct reason *reason);
/** First number + 1, the rest 0: "1.9" gives "2.0". */
MUST_CHECK
enum status version_major(const char *version,
                          char out_version[PACKAGE_VERSION_MAX],
                          struct reason *reason);
/** The version with more behind it: "1.9" and ".10" give "1.9.10".
 *  Errors: STATUS_MALFORMED, STATUS_LIMIT. */
MUST_CHECK
enum status version_behind(const char *version, const char *more,
                           char out_version[PACKAGE_VERSION_MAX],
                           struct reason *reason);
/** By their numbers; what are no numbers is equal to all.
 *  @return below, equal to or above 0 */
int version_order(const char *a, const char *b);
/** First number one above that of `other`; `version_newer` when the version
 *  is above already. */
MUST_CHECK
enum status version_above(const char *version, const char *other,
                          char out_version[PACKAGE_VERSION_MAX],
                          struct reason *reason);

#endif
