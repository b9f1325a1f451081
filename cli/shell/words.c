/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/words.h"

#include <stdlib.h>
#include <string.h>

/** Where taking apart stands. */
struct scan {
    const char *text;
    size_t length;
    size_t at;
    char *out; /**< where the next byte of the word goes */
    char quote;
    bool saw_equals;
};

static bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\n' ||
           letter == '\r' || letter == '\v' || letter == '\f';
}

static bool is_key_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '/' ||
           letter == '_';
}

/** The letter behind a backslash; a lone one at the end stands for itself. */
static void take_escape(struct scan *scan)
{
    bool is_last = scan->at + 1 >= scan->length;
    char next = is_last ? '\\' : scan->text[scan->at + 1];

    if (scan->quote == '"' && next != '"' && next != '\\') {
        *scan->out++ = '\\';
        scan->at++;
        return;
    }
    *scan->out++ = next;
    scan->at += is_last ? 1 : 2;
}

/** One letter of a word. @return false at the word's end */
static bool take_letter(struct scan *scan, struct shell_word *word)
{
    char letter = scan->text[scan->at];

    if (scan->quote == 0 && is_blank(letter)) {
        return false;
    }
    if (letter == '\\' && scan->quote != '\'') {
        take_escape(scan);
        return true;
    }
    if (scan->quote == letter && letter != 0) {
        scan->quote = 0;
        scan->at++;
        return true;
    }
    if (scan->quote == 0 && (letter == '"' || letter == '\'')) {
        scan->quote = letter;
        scan->saw_equals = true; /* a key is not quoted */
        scan->at++;
        return true;
    }
    if (letter == '=' && !scan->saw_equals && scan->out > word->text) {
        word->key_length = (size_t)(scan->out - word->text);
    }
    scan->saw_equals = scan->saw_equals || !is_key_letter(letter);
    *scan->out++ = letter;
    scan->at++;
    return true;
}

/** Take one word; it begins at scan->at. */
static void take_word(struct scan *scan, struct shell_word *word)
{
    char first = scan->text[scan->at];

    *word = (struct shell_word){
        .text = scan->out,
        .begin = scan->at,
        .is_quoted = first == '"' || first == '\'',
    };
    scan->saw_equals = false;
    while (scan->at < scan->length && take_letter(scan, word)) {
        continue;
    }
    *scan->out++ = '\0';
    word->end = scan->at;
    word->value =
        word->text + (word->key_length > 0 ? word->key_length + 1 : 0);
}

static enum status check_text(const char *text, size_t length,
                              struct reason *reason)
{
    if (length > SHELL_LINE_MAX) {
        return reason_set(reason, STATUS_LIMIT, "a line of more than %d bytes",
                          SHELL_LINE_MAX);
    }
    const char *nul = length > 0 ? memchr(text, '\0', length) : NULL;
    if (nul != NULL) {
        return reason_set(reason, STATUS_MALFORMED, "column %zu: a NUL byte",
                          (size_t)(nul - text) + 1);
    }
    return STATUS_OK;
}

static enum status split(struct scan *scan, bool is_partial,
                         struct shell_words *words, struct reason *reason)
{
    for (;;) {
        while (scan->at < scan->length && is_blank(scan->text[scan->at])) {
            scan->at++;
        }
        if (scan->at >= scan->length) {
            return STATUS_OK;
        }
        if (scan->text[scan->at] == '#') {
            words->in_comment = true;
            return STATUS_OK;
        }
        if (words->count == SHELL_WORDS_MAX) {
            return reason_set(reason, STATUS_LIMIT, "more than %d words",
                              SHELL_WORDS_MAX);
        }
        struct shell_word *word = &words->words[words->count++];
        take_word(scan, word);
        if (scan->quote != 0 && !is_partial) {
            return reason_set(reason, STATUS_MALFORMED,
                              "column %zu: the quote %c is not closed",
                              word->begin + 1, scan->quote);
        }
        words->open_quote = scan->quote;
    }
}

enum status shell_words_split(const char *text, size_t length, bool is_partial,
                              struct shell_words *out_words,
                              struct reason *reason)
{
    enum status status = check_text(text, length, reason);

    if (status != STATUS_OK) {
        return status;
    }
    /* Each word is no longer than what it is made of, and gets a NUL. */
    char *storage = malloc(length + SHELL_WORDS_MAX + 1);
    if (storage == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    struct scan scan = { .text = text, .length = length, .out = storage };
    out_words->count = 0;
    out_words->open_quote = 0;
    out_words->in_comment = false;
    out_words->storage = storage;
    status = split(&scan, is_partial, out_words, reason);
    if (status != STATUS_OK) {
        shell_words_release(out_words);
    }
    return status;
}

void shell_words_release(struct shell_words *words)
{
    free(words->storage);
    words->storage = NULL;
    words->count = 0;
}

bool shell_word_has_key(const struct shell_word *word, const char *key)
{
    return word->key_length > 0 && word->key_length == strlen(key) &&
           memcmp(word->text, key, word->key_length) == 0;
}
