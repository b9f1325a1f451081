/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_RUN_H
#define SCENARIOS_ENGINE_RUN_H

/*
 * What a step may do while a case runs on one device. Nothing here waits or
 * turns the loop.
 */
#include "scenarios/engine/delivery.h"
#include "scenarios/engine/step.h"
#include "scenarios/engine/test_case.h"
#include "scenarios/oracle/oracle.h"

/** The step object of the scenario: {"deliver": "DEP", "to": "x"}. */
const cJSON *run_step(const struct run *run);
/** Parameter by name, NULL when absent. */
const cJSON *run_parameter(const struct run *run, const char *name);
/** step_type.scratch_size bytes, zeroed before the first call of drive. */
void *run_scratch(struct run *run);
const struct binding *run_binding(const struct run *run);
const struct profile *run_profile(const struct run *run);
const struct definitions *run_definitions(const struct run *run);
/** Of the campaign: what is random in a case begins with it. */
uint64_t run_seed(const struct run *run);
/** What a step's "server" may be. */
#define RUN_SECOND "second"
/** Endpoint of the device under test; with "server": "second" of the step, as
 *  the second LwM2M server knows it. */
const char *run_endpoint(const struct run *run);
const struct oracle *run_oracle(const struct run *run);
/** Events of this case so far, and where the current step began. */
const struct event_store *run_events(const struct run *run);
size_t run_step_first(const struct run *run);
/** Whether a registration of the device exists right now. */
bool run_is_registered(const struct run *run);
/** Accept option for a Read of the path that no test case prescribes:
 *  negotiation.h. CONTENT_FORMAT_NONE where the device knows none. */
int run_accept(const struct run *run, const struct lwm2m_path *path);
/** The same for the payload of a Write or Create. */
int run_content_format(const struct run *run, const struct lwm2m_path *path);

/** Say why the step fails by our own fault; returns STEP_FAILED. */
enum step_progress run_fail(struct run *run, const struct reason *reason);

/**
 * Send a request to the device, where `request->endpoint` says, else from the
 * first LwM2M server; the answer comes to drive as RESPONSE,
 * TIMEOUT, RESET or SESSION_LOST with `out_id`. While the device is not
 * registered the request waits (until LIMIT_BOOT, then SESSION_LOST comes).
 */
MUST_CHECK
enum status run_send(struct run *run, struct server_request *request,
                     uint64_t *out_id, struct reason *reason);

/**
 * The same for a Read, Observe, Write or Create whose format no test case
 * prescribes. When the device refuses the format (4.06, 4.15, 4.00 …), the
 * request goes out again in another one, and drive hears the last answer
 * only. Each refusal is on record, with a note {"refused": its id}.
 *
 * @param request            Accept or Content-Format from run_accept() or
 *                           run_content_format()
 * @param is_refusal_likely  the step wants an error code: 4.00 is an answer
 */
MUST_CHECK
enum status run_send_negotiated(struct run *run, struct server_request *request,
                                bool is_refusal_likely, uint64_t *out_id,
                                struct reason *reason);

/** Cancel an observation passively: its next notification is rejected, and
 *  comes to drive as SERVER_UNWANTED with the id of the request. */
void run_forget(struct run *run, uint64_t observation);

/** Answer the device's next Update as a server that knows it no more, or no
 *  longer so. Errors: STATUS_NOT_FOUND when it is not registered. */
MUST_CHECK
enum status run_disown(struct run *run, bool is_disowned,
                       struct reason *reason);

/** Arm a message hook for the device until the body of the case is over; its
 *  endpoint is set here. SERVER_WIRE events come.
 *  Errors: as of server_arm(); STATUS_NOT_FOUND for one of files that go by
 *  TCP. */
MUST_CHECK
enum status run_arm(struct run *run, struct server_hook *hook,
                    struct reason *reason);
/** Errors: STATUS_NOT_FOUND when it is not registered, STATUS_NETWORK. */
MUST_CHECK
enum status run_send_malformed(struct run *run, enum server_malformed kind,
                               struct reason *reason);
/** Whether a relay is the network (--via-relay, --impair). */
bool run_has_relay(const struct run *run);
/** Another network before these ports until the body of the case is over.
 *  Errors: STATUS_NOT_FOUND without a relay, with several devices, and for the
 *  repository alone when files go by TCP. */
MUST_CHECK
enum status run_set_network(struct run *run, bool of_server, bool of_files,
                            const struct impairment *impairment,
                            struct reason *reason);
/** Cut the device off from the LwM2M ports, or from the repository, or give the
 *  way back.
 *  Errors: STATUS_INVALID without a relay; STATUS_NOT_FOUND, for the repository
 *  also with several devices and when files go by TCP. */
MUST_CHECK
enum status run_cut(struct run *run, bool of_files, bool is_cut,
                    struct reason *reason);
