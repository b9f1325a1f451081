/* SPDX-License-Identifier: Apache-2.0 */

/* Read-, Write- and Observe-Composite. Spec: lwm2m-core.md, sections 3.1 and
 * 5. */
#include <stdlib.h>
#include <string.h>

#include "tests/device/formats.h"
#include "tests/device/objects_parts.h"

enum { PATHS_MAX = 64 };

static const struct lwm2m_path root = { .depth = 0 };

/** The body of a request. @return 0, or the code of the refusal */
static uint8_t decode(const struct objects *objects,
                      const struct message *request, enum payload_kind kind,
                      struct record_list *list)
{
    int format = message_option(request, OPTION_CONTENT_FORMAT) != NULL
                     ? (int)message_number(request, OPTION_CONTENT_FORMAT, 0)
                     : CONTENT_FORMAT_NONE;

    if (objects_version(objects) < 11 ||
        objects_vary(objects, VARIANT_NO_COMPOSITE)) {
        return CODE(4, 5);
    }
    if (!formats_have(objects_formats(objects), format) ||
        !content_format_carries(format, kind)) {
        return CODE(4, 15);
    }
    if ((message_number(request, OPTION_BLOCK1, 0) & ~7u) != 0) {
        return CODE(4, 13);
    }
    struct definitions *definitions = objects_definitions(objects);
    enum status status =
        definitions == NULL
            ? STATUS_NO_MEMORY
            : codec_decode_kind(format, kind, definitions, &root,
                                request->payload, request->payload_length, list,
                                NULL);
    definitions_free(definitions);
    return status == STATUS_OK          ? 0
           : status == STATUS_MALFORMED ? CODE(4, 0)
                                        : CODE(5, 0);
}

uint8_t objects_fetch_paths(const struct objects *objects,
                            const struct message *request,
                            struct lwm2m_path **out_paths, size_t *out_count)
{
    struct record_list list;

    record_list_init(&list);
    uint8_t code = decode(objects, request, PAYLOAD_PATHS, &list);
    if (code == 0 && (list.count == 0 || list.count > PATHS_MAX)) {
        code = list.count == 0 ? CODE(4, 0) : CODE(4, 13);
    }
    struct lwm2m_path *paths =
        code == 0 ? calloc(list.count, sizeof(*paths)) : NULL;
    if (code == 0 && paths == NULL) {
        code = CODE(5, 0);
    }
    for (size_t i = 0; code == 0 && i < list.count; i++) {
        paths[i] = list.records[i].path;
    }
    if (code == 0) {
        *out_paths = paths;
        *out_count = list.count;
    }
    record_list_release(&list);
    return code;
}

/** The first that it speaks; `accept` may be CONTENT_FORMAT_NONE. */
static int choose(const struct objects *objects, bool is_json, int accept)
{
    static const int of_json[] = { CONTENT_FORMAT_SENML_JSON,
                                   CONTENT_FORMAT_SENML_CBOR,
                                   CONTENT_FORMAT_LWM2M_CBOR };
    static const int of_cbor[] = { CONTENT_FORMAT_SENML_CBOR,
                                   CONTENT_FORMAT_SENML_JSON,
                                   CONTENT_FORMAT_LWM2M_CBOR };
    const int *order = is_json ? of_json : of_cbor;

    for (size_t i = 0; i < sizeof(of_json) / sizeof(of_json[0]); i++) {
        if (formats_have(objects_formats(objects), order[i]) &&
            (accept == CONTENT_FORMAT_NONE || order[i] == accept)) {
            return order[i];
        }
    }
    return CONTENT_FORMAT_NONE;
}

