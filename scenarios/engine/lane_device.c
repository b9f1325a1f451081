/* SPDX-License-Identifier: Apache-2.0 */

/* What the device under test says and does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/selection.h"

enum {
    OBJECT_SERVER = 1,
    OBJECT_AFU = 33629,
    OBJECT_FU = 5,
    RESOURCE_VERSION = 15
};

const char *lane_version(const struct lane *lane, uint16_t instance)
{
    for (size_t i = 0; i < lane->ics.instance_count; i++) {
        if (lane->ics.instances[i] == instance) {
            return lane->versions[i];
        }
    }
    return "";
}

/** Keep every Current Version that is seen: recipes build on them. */
static void keep_versions(struct lane *lane, const struct journal_event *event)
{
    struct view view;

    if (view_of_event(lane->run.events, event,
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

/** The instances of /33629 and other Objects in a registration. */
static void detect_links(struct lane *lane,
                         const struct server_registration_view *view)
{
    struct link_list links;
    char text[16];

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
                ics_add_instance(&lane->ics, path->ids[1]);
            }
        } else if (path->ids[0] == OBJECT_FU) {
            ics_set(&lane->ics, "obj5", "true", false);
        } else if (path->ids[0] == OBJECT_SERVER && path->depth == 2) {
            ics_note_server(&lane->ics, path->ids[1]);
        }
    }
    link_list_release(&links);
    (void)snprintf(text, sizeof(text), "%zu", lane->ics.instance_count);
    ics_set(&lane->ics, "ninst", text, false);
    (void)snprintf(text, sizeof(text), "%u", lane->ics.main_instance);
    ics_set(&lane->ics, "main", "true", false);
    (void)snprintf(text, sizeof(text), "%u.%u", view->lwm2m_major,
                   view->lwm2m_minor);
    ics_set(&lane->ics, "lwm2m", text, false);
    ics_set(&lane->ics, "queue-mode", view->queue_mode ? "true" : "false",
            false);
}

