/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

static enum status observe_fill(struct run *run, size_t index,
                                struct operation_request *out_request,
                                bool *out_end, struct reason *reason)
{
    struct lwm2m_path path;

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_path(run, "observe", &path, reason);
    if (status == STATUS_OK) {
        out_request->is_negotiable = true;
        management_observe(&out_request->request, run_endpoint(run), path,
                           run_accept(run, &path));
    }
    return status;
}

static enum step_progress observe_drive(struct run *run,
                                        const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), observe_fill,
                           OPERATION_REPEAT);
}

static void observe_judge(const struct judge_input *input,
                          finding_fn on_finding, void *user)
{
    static const struct operation_judge how = {
        .check = "step.observe",
        .name = "Observe",
        .method = METHOD_GET,
    };
    operation_judge(input, &how, on_finding, user);
}

/** Observe; the notifications are recorded. Spec: LwM2M Core 1.2.2, 6.4.1. */
const struct step_type step_observe = {
    .verb = "observe",
    .help = "observe a path; its notifications are recorded",
    .parameters = {
        { "observe", STEP_PATH, .required = true, .help = "what to observe" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = observe_drive,
    .judge = observe_judge,
    .check = operation_check,
};
