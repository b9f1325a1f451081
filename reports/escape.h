/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTS_ESCAPE_H
#define REPORTS_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/*
 * Text from devices, made harmless. Private to reports.
 *
 * A byte that is not shown becomes "\xNN". So that nobody can write such a
 * mark himself, a backslash before an x becomes "\x5c": reading the marks back
 * gives the bytes.
 */
enum escape_mode {
    ESCAPE_LINE,  /**< also line feeds: the text stays one line */
    ESCAPE_LINES, /**< line feeds stay */
    ESCAPE_JSON,  /**< only what is no UTF-8: for a JSON string, in which
                       all other characters can be written */
};

/**
 * Not shown are control characters (C0, DEL, C1), what is no UTF-8, what XML
 * 1.0 forbids, and characters that change how others look (directions, zero
 * width, line and paragraph separator). "[[ATTACHMENT|" and "[[PROPERTY|",
 * which CI servers act on, lose their second bracket to "\x5b".
 *
 * @param max  bytes of the result, 0: no limit; where it is cut follows
 *             " [N more bytes]", counted in `text`
 * @return caller frees; NULL: no memory
 */
char *escape_text(const char *text, enum escape_mode mode, size_t max);

/** Write JSON as cJSON prints it, characters that are not shown as \uNNNN, so
 *  that the document can be put on a terminal. The text is valid UTF-8. */
void escape_write_json(FILE *stream, const char *json);

#endif
