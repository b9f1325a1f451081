/* SPDX-License-Identifier: Apache-2.0 */

/* What the device has: Objects, Instances, Resources. */
#include "tests/device/formats.h"
#include "tests/device/objects_parts.h"

enum {
    OBJECT_SECURITY = 0,
    OBJECT_OSCORE = 21,
    OBJECT_COSE = 23,
};

enum {
    R = OBJECTS_READ,
    W = OBJECTS_WRITE,
    RW = R | W,
    E = OBJECTS_EXECUTE,
};

static const struct resource resources[] = {
    { 1, 0, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 1, 1, RW, LWM2M_TYPE_INTEGER, false, 10 },
    { 1, 2, RW, LWM2M_TYPE_INTEGER, false, 10 },
    { 1, 3, RW, LWM2M_TYPE_INTEGER, false, 10 },
    { 1, 4, E, LWM2M_TYPE_NONE, false, 10 },
    { 1, 5, RW, LWM2M_TYPE_INTEGER, false, 10 },
    { 1, 6, RW, LWM2M_TYPE_BOOLEAN, false, 10 },
    { 1, 7, RW, LWM2M_TYPE_STRING, false, 10 },
    { 1, 8, E, LWM2M_TYPE_NONE, false, 10 },
    { 1, 23, RW, LWM2M_TYPE_BOOLEAN, false, 11 },
    { 2, 0, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 2, 1, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 2, 2, R, LWM2M_TYPE_INTEGER, true, 10 },
    { 2, 3, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 3, 0, R, LWM2M_TYPE_STRING, false, 10 },
    { 3, 1, R, LWM2M_TYPE_STRING, false, 10 },
    { 3, 2, R, LWM2M_TYPE_STRING, false, 10 },
    { 3, 3, R, LWM2M_TYPE_STRING, false, 10 },
    { 3, 4, E, LWM2M_TYPE_NONE, false, 10 },
    { 3, 6, R, LWM2M_TYPE_INTEGER, true, 10 },
    { 3, 7, R, LWM2M_TYPE_INTEGER, true, 10 },
    { 3, 8, R, LWM2M_TYPE_INTEGER, true, 10 },
    { 3, 9, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 3, 10, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 3, 11, R, LWM2M_TYPE_INTEGER, true, 10 },
    { 3, 14, RW, LWM2M_TYPE_STRING, false, 10 },
    { 3, 15, RW, LWM2M_TYPE_STRING, false, 10 },
    { 3, 16, R, LWM2M_TYPE_STRING, false, 10 },
    { 5, 0, W, LWM2M_TYPE_OPAQUE, false, 10 },
    { 5, 1, RW, LWM2M_TYPE_STRING, false, 10 },
    { 5, 2, E, LWM2M_TYPE_NONE, false, 10 },
    { 5, 3, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 5, 5, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 5, 9, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 16, 0, RW, LWM2M_TYPE_STRING, true, 10 },
    { 33629, 0, W, LWM2M_TYPE_OPAQUE, false, 10 },
    { 33629, 1, RW, LWM2M_TYPE_STRING, false, 10 },
    { 33629, 2, E, LWM2M_TYPE_NONE, false, 10 },
    { 33629, 3, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 33629, 5, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 33629, 6, R, LWM2M_TYPE_STRING, false, 10 },
    { 33629, 7, R, LWM2M_TYPE_STRING, false, 10 },
    { 33629, 8, R, LWM2M_TYPE_INTEGER, true, 10 },
    { 33629, 9, R, LWM2M_TYPE_INTEGER, false, 10 },
    { 33629, 10, E, LWM2M_TYPE_NONE, false, 10 },
    { 33629, 11, RW, LWM2M_TYPE_INTEGER, false, 10 },
    { 33629, 12, R, LWM2M_TYPE_TIME, false, 10 },
    { 33629, 13, RW, LWM2M_TYPE_UNSIGNED, false, 10 },
    { 33629, 14, R, LWM2M_TYPE_STRING, false, 10 },
    { 33629, 15, R, LWM2M_TYPE_STRING, false, 10 },
    { 33629, 16, R, LWM2M_TYPE_OBJLNK, true, 10 },
    { 33629, 17, R, LWM2M_TYPE_OBJLNK, true, 10 },
};

enum { RESOURCE_COUNT = sizeof(resources) / sizeof(resources[0]) };

enum mutant objects_mutant(const struct objects *objects)
{
    return objects->firmware->config.mutant;
}

bool objects_vary(const struct objects *objects, enum variant variant)
{
    return varies(objects->firmware, variant);
}

unsigned objects_version(const struct objects *objects)
{
    return objects->version != 0 ? objects->version : 11;
}

uint32_t objects_formats(const struct objects *objects)
{
    return objects->formats != 0 ? objects->formats
                                 : formats_of_version(objects_version(objects));
}

const struct resource *resource_at(size_t index)
{
    return index < RESOURCE_COUNT ? &resources[index] : NULL;
}

static bool is_battery(const struct resource *resource)
{
    return resource->object == OBJECT_DEVICE && resource->id >= 6 &&
           resource->id <= 9;
}

