/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXPONENT_MAX = 1000000, /* larger ones are cut: they decide nothing more */
    SHOWN_DIGITS_MAX = 17,  /* enough to tell all of binary64 apart */
};
#define TWO_TO_64 18446744073709551616.0

struct number number_of_unsigned(uint64_t integer)
{
    return (struct number){ .real = (double)integer,
                            .magnitude = integer,
                            .is_integral = true,
                            .is_plain = true };
}

struct number number_of_signed(int64_t integer)
{
    if (integer >= 0) {
        return number_of_unsigned((uint64_t)integer);
    }
    struct number number = number_of_unsigned((uint64_t)(-(integer + 1)) + 1);
    number.real = -number.real;
    number.is_negative = true;
    return number;
}

bool number_of_negative(uint64_t argument, struct number *out_number)
{
    if (argument == UINT64_MAX) {
        return false;
    }
    *out_number = number_of_unsigned(argument + 1);
    out_number->real = -out_number->real;
    out_number->is_negative = true;
    return true;
}

bool number_of_real(double real, struct number *out_number)
{
    struct number number = { .real = real, .is_negative = signbit(real) != 0 };
    double size = fabs(real);

    if (!isfinite(real)) {
        return false;
    }
    /* Exact on both sides: no rounding hides in this comparison. */
    if (size < TWO_TO_64 && floor(size) >= size) {
        number.is_integral = true;
        number.magnitude = (uint64_t)size;
    }
    *out_number = number;
    return true;
}

/** The parts of a decimal number. */
struct decimal {
    const char *text;
    size_t length;
    size_t at; /**< not yet read */
    size_t whole;
    size_t whole_length;
    size_t fraction;
    size_t fraction_length;
    long exponent;
    bool is_plain;
};

static bool skip(struct decimal *decimal, const char *letters)
{
    if (decimal->at < decimal->length && decimal->text[decimal->at] != '\0' &&
        strchr(letters, decimal->text[decimal->at]) != NULL) {
        decimal->at++;
        return true;
    }
    return false;
}

/** @return how many digits there were */
static size_t skip_digits(struct decimal *decimal)
{
    size_t start = decimal->at;

    while (skip(decimal, "0123456789")) {
    }
    return decimal->at - start;
}

static bool read_exponent(struct decimal *decimal)
{
    bool is_negative = skip(decimal, "-");

    if (!is_negative) {
        (void)skip(decimal, "+"); /* it may be there */
    }
    size_t start = decimal->at;
    if (skip_digits(decimal) == 0) {
        return false;
    }
    for (size_t i = start; i < decimal->at; i++) {
        if (decimal->exponent < EXPONENT_MAX) {
            decimal->exponent =
                decimal->exponent * 10 + (decimal->text[i] - '0');
        }
    }
    if (is_negative) {
        decimal->exponent = -decimal->exponent;
    }
    return true;
}

/** Take the text apart; false when it is no number of JSON. */
static bool split(struct decimal *decimal)
{
    (void)skip(decimal, "-"); /* it may be there */
    decimal->whole = decimal->at;
    decimal->whole_length = skip_digits(decimal);
    decimal->is_plain = true;
    if (decimal->whole_length == 0 ||
        (decimal->whole_length > 1 && decimal->text[decimal->whole] == '0')) {
        return false;
    }
    if (skip(decimal, ".")) {
        decimal->is_plain = false;
        decimal->fraction = decimal->at;
        decimal->fraction_length = skip_digits(decimal);
        if (decimal->fraction_length == 0) {
            return false;
        }
    }
    if (skip(decimal, "eE")) {
        decimal->is_plain = false;
        if (!read_exponent(decimal)) {
            return false;
        }
    }
    return decimal->at == decimal->length;
}

/** Digit `index` of all that are in front of the exponent. */
static unsigned digit_of(const struct decimal *decimal, size_t index)
{
    size_t at = index < decimal->whole_length
                    ? decimal->whole + index
                    : decimal->fraction + index - decimal->whole_length;

    return (unsigned)(decimal->text[at] - '0');
}

static bool append(uint64_t *magnitude, unsigned digit)
{
    if (*magnitude > (UINT64_MAX - digit) / 10) {
        return false;
    }
    *magnitude = *magnitude * 10 + digit;
    return true;
}

/** The exact integer; false when it is none, or has more than 64 bits. */
static bool magnitude_of(const struct decimal *decimal, uint64_t *out_magnitude)
{
    size_t count = decimal->whole_length + decimal->fraction_length;
    uint64_t magnitude = 0;

    while (count > 0 && digit_of(decimal, count - 1) == 0) {
        count--;
    }
    long power = (long)decimal->whole_length - (long)count + decimal->exponent;
    for (size_t i = 0; i < count; i++) {
        if (power < 0 || !append(&magnitude, digit_of(decimal, i))) {
            return false;
        }
    }
    for (; count > 0 && power > 0; power--) {
        if (!append(&magnitude, 0)) {
            return false;
        }
    }
    *out_magnitude = magnitude;
    return true;
}

bool number_of_text(const char *text, size_t length, struct number *out_number)
{
    struct decimal decimal = { .text = text, .length = length };
    struct number number = { .real = 0 };
    char copy[NUMBER_TEXT_MAX + 1];

    if (length > NUMBER_TEXT_MAX || !split(&decimal)) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    number.real = strtod(copy, NULL);
    number.is_negative = text[0] == '-';
    number.is_integral = magnitude_of(&decimal, &number.magnitude);
    number.is_plain = number.is_integral && decimal.is_plain;
    if (!isfinite(number.real)) {
        return false;
    }
    *out_number = number;
    return true;
}

bool number_is_signed(const struct number *number, int64_t *out_integer)
{
    uint64_t magnitude = number->magnitude;

    if (!number->is_integral ||
        magnitude > (uint64_t)INT64_MAX + (number->is_negative ? 1 : 0)) {
        return false;
    }
    if (number->is_negative && magnitude > 0) {
        *out_integer = -(int64_t)(magnitude - 1) - 1;
    } else {
        *out_integer = (int64_t)magnitude;
    }
    return true;
}

bool number_is_unsigned(const struct number *number, uint64_t *out_integer)
{
    if (!number->is_integral ||
        (number->is_negative && number->magnitude > 0)) {
        return false;
    }
    *out_integer = number->magnitude;
    return true;
}

size_t number_text(const struct number *number, char out_text[NUMBER_SHOWN])
{
    int length = 0;

    if (number->is_plain) {
        length = snprintf(out_text, NUMBER_SHOWN, "%s%" PRIu64,
                          number->is_negative ? "-" : "", number->magnitude);
        return (size_t)length;
    }
    for (int digits = 1; digits <= SHOWN_DIGITS_MAX; digits++) {
        length = snprintf(out_text, NUMBER_SHOWN, "%.*g", digits, number->real);
        double again = strtod(out_text, NULL);
        if (memcmp(&again, &number->real, sizeof(again)) == 0) {
            break;
        }
    }
    if (strpbrk(out_text, ".en") == NULL) { /* 'n': nan, inf */
        memcpy(out_text + length, ".0", 3); /* 17 digits leave room */
        length += 2;
    }
    return (size_t)length;
}
