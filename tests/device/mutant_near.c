/* SPDX-License-Identifier: Apache-2.0 */

/* Which mutants an unknown name is like. */
#include <stddef.h>
#include <string.h>

#include "tests/device/mutants.h"

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/** Letters to add, take away or change (Levenshtein). */
static size_t distance(const char *from, const char *to)
{
    size_t row[MUTANT_NAME_MAX + 1];
    size_t length = strlen(to);

    for (size_t j = 0; j <= length; j++) {
        row[j] = j;
    }
    for (size_t i = 1; from[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[length];
}

/** 0 is nearest; MUTANT_NAME_MAX: not like it at all. */
static size_t unlikeness(const char *name, const char *known)
{
    size_t letters = distance(name, known);

    if (strlen(name) >= 3 && strstr(known, name) != NULL) {
        return 0; /* a part of it */
    }
    return letters <= 2 + strlen(name) / 4 ? letters : MUTANT_NAME_MAX;
}

void mutant_near(const char *name, const char *out_names[MUTANT_NEAR_MAX + 1])
{
    size_t count = 0;

    for (size_t wanted = 0;
         strlen(name) <= MUTANT_NAME_MAX && wanted < MUTANT_NAME_MAX;
         wanted++) {
        for (int i = MUTANT_NONE + 1;
             i < MUTANT_COUNT && count < MUTANT_NEAR_MAX; i++) {
            const char *known = mutant_name((enum mutant)i);
            if (unlikeness(name, known) == wanted) {
                out_names[count++] = known;
            }
        }
    }
    out_names[count] = NULL;
}
