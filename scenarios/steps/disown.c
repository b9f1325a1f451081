/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/run.h"
#include "scenarios/steps/cannot.h"
#include "scenarios/steps/verbs.h"

static enum step_progress disown_drive(struct run *run,
                                       const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };
    bool is_disowned = cJSON_IsTrue(run_parameter(run, "disown"));

    if (event != NULL || run_disown(run, is_disowned, &reason) == STATUS_OK) {
        return STEP_DONE;
    }
    return reason.status == STATUS_NOT_FOUND
               ? cannot_record(run, "the device is not registered")
               : run_fail(run, &reason);
}

static void disown_judge(const struct judge_input *input, finding_fn on_finding,
                         void *user)
{
    (void)cannot_judge(input, "step.disown", on_finding, user);
}

/** The next Update is answered 4.04. Spec: LwM2M Core 1.2.2, 6.2.2. */
const struct step_type step_disown = {
    .verb = "disown",
    .help = "answer the next Update like a server that forgot the device",
    .parameters = {
        { "disown", STEP_FLAG, .required = true, .help = "false takes it back" },
    },
    .limit = LIMIT_RESPONSE,
    .drive = disown_drive,
    .judge = disown_judge,
};
