/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/write.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/payload.h"
#include "scenarios/steps/seen.h"
#include "scenarios/steps/verbs.h"

enum { MS_PER_S = 1000 };

/** Whether the newest answer that has the path shows this number there. */
static bool is_shown(const struct run *run, struct lwm2m_path path,
                     int64_t number)
{
    struct look look = look_of_run(run);
    cJSON *shown = seen_newest(&look, path);
    bool is_it = cJSON_IsNumber(shown) && (int64_t)shown->valuedouble == number;

    cJSON_Delete(shown);
    return is_it;
}

/** {"limit": "lifetime", "times": 2} is that limit of the profile, twice, in
 *  seconds; other values are what they are. Where the device has it already,
 *  it is a second more: what is written is to be a change. */
static enum status number_of_limit(const struct run *run,
                                   struct lwm2m_path path, const cJSON *value,
                                   struct lwm2m_value *out_value,
                                   struct reason *reason)
{
    const char *name =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(value, "limit"));
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(value, "times");
    enum limit limit = LIMIT_LIFETIME;
    int64_t factor = cJSON_IsNumber(times) ? times->valueint : 1;

    if (name == NULL || !limit_parse(name, &limit)) {
        return reason_set(reason, STATUS_MALFORMED, "'%s' is no limit",
                          name != NULL ? name : "");
    }
    out_value->type = LWM2M_TYPE_INTEGER;
    out_value->as.integer =
        (int64_t)(run_profile(run)->limits_ms[limit] / MS_PER_S) * factor;
    if (is_shown(run, path, out_value->as.integer)) {
        out_value->as.integer++;
    }
    return STATUS_OK;
}

enum status write_value(const struct run *run, struct lwm2m_path path,
                        const cJSON *value, struct lwm2m_value *out_value,
                        struct reason *reason)
{
    const struct resource_definition *resource =
        definitions_resource(run_definitions(run), &path);

    return cJSON_IsObject(value)
               ? number_of_limit(run, path, value, out_value, reason)
               : payload_value(value,
                               resource != NULL ? resource->type
                                                : LWM2M_TYPE_UNKNOWN,
                               out_value, reason);
}

static enum status add_value(struct run *run, struct lwm2m_path path,
                             const cJSON *value, struct record_list *list,
                             struct reason *reason)
{
    struct lwm2m_record record = { .path = path };
    enum status status = write_value(run, path, value, &record.value, reason);

    return status == STATUS_OK ? record_list_add(list, &record, reason)
                               : status;
}

/** Resources of an Object Instance by their IDs: {"1": 60, "2": 5}. */
static enum status add_values(struct run *run, struct lwm2m_path instance,
                              const cJSON *values, struct record_list *list,
                              struct reason *reason)
{
    enum status status = STATUS_OK;
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, values)
    {
        struct lwm2m_path path = lwm2m_path_child(
            instance, (uint16_t)strtoul(item->string, NULL, 10));
        status = status == STATUS_OK ? add_value(run, path, item, list, reason)
                                     : status;
    }
    return status;
}

/** The Resource Instances 0, 1 … of a multiple Resource. */
static enum status add_members(struct run *run, struct lwm2m_path resource,
                               const cJSON *values, struct record_list *list,
                               struct reason *reason)
{
    enum status status = STATUS_OK;
    const cJSON *item = NULL;
    uint16_t id = 0;

    cJSON_ArrayForEach(item, values)
    {
        status = status == STATUS_OK
                     ? add_value(run, lwm2m_path_child(resource, id), item,
                                 list, reason)
                     : status;
        id++;
    }
    return status;
}

enum status write_encode(struct run *run, struct lwm2m_path path,
                         const cJSON *value, int format,
                         struct byte_buffer *payload, struct reason *reason)
{
    struct record_list list;
    enum status status = STATUS_OK;

    record_list_init(&list);
    if (path.depth == 2) {
        status = add_values(run, path, value, &list, reason);
    } else if (path.depth == 3 && cJSON_IsArray(value)) {
        status = add_members(run, path, value, &list, reason);
    } else {
        status = add_value(run, path, value, &list, reason);
    }
    if (status == STATUS_OK) {
        status = codec_encode(format, &path, &list, payload, reason);
    }
    record_list_release(&list);
    return status;
}

/** The type that "as" names instead of that of the definition. */
static bool parse_as(const char *name, enum lwm2m_type *out_type)
{
    static const struct {
        const char *name;
        enum lwm2m_type type;
    } rows[] = {
        { "integer", LWM2M_TYPE_INTEGER },
        { "string", LWM2M_TYPE_STRING },
    };

    for (size_t i = 0; name != NULL && i < sizeof(rows) / sizeof(rows[0]);
         i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *out_type = rows[i].type;
            return true;
        }
    }
    return false;
}

