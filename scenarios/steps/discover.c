/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

static enum status discover_fill(struct run *run, size_t index,
                                 struct operation_request *out_request,
                                 bool *out_end, struct reason *reason)
{
    struct lwm2m_path path;

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_path(run, "discover", &path, reason);
    if (status == STATUS_OK) {
        management_discover(&out_request->request, run_endpoint(run), path);
    }
    return status;
}

static enum step_progress discover_drive(struct run *run,
                                         const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), discover_fill,
                           OPERATION_REPEAT);
}

static void discover_judge(const struct judge_input *input,
                           finding_fn on_finding, void *user)
{
    static const struct operation_judge how = {
        .check = "step.discover",
        .name = "Discover",
        .method = METHOD_GET,
    };
    operation_judge(input, &how, on_finding, user);
}

/** Discover. Spec: LwM2M Core 1.2.2, 6.3.2. */
const struct step_type step_discover = {
    .verb = "discover",
    .help = "list what is instantiated below a path",
    .parameters = {
        { "discover", STEP_PATH, .required = true, .help = "where to look" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = discover_drive,
    .judge = discover_judge,
    .check = operation_check,
};
