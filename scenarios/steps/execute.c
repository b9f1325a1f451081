/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

static enum status execute_fill(struct run *run, size_t index,
                                struct operation_request *out_request,
                                bool *out_end, struct reason *reason)
{
    struct lwm2m_path path;

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_path(run, "execute", &path, reason);
    if (status == STATUS_OK) {
        management_execute(&out_request->request, run_endpoint(run), path,
                           operation_text(run, "argument"));
    }
    return status;
}

static enum step_progress execute_drive(struct run *run,
                                        const struct journal_event *event)
{
    bool may_be_lost = cJSON_IsTrue(run_parameter(run, "unreachable-passes"));

    return operation_drive(run, event, run_scratch(run), execute_fill,
                           may_be_lost ? OPERATION_MAY_BE_LOST : 0);
}

static void execute_judge(const struct judge_input *input,
                          finding_fn on_finding, void *user)
{
    static const struct operation_judge how = {
        .check = "step.execute",
        .name = "Execute",
        .success = "unreachable-passes",
        .method = METHOD_POST,
    };
    operation_judge(input, &how, on_finding, user);
}

/** Execute. Spec: LwM2M Core 1.2.2, 6.3.5. */
const struct step_type step_execute = {
    .verb = "execute",
    .help = "Execute a Resource",
    .parameters = {
        { "execute", STEP_PATH, .required = true, .help = "the Resource" },
        { "argument", STEP_TEXT, .help = "text/plain payload" },
        { "unreachable-passes", STEP_FLAG,
          .help = "no answer is no finding (the device reboots)" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = execute_drive,
    .judge = execute_judge,
    .check = operation_check,
};
