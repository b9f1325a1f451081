/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/json_file.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 64, NEAR_MAX = 3 };

/** Blank comments outside of strings; false for one that is not closed. */
static bool blank_comments(char *text, size_t length)
{
    bool in_string = false;

    for (size_t i = 0; i < length; i++) {
        if (in_string) {
            if (text[i] == '\\') {
                i++;
            } else if (text[i] == '"') {
                in_string = false;
            }
            continue;
        }
        if (text[i] == '"') {
            in_string = true;
        } else if (text[i] == '/' && i + 1 < length && text[i + 1] == '/') {
            while (i < length && text[i] != '\n') {
                text[i++] = ' ';
            }
        } else if (text[i] == '/' && i + 1 < length && text[i + 1] == '*') {
            bool closed = false;
            while (i < length && !closed) {
                closed = text[i] == '*' && i + 1 < length && text[i + 1] == '/';
                if (closed) {
                    text[i + 1] = ' ';
                }
                text[i] = text[i] == '\n' ? '\n' : ' ';
                i++;
            }
            if (!closed) {
                return false;
            }
        }
    }
    return true;
}

static enum status at_position(const char *name, const char *text,
                               size_t offset, const char *what,
                               struct reason *reason)
{
    unsigned line = 1;
    unsigned column = 1;

    for (size_t i = 0; i < offset && text[i] != '\0'; i++) {
        column = text[i] == '\n' ? 1 : column + 1;
        line += text[i] == '\n' ? 1 : 0;
    }
    return reason_set(reason, STATUS_MALFORMED, "%s:%u:%u: %s", name, line,
                      column, what);
}

/** The key that stands twice in one object, or NULL. */
static const char *duplicate_key(const cJSON *json, unsigned depth)
{
    const cJSON *item = NULL;

    if (depth > JSON_NESTED_MAX) {
        return "(nested too deeply)";
    }
    cJSON_ArrayForEach(item, json)
    {
        if (cJSON_IsObject(json)) {
            for (const cJSON *next = item->next; next != NULL;
                 next = next->next) {
                if (strcmp(item->string, next->string) == 0) {
                    return item->string;
                }
            }
        }
        const char *inner = duplicate_key(item, depth + 1);
        if (inner != NULL) {
            return inner;
        }
    }
    return NULL;
}

enum status json_file_parse(const char *name, const char *text, size_t length,
                            cJSON **out_json, struct reason *reason)
{
    if (length > JSON_FILE_MAX) {
        return reason_set(reason, STATUS_LIMIT, "%s: over %u bytes", name,
                          JSON_FILE_MAX);
    }
    if (length > 0 && memchr(text, '\0', length) != NULL) {
        return reason_set(reason, STATUS_MALFORMED, "%s: has a NUL", name);
    }
    char *copy = malloc(length + 1);
    if (copy == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (length > 0) {
        memcpy(copy, text, length);
    }
    copy[length] = '\0';
    const char *end = NULL;
    cJSON *json = blank_comments(copy, length)
                      ? cJSON_ParseWithOpts(copy, &end, true)
                      : NULL;
    const char *twice = json != NULL ? duplicate_key(json, 0) : NULL;
    enum status status = STATUS_OK;
    if (json == NULL) {
        size_t offset = end != NULL ? (size_t)(end - copy) : length;
        status = at_position(name, copy, offset, "this is no JSON", reason);
    } else if (twice != NULL) {
        status = reason_set(reason, STATUS_MALFORMED,
                            "%s: key '%.40s' stands twice in one object", name,
                            twice);
        cJSON_Delete(json);
    } else {
        *out_json = json;
    }
    free(copy);
    return status;
}

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
    return buffer;
}
