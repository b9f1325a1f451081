/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/shown.h"
#include "scenarios/steps/verbs.h"

static enum status discover_fill(struct run *run, size_t index,
                                 struct operation_request *out_request,
                                 bool *out_end, struct reason *reason)
{
    const cJSON *depth = run_parameter(run, "depth");
    struct lwm2m_path path;

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_path(run, "discover", &path, reason);
    if (status == STATUS_OK) {
        management_discover(&out_request->request, run_endpoint(run), path);
    }
    if (status == STATUS_OK && cJSON_IsNumber(depth)) {
        (void)snprintf(out_request->query, sizeof(out_request->query),
                       "depth=%d", depth->valueint); /* fits */
        out_request->request.query = out_request->query;
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
    shown_judge(input, &how, on_finding, user);
}

static enum status discover_check(const cJSON *step, const char *pointer,
                                  struct reason *reason)
{
    enum status status = shown_check(step, pointer, reason);

    return status == STATUS_OK ? operation_check(step, pointer, reason)
                               : status;
}

/** Discover. Spec: LwM2M Core 1.2.2, 6.3.2. */
const struct step_type step_discover = {
    .verb = "discover",
    .help = "list what is instantiated below a path",
    .parameters = {
        { "discover", STEP_PATH, .required = true, .help = "where to look" },
        { "depth", STEP_NUMBER, .help = "levels below the path (1.2)" },
        { "lists", STEP_ANY,
          .help = "attributes by path: {\"/3/0/9\": {\"pmin\": 10, \"lt\": null}}" },
        SHOWN_PARAMETERS,
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = discover_drive,
    .judge = discover_judge,
    .check = discover_check,
};