/** A value of a type that is not the Resource's, on purpose. */
static enum status encode_as(struct lwm2m_path path, const cJSON *value,
                             enum lwm2m_type type, int format,
                             struct byte_buffer *payload, struct reason *reason)
{
    struct lwm2m_record record = { .path = path };
    struct record_list list;

    record_list_init(&list);
    enum status status = payload_value(value, type, &record.value, reason);
    if (status == STATUS_OK) {
        status = record_list_add(&list, &record, reason);
    }
    if (status == STATUS_OK) {
        status = codec_encode(format, &path, &list, payload, reason);
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
        const cJSON *value = run_parameter(run, "value");
        enum lwm2m_type type = LWM2M_TYPE_NONE;
        status = parse_as(operation_text(run, "as"), &type)
                     ? encode_as(path, value, type, content_format,
                                 &out_request->payload, reason)
                     : write_encode(
                           run, path,
                           value != NULL ? value : run_parameter(run, "values"),
                           content_format, &out_request->payload, reason);
    }
    if (status == STATUS_OK && cJSON_IsTrue(run_parameter(run, "partial"))) {
        management_update(&out_request->request, run_endpoint(run), path,
                          content_format, NULL, 0);
    } else if (status == STATUS_OK) {
        management_write(&out_request->request, run_endpoint(run), path,
                         content_format, NULL, 0);
    }
    return status;
}

static enum step_progress write_drive(struct run *run,
                                      const struct journal_event *event)
{
    bool may_be_lost = cJSON_IsTrue(run_parameter(run, "unreachable-passes"));

    return operation_drive(run, event, run_scratch(run), write_fill,
                           may_be_lost ? OPERATION_MAY_BE_LOST : 0);
}

static void write_judge(const struct judge_input *input, finding_fn on_finding,
                        void *user)
{
    const cJSON *partial =
        cJSON_GetObjectItemCaseSensitive(input->parameters, "partial");
    const struct operation_judge how = {
        .check = "step.write",
        .name = "Write",
        .success = "unreachable-passes",
        .method = cJSON_IsTrue(partial) ? METHOD_POST : METHOD_PUT,
    };
    operation_judge(input, &how, on_finding, user);
}

static enum status write_check(const cJSON *step, const char *pointer,
                               struct reason *reason)
{
    static const char *const names[] = { "value", "values", "payload" };
    const cJSON *payload = cJSON_GetObjectItemCaseSensitive(step, "payload");
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(step, "values");
    unsigned count = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        count += cJSON_HasObjectItem(step, names[i]) ? 1 : 0;
    }
    if (count != 1 || (values != NULL && !cJSON_IsObject(values))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s: expected \"value\", \"values\" by the IDs of "
                          "Resources, or \"payload\"",
                          pointer);
    }
    const cJSON *as = cJSON_GetObjectItemCaseSensitive(step, "as");
    enum lwm2m_type type = LWM2M_TYPE_NONE;
    if (as != NULL && !parse_as(cJSON_GetStringValue(as), &type)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/as: expected \"integer\" or \"string\"", pointer);
    }
    if (payload != NULL && !payload_is_hex(cJSON_GetStringValue(payload))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/payload: expected pairs of hexadecimal digits",
                          pointer);
    }
    return operation_check(step, pointer, reason);
}

/** Write. Spec: LwM2M Core 1.2.2, 6.3.3. */
const struct step_type step_write = {
    .verb = "write",
    .help = "Write a value, or bytes as they are",
    .parameters = {
        { "write", STEP_PATH, .required = true, .help = "where to write" },
        { "value", STEP_ANY, .help = "typed by the object definition; a list "
                                 "for a multiple Resource" },
        { "values", STEP_ANY,
          .help = "of an Object Instance: by the IDs of its Resources" },
        { "partial", STEP_FLAG,
          .help = "Partial Update instead of Replace" },
        { "as", STEP_TEXT,
          .help = "\"integer\" or \"string\": not the type of the definition" },
        { "payload", STEP_TEXT, .help = "hexadecimal bytes instead" },
        { "format", STEP_NUMBER, .help = "Content-Format: 0, 42, 11542" },
        { "unreachable-passes", STEP_FLAG,
          .help = "no answer is no finding (the device reboots)" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = write_drive,
    .judge = write_judge,
    .check = write_check,
};
