/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_WORD_LIST_H
#define CLI_SHELL_WORD_LIST_H

/* A growing list of words, each once. Zeroed it is empty. */
#include <stdbool.h>
#include <stddef.h>

#include "server/server.h"

#define WORD_LIST_MAX 20000 /**< words; more are left out */

struct word_list {
    char **words; /**< NULL-terminated once something was added */
    size_t count;
};

void word_list_release(struct word_list *list);
/** Add a copy; a word that is there already, and one for which there is no
 *  memory, is left out. */
void word_list_add(struct word_list *list, const char *word);
void word_list_addf(struct word_list *list, const char *format, ...)
    PRINTF_LIKE(2, 3);
bool word_list_has(const struct word_list *list, const char *word);
/** Sort, numbers in a word by their value. */
void word_list_sort(struct word_list *list);

#endif
