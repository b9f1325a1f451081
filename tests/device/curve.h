/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_CURVE_H
#define TESTS_DEVICE_CURVE_H

/* What images and manifests both need of P-256. */
#include <stdbool.h>
#include <stdint.h>

#define CURVE_SCALAR 32 /**< bytes */
#define CURVE_POINT  65 /**< 04, x, y */

/** x of the product of a point and our scalar. */
bool curve_agree(const uint8_t *scalar, const uint8_t *point,
                 uint8_t out_secret[CURVE_SCALAR]);

#endif
