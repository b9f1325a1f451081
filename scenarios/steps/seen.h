/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_SEEN_H
#define SCENARIOS_STEPS_SEEN_H

/*
 * Private to scenarios/steps: which values a case has seen at a path, and
 * which it has written, as JSON that a candidate of a scenario is compared
 * with: numbers, texts, booleans; "3:0" for a link to an Object Instance;
 * hexadecimal digits for opaque bytes. Several Resource Instances, or all
 * below a path that is no Resource, are a list.
 */
#include "scenarios/steps/look.h"
#include "scenarios/steps/words.h"

/** Values of the list at or below the path, NULL without any; the caller
 *  deletes it. */
cJSON *seen_in(const struct record_list *list, struct lwm2m_path path);
/** What the first answer or notification of the case that has the path showed;
 *  NULL without one. */
cJSON *seen_first(const struct look *look, struct lwm2m_path path);
/** … the newest one. */
cJSON *seen_newest(const struct look *look, struct lwm2m_path path);
/** What the newest Write of the case that the device accepted put there. */
cJSON *seen_written(const struct look *look, struct lwm2m_path path);

/** What a candidate may be compared with; any of them may be NULL. */
struct seen {
    cJSON *observed;
    cJSON *first;
    cJSON *newest;
    cJSON *written;
    cJSON *at_mark;   /**< newest before the newest mark */
    bool was_refused; /**< the newest Write was */
};
/**
 * @param look      what was seen and sent until then
 * @param whole     the same with what came later: answers to what was sent
 * @param observed  taken over; the others are looked for
 */
struct seen seen_of(const struct look *look, const struct look *whole,
                    struct lwm2m_path path, cJSON *observed);
void seen_release(struct seen *seen);
/**
 * A grade_fits_fn on a struct seen. A candidate is a JSON value, or one of
 *   "present"    whatever it is
 *   "absent"     it is not there
 *   "unchanged"  as the case saw it first
 *   "shown"      as the case saw it last
 *   "at-mark"    as the case saw it last before the newest mark
 *   "written"    as the case wrote it last
 *   "kept"       as the case saw it first, because the newest Write was refused
 */
bool seen_fits(const cJSON *candidate, void *user);
/** A grade_words_fn on a struct seen: "written (20)". */
void seen_words(struct words *words, const cJSON *candidate, void *user);
/** The value itself, or "(absent)". */
void seen_value_words(struct words *words, const cJSON *value);

#endif
