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
    struct fleet_progress *fleet; /**< of several devices; else NULL */
};

/** Colour and the live line only on a terminal; NO_COLOR is honoured. */
void progress_init(struct progress *progress, FILE *stream, bool verbose);
void progress_release(struct progress *progress);
/** A journal_event_fn; `user` is the struct progress. */
void progress_event(const struct journal_event *event, void *user);
/** Write over the live line, if there is one. */
void progress_live(const struct progress *progress, const char *line);
/** Begin a line that stays. */
void progress_line(const struct progress *progress);
/** "pass  " in its colour. */
void progress_verdict(const struct progress *progress, enum verdict verdict);
/** Text that may not come from us: control characters are escaped.
 *  @param is_whole  else its first line alone */
void progress_text(const struct progress *progress, const char *text,
                   bool is_whole);

/* fleet_progress.c: several devices at the same time. */

/** The campaign event. @return NULL: it names one device, or no memory */
struct fleet_progress *fleet_progress_new(const struct journal_event *event);
void fleet_progress_free(struct fleet_progress *fleet);
void fleet_progress_event(const struct progress *progress,
                          const struct journal_event *event);

/* progress_waiting.c: nobody has registered yet. */

/** For campaign_config.on_listening: where, for whom and until when. */
void progress_listening(const struct campaign_waiting *waiting, void *user);
/** For campaign_config.on_waiting, on a terminal: what arrived so far. */
void progress_waiting(const struct campaign_waiting *waiting, void *user);

/** For campaign_config.on_message. */
void progress_message(const struct server_event *event, void *user);
/** Whether ANSI colours may be written to the stream. */
bool progress_may_colour(FILE *stream);
/** Columns of the terminal that the stream is, 0: it is none. */
unsigned progress_columns(FILE *stream);

#endif
