/* SPDX-License-Identifier: Apache-2.0 */

/* What a response or notification showed. */
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum { TEXT_SIZE = 80 };

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

/** Text of Current Version, NULL where it is not shown. */
static const char *version_of(const struct record_list *records,
                              uint16_t instance)
{
    const struct lwm2m_record *record = record_list_find(
        records, lwm2m_path_resource(OBJECT_AFU, instance, RESOURCE_VERSION));

    return record != NULL && record->value.type == LWM2M_TYPE_STRING
               ? record->value.as.data.bytes
               : NULL;
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
    size_t index = oracle_index(oracle, target);
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
        oracle_report(
            oracle, oracle_level(oracle, "A-12", FINDING_WARNING, FINDING_FAIL),
            "AFU-101", "A-12", "oracle.links", subject,
            "every linked instance is in Downloaded", observed, NULL);
    }
}

static void take_links(struct oracle *oracle, const struct record_list *records,
                       bool is_whole_object)
{
    for (size_t i = 0; i < records->count; i++) {
        const struct lwm2m_record *record = &records->records[i];
        if (record->path.ids[0] == OBJECT_AFU && record->path.depth == 4 &&
            record->value.type == LWM2M_TYPE_OBJLNK &&
            (record->path.ids[2] == RESOURCE_LINKED ||
             record->path.ids[2] == RESOURCE_CONFLICTING)) {
            take_link(oracle, record, records, is_whole_object);
        }
    }
}

/** Linked Instances as a Read of the Instance or Resource shows them; absent
 *  is as good as empty. */
static void keep_links(struct oracle *oracle, struct tracked *tracked,
                       const struct record_list *records,
                       const struct sight *sight)
{
    const struct lwm2m_path path =
        lwm2m_path_resource(OBJECT_AFU, tracked->instance, RESOURCE_LINKED);

    if (sight->is_overlapped || sight->asked < oracle->links_sequence ||
        tracked->last_state != STATE_DOWNLOADED ||
        (tracked->last_change != sight->sequence &&
         tracked->last_change >= sight->asked)) {
        return; /* they may be others as soon as it is Downloaded */
    }
    tracked->linked = 0;
    for (size_t i = 0; i < records->count; i++) {
        const struct lwm2m_record *record = &records->records[i];
        size_t index =
            record->value.type == LWM2M_TYPE_OBJLNK
                ? oracle_index(oracle, record->value.as.link.instance)
                : ORACLE_COMPONENTS_MAX;
        if (lwm2m_path_is_within(&record->path, &path) &&
            index < ORACLE_COMPONENTS_MAX) {
            tracked->linked |= UINT64_C(1) << index;
        }
    }
    tracked->has_linked = true;
    tracked->linked_sequence = sight->asked;
    tracked->linked_view = sight->sequence;
}

/** Whether the answer to a Read of `asked` tells all about that Resource. */
static bool shows(const struct lwm2m_path *asked, uint16_t instance,
                  uint16_t resource)
{
    const struct lwm2m_path path =
        lwm2m_path_resource(OBJECT_AFU, instance, resource);

    return lwm2m_path_is_within(&path, asked);
}

/** Pairs of a notification: legal or not; it may be old, so nothing else. */
static void check_pair(struct oracle *oracle, const struct tracked *tracked,
                       int state, int result)
{
    char observed[TEXT_SIZE];
    uint32_t why = model_pair(state, result);
    bool is_cancelled = state == STATE_DOWNLOADED && result == 10 &&
                        tracked->newest == STIMULUS_CANCEL; /* */

    if (state < 0 || result < 0 || (why & WHY(LEGAL)) != 0 || is_cancelled) {
        return;
    }
    explain_pair(state, result, observed, sizeof(observed));
    if (why == 0) {
        oracle_report(oracle, FINDING_FAIL, "AFU-051", NULL, "CC1",
                      tracked->name, "a legal pair of State and Update Result",
                      observed, NULL);
        return;
    }
    for (int i = LEGAL + 1; i < TOLERANCES; i++) {
        const struct tolerance_row *row = tolerance_row((enum tolerance)i);
        enum finding_level level = oracle_level(
            oracle, row->ambiguity, row->early_interop, row->early_strict);
        if ((why & WHY(i)) != 0 && level != FINDING_PASS) {
            oracle_report(oracle, level, row->requirement, row->ambiguity,
                          "CC1", tracked->name,
                          "a legal pair of State and Update Result", observed,
                          NULL);
        }
    }
}

/** AFU-153: Sends tell a trace, each of them what was possible since the one
 *  before. */
