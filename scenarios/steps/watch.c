/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/condition.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/poll.h"
#include "scenarios/steps/selector.h"
#include "scenarios/steps/verbs.h"

struct watch {
    struct poll poll;
    int passed; /**< limits that have passed */
};

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static int times_of(const struct run *run)
{
    const cJSON *times = run_parameter(run, "times");

    return cJSON_IsNumber(times) ? times->valueint : 1;
}

/** Whether each component shows what "until" says. */
static bool is_reached(const struct run *run, const struct watch *watch)
{
    const cJSON *until = run_parameter(run, "until");
    struct look look = look_of_run(run);
    struct grade_rules rules = { .look = &look, .reading = READING_INTEROP };

    for (size_t i = 0; until != NULL && i < watch->poll.set.count; i++) {
        const struct poll_pair *pair =
            poll_pair_of(&watch->poll, watch->poll.set.instances[i]);
        if (pair == NULL ||
            !condition_grade(until, &rules, pair->state, pair->result).fits) {
            return false;
        }
    }
    return until != NULL;
}

static enum step_progress take(struct run *run, struct watch *watch,
                               enum poll_progress progress)
{
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
    if (watch->poll.at_limit || is_reached(run, watch)) {
        return STEP_DONE;
    }
    return poll_again(run, &watch->poll) == POLL_FAILED ? STEP_FAILED
                                                        : STEP_GO_ON;
}

/** Whether the event is our limit, and another one of the same follows. */
static bool goes_on(const struct run *run, const struct watch *watch,
                    const struct journal_event *event)
{
    const char *name =
        event->kind == JOURNAL_DEADLINE ? journal_text(event, "limit") : NULL;

    return name != NULL && strcmp(name, limit_name(watch->poll.limit)) == 0 &&
           watch->passed + 1 < times_of(run);
}

static enum step_progress watch_drive(struct run *run,
                                      const struct journal_event *event)
{
    struct watch *watch = run_scratch(run);
    struct reason reason = { .status = STATUS_OK };
    struct look look = look_of_run(run);

    if (event == NULL) {
        if (!selector_list(&look, run_parameter(run, "watch"),
                           &watch->poll.set)) {
            (void)reason_set(&reason, STATUS_INVALID,
                             "'watch' names an unknown component");
            return run_fail(run, &reason);
        }
        return take(
            run, watch,
            poll_start(run, &watch->poll, poll_limit(run, LIMIT_SETTLE)));
    }
    if (goes_on(run, watch, event)) {
        watch->passed++;
        return run_deadline(run, watch->poll.limit, &reason) == STATUS_OK
                   ? STEP_GO_ON
                   : run_fail(run, &reason);
    }
    return take(run, watch, poll_take(run, &watch->poll, event));
}

/** Only that nothing could be seen; what was seen, others judge. */
static void watch_judge(const struct judge_input *input, finding_fn on_finding,
                        void *user)
{
    struct report report;

    if (input->progress != STEP_SILENT) {
        return;
    }
    report_init(&report, "step.watch");
    words_add(&report.expected, "a device that answers");
    words_add(&report.observed, "no answer");
    report_silence(&report, input, on_finding, user);
}

static enum status watch_check(const cJSON *step, const char *pointer,
                               struct reason *reason)
{
    const cJSON *times = member(step, "times");
    const cJSON *until = member(step, "until");

    if (times != NULL && times->valueint < 1) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/times: expected 1 or more", pointer);
    }
    if (until == NULL) {
        return STATUS_OK;
    }
    return cJSON_IsObject(until) && condition_is_present(until)
               ? condition_check(until, pointer, reason)
               : reason_set(reason, STATUS_MALFORMED,
                            "%s/until: expected a condition such as "
                            "{\"state\": \"Updating\"}",
                            pointer);
}

/** Read components again and again for a while. It judges nothing: the model
 *  sees what they show, and later steps look back. */
const struct step_type step_watch = {
    .verb = "watch",
    .help = "read components again and again, for a while",
    .parameters = {
        { "watch", STEP_COMPONENTS, .required = true,
          .help = "a list, or \"all\"" },
        { "times", STEP_NUMBER, .help = "so many times the limit; 1" },
        { "until", STEP_ANY,
          .help = "a condition that ends it: state, result, pair" },
    },
    .limit = LIMIT_SETTLE,
    .scratch_size = sizeof(struct watch),
    .drive = watch_drive,
    .judge = watch_judge,
    .check = watch_check,
};
