/* SPDX-License-Identifier: Apache-2.0 */

/* What the device under test says and does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/selection.h"

enum {
    OBJECT_SERVER = 1,
    OBJECT_PORTFOLIO = 16,
    OBJECT_AFU = 33629,
    OBJECT_FU = 5,
    RESOURCE_VERSION = 15
};

/** Keep every Current Version that is seen: recipes build on them. */
static void keep_versions(struct lane *lane, const struct journal_event *event)
{
    struct view view;

    if (view_of_event(lane->run->events, event,
                      lane->campaign->config->definitions, &view,
                      NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < lane->ics.instance_count; i++) {
        const struct lwm2m_record *record = record_list_find(
            &view.records,
            lwm2m_path_resource(OBJECT_AFU, lane->ics.instances[i],
                                RESOURCE_VERSION));
        if (record != NULL && record->value.type == LWM2M_TYPE_STRING) {
            (void)snprintf(lane->versions[i], sizeof(lane->versions[i]), "%s",
                           record->value.as.data.bytes); /* cut */
        }
    }
    view_release(&view);
}

/** Whether the device may fetch from [::1]: it is on this host. */
static bool has_ipv6(const struct lane *lane)
{
    return server_has_ipv6(lane->campaign->server) &&
           (strncmp(lane->address, "127.", 4) == 0 ||
            strncmp(lane->address, "[::1]", 5) == 0);
}

/** The instances of /33629 and other Objects in a registration. */
static void detect_links(struct lane *lane,
                         const struct server_registration_view *view)
{
    struct link_list links;
    char text[32];
    size_t listed = 0;

    link_list_init(&links);
    if (link_list_parse((const char *)view->links, view->links_length, NULL,
                        &links, NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < links.count; i++) {
        const struct lwm2m_path *path = &links.links[i].path;
        if (!links.links[i].is_lwm2m || path->depth == 0) {
            continue;
        }
        if (path->ids[0] == OBJECT_AFU) {
            ics_set(&lane->ics, "obj", "true", false);
            if (path->depth == 2) {
                ics_add_instance(&lane->ics, path->ids[1], true);
            }
        } else if (path->ids[0] == OBJECT_FU) {
            ics_set(&lane->ics, "obj5", "true", false);
        } else if (path->ids[0] == OBJECT_PORTFOLIO) {
            ics_set(&lane->ics, "object-16", "true", false);
        } else if (path->ids[0] == OBJECT_SERVER && path->depth == 2) {
            ics_note_server(&lane->ics, path->ids[1]);
        }
    }
    link_list_release(&links);
    for (size_t i = 0; i < lane->ics.instance_count; i++) {
        listed += lane->ics.is_listed[i] ? 1 : 0;
    }
    (void)snprintf(text, sizeof(text), "%zu", listed);
    ics_set(&lane->ics, "ninst", text, false);
    (void)snprintf(text, sizeof(text), "%u.%u", view->lwm2m_major,
                   view->lwm2m_minor);
    ics_set(&lane->ics, "lwm2m", text, false);
    ics_set(&lane->ics, "ipv6", has_ipv6(lane) ? "true" : "false", false);
    ics_set(&lane->ics, "queue-mode", view->queue_mode ? "true" : "false",
            false);
}

static void keep_registration(struct lane *lane,
                              const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    event_store_clear(lane->registration);
    if (event_store_add(lane->registration, event, &reason) != STATUS_OK) {
        campaign_fail(lane->campaign, &reason);
    }
}

/** Whether the event is of the device that is awaited. */
static bool is_wanted(const struct lane *lane, const struct server_event *event)
{
    if (lane->stage != LANE_AWAITED || event->endpoint == NULL) {
        return false;
    }
    if (lane->endpoint != NULL) {
        return strcmp(lane->endpoint, event->endpoint) == 0;
    }
    return lane->wanted == NULL || strcmp(lane->wanted, event->endpoint) == 0;
}

static bool is_ours(const struct lane *lane, const struct server_event *event)
{
    return lane->endpoint != NULL && event->endpoint != NULL &&
           strcmp(lane->endpoint, event->endpoint) == 0;
}

static void set_lost(struct lane *lane, bool is_lost)
{
    if (lane->run != NULL) {
        lane->run->is_lost = is_lost;
    }
}

/** It sleeps no more: limits that passed meanwhile begin anew. */
static void take_awake(struct lane *lane)
{
    lane->is_asleep = false;
    if (lane->is_running) {
        run_resume_limits(lane->run);
    }
}

/** How long a usual answer takes. */
static void note_answer_time(struct lane *lane,
                             const struct server_event *event)
{
    const struct server_response_view *response = &event->as.response;

    if (response->left_ms != 0 && response->again_ms == 0 &&
        event->time_ms >= response->left_ms) {
        lane->answer_ms = event->time_ms - response->left_ms;
    }
}

/** What a device event changes in what we know of it. */
static void note_event(struct lane *lane, const struct server_event *event)
{
    switch (event->kind) {
    case SERVER_REGISTER:
        lane->is_registered = true;
        lane->is_unreachable = false;
        lane->heard_ms = event->time_ms;
        set_lost(lane, false);
        take_awake(lane);
        break;
    case SERVER_DEREGISTER:
    case SERVER_EXPIRE:
        lane->is_registered = false;
        take_awake(lane);
        break;
    case SERVER_SLEEP:
        lane->is_asleep = true;
        break;
    case SERVER_WAKE:
        take_awake(lane);
        break;
    case SERVER_RESPONSE:
        note_answer_time(lane, event);
        lane->is_unreachable = false;
        lane->heard_ms = event->time_ms;
        break;
    case SERVER_UPDATE:
    case SERVER_NOTIFICATION:
    case SERVER_SEND:
        lane->is_unreachable = false; /* it is heard again */
        lane->heard_ms = event->time_ms;
        break;
    case SERVER_TIMEOUT:
        if (event->as.failure.is_answered) { /* it is there */
            lane->is_unreachable = false;
            lane->heard_ms = event->time_ms;
            break;
        }
        /* An old request says nothing of a device that was heard since, nor
         * does one that found a device asleep. */
        if (event->as.failure.sent_ms < lane->heard_ms || lane->is_asleep) {
            break;
        }
        set_lost(lane, true);
        (void)snprintf(lane->lost_why, sizeof(lane->lost_why), "%s",
                       event->as.failure.why);
        break;
    default:
        break;
    }
}

/** The awaited device registered: it is looked at when it has its turn. */
static void take_first_registration(struct lane *lane,
                                    const struct server_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    if (lane->endpoint == NULL) {
        lane->endpoint = strdup(event->endpoint);
    }
    if (lane->endpoint == NULL) {
        (void)reason_set(&reason, STATUS_NO_MEMORY, "out of memory");
        campaign_fail(lane->campaign, &reason);
        return;
    }
    lane->is_registered = true;
    detect_links(lane, &event->as.registration);
    campaign_ready(lane);
}

/** What is to be said of a device that never registers. */
static void note_stranger(struct lane *lane, const struct server_event *event)
{
    if (event->kind == SERVER_REGISTER && event->endpoint != NULL) {
        (void)snprintf(lane->campaign->stranger,
                       sizeof(lane->campaign->stranger), "%s",
                       event->endpoint); /* cut */
    }
    if (event->kind == SERVER_REFUSE && event->as.registration.reason != NULL) {
        (void)snprintf(lane->refusal, sizeof(lane->refusal), "%s",
                       event->as.registration.reason);
    }
}

static void note_address(struct lane *lane, const struct server_event *event)
{
    if ((event->kind == SERVER_REGISTER || event->kind == SERVER_UPDATE) &&
        event->as.registration.address != NULL) {
        (void)snprintf(lane->address, sizeof(lane->address), "%s",
                       event->as.registration.address); /* cut */
    }
    if (event->kind == SERVER_REPOSITORY) {
        (void)snprintf(lane->fetch_address, sizeof(lane->fetch_address), "%s",
                       event->as.repository.peer); /* cut */
    }
}

/** What a case on the device makes of the event. */
static void take_in_case(struct lane *lane, const struct server_event *event,
                         const struct journal_event *row)
{
    bool ours = is_ours(lane, event);

    if (event->kind == SERVER_RESPONSE && ours) {
        keep_versions(lane, row);
    }
    if (event->kind == SERVER_REGISTER && ours) {
        run_flush_pending(lane->run);
    }
    run_close_pending(lane->run, event);
    run_pump(lane->run);
}

/** Once: why it may take long. */
static void remark_sleep(struct lane *lane, uint32_t lifetime_s)
{
    char text[200];
    cJSON *data = cJSON_CreateObject();

    (void)snprintf(text, sizeof(text),
                   "the device sleeps (queue mode): requests wait, and limits "
                   "stand still, until it is heard; its lifetime is %u s%s",
                   (unsigned)lifetime_s,
                   lifetime_s == 0 ? ", which is no limit" : ""); /* fits */
    cJSON_AddStringToObject(data, "text", text);
    cJSON_AddBoolToObject(data, "remark", true);
    lane_record(lane, JOURNAL_NOTE, data);
}

/** What passed is no sign of life: much of it is ours. */
static void take_wire(struct lane *lane, const struct server_event *event)
{
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .endpoint = lane->endpoint,
        .as.server = *event,
    };

    row.as.server.endpoint = lane->endpoint;
    lane_append(lane, &row);
    if (lane->is_running) {
        run_pump(lane->run);
    }
}

/** While there is a second server, no device has such a name of its own. */
static bool is_of_second(const struct lane *lane,
                         const struct server_event *event)
{
    size_t length = event->endpoint != NULL ? strlen(event->endpoint) : 0;
    size_t suffix = strlen(SERVER_SECOND_SUFFIX);

    return server_second_port(lane->campaign->server) != 0 && length > suffix &&
           strcmp(event->endpoint + length - suffix, SERVER_SECOND_SUFFIX) == 0;
}

/** From or to the second server: a case may have asked for it, and nothing
 *  else depends on it. */
static void take_second(struct lane *lane, const struct server_event *event,
                        struct journal_event *row)
{
    if (event->kind == SERVER_REGISTER && lane->plan == NULL &&
        journal_is_second(row, lane->endpoint != NULL ? lane->endpoint
                                                      : lane->wanted)) {
        ics_set(&lane->ics, "second-server", "true", false);
    }
    if (journal_is_registration(row)) {
        lane_write(lane, row);
        if (event->kind == SERVER_REGISTER && lane->is_running) {
            run_flush_pending(lane->run);
        }
        return;
    }
    lane_append(lane, row);
    if (lane->is_running) {
        if (event->kind == SERVER_RESPONSE) {
            keep_versions(lane, row);
        }
        run_close_pending(lane->run, event);
        run_pump(lane->run);
    }
}

void lane_device_event(struct lane *lane, const struct server_event *event)
{
    if (event->kind == SERVER_WIRE) {
        take_wire(lane, event);
        return;
    }
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .endpoint = event->endpoint,
        .as.server = *event,
    };
    bool wanted = is_wanted(lane, event);
    bool ours = lane->stage != LANE_AWAITED && is_ours(lane, event);
    bool has_links =
        (event->kind == SERVER_REGISTER || event->kind == SERVER_UPDATE) &&
        event->as.registration.has_links;

    if (lane->is_running) {
        row.as.server.id = run_local_id(lane->run, event->id);
    }
    if (is_of_second(lane, event)) {
        take_second(lane, event, &row);
        return;
    }
    if (ours) {
        note_event(lane, event);
    } else if (!wanted || event->kind == SERVER_REFUSE) {
        note_stranger(lane, event);
    }
    if ((event->kind == SERVER_REGISTER || event->kind == SERVER_UPDATE) &&
        event->as.registration.queue_mode && (ours || wanted)) {
        server_set_awake(lane->campaign->server, event->endpoint,
                         lane->profile->limits_ms[LIMIT_AWAKE]);
    }
    lane_append(lane, &row);
    if (ours && event->kind == SERVER_SLEEP && !lane->has_slept) {
        lane->has_slept = true;
        remark_sleep(lane, event->as.registration.lifetime_s);
    }
    if (ours || wanted) {
        note_address(lane, event);
    }
    if (has_links && (ours || wanted) && lane->registration != NULL) {
        formats_register(lane, &event->as.registration);
        keep_registration(lane, &row);
    }
    if (event->kind == SERVER_REGISTER && wanted) {
        take_first_registration(lane, event);
    } else if (lane->is_running) {
        take_in_case(lane, event, &row);
    }
}