static void check_send(struct oracle *oracle, struct tracked *tracked,
                       int state, int result)
{
    char observed[TEXT_SIZE];

    if (track_send(tracked, state, result)) {
        return;
    }
    explain_pair(state, result, observed, sizeof(observed));
    oracle_report(
        oracle, FINDING_WARNING, "AFU-153", NULL, "oracle.send", tracked->name,
        "what was possible at some time since the Send before", observed, NULL);
}

static void check_notified(struct oracle *oracle, struct tracked *tracked,
                           const struct asked *asked,
                           const struct record_list *records)
{
    int state = integer_of(records, tracked->instance, RESOURCE_STATE);
    int result = integer_of(records, tracked->instance, RESOURCE_RESULT);
    bool is_known = state < MODEL_STATES && result < MODEL_RESULTS;

    const struct lwm2m_record *time = record_list_find(
        records, lwm2m_path_resource(OBJECT_AFU, tracked->instance,
                                     RESOURCE_CHANGE_TIME));
    check_pair(oracle, tracked, state, result);
    if (asked->id != 0 && state >= 0 && state < MODEL_STATES && time != NULL &&
        time->value.type == LWM2M_TYPE_TIME && time->value.as.integer >= 0) {
        duration_check_notified(oracle, tracked, asked->id, state,
                                time->value.as.integer);
    }
    if (asked->id == 0 && is_known && (state >= 0 || result >= 0) &&
        (state < 0 || result < 0 || model_pair(state, result) != 0)) {
        check_send(oracle, tracked, state, result);
    }
}

/** Linked Instances may change when any component does (ST-44): what was read
 *  while something was under way may have changed unseen. */
static void forget_moving_links(struct oracle *oracle, uint64_t sequence)
{
    bool is_quiet = true;

    for (size_t i = 0; i < oracle->config.component_count; i++) {
        is_quiet = is_quiet && track_is_quiet(&oracle->components[i]);
    }
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        if (tracked->linked_view == sequence) {
            tracked->has_linked = tracked->has_linked && is_quiet;
        }
    }
}

/** Whether the device's clock is ours. */
static void take_clock(struct oracle *oracle, const struct record_list *records,
                       const struct sight *sight)
{
    const struct lwm2m_record *record = record_list_find(
        records, lwm2m_path_resource(OBJECT_DEVICE, 0, RESOURCE_CURRENT_TIME));
    int64_t clock_ms = (int64_t)oracle->config.clock_ms;

    if (record != NULL && record->value.type == LWM2M_TYPE_TIME &&
        record->value.as.integer < INT64_MAX / 1000 - 1 &&
        record->value.as.integer > 0) {
        int64_t time_ms = record->value.as.integer * 1000;
        oracle->has_clock = time_ms + 1000 + clock_ms > sight->sent_wall_ms &&
                            time_ms < sight->wall_ms + clock_ms;
    }
}

/** Whether all of Linked Instances is shown, also that there are none. A
 *  composite answer leaves out what nobody asked for. */
static bool shows_links(const struct asked *asked, uint16_t instance,
                        const struct record_list *records)
{
    return shows(&asked->path, instance, RESOURCE_LINKED) &&
           (asked->method != FETCH ||
            record_list_has(records, lwm2m_path_resource(OBJECT_AFU, instance,
                                                         RESOURCE_LINKED)));
}

static void view_component(struct oracle *oracle, struct tracked *tracked,
                           const struct asked *asked,
                           const struct record_list *records,
                           struct sight sight)
{
    const char *version = version_of(records, tracked->instance);
    const struct lwm2m_record *time = record_list_find(
        records, lwm2m_path_resource(OBJECT_AFU, tracked->instance,
                                     RESOURCE_CHANGE_TIME));

    sight.state = integer_of(records, tracked->instance, RESOURCE_STATE);
    sight.result = integer_of(records, tracked->instance, RESOURCE_RESULT);
    sight.is_overlapped = sight.asked < tracked->last.sequence;
    ending_before(oracle, tracked, &sight, version);
    version_before(oracle, tracked, &sight, version);
    track_view(oracle, tracked, &sight);
    version_after(oracle, tracked, &sight, version);
    size_t index = (size_t)(tracked - oracle->components);
    batch_view(oracle, index, &sight, version);
    loading_view(oracle, index, &sight);
    if (time != NULL && time->value.type == LWM2M_TYPE_TIME) {
        duration_check_change_time(oracle, tracked, &sight,
                                   time->value.as.integer);
    }
    if (shows_links(asked, tracked->instance, records)) {
        keep_links(oracle, tracked, records, &sight);
    }
}

/** Whether the component is the one that installs, as far as is known. */
static bool is_updating(const struct tracked *tracked)
{
    return track_may_be(tracked, STATE_UPDATING) &&
           (tracked->last_state == STATE_UPDATING ||
            (tracked->has_stimulus && tracked->newest == STIMULUS_UPDATE));
}

