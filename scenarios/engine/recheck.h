/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_RECHECK_H
#define SCENARIOS_ENGINE_RECHECK_H

/*
 * Judge an old journal again: today's oracle, judges and common checks over
 * what a device showed then. Nothing is sent and nothing is written.
 * Spec: design.md, section 3.
 */
#include "scenarios/engine/step.h"

/** One case instance, judged twice. Loans of the callback. */
struct recheck_case {
    const char *endpoint; /**< NULL: it never registered */
    const char *instance; /**< "AFU-DEP-001@push" */
    enum verdict before;  /**< as it is in the journal */
    enum verdict after;
    const char *why; /**< of a verdict after that is worse than pass, or "" */
    /** Whether findings worse than `pass` differ, too: others, or in number. */
    bool has_changed;
    /** Lists of {"level", "requirement", "ambiguity", "check", "subject",
     *  "expected", "observed"}: what is told no more, and what is new. */
    const cJSON *gone;
    const cJSON *added;
};
typedef void (*recheck_fn)(const struct recheck_case *row, void *user);

struct recheck_config {
    const char *path; /**< of events.ndjson */
    const struct step_type *const *steps;
    const struct definitions *definitions;
    bool has_reading; /**< else as it was then */
    enum reading reading;
    bool fail_on_warning; /**< also where it was not then */
    recheck_fn on_case;   /**< in the order in which the cases ended */
    void *user;
};

/** What became of the case instances that have a verdict. */
struct recheck_counts {
    unsigned cases;
    unsigned changed_verdicts;
    unsigned changed_findings; /**< of those with the same verdict */
    unsigned unfinished;       /**< begun without a verdict: not judged */
    bool is_torn;              /**< the last line was cut off: left out */
};

/**
 * Judge the journal again.
 *
 * What was not done because an earlier step failed cannot be judged: a fail,
 * inconc or error that is not found again becomes inconc, unless all steps had
 * been done. What the tester said of itself then (its own failures, an
 * interruption) stays.
 *
 * Errors: STATUS_NOT_FOUND, STATUS_MALFORMED (line number and reason; a
 *         journal without a profile or with a verb of another version),
 *         STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status recheck_run(const struct recheck_config *config,
                        struct recheck_counts *out_counts,
                        struct reason *reason);

#endif
