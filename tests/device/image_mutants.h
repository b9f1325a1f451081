/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_IMAGE_MUTANTS_H
#define TESTS_DEVICE_IMAGE_MUTANTS_H

/* The mutants of devices that take signed and encrypted images. Private to
 * mutants.c. */
#include "tests/device/mutants.h"

enum { MUTANT_IMAGES_FIRST = MUTANT_SIGNATURE_SKIPPED };

struct mutant_row {
    const char *name;
    const char *requirement;
    const char *text;
};

/** Those from MUTANT_IMAGES_FIRST on. */
extern const struct mutant_row
    mutant_image_rows[MUTANT_COUNT - MUTANT_IMAGES_FIRST];

#endif
