/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/core_mutants.h"

#include <string.h>

#include "tests/device/objects_parts.h"

enum {
    ANY = -1, /* of an ID of a path */
    ABSENT = -2,
    DEPTH_MAX = 4,
};

/** Requests that a mutant answers by a code alone. */
static const struct {
    enum mutant mutant;
    uint8_t method;
    int ids[DEPTH_MAX]; /* ANY, or ABSENT: the path is shorter */
    uint8_t code;
} rows[] = {
    /* clang-format off */
    { MUTANT_INSTANCE_READ_REFUSED, METHOD_GET, { ANY, ANY, ANY, ANY },
      CODE(4, 5) },
    { MUTANT_UNKNOWN_PATH_READ, METHOD_GET, { 3, 0, 65000, ABSENT },
      CODE(2, 5) },
    { MUTANT_WRITE_IGNORED, METHOD_PUT, { 1, ANY, 1, ABSENT }, CODE(2, 4) },
    { MUTANT_READ_ONLY_WRITTEN, METHOD_PUT, { 1, ANY, 0, ABSENT },
      CODE(2, 4) },
    { MUTANT_DEVICE_CREATED, METHOD_POST, { 3, ABSENT, ABSENT, ABSENT },
      CODE(2, 1) },
    { MUTANT_DEVICE_DELETED, METHOD_DELETE, { 3, 0, ABSENT, ABSENT },
      CODE(2, 2) },
    { MUTANT_REBOOT_REFUSED, METHOD_POST, { 3, 0, 4, ABSENT }, CODE(4, 5) },
    { MUTANT_SECURITY_READ, METHOD_GET, { 0, ABSENT, ABSENT, ABSENT },
      CODE(2, 5) },
    { MUTANT_TRIGGER_IGNORED, METHOD_POST, { 1, ANY, 8, ABSENT },
      CODE(2, 4) },
    { MUTANT_INSTANCE_WRITE_IGNORED, METHOD_PUT, { ANY, ANY, ANY, ANY },
      CODE(2, 4) },
    { MUTANT_PATCH_IGNORED, METHOD_IPATCH, { ABSENT, ABSENT, ABSENT, ABSENT },
      CODE(2, 4) },
    { MUTANT_DISABLE_IGNORED, METHOD_POST, { 1, ANY, 4, ABSENT },
      CODE(2, 4) },
    /* clang-format on */
};

static bool fits(const int ids[DEPTH_MAX], const struct lwm2m_path *path)
{
    for (uint8_t i = 0; i < DEPTH_MAX; i++) {
        bool is_there = i < path->depth;
        if (is_there != (ids[i] != ABSENT) ||
            (is_there && ids[i] != ANY && ids[i] != path->ids[i])) {
            return false;
        }
    }
    return true;
}

bool core_mutant_answers(const struct objects *objects,
                         const struct message *request,
                         const struct lwm2m_path *path, struct answer *answer)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].mutant == objects_mutant(objects) &&
            rows[i].method == request->code && fits(rows[i].ids, path)) {
            answer->code = rows[i].code;
            return true;
        }
    }
    return false;
}

struct message core_mutant_request(const struct objects *objects,
                                   const struct message *request,
                                   const struct lwm2m_path *path)
{
    struct message taken = *request;

    if (objects_mutant(objects) == MUTANT_PARTIAL_UPDATE_REPLACES &&
        request->code == METHOD_POST && path->depth == 2) {
        taken.code = METHOD_PUT;
    }
    return taken;
}

bool core_mutant_ignores_observe(const struct objects *objects, uint32_t value,
                                 bool is_composite)
{
    enum mutant mutant = objects_mutant(objects);

    return (mutant == MUTANT_OBSERVE_IGNORED && value == 0) ||
           (value == 1 &&
            mutant == (is_composite ? MUTANT_COMPOSITE_CANCEL_IGNORED
                                    : MUTANT_CANCEL_OBSERVE_IGNORED));
}

/** "</3/0/11>;dim=1,…" without ";dim=1". */
static void drop(struct byte_buffer *links, const char *start)
{
    size_t length = strlen(start);
    size_t used = 0;

    for (size_t i = 0; i < links->length;) {
        if (links->length - i > length &&
            memcmp(links->bytes + i, start, length) == 0) {
            i++;
            while (i < links->length && links->bytes[i] != ',' &&
                   links->bytes[i] != ';') {
                i++;
            }
            continue;
        }
        links->bytes[used++] = links->bytes[i++];
    }
    links->length = used;
}

void core_mutant_spoils(const struct objects *objects,
                        const struct message *request, struct answer *answer)
{
    if (answer->code != CODE(2, 5) || request->code != METHOD_GET) {
        return;
    }
    if (objects_mutant(objects) == MUTANT_DISCOVER_WITHOUT_DIM &&
        answer->content_format == CONTENT_FORMAT_LINK) {
        drop(&answer->payload, ";dim=");
    }
    if (objects_mutant(objects) == MUTANT_ATTRIBUTES_HIDDEN &&
        answer->content_format == CONTENT_FORMAT_LINK) {
        drop(&answer->payload, ";pmin=");
        drop(&answer->payload, ";pmax=");
    }
    if (objects_mutant(objects) == MUTANT_FORMAT_MISNAMED &&
        answer->content_format == CONTENT_FORMAT_SENML_JSON) {
        answer->content_format = CONTENT_FORMAT_LWM2M_JSON;
    }
}
