/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/hook.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

static enum step_progress control_drive(struct run *run,
                                        const struct journal_event *event)
{
    return hook_drive(run, event, operation_text(run, "control"));
}

static void control_judge(const struct judge_input *input,
                          finding_fn on_finding, void *user)
{
    const cJSON *name =
        cJSON_GetObjectItemCaseSensitive(input->parameters, "control");

    hook_judge(input, "step.control", name->valuestring, on_finding, user);
}

/** Run a hook of the profile by its name. */
const struct step_type step_control = {
    .verb = "control",
    .help = "run a hook of the profile",
    .parameters = {
        { "control", STEP_TEXT, .required = true, .help = "its name" },
    },
    .limit = LIMIT_BOOT,
    .drive = control_drive,
    .judge = control_judge,
};
