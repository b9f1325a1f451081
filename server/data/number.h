/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_NUMBER_H
#define SERVER_DATA_NUMBER_H

/*
 * A number of JSON or CBOR before its Resource says
 * which type it has. Integers stay exact over all 64 bits.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_TEXT_MAX 400 /**< characters of a number that are read */
#define NUMBER_SHOWN    32  /**< room for any number_text(), with its NUL */

/**
 * One finite number; only item_read() of CBOR also leaves what is not finite
 * in `real`, neither integral nor plain. Invariant: `real` is the nearest
 * binary64, and when `is_integral` the value is exactly `magnitude` with the
 * sign of `is_negative`. `is_plain`: it travels as an integer, not as "7.0",
 * "7E0" or a CBOR float; it implies `is_integral`.
 */
struct number {
    double real;
    uint64_t magnitude;
    bool is_negative;
    bool is_integral; /**< an integer of at most 64 bits and a sign */
    bool is_plain;
};

struct number number_of_signed(int64_t integer);
struct number number_of_unsigned(uint64_t integer);
/** -1 - `argument`, as CBOR has it; false for -2^64. */
bool number_of_negative(uint64_t argument, struct number *out_number);
/** False when `real` is not finite. Never plain. */
bool number_of_real(double real, struct number *out_number);
/**
 * Decimal as in JSON, "-12.50e-3"; the form is checked. Exact for integers in
 * whatever form: "1.638435E9" is integral, but not plain.
 *
 * @return false for another form, for more than NUMBER_TEXT_MAX characters and
 *         for what no finite binary64 is near to
 */
bool number_of_text(const char *text, size_t length, struct number *out_number);

bool number_is_signed(const struct number *number, int64_t *out_integer);
bool number_is_unsigned(const struct number *number, uint64_t *out_integer);
/**
 * The JSON text: of a plain number the integer, "7", else the shortest that
 * number_of_text() reads back as the same `real`, and not as plain: "7.0",
 * "0.1", "1e+300".
 *
 * @return its length, without the NUL
 */
size_t number_text(const struct number *number, char out_text[NUMBER_SHOWN]);

#endif
