/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/await_event.h"
#include "scenarios/steps/events.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"
#include "scenarios/steps/wait.h"

struct await {
    struct poll poll;
    struct wait_patience patience;
    bool is_polling;
};

static const cJSON *wanted_events(const cJSON *object)
{
    return cJSON_GetObjectItemCaseSensitive(object, "events");
}

/** Whether all has come that is awaited without asking the device. */
static bool has_come(const struct look *look, const cJSON *step, size_t first)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(step, "await");
    const cJSON *wanted = await_event_of(object);
    const cJSON *events = wanted_events(object);
    size_t from = await_event_from(look, step, first);

    return (wanted == NULL || await_event_seen(look, from, wanted)) &&
           (events == NULL ||
            events_count(look, events, from) >= events_wanted(events));
}

/** What the progress of polling means for the step. */
static enum step_progress take_poll(struct run *run, struct await *await,
                                    enum poll_progress progress,
                                    uint64_t now_ms)
{
    const cJSON *object = run_parameter(run, "await");

    switch (progress) {
    case POLL_WAIT:
        return STEP_GO_ON;
    case POLL_SILENT:
        return STEP_SILENT;
    case POLL_FAILED:
        return STEP_FAILED;
    case POLL_ROUND:
        break;
    }
    enum step_progress decision =
        wait_decide(run, &await->poll, &await->patience,
                    wait_state_of(run, &await->poll, object),
                    wait_can_reach(run, object), now_ms);
    if (decision != STEP_GO_ON) {
        return decision;
    }
    return poll_again(run, &await->poll) == POLL_FAILED ? STEP_FAILED
                                                        : STEP_GO_ON;
}

static enum step_progress start_polling(struct run *run, struct await *await,
                                        uint64_t now_ms)
{
    struct reason reason = { .status = STATUS_OK };
    struct look look = look_of_run(run);

    if (!wait_add_components(&look, run_parameter(run, "await"),
                             &await->poll.set)) {
        (void)reason_set(&reason, STATUS_INVALID,
                         "'await' names an unknown component");
        return run_fail(run, &reason);
    }
    if (await->poll.set.count == 0) {
        return STEP_DONE;
    }
    await->is_polling = true;
    return take_poll(
        run, await, poll_start(run, &await->poll, poll_limit(run, LIMIT_STATE)),
        now_ms);
}

static bool is_deadline(const struct run *run,
                        const struct journal_event *event)
{
    const char *name =
        event->kind == JOURNAL_DEADLINE ? journal_text(event, "limit") : NULL;

    return name != NULL &&
           strcmp(name, limit_name(poll_limit(run, LIMIT_STATE))) == 0;
}

static enum step_progress await_drive(struct run *run,
                                      const struct journal_event *event)
{
    struct await *await = run_scratch(run);
    uint64_t now_ms = event != NULL ? event->time_ms : 0;
    struct reason reason = { .status = STATUS_OK };

    if (await->is_polling) {
        return take_poll(run, await, poll_take(run, &await->poll, event),
                         now_ms);
    }
    struct look look = look_of_run(run);
    if (has_come(&look, run_step(run), run_step_first(run))) {
        return start_polling(run, await, now_ms);
    }
    if (event == NULL) {
        return run_deadline(run, poll_limit(run, LIMIT_STATE), &reason) ==
                       STATUS_OK
                   ? STEP_GO_ON
                   : run_fail(run, &reason);
    }
    if (is_deadline(run, event)) {
        return run_is_registered(run) ? STEP_AT_LIMIT : STEP_SILENT;
    }
    return STEP_GO_ON;
}

static void judge_events(const struct judge_input *input, const cJSON *events,
                         finding_fn on_finding, void *user)
{
    struct look look = look_of_judge(input);
    size_t from = await_event_from(&look, input->parameters, input->first);
    int count = events_count(&look, events, from);
    int stale = events_count_stale(&look, events, from);
    enum finding_level level = FINDING_PASS;
    struct report report;

    report_init(&report, "step.await");
    for (size_t i = from; i < look.end; i++) {
        if (events_fit(&look, events, i)) {
            report_evidence(&report, event_store_at(look.events, i));
        }
    }
    words_add(&report.expected, "%d or more ", events_wanted(events));
    events_words(&report.expected, events);
    words_add(&report.observed, "%d came", count);
    if (stale > 0 && count < events_wanted(events)) {
        words_add(&report.observed,
                  ", and %d whose Observe number is no newer than the one "
                  "before (RFC 7641, 3.4)",
                  stale);
    }
    if (count < events_wanted(events) && input->progress == STEP_SILENT) {
        report_silence(&report, input, on_finding, user);
        return;
    }
    bool are_notifications =
        strcmp(cJSON_GetStringValue(
                   cJSON_GetObjectItemCaseSensitive(events, "kind")),
               "notification") == 0; /* events_check() saw that it is one */
    if (count < events_wanted(events) && are_notifications &&
        look_registered(&look, from)) {
        words_add(&report.observed, ": the observation died as the device "
                                    "registered anew");
        level = FINDING_INCONC;
    } else if (count < events_wanted(events)) {
        level = FINDING_FAIL;
    }
    report_level(&report, input, level, NULL, on_finding, user);
}

