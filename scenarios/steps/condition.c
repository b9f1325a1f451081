/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/condition.h"

#include <string.h>

#include "scenarios/steps/afu.h"

#define ALL_STATES  0xFu
#define ALL_RESULTS ((1u << (RESULT_MAX + 1)) - 1u)

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

bool condition_is_present(const cJSON *object)
{
    return member(object, "state") != NULL ||
           member(object, "result") != NULL || member(object, "pair") != NULL;
}

static int number_of(const cJSON *candidate)
{
    if (cJSON_IsString(candidate)) {
        return state_of_name(candidate->valuestring);
    }
    return cJSON_IsNumber(candidate) ? candidate->valueint : -1;
}

static bool fits_number(const cJSON *candidate, void *user)
{
    const int *observed = user;

    return *observed >= 0 && number_of(candidate) == *observed;
}

struct observed_pair {
    int state;
    int result;
};

static bool fits_plain(const cJSON *values, int observed)
{
    const cJSON *value = NULL;

    if (values == NULL) {
        return true;
    }
    if (!cJSON_IsArray(values)) {
        return fits_number(values, &observed);
    }
    cJSON_ArrayForEach(value, values)
    {
        if (fits_number(value, &observed)) {
            return true;
        }
    }
    return false;
}

static bool fits_pair(const cJSON *candidate, void *user)
{
    const struct observed_pair *observed = user;

    return fits_plain(member(candidate, "state"), observed->state) &&
           fits_plain(member(candidate, "result"), observed->result);
}

struct grade condition_grade(const cJSON *object,
                             const struct grade_rules *rules, int state,
                             int result)
{
    struct grade grade = { .level = FINDING_PASS, .fits = true };
    struct observed_pair observed = { state, result };
    const cJSON *spec = member(object, "state");

    if (spec != NULL) {
        grade = grade_worse(grade, grade_of(spec, rules, fits_number, &state));
    }
    spec = member(object, "result");
    if (spec != NULL) {
        grade = grade_worse(grade, grade_of(spec, rules, fits_number, &result));
    }
    spec = member(object, "pair");
    if (spec != NULL) {
        grade = grade_worse(grade, grade_of(spec, rules, fits_pair, &observed));
    }
    return grade;
}

/** Bits of all numbers below `spec`, whatever they are graded. */
static unsigned mask_of(const cJSON *spec, unsigned otherwise)
{
    unsigned mask = 0;
    const cJSON *item = NULL;

    if (spec == NULL) {
        return otherwise;
    }
    if (cJSON_IsArray(spec) || cJSON_IsObject(spec)) {
        cJSON_ArrayForEach(item, spec)
        {
            mask |= mask_of(item, 0);
        }
        return mask;
    }
    int number = number_of(spec);
    return number >= 0 && number <= RESULT_MAX ? 1u << number : 0;
}

/** Candidate `index` of "pair", NULL past the last. */
static const cJSON *pair_candidate(const cJSON *pair, size_t index)
{
    const cJSON *entry = NULL;
    const cJSON *candidate = NULL;

    if (!grade_is_graded(pair)) {
        if (cJSON_IsArray(pair)) {
            return cJSON_GetArrayItem(pair, (int)index);
        }
        return index == 0 ? pair : NULL;
    }
    cJSON_ArrayForEach(entry, pair)
    {
        if (!cJSON_IsArray(entry)) {
            if (index-- == 0) {
                return entry;
            }
            continue;
        }
        cJSON_ArrayForEach(candidate, entry)
        {
            if (index-- == 0) {
                return candidate;
            }
        }
    }
    return NULL;
}

bool condition_masks(const cJSON *object, size_t index, unsigned *out_states,
                     unsigned *out_results)
{
    const cJSON *pair = member(object, "pair");
    unsigned states = mask_of(member(object, "state"), ALL_STATES);
    unsigned results = mask_of(member(object, "result"), ALL_RESULTS);

    if (pair == NULL && index > 0) {
        return false;
    }
    if (pair != NULL) {
        const cJSON *candidate = pair_candidate(pair, index);
        if (candidate == NULL) {
            return false;
        }
        states &= mask_of(member(candidate, "state"), ALL_STATES);
        results &= mask_of(member(candidate, "result"), ALL_RESULTS);
    }
    *out_states = states;
    *out_results = results;
    return true;
}

static void candidate_words(struct words *words, const cJSON *candidate,
                            void *user)
{
    (void)user; /* a candidate says it all */
    words_json(words, candidate);
}

static void pair_words(struct words *words, const cJSON *candidate, void *user)
{
    const cJSON *state = member(candidate, "state");
    const cJSON *result = member(candidate, "result");

    (void)user; /* a candidate says it all */
    if (state != NULL) {
        words_json(words, state);
    } else {
        words_add(words, "any State");
    }
    if (result != NULL) {
        words_add(words, " with Result ");
        words_json(words, result);
    }
}

void condition_words(struct words *words, const cJSON *object)
{
    const cJSON *state = member(object, "state");
    const cJSON *result = member(object, "result");
    const cJSON *pair = member(object, "pair");

    if (state != NULL) {
        grade_words(words, state, candidate_words, NULL);
    } else if (result != NULL) {
        words_add(words, "any State");
    }
    if (result != NULL) {
        words_add(words, " with Result ");
        grade_words(words, result, candidate_words, NULL);
    }
    if (pair != NULL) {
        grade_words(words, pair, pair_words, NULL);
    }
}

static bool is_state(const cJSON *candidate)
{
    return cJSON_IsString(candidate) &&
           state_of_name(candidate->valuestring) >= 0;
}

static bool is_result(const cJSON *candidate)
{
    return cJSON_IsNumber(candidate) && candidate->valueint >= 0 &&
           candidate->valueint <= RESULT_MAX;
}

static bool is_pair(const cJSON *candidate)
{
    const cJSON *state = member(candidate, "state");
    const cJSON *result = member(candidate, "result");
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(entry, candidate)
    {
        if (entry != state && entry != result) {
            return false;
        }
    }
    return cJSON_IsObject(candidate) && candidate->child != NULL &&
           (state == NULL || grade_check(state, is_state)) &&
           (result == NULL || grade_check(result, is_result));
}

enum status condition_check(const cJSON *object, const char *pointer,
                            struct reason *reason)
{
    const cJSON *state = member(object, "state");
    const cJSON *result = member(object, "result");
    const cJSON *pair = member(object, "pair");

    if (state != NULL && !grade_check(state, is_state)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/state: expected Idle, Downloading, Downloaded "
                          "or Updating, a list of these, or graded",
                          pointer);
    }
    if (result != NULL && !grade_check(result, is_result)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/result: expected 0 to 13, a list of these, or "
                          "graded",
                          pointer);
    }
    if (pair != NULL && !grade_check(pair, is_pair)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/pair: expected {\"state\", \"result\"}, a list "
                          "of these, or graded",
                          pointer);
    }
    return STATUS_OK;
}
