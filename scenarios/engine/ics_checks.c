/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the profile says of the device against what the look and the cases
 * saw: afu.md section 2. A contradiction is a warning of the campaign, once:
 * it is the statement that is wrong, or else a case says so, too.
 */
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/ics_items.h"

enum {
    OBJECT_AFU = 33629,
    RESOURCE_LINKED = 16,
    STATE_IDLE = 0,
    STATE_DOWNLOADED = 2,
    RESULT_UPDATED = 1,
    RESULT_FAILED = 8,
    TEXT_SIZE = 160,
    CHECK_SIZE = 48,
};

/** Items that may legally show in some States only. */
static const struct {
    const char *item;
    uint16_t resource;
} late[] = {
    { "pkgname", 6 }, { "pkgver", 7 }, { "link", 16 }, { "conf", 17 }
};

enum { LATE_COUNT = sizeof(late) / sizeof(late[0]) };

static void contradict(struct lane *lane, const char *item,
                       const char *requirement, const char *expected,
                       const char *observed)
{
    char check[CHECK_SIZE];

    (void)snprintf(check, sizeof(check), "ics.%s", item); /* fits */
    const struct finding finding = { .level = FINDING_WARNING,
                                     .requirement = requirement,
                                     .check = check,
                                     .subject = lane->endpoint,
                                     .expected = expected,
                                     .observed = observed };
    lane_outside_finding(lane, &finding);
}