static void judge_entry(const struct judge_input *input, const cJSON *object,
                        finding_fn on_finding, void *user)
{
    struct look look = look_of_judge(input);
    const char *within = cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(input->parameters, "within"));
    struct report report;
    bool seen = true;

    report_init(&report, "step.await");
    wait_words(&report.expected, &look, object);
    struct grade grade = wait_grade(input, object, &report, &seen);
    if (input->progress == STEP_AT_LIMIT) {
        words_add(&report.observed, ", still so after the limit '%s'",
                  within != NULL ? within : "state");
    } else if (input->progress == STEP_HOPELESS) {
        words_add(&report.observed, ", and nothing further follows by itself");
    }
    if (input->progress == STEP_SILENT || !seen) {
        words_add(&report.observed, "%s",
                  input->progress == STEP_SILENT ? ", then no answer" : "");
        report_silence(&report, input, on_finding, user);
        return;
    }
    report_finding(&report, input, grade, on_finding, user);
}

static void await_judge(const struct judge_input *input, finding_fn on_finding,
                        void *user)
{
    const cJSON *object =
        cJSON_GetObjectItemCaseSensitive(input->parameters, "await");
    const cJSON *wanted = await_event_of(object);
    const cJSON *events = wanted_events(object);
    const cJSON *entry = NULL;
    bool has_conditions = false;

    if (input->progress == STEP_FAILED) {
        return;
    }
    cJSON_ArrayForEach(entry, object)
    {
        has_conditions =
            has_conditions ||
            (entry != wanted && entry != events && cJSON_IsObject(entry));
    }
    if (wanted != NULL) {
        await_event_judge(input, wanted, on_finding, user);
    }
    if (events != NULL) {
        judge_events(input, events, on_finding, user);
    }
    struct look look = look_of_judge(input);
    if (!has_come(&look, input->parameters, input->first)) {
        return; /* nothing was read */
    }
    if (has_conditions) {
        judge_entry(input, object, on_finding, user);
    }
}

static enum status await_check(const cJSON *step, const char *pointer,
                               struct reason *reason)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(step, "await");
    cJSON *conditions = cJSON_Duplicate(object, true);
    enum status status = STATUS_OK;

    if (!cJSON_IsObject(object) || conditions == NULL) {
        status =
            reason_set(reason, STATUS_MALFORMED,
                       "%s/await: expected conditions by component", pointer);
        goto out;
    }
    status = report_check_silence(step, pointer, reason);
    if (status != STATUS_OK) {
        goto out;
    }
    const cJSON *wanted = await_event_of(object);
    if (wanted != NULL) {
        status = await_event_check(wanted, pointer, reason);
        cJSON_DeleteItemFromObjectCaseSensitive(conditions, wanted->string);
    }
    const cJSON *events = wanted_events(object);
    if (status == STATUS_OK && events != NULL) {
        char below[160];
        (void)snprintf(below, sizeof(below), "%s/await/events", pointer);
        status = events_check(events, below, reason);
        cJSON_DeleteItemFromObjectCaseSensitive(conditions, "events");
    }
    bool has_other = wanted != NULL || events != NULL;
    if (status == STATUS_OK && (!has_other || conditions->child != NULL)) {
        status = wait_check(conditions, pointer, reason);
    }
out:
    cJSON_Delete(conditions);
    return status;
}

/** Wait until components show what is wanted in one atomic view each. Spec:
 *  AFU-152, AFU-154; design section 5, Waiting. */
const struct step_type step_await = {
    .verb = "await",
    .help = "wait for states, results or a registration",
    .parameters = {
        { "await", STEP_ANY, .required = true,
          .help = "conditions by component; registration, update, "
                  "deregister, events" },
        { "since", STEP_TEXT,
          .help = "a mark: an event since then counts" },
        { "silence", STEP_ANY,
          .help = "requirements that no answer until the limit breaks" },
    },
    .limit = LIMIT_STATE,
    .scratch_size = sizeof(struct await),
    .drive = await_drive,
    .judge = await_judge,
    .check = await_check,
};
