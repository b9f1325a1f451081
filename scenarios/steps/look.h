/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_LOOK_H
#define SCENARIOS_STEPS_LOOK_H

/*
 * Private to scenarios/steps: finding things in the events of a case. Pure;
 * shared by drive (what was seen so far) and judge (what is on record).
 */
#include "scenarios/engine/run.h"
#include "scenarios/engine/step.h"

/** What may be looked at: events [0, end) of the case. */
struct look {
    const struct event_store *events;
    size_t end;
    const struct binding *binding;
    const struct definitions *definitions;
};

/** A set of components, each once. */
struct component_set {
    uint16_t instances[ORACLE_COMPONENTS_MAX];
    size_t count;
};
bool component_set_has(const struct component_set *set, uint16_t instance);
/** Beyond the maximum silently dropped: a binding has no more. */
void component_set_add(struct component_set *set, uint16_t instance);

struct look look_of_run(const struct run *run);
struct look look_of_judge(const struct judge_input *input);

#define LOOK_NONE ((size_t)-1)

/**
 * Newest answer to a Read of the instance or of the Object in [from,
 * look->end) that shows the instance. Notifications are no verdict: they may
 * be older than the last Read (afu.md, section 10).
 *
 * @param out_view  to be released by the caller when true is returned
 */
bool look_view(const struct look *look, size_t from, uint16_t instance,
               struct view *out_view);
/** The same, or a notification that is not stale, or a Send. */
bool look_any_view(const struct look *look, size_t from, uint16_t instance,
                   struct view *out_view);
/** Its State and Update Result only; -1 where it lacks one. */
bool look_pair(const struct look *look, size_t from, uint16_t instance,
               int *out_state, int *out_result, uint64_t *out_sent_ms);

/** Whether some view or notification in [from, look->end) shows another pair
 *  than this. */
bool look_pair_differs(const struct look *look, size_t from, uint16_t instance,
                       int state, int result);

/** The event that closes request `id` (RESPONSE, TIMEOUT, RESET,
 *  SESSION_LOST), or NULL. */
const struct journal_event *look_closing(const struct look *look, uint64_t id);
/** Whether request `id` was refused for its format and then sent again in
 *  another: what counts is the answer to that. run_send_negotiated(). */
bool look_was_renegotiated(const struct look *look, uint64_t id);
/** Whether the event closes request `id`. */
bool event_closes(const struct journal_event *event, uint64_t id);
/** Path of a request without an alternate root; false when it is no LwM2M
 *  path. */
bool event_path(const struct journal_event *request,
                struct lwm2m_path *out_path);

/** The newest snapshot of that name, or NULL. */
const struct journal_event *look_snapshot(const struct look *look,
                                          const char *name);
/** A value of an instance in the snapshot, or NULL. */
const cJSON *snapshot_value(const struct journal_event *snapshot,
                            uint16_t instance, unsigned resource);

/** The newest transfer that was begun, or NULL. */
const struct journal_event *look_transfer(const struct look *look);
/** The newest one to the instance, or NULL. */
const struct journal_event *look_transfer_to(const struct look *look,
                                             uint16_t instance);
/** Its end, or NULL. */
const struct journal_event *look_transfer_end(
    const struct look *look, const struct journal_event *begin);
/** Its end; of one that is paused the newest pause; or NULL. */
const struct journal_event *look_transfer_outcome(
    const struct look *look, const struct journal_event *begin);
/**
 * Version for `instance` in the newest transfer that has a part for it.
 *
 * @param package  only packages of that name, or NULL
 * @return NULL when there was none, "" when the profile gives no version
 */
const char *look_delivered(const struct look *look, uint16_t instance,
                           const char *package);

/** Package URI of the newest transfer to `instance`, NULL when it had none. */
const char *look_uri(const struct look *look, uint16_t instance);

/** Index behind the newest mark of that name, LOOK_NONE without one. */
size_t look_mark(const struct look *look, const char *name);
/** Index of the newest Execute of Update on `instance`, LOOK_NONE. */
size_t look_update(const struct look *look, uint16_t instance);
/** Index of the newest Execute of Update or Cancel on any component. */
size_t look_execute(const struct look *look);
/** Whether the device registered anew in [from, look->end). */
bool look_registered(const struct look *look, size_t from);
/** Linked Instances of `instance` when Update was executed on it last. */
void look_linked(const struct look *look, uint16_t instance,
                 struct component_set *out_set);
/** Whether a Discover or a view of this case showed the path;
 *  @param out_discovered  whether a Discover covered it at all */
bool look_has_resource(const struct look *look, struct lwm2m_path path,
                       bool *out_discovered);
/** Whether the profile declares the item, as the drive recorded it with
 *  look_record_declared(). "false", "none" and "no" declare nothing. */
bool look_declared(const struct look *look, const char *item);
/** A limit of the profile in milliseconds, put on record likewise; 0 where it
 *  was not. */
uint64_t look_limit(const struct look *look, enum limit limit);
/** Put the declared items and the limits on record, once per case. */
MUST_CHECK
enum status look_record_declared(struct run *run, struct reason *reason);

#endif
