/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MUTANTS_AMBIGUITIES_H
#define TESTS_MUTANTS_AMBIGUITIES_H

/*
 * Section 9 of docs/afu.md, row by row: its sides, what each reading makes of
 * a side, and the device that shows it to the cases.
 */
#include <stddef.h>

enum ambiguity_outcome {
    OUTCOME_PASS, /**< nothing, or a remark */
    OUTCOME_WARN,
    OUTCOME_FAIL,
};

/** What shows a side. */
enum ambiguity_by {
    BY_PLAIN,   /**< the plain device, in the case `name` */
    BY_VARIANT, /**< the row `name` of variants_rows.c */
    BY_MUTANT,  /**< the mutant `name` */
    BY_NOTHING, /**< no device can, or none of ours: `name` says why */
};

struct ambiguity {
    const char *row;  /**< "A-01" */
    const char *side; /**< what the device does */
    enum ambiguity_outcome strict;
    enum ambiguity_outcome interop;
    enum ambiguity_by by;
    const char *name;
};

const struct ambiguity *ambiguities(size_t *out_count);

#endif
