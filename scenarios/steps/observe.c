/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/observation.h"
#include "scenarios/steps/shown.h"
#include "scenarios/steps/verbs.h"

/** The observation that the step is to cancel, NULL: there is none. */
static const struct journal_event *opened(struct run *run)
{
    struct look look = look_of_run(run);
    struct lwm2m_path path;

    return operation_path(run, "observe", &path, NULL) == STATUS_OK
               ? observation_find(&look, &path, NULL)
               : NULL;
}

static enum status observe_fill(struct run *run, size_t index,
                                struct operation_request *out_request,
                                bool *out_end, struct reason *reason)
{
    const cJSON *set = run_parameter(run, "set");
    const cJSON *format = run_parameter(run, "format");
    struct lwm2m_path path;

    enum status status = operation_path(run, "observe", &path, reason);
    if (status != STATUS_OK || index > 0) {
        *out_end = true;
        return status;
    }
    if (observation_is_cancel(run_step(run))) {
        const struct journal_event *event = opened(run);
        *out_end = event == NULL;
        if (event != NULL) {
            observation_cancel(event, &out_request->request);
        }
        return STATUS_OK;
    }
    out_request->is_negotiable = !cJSON_IsNumber(format);
    management_observe(&out_request->request, run_endpoint(run), path,
                       cJSON_IsNumber(format) ? format->valueint
                                              : run_accept(run, &path));
    if (set != NULL) {
        status = query_of(set, out_request->query, reason);
        out_request->request.query = out_request->query;
    }
    return status;
}

static enum step_progress observe_drive(struct run *run,
                                        const struct journal_event *event)
{
    struct observation *observation = run_scratch(run);

    if (observation_is_passive(run_step(run))) {
        return observation_forget(run, event, observation,
                                  event == NULL ? opened(run) : NULL);
    }
    return operation_drive(run, event, &observation->operation, observe_fill,
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
    static const struct operation_judge cancel = {
        .check = "step.observe",
        .name = "Cancel Observation",
        .method = METHOD_GET,
    };
    const struct operation_judge *which =
        observation_is_cancel(input->parameters) ? &cancel : &how;

    operation_judge(input, which, on_finding, user);
    observation_judge(input, which, on_finding, user);
    shown_judge(input, which, on_finding, user);
}

static enum status observe_check(const cJSON *step, const char *pointer,
                                 struct reason *reason)
{
    enum status status = observation_check(step, pointer, reason);

    if (status == STATUS_OK) {
        status = shown_check(step, pointer, reason);
    }
    return status == STATUS_OK ? operation_check(step, pointer, reason)
                               : status;
}

/** Observe; the notifications are recorded. Spec: LwM2M Core 1.2.2, 6.4.1 and
 *  6.4.3 Cancel Observation. */
const struct step_type step_observe = {
    .verb = "observe",
    .help = "observe a path; its notifications are recorded",
    .parameters = {
        { "observe", STEP_PATH, .required = true, .help = "what to observe" },
        { "format", STEP_NUMBER, .help = "Accept option: 0, 110, 11542" },
        OBSERVATION_PARAMETERS,
        SHOWN_PARAMETERS,
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct observation),
    .drive = observe_drive,
    .judge = observe_judge,
    .check = observe_check,
};
