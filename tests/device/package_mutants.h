/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_PACKAGE_MUTANTS_H
#define TESTS_DEVICE_PACKAGE_MUTANTS_H

/* The mutants of packages: what they make of bad ones, of bundles, and of
 * updates that fail. Private to the firmware side of the device. */
#include "tests/device/firmware_parts.h"

/** Another judgement on what was downloaded to the instance.
 *  @param result  the right Update Result; 0: take it
 *  @return the mutant's; it may leave out or change members */
int package_mutant_judges(const struct firmware *firmware, uint16_t instance,
                          struct device_packages *packages, int result);
/** The download has ended in Idle with `result`: leave something there. */
void package_mutant_leaves(struct firmware *firmware, uint16_t instance,
                           struct device_packages *packages, int result);
/** Load a part of a bundle that is still on its way. */
void package_mutant_loads_early(struct firmware *firmware, uint16_t instance);
/** End a failed update of the instance, whose old version runs, in another
 *  way. @return false: in the right one */
bool package_mutant_ends_failed(struct firmware *firmware, uint16_t instance);
/** End a trial of the instance that did not come up in another way.
 *  @return false: in the right one */
bool package_mutant_ends_trial(struct firmware *firmware, uint16_t instance);
/** Whether the instance is installed in a batch of which others fail.
 *  @param failed_before  whether one before it fails */
bool package_mutant_installs(const struct firmware *firmware,
                             bool failed_before);
/** After a power cut in Updating: end in another way.
 *  @return false: in the right one */
bool package_mutant_was_cut(struct firmware *firmware, uint16_t instance);
/** An update of the instance was confirmed. */
void package_mutant_confirms(struct firmware *firmware, uint16_t instance,
                             const char *old_version);

#endif
