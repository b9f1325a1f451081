/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/probe.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/profile_private.h"

/** What is taken from the journal as it is written. */
struct capture {
    const struct campaign_config *config;
    char *endpoint; /**< as bytes: JSON may not hold it */
    cJSON *ics;
    cJSON *snapshot;
    bool is_out_of_memory;
};

static void keep(struct capture *capture, cJSON **slot,
                 const struct journal_event *event)
{
    cJSON_Delete(*slot);
    *slot = cJSON_Duplicate(event->as.data, true);
    capture->is_out_of_memory = capture->is_out_of_memory || *slot == NULL;
}

static void on_event(const struct journal_event *event, void *user)
{
    struct capture *capture = user;

    if (event->kind == JOURNAL_SNAPSHOT) {
        keep(capture, &capture->snapshot, event);
    } else if (event->kind == JOURNAL_ICS && event->endpoint != NULL) {
        keep(capture, &capture->ics, event);
        free(capture->endpoint);
        capture->endpoint = strdup(event->endpoint);
        capture->is_out_of_memory =
            capture->is_out_of_memory || capture->endpoint == NULL;
    }
    if (capture->config->on_event != NULL) {
        capture->config->on_event(event, capture->config->user);
    }
}

static void on_message(const struct server_event *event, void *user)
{
    const struct capture *capture = user;

    if (capture->config->on_message != NULL) {
        capture->config->on_message(event, capture->config->user);
    }
}

static void on_listening(const struct campaign_waiting *waiting, void *user)
{
    const struct capture *capture = user;

    if (capture->config->on_listening != NULL) {
        capture->config->on_listening(waiting, capture->config->user);
    }
}

static void on_waiting(const struct campaign_waiting *waiting, void *user)
{
    const struct capture *capture = user;

    if (capture->config->on_waiting != NULL) {
        capture->config->on_waiting(waiting, capture->config->user);
    }
}

/* Names. */

/** Letters and digits in lower case, anything else as one hyphen. */
static void slug(const char *label, uint16_t instance,
                 char name[BINDING_ROLE_SIZE])
{
    /* Room for what makes it unique: "-65534". */
    const size_t most = BINDING_ROLE_SIZE - 1 - strlen("-65534");
    size_t length = 0;
    bool has_letter = false;

    for (const char *at = label; at != NULL && *at != '\0'; at++) {
        const unsigned char byte = (unsigned char)*at;
        const bool is_plain = byte < 0x80 && isalnum(byte) != 0;
        has_letter = has_letter || (is_plain && isalpha(byte) != 0);
        if (is_plain && length < most) {
            name[length++] = (char)tolower(byte);
        } else if (!is_plain && length > 0 && length < most &&
                   name[length - 1] != '-') {
            name[length++] = '-';
        }
    }
    while (length > 0 && name[length - 1] == '-') {
        length--;
    }
    name[length] = '\0';
    if (!has_letter) { /* a number would be taken for an instance */
        (void)snprintf(name, BINDING_ROLE_SIZE, "component-%u",
                       instance); /* fits */
    }
}

static bool is_name_taken(const struct probe *probe, size_t count,
                          const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(probe->components[i].name, name) == 0) {
            return true;
        }
    }
    return profile_has_meaning(name);
}

static void name_components(struct probe *probe)
{
    for (size_t i = 0; i < probe->component_count; i++) {
        struct probe_component *row = &probe->components[i];
        slug(row->label, row->instance, row->name);
        if (is_name_taken(probe, i, row->name)) {
            const size_t length = strlen(row->name);
            (void)snprintf(row->name + length, sizeof(row->name) - length,
                           "-%u", row->instance); /* fits */
        }
        for (unsigned n = 2; is_name_taken(probe, i, row->name); n++) {
            (void)snprintf(row->name, sizeof(row->name), "component-%u-%u",
                           row->instance, n); /* fits */
        }
    }
}

/** Instance 0; else the one whose version is the device's; else the first. */
static void choose_main(struct probe *probe)
{
    struct probe_component *chosen = NULL;
    size_t alike = 0;

    for (size_t i = 0; i < probe->component_count; i++) {
        struct probe_component *row = &probe->components[i];
        if (row->instance == 0) {
            row->is_main = true;
            return;
        }
        if (row->version != NULL && probe->firmware != NULL &&
            strcmp(row->version, probe->firmware) == 0) {
            chosen = row;
            alike++;
        }
    }
    if (probe->component_count > 0) {
        (alike == 1 ? chosen : &probe->components[0])->is_main = true;
    }
}

/* What was read. */

/** @return false without memory; a text that is not there is NULL */
static bool take_text(const cJSON *values, const char *key, char **out_text)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(values, key);

    *out_text = cJSON_IsString(item) ? strdup(item->valuestring) : NULL;
    return *out_text != NULL || !cJSON_IsString(item);
}

