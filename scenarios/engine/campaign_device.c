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

const char *campaign_version(const struct campaign *campaign, uint16_t instance)
{
    for (size_t i = 0; i < campaign->ics.instance_count; i++) {
        if (campaign->ics.instances[i] == instance) {
            return campaign->versions[i];
        }
    }
    return "";
}

/** Keep every Current Version that is seen: recipes build on them. */
static void keep_versions(struct campaign *campaign,
                          const struct journal_event *event)
{
    struct view view;

    if (view_of_event(campaign->run.events, event,
                      campaign->config->definitions, &view,
                      NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < campaign->ics.instance_count; i++) {
        const struct lwm2m_record *record = record_list_find(
            &view.records,
            lwm2m_path_resource(OBJECT_AFU, campaign->ics.instances[i],
                                RESOURCE_VERSION));
        if (record != NULL && record->value.type == LWM2M_TYPE_STRING) {
            (void)snprintf(campaign->versions[i], sizeof(campaign->versions[i]),
                           "%s", record->value.as.data.bytes); /* cut */
        }
    }
    view_release(&view);
}

/** The instances of /33629 and other Objects in a registration. */
static void detect_links(struct campaign *campaign,
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
            ics_set(&campaign->ics, "obj", "true", false);
            if (path->depth == 2) {
                ics_add_instance(&campaign->ics, path->ids[1]);
            }
        } else if (path->ids[0] == OBJECT_FU) {
            ics_set(&campaign->ics, "obj5", "true", false);
        } else if (path->ids[0] == OBJECT_SERVER && path->depth == 2) {
            ics_note_server(&campaign->ics, path->ids[1]);
        }
    }
    link_list_release(&links);
    (void)snprintf(text, sizeof(text), "%zu", campaign->ics.instance_count);
    ics_set(&campaign->ics, "ninst", text, false);
    (void)snprintf(text, sizeof(text), "%u", campaign->ics.main_instance);
    ics_set(&campaign->ics, "main", "true", false);
    (void)snprintf(text, sizeof(text), "%u.%u", view->lwm2m_major,
                   view->lwm2m_minor);
    ics_set(&campaign->ics, "lwm2m", text, false);
    ics_set(&campaign->ics, "queue-mode", view->queue_mode ? "true" : "false",
            false);
}

static void begin_looking(struct campaign *campaign,
                          const struct server_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    campaign->endpoint = strdup(event->endpoint);
    server_timer_stop(campaign->server, campaign->register_timer);
    campaign->register_timer = 0;
    if (campaign->endpoint == NULL) {
        (void)reason_set(&reason, STATUS_NO_MEMORY, "out of memory");
        campaign_fail(campaign, &reason);
        return;
    }
    detect_links(campaign, &event->as.registration);
    if (campaign_prepare(campaign, NULL)) {
        campaign->is_running = true;
        runner_begin(&campaign->run);
    }
}

