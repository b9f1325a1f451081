/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/shown.h"
#include "scenarios/steps/verbs.h"

/** Path number `index` of a path or a list of paths. */
static const cJSON *nth(const cJSON *paths, size_t index)
{
    if (cJSON_IsArray(paths)) {
        return cJSON_GetArrayItem(paths, (int)index);
    }
    return index == 0 ? paths : NULL;
}

static enum status read_fill(struct run *run, size_t index,
                             struct operation_request *out_request,
                             bool *out_end, struct reason *reason)
{
    const cJSON *text = nth(run_parameter(run, "read"), index);
    const cJSON *format = run_parameter(run, "format");
    struct lwm2m_path path;

    if (text == NULL) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = binding_path(
        run_binding(run), cJSON_GetStringValue(text), &path, reason);
    if (status == STATUS_OK) {
        out_request->is_negotiable = !cJSON_IsNumber(format);
        management_read(&out_request->request, run_endpoint(run), path,
                        cJSON_IsNumber(format) ? format->valueint
                                               : run_accept(run, &path));
    }
    return status;
}

static enum step_progress read_drive(struct run *run,
                                     const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), read_fill,
                           OPERATION_REPEAT);
}

static void read_judge(const struct judge_input *input, finding_fn on_finding,
                       void *user)
{
    static const struct operation_judge how = {
        .check = "step.read",
        .name = "Read",
        .method = METHOD_GET,
    };
    operation_judge(input, &how, on_finding, user);
    shown_judge(input, &how, on_finding, user);
}

static enum status read_check(const cJSON *step, const char *pointer,
                              struct reason *reason)
{
    enum status status = shown_check(step, pointer, reason);

    if (status == STATUS_OK) {
        status = report_check_silence(step, pointer, reason);
    }
    return status == STATUS_OK ? operation_check(step, pointer, reason)
                               : status;
}

/** Read. Spec: LwM2M Core 1.2.2, 6.3.1. */
const struct step_type step_read = {
    .verb = "read",
    .help = "Read one path, or one after the other",
    .parameters = {
        { "read", STEP_PATHS, .required = true, .help = "what to read" },
        { "format", STEP_NUMBER, .help = "Accept option: 0, 42, 11542" },
        { "silence", STEP_ANY,
          .help = "requirements that no answer breaks" },
        SHOWN_PARAMETERS,
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = read_drive,
    .judge = read_judge,
    .check = read_check,
};
