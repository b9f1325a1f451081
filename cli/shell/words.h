/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_WORDS_H
#define CLI_SHELL_WORDS_H

/*
 * A line of the shell, taken apart. Words are separated by blanks; '…' and
 * "…" keep blanks together, \ takes the next character as it is (inside "…"
 * only before \ and "), and # at the begin of a word starts a comment.
 */
#include <stdbool.h>
#include <stddef.h>

#include "server/server.h"

#define SHELL_LINE_MAX  65536 /**< bytes of one line */
#define SHELL_WORDS_MAX 256   /**< words of one line */

struct shell_word {
    const char *text;  /**< without quotes; owned by the words */
    size_t begin;      /**< offset in the line */
    size_t end;        /**< behind it */
    size_t key_length; /**< of "key=value": bytes before the '='; else 0 */
    bool is_quoted;    /**< begins with a quote: a value, never a key */
    const char *value; /**< of "key=value": behind the '='; else `text` */
};

/** Valid after shell_words_split(). */
struct shell_words {
    struct shell_word words[SHELL_WORDS_MAX];
    size_t count;
    char open_quote; /**< of the last word, when nothing closes it; else 0 */
    bool in_comment; /**< the line ends in a comment */
    char *storage;   /**< private */
};

/**
 * Take a line apart. Keys are letters, digits, '-' and '/': what stands before
 * the first '=' outside of quotes.
 *
 * @param text       `length` bytes, needs no NUL
 * @param is_partial  an open quote or a lone \ at the end is no error: the
 *                    line is still being typed
 *
 * Errors: STATUS_MALFORMED with the column, STATUS_LIMIT, STATUS_NO_MEMORY;
 *         then there is nothing to release.
 */
MUST_CHECK
enum status shell_words_split(const char *text, size_t length, bool is_partial,
                              struct shell_words *out_words,
                              struct reason *reason);
void shell_words_release(struct shell_words *words);
/** Whether the word is "key=…" of that key. */
bool shell_word_has_key(const struct shell_word *word, const char *key);

#endif