static void keep_registration(struct campaign *campaign,
                              const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    event_store_clear(campaign->registration);
    if (event_store_add(campaign->registration, event, &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
    }
}

static bool is_ours(const struct campaign *campaign,
                    const struct server_event *event)
{
    return campaign->endpoint != NULL && event->endpoint != NULL &&
           strcmp(campaign->endpoint, event->endpoint) == 0;
}

static bool is_wanted(const struct campaign *campaign,
                      const struct server_event *event)
{
    const char *wanted = campaign->config->profile->endpoint;

    return campaign->endpoint == NULL && event->endpoint != NULL &&
           (wanted == NULL || strcmp(wanted, event->endpoint) == 0);
}

/** What a device event changes in what we know of it. */
static void note_event(struct campaign *campaign,
                       const struct server_event *event)
{
    switch (event->kind) {
    case SERVER_REGISTER:
        campaign->is_registered = true;
        campaign->is_unreachable = false;
        campaign->heard_ms = event->time_ms;
        campaign->run.is_lost = false;
        break;
    case SERVER_DEREGISTER:
    case SERVER_EXPIRE:
        campaign->is_registered = false;
        break;
    case SERVER_UPDATE:
    case SERVER_RESPONSE:
    case SERVER_NOTIFICATION:
        campaign->is_unreachable = false; /* it is heard again */
        campaign->heard_ms = event->time_ms;
        break;
    case SERVER_TIMEOUT:
        /* An old request says nothing of a device that was heard since. */
        if (event->as.failure.sent_ms < campaign->heard_ms) {
            break;
        }
        campaign->run.is_lost = true;
        (void)snprintf(campaign->lost_why, sizeof(campaign->lost_why), "%s",
                       event->as.failure.why);
        break;
    default:
        break;
    }
}

void campaign_device_event(struct campaign *campaign,
                           const struct server_event *event)
{
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .endpoint = event->endpoint,
        .as.server = *event,
    };
    bool ours = is_ours(campaign, event);
    bool has_links =
        (event->kind == SERVER_REGISTER || event->kind == SERVER_UPDATE) &&
        event->as.registration.has_links;

    if (campaign->is_running) {
        row.as.server.id = run_local_id(&campaign->run, event->id);
    }
    if (ours) {
        note_event(campaign, event);
    }
    if (event->kind == SERVER_REGISTER && !ours &&
        !is_wanted(campaign, event) && event->endpoint != NULL) {
        (void)snprintf(campaign->stranger, sizeof(campaign->stranger), "%s",
                       event->endpoint); /* cut */
    }
    if (event->kind == SERVER_REFUSE && event->as.registration.reason != NULL) {
        (void)snprintf(campaign->refusal, sizeof(campaign->refusal), "%s",
                       event->as.registration.reason);
    }
    campaign_append(campaign, &row);
    if (has_links && (ours || is_wanted(campaign, event))) {
        formats_register(campaign, &event->as.registration);
        keep_registration(campaign, &row);
    }
    if (event->kind == SERVER_REGISTER && is_wanted(campaign, event)) {
        campaign->is_registered = true;
        begin_looking(campaign, event);
        return;
    }
    if (!campaign->is_running) {
        return;
    }
    if (event->kind == SERVER_RESPONSE && ours) {
        keep_versions(campaign, &row);
    }
    if (event->kind == SERVER_REGISTER && ours) {
        run_flush_pending(&campaign->run);
    }
    run_pump(&campaign->run);
}

/* A device that never registers. */

/** What may have kept a device from being taken; nothing without a cause. */
static void put_causes(FILE *stream, const struct campaign *campaign)
{
    if (campaign->stranger[0] != '\0') {
        fprintf(stream,
                "a device did register, as '%s': put that into the profile "
                "(\"endpoint\") if it is the one\n",
                campaign->stranger);
    }
    if (campaign->refusal[0] != '\0') {
        fprintf(stream, "the last registration was refused: %s\n",
                campaign->refusal);
    }
}

/** @return owned by the caller; NULL when memory ran out */
static char *diagnosis(const struct campaign *campaign)
{
    const struct profile *profile = campaign->config->profile;
    struct server_statistics seen;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL) {
        return NULL;
    }
    server_statistics(campaign->server, &seen);
    fputs("no device registered", stream);
    if (profile->endpoint != NULL) {
        fprintf(stream, " as %s", profile->endpoint);
    }
    if (!campaign->device_exited) {
        fprintf(stream, " within %llu s",
                (unsigned long long)(campaign->config->register_ms / 1000));
    }
    fprintf(stream, "\nlistening on %s:%u (%s, UDP)\ndatagrams received: %llu",
            server_address(campaign->server), server_port(campaign->server),
            profile->credentials.mode != SECURITY_NONE ? "coaps" : "coap",
            (unsigned long long)seen.datagrams_received);
    if (seen.datagrams_received > 0) {
        fprintf(stream, "; the last from %s: %s", seen.last_peer,
                seen.last_what);
    }
    fputc('\n', stream);
    put_causes(stream, campaign);
    char *words = campaign_device_words(campaign);
    fputs(words != NULL ? words : "", stream);
    free(words);
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

void campaign_note(struct campaign *campaign, const char *text)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "text", text != NULL ? text : "");
    cJSON_AddBoolToObject(data, "diagnosis", true);
    campaign_record(campaign, JOURNAL_NOTE, data);
}

void campaign_never_registered(struct campaign *campaign)
{
    char *text = diagnosis(campaign);
    struct reason reason = { .status = STATUS_OK };

    campaign->never_registered = true;
    campaign_note(campaign, text);
    free(text);
    if (plan_new(campaign->config, &campaign->plan, &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
        server_stop(campaign->server);
        return;
    }
    campaign_record(campaign, JOURNAL_PLAN, selection_json(campaign->plan));
    for (size_t i = 0; i < plan_count(campaign->plan); i++) {
        if (plan_at(campaign->plan, i)->runs) {
            campaign_verdict(campaign, plan_at(campaign->plan, i)->instance,
                             VERDICT_INCONC, 0, "no device registered");
        }
    }
    campaign_end(campaign);
}
