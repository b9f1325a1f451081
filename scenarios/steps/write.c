/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/payload.h"
#include "scenarios/steps/verbs.h"

/** Encode the parameter "value" by the definition of the Resource. */
static enum status typed_payload(struct run *run, struct lwm2m_path path,
                                 int format,
                                 struct operation_request *out_request,
                                 struct reason *reason)
{
    const struct resource_definition *resource =
        definitions_resource(run_definitions(run), &path);
    struct lwm2m_record record = { .path = path };
    struct record_list list;

    enum status status =
        payload_value(run_parameter(run, "value"),
                      resource != NULL ? resource->type : LWM2M_TYPE_UNKNOWN,
                      &record.value, reason);
    if (status != STATUS_OK) {
        return status;
    }
    record_list_init(&list);
    status = record_list_add(&list, &record, reason);
    if (status == STATUS_OK) {
        status =
            codec_encode(format, &path, &list, &out_request->payload, reason);
    }
    record_list_release(&list);
    return status;
}

static enum status write_fill(struct run *run, size_t index,
                              struct operation_request *out_request,
                              bool *out_end, struct reason *reason)
{
    const cJSON *payload = run_parameter(run, "payload");
    const cJSON *format = run_parameter(run, "format");
    struct lwm2m_path path;

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_path(run, "write", &path, reason);
    if (status != STATUS_OK) {
        return status;
    }
    int content_format = cJSON_IsNumber(format)
                             ? format->valueint
                             : run_content_format(run, &path);
    if (payload != NULL) {
        content_format =
            cJSON_IsNumber(format) ? format->valueint : CONTENT_FORMAT_OPAQUE;
        status = payload_hex(cJSON_GetStringValue(payload),
                             &out_request->payload, reason);
    } else {
        out_request->is_negotiable = !cJSON_IsNumber(format);
        status = typed_payload(run, path, content_format, out_request, reason);
    }
    if (status == STATUS_OK) {
        management_write(&out_request->request, run_endpoint(run), path,
                         content_format, NULL, 0);
    }
    return status;
}

static enum step_progress write_drive(struct run *run,
                                      const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), write_fill, 0);
}

static void write_judge(const struct judge_input *input, finding_fn on_finding,
                        void *user)
{
    static const struct operation_judge how = {
        .check = "step.write",
        .name = "Write",
        .method = METHOD_PUT,
    };
    operation_judge(input, &how, on_finding, user);
}

static enum status write_check(const cJSON *step, const char *pointer,
                               struct reason *reason)
{
    bool has_value = cJSON_GetObjectItemCaseSensitive(step, "value") != NULL;
    const cJSON *payload = cJSON_GetObjectItemCaseSensitive(step, "payload");

    if (has_value == (payload != NULL)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s: expected either \"value\" or \"payload\"",
                          pointer);
    }
    if (payload != NULL && !payload_is_hex(cJSON_GetStringValue(payload))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/payload: expected pairs of hexadecimal digits",
                          pointer);
    }
    return operation_check(step, pointer, reason);
}

/** Write (Replace). Spec: LwM2M Core 1.2.2, 6.3.3. */
const struct step_type step_write = {
    .verb = "write",
    .help = "Write a value, or bytes as they are",
    .parameters = {
        { "write", STEP_PATH, .required = true, .help = "where to write" },
        { "value", STEP_ANY, .help = "typed by the object definition" },
        { "payload", STEP_TEXT, .help = "hexadecimal bytes instead" },
        { "format", STEP_NUMBER, .help = "Content-Format: 0, 42, 11542" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = write_drive,
    .judge = write_judge,
    .check = write_check,
};
