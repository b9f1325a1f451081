/* SPDX-License-Identifier: Apache-2.0 */

/* The list of Objects in a Register. Spec: lwm2m-core.md, section 2.2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/formats.h"
#include "tests/device/objects_parts.h"

/** "</lwm2m>;rt="oma.lwm2m";ct=112," or what of it is needed. */
static void add_root(FILE *stream, const struct objects *objects)
{
    char formats[FORMATS_TEXT_SIZE];
    bool is_elsewhere = objects_vary(objects, VARIANT_ALTERNATE_PATH);

    formats_text(objects_formats(objects), objects_version(objects), formats);
    if (is_elsewhere) {
        fprintf(stream, "<" OBJECTS_ROOT ">;rt=\"oma.lwm2m\"");
    } else if (formats[0] == '\0' ||
               objects_vary(objects, VARIANT_NO_ROOT_LINK)) {
        return;
    } else {
        fprintf(stream, "</>");
    }
    if (formats[0] != '\0') {
        fprintf(stream, strchr(formats, ' ') != NULL ? ";ct=\"%s\"" : ";ct=%s",
                formats);
    }
    fprintf(stream, ",");
}

/** For a mutant: whether an update has succeeded. */
static bool is_updated(const struct objects *objects)
{
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (objects->firmware->components[i].result == RESULT_UPDATED) {
            return true;
        }
    }
    return false;
}

static void add_object(FILE *stream, const struct objects *objects,
                       uint16_t object)
{
    const char *root =
        objects_vary(objects, VARIANT_ALTERNATE_PATH) ? OBJECTS_ROOT : "";
    const char *version =
        objects_mutant(objects) == MUTANT_WRONG_OBJECT_VERSION ? ";ver=2.0"
        : objects_vary(objects, VARIANT_OBJECT_VERSION_GIVEN)  ? ";ver=1.0"
                                                               : "";
    bool is_firmware = object == OBJECT_FIRMWARE;
    uint16_t ids[OBJECTS_INSTANCES_MAX];
    size_t count = objects_instances(objects, object, ids);
    if (is_firmware && count > 0 && is_updated(objects) &&
        objects_mutant(objects) == MUTANT_INSTANCE_LOST_BY_UPDATE) {
        count--;
    }
    bool hides_instances =
        is_firmware && objects_vary(objects, VARIANT_INSTANCES_NOT_LISTED);

    if (is_firmware &&
        objects_mutant(objects) == MUTANT_REGISTERED_WITHOUT_ONE &&
        objects->firmware->components[0].result == RESULT_UPDATED) {
        count--;
    }
    if (count == 0 ||
        (is_firmware && !objects_vary(objects, VARIANT_OBJECT_LINK_ABSENT))) {
        fprintf(stream, ",<%s/%u>%s", root, object, is_firmware ? version : "");
    }
    for (size_t i = 0; i < count && !hides_instances; i++) {
        bool is_first = object == OBJECT_SERVER && i == 0;
        fprintf(stream, "%s<%s/%u/%u>", is_first ? "" : ",", root, object,
                ids[i]);
    }
}

char *objects_links(const struct objects *objects)
{
    uint16_t ids[OBJECTS_INSTANCES_MAX];
    size_t count = objects_list(objects, ids);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL) {
        return NULL;
    }
    add_root(stream, objects);
    for (size_t i = 0; i < count; i++) {
        if (ids[i] != OBJECT_DEVICE ||
            objects_mutant(objects) != MUTANT_DEVICE_UNLISTED) {
            add_object(stream, objects, ids[i]);
        }
    }
    if (objects_mutant(objects) == MUTANT_SECURITY_LISTED) {
        fprintf(stream, ",</0/0>");
    }
    bool good = ferror(stream) == 0;
    if (fclose(stream) != 0 || !good) {
        free(text);
        return NULL;
    }
    return text;
}
