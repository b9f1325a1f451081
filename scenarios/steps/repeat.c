/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

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
    unsigned rest_after = times_of(run_parameter(run, "rest-after"));

    if (event != NULL) {
        return STEP_DONE;
    }
    /* What is nested last runs first. */
    for (unsigned i = times; i > 0; i--) {
        bool rests = rest_after > 0 && i > 1 && (i - 1) % rest_after == 0;
        enum status status =
            run_nest(run, run_parameter(run, "steps"), NULL, 0, &reason);
        if (status == STATUS_OK && rests) {
            status =
                run_nest(run, run_parameter(run, "rest"), NULL, 0, &reason);
        }
        if (status != STATUS_OK) {
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
    static const char *const names[] = { "repeat", "rest-after" };
    const cJSON *rest = cJSON_GetObjectItemCaseSensitive(step, "rest");

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(step, names[i]);
        if (item != NULL && times_of(item) == 0) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/%s: a whole number of 1..%d is expected",
                              pointer, names[i], REPEAT_MAX);
        }
        if (i > 0 && (item != NULL) != (rest != NULL)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s: 'rest' and 'rest-after' go together",
                              pointer);
        }
    }
    return STATUS_OK;
}

/** The body several times. */
const struct step_type step_repeat = {
    .verb = "repeat",
    .help = "do the steps several times",
    .parameters = {
        { "repeat", STEP_NUMBER, .required = true, .help = "how often" },
        { "steps", STEP_STEPS, .required = true, .help = "the body" },
        { "rest-after", STEP_NUMBER,
          .help = "so many times, then \"rest\" before the next one" },
        { "rest", STEP_STEPS, .help = "steps in between" },
    },
    .limit = LIMIT_RESPONSE,
    .drive = repeat_drive,
    .judge = repeat_judge,
    .check = repeat_check,
};
