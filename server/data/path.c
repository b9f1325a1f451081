/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/path.h"

#include <stdio.h>
#include <string.h>

enum { PATH_DEPTH_MAX = 4 };

struct lwm2m_path lwm2m_path_object(uint16_t object)
{
    return (struct lwm2m_path){ .ids = { object }, .depth = 1 };
}

struct lwm2m_path lwm2m_path_instance(uint16_t object, uint16_t instance)
{
    return (struct lwm2m_path){ .ids = { object, instance }, .depth = 2 };
}

struct lwm2m_path lwm2m_path_resource(uint16_t object, uint16_t instance,
                                      uint16_t resource)
{
    return (struct lwm2m_path){ .ids = { object, instance, resource },
                                .depth = 3 };
}

struct lwm2m_path lwm2m_path_child(struct lwm2m_path path, uint16_t id)
{
    if (path.depth < PATH_DEPTH_MAX) {
        path.ids[path.depth++] = id;
    }
    return path;
}

/** One decimal ID at text[*at]; moves *at behind it. */
static bool parse_id(const char *text, size_t length, size_t *at,
                     uint16_t *out_id)
{
    size_t start = *at;
    uint32_t id = 0;

    while (*at < length && text[*at] >= '0' && text[*at] <= '9') {
        id = id * 10 + (uint32_t)(text[*at] - '0');
        if (id > LWM2M_ID_MAX) {
            return false;
        }
        (*at)++;
    }
    if (*at == start || (text[start] == '0' && *at - start > 1)) {
        return false;
    }
    *out_id = (uint16_t)id;
    return true;
}

enum status lwm2m_path_parse(const char *text, size_t length,
                             struct lwm2m_path *out_path, struct reason *reason)
{
    struct lwm2m_path path = { .depth = 0 };
    size_t at = 0;
    int shown = (int)(length < 64 ? length : 64);

    if (length == 1 && text[0] == '/') {
        *out_path = path;
        return STATUS_OK;
    }
    while (at < length) {
        if (text[at] != '/') {
            return reason_set(reason, STATUS_MALFORMED,
                              "path '%.*s': '/' expected at offset %zu", shown,
                              text, at);
        }
        at++;
        uint16_t id = 0;
        if (path.depth == PATH_DEPTH_MAX || !parse_id(text, length, &at, &id)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "path '%.*s': an ID of 0..%d expected at "
                              "offset %zu, at most %d levels",
                              shown, text, LWM2M_ID_MAX, at, PATH_DEPTH_MAX);
        }
        path.ids[path.depth++] = id;
    }
    if (path.depth == 0) {
        return reason_set(reason, STATUS_MALFORMED, "empty path");
    }
    *out_path = path;
    return STATUS_OK;
}

/** "/65534". @return its length */
static size_t write_id(uint16_t id, char text[])
{
    size_t length = 1;

    for (unsigned rest = id; rest >= 10; rest /= 10) {
        length++;
    }
    text[0] = '/';
    for (size_t i = length; i > 0; i--) {
        text[i] = (char)('0' + id % 10);
        id /= 10;
    }
    return length + 1;
}

char *lwm2m_path_text(const struct lwm2m_path *path,
                      char buffer[LWM2M_PATH_TEXT_MAX])
{
    size_t used = 0;

    for (unsigned i = 0; i < path->depth; i++) {
        used += write_id(path->ids[i], buffer + used);
    }
    if (used == 0) {
        buffer[used++] = '/';
    }
    buffer[used] = '\0';
    return buffer;
}

bool lwm2m_path_equal(const struct lwm2m_path *a, const struct lwm2m_path *b)
{
    if (a->depth != b->depth) {
        return false;
    }
    for (unsigned i = a->depth; i-- > 0;) { /* the last ones differ most */
        if (a->ids[i] != b->ids[i]) {
            return false;
        }
    }
    return true;
}

bool lwm2m_path_is_within(const struct lwm2m_path *path,
                          const struct lwm2m_path *prefix)
{
    if (path->depth < prefix->depth) {
        return false;
    }
    for (unsigned i = 0; i < prefix->depth; i++) {
        if (path->ids[i] != prefix->ids[i]) {
            return false;
        }
    }
    return true;
}

int lwm2m_path_compare(const struct lwm2m_path *a, const struct lwm2m_path *b)
{
    for (unsigned i = 0; i < PATH_DEPTH_MAX; i++) {
        if (i >= a->depth || i >= b->depth) {
            return (int)a->depth - (int)b->depth;
        }
        if (a->ids[i] != b->ids[i]) {
            return a->ids[i] < b->ids[i] ? -1 : 1;
        }
    }
    return 0;
}
