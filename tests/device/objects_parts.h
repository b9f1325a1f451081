/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_OBJECTS_PARTS_H
#define TESTS_DEVICE_OBJECTS_PARTS_H

/*
 * What the files behind objects.h share: resources.c, values.c, discover.c,
 * changes.c, writing.c, composite.c, links.c, server_object.c. Nobody else includes it.
 */
#include "tests/device/objects.h"

enum {
    OBJECTS_READ = 1,
    OBJECTS_WRITE = 2,
    OBJECTS_EXECUTE = 4,
};

/** Instances of one Object. */
#define OBJECTS_INSTANCES_MAX 16

/** One Resource that the device has. */
struct resource {
    uint16_t object;
    uint16_t id;
    unsigned operations;
    enum lwm2m_type type;
    bool multiple;
    unsigned since; /**< LwM2M version, 11 is 1.1 */
};

enum mutant objects_mutant(const struct objects *objects);
bool objects_vary(const struct objects *objects, enum variant variant);
/** 10, 11 or 12. */
unsigned objects_version(const struct objects *objects);
/** Content-Formats that it speaks, see formats.h. */
uint32_t objects_formats(const struct objects *objects);

/** The table, row by row in the order of IDs; NULL behind its end. */
const struct resource *resource_at(size_t index);
/** Whether this instance does not have it (now). */
bool resource_is_absent(const struct objects *objects,
                        const struct resource *resource, uint16_t instance);
bool resource_is_readable(const struct objects *objects,
                          const struct resource *resource);
/** The Resource at or above a path of depth 3 or 4, if it is there. */
const struct resource *resource_find(const struct objects *objects,
                                     const struct lwm2m_path *path);

/** The IDs of its instances, ascending. @return how many */
size_t objects_instances(const struct objects *objects, uint16_t object,
                         uint16_t out_ids[OBJECTS_INSTANCES_MAX]);
/** Whether the Object is there, and the Instance where the path has one. */
bool objects_exist(const struct objects *objects,
                   const struct lwm2m_path *path);

/** The value of a Resource, or all members of a multiple one. */
bool objects_add_resource(const struct objects *objects,
                          const struct resource *resource, uint16_t instance,
                          struct record_list *list);
/** Everything that can be read at or below the path of depth 1 to 4. */
bool objects_collect(const struct objects *objects,
                     const struct lwm2m_path *path, struct record_list *list);

/** Of all Objects that the device can have; NULL: no memory. */
struct definitions *objects_definitions(const struct objects *objects);

enum writing {
    WRITING_REPLACE,
    WRITING_UPDATE,
    WRITING_COMPOSITE, /**< anywhere, and only what is there */
};
/** Write all of the records or none of them. @return the code */
uint8_t objects_write(struct objects *objects, const struct lwm2m_path *base,
                      const struct record_list *list, enum writing how);
/** Make the Instance, from records that are all below it. @return the code */
uint8_t objects_create(struct objects *objects, const struct lwm2m_path *path,
                       const struct record_list *list);
/** An Instance came or went: the next Update tells the new list. */
void objects_list_changed(struct objects *objects);

/** The IDs of the Objects that there are, ascending. @return how many */
size_t objects_list(const struct objects *objects,
                    uint16_t out_ids[OBJECTS_INSTANCES_MAX]);

/** Package URI of a component. @param dry  only say which code it gets */
uint8_t objects_write_uri(struct objects *objects, uint16_t instance,
                          const void *bytes, size_t length, bool dry);

/* /1 */
void server_object_value(const struct objects *objects, uint16_t instance,
                         uint16_t id, struct lwm2m_value *value);
/** @param dry  only say which code it would get */
uint8_t server_object_write(struct objects *objects, uint16_t instance,
                            uint16_t id, const struct lwm2m_value *value,
                            bool dry);
/** A replacement: optional Resources have their first values again. */
void server_object_reset(struct objects *objects);
uint8_t server_object_execute(struct objects *objects, uint16_t id,
                              const char *argument, size_t length);

#endif
