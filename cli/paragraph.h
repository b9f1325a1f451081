/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PARAGRAPH_H
#define CLI_PARAGRAPH_H

#include <stdbool.h>
#include <stdio.h>

/** Words behind a label, in lines that all begin in one column. */
struct paragraph {
    FILE *stream;
    size_t indent;
    size_t column; /**< where the next word begins */
};

/** Print the label. One that does not fit before the column `indent` stands on
 *  a line of its own. */
void paragraph_begin(struct paragraph *paragraph, FILE *stream,
                     const char *label, size_t indent);
/**
 * Print the words of a text, with a new line where one would end behind column
 * 79 and is not the first one.
 *
 * @param text  UTF-8; each character is taken to be one column wide
 */
void paragraph_add(struct paragraph *paragraph, const char *text);
void paragraph_end(struct paragraph *paragraph);
/** All three. */
void paragraph_print(FILE *stream, const char *label, size_t indent,
                     const char *text);

#endif
