/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/composite.h"

#include "scenarios/steps/write.h"

static const struct lwm2m_path root = { .depth = 0 };

struct composite composite_formats(struct run *run)
{
    const cJSON *format = run_parameter(run, "format");
    const cJSON *accept = run_parameter(run, "accept");
    struct composite composite = {
        .content_format = cJSON_IsNumber(format)
                              ? format->valueint
                              : run_content_format(run, &root),
        .is_negotiable = !cJSON_IsNumber(format) && !cJSON_IsNumber(accept),
    };

    /* What carries no values (320, 322) is no format of an answer. */
    composite.accept =
        cJSON_IsNumber(accept) ? accept->valueint
        : content_format_carries(composite.content_format, PAYLOAD_VALUES)
            ? composite.content_format
            : CONTENT_FORMAT_NONE;
    return composite;
}

static enum status add_path(struct run *run, const cJSON *text,
                            struct record_list *list, struct reason *reason)
{
    struct lwm2m_record record = { .value = { .type = LWM2M_TYPE_NONE } };
    enum status status = binding_path(
        run_binding(run), cJSON_GetStringValue(text), &record.path, reason);

    return status == STATUS_OK ? record_list_add(list, &record, reason)
                               : status;
}

enum status composite_paths(struct run *run, const cJSON *paths, int format,
                            struct byte_buffer *buffer, struct reason *reason)
{
    struct record_list list;
    const cJSON *entry = NULL;
    enum status status = STATUS_OK;

    record_list_init(&list);
    if (cJSON_IsString(paths)) {
        status = add_path(run, paths, &list, reason);
    }
    cJSON_ArrayForEach(entry, paths)
    {
        if (status == STATUS_OK) {
            status = add_path(run, entry, &list, reason);
        }
    }
    if (status == STATUS_OK) {
        status = codec_encode_kind(format, PAYLOAD_PATHS, &root, &list, buffer,
                                   reason);
    }
    record_list_release(&list);
    return status;
}

static enum status add_value(struct run *run, const cJSON *entry,
                             struct record_list *list, struct reason *reason)
{
    struct lwm2m_record record = { .value = { .type = LWM2M_TYPE_NONE } };
    enum status status =
        binding_path(run_binding(run), entry->string, &record.path, reason);

    if (status == STATUS_OK && !cJSON_IsNull(entry)) {
        status = write_value(run, record.path, entry, &record.value, reason);
    }
    return status == STATUS_OK ? record_list_add(list, &record, reason)
                               : status;
}

enum status composite_values(struct run *run, const cJSON *values, int format,
                             struct byte_buffer *buffer, struct reason *reason)
{
    struct record_list list;
    const cJSON *entry = NULL;
    enum status status = STATUS_OK;

    record_list_init(&list);
    cJSON_ArrayForEach(entry, values)
    {
        if (status == STATUS_OK) {
            status = add_value(run, entry, &list, reason);
        }
    }
    if (status == STATUS_OK) {
        status = codec_encode_kind(format, PAYLOAD_PATCH, &root, &list, buffer,
                                   reason);
    }
    record_list_release(&list);
    return status;
}
