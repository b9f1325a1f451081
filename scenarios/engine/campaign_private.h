/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_CAMPAIGN_PRIVATE_H
#define SCENARIOS_ENGINE_CAMPAIGN_PRIVATE_H

/*
 * Private to the campaign*.c and lane*.c of scenarios/engine: the parts of one
 * campaign. Nothing here waits; all of it is called from the server's one
 * callback, or before the loop turns.
 */
#include "scenarios/engine/run_private.h"

/* campaign.c */

/** Open everything, without starting the devices' programs.
 *  @param console  asked instead of the plan, or NULL */
MUST_CHECK
enum status campaign_open(const struct campaign_config *config,
                          struct console *console,
                          struct campaign **out_campaign,
                          struct reason *reason);

/** Our own failure: the first one ends the campaign. */
void campaign_fail(struct campaign *campaign, const struct reason *reason);
/** Write an event down that belongs to no lane; `event->sequence` is set. */
void campaign_append(struct campaign *campaign, struct journal_event *event);
/** The same for an engine event; takes `data` over. */
void campaign_record(struct campaign *campaign, enum journal_kind kind,
                     cJSON *data);
/** Put a text for people into the journal, as the report's diagnosis. */
void campaign_note(struct campaign *campaign, const char *text);
/** Write the end down and ask the started device to end. Once only. */
void campaign_end(struct campaign *campaign);
/** Once the end is written and no program runs any more, the loop ends. */
void campaign_stop_when_done(struct campaign *campaign);

/** The lane's device registered: it gets its turn. */
void campaign_ready(struct lane *lane);

/* campaign_open.c */

/** Lanes, programs (not yet started), server, files. */
MUST_CHECK
enum status campaign_set_up(struct campaign *campaign, server_event_fn on_event,
                            struct reason *reason);
/** Accepts NULL, and what campaign_set_up() left half done; frees it. */
void campaign_close(struct campaign *campaign);
/** The same for one that could not start: its result directory goes, too. */
void campaign_abandon(struct campaign *campaign);

/* campaign_wait.c */

/** Tell where the campaign listens, and go on telling while it waits. */
void campaign_begin_waiting(struct campaign *campaign);
/** A second is over. */
void campaign_take_wait_timer(struct campaign *campaign);

/* lane.c */

/** A lane at its beginning. */
MUST_CHECK
enum status lane_init(struct lane *lane, struct campaign *campaign,
                      const struct profile *profile, unsigned number,
                      struct reason *reason);
/** Its turn: look at the device. */
void lane_begin(struct lane *lane);
/** Write down what the profile leaves out, and what it may mean otherwise. */
void lane_remarks(struct lane *lane);
/** Start whatever is next, until something runs or the lane is over. */
void lane_advance(struct lane *lane);
/** Over without its cases: the plan is written, and all that would run get
 *  the verdict; VERDICT_NONE: they have none. */
void lane_skip(struct lane *lane, enum verdict verdict, const char *why);
/** It is over: free what only its work needs. */
void lane_finish(struct lane *lane);
/** Before the server is freed. */
void lane_stop(struct lane *lane);
/** After it. */
void lane_release(struct lane *lane);
/** Write a verdict; `why` may be NULL or empty. */
void lane_verdict(struct lane *lane, const char *instance, enum verdict verdict,
                  uint64_t ms, const char *why);
/** From the ICS and the profile. */
MUST_CHECK
enum status lane_make_oracle(struct lane *lane, struct reason *reason);
/** Make `lane->run` ready for a case, or (NULL) for a look at the device.
 *  @return false when campaign_fail() was called */
bool lane_prepare(struct lane *lane, const struct plan_entry *entry);
/** Write down that a case begins, and with what. */
void lane_case_begin(struct lane *lane);
/** The device was looked at: make the oracle, write down what was found.
 *  @return false when campaign_fail() was called, or the lane is over */
bool lane_describe(struct lane *lane);

/* lane_journal.c */

/** Journal the event, for people: no judge sees it. */
void lane_write(struct lane *lane, struct journal_event *event);
/** Journal the event, keep it for the judges, show it to the oracle. */
void lane_append(struct lane *lane, struct journal_event *event);
/** Show the oracle, if there is one, the newest event of the case. */
void lane_feed_oracle(struct lane *lane);

/** Journal a finding that belongs to no case. */
void lane_outside_finding(struct lane *lane, const struct finding *finding);

/* ics_checks.c */

/** The look is over: what it contradicts. */
void ics_checks_begin(struct lane *lane);
/** The cases are over: what only they could see. */
void ics_checks_end(struct lane *lane);

/* lane_device.c */

/** Registrations, responses, notifications … of the lane's device; in a
 *  campaign of one device, of any. */
void lane_device_event(struct lane *lane, const struct server_event *event);
/** Why no device has registered, in several lines; the caller frees. NULL: no
 *  memory. */
char *lane_diagnosis(const struct lane *lane);
/** It did not register in time: every case is inconc, with a diagnosis. */
void lane_never_registered(struct lane *lane);

/* campaign_hooks.c */

/** Start a program, what stands in {} replaced.
 *  @param lane      whose device it is about; NULL: of several
 *  @param out_argv  as it was started; results_argv_free() */
MUST_CHECK
enum status campaign_start_program(struct campaign *campaign,
                                   const struct lane *lane,
                                   const char *const *argv, uint64_t *out_id,
                                   char ***out_argv, struct reason *reason);
/** data of JOURNAL_HOOK_BEGIN and JOURNAL_HOOK_END. */
cJSON *campaign_hook_begin(const struct campaign *campaign, const char *name,
                           char *const *argv);
cJSON *campaign_hook_end(const char *name,
                         const struct server_process_view *process);
/** The hook whose program it is, 0: a free place; or NULL. */
struct campaign_hook *campaign_find_hook(struct campaign *campaign,
                                         uint64_t id);
void campaign_hook_ended(struct campaign_hook *hook,
                         const struct server_process_view *process);
/** The device was started again, as a hook of the lane wanted. */
void campaign_restarted(struct lane *lane);
/** The temporary folder, if one was made. */
void campaign_remove_folder(struct campaign *campaign);

/* campaign_process.c */

/** What the configuration or the profile starts as the device, or NULL. */
const char *const *campaign_start_argv(const struct campaign_config *config,
                                       const struct profile *profile);

/** Start the program of the configuration or the hooks "start", if any, and
 *  the time in which devices have to register. */
MUST_CHECK
enum status campaign_start_programs(struct campaign *campaign,
                                    struct reason *reason);
/** How the started program ended and what it said last, or that there is
 *  none. The caller frees; NULL: no memory. */
char *campaign_device_words(const struct campaign_program *program);
/** Why nothing can be asked any more; `buffer` is used when needed. */
const char *lane_lost_words(const struct lane *lane, char *buffer, size_t size);
/** The device does not answer: the cases that follow need not wait for it,
 *  until it registers again. */
void lane_device_lost(struct lane *lane);
/** Output and end of the device's program and of hooks. */
void campaign_process_event(struct campaign *campaign,
                            const struct server_event *event);

#endif
