/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"
#include "scenarios/steps/write.h"

enum { OTHER_INSTANCE = 100 };

/** The value of a type that does nothing when it is written: AFU takes one
 *  byte 0x00 as Package and the empty Package URI as a reset. */
static struct lwm2m_value neutral_value(enum lwm2m_type type)
{
    struct lwm2m_value value = { .type = type };

    if (type == LWM2M_TYPE_OPAQUE) {
        value.as.data.bytes = "\0";
        value.as.data.length = 1;
    } else if (type == LWM2M_TYPE_STRING || type == LWM2M_TYPE_CORELNK) {
        value.as.data.bytes = "";
    } else if (type == LWM2M_TYPE_OBJLNK) {
        value.as.link.object = UINT16_MAX;
        value.as.link.instance = UINT16_MAX;
    }
    return value;
}

/** The mandatory Resources that may be written, with neutral values. */
static enum status add_records(const struct object_definition *object,
                               struct lwm2m_path instance,
                               struct record_list *list, struct reason *reason)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < object->resource_count; i++) {
        const struct resource_definition *resource = &object->resources[i];
        if ((resource->operations & DEFINITION_WRITE) == 0 ||
            !resource->mandatory || resource->multiple) {
            continue;
        }
        struct lwm2m_record record = {
            .path = lwm2m_path_child(instance, resource->id),
            .value = neutral_value(resource->type),
        };
        status = record_list_add(list, &record, reason);
    }
    return status;
}

/** What the step says: by the IDs of Resources, a list for several Resource
 *  Instances. */
static enum status add_given(struct run *run, const cJSON *values,
                             struct lwm2m_path instance,
                             struct record_list *list, struct reason *reason)
{
    enum status status = STATUS_OK;
    const cJSON *value = NULL;

    cJSON_ArrayForEach(value, values)
    {
        struct lwm2m_path path = lwm2m_path_child(
            instance, (uint16_t)strtoul(value->string, NULL, 10));
        const cJSON *item = cJSON_IsArray(value) ? value->child : value;
        uint16_t id = 0;
        while (status == STATUS_OK && item != NULL) {
            struct lwm2m_record record = {
                .path =
                    cJSON_IsArray(value) ? lwm2m_path_child(path, id++) : path
            };
            status = write_value(run, record.path, item, &record.value, reason);
            if (status == STATUS_OK) {
                status = record_list_add(list, &record, reason);
            }
            item = cJSON_IsArray(value) ? item->next : NULL;
        }
    }
    return status;
}

/** The lowest ID above those in use. */
static uint16_t free_instance(const struct binding *binding)
{
    size_t count = binding->instance_count;

    return count == 0 ? 0 : (uint16_t)(binding->instances[count - 1] + 1u);
}

static enum status create_payload(struct run *run, uint16_t object_id,
                                  int content_format,
                                  struct byte_buffer *payload,
                                  struct reason *reason)
{
    const char *id = operation_text(run, "id");
    const struct binding *binding = run_binding(run);
    const struct object_definition *object =
        definitions_object(run_definitions(run), object_id, 0, 0);
    bool is_used = id != NULL && strcmp(id, "used") == 0;
    struct record_list list;

    if (object == NULL ||
        (object_id == AFU_OBJECT && binding->instance_count == 0)) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "nothing is known about Object %u",
                          (unsigned)object_id);
    }
    /* Of other Objects we only know that most have an Instance 0. */
    struct lwm2m_path instance = lwm2m_path_instance(
        object_id, object_id != AFU_OBJECT ? (is_used ? 0 : OTHER_INSTANCE)
                   : is_used               ? binding->instances[0]
                                           : free_instance(binding));
    /* Without an ID the payload is the Resources alone. */
    struct lwm2m_path base =
        id == NULL ? instance : lwm2m_path_object(object_id);
    record_list_init(&list);
    const cJSON *values = run_parameter(run, "values");
    enum status status = values != NULL
                             ? add_given(run, values, instance, &list, reason)
                             : add_records(object, instance, &list, reason);
    if (status == STATUS_OK) {
        status = codec_encode(content_format, &base, &list, payload, reason);
    }
    record_list_release(&list);
    return status;
}

static enum status create_fill(struct run *run, size_t index,
                               struct operation_request *out_request,
                               bool *out_end, struct reason *reason)
{
    const cJSON *object = run_parameter(run, "create");

    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    if (!cJSON_IsNumber(object) || object->valueint < 0 ||
        object->valueint > LWM2M_ID_MAX) {
        return reason_set(reason, STATUS_INVALID, "'create' is no Object ID");
    }
    uint16_t id = (uint16_t)object->valueint;
    struct lwm2m_path path = lwm2m_path_object(id);
    int content_format = run_content_format(run, &path);
    enum status status =
        create_payload(run, id, content_format, &out_request->payload, reason);
    if (status == STATUS_OK) {
        out_request->is_negotiable = true;
        management_create(&out_request->request, run_endpoint(run), path,
                          content_format, NULL, 0);
    }
    return status;
}

static enum step_progress create_drive(struct run *run,
                                       const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), create_fill, 0);
}

static void create_judge(const struct judge_input *input, finding_fn on_finding,
                         void *user)
{
    static const struct operation_judge how = {
        .check = "step.create",
        .name = "Create",
        .method = METHOD_POST,
    };
    operation_judge(input, &how, on_finding, user);
}

static enum status create_check(const cJSON *step, const char *pointer,
                                struct reason *reason)
{
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(step, "id");
    const char *text = cJSON_GetStringValue(id);

    if (id != NULL && (text == NULL || (strcmp(text, "free") != 0 &&
                                        strcmp(text, "used") != 0))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/id: expected \"free\" or \"used\"", pointer);
    }
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(step, "values");
    if (values != NULL && !cJSON_IsObject(values)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/values: expected values by the IDs of Resources",
                          pointer);
    }
    return operation_check(step, pointer, reason);
}

/** Create, well-formed, of writable Resources only. Spec: LwM2M Core 1.2.2,
 *  6.3.6; AFU-003. */
const struct step_type step_create = {
    .verb = "create",
    .help = "Create an Object Instance, well-formed",
    .parameters = {
        { "create", STEP_NUMBER, .required = true, .help = "Object ID" },
        { "id", STEP_TEXT,
          .help = "\"free\" or \"used\" Instance ID; none when absent" },
        { "values", STEP_ANY,
          .help = "by the IDs of Resources; else neutral ones" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = create_drive,
    .judge = create_judge,
    .check = create_check,
};
