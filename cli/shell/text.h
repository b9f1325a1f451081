/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_TEXT_H
#define CLI_SHELL_TEXT_H

/* What describe.h says, in words: lines that end in a line feed. */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

/**
 * Print one description. Lines about what the device does by itself begin with
 * "* ".
 *
 * @param is_coloured  ANSI colours for levels and verdicts
 */
void shell_text(const cJSON *description, bool is_coloured, FILE *stream);

/** "2 (Downloaded)", "\"1.0\"", "no value": of one entry of "values". */
void shell_text_value(const cJSON *value, FILE *stream);

#endif
