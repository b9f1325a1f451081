/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MUTANTS_VARIANTS_ROWS_H
#define TESTS_MUTANTS_VARIANTS_ROWS_H

/* The legal devices of variants.pass, and what a campaign says of each. */
#include <stddef.h>

/** What is special about a row. */
enum {
    STRICT_FAILS = 1, /**< in the strict reading the warning is a fail */
    STRICT_WARNS = 2, /**< only there it is a warning */
    MAY_MISS = 4,     /**< the warning need not come: a matter of time */
    ONE = 8,          /**< the profile has instance 0 alone */
    SHAPE = 16,       /**< the name is that of a shape */
};

/** A variant and what the campaign has to say about it. */
struct variants_row {
    const char *variant; /**< of the device; or a name for `device` alone */
    const char *warning; /**< the A row, or the beginning of the requirement,
                              of each warning; NULL: none at all */
    unsigned flags;
    const char *cases;  /**< patterns; never NULL */
    const char *ics;    /**< what the profile says of it; NULL */
    const char *device; /**< arguments instead of --variant; NULL */
};

/** @return the rows; all of them */
const struct variants_row *variants_rows(size_t *out_count);
#define VARIANTS_ROWS_MAX 400

#endif
