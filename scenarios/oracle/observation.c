/* SPDX-License-Identifier: Apache-2.0 */

/* What a response or notification showed. */
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum {
    OBJECT_AFU = 33629,
    RESOURCE_STATE = 3,
    RESOURCE_RESULT = 5,
    RESOURCE_VERSION = 15,
    RESOURCE_LINKED = 16,
    RESOURCE_CONFLICTING = 17,
};

static int integer_of(const struct record_list *records, uint16_t instance,
                      uint16_t resource)
{
    const struct lwm2m_record *record = record_list_find(
        records, lwm2m_path_resource(OBJECT_AFU, instance, resource));

    return record != NULL && record->value.type == LWM2M_TYPE_INTEGER &&
                   record->value.as.integer >= 0 &&
                   record->value.as.integer < 256
               ? (int)record->value.as.integer
               : -1;
}

/** AFU-015: the version changes only by an update. */
static void take_version(struct oracle *oracle, struct tracked *tracked,
                         const struct record_list *records)
{
    const struct lwm2m_record *record = record_list_find(
        records,
        lwm2m_path_resource(OBJECT_AFU, tracked->instance, RESOURCE_VERSION));
    char expected[160];
    char text[80];

    if (record == NULL || record->value.type != LWM2M_TYPE_STRING) {
        return;
    }
    const char *version = record->value.as.data.bytes;
    bool changed =
        tracked->has_version &&
        strncmp(tracked->version, version, sizeof(tracked->version) - 1) != 0;
    if (changed && !tracked->may_change_version) {
        (void)snprintf(expected, sizeof(expected),
                       "Current Version stays \"%s\" without an update",
                       tracked->version);
        oracle_report(oracle, FINDING_FAIL, "AFU-015", NULL, "oracle.version",
                      tracked->name, expected,
                      lwm2m_value_text(&record->value, text, sizeof(text)),
                      NULL);
    }
    if (changed) {
        tracked->may_change_version = false;
    }
    (void)snprintf(tracked->version, sizeof(tracked->version), "%s",
                   version); /* cut */
    tracked->has_version = true;
}

static size_t index_of(const struct oracle *oracle, unsigned instance)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        if (oracle->components[i].instance == instance) {
            return i;
        }
    }
    return ORACLE_COMPONENTS_MAX;
}

/** CC8 and AFU-101 to 105. */
static void take_link(struct oracle *oracle, const struct lwm2m_record *record,
                      const struct record_list *records, bool is_whole_object)
{
    char path[LWM2M_PATH_TEXT_MAX];
    char text[32];
    uint16_t self = record->path.ids[1];
    bool is_linked = record->path.ids[2] == RESOURCE_LINKED;
    uint16_t target = record->value.as.link.instance;
    size_t index = index_of(oracle, target);
    const char *subject = lwm2m_path_text(&record->path, path);
    const char *observed = lwm2m_value_text(&record->value, text, sizeof(text));

    if (record->value.as.link.object != OBJECT_AFU) {
        oracle_report(oracle, FINDING_FAIL, is_linked ? "AFU-102" : "AFU-105",
                      NULL, "CC8", subject, "links lead to instances of /33629",
                      observed, NULL);
        return;
    }
    if (!is_linked) {
        return;
    }
    if (target == self || index == ORACLE_COMPONENTS_MAX) {
        oracle_report(oracle, FINDING_FAIL, "AFU-103", NULL, "oracle.links",
                      subject, "links lead to other instances that exist",
                      observed, NULL);
        return;
    }
    int state = integer_of(records, target, RESOURCE_STATE);
    if (is_whole_object && state >= 0 && state != STATE_DOWNLOADED) {
        oracle_report(oracle, oracle_level(oracle, "A-12", true), "AFU-101",
                      "A-12", "oracle.links", subject,
                      "every linked instance is in Downloaded", observed, NULL);
    }
}

static void take_links(struct oracle *oracle, const struct record_list *records,
                       bool is_whole_object)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        const struct lwm2m_path path =
            lwm2m_path_resource(OBJECT_AFU, tracked->instance, RESOURCE_LINKED);
        if (record_list_has(records, path)) {
            tracked->linked = 0;
            tracked->has_linked = true;
        }
    }
    for (size_t i = 0; i < records->count; i++) {
        const struct lwm2m_record *record = &records->records[i];
        if (record->path.ids[0] != OBJECT_AFU || record->path.depth != 4 ||
            record->value.type != LWM2M_TYPE_OBJLNK) {
            continue;
        }
        if (record->path.ids[2] == RESOURCE_LINKED ||
            record->path.ids[2] == RESOURCE_CONFLICTING) {
            take_link(oracle, record, records, is_whole_object);
        }
        struct tracked *tracked = oracle_component(oracle, record->path.ids[1]);
        size_t index = index_of(oracle, record->value.as.link.instance);
        if (tracked != NULL && record->path.ids[2] == RESOURCE_LINKED &&
            index < 32) {
            tracked->linked |= 1u << index;
        }
    }
}

/** Pairs of a notification: legal or not; it may be old, so nothing else. */
static void check_pair(struct oracle *oracle, const struct tracked *tracked,
                       int state, int result)
{
    char observed[80];

    if (state < 0 || result < 0 || model_pair(state, result) != 0) {
        return;
    }
    (void)snprintf(observed, sizeof(observed), "State %d with Result %d", state,
                   result);
    oracle_report(oracle, FINDING_FAIL, "AFU-051", NULL, "CC1", tracked->name,
                  "a legal pair of State and Update Result", observed, NULL);
}

void oracle_observe(struct oracle *oracle, const struct asked *asked,
                    const struct journal_event *event, bool is_notification)
{
    const struct server_response_view *response = &event->as.server.as.response;
    struct record_list records;
    struct reason reason = { .status = STATUS_OK };
    char path[LWM2M_PATH_TEXT_MAX];

    record_list_init(&records);
    enum status status = codec_decode(
        response->content_format, oracle->config.definitions, &asked->path,
        response->payload, response->payload_length, &records, &reason);
    if (status == STATUS_MALFORMED) {
        oracle_report(
            oracle,
            asked->path.ids[0] == OBJECT_AFU ? FINDING_FAIL : FINDING_WARNING,
            asked->path.ids[0] == OBJECT_AFU ? "AFU-009" : "", NULL,
            "definition.format", lwm2m_path_text(&asked->path, path),
            "a payload that its Content-Format describes", reason.text, NULL);
    }
    if (status != STATUS_OK) {
        return;
    }
    oracle_check_values(oracle, &records);
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        int state = integer_of(&records, tracked->instance, RESOURCE_STATE);
        int result = integer_of(&records, tracked->instance, RESOURCE_RESULT);
        if (is_notification) {
            check_pair(oracle, tracked, state, result);
            continue;
        }
        take_version(oracle, tracked, &records);
        track_view(oracle, tracked, state, result, asked->time_ms,
                   event->time_ms);
    }
    take_links(oracle, &records, asked->path.depth == 1);
    record_list_release(&records);
}
