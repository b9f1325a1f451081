/* SPDX-License-Identifier: Apache-2.0 */

/*
 * AFU-151: observers get the final value. What was notified last is held
 * against Reads: a value that stays another one, while nothing is under way
 * and for longer than the device may wait, was not notified.
 */
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

/* Devices have Default Minimum Periods; one that was not read may be as long
 * as this. */
enum { UNKNOWN_PERIOD_MS = 60000 };

enum { OBJECT_SERVER = 1, RESOURCE_MINIMUM_PERIOD = 2 };

/* State and Update Result come first. */
static const uint16_t resources[NOTIFIED_RESOURCES] = {
    RESOURCE_STATE,   RESOURCE_RESULT,          RESOURCE_URI,
    RESOURCE_NAME,    RESOURCE_PACKAGE_VERSION, RESOURCE_CHANGE_TIME,
    RESOURCE_VERSION, RESOURCE_LINKED,          RESOURCE_CONFLICTING,
};

enum { FIRST_WARNED = 2 };

static uint64_t hash_value(const struct lwm2m_value *value)
{
    uint64_t hash = HASH_START;

    switch ((int)value->type) {
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_OPAQUE:
        return hash_bytes(hash, value->as.data.bytes, value->as.data.length);
    case LWM2M_TYPE_OBJLNK:
        hash = hash_bytes(hash, &value->as.link.object,
                          sizeof(value->as.link.object));
        return hash_bytes(hash, &value->as.link.instance,
                          sizeof(value->as.link.instance));
    default:
        return hash_bytes(hash, &value->as.integer, sizeof(value->as.integer));
    }
}

/** Of all that is shown of the Resource, in any order; none is as good as
 *  empty. */
static uint64_t hash_of(const struct record_list *records,
                        const struct lwm2m_path *path)
{
    uint64_t sum = 1; /* 0: unknown */

    for (size_t i = 0; i < records->count; i++) {
        const struct lwm2m_record *record = &records->records[i];
        if (lwm2m_path_is_within(&record->path, path)) {
            sum += hash_value(&record->value);
        }
    }
    return sum != 0 ? sum : 1;
}

void notified_forget(struct oracle *oracle, uint64_t observation)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct notified *notified = oracle->components[i].notified;
        for (size_t r = 0; r < NOTIFIED_RESOURCES; r++) {
            if (observation == 0 || notified[r].observation == observation) {
                notified[r] = (struct notified){ .told = 0 };
            }
        }
    }
}

void notified_take_period(struct oracle *oracle,
                          const struct record_list *records)
{
    for (size_t i = 0; i < records->count; i++) {
        const struct lwm2m_record *record = &records->records[i];
        if (record->path.ids[0] == OBJECT_SERVER && record->path.depth == 3 &&
            record->path.ids[2] == RESOURCE_MINIMUM_PERIOD &&
            record->value.type == LWM2M_TYPE_INTEGER &&
            record->value.as.integer >= 0) {
            uint64_t period_ms = (uint64_t)record->value.as.integer * 1000;
            oracle->has_period = true;
            oracle->period_ms =
                period_ms > oracle->period_ms ? period_ms : oracle->period_ms;
        }
    }
}

static void report(struct oracle *oracle, const struct tracked *tracked,
                   size_t which, bool is_certain)
{
    const struct lwm2m_path path =
        lwm2m_path_resource(OBJECT_AFU, tracked->instance, resources[which]);
    char text[LWM2M_PATH_TEXT_MAX];

    oracle_report(
        oracle,
        which < FIRST_WARNED && is_certain ? FINDING_FAIL : FINDING_WARNING,
        "AFU-151", NULL, "oracle.notify", lwm2m_path_text(&path, text),
        "observers get the final value of what they observe",
        "the notification before has another value than Reads since", NULL);
}

/** A Read shows what may not have been notified. */
static void compare(struct oracle *oracle, struct tracked *tracked,
                    size_t which, const struct sight *sight, uint64_t value)
{
    struct notified *notified = &tracked->notified[which];
    uint64_t wait_ms =
        oracle->config.state_ms +
        (oracle->has_period ? oracle->period_ms : UNKNOWN_PERIOD_MS);

    if (notified->told == 0) {
        return;
    }
    if (value == notified->told || oracle->has_attributes ||
        !track_is_quiet(tracked)) {
        notified->since_ms = 0;
    } else if (notified->since_ms == 0 || notified->other != value) {
        notified->since_ms = sight->time_ms;
        notified->other = value;
    } else if (sight->sent_ms > notified->since_ms + wait_ms) {
        report(oracle, tracked, which, notified->is_confirmable);
        notified->told = 0; /* once */
    }
}

void notified_view(struct oracle *oracle, struct tracked *tracked,
                   const struct asked *asked, const struct record_list *records,
                   const struct sight *sight, bool is_confirmable)
{
    bool tells = asked->is_observation;

    if (asked->method != GET ||
        (!tells && sight->asked < tracked->last_notified)) {
        return; /* composite; or a Read that began before the newest news */
    }
    for (size_t r = 0; r < NOTIFIED_RESOURCES; r++) {
        const struct lwm2m_path path =
            lwm2m_path_resource(OBJECT_AFU, tracked->instance, resources[r]);
        if (!lwm2m_path_is_within(&path, &asked->path)) {
            continue;
        }
        uint64_t value = hash_of(records, &path);
        if (tells) {
            tracked->last_notified = oracle->now_sequence;
            tracked->notified[r] =
                (struct notified){ .told = value,
                                   .observation = asked->id,
                                   .is_confirmable = is_confirmable };
        } else {
            compare(oracle, tracked, r, sight, value);
        }
    }
}
