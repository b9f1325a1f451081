/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_GRADE_H
#define SCENARIOS_STEPS_GRADE_H

/*
 * Private to scenarios/steps: graded values and the findings made of them.
 *
 * A judged value is a candidate, a list of candidates (all pass), or an object
 * whose keys grade them:
 *   "pass"             holds
 *   "warn"             tolerated: a warning
 *   "A-nn"             a row of afu.md section 9: a warning in the interop
 *                      reading or when tolerated by the profile, else a fail
 *   "after-reboot"     a warning when the device registered anew since the
 *                      last Execute, else it does not fit
 *   "undeclared(ITEM)" a warning unless the profile declares the ICS item
 *   "absent"           (codes) passes for a Resource that no Discover of the
 *                      case lists
 * Anything else fails.
 */
#include "scenarios/steps/look.h"
#include "scenarios/steps/words.h"

struct grade_rules {
    const struct look *look;
    enum reading reading;
    const char *const *tolerate; /**< NULL-terminated, or NULL */
    bool absent;                 /**< the key "absent" counts */
};

/** What a value deserves: FINDING_PASS, FINDING_WARNING or FINDING_FAIL. */
struct grade {
    enum finding_level level;
    char ambiguity[16]; /**< "A-12" when that row decided, else "" */
    bool fits;          /**< some candidate fits, even if it then fails */
};

/** Whether what was observed is this candidate. */
typedef bool (*grade_fits_fn)(const cJSON *candidate, void *user);
/** Write a candidate for people. */
typedef void (*grade_words_fn)(struct words *words, const cJSON *candidate,
                               void *user);

struct grade_rules grade_rules_of(const struct judge_input *input,
                                  const struct look *look);
/** Whether `spec` is an object with grading keys. */
bool grade_is_graded(const cJSON *spec);
/** Whether `key` is one of the grading keys above. */
bool grade_is_key(const char *key);
struct grade grade_of(const cJSON *spec, const struct grade_rules *rules,
                      grade_fits_fn fits, void *user);
/** What a key makes of a candidate that fits; `.fits` false where the key
 *  does not apply. NULL is "pass". */
struct grade grade_of_key(const char *key, const struct grade_rules *rules);
/** The worse of two. */
struct grade grade_worse(struct grade a, struct grade b);
/** "6, tolerated 5, by A-11 also 8". */
void grade_words(struct words *words, const cJSON *spec,
                 grade_words_fn words_of, void *user);
/**
 * Check the form: a candidate, a list, or grading keys with these; every
 * candidate is given to `check` (may be NULL).
 */
typedef bool (*grade_check_fn)(const cJSON *candidate);
bool grade_check(const cJSON *spec, grade_check_fn check);

/** One finding in the making. */
struct report {
    const char *check; /**< "step.await" */
    const struct journal_event *evidence[4];
    struct words subject;
    struct words expected;
    struct words observed;
};
void report_init(struct report *report, const char *check);
/** The next free place of the evidence; NULL is ignored. */
void report_evidence(struct report *report, const struct journal_event *event);
/**
 * Hand the finding out. FINDING_FAIL is inconc in a preamble and without
 * "req"; FINDING_PASS is not handed out there: it judged no requirement.
 */
void report_finding(const struct report *report,
                    const struct judge_input *input, struct grade grade,
                    finding_fn on_finding, void *user);
/**
 * The device did not answer: inconc, but a fail of the requirements that the
 * step names in "silence", which set a time.
 */
void report_silence(const struct report *report,
                    const struct judge_input *input, finding_fn on_finding,
                    void *user);
/** Check "silence" of a step: a list of requirements. */
MUST_CHECK
enum status report_check_silence(const cJSON *step, const char *pointer,
                                 struct reason *reason);
/** The same at a level of its own: FINDING_INCONC, FINDING_INFO … */
void report_level(const struct report *report, const struct judge_input *input,
                  enum finding_level level, const char *ambiguity,
                  finding_fn on_finding, void *user);

#endif