static bool is_late(const char *name)
{
    for (size_t i = 0; i < LATE_COUNT; i++) {
        if (strcmp(late[i].item, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_protocol(const char *name)
{
    const struct ics_type *proto = ics_type("proto");

    for (size_t i = 0; proto->words[i] != NULL; i++) {
        if (strcmp(proto->words[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/** Whether the value that was seen contradicts the one that is declared. */
static bool contradicts(const struct ics *ics, const struct ics_item *item)
{
    const struct ics_item *listed = ics_item(ics, "protocols");
    const char *name = item->name;
    bool is_choice = strcmp(name, "push") == 0 || strcmp(name, "pull") == 0 ||
                     is_protocol(name);

    if (item->how != ICS_DECLARED || item->seen[0] == '\0' ||
        strcmp(item->seen, item->value) == 0 || is_late(name) ||
        strcmp(name, "server") == 0 || strcmp(name, "proto") == 0) {
        return false; /* which instance is ours, is declared */
    }
    if (is_protocol(name) &&
        (listed == NULL || strcmp(listed->seen, "true") != 0)) {
        return false; /* without resource 8 the device does not say */
    }
    /* What the device has need not be used, but must be there to be. */
    return !is_choice || ics_value_holds(name, item->value);
}

static void check_item(struct lane *lane, const struct ics_item *item)
{
    char expected[TEXT_SIZE];
    char observed[TEXT_SIZE];

    if (!contradicts(&lane->ics, item)) {
        return;
    }
    (void)snprintf(expected, sizeof(expected), "%s: %s, as the profile says",
                   item->name, item->value); /* fits */
    (void)snprintf(observed, sizeof(observed), "the device shows %s",
                   item->seen); /* fits */
    contradict(lane, item->name, "", expected, observed);
}

static void check_components(struct lane *lane)
{
    const struct profile *profile = lane->profile;
    const struct ics *ics = &lane->ics;
    char expected[TEXT_SIZE];

    for (size_t i = 0; i < profile->component_count; i++) {
        const struct profile_component *row = &profile->components[i];
        if (ics_has_instance(ics, row->instance)) {
            continue;
        }
        (void)snprintf(expected, sizeof(expected),
                       "component %s is /33629/%u, as the profile says",
                       row->name, row->instance); /* fits */
        contradict(lane, "components", "", expected,
                   "the registration lists other instances, and not this one: "
                   "its cases do not apply");
    }
}

void ics_checks_begin(struct lane *lane)
{
    if (!lane->ics.is_known) {
        return;
    }
    check_components(lane);
    for (size_t i = 0; i < lane->ics.count; i++) {
        check_item(lane, &lane->ics.items[i]);
    }
}

void ics_checks_view(struct lane *lane, const struct view *view)
{
    const struct ics *ics = &lane->ics;
    struct ics_seen *seen = &lane->ics_seen;

    for (size_t i = 0; i < ics->instance_count; i++) {
        int state = -1;
        int result = -1;
        view_pair(view, ics->instances[i], &state, &result);
        seen->failed_idle = seen->failed_idle ||
                            (state == STATE_IDLE && result == RESULT_FAILED);
        seen->failed_downloaded =
            seen->failed_downloaded ||
            (state == STATE_DOWNLOADED && result == RESULT_FAILED);
        if (state != STATE_DOWNLOADED || view->base.depth > 2) {
            continue; /* only a Read of all of it shows what is absent */
        }
        seen->downloaded = true;
        for (size_t j = 0; j < LATE_COUNT; j++) {
            seen->shown[j] = seen->shown[j] ||
                             record_list_has(&view->records,
                                             lwm2m_path_resource(
                                                 OBJECT_AFU, ics->instances[i],
                                                 late[j].resource));
        }
    }
    for (size_t i = 0; i < view->records.count; i++) {
        const struct lwm2m_record *record = &view->records.records[i];
        seen->linked =
            seen->linked ||
            (record->path.ids[0] == OBJECT_AFU && record->path.depth == 4 &&
             record->path.ids[2] == RESOURCE_LINKED &&
             record->value.type == LWM2M_TYPE_OBJLNK);
    }
}

void ics_checks_package(struct lane *lane, const char *name)
{
    lane->ics_seen.sent_linking = lane->ics_seen.sent_linking ||
                                  (name != NULL && strcmp(name, "LNK") == 0);
}

void ics_checks_update(struct lane *lane, bool registered)
{
    lane->ics_seen.updates++;
    lane->ics_seen.updates_with_reboot += registered ? 1 : 0;
}

/** It shows in Downloaded alone, which is legal, and only cases that need it
 *  from the beginning are left out. */
static void tell_late(struct lane *lane, size_t index)
{
    cJSON *data = cJSON_CreateObject();
    char text[TEXT_SIZE];

    (void)snprintf(text, sizeof(text),
                   "resource %u of /33629 shows in Downloaded alone: declare "
                   "\"%s\": true for the cases that need it",
                   late[index].resource, late[index].item); /* fits */
    cJSON_AddStringToObject(data, "text", text);
    cJSON_AddBoolToObject(data, "remark", true);
    lane_record(lane, JOURNAL_NOTE, data);
}

/** Resources 6, 7, 16 and 17, once a component was seen in Downloaded. */
static void check_late(struct lane *lane)
{
    char expected[TEXT_SIZE];
    char observed[TEXT_SIZE];

    for (size_t i = 0; lane->ics_seen.downloaded && i < LATE_COUNT; i++) {
        const struct ics_item *item = ics_item(&lane->ics, late[i].item);
        bool is_declared = item != NULL && item->how == ICS_DECLARED;
        bool said = item != NULL && ics_value_holds(item->name, item->value);
        bool shown = lane->ics_seen.shown[i] ||
                     (item != NULL && strcmp(item->seen, "true") == 0);
        if (said == shown) {
            continue;
        }
        if (!is_declared) {
            tell_late(lane, i);
            continue;
        }
        (void)snprintf(expected, sizeof(expected),
                       "%s: %s, as the profile says", late[i].item,
                       said ? "true" : "false"); /* fits */
        (void)snprintf(observed, sizeof(observed),
                       "%s component showed resource %u in Downloaded",
                       said ? "no" : "a", late[i].resource); /* fits */
        contradict(lane, late[i].item, "", expected, observed);
    }
}

static bool is_declared(const struct lane *lane, const char *name,
                        const char *value)
{
    const struct ics_item *item = ics_item(&lane->ics, name);

    return item != NULL && item->how == ICS_DECLARED &&
           strcmp(item->value, value) == 0;
}

static void check_batches(struct lane *lane)
{
    const struct ics_seen *seen = &lane->ics_seen;

    if (is_declared(lane, "impl", "false") && seen->linked) {
        contradict(lane, "impl", "AFU-084",
                   "impl: false, as the profile says: Linked Instances name "
                   "nobody",
                   "a component showed Linked Instances");
    }
    /* Without such a package it may be absent, for it would be empty. */
    if (is_declared(lane, "impl", "true") && seen->downloaded &&
        seen->sent_linking && lane->ics.instance_count > 1 && !seen->shown[2] &&
        !ics_holds(&lane->ics, "link")) {
        contradict(lane, "impl", "AFU-084",
                   "impl: true, as the profile says: Linked Instances "
                   "(resource 16) name who is updated, too",
                   "no component has resource 16");
    }
}

static void check_failures(struct lane *lane)
{
    const struct ics_seen *seen = &lane->ics_seen;

    if (is_declared(lane, "failst", "Idle") && seen->failed_downloaded) {
        contradict(lane, "failst", "AFU-061",
                   "failst: Idle, as the profile says",
                   "Downloaded with Update Result 8");
    }
    if (is_declared(lane, "failst", "Downloaded") && seen->failed_idle) {
        contradict(lane, "failst", "AFU-061",
                   "failst: Downloaded, as the profile says",
                   "Idle with Update Result 8");
    }
}

static void check_reboots(struct lane *lane)
{
    const struct ics_seen *seen = &lane->ics_seen;

    if (is_declared(lane, "reboot", "true") && seen->updates > 0 &&
        seen->updates_with_reboot == 0) {
        contradict(lane, "reboot", "AFU-166",
                   "reboot: true, as the profile says: the device registers "
                   "again after an update",
                   "it registered after none");
    }
    if (is_declared(lane, "reboot", "false") && seen->updates_with_reboot > 0) {
        contradict(lane, "reboot", "AFU-166",
                   "reboot: false, as the profile says",
                   "the device registered again after an update");
    }
}

void ics_checks_end(struct lane *lane)
{
    check_late(lane);
    check_batches(lane);
    check_failures(lane);
    check_reboots(lane);
}