int objects_fetch_format(const struct objects *objects,
                         const struct message *request)
{
    uint32_t asked = message_number(request, OPTION_CONTENT_FORMAT, 0);
    int accept = message_option(request, OPTION_ACCEPT) != NULL
                     ? (int)message_number(request, OPTION_ACCEPT, 0)
                     : CONTENT_FORMAT_NONE;

    return choose(objects,
                  asked == CONTENT_FORMAT_SENML_JSON ||
                      asked == CONTENT_FORMAT_SENML_ETCH_JSON,
                  accept);
}

int objects_send_format(const struct objects *objects)
{
    return choose(objects, false, CONTENT_FORMAT_NONE);
}

/** Add what is not in the list yet, and belongs to the path. */
static bool add_new(struct record_list *list, const struct record_list *more,
                    const struct lwm2m_path *path)
{
    for (size_t i = 0; i < more->count; i++) {
        const struct lwm2m_record *record = &more->records[i];
        if (lwm2m_path_is_within(&record->path, path) &&
            record_list_find(list, record->path) == NULL &&
            record_list_add(list, record, NULL) != STATUS_OK) {
            return false;
        }
    }
    return true;
}

/** Of an Object or what is below it. */
static bool fetch_one(const struct objects *objects,
                      const struct lwm2m_path *path, struct record_list *list)
{
    struct record_list found;

    record_list_init(&found);
    bool good =
        objects_collect(objects, path, &found) && add_new(list, &found, path);
    record_list_release(&found);
    return good;
}

static bool fetch_all(const struct objects *objects, struct record_list *list)
{
    uint16_t ids[OBJECTS_INSTANCES_MAX];
    size_t count = objects_list(objects, ids);
    const struct lwm2m_record security = {
        .path = lwm2m_path_resource(0, 0, 10),
        .value = { .type = LWM2M_TYPE_INTEGER, .as.integer = 1 },
    };
    bool good = objects_mutant(objects) != MUTANT_COMPOSITE_WITH_SECURITY ||
                record_list_add(list, &security, NULL) == STATUS_OK;

    for (size_t i = 0; good && i < count; i++) {
        struct lwm2m_path path = lwm2m_path_object(ids[i]);
        good = fetch_one(objects, &path, list);
    }
    return good;
}

void objects_fetch(const struct objects *objects,
                   const struct lwm2m_path *paths, size_t count, int format,
                   struct answer *answer)
{
    struct record_list list;
    bool good = true;
    bool is_lacking = false;
    size_t hidden = 0;

    record_list_init(&list);
    for (size_t i = 0; good && i < count; i++) {
        hidden += objects_hide(objects, &paths[i]);
        size_t before = list.count;
        good = paths[i].depth == 0 ? fetch_all(objects, &list)
                                   : fetch_one(objects, &paths[i], &list);
        is_lacking = is_lacking || list.count == before;
    }
    if (is_lacking && objects_mutant(objects) == MUTANT_COMPOSITE_WANTS_ALL) {
        answer->code = CODE(4, 4);
    } else if (good && hidden == count) {
        answer->code = CODE(4, 1);
    } else if (good && codec_encode(format, &root, &list, &answer->payload,
                                    NULL) == STATUS_OK) {
        answer->code = CODE(2, 5);
        answer->content_format = format;
    } else {
        answer->code = CODE(5, 0);
    }
    record_list_release(&list);
}

uint8_t objects_patch(struct objects *objects, const struct message *request)
{
    struct record_list list;

    record_list_init(&list);
    uint8_t code = decode(objects, request, PAYLOAD_PATCH, &list);
    for (size_t i = 0; code == 0 && i < list.count; i++) {
        const struct lwm2m_path *path = &list.records[i].path;
        code = objects_hide(objects, path)     ? CODE(4, 1)
               : path->depth < 3               ? CODE(4, 5)
               : !objects_exist(objects, path) ? CODE(4, 4)
                                               : 0;
    }
    if (code == 0) {
        code = list.count > 0
                   ? objects_write(objects, &root, &list, WRITING_COMPOSITE)
                   : CODE(4, 0);
    }
    record_list_release(&list);
    return code;
}
