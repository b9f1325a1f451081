/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

static enum status attributes_fill(struct run *run, size_t index,
                                   struct operation_request *out_request,
                                   bool *out_end, struct reason *reason)
{
    struct lwm2m_path path;

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_path(run, "attributes", &path, reason);
    if (status == STATUS_OK) {
        status =
            query_of(run_parameter(run, "set"), out_request->query, reason);
    }
    if (status == STATUS_OK) {
        management_attributes(&out_request->request, run_endpoint(run), path,
                              out_request->query);
    }
    return status;
}

static enum step_progress attributes_drive(struct run *run,
                                           const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), attributes_fill, 0);
}

static void attributes_judge(const struct judge_input *input,
                             finding_fn on_finding, void *user)
{
    static const struct operation_judge how = {
        .check = "step.attributes",
        .name = "Write-Attributes",
        .method = METHOD_PUT,
    };
    operation_judge(input, &how, on_finding, user);
}

static enum status attributes_check(const cJSON *step, const char *pointer,
                                    struct reason *reason)
{
    enum status status = query_check(step, "set", pointer, reason);

    return status == STATUS_OK ? operation_check(step, pointer, reason)
                               : status;
}

/** Write-Attributes. Spec: LwM2M Core 1.2.2, 6.3.4. */
const struct step_type step_attributes = {
    .verb = "attributes",
    .help = "set or unset notification attributes of a path",
    .parameters = {
        { "attributes", STEP_PATH, .required = true, .help = "of what" },
        { "set", STEP_ANY, .required = true,
          .help = "{\"pmin\": 10}; null unsets" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = attributes_drive,
    .judge = attributes_judge,
    .check = attributes_check,
};
