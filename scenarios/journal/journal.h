/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_JOURNAL_JOURNAL_H
#define SCENARIOS_JOURNAL_JOURNAL_H

#include "scenarios/journal/event.h"
#include "scenarios/journal/finding.h"
#include "scenarios/journal/verdict.h"

#define JOURNAL_LINE_MAX (16u * 1024 * 1024) /**< bytes of one line */
#define EVENT_STORE_MAX  1000000             /**< events of one case */

/** Deep copies of events, in order: what the judges of one case look at. */
struct event_store;
MUST_CHECK
struct event_store *event_store_new(void);
void event_store_free(struct event_store *store);
void event_store_clear(struct event_store *store);
MUST_CHECK
enum status event_store_add(struct event_store *store,
                            const struct journal_event *event,
                            struct reason *reason);
size_t event_store_count(const struct event_store *store);
/** Valid until the store is cleared or freed. */
const struct journal_event *event_store_at(const struct event_store *store,
                                           size_t index);
/** The SERVER_REQUEST that the event, of the server, belongs to; NULL: none. */
const struct journal_event *event_store_request(
    const struct event_store *store, const struct journal_event *event);

typedef void (*journal_event_fn)(const struct journal_event *event, void *user);

/** Writer. */
struct journal;

/**
 * Create `path` (must not exist) and append to it, one line at a time, each
 * written at once with one write(2).
 *
 * @param on_event  told of every event after it was written; may be NULL.
 *                  Must not append.
 */
MUST_CHECK
enum status journal_create(const char *path, journal_event_fn on_event,
                           void *user, struct journal **out_journal,
                           struct reason *reason);
void journal_close(struct journal *journal);

/**
 * Append one event: sequence and wall time are filled in by the journal, and
 * `out_event` (may be NULL) shows the event as written. Bytes of package
 * blocks are replaced by their hash here.
 *
 * Errors: STATUS_NETWORK when the disk refuses (errno in words).
 */
MUST_CHECK
enum status journal_append(struct journal *journal,
                           const struct journal_event *event,
                           struct journal_event *out_event,
                           struct reason *reason);

/** One event as a JSON object, without the line feed; caller frees. */
char *journal_line(const struct journal_event *event);

/**
 * Read a journal and hand out its events in order; the callback's loans end
 * with the callback. A torn last line is accepted and reported.
 *
 * @param out_torn  may be NULL; whether the last line was torn
 * Errors: STATUS_NOT_FOUND; STATUS_MALFORMED with line number and reason.
 */
MUST_CHECK
enum status journal_read(const char *path, journal_event_fn on_event,
                         void *user, bool *out_torn, struct reason *reason);

/**
 * JSON for a file of its own, indented, always valid UTF-8: what a device gave
 * is written as in the journal's lines.
 *
 * @return owned by the caller, free(); NULL when memory ran out
 */
char *journal_print(const cJSON *tree);

#endif
