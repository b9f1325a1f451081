/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/meaning.h"

/** An enumeration: names of the values from 0 on. */
struct enumeration {
    uint16_t object;
    uint16_t resource;
    const char *const *names;
    size_t count;
};

#define CODE(class, detail) ((class) << 5 | (detail))
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const states[] = { "Idle", "Downloading", "Downloaded",
                                      "Updating" };
static const char *const results[] = {
    "initial",
    "updated successfully",
    "not enough flash",
    "out of RAM",
    "connection lost",
    "integrity check failure",
    "unsupported package type",
    "invalid URI",
    "update failed",
    "unsupported protocol",
    "cancelled",
    "deferred",
    "conflicting state",
    "dependency error",
};
static const char *const severities[] = { "critical", "mandatory", "optional" };
static const char *const protocols[] = { "CoAP",          "CoAPS",
                                         "HTTP",          "HTTPS",
                                         "CoAP over TCP", "CoAP over TLS" };
static const char *const deliveries[] = { "pull only", "push only",
                                          "pull and push" };
static const char *const software_states[] = { "initial", "download started",
                                               "downloaded", "delivered",
                                               "installed" };
static const char *const power_sources[] = {
    "DC",
    "internal battery",
    "external battery",
    "fuel cell",
    "PoE",
    "USB",
    "AC mains",
    "solar",
};
static const char *const error_codes[] = {
    "no error",
    "low battery",
    "external supply off",
    "GPS failure",
    "low signal",
    "out of memory",
    "SMS failure",
    "IP connectivity failure",
    "peripheral malfunction",
};

/* clang-format off */
static const struct enumeration enumerations[] = {
    { 33629, 3, states, COUNT(states) },
    { 33629, 5, results, COUNT(results) },
    { 33629, 8, protocols, COUNT(protocols) },
    { 33629, 9, deliveries, COUNT(deliveries) },
    { 33629, 11, severities, COUNT(severities) },
    { 5, 3, states, COUNT(states) },
    { 5, 5, results, 12 }, /* it has no 12 and 13 */
    { 5, 8, protocols, COUNT(protocols) },
    { 5, 9, deliveries, COUNT(deliveries) },
    { 5, 11, severities, COUNT(severities) },
    { 9, 7, software_states, COUNT(software_states) },
    { 3, 6, power_sources, COUNT(power_sources) },
    { 3, 11, error_codes, COUNT(error_codes) },
};
/* clang-format on */

static const struct {
    uint8_t code;
    const char *name;
} codes[] = {
    { CODE(2, 1), "Created" },
    { CODE(2, 2), "Deleted" },
    { CODE(2, 3), "Valid" },
    { CODE(2, 4), "Changed" },
    { CODE(2, 5), "Content" },
    { CODE(2, 31), "Continue" },
    { CODE(4, 0), "Bad Request" },
    { CODE(4, 1), "Unauthorized" },
    { CODE(4, 2), "Bad Option" },
    { CODE(4, 3), "Forbidden" },
    { CODE(4, 4), "Not Found" },
    { CODE(4, 5), "Method Not Allowed" },
    { CODE(4, 6), "Not Acceptable" },
    { CODE(4, 8), "Request Entity Incomplete" },
    { CODE(4, 12), "Precondition Failed" },
    { CODE(4, 13), "Request Entity Too Large" },
    { CODE(4, 15), "Unsupported Content-Format" },
    { CODE(5, 0), "Internal Server Error" },
    { CODE(5, 1), "Not Implemented" },
    { CODE(5, 3), "Service Unavailable" },
};

static const struct enumeration *find(const struct lwm2m_path *path)
{
    for (size_t i = 0; path->depth >= 3 && i < COUNT(enumerations); i++) {
        if (enumerations[i].object == path->ids[0] &&
            enumerations[i].resource == path->ids[2]) {
            return &enumerations[i];
        }
    }
    return NULL;
}

const char *value_meaning_at(const struct lwm2m_path *path, size_t index)
{
    const struct enumeration *row = find(path);

    return row != NULL && index < row->count ? row->names[index] : NULL;
}

const char *value_meaning(const struct lwm2m_path *path, int64_t value)
{
    return value >= 0 ? value_meaning_at(path, (size_t)value) : NULL;
}

const char *code_meaning(uint8_t code)
{
    for (size_t i = 0; i < COUNT(codes); i++) {
        if (codes[i].code == code) {
            return codes[i].name;
        }
    }
    return NULL;
}
