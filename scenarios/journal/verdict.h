/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_JOURNAL_VERDICT_H
#define SCENARIOS_JOURNAL_VERDICT_H

#include <stdbool.h>

/**
 * ISO/IEC 9646-1 pass, inconclusive and fail, with the none and error of
 * TTCN-3 (ETSI ES 201 873-1), in order of precedence.
 */
enum verdict {
    VERDICT_NONE, /**< nothing was judged */
    VERDICT_PASS,
    VERDICT_INCONC, /**< the test purpose could not be judged */
    VERDICT_FAIL,   /**< the IUT broke the requirement */
    VERDICT_ERROR,  /**< the tester broke */
};

/** The greater of two: a verdict only gets worse. */
enum verdict verdict_merge(enum verdict a, enum verdict b);
/** "none", "pass", "inconc", "fail", "error". */
const char *verdict_name(enum verdict verdict);
/** @return false for an unknown name; `out_verdict` is then untouched */
bool verdict_parse(const char *name, enum verdict *out_verdict);

/** How the text is read where it is ambiguous: afu.md section 9. */
enum reading { READING_INTEROP, READING_STRICT };
const char *reading_name(enum reading reading);

#endif
