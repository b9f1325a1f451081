/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_INPUT_H
#define CLI_SHELL_INPUT_H

/*
 * Lines of a script: a file, which is read at once, or a pipe, which is read
 * as it comes.
 */
#include <stdbool.h>
#include <stddef.h>

#include "cli/shell/words.h"

#define SHELL_SCRIPT_MAX (4u * 1024 * 1024) /**< bytes that wait to be run */

struct shell_input;

/**
 * @param path  NULL or "-" is standard input
 * Errors: STATUS_NOT_FOUND.
 */
MUST_CHECK
enum status shell_input_open(const char *path, struct shell_input **out_input,
                             struct reason *reason);
void shell_input_free(struct shell_input *input);
/** For messages: the path, or "standard input". */
const char *shell_input_name(const struct shell_input *input);

/** The descriptor to be watched when a line is awaited; -1: nothing comes any
 *  more, or it is a file. */
int shell_input_descriptor(const struct shell_input *input);
/** Read once. Errors: STATUS_NETWORK (errno in words). */
MUST_CHECK
enum status shell_input_fill(struct shell_input *input, struct reason *reason);

/**
 * Take the next whole line, without its end.
 *
 * @param out_length  it may hold NUL bytes
 * @return NULL when none is there (yet); valid until the next call
 */
const char *shell_input_line(struct shell_input *input, size_t *out_length);
/** Number of the line taken last, from 1. */
unsigned shell_input_number(const struct shell_input *input);
/** Everything was read and taken. */
bool shell_input_is_over(const struct shell_input *input);

#endif