/* A device that never registers. */

/** What may have kept a device from being taken; nothing without a cause. */
static void put_causes(FILE *stream, const struct lane *lane)
{
    if (lane->campaign->stranger[0] != '\0') {
        fprintf(stream,
                "a device did register, as '%s': put that into the profile "
                "(\"endpoint\") if it is the one\n",
                lane->campaign->stranger);
    }
    if (lane->refusal[0] != '\0') {
        fprintf(stream, "the last registration was refused: %s\n",
                lane->refusal);
    }
}

static void put_listening(FILE *stream, const struct lane *lane)
{
    const struct campaign *campaign = lane->campaign;
    struct server_statistics seen;

    server_statistics(campaign->server, &seen);
    fprintf(stream, "\nlistening on %s:%u (%s, UDP)\ndatagrams received: %llu",
            server_address(campaign->server), server_port(campaign->server),
            lane->profile->credentials.mode != SECURITY_NONE ? "coaps" : "coap",
            (unsigned long long)seen.datagrams_received);
    if (seen.datagrams_received > 0) {
        fprintf(stream, "; the last from %s: %s", seen.last_peer,
                seen.last_what);
    }
    fputc('\n', stream);
}

char *lane_diagnosis(const struct lane *lane)
{
    const char *name = lane->endpoint != NULL ? lane->endpoint : lane->wanted;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL) {
        return NULL;
    }
    fputs("no device registered", stream);
    if (name != NULL) {
        fprintf(stream, " as %s", name);
    }
    if (!lane->program->has_ended) {
        fprintf(
            stream, " within %llu s",
            (unsigned long long)(lane->campaign->config->register_ms / 1000));
    }
    put_listening(stream, lane);
    put_causes(stream, lane);
    /* What one program says of many devices is quoted once. */
    if (!lane->program->is_quoted) {
        char *words = campaign_device_words(lane->program);
        fputs(words != NULL ? words : "", stream);
        free(words);
    }
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/** Put a text for people into the journal, as the report's diagnosis. */
static void note(struct lane *lane, const char *text)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "text", text != NULL ? text : "");
    cJSON_AddBoolToObject(data, "diagnosis", true);
    lane_record(lane, JOURNAL_NOTE, data);
}

void lane_never_registered(struct lane *lane)
{
    char *text = lane_diagnosis(lane);

    lane->never_registered = true;
    lane->program->is_quoted = true;
    note(lane, text);
    free(text);
    if (lane->campaign->config->only_looks) {
        lane->stage = LANE_OVER; /* there is nothing that would have run */
    } else {
        lane_skip(lane, VERDICT_INCONC, "no device registered");
    }
}
