/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/hook.h"
#include "scenarios/steps/verbs.h"

static const char hook[] = "power-cycle";

static enum step_progress power_drive(struct run *run,
                                      const struct journal_event *event)
{
    return hook_drive(run, event, hook);
}

static void power_judge(const struct judge_input *input, finding_fn on_finding,
                        void *user)
{
    hook_judge(input, "step.power", hook, on_finding, user);
}

/** Cut the power and give it back. Spec: AFU-094, AFU-163..165. */
const struct step_type step_power = {
    .verb = "power",
    .help = "cut the device's power and give it back: hook power-cycle",
    .parameters = {
        { "power", STEP_FLAG, .required = true, .help = "true" },
    },
    .limit = LIMIT_BOOT,
    .drive = power_drive,
    .judge = power_judge,
};
