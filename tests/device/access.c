/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/access.h"

#include <string.h>

#include "tests/device/objects_parts.h"

enum {
    FIRST_ID = 1, /* Short Server IDs */
    SECOND_ID = 2,
    ALL = ACCESS_READ | ACCESS_WRITE | ACCESS_EXECUTE,
};

bool access_parse(const char *text, unsigned *out_rights)
{
    static const struct {
        const char *word;
        unsigned rights;
    } words[] = { { "all", ALL }, { "read", ACCESS_READ }, { "none", 0 } };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].word, text) == 0) {
            *out_rights = words[i].rights;
            return true;
        }
    }
    return false;
}

static unsigned right_of(const struct message *request,
                         const struct lwm2m_path *path)
{
    switch (request->code) {
    case METHOD_GET:
    case METHOD_FETCH:
        return ACCESS_READ;
    case METHOD_POST:
        return path->depth >= 3 ? ACCESS_EXECUTE : ACCESS_WRITE;
    default:
        return ACCESS_WRITE;
    }
}

/** For mutants: what the second server gets besides. */
static unsigned more_rights(const struct objects *objects)
{
    switch (objects_mutant(objects)) {
    case MUTANT_ACCESS_IGNORED_BY_WRITE:
    case MUTANT_SECOND_REPLACES_DOWNLOAD:
        return ACCESS_WRITE;
    case MUTANT_ACCESS_IGNORED_BY_EXECUTE:
        return ACCESS_EXECUTE;
    default:
        return 0;
    }
}

bool access_allows(const struct objects *objects, const struct message *request,
                   const struct lwm2m_path *path)
{
    const struct access *access = &objects->access;
    unsigned right = right_of(request, path);

    if (!access->has_second || path->depth == 0) {
        return true;
    }
    switch (path->ids[0]) {
    case OBJECT_SERVER: /* each has its own */
        return right == ACCESS_READ ||
               (path->depth > 1 &&
                path->ids[1] ==
                    access->is_second +
                        objects_vary(objects, VARIANT_SERVER_INSTANCE_1));
    case OBJECT_ACCESS:
        return !access->is_second && right == ACCESS_READ;
    case OBJECT_FIRMWARE:
        return !access->is_second ||
               ((access->rights | more_rights(objects)) & right) != 0;
    default:
        return !access->is_second || right == ACCESS_READ;
    }
}

void access_spoil(const struct objects *objects, const struct message *request,
                  const struct lwm2m_path *path)
{
    enum { PACKAGE_URI = 1 };
    bool is_uri = path->depth == 3 && path->ids[0] == OBJECT_FIRMWARE &&
                  path->ids[1] < FIRMWARE_COMPONENTS &&
                  path->ids[2] == PACKAGE_URI && request->code == METHOD_PUT;

    if (objects_mutant(objects) == MUTANT_SECOND_REPLACES_DOWNLOAD && is_uri &&
        objects->access.is_second) {
        (void)firmware_write_uri(objects->firmware, path->ids[1], "", 0,
                                 false); /* a reset, which is taken */
    }
}

static bool add(struct lwm2m_path path, int64_t integer,
                struct record_list *list)
{
    const struct lwm2m_record record = {
        .path = path,
        .value = { .type = LWM2M_TYPE_INTEGER, .as.integer = integer },
    };

    return record_list_add(list, &record, NULL) == STATUS_OK;
}

bool access_add(const struct objects *objects, struct lwm2m_path path,
                struct record_list *list)
{
    switch (path.ids[2]) {
    case 0:
        return add(path, OBJECT_FIRMWARE, list);
    case 1:
        return add(path, path.ids[1], list);
    case 2:
        return add(lwm2m_path_child(path, FIRST_ID), ALL, list) &&
               add(lwm2m_path_child(path, SECOND_ID),
                   (int64_t)objects->access.rights, list);
    default:
        return add(path, FIRST_ID, list);
    }
}
