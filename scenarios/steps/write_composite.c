/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/composite.h"
#include "scenarios/steps/payload.h"
#include "scenarios/steps/verbs.h"

static enum status write_composite_fill(struct run *run, size_t index,
                                        struct operation_request *out_request,
                                        bool *out_end, struct reason *reason)
{
    struct composite composite = composite_formats(run);
    const cJSON *payload = run_parameter(run, "payload");

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    out_request->is_negotiable = composite.is_negotiable && payload == NULL;
    management_write_composite(&out_request->request, run_endpoint(run),
                               composite.content_format, NULL, 0);
    return payload != NULL
               ? payload_hex(cJSON_GetStringValue(payload),
                             &out_request->payload, reason)
               : composite_values(run, run_parameter(run, "write-composite"),
                                  composite.content_format,
                                  &out_request->payload, reason);
}

static enum step_progress write_composite_drive(
    struct run *run, const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), write_composite_fill,
                           0);
}

static void write_composite_judge(const struct judge_input *input,
                                  finding_fn on_finding, void *user)
{
    static const struct operation_judge how = {
        .check = "step.write-composite",
        .name = "Write-Composite",
        .method = METHOD_IPATCH,
    };
    operation_judge(input, &how, on_finding, user);
}

static enum status write_composite_check(const cJSON *step, const char *pointer,
                                         struct reason *reason)
{
    const cJSON *values =
        cJSON_GetObjectItemCaseSensitive(step, "write-composite");
    const cJSON *payload = cJSON_GetObjectItemCaseSensitive(step, "payload");
    const cJSON *entry = NULL;

    if (!cJSON_IsObject(values) ||
        (values->child == NULL) != (payload != NULL)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/write-composite: expected values by path, or {} "
                          "and \"payload\"",
                          pointer);
    }
    cJSON_ArrayForEach(entry, values)
    {
        if (entry->string[0] != '/') {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/write-composite: '%s' is no path such as "
                              "\"/1/0/1\"",
                              pointer, entry->string);
        }
    }
    if (payload != NULL && !payload_is_hex(cJSON_GetStringValue(payload))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/payload: expected pairs of hexadecimal digits",
                          pointer);
    }
    return operation_check(step, pointer, reason);
}

/** Write-Composite, since 1.1. Spec: LwM2M Core 1.2.2, 6.3.9. */
const struct step_type step_write_composite = {
    .verb = "write-composite",
    .help = "Write several values by one request, all or none",
    .parameters = {
        { "write-composite", STEP_ANY, .required = true,
          .help = "{\"/1/0/1\": 60}; null deletes a Resource Instance" },
        { "payload", STEP_TEXT, .help = "hexadecimal bytes instead" },
        { "format", STEP_NUMBER, .help = "Content-Format: 110, 112, 320" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = write_composite_drive,
    .judge = write_composite_judge,
    .check = write_composite_check,
};
