/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_NEAREST_H
#define SCENARIOS_ENGINE_NEAREST_H

/* What somebody may have meant: suggestions for words that are unknown. */
#include <stddef.h>

/** The word of the NULL-terminated list that is nearest to `word`, or NULL
 *  when none is near. */
const char *nearest_word(const char *word, const char *const *words);
/** "unknown key 'a', did you mean 'b'? allowed: …" into a buffer; "..." at
 *  its end says that words were cut off. */
char *unknown_word(const char *what, const char *word, const char *const *words,
                   char *buffer, size_t size);

#endif
