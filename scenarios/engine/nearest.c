/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/nearest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 64, NEAR_MAX = 3 };

static size_t minimum(size_t a, size_t b)
{
    return a < b ? a : b;
}

/** Optimal string alignment: Levenshtein, with swapped neighbours as one. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);

    if (a_length > WORD_MAX || b_length > WORD_MAX) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = j;
        rows[1][j] = j;
        rows[2][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i + 2) % 3];
        const size_t *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            now[j] = minimum(minimum(before[j], now[j - 1]) + 1,
                             before[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1]) {
                now[j] = minimum(now[j], earlier[j - 2] + 1);
            }
        }
    }
    return rows[a_length % 3][b_length];
}

const char *nearest_word(const char *word, const char *const *words)
{
    const char *best = NULL;
    size_t best_distance = NEAR_MAX + 1;

    for (size_t i = 0; words[i] != NULL; i++) {
        size_t here = distance(word, words[i]);
        if (here < best_distance && here < strlen(words[i])) {
            best = words[i];
            best_distance = here;
        }
    }
    return best;
}

char *unknown_word(const char *what, const char *word, const char *const *words,
                   char *buffer, size_t size)
{
    const char *near = nearest_word(word, words);
    int length =
        snprintf(buffer, size, "unknown %s '%.40s'%s%s%s; allowed:", what, word,
                 near != NULL ? ", did you mean '" : "",
                 near != NULL ? near : "", near != NULL ? "'?" : "");
    size_t used = length > 0 ? (size_t)length : 0;

    for (size_t i = 0; words[i] != NULL && used < size; i++) {
        length = snprintf(buffer + used, size - used, " %s", words[i]);
        used += length > 0 ? (size_t)length : 0;
    }
    if (used >= size && size > 4) {
        memcpy(buffer + size - 4, "...", 4);
    }
    return buffer;
}