static void begin_looking(struct lane *lane, const struct server_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    lane->endpoint = strdup(event->endpoint);
    if (lane->endpoint == NULL) {
        (void)reason_set(&reason, STATUS_NO_MEMORY, "out of memory");
        campaign_fail(lane->campaign, &reason);
        return;
    }
    detect_links(lane, &event->as.registration);
    if (lane->campaign->console != NULL &&
        lane->profile->component_count == 0) {
        return; /* any device: it gets no request that nobody asked for */
    }
    if (lane_prepare(lane, NULL)) {
        lane->is_running = true;
        runner_begin(&lane->run);
    }
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

bool lane_is_named(const struct lane *lane, const char *endpoint)
{
    const char *name =
        lane->endpoint != NULL ? lane->endpoint : lane->profile->endpoint;

    return name == NULL || strcmp(name, endpoint) == 0;
}

static bool is_ours(const struct lane *lane, const struct server_event *event)
{
    return lane->endpoint != NULL && event->endpoint != NULL &&
           strcmp(lane->endpoint, event->endpoint) == 0;
}

static bool is_wanted(const struct lane *lane, const struct server_event *event)
{
    const char *wanted = lane->profile->endpoint;

    return lane->endpoint == NULL && !lane->never_registered &&
           event->endpoint != NULL &&
           (wanted == NULL || strcmp(wanted, event->endpoint) == 0);
}

/** What a device event changes in what we know of it. */
static void note_event(struct lane *lane, const struct server_event *event)
{
    switch (event->kind) {
    case SERVER_REGISTER:
        lane->is_registered = true;
        lane->is_unreachable = false;
        lane->heard_ms = event->time_ms;
        lane->run.is_lost = false;
        break;
    case SERVER_DEREGISTER:
    case SERVER_EXPIRE:
        lane->is_registered = false;
        break;
    case SERVER_UPDATE:
    case SERVER_RESPONSE:
    case SERVER_NOTIFICATION:
    case SERVER_SEND:
        lane->is_unreachable = false; /* it is heard again */
        lane->heard_ms = event->time_ms;
        break;
    case SERVER_TIMEOUT:
        /* An old request says nothing of a device that was heard since. */
        if (event->as.failure.sent_ms < lane->heard_ms) {
            break;
        }
        lane->run.is_lost = true;
        (void)snprintf(lane->lost_why, sizeof(lane->lost_why), "%s",
                       event->as.failure.why);
        break;
    default:
        break;
    }
}

void lane_device_event(struct lane *lane, const struct server_event *event)
{
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .endpoint = event->endpoint,
        .as.server = *event,
    };
    bool ours = is_ours(lane, event);
    bool has_links =
        (event->kind == SERVER_REGISTER || event->kind == SERVER_UPDATE) &&
        event->as.registration.has_links;

    if (lane->is_running) {
        row.as.server.id = run_local_id(&lane->run, event->id);
    }
    if (ours) {
        note_event(lane, event);
    }
    if (event->kind == SERVER_REGISTER && !ours && !is_wanted(lane, event) &&
        event->endpoint != NULL) {
        (void)snprintf(lane->campaign->stranger,
                       sizeof(lane->campaign->stranger), "%s",
                       event->endpoint); /* cut */
    }
    if (event->kind == SERVER_REFUSE && event->as.registration.reason != NULL) {
        (void)snprintf(lane->refusal, sizeof(lane->refusal), "%s",
                       event->as.registration.reason);
    }
    lane_append(lane, &row);
    if (has_links && (ours || is_wanted(lane, event))) {
        formats_register(lane, &event->as.registration);
        keep_registration(lane, &row);
    }
    if (event->kind == SERVER_REGISTER && is_wanted(lane, event)) {
        lane->is_registered = true;
        begin_looking(lane, event);
        return;
    }
    if (!lane->is_running) {
        return;
    }
    if (event->kind == SERVER_RESPONSE && ours) {
        keep_versions(lane, &row);
    }
    if (event->kind == SERVER_REGISTER && ours) {
        run_flush_pending(&lane->run);
    }
    run_pump(&lane->run);
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

char *lane_diagnosis(const struct lane *lane)
{
    const struct profile *profile = lane->profile;
    struct server_statistics seen;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL) {
        return NULL;
    }
    server_statistics(lane->campaign->server, &seen);
    fputs("no device registered", stream);
    if (profile->endpoint != NULL) {
        fprintf(stream, " as %s", profile->endpoint);
    }
    if (!lane->program->has_ended) {
        fprintf(
            stream, " within %llu s",
            (unsigned long long)(lane->campaign->config->register_ms / 1000));
    }
    fprintf(stream, "\nlistening on %s:%u (%s, UDP)\ndatagrams received: %llu",
            server_address(lane->campaign->server),
            server_port(lane->campaign->server),
            profile->credentials.mode != SECURITY_NONE ? "coaps" : "coap",
            (unsigned long long)seen.datagrams_received);
    if (seen.datagrams_received > 0) {
        fprintf(stream, "; the last from %s: %s", seen.last_peer,
                seen.last_what);
    }
    fputc('\n', stream);
    put_causes(stream, lane);
    char *words = campaign_device_words(lane->program);
    fputs(words != NULL ? words : "", stream);
    free(words);
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
    struct reason reason = { .status = STATUS_OK };

    lane->never_registered = true;
    note(lane, text);
    free(text);
    lane->is_over = true;
    if (lane->campaign->config->only_looks) {
        return; /* there is nothing that would have run */
    }
    if (plan_new(lane->campaign->config, &lane->plan, &reason) != STATUS_OK) {
        campaign_fail(lane->campaign, &reason);
        server_stop(lane->campaign->server);
        return;
    }
    lane_record(lane, JOURNAL_PLAN, selection_json(lane->plan));
    for (size_t i = 0; i < plan_count(lane->plan); i++) {
        if (plan_at(lane->plan, i)->runs) {
            lane_verdict(lane, plan_at(lane->plan, i)->instance, VERDICT_INCONC,
                         0, "no device registered");
        }
    }
}
