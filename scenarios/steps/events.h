/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_EVENTS_H
#define SCENARIOS_STEPS_EVENTS_H

/*
 * Private to scenarios/steps: events of a case that `await` and `expect` count:
 *   { "kind": "notification", "of": "/3/0/9", "count": 2 }
 * "of" is the path of the request that an event belongs to, the paths of a
 * composite one, or what a Send has to show. A stale notification counts only
 * where "stale": true asks for these; a Send that was refused only where
 * "code" ("4.00", "4.xx") names the answer. "confirmable" asks for the CON or
 * the NON among notifications.
 */
#include "scenarios/steps/look.h"
#include "scenarios/steps/words.h"

/** Whether the event is about the path, or exactly these paths. */
bool events_is_of(const struct look *look, const struct journal_event *event,
                  const cJSON *of);
/** Whether the event at `index` is one of those. */
bool events_fit(const struct look *look, const cJSON *spec, size_t index);
/** How many there are in [from, look->end). */
int events_count(const struct look *look, const cJSON *spec, size_t from);
/** How many would be, were they newer than the notification before them. */
int events_count_stale(const struct look *look, const cJSON *spec, size_t from);
/** How many `await` waits for: "count", else 1. */
int events_wanted(const cJSON *spec);
/** "events 'notification' of /3/0/9". */
void events_words(struct words *words, const cJSON *spec);
/** Check "kind", "of", "stale" and "code". */
MUST_CHECK
enum status events_check(const cJSON *spec, const char *pointer,
                         struct reason *reason);

#endif
