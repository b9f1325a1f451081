/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/composite.h"
#include "scenarios/steps/observation.h"
#include "scenarios/steps/shown.h"
#include "scenarios/steps/verbs.h"

static const struct journal_event *opened(struct run *run)
{
    struct look look = look_of_run(run);

    return observation_find(&look, NULL,
                            run_parameter(run, "observe-composite"));
}

static enum status open_fill(struct run *run,
                             struct operation_request *out_request,
                             struct reason *reason)
{
    struct composite composite = composite_formats(run);
    const cJSON *set = run_parameter(run, "set");

    out_request->is_negotiable = composite.is_negotiable;
    management_observe_composite(&out_request->request, run_endpoint(run),
                                 composite.content_format, NULL, 0,
                                 composite.accept);
    enum status status = composite_paths(
        run, run_parameter(run, "observe-composite"), composite.content_format,
        &out_request->payload, reason);
    if (status == STATUS_OK && set != NULL) {
        status = query_of(set, out_request->query, reason);
        out_request->request.query = out_request->query;
    }
    return status;
}

static enum status observe_composite_fill(struct run *run, size_t index,
                                          struct operation_request *out_request,
                                          bool *out_end, struct reason *reason)
{
    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    if (!observation_is_cancel(run_step(run))) {
        return open_fill(run, out_request, reason);
    }
    const struct journal_event *event = opened(run);
    *out_end = event == NULL;
    if (event != NULL) {
        observation_cancel(event, &out_request->request);
    }
    return STATUS_OK;
}

static enum step_progress observe_composite_drive(
    struct run *run, const struct journal_event *event)
{
    struct observation *observation = run_scratch(run);

    if (observation_is_passive(run_step(run))) {
        return observation_forget(run, event, observation,
                                  event == NULL ? opened(run) : NULL);
    }
    return operation_drive(run, event, &observation->operation,
                           observe_composite_fill, OPERATION_REPEAT);
}

static void observe_composite_judge(const struct judge_input *input,
                                    finding_fn on_finding, void *user)
{
    static const struct operation_judge how = {
        .check = "step.observe-composite",
        .name = "Observe-Composite",
        .method = METHOD_FETCH,
    };
    operation_judge(input, &how, on_finding, user);
    observation_judge(input, &how, on_finding, user);
    shown_judge(input, &how, on_finding, user);
}

static enum status observe_composite_check(const cJSON *step,
                                           const char *pointer,
                                           struct reason *reason)
{
    enum status status = observation_check(step, pointer, reason);

    if (status == STATUS_OK) {
        status = shown_check(step, pointer, reason);
    }
    return status == STATUS_OK ? operation_check(step, pointer, reason)
                               : status;
}

/** Observe-Composite, since 1.1. Spec: LwM2M Core 1.2.2, 6.4.4 and 6.4.5. */
const struct step_type step_observe_composite = {
    .verb = "observe-composite",
    .help = "observe several paths by one request",
    .parameters = {
        { "observe-composite", STEP_PATHS, .required = true,
          .help = "what to observe" },
        COMPOSITE_FORMATS,
        OBSERVATION_PARAMETERS,
        SHOWN_PARAMETERS,
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct observation),
    .drive = observe_composite_drive,
    .judge = observe_composite_judge,
    .check = observe_composite_check,
};
