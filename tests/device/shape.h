/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_SHAPE_H
#define TESTS_DEVICE_SHAPE_H

/*
 * What kind of device is simulated: its components, and how they are updated.
 * Spec: design.md, section 8.
 */
#include <stdbool.h>
#include <stdio.h>

#include "tests/device/package.h"

/** Bits: whether packages are images of MCUboot, and what a device does with
 *  them. */
enum images {
    IMAGES_TAKEN = 1,     /**< and nothing else */
    IMAGES_LATE = 2,      /**< verified by the boot loader alone */
    IMAGES_PLAINTEXT = 4, /**< need not be encrypted */
    IMAGES_DOWNGRADE = 8, /**< may be older than what runs */
};

struct shape {
    const char *name;
    unsigned count;                              /**< of components */
    const char *components[FIRMWARE_COMPONENTS]; /**< instance 0 is the main
                                                      one */
    unsigned reboots;   /**< bit i: an update of instance i ends by a reboot */
    unsigned delivery;  /**< Resource 9: an enum delivery */
    bool has_bundles;   /**< takes packages for several components */
    bool links_needed;  /**< an Update takes along what the package needs */
    bool links_all;     /**< ... and all else that is Downloaded */
    bool has_lead_rule; /**< instance 0 may not have a greater first number
                              than instance 1 */
    bool fails_to_idle; /**< a failed update drops the package */
    unsigned images;    /**< an enum images; 0: packages of anjay */
};

/** The first one, quad: what a device is if nothing else is said. */
const struct shape *shape_default(void);
/** @return NULL for an unknown name */
const struct shape *shape_parse(const char *name);
/**
 * What of images a device does in another way: "taken" (a shape of another
 * format takes them, and nothing else), "late", "plaintext" and "downgrade",
 * with commas in between.
 *
 * @param images  bits of enum images are added to it
 * @return false for another word, or none
 */
bool shape_parse_images(const char *text, unsigned *images);
/** "name  its components", one a line. */
void shape_list(FILE *stream);

#endif
