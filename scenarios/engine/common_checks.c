/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The common checks that look at the whole case: CC3 to CC6 of scenarios.md
 * 0.2; CC3 and CC4 by comparing the baseline with the final snapshot. CC1,
 * CC2, CC7 and CC8 are the oracle's, on every view. CC9 is ours: blocks of a
 * push that come late.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/run_private.h"

enum {
    OBJECT_AFU = 33629,
    OBJECT_DEVICE = 3,
    RESOURCE_UPDATE = 2,
    RESOURCE_REBOOT = 4,
    RESOURCE_LINKED = 16,
    STATE_IDLE = 0,
    STATE_DOWNLOADED = 2,
    STATE_UPDATING = 3,
    RESULT_INITIAL = 0,
    RESULT_UPDATED = 1,
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
    bool by_links[RUN_INSTANCES_MAX];      /* Update without an argument */
    bool was_updated[RUN_INSTANCES_MAX];   /* (I,1) was seen */
    bool was_rewritten[RUN_INSTANCES_MAX]; /* after an Update: the Result may
                                              be another one since */
    bool rebooted;                         /* by /3/0/4, or a Register came */
    bool was_told;                         /* … by /3/0/4 */
    bool updated; /* an Update was executed on someone */
};

/** The path of a request without an alternate root ("/lwm2m/3/0/4"). */
static bool path_of(const struct server_request_view *request,
                    struct lwm2m_path *out_path)
{
    const char *text = request->path;

    while (text != NULL && *text != '\0') {
        if (lwm2m_path_parse(text, strlen(text), out_path, NULL) == STATUS_OK) {
            return true;
        }
        text = strchr(text + 1, '/');
    }
    return false;
}

static bool is_resource(const struct lwm2m_path *path, uint16_t object,
                        uint16_t resource)
{
    return path->depth == 3 && path->ids[0] == object &&
           path->ids[2] == resource;
}

