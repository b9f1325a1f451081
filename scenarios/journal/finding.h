/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_JOURNAL_FINDING_H
#define SCENARIOS_JOURNAL_FINDING_H

#include <stddef.h>
#include <stdint.h>

#include "scenarios/journal/verdict.h"

#define FINDING_EVIDENCE_MAX 8

enum finding_level {
    FINDING_INFO,    /**< worth reading; no effect on the verdict */
    FINDING_PASS,    /**< a check that held: makes "none" a "pass" */
    FINDING_WARNING, /**< tolerated deviation or SHOULD missed */
    FINDING_INCONC,  /**< could not be judged */
    FINDING_FAIL,    /**< a requirement is violated */
    FINDING_ERROR,   /**< the tester broke */
};

/**
 * One judged or noted requirement. Strings are borrowed for the call that
 * takes the finding.
 */
struct finding {
    enum finding_level level;
    const char *requirement; /**< "AFU-089"; a comma-separated list when one
                                  check serves several; "" when none */
    const char *ambiguity;   /**< "A-12" when that row decided, else NULL */
    const char *check;       /**< stable id of the check: "oracle.edge",
                                  "definition.type", "CC5", "step.await" */
    const char *subject;     /**< "/33629/1/5" or a component, or NULL */
    const char *expected;    /**< in words a firmware engineer understands */
    const char *observed;
    const char *detail; /**< longer: the last consistent trace; or NULL */
    uint64_t evidence[FINDING_EVIDENCE_MAX]; /**< journal sequence numbers */
    size_t evidence_count;
};

typedef void (*finding_fn)(const struct finding *finding, void *user);

const char *finding_level_name(enum finding_level level);
bool finding_level_parse(const char *name, enum finding_level *out_level);
/** What the finding makes of a verdict: INFO and WARNING none, PASS pass … */
enum verdict finding_verdict(enum finding_level level);

#endif
