/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/composite.h"
#include "scenarios/steps/shown.h"
#include "scenarios/steps/verbs.h"

static enum status read_composite_fill(struct run *run, size_t index,
                                       struct operation_request *out_request,
                                       bool *out_end, struct reason *reason)
{
    struct composite composite = composite_formats(run);

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    out_request->is_negotiable = composite.is_negotiable;
    management_read_composite(&out_request->request, run_endpoint(run),
                              composite.content_format, NULL, 0,
                              composite.accept);
    return composite_paths(run, run_parameter(run, "read-composite"),
                           composite.content_format, &out_request->payload,
                           reason);
}

static enum step_progress read_composite_drive(
    struct run *run, const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), read_composite_fill,
                           OPERATION_REPEAT);
}

static void read_composite_judge(const struct judge_input *input,
                                 finding_fn on_finding, void *user)
{
    static const struct operation_judge how = {
        .check = "step.read-composite",
        .name = "Read-Composite",
        .method = METHOD_FETCH,
    };
    operation_judge(input, &how, on_finding, user);
    shown_judge(input, &how, on_finding, user);
}

static enum status read_composite_check(const cJSON *step, const char *pointer,
                                        struct reason *reason)
{
    enum status status = shown_check(step, pointer, reason);

    return status == STATUS_OK ? operation_check(step, pointer, reason)
                               : status;
}

/** Read-Composite, since 1.1. Spec: LwM2M Core 1.2.2, 6.3.8. */
const struct step_type step_read_composite = {
    .verb = "read-composite",
    .help = "Read several paths by one request",
    .parameters = {
        { "read-composite", STEP_PATHS, .required = true,
          .help = "what to read" },
        COMPOSITE_FORMATS,
        SHOWN_PARAMETERS,
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = read_composite_drive,
    .judge = read_composite_judge,
    .check = read_composite_check,
};