static size_t index_of(const struct run *run, unsigned instance)
{
    const struct ics *ics = &run->lane->ics;

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

/** What a view shows: (I,1), and whom Linked Instances announce. */
static void take_view(struct run *run, struct touched *touched,
                      const struct journal_event *event)
{
    const struct ics *ics = &run->lane->ics;
    struct view view;
    int state = -1;
    int result = -1;

    if (view_of_event(run->events, event, run_definitions(run), &view, NULL) !=
        STATUS_OK) {
        return;
    }
    ics_checks_view(run->lane, &view);
    for (size_t i = 0; i < ics->instance_count; i++) {
        view_pair(&view, ics->instances[i], &state, &result);
        touched->was_updated[i] =
            touched->was_updated[i] ||
            (state == STATE_IDLE && result == RESULT_UPDATED);
    }
    for (size_t i = 0; i < view.records.count; i++) {
        const struct lwm2m_record *record = &view.records.records[i];
        size_t index = index_of(run, record->path.ids[1]);
        if (record->path.ids[0] == OBJECT_AFU && record->path.depth == 4 &&
            record->path.ids[2] == RESOURCE_LINKED &&
            record->value.type == LWM2M_TYPE_OBJLNK &&
            index < RUN_INSTANCES_MAX && touched->by_links[index]) {
            touch(run, touched, record->value.as.link.instance);
        }
    }
    view_release(&view);
}

static void take_request(const struct run *run, struct touched *touched,
                         const struct server_request_view *request)
{
    struct lwm2m_path path;

    if (request->method == GET || !path_of(request, &path)) {
        return;
    }
    if (is_resource(&path, OBJECT_DEVICE, RESOURCE_REBOOT)) {
        touched->rebooted = true;
        touched->was_told = true;
    }
    if (path.ids[0] != OBJECT_AFU || path.depth < 2) {
        return;
    }
    touch(run, touched, path.ids[1]);
    if (touched->updated && request->method != POST &&
        index_of(run, path.ids[1]) < RUN_INSTANCES_MAX) {
        touched->was_rewritten[index_of(run, path.ids[1])] = true;
    }
    if (request->method == POST &&
        is_resource(&path, OBJECT_AFU, RESOURCE_UPDATE)) {
        size_t index = index_of(run, path.ids[1]);
        if (index < RUN_INSTANCES_MAX && request->payload_length == 0) {
            touched->by_links[index] = true;
        }
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

static void find_touched(struct run *run, struct touched *touched)
{
    for (size_t i = 0; i < event_store_count(run->events); i++) {
        const struct journal_event *event = event_store_at(run->events, i);
        if ((int)event->kind == SERVER_REQUEST) {
            take_request(run, touched, &event->as.server.as.request);
        } else if ((int)event->kind == SERVER_REGISTER) {
            touched->rebooted = true;
        } else if (event->kind == JOURNAL_HOOK_BEGIN) {
            touched->was_told = true; /* power may have been cut */
        } else if (event->kind == JOURNAL_TRANSFER_BEGIN) {
            const cJSON *part = NULL;
            ics_checks_package(run->lane, cJSON_GetStringValue(
                                              cJSON_GetObjectItemCaseSensitive(
                                                  event->as.data, "package")));
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
    for (size_t i = 0; i < event_store_count(run->events); i++) {
        const struct journal_event *event = event_store_at(run->events, i);
        if ((int)event->kind == SERVER_RESPONSE) {
            take_view(run, touched, event);
        }
    }
    for (size_t i = 0; touched->updated && !touched->was_told &&
                       i < run->lane->ics.instance_count;
         i++) {
        if (touched->was_updated[i]) {
            ics_checks_update(run->lane, touched->rebooted);
            return;
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

static int number_of(const cJSON *data, uint16_t instance, const char *resource)
{
    const cJSON *item = value(data, instance, resource);

    return cJSON_IsNumber(item) ? item->valueint : -1;
}

/** What the change of a bystander's State or Result over a reboot is worth. */
static enum finding_level level_over_reboot(const struct run *run,
                                            uint16_t instance,
                                            const cJSON *before,
                                            const cJSON *after)
{
    int was = number_of(before, instance, "3");
    int is = number_of(after, instance, "3");

    if (was == STATE_DOWNLOADED && is == STATE_IDLE) {
        return ics_holds(&run->lane->ics, "persist") ? FINDING_FAIL
                                                     : FINDING_WARNING;
    }
    /* A Result need not survive: AFU-PER-003, AFU-PER-004. */
    return was == STATE_IDLE && is == STATE_IDLE &&
                   number_of(after, instance, "5") == RESULT_INITIAL
               ? FINDING_PASS
               : FINDING_FAIL;
}

/** CC3: State, Result and Current Version of a bystander. */
static void check_bystander(struct run *run, const struct touched *touched,
                            uint16_t instance, const cJSON *before,
                            const cJSON *after)
{
    static const char *const resources[] = { "3", "5", "15" };
    enum finding_level level = FINDING_FAIL;
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
        level = touched->rebooted && i < 2
                    ? level_over_reboot(run, instance, before, after)
                    : FINDING_FAIL;
        if (level == FINDING_PASS) {
            continue;
        }
        (void)snprintf(subject, sizeof(subject), "/33629/%u/%s", instance,
                       resources[i]);
        show(old, was, sizeof(was));
        show(new, is, sizeof(is));
        (void)snprintf(expected, sizeof(expected),
                       "a component that is not addressed stays at %s", was);
        report(run, level, level == FINDING_WARNING ? "AFU-095" : "AFU-177",
               "CC3", subject, expected, is);
        if (i == 0) {
            i++; /* its Result goes with the State */
        }
    }
}

/** Whether a changed Current Version goes with a successful update: (I,1) was
 *  seen, or its Result may be gone since (a reset, a reboot, a download). */
static bool was_successful(const struct touched *touched, size_t index,
                           uint16_t instance, const cJSON *after)
{
    return touched->updated &&
           (touched->was_updated[index] || touched->was_rewritten[index] ||
            number_of(after, instance, "5") <= RESULT_INITIAL ||
            number_of(after, instance, "3") == STATE_UPDATING);
}

/** CC4: the version of a component only changes with (I,1), and /3/0/3 only
 *  with that of the main component. */
static void check_versions(struct run *run, const struct touched *touched,
                           const cJSON *before, const cJSON *after)
{
    const struct ics *ics = &run->lane->ics;
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
        if (changed && !was_successful(touched, i, ics->instances[i], after)) {
            (void)snprintf(subject, sizeof(subject), "/33629/%u/15",
                           ics->instances[i]);
            show(now, is, sizeof(is));
            report(run, FINDING_FAIL, "AFU-015", "CC4", subject,
                   "Current Version changes only with a successful update", is);
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
    const struct event_store *store = run->lane->registration;
    const struct ics *ics = &run->lane->ics;
    bool seen[RUN_INSTANCES_MAX] = { false };
    struct link_list links;
    size_t extra = 0;
    size_t listed = 0;

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
            listed++;
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
    /* One that lists none says nothing about the set: AFU-OBJ-001. */
    if (extra > 0 && listed > 0) {
        report(run, FINDING_WARNING, "AFU-005", "CC5", "/33629",
               "the set of instances never changes",
               "the newest registration lists another set");
    }
}

/* CC6: the device answers, and comes back. */

static const struct journal_event *answer_to(const struct run *run,
                                             const struct journal_event *event)
{
    for (size_t i = event_store_count(run->events); i-- > 0;) {
        const struct journal_event *row = event_store_at(run->events, i);
        if ((int)row->kind == SERVER_RESPONSE &&
            row->as.server.id == event->as.server.id) {
            return row;
        }
    }
    return NULL;
}

/** Whether the request may make the device go away for a while. */
static bool is_departure(const struct run *run,
                         const struct journal_event *event)
{
    struct lwm2m_path path;

    if ((int)event->kind != SERVER_REQUEST ||
        event->as.server.as.request.method != POST ||
        !path_of(&event->as.server.as.request, &path) ||
        (!is_resource(&path, OBJECT_AFU, RESOURCE_UPDATE) &&
         !is_resource(&path, OBJECT_DEVICE, RESOURCE_REBOOT))) {
        return false;
    }
    const struct journal_event *answer = answer_to(run, event);
    return answer == NULL || answer->as.server.as.response.code >> 5 == 2;
}

static bool is_without_firmware(const struct run *run)
{
    return run->test_case != NULL && run->test_case->is_without_firmware;
}

/** The requirement of CC6: that of the case's own object. */
static const char *answering(const struct run *run)
{
    return is_without_firmware(run) ? "LWM-101" : "AFU-175";
}

/** Whether it said that it sleeps, and listens for less time than all of our
 *  retransmissions take: each may fall between two of its waking times. */
static bool may_miss(const struct run *run)
{
    const struct event_store *last = run->lane->registration;

    return event_store_count(last) > 0 &&
           event_store_at(last, 0)->as.server.as.registration.queue_mode &&
           run_profile(run)->limits_ms[LIMIT_AWAKE] < SERVER_AWAKE_MS;
}

/** A Read without an answer, while nothing explains an absence. */
static void check_silence(struct run *run)
{
    const bool may_sleep = may_miss(run);
    bool is_away = false;

    for (size_t i = 0; i < event_store_count(run->events); i++) {
        const struct journal_event *event = event_store_at(run->events, i);
        if (is_departure(run, event) || (int)event->kind == SERVER_DEREGISTER ||
            (int)event->kind == SERVER_SLEEP) {
            is_away = true;
        } else if ((int)event->kind == SERVER_REGISTER ||
                   (int)event->kind == SERVER_WAKE) {
            is_away = false;
        } else if ((int)event->kind == SERVER_TIMEOUT && !is_away &&
                   !event->as.server.as.failure.has_changed) {
            const struct journal_event *request =
                request_of_event(run->events, event);
            if (request != NULL &&
                request->as.server.as.request.method == GET) {
                report(run, may_sleep ? FINDING_INCONC : FINDING_FAIL,
                       answering(run), "CC6",
                       request->as.server.as.request.path,
                       "a Read is answered within the exchange lifetime",
                       event->as.server.as.failure.is_answered
                           ? event->as.server.as.failure.why
                       : may_sleep ? "no answer, in queue mode: it may sleep"
                                   : "no answer");
                return;
            }
        }
    }
}

/** When a device that goes at this event must be back; 0: it does not go. */
static uint64_t return_due(const struct run *run,
                           const struct journal_event *event, bool is_updating)
{
    const struct profile *profile = run_profile(run);
    struct lwm2m_path path;

    if ((int)event->kind == SERVER_DEREGISTER) {
        /* One that was disabled stays away for the time it was told. */
        bool may_be_disabled = is_without_firmware(run);
        return event->time_ms +
               profile->limits_ms[is_updating ? LIMIT_UPDATE : LIMIT_BOOT] +
               (may_be_disabled ? profile->limits_ms[LIMIT_LIFETIME] : 0);
    }
    const struct journal_event *request =
        (int)event->kind == SERVER_RESPONSE &&
                event->as.server.as.response.code >> 5 == 2
            ? request_of_event(run->events, event)
            : NULL;
    return request != NULL && request->as.server.as.request.method == POST &&
                   path_of(&request->as.server.as.request, &path) &&
                   is_resource(&path, OBJECT_DEVICE, RESOURCE_REBOOT)
               ? event->time_ms + profile->limits_ms[LIMIT_BOOT]
               : 0;
}

/** No registration in time after a De-register or an accepted /3/0/4. */
static void check_return(struct run *run)
{
    uint64_t due_ms = 0;
    bool is_updating = false;

    for (size_t i = 0; i < event_store_count(run->events); i++) {
        const struct journal_event *event = event_store_at(run->events, i);
        uint64_t goes_ms = return_due(run, event, is_updating);
        is_updating = is_updating || is_departure(run, event);
        /* What waits for the device gives up in that millisecond. */
        if (due_ms != 0 && event->time_ms >= due_ms &&
            (int)event->kind != SERVER_REGISTER &&
            (int)event->kind != SERVER_RESPONSE) {
            report(run, FINDING_FAIL, answering(run), "CC6", "registration",
                   "the device registers again within T_BOOT of a reboot",
                   "it did not");
            return;
        }
        if (goes_ms != 0) {
            due_ms = goes_ms;
        } else if ((int)event->kind == SERVER_REGISTER ||
                   (int)event->kind == SERVER_RESPONSE) {
            due_ms = 0; /* it is back, or did not go */
        }
    }
}

/** A step that disturbs messages, the network or the device. */
static bool is_disturbing(const struct journal_event *event)
{
    static const char *const verbs[] = { "impair", "control", "power" };
    const char *verb =
        event->kind == JOURNAL_STEP_BEGIN ? journal_text(event, "verb") : NULL;

    for (size_t i = 0; verb != NULL && i < sizeof(verbs) / sizeof(verbs[0]);
         i++) {
        if (strcmp(verbs[i], verb) == 0) {
            return true;
        }
    }
    return false;
}

/** Blocks of pushes that were neither answered nor acknowledged in time: the
 *  sender sends them again, and a device that is slow has more to do. */
static void check_latency(struct run *run)
{
    for (size_t i = 0; i < event_store_count(run->events); i++) {
        const struct journal_event *event = event_store_at(run->events, i);
        if (is_disturbing(event)) {
            return; /* what is late from here on may be so by that */
        }
        const cJSON *late =
            event->kind == JOURNAL_TRANSFER_END
                ? cJSON_GetObjectItemCaseSensitive(event->as.data, "late")
                : NULL;
        const cJSON *first = cJSON_GetArrayItem(late, 0);
        if (first == NULL) {
            continue;
        }
        bool acknowledged = cJSON_IsTrue(
            cJSON_GetObjectItemCaseSensitive(first, "acknowledged"));
        char expected[TEXT_SIZE];
        char observed[TEXT_SIZE];
        (void)snprintf(expected, sizeof(expected),
                       "an answer or an empty ACK to each block within %llu "
                       "ms",
                       (unsigned long long)run_profile(run)
                           ->limits_ms[LIMIT_ACK]); /* fits */
        (void)snprintf(
            observed, sizeof(observed),
            "%s to block %.0f came after %.0f ms; %.0f such blocks",
            acknowledged ? "the ACK" : "the answer",
            cJSON_GetNumberValue(
                cJSON_GetObjectItemCaseSensitive(first, "number")),
            cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(first, "ms")),
            journal_number(event, "late-count", 1)); /* fits */
        const struct finding finding = { .level = FINDING_WARNING,
                                         .requirement = "LWM-115",
                                         .check = "CC9",
                                         .subject = "push",
                                         .expected = expected,
                                         .observed = observed,
                                         .evidence = { event->sequence },
                                         .evidence_count = 1 };
        runner_finding(run, &finding, false);
        return;
    }
}

void common_checks(struct run *run)
{
    const struct ics *ics = &run->lane->ics;
    const cJSON *before = snapshot(run, "baseline");
    const cJSON *after = snapshot(run, "final");
    struct touched touched = { .rebooted = false };

    check_silence(run);
    check_return(run);
    check_latency(run);
    if (is_without_firmware(run)) {
        return;
    }
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
