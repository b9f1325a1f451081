/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/step.h"

#include <string.h>

const char *step_progress_name(enum step_progress progress)
{
    switch (progress) {
    case STEP_GO_ON:
        return "go-on";
    case STEP_DONE:
        return "done";
    case STEP_AT_LIMIT:
        return "limit";
    case STEP_SILENT:
        return "silent";
    case STEP_HOPELESS:
        return "hopeless";
    case STEP_FAILED:
        return "failed";
    }
    return "failed";
}

bool binding_instance(const struct binding *binding, const char *role,
                      uint16_t *out_instance)
{
    for (size_t i = binding->count; i-- > 0;) { /* the newest one first */
        if (strcmp(binding->entries[i].role, role) == 0) {
            *out_instance = binding->entries[i].instance;
            return true;
        }
    }
    return false;
}

const struct step_type *step_type_of(const struct step_type *const *table,
                                     const cJSON *step)
{
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(entry, step)
    {
        for (size_t i = 0; table[i] != NULL; i++) {
            if (strcmp(table[i]->verb, entry->string) == 0) {
                return table[i];
            }
        }
    }
    return NULL;
}

enum status binding_path(const struct binding *binding, const char *text,
                         struct lwm2m_path *out_path, struct reason *reason)
{
    const char *instance = text[0] == '/' ? strchr(text + 1, '/') : NULL;
    const char *end = instance != NULL ? strchr(instance + 1, '/') : NULL;
    struct lwm2m_path path;
    char role[BINDING_ROLE_SIZE];
    uint16_t number = 0;

    if (instance == NULL) {
        return lwm2m_path_parse(text, strlen(text), out_path, reason);
    }
    size_t length =
        end != NULL ? (size_t)(end - instance) - 1 : strlen(instance + 1);
    if (length >= sizeof(role)) {
        return lwm2m_path_parse(text, strlen(text), out_path, reason);
    }
    memcpy(role, instance + 1, length);
    role[length] = '\0';
    if (!binding_instance(binding, role, &number)) {
        return lwm2m_path_parse(text, strlen(text), out_path, reason);
    }
    enum status status =
        lwm2m_path_parse(text, (size_t)(instance - text), &path, reason);
    if (status != STATUS_OK) {
        return status;
    }
    path = lwm2m_path_child(path, number);
    if (end != NULL) {
        struct lwm2m_path rest;
        status = lwm2m_path_parse(end, strlen(end), &rest, reason);
        if (status != STATUS_OK) {
            return status;
        }
        for (unsigned i = 0; i < rest.depth; i++) {
            path = lwm2m_path_child(path, rest.ids[i]);
        }
    }
    *out_path = path;
    return STATUS_OK;
}
