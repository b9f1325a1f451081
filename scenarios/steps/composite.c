/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/composite.h"

#include <stdio.h>
#include <string.h>

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

bool composite_path(const struct binding *binding, const cJSON *paths,
                    size_t index, struct lwm2m_path *out_path)
{
    static const char all[] = "/33629/all";
    const cJSON *entry = cJSON_IsArray(paths) ? paths->child : paths;

    for (; entry != NULL; entry = cJSON_IsArray(paths) ? entry->next : NULL) {
        const char *text = cJSON_GetStringValue(entry);
        bool is_all = text != NULL && strncmp(text, all, sizeof(all) - 1) == 0;
        size_t count = is_all ? binding->instance_count : 1;
        char one[64];
        if (index >= count) {
            index -= count;
            continue;
        }
        (void)snprintf(one, sizeof(one), "/33629/%u%s",
                       is_all ? binding->instances[index] : 0,
                       is_all ? text + sizeof(all) - 1 : ""); /* cut */
        return binding_path(binding, is_all ? one : text, out_path, NULL) ==
               STATUS_OK;
    }
    return false;
}

enum status composite_paths(struct run *run, const cJSON *paths, int format,
                            struct byte_buffer *buffer, struct reason *reason)
{
    struct record_list list;
    struct lwm2m_record record = { .value = { .type = LWM2M_TYPE_NONE } };
    enum status status = STATUS_OK;

    record_list_init(&list);
    while (status == STATUS_OK &&
           composite_path(run_binding(run), paths, list.count, &record.path)) {
        status = record_list_add(&list, &record, reason);
    }
    if (status == STATUS_OK && list.count == 0) {
        status = reason_set(reason, STATUS_MALFORMED, "no paths");
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
