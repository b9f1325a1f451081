/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_ATTRIBUTES_H
#define TESTS_DEVICE_ATTRIBUTES_H

/*
 * Notification attributes: what a Server attached to which path, and what
 * counts at a path. Knows no clock and no network.
 * Spec: lwm2m-core.md, section 4.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"

#define ATTRIBUTE_PATHS_MAX 64 /**< paths with attributes */

enum attribute {
    ATTRIBUTE_PMIN,
    ATTRIBUTE_PMAX,
    ATTRIBUTE_GT,
    ATTRIBUTE_LT,
    ATTRIBUTE_ST,
    ATTRIBUTE_EPMIN,
    ATTRIBUTE_EPMAX,
    ATTRIBUTE_EDGE,
    ATTRIBUTE_CON,
    ATTRIBUTE_HQMAX,
    ATTRIBUTE_COUNT
};

/** Those of one path, or of one observation. */
struct attributes {
    unsigned has; /**< bit i: enum attribute i */
    double values[ATTRIBUTE_COUNT];
};

/** A path and what is attached to it; at least one. */
struct attribute_row {
    struct lwm2m_path path;
    struct attributes attributes;
};

struct attribute_table {
    struct attribute_row rows[ATTRIBUTE_PATHS_MAX];
    size_t count;
};

/** What decides whether an attribute makes sense at a path. */
struct attribute_target {
    unsigned version; /**< of LwM2M: 10, 11, 12 */
    uint8_t depth;    /**< of the path */
    bool is_readable;
    bool is_numeric; /**< a number is what the Resource holds */
    bool is_boolean;
};

bool attributes_have(const struct attributes *attributes, enum attribute which);
/**
 * Take one parameter of a Write-Attributes, "pmin=10" or "pmin" (takes it
 * away), into `attributes`.
 *
 * @return false when it is unknown, malformed or makes no sense at the target
 */
bool attributes_take(struct attributes *attributes, const char *text,
                     size_t length, const struct attribute_target *target);
/** Whether lt < gt, lt + 2 * st < gt and epmin < epmax hold. */
bool attributes_agree(const struct attributes *attributes);
/** ";pmin=10;gt=1.5", as links have it. Always fits. */
#define ATTRIBUTES_TEXT_SIZE 400
void attributes_text(const struct attributes *attributes,
                     char buffer[ATTRIBUTES_TEXT_SIZE]);

/** Attached to exactly this path; none is an empty set. */
struct attributes attribute_table_at(const struct attribute_table *table,
                                     const struct lwm2m_path *path);
/** @return false when the table is full */
bool attribute_table_put(struct attribute_table *table,
                         const struct lwm2m_path *path,
                         const struct attributes *attributes);
/** What counts at the path: its own before those of the levels above. */
struct attributes attribute_table_effective(const struct attribute_table *table,
                                            const struct lwm2m_path *path);
/** Forget what is at and below the path. */
void attribute_table_drop(struct attribute_table *table,
                          const struct lwm2m_path *path);

#endif
