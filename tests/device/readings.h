/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_READINGS_H
#define TESTS_DEVICE_READINGS_H

/*
 * Devices that take an argument of Update that is none: mutants for another
 * set of components than it names, variants for just that set.
 * Spec: afu.md, section 5, A-25 and A-42.
 */
#include "tests/device/firmware.h"

#define READING_SIZE 256 /**< bytes of an argument, with NUL */

/**
 * The argument that the device takes this one for.
 *
 * @param out_text  written when true is returned; "" stands for none
 */
bool reading_of(const struct firmware *firmware, uint16_t instance,
                const uint8_t *bytes, size_t length,
                char out_text[READING_SIZE]);
/** Whether the argument is refused by 4.00 although it is well-formed. */
bool reading_refuses(const struct firmware *firmware, const uint8_t *bytes,
                     size_t length);
/** Whether an argument in another Content-Format than text is taken. */
bool reading_takes_format(const struct firmware *firmware);
/** Instances that are blamed for a list that cannot be satisfied because it
 *  names none: 0 unless a variant answers that by Result 13. */
bool reading_is_unsatisfied(const struct firmware *firmware,
                            const uint8_t *bytes, size_t length);

#endif