static long long take_number(const cJSON *values, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(values, key);

    return cJSON_IsNumber(item) ? (long long)item->valuedouble : -1;
}

static bool fill_component(struct probe_component *row, uint16_t instance,
                           const cJSON *snapshot)
{
    char key[8];

    (void)snprintf(key, sizeof(key), "%u", instance); /* fits */
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(snapshot, "instances"), key);
    row->instance = instance;
    row->state = take_number(values, "3");
    row->result = take_number(values, "5");
    return take_text(values, "14", &row->label) &&
           take_text(values, "15", &row->version);
}

static bool fill(struct probe *probe, struct capture *capture)
{
    const cJSON *instances =
        cJSON_GetObjectItemCaseSensitive(capture->ics, "instances");
    const size_t count = (size_t)cJSON_GetArraySize(instances);
    const cJSON *instance = NULL;

    probe->components = calloc(count + 1, sizeof(*probe->components));
    if (probe->components == NULL ||
        !take_text(capture->snapshot, "firmware", &probe->firmware)) {
        return false;
    }
    cJSON_ArrayForEach(instance, instances)
    {
        if (!fill_component(&probe->components[probe->component_count++],
                            (uint16_t)instance->valuedouble,
                            capture->snapshot)) {
            return false;
        }
    }
    probe->endpoint = capture->endpoint; /* both handed over */
    probe->ics = capture->ics;
    capture->endpoint = NULL;
    capture->ics = NULL;
    name_components(probe);
    choose_main(probe);
    return true;
}

void probe_free(struct probe *probe)
{
    if (probe == NULL) {
        return;
    }
    for (size_t i = 0; i < probe->component_count; i++) {
        free(probe->components[i].label);
        free(probe->components[i].version);
    }
    free(probe->components);
    free(probe->endpoint);
    free(probe->firmware);
    cJSON_Delete(probe->ics);
    free(probe);
}

/** What is wrong with what was captured, when something is. */
static enum status check(const struct capture *capture, struct reason *reason)
{
    if (capture->is_out_of_memory) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (capture->ics == NULL) {
        return reason_set(reason, STATUS_INVALID, "interrupted");
    }
    return capture->snapshot != NULL
               ? STATUS_OK
               : reason_set(reason, STATUS_TIMEOUT,
                            "the device registered, and does not answer "
                            "Discover and Read");
}

enum status probe_run(const struct campaign_config *config,
                      struct probe **out_probe, struct reason *reason)
{
    static const char *const no_patterns[] = { NULL };
    struct capture capture = { .config = config };
    struct campaign_config looking = *config;
    struct probe *probe = NULL;

    looking.only_looks = true;
    looking.patterns = no_patterns;
    looking.on_event = on_event;
    looking.on_message = on_message;
    looking.on_listening = on_listening;
    looking.on_waiting = on_waiting;
    looking.user = &capture;
    enum status status = campaign_run(&looking, reason);
    if (status == STATUS_OK) {
        status = check(&capture, reason);
    }
    if (status == STATUS_OK) {
        probe = calloc(1, sizeof(*probe));
        if (probe == NULL || !fill(probe, &capture)) {
            status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
    }
    free(capture.endpoint);
    cJSON_Delete(capture.ics);
    cJSON_Delete(capture.snapshot);
    if (status != STATUS_OK) {
        probe_free(probe);
        return status;
    }
    *out_probe = probe;
    return STATUS_OK;
}

cJSON *probe_json(const struct probe *probe)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *list = NULL;

    cJSON_AddStringToObject(json, "endpoint", probe->endpoint);
    if (probe->firmware != NULL) {
        cJSON_AddStringToObject(json, "firmware", probe->firmware);
    } else {
        cJSON_AddNullToObject(json, "firmware");
    }
    list = cJSON_AddArrayToObject(json, "components");
    for (size_t i = 0; i < probe->component_count; i++) {
        const struct probe_component *row = &probe->components[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", row->name);
        cJSON_AddNumberToObject(item, "instance", row->instance);
        cJSON_AddBoolToObject(item, "main", row->is_main);
        cJSON_AddItemToObject(item, "label",
                              row->label != NULL
                                  ? cJSON_CreateString(row->label)
                                  : cJSON_CreateNull());
        cJSON_AddItemToObject(item, "version",
                              row->version != NULL
                                  ? cJSON_CreateString(row->version)
                                  : cJSON_CreateNull());
        cJSON_AddNumberToObject(item, "state", (double)row->state);
        cJSON_AddNumberToObject(item, "result", (double)row->result);
        cJSON_AddItemToArray(list, item);
    }
    cJSON_AddItemToObject(
        json, "ics",
        cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(probe->ics, "items"),
                        true));
    cJSON_AddItemToObject(
        json, "how",
        cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(probe->ics, "how"),
                        true));
    return json;
}
