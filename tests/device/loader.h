/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_LOADER_H
#define TESTS_DEVICE_LOADER_H

/*
 * The firmware side of devices whose packages are images of MCUboot. What was
 * downloaded waits as it came; after the reboot the boot loader verifies it,
 * decrypts it into the slot that does not run, and runs that on trial. What
 * runs confirms itself, or the old slot runs again.
 *
 * A device that looks *early* does the same checks before Downloaded; a *late*
 * one only looks at magic, sizes and the component then.
 * Spec: packages.md, sections 5.3, 5.4 and 13.
 */
#include "tests/device/firmware_parts.h"

/** Whether packages are images, and nothing else. */
bool loader_takes_images(const struct firmware *firmware);
/** Look at a whole download.
 *  @param out_packages  one member, whose payload is the image as it came
 *  @return the Update Result; 0: take it */
int loader_judge(const struct firmware *firmware, uint16_t instance,
                 struct device_packages *out_packages);
/** Half of the slot is written before the reboot, for a mutant and to have
 *  what a power cut can spoil. */
void loader_begin(struct firmware *firmware, uint16_t instance);
/** The images of all that take part are to run after the reboot. */
void loader_schedule(struct firmware *firmware);
/** After a reboot: verify what waits and put it on trial, all or nothing.
 *  What is refused is left as a cut update. */
void loader_boot(struct firmware *firmware);
/** Whether images of a batch succeed and fail each by itself: a variant, and a
 *  mutant where all or nothing is declared. What a power cut left undone is
 *  given up then. */
bool loader_goes_alone(const struct firmware *firmware);
/** Whether what runs on trial confirms itself. */
bool loader_is_healthy(const uint8_t *slot, size_t length);
/** A trial succeeded: older counters are refused from now on. */
void loader_confirmed(struct firmware *firmware, uint16_t instance);
/** The power was cut before the boot loader was asked: for a mutant. */
void loader_was_cut(struct firmware *firmware, uint16_t instance);
/** Images are encrypted for another key from now on, until an update
 *  succeeded: so that a test can be repeated. */
void loader_rotate_key(struct firmware *firmware);

#endif
