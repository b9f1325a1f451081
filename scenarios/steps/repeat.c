/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

#define REPEAT_MAX 32 /* times */

static unsigned times_of(const cJSON *item)
{
    bool fits = cJSON_IsNumber(item) && item->valuedouble >= 1 &&
                item->valuedouble <= REPEAT_MAX &&
                item->valuedouble == (double)(unsigned)item->valuedouble;

    return fits ? (unsigned)item->valuedouble : 0;
}

static enum step_progress repeat_drive(struct run *run,
                                       const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };
    unsigned times = times_of(run_parameter(run, "repeat"));

    if (event != NULL) {
        return STEP_DONE;
    }
    for (unsigned i = 0; i < times; i++) {
        if (run_nest(run, run_parameter(run, "steps"), NULL, 0, &reason) !=
            STATUS_OK) {
            return run_fail(run, &reason);
        }
    }
    return STEP_DONE;
}

static void repeat_judge(const struct judge_input *input, finding_fn on_finding,
                         void *user)
{
    (void)input; /* the steps judge, not their number */
    (void)on_finding;
    (void)user;
}

static enum status repeat_check(const cJSON *step, const char *pointer,
                                struct reason *reason)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(step, "repeat");

    return times_of(item) > 0
               ? STATUS_OK
               : reason_set(reason, STATUS_MALFORMED,
                            "%s/repeat: a whole number of 1..%d is expected",
                            pointer, REPEAT_MAX);
}

/** The body several times. */
const struct step_type step_repeat = {
    .verb = "repeat",
    .help = "do the steps several times",
    .parameters = {
        { "repeat", STEP_NUMBER, .required = true, .help = "how often" },
        { "steps", STEP_STEPS, .required = true, .help = "the body" },
    },
    .limit = LIMIT_RESPONSE,
    .drive = repeat_drive,
    .judge = repeat_judge,
    .check = repeat_check,
};
