/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

static enum status delete_fill(struct run *run, size_t index,
                               struct operation_request *out_request,
                               bool *out_end, struct reason *reason)
{
    struct lwm2m_path path;

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_path(run, "delete", &path, reason);
    if (status == STATUS_OK) {
        management_delete(&out_request->request, run_endpoint(run), path);
    }
    return status;
}

static enum step_progress delete_drive(struct run *run,
                                       const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), delete_fill, 0);
}

static void delete_judge(const struct judge_input *input, finding_fn on_finding,
                         void *user)
{
    static const struct operation_judge how = {
        .check = "step.delete",
        .name = "Delete",
        .method = METHOD_DELETE,
    };
    operation_judge(input, &how, on_finding, user);
}

/** Delete. Spec: LwM2M Core 1.2.2, 6.3.7; AFU-004. */
const struct step_type step_delete = {
    .verb = "delete",
    .help = "Delete an Object Instance",
    .parameters = {
        { "delete", STEP_PATH, .required = true, .help = "what to delete" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = delete_drive,
    .judge = delete_judge,
    .check = operation_check,
};
