/* SPDX-License-Identifier: Apache-2.0 */

/* Read. Spec: lwm2m-core.md, section 3.1. */
#include "tests/device/objects.h"

#include "tests/device/formats.h"
#include "tests/device/object_mutants.h"
#include "tests/device/objects_parts.h"

/** The Content-Format to answer with, or CONTENT_FORMAT_NONE. */
static int choose_format(const struct objects *objects,
                         const struct lwm2m_path *path,
                         const struct resource *resource, int accept)
{
    struct formats_content content = {
        .is_value =
            resource != NULL && (!resource->multiple || path->depth == 4),
        .type = resource != NULL ? resource->type : LWM2M_TYPE_NONE,
    };
    uint32_t formats = objects_formats(objects);

    if (objects_vary(objects, VARIANT_NO_TEXT_PLAIN) ||
        objects_vary(objects, VARIANT_ACCEPT_REFUSED_400)) {
        formats = formats_without(formats, CONTENT_FORMAT_TEXT);
    }
    int format = formats_choose(formats, &content, accept);
    return format == CONTENT_FORMAT_NONE &&
                   objects_mutant(objects) == MUTANT_ACCEPT_IGNORED
               ? formats_choose(formats, &content, CONTENT_FORMAT_NONE)
               : format;
}

static bool encode_one(const struct lwm2m_path *path,
                       const struct record_list *list, int format,
                       struct answer *answer)
{
    const struct lwm2m_record *record = record_list_find(list, *path);

    if (record == NULL) {
        answer->code = CODE(4, 4);
        return true;
    }
    struct lwm2m_record copy = *record;
    const struct record_list one = { .records = &copy, .count = 1 };
    answer->code = CODE(2, 5);
    return codec_encode(format, path, &one, &answer->payload, NULL) ==
           STATUS_OK;
}

static void read_values(const struct objects *objects,
                        const struct lwm2m_path *path, int format,
                        struct answer *answer)
{
    struct record_list list;

    record_list_init(&list);
    bool good = objects_collect(objects, path, &list);
    object_mutant_spoils(objects, path, format, &list);
    if (good && path->depth == 4) {
        good = encode_one(path, &list, format, answer);
    } else if (good) {
        answer->code = CODE(2, 5);
        good = codec_encode(format, path, &list, &answer->payload, NULL) ==
               STATUS_OK;
    }
    record_list_release(&list);
    if (!good) {
        answer->code = CODE(5, 0);
    }
    answer->content_format =
        answer->code == CODE(2, 5) ? format : CONTENT_FORMAT_NONE;
}

void objects_get(const struct objects *objects, const struct lwm2m_path *path,
                 int accept, struct answer *answer)
{
    const struct resource *resource = resource_find(objects, path);

    if (path->depth == 4 && objects_version(objects) < 11) {
        answer->code = CODE(4, 5);
        return;
    }
    if (!objects_exist(objects, path) ||
        (path->depth >= 3 && resource == NULL)) {
        answer->code = CODE(4, 4);
        return;
    }
    if (accept == CONTENT_FORMAT_LINK) {
        objects_discover(objects, path, DISCOVER_DEFAULT, answer);
        return;
    }
    bool is_hidden = resource != NULL && resource->id == 0 &&
                     objects_mutant(objects) == MUTANT_PACKAGE_IN_INSTANCE &&
                     resource->object == OBJECT_FIRMWARE;
    if (resource != NULL &&
        (is_hidden || !resource_is_readable(objects, resource))) {
        answer->code = CODE(4, 5);
        return;
    }
    if (objects_vary(objects, VARIANT_NO_ACCEPT_KNOWN) &&
        accept != CONTENT_FORMAT_NONE) {
        answer->code = CODE(4, 2);
        return;
    }
    int format = choose_format(objects, path, resource, accept);
    if (format == CONTENT_FORMAT_NONE) {
        answer->code = objects_vary(objects, VARIANT_ACCEPT_REFUSED_400)
                           ? CODE(4, 0)
                           : CODE(4, 6);
        return;
    }
    if (objects_mutant(objects) == MUTANT_OTHER_FORMAT_GIVEN &&
        path->ids[0] == OBJECT_FIRMWARE && path->depth == 2 &&
        format == CONTENT_FORMAT_SENML_CBOR) {
        format = CONTENT_FORMAT_TLV;
    }
    read_values(objects, path, format, answer);
}