/** The device gets another address there. Errors: as of run_cut(). */
MUST_CHECK
enum status run_move(struct run *run, bool of_files, struct reason *reason);
/** All of that is over; hooks of the profile are not. */
void run_calm(struct run *run);

/** Start the limit; JOURNAL_DEADLINE with data.limit = its name comes to
 *  drive when it passed. One per limit; starting again restarts it. It ends
 *  with the step. */
MUST_CHECK
enum status run_deadline(struct run *run, enum limit limit,
                         struct reason *reason);
/** Wake drive by a SERVER_TIMER event (not journaled) after `after_ms`: the
 *  next poll. One at a time; ends with the step. */
MUST_CHECK
enum status run_wake(struct run *run, uint64_t after_ms, struct reason *reason);

/**
 * Start a transfer, by the mechanism of the case: it belongs to the run, not
 * to the step. Its end comes as JOURNAL_TRANSFER_END with data.transfer =
 * `out_transfer`, or JOURNAL_TRANSFER_PAUSE where it shall pause. Builds the
 * package from the versions observed last.
 *
 * Errors: STATUS_NOT_FOUND (no such package, no address that the device could
 *         fetch from), STATUS_LIMIT (no newer version, too many transfers),
 *         STATUS_MALFORMED (the observed version is no number).
 */
MUST_CHECK
enum status run_transfer(struct run *run, uint16_t instance,
                         const struct delivery *delivery,
                         unsigned *out_transfer, struct reason *reason);
/** A paused transfer goes on.
 *  @param shift  at another block; all zero: where it stopped
 *  Errors: STATUS_NOT_FOUND when none is; STATUS_INVALID when a pull is to
 *          shift. */
MUST_CHECK
enum status run_resume(struct run *run, uint16_t instance,
                       const struct delivery_shift *shift,
                       unsigned *out_transfer, struct reason *reason);
/** A paused transfer ends here, without a word to the device.
 *  Errors: STATUS_NOT_FOUND when none is. */
MUST_CHECK
enum status run_abandon(struct run *run, uint16_t instance,
                        struct reason *reason);

/** Append an engine event (mark, note, snapshot …); takes `data` over. */
MUST_CHECK
enum status run_record(struct run *run, enum journal_kind kind, cJSON *data,
                       struct reason *reason);

/** Run these steps next, before the rest (containers: each, either), once the
 *  calling step has ended. Several calls of one step pile up: the last one
 *  runs first. `steps` is part of the step object.
 *  @param role,instance  when role is not NULL it is bound meanwhile
 *  Errors: STATUS_LIMIT when too many lists are under way. */
MUST_CHECK
enum status run_nest(struct run *run, const cJSON *steps, const char *role,
                     uint16_t instance, struct reason *reason);

/** Whether a line as in "applies" holds for the device. */
bool run_holds(const struct run *run, const char *line);
/** @return NULL, or what is expected of such a line */
const char *run_line_misfit(const char *line);

/** Whether the profile has a hook of this name. */
bool run_has_hook(const struct run *run, const char *name);
/** Start a hook of the profile; JOURNAL_HOOK_END with data.hook = `name`
 *  comes when its program has ended.
 *  Errors: STATUS_NOT_FOUND (hook, program), STATUS_LIMIT. */
MUST_CHECK
enum status run_hook(struct run *run, const char *name, struct reason *reason);
/** Kill its program, which takes too long; its end still comes. */
void run_hook_stop(struct run *run, const char *name);

/* Looking at events: pure, also for judges. */

/** One atomic view: what one response or notification showed. */
struct view {
    struct lwm2m_path base; /**< path that was read */
    struct record_list records;
    uint64_t sequence; /**< of the event that showed it */
    uint64_t sent_ms;
    uint64_t time_ms;
};
/**
 * Decode a 2.05 response to a Read or Read-Composite, a notification, or a Send
 * that was taken.
 *
 * @param events  to find the request of a response
 * @return STATUS_NOT_FOUND when the event shows no values,
 *         STATUS_MALFORMED when the payload is undecodable
 */
MUST_CHECK
enum status view_of_event(const struct event_store *events,
                          const struct journal_event *event,
                          const struct definitions *definitions,
                          struct view *out_view, struct reason *reason);
void view_release(struct view *view);
/** State and Update Result of an instance; -1 where the view lacks it. */
void view_pair(const struct view *view, uint16_t instance, int *out_state,
               int *out_result);
/**
 * The links of a Discover answer. Of a device with an alternate root path
 * they may have it, as those of the registration have, or not: both are seen.
 *
 * @return STATUS_NOT_FOUND when there is no payload, STATUS_MALFORMED
 */
MUST_CHECK
enum status links_of_event(const struct event_store *events,
                           const struct journal_event *event,
                           struct link_list *out_links, struct reason *reason);
/** The request a response, timeout or notification belongs to, or NULL. */
const struct journal_event *request_of_event(const struct event_store *events,
                                             const struct journal_event *event);

#endif
