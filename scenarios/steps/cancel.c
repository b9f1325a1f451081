/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

static enum status cancel_fill(struct run *run, size_t index,
                               struct operation_request *out_request,
                               bool *out_end, struct reason *reason)
{
    uint16_t instance = 0;

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_component(run, "cancel", &instance, reason);
    if (status == STATUS_OK) {
        management_execute(
            &out_request->request, run_endpoint(run),
            lwm2m_path_resource(AFU_OBJECT, instance, AFU_CANCEL),
            operation_text(run, "argument"));
    }
    return status;
}

static enum step_progress cancel_drive(struct run *run,
                                       const struct journal_event *event)
{
    bool may_be_lost = cJSON_IsTrue(run_parameter(run, "unreachable-passes"));

    return operation_drive(run, event, run_scratch(run), cancel_fill,
                           may_be_lost ? OPERATION_MAY_BE_LOST : 0);
}

static void cancel_judge(const struct judge_input *input, finding_fn on_finding,
                         void *user)
{
    static const struct operation_judge how = {
        .check = "step.cancel",
        .name = "Cancel",
        .method = METHOD_POST,
        .success = "unreachable-passes",
    };
    operation_judge(input, &how, on_finding, user);
}

/** Execute Cancel on one component. Spec: AFU-140..143. */
const struct step_type step_cancel = {
    .verb = "cancel",
    .help = "Execute Cancel on a component",
    .parameters = {
        { "cancel", STEP_COMPONENT, .required = true, .help = "whose" },
        { "argument", STEP_TEXT, .help = "text/plain payload" },
        { "unreachable-passes", STEP_FLAG,
          .help = "no answer is no finding (the device reboots)" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = cancel_drive,
    .judge = cancel_judge,
    .check = operation_check,
};