/** AFU-167: an update may reboot the device, and others may show that before
 *  the device registers again. */
static void note_updating(struct oracle *oracle, const struct sight *sight)
{
    size_t count = oracle->config.component_count;
    size_t updating = 0;

    for (size_t i = 0; i < count; i++) {
        struct tracked *tracked = &oracle->components[i];
        if (is_updating(tracked)) {
            tracked->may_reboot_until_ms =
                sight->time_ms + oracle->config.state_ms;
        }
        updating += sight->sent_ms <= tracked->may_reboot_until_ms ? 1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        struct tracked *tracked = &oracle->components[i];
        bool is_one = sight->sent_ms <= tracked->may_reboot_until_ms;
        bool may_reboot = updating > (is_one ? 1 : 0) && !is_updating(tracked);
        if (tracked->options.may_reboot != may_reboot) {
            tracked->options.may_reboot = may_reboot;
            track_recompute(tracked);
        }
    }
}

static bool has_times(const struct record_list *records)
{
    for (size_t i = 0; i < records->count; i++) {
        if (records->records[i].has_time) {
            return true;
        }
    }
    return false;
}

static uint64_t hash_of(const struct server_response_view *response)
{
    const uint64_t hash =
        hash_bytes(HASH_START ^ (uint64_t)(unsigned)response->content_format,
                   response->payload, response->payload_length);

    return hash != 0 ? hash : 1;
}

/** Whether the body is of one moment. One that came in blocks without an ETag
 *  may be of several: it counts when two readings are equal (AFU-152). */
static bool is_of_one_moment(struct oracle *oracle,
                             const struct lwm2m_path *path,
                             const struct server_response_view *response)
{
    struct joined *row = NULL;
    uint64_t hash = hash_of(response);

    if (!response->is_joined) {
        return true;
    }
    for (size_t i = 0; i < ORACLE_JOINED_MAX && row == NULL; i++) {
        if (oracle->joined[i].hash != 0 &&
            lwm2m_path_equal(&oracle->joined[i].path, path)) {
            row = &oracle->joined[i];
        }
    }
    if (row == NULL) {
        row = &oracle->joined[oracle->next_joined];
        oracle->next_joined = (oracle->next_joined + 1) % ORACLE_JOINED_MAX;
        *row = (struct joined){ .path = *path };
    }
    bool is_equal = row->hash == hash;
    row->hash = hash;
    return is_equal;
}

void oracle_observe(struct oracle *oracle, const struct asked *asked,
                    const struct journal_event *event, bool is_notification)
{
    const struct server_response_view *response = &event->as.server.as.response;
    const struct sight sight = { .state = -1,
                                 .result = -1,
                                 .sent_ms = asked->time_ms,
                                 .time_ms = event->time_ms,
                                 .sent_wall_ms = asked->wall_ms,
                                 .wall_ms = event->wall_ms,
                                 .asked = asked->sequence,
                                 .sequence = event->sequence };
    bool is_afu = asked->path.ids[0] == OBJECT_AFU;
    bool may_show = is_afu || asked->path.depth == 0; /* composite */
    struct record_list records;
    struct reason reason = { .status = STATUS_OK };
    char path[LWM2M_PATH_TEXT_MAX];

    if (asked->is_observation) {
        notified_forget(oracle, asked->id); /* until it is read below */
    }
    if (!is_of_one_moment(oracle, &asked->path, response)) {
        return;
    }
    record_list_init(&records);
    enum status status = codec_decode(
        response->content_format, oracle->config.definitions, &asked->path,
        response->payload, response->payload_length, &records, &reason);
    if (status == STATUS_MALFORMED) {
        oracle_report(oracle, is_afu ? FINDING_FAIL : FINDING_WARNING,
                      is_afu ? "AFU-009" : "", NULL, "definition.format",
                      lwm2m_path_text(&asked->path, path),
                      "a payload that its Content-Format describes",
                      reason.text, NULL);
    }
    if (status != STATUS_OK) {
        return;
    }
    oracle_check_values(oracle, &records);
    if (!is_notification && may_show) {
        note_updating(oracle, &sight);
    }
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        if (is_notification && has_times(&records)) {
            continue; /* values of several moments are no pair */
        }
        if (is_notification) {
            check_notified(oracle, tracked, asked, &records);
        } else if (may_show) {
            view_component(oracle, tracked, asked, &records, sight);
        }
        if (is_afu) {
            notified_view(oracle, tracked, asked, &records, &sight,
                          response->is_confirmable);
        }
    }
    if (!is_notification) {
        notified_take_period(oracle, &records);
        forget_moving_links(oracle, event->sequence);
        loading_end_all(oracle);
        take_clock(oracle, &records, &sight);
    }
    take_links(oracle, &records, asked->path.depth == 1);
    record_list_release(&records);
}
