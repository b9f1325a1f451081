/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The common checks that look at the whole case: CC3, CC4 and CC5 of
 * scenarios.md 0.2, by comparing the baseline with the final snapshot. CC1,
 * CC2, CC7 and CC8 are the oracle's, on every view; CC6 is below as well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/run_private.h"

enum {
    OBJECT_AFU = 33629,
    GET = 1,
    POST = 2,
    PUT = 3,
    TEXT_SIZE = 200,
};

static const cJSON *snapshot(const struct run *run, const char *name)
{
    for (size_t i = event_store_count(run->events); i-- > 0;) {
        const struct journal_event *event = event_store_at(run->events, i);
        const char *text = event->kind == JOURNAL_SNAPSHOT
                               ? journal_text(event, "name")
                               : NULL;
        if (text != NULL && strcmp(text, name) == 0) {
            return event->as.data;
        }
    }
    return NULL;
}

static const cJSON *value(const cJSON *data, uint16_t instance,
                          const char *resource)
{
    char key[8];

    (void)snprintf(key, sizeof(key), "%u", instance);
    return cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(data, "instances"), key),
        resource);
}

/** Instances that something was done to: bit i of the mask. */
struct touched {
    bool instances[RUN_INSTANCES_MAX];
    bool rebooted;
    bool updated; /* an Update was executed on someone */
};

static size_t index_of(const struct run *run, unsigned instance)
{
    const struct ics *ics = &run->campaign->ics;

    for (size_t i = 0; i < ics->instance_count; i++) {
        if (ics->instances[i] == instance) {
            return i;
        }
    }
    return RUN_INSTANCES_MAX;
}

static void touch(const struct run *run, struct touched *touched,
                  unsigned instance)
{
    size_t index = index_of(run, instance);

    if (index < RUN_INSTANCES_MAX) {
        touched->instances[index] = true;
    }
}

/** Instances named in an argument list or in Linked Instances. */
static void touch_text(const struct run *run, struct touched *touched,
                       const char *text, const char *mark)
{
    for (const char *at = strstr(text, mark); at != NULL;
         at = strstr(at + 1, mark)) {
        touch(run, touched, (unsigned)strtoul(at + strlen(mark), NULL, 10));
    }
}

/** An instance that Linked Instances of an updated one showed in this case. */
static void touch_links(const struct run *run, struct touched *touched,
                        const struct journal_event *event)
{
    struct view view;

    if (view_of_event(run->events, event, run_definitions(run), &view, NULL) !=
        STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < view.records.count; i++) {
        const struct lwm2m_record *record = &view.records.records[i];
        if (record->path.ids[0] == OBJECT_AFU && record->path.depth == 4 &&
            record->path.ids[2] == 16 &&
            record->value.type == LWM2M_TYPE_OBJLNK) {
            touch(run, touched, record->value.as.link.instance);
        }
    }
    view_release(&view);
}

static void take_request(const struct run *run, struct touched *touched,
                         const struct server_request_view *request)
{
    unsigned object = 0;
    unsigned instance = 0;
    unsigned resource = 0;
    const char *path = strstr(request->path, "/33629/");

    if (strcmp(request->path, "/3/0/4") == 0 && request->method == POST) {
        touched->rebooted = true;
    }
    if (path == NULL || request->method == GET ||
        sscanf(path, "/%u/%u/%u", &object, &instance, &resource) < 2) {
        return;
    }
    touch(run, touched, instance);
    if (request->method == POST && resource == 2) {
        char text[512] = "";
        size_t length = request->payload_length < sizeof(text) - 1
                            ? request->payload_length
                            : sizeof(text) - 1;
        if (request->payload != NULL && length > 0) {
            memcpy(text, request->payload, length);
            text[length] = '\0';
        }
        touched->updated = true;
        touch_text(run, touched, text, "</33629/");
    }
}

static void find_touched(const struct run *run, struct touched *touched)
{
    for (size_t i = 0; i < event_store_count(run->events); i++) {
        const struct journal_event *event = event_store_at(run->events, i);
        if ((int)event->kind == SERVER_REQUEST) {
            take_request(run, touched, &event->as.server.as.request);
        } else if ((int)event->kind == SERVER_REGISTER) {
            touched->rebooted = true;
        } else if ((int)event->kind == SERVER_RESPONSE) {
            touch_links(run, touched, event);
        } else if (event->kind == JOURNAL_TRANSFER_BEGIN) {
            const cJSON *part = NULL;
            cJSON_ArrayForEach(
                part, cJSON_GetObjectItemCaseSensitive(event->as.data, "parts"))
            {
                const cJSON *number =
                    cJSON_GetObjectItemCaseSensitive(part, "instance");
                touch(run, touched,
                      cJSON_IsNumber(number) ? (unsigned)number->valueint
                                             : UINT16_MAX);
            }
        }
    }
}

static void report(struct run *run, enum finding_level level,
                   const char *requirement, const char *check,
                   const char *subject, const char *expected,
                   const char *observed)
{
    const struct finding finding = { .level = level,
                                     .requirement = requirement,
                                     .check = check,
                                     .subject = subject,
                                     .expected = expected,
                                     .observed = observed };

    runner_finding(run, &finding, false);
}

