/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include "scenarios/scenarios.h"

/**
 * What is shown while a campaign runs: one line per finished case, and on a
 * terminal a live line below it. Only words of the catalogue are printed,
 * never those of a device.
 */
struct progress {
    FILE *stream;
    bool is_live; /**< the stream is a terminal that moves its cursor */
    bool is_coloured;
    bool is_verbose; /**< CoAP messages pass by; no live line then */
    unsigned planned;
    unsigned finished;
    char title[160]; /**< of the case that runs */
    char step[64];
};

/** Colour and the live line only on a terminal; NO_COLOR is honoured. */
void progress_init(struct progress *progress, FILE *stream, bool verbose);
/** A journal_event_fn; `user` is the struct progress. */
void progress_event(const struct journal_event *event, void *user);
/** For campaign_config.on_message. */
void progress_message(const struct server_event *event, void *user);
/** Whether ANSI colours may be written to the stream. */
bool progress_may_colour(FILE *stream);
/** Columns of the terminal that the stream is, 0: it is none. */
unsigned progress_columns(FILE *stream);

#endif
