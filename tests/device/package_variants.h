/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_PACKAGE_VARIANTS_H
#define TESTS_DEVICE_PACKAGE_VARIANTS_H

/* The variants of packages: legal and tolerated ways with bundles, versions,
 * bad packages and power cuts. Private to the firmware side of the device. */
#include "tests/device/firmware_parts.h"

/** Another judgement on what was downloaded to the instance.
 *  @param result  the plain device's Update Result; 0: take it */
int package_variant_judges(struct firmware *firmware, uint16_t instance,
                           struct device_packages *packages, int result);
/** The download has ended in Idle with `result`. */
void package_variant_leaves(struct firmware *firmware,
                            struct device_packages *packages, int result);
/** What is contained besides the addressed instance and not Idle: who of them
 *  is in the way. */
unsigned package_variant_occupied(const struct firmware *firmware,
                                  uint16_t receiver, unsigned busy);
/** Whether the update of the instance fails while it installs. */
bool package_variant_fails(const struct firmware *firmware, uint16_t instance);
/** Who keeps the package of the instance from being updated: 0 none. */
unsigned package_variant_culprits(const struct firmware *firmware,
                                  uint16_t instance);
/** A package was cancelled. */
void package_variant_cancelled(struct firmware *firmware, uint16_t instance,
                               unsigned siblings);
/** After a power cut in Updating: end in another way. @return false: not */
bool package_variant_was_cut(struct firmware *firmware, uint16_t instance);

#endif