bool resource_is_absent(const struct objects *objects,
                        const struct resource *resource, uint16_t instance)
{
    enum mutant mutant = objects_mutant(objects);
    bool is_firmware = resource->object == OBJECT_FIRMWARE;

    return resource->since > objects_version(objects) ||
           (is_firmware && resource->id == 8 &&
            (objects->firmware->config.protocols == 0 ||
             mutant == MUTANT_COAP_NOT_ASSUMED)) ||
           (is_battery(resource) && !objects->has_battery) ||
           (resource->object == OBJECT_DEVICE && resource->id == 10 &&
            !objects->has_memory) ||
           (mutant == MUTANT_MISSING_MANDATORY && is_firmware &&
            resource->id == 15) ||
           (mutant == MUTANT_LINKS_MISSING && is_firmware &&
            resource->id == 16) ||
           (mutant == MUTANT_CONFLICTS_UNREADABLE && is_firmware &&
            resource->id == 17) ||
           variant_hides(objects->firmware, resource->object, instance,
                         resource->id);
}

bool resource_is_readable(const struct objects *objects,
                          const struct resource *resource)
{
    enum mutant mutant = objects_mutant(objects);
    bool is_device = resource->object == OBJECT_DEVICE;

    return ((resource->operations & OBJECTS_READ) != 0 &&
            !(mutant == MUTANT_BINDING_UNREADABLE && is_device &&
              resource->id == 16)) ||
           (mutant == MUTANT_EXECUTABLE_READ && is_device &&
            resource->id == 4) ||
           ((mutant == MUTANT_READ_PACKAGE ||
             mutant == MUTANT_PACKAGE_IN_INSTANCE) &&
            resource->object == OBJECT_FIRMWARE && resource->id == 0);
}

size_t objects_instances(const struct objects *objects, uint16_t object,
                         uint16_t out_ids[OBJECTS_INSTANCES_MAX])
{
    size_t count = 0;

    switch (object) {
    case OBJECT_SERVER:
        out_ids[0] = objects_vary(objects, VARIANT_SERVER_INSTANCE_1);
        out_ids[1] = (uint16_t)(out_ids[0] + 1);
        return objects->access.has_second ? 2 : 1;
    case OBJECT_ACCESS:
        count = objects->access.has_second
                    ? variant_instances(objects->firmware)
                    : 0;
        for (uint16_t i = 0; i < count; i++) {
            out_ids[i] = i;
        }
        return count;
    case OBJECT_DEVICE:
        out_ids[0] = 0;
        return 1;
    case OBJECT_FU:
        out_ids[0] = 0;
        return objects->fu.is_there && !objects->fu.is_gone ? 1 : 0;
    case OBJECT_PORTFOLIO:
        count = objects->portfolio.count;
        for (size_t i = 0; i < count; i++) {
            out_ids[i] = objects->portfolio.instances[i].id;
        }
        return count;
    case OBJECT_FIRMWARE:
        count = variant_instances(objects->firmware);
        for (uint16_t i = 0; i < count; i++) {
            out_ids[i] = i;
        }
        return count;
    default:
        return 0;
    }
}

bool objects_hide(const struct objects *objects, const struct lwm2m_path *path)
{
    unsigned version = objects_version(objects);
    uint16_t object = path->ids[0];

    return path->depth > 0 && (object == OBJECT_SECURITY ||
                               (object == OBJECT_OSCORE && version >= 11) ||
                               (object == OBJECT_COSE && version >= 12));
}

size_t objects_list(const struct objects *objects,
                    uint16_t out_ids[OBJECTS_INSTANCES_MAX])
{
    size_t count = 0;

    out_ids[count++] = OBJECT_SERVER;
    if (objects->access.has_second) {
        out_ids[count++] = OBJECT_ACCESS;
    }
    out_ids[count++] = OBJECT_DEVICE;
    if (objects->fu.is_there) {
        out_ids[count++] = OBJECT_FU;
    }
    if (objects->portfolio.is_there) {
        out_ids[count++] = OBJECT_PORTFOLIO;
    }
    out_ids[count++] = OBJECT_FIRMWARE;
    return count;
}

static bool has_object(const struct objects *objects, uint16_t object)
{
    uint16_t ids[OBJECTS_INSTANCES_MAX];
    size_t count = objects_list(objects, ids);

    for (size_t i = 0; i < count; i++) {
        if (ids[i] == object) {
            return true;
        }
    }
    return false;
}

static bool has_instance(const struct objects *objects, uint16_t object,
                         uint16_t instance)
{
    uint16_t ids[OBJECTS_INSTANCES_MAX];
    size_t count = objects_instances(objects, object, ids);

    for (size_t i = 0; i < count; i++) {
        if (ids[i] == instance) {
            return true;
        }
    }
    return false;
}

bool objects_exist(const struct objects *objects, const struct lwm2m_path *path)
{
    return path->depth == 1
               ? has_object(objects, path->ids[0])
               : path->depth > 1 &&
                     has_instance(objects, path->ids[0], path->ids[1]);
}

const struct resource *resource_find(const struct objects *objects,
                                     const struct lwm2m_path *path)
{
    for (size_t i = 0; path->depth >= 3 && i < RESOURCE_COUNT; i++) {
        if (resources[i].object == path->ids[0] &&
            resources[i].id == path->ids[2] &&
            has_instance(objects, path->ids[0], path->ids[1]) &&
            !resource_is_absent(objects, &resources[i], path->ids[1])) {
            return &resources[i];
        }
    }
    return NULL;
}
