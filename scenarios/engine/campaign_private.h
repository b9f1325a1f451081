/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_CAMPAIGN_PRIVATE_H
#define SCENARIOS_ENGINE_CAMPAIGN_PRIVATE_H

/*
 * Private to the campaign_*.c of scenarios/engine: the parts of one campaign.
 * Nothing here waits; all of it is called from the server's one callback, or
 * before the loop turns.
 */
#include "scenarios/engine/run_private.h"

/* campaign_journal.c */

/** Our own failure: the first one ends the campaign. */
void campaign_fail(struct campaign *campaign, const struct reason *reason);
/** Journal the event, keep it for the judges, show it to the oracle. */
void campaign_append(struct campaign *campaign, struct journal_event *event);

/* campaign_cases.c */

/** Write the end down and ask the started device to end. Once only. */
void campaign_end(struct campaign *campaign);
/** Write a verdict; `why` may be NULL or empty. */
void campaign_verdict(struct campaign *campaign, const char *instance,
                      enum verdict verdict, uint64_t ms, const char *why);
/** Make `campaign->run` ready for a case, or (NULL) for a look at the device.
 *  @return false when campaign_fail() was called */
bool campaign_prepare(struct campaign *campaign,
                      const struct plan_entry *entry);
/** Start whatever is next, until something runs. */
void campaign_advance(struct campaign *campaign);

/* campaign_device.c */

/** Registrations, responses, notifications … of any endpoint. */
void campaign_device_event(struct campaign *campaign,
                           const struct server_event *event);
/** Put a text for people into the journal, as the report's diagnosis. */
void campaign_note(struct campaign *campaign, const char *text);
/** Nobody registered in time: every case is inconc, with a diagnosis. */
void campaign_never_registered(struct campaign *campaign);

/* campaign_process.c */

/** Start the program of the configuration or the hook "start", if any. */
MUST_CHECK
enum status campaign_start_device(struct campaign *campaign,
                                  struct reason *reason);
/** How the started program ended and what it said last, or that there is
 *  none. The caller frees; NULL: no memory. */
char *campaign_device_words(const struct campaign *campaign);
/** Why nothing can be asked any more; `buffer` is used when needed. */
const char *campaign_lost_words(const struct campaign *campaign, char *buffer,
                                size_t size);
/** The device does not answer: the cases that follow need not wait for it,
 *  until it registers again. */
void campaign_device_lost(struct campaign *campaign);
/** Output and end of the device's program and of hooks. */
void campaign_process_event(struct campaign *campaign,
                            const struct server_event *event);

#endif
