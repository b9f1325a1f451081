/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/grade.h"

#include <stdio.h>
#include <string.h>

#define UNDECLARED "undeclared("

struct grade_rules grade_rules_of(const struct judge_input *input,
                                  const struct look *look)
{
    return (struct grade_rules){
        .look = look,
        .reading = input->reading,
        .tolerate = input->tolerate,
    };
}

static bool is_ambiguity(const char *key)
{
    return strncmp(key, "A-", 2) == 0 && key[2] >= '0' && key[2] <= '9';
}

bool grade_is_key(const char *key)
{
    return strcmp(key, "pass") == 0 || strcmp(key, "warn") == 0 ||
           strcmp(key, "fail") == 0 ||
           strcmp(key, "after-reboot") == 0 || strcmp(key, "absent") == 0 ||
           strncmp(key, UNDECLARED, strlen(UNDECLARED)) == 0 ||
           is_ambiguity(key);
}

bool grade_is_graded(const cJSON *spec)
{
    return cJSON_IsObject(spec) && spec->child != NULL &&
           grade_is_key(spec->child->string);
}

static bool is_tolerated(const struct grade_rules *rules, const char *row)
{
    for (size_t i = 0; rules->tolerate != NULL && rules->tolerate[i] != NULL;
         i++) {
        if (strcmp(rules->tolerate[i], row) == 0) {
            return true;
        }
    }
    return rules->reading == READING_INTEROP;
}

/** Rows of which the interop reading says nothing, and the strict one warns. */
static bool is_warned_when_strict(const char *row)
{
    static const char *const rows[] = { "A-20", "A-25", "A-38" };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i], row) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_undeclared(const struct grade_rules *rules, const char *key)
{
    char item[32];
    const char *name = key + strlen(UNDECLARED);
    const char *end = strchr(name, ')');

    if (end == NULL || (size_t)(end - name) >= sizeof(item)) {
        return false;
    }
    (void)snprintf(item, sizeof(item), "%.*s", (int)(end - name), name);
    return !look_declared(rules->look, item);
}

struct grade grade_of_key(const char *key, const struct grade_rules *rules)
{
    struct grade grade = { .level = FINDING_WARNING, .fits = true };

    if (key == NULL || strcmp(key, "pass") == 0) {
        grade.level = FINDING_PASS;
    } else if (strcmp(key, "fail") == 0) {
        grade.fits = false;
    } else if (strcmp(key, "warn") == 0) {
        grade.level = FINDING_WARNING;
    } else if (strcmp(key, "absent") == 0) {
        grade.level = FINDING_PASS;
        grade.fits = rules->absent;
    } else if (strcmp(key, "after-reboot") == 0) {
        size_t execute = look_execute(rules->look);
        grade.fits =
            execute != LOOK_NONE && look_registered(rules->look, execute);
    } else if (is_ambiguity(key) && is_warned_when_strict(key)) {
        grade.level = is_tolerated(rules, key) ? FINDING_PASS : FINDING_WARNING;
        (void)snprintf(grade.ambiguity, sizeof(grade.ambiguity), "%s", key);
    } else if (is_ambiguity(key)) {
        grade.level = is_tolerated(rules, key) ? FINDING_WARNING : FINDING_FAIL;
        (void)snprintf(grade.ambiguity, sizeof(grade.ambiguity), "%s", key);
    } else {
        grade.fits = is_undeclared(rules, key);
    }
    if (!grade.fits) {
        grade.level = FINDING_FAIL;
    }
    return grade;
}

static bool any_fits(const cJSON *candidates, grade_fits_fn fits, void *user)
{
    if (!cJSON_IsArray(candidates)) {
        return fits(candidates, user);
    }
    const cJSON *candidate = NULL;
    cJSON_ArrayForEach(candidate, candidates)
    {
        if (fits(candidate, user)) {
            return true;
        }
    }
    return false;
}

struct grade grade_of(const cJSON *spec, const struct grade_rules *rules,
                      grade_fits_fn fits, void *user)
{
    struct grade none = { .level = FINDING_FAIL, .fits = false };

    if (!grade_is_graded(spec)) {
        return any_fits(spec, fits, user) ? grade_of_key(NULL, rules) : none;
    }
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, spec)
    {
        struct grade grade = grade_of_key(entry->string, rules);
        if (strcmp(entry->string, "fail") == 0 &&
            any_fits(entry, fits, user)) {
            return none;
        }
        if (grade.fits && any_fits(entry, fits, user)) {
            return grade;
        }
    }
    return none;
}

struct grade grade_worse(struct grade a, struct grade b)
{
    struct grade worse = b.level > a.level ? b : a;

    worse.fits = a.fits && b.fits;
    return worse;
}

static void candidates_words(struct words *words, const cJSON *candidates,
                             grade_words_fn words_of, void *user)
{
    if (!cJSON_IsArray(candidates)) {
        words_of(words, candidates, user);
        return;
    }
    const cJSON *candidate = NULL;
    cJSON_ArrayForEach(candidate, candidates)
    {
        words_of(words, candidate, user);
        words_add(words, "%s", candidate->next != NULL ? " or " : "");
    }
}

void grade_words(struct words *words, const cJSON *spec,
                 grade_words_fn words_of, void *user)
{
    if (!grade_is_graded(spec)) {
        candidates_words(words, spec, words_of, user);
        return;
    }
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, spec)
    {
        if (strcmp(entry->string, "warn") == 0) {
            words_add(words, "tolerated: ");
        } else if (strcmp(entry->string, "fail") == 0) {
            words_add(words, "never: ");
        } else if (strcmp(entry->string, "pass") != 0) {
            words_add(words, "tolerated (%s): ", entry->string);
        }
        candidates_words(words, entry, words_of, user);
        words_add(words, "%s", entry->next != NULL ? "; " : "");
    }
}

static bool candidates_check(const cJSON *candidates, grade_check_fn check)
{
    const cJSON *candidate = NULL;

    if (!cJSON_IsArray(candidates)) {
        return check == NULL || check(candidates);
    }
    cJSON_ArrayForEach(candidate, candidates)
    {
        if (check != NULL && !check(candidate)) {
            return false;
        }
    }
    return candidates->child != NULL;
}

bool grade_check(const cJSON *spec, grade_check_fn check)
{
    const cJSON *entry = NULL;

    if (!grade_is_graded(spec)) {
        return candidates_check(spec, check);
    }
    cJSON_ArrayForEach(entry, spec)
    {
        if (!grade_is_key(entry->string) || !candidates_check(entry, check)) {
            return false;
        }
    }
    return true;
}