static void show(const cJSON *item, char *buffer, size_t size)
{
    char *text = item != NULL ? cJSON_PrintUnformatted(item) : NULL;

    (void)snprintf(buffer, size, "%s", text != NULL ? text : "(absent)");
    cJSON_free(text);
}

/** CC3: State, Result and Current Version of a bystander. */
static void check_bystander(struct run *run, const struct touched *touched,
                            uint16_t instance, const cJSON *before,
                            const cJSON *after)
{
    static const char *const resources[] = { "3", "5", "15" };
    char subject[32];
    char was[TEXT_SIZE];
    char is[TEXT_SIZE];
    char expected[TEXT_SIZE + 64];

    for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
        const cJSON *old = value(before, instance, resources[i]);
        const cJSON *new = value(after, instance, resources[i]);
        if (old == NULL || new == NULL || cJSON_Compare(old, new, true)) {
            continue;
        }
        (void)snprintf(subject, sizeof(subject), "/33629/%u/%s", instance,
                       resources[i]);
        show(old, was, sizeof(was));
        show(new, is, sizeof(is));
        (void)snprintf(expected, sizeof(expected),
                       "a component that is not addressed stays at %s", was);
        /* Over a reboot a package may be dropped, and R is not defined to
         * survive: AFU-095, PER-003, PER-004. */
        bool over_reboot = touched->rebooted && i < 2;
        report(run, over_reboot ? FINDING_WARNING : FINDING_FAIL,
               over_reboot ? "AFU-095" : "AFU-177", "CC3", subject, expected,
               is);
    }
}

/** CC4: the version of a component only changes by an update, and /3/0/3 only
 *  with that of the main component. */
static void check_versions(struct run *run, const struct touched *touched,
                           const cJSON *before, const cJSON *after)
{
    const struct ics *ics = &run->campaign->ics;
    const cJSON *old = cJSON_GetObjectItemCaseSensitive(before, "firmware");
    const cJSON *new = cJSON_GetObjectItemCaseSensitive(after, "firmware");
    char subject[32];
    char is[TEXT_SIZE];
    bool main_changed = false;

    for (size_t i = 0; i < ics->instance_count; i++) {
        const cJSON *was = value(before, ics->instances[i], "15");
        const cJSON *now = value(after, ics->instances[i], "15");
        bool changed =
            was != NULL && now != NULL && !cJSON_Compare(was, now, true);
        if (ics->instances[i] == ics->main_instance) {
            main_changed = changed || was == NULL || now == NULL;
        }
        if (changed && !touched->updated) {
            (void)snprintf(subject, sizeof(subject), "/33629/%u/15",
                           ics->instances[i]);
            show(now, is, sizeof(is));
            report(run, FINDING_FAIL, "AFU-015", "CC4", subject,
                   "Current Version changes only by an update", is);
        }
    }
    if (cJSON_IsString(old) && cJSON_IsString(new) && !main_changed &&
        strcmp(old->valuestring, new->valuestring) != 0) {
        show(new, is, sizeof(is));
        report(run, FINDING_WARNING, "AFU-016", "CC4", "/3/0/3",
               "/3/0/3 changes only together with the main component", is);
    }
}

/** CC5: the set of instances in the newest registration. */
static void check_instances(struct run *run)
{
    const struct event_store *store = run->campaign->registration;
    const struct ics *ics = &run->campaign->ics;
    bool seen[RUN_INSTANCES_MAX] = { false };
    struct link_list links;
    size_t extra = 0;

    if (event_store_count(store) == 0) {
        return;
    }
    const struct server_registration_view *view =
        &event_store_at(store, 0)->as.server.as.registration;
    link_list_init(&links);
    if (link_list_parse((const char *)view->links, view->links_length, NULL,
                        &links, NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < links.count; i++) {
        const struct lwm2m_path *path = &links.links[i].path;
        if (links.links[i].is_lwm2m && path->depth == 2 &&
            path->ids[0] == OBJECT_AFU) {
            size_t index = index_of(run, path->ids[1]);
            if (index < RUN_INSTANCES_MAX) {
                seen[index] = true;
            } else {
                extra++;
            }
        }
    }
    link_list_release(&links);
    for (size_t i = 0; i < ics->instance_count; i++) {
        extra += seen[i] ? 0 : 1;
    }
    if (extra > 0) {
        report(run, FINDING_WARNING, "AFU-005", "CC5", "/33629",
               "the set of instances never changes",
               "the newest registration lists another set");
    }
}

void common_checks(struct run *run)
{
    const struct ics *ics = &run->campaign->ics;
    const cJSON *before = snapshot(run, "baseline");
    const cJSON *after = snapshot(run, "final");
    struct touched touched = { .rebooted = false };

    check_instances(run);
    if (before == NULL || after == NULL) {
        return; /* the snapshot's own finding says why */
    }
    find_touched(run, &touched);
    for (size_t i = 0; i < ics->instance_count; i++) {
        if (!touched.instances[i]) {
            check_bystander(run, &touched, ics->instances[i], before, after);
        }
    }
    check_versions(run, &touched, before, after);
}
