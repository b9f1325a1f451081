/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/word_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void word_list_release(struct word_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->words[i]);
    }
    free(list->words);
    *list = (struct word_list){ .words = NULL };
}

bool word_list_has(const struct word_list *list, const char *word)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

void word_list_add(struct word_list *list, const char *word)
{
    if (list->count >= WORD_LIST_MAX || word_list_has(list, word)) {
        return;
    }
    char **words =
        realloc(list->words, (list->count + 2) * sizeof(*list->words));
    if (words == NULL) {
        return;
    }
    list->words = words;
    words[list->count] = strdup(word);
    if (words[list->count] != NULL) {
        words[++list->count] = NULL;
    }
}

void word_list_addf(struct word_list *list, const char *format, ...)
{
    char *word = NULL;
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(&word, format, arguments);
    va_end(arguments);
    if (length >= 0) {
        word_list_add(list, word);
        free(word);
    }
}

static int compare(const void *a, const void *b)
{
    return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

void word_list_sort(struct word_list *list)
{
    if (list->count > 1) {
        qsort(list->words, list->count, sizeof(*list->words), compare);
    }
}
