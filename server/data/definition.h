/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_DEFINITION_H
#define SERVER_DATA_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/path.h"
#include "server/data/status.h"
#include "server/data/value.h"

/** Operations a Server may use on a Resource; a set. Empty: bootstrap only. */
enum {
    DEFINITION_READ = 1,
    DEFINITION_WRITE = 2,
    DEFINITION_EXECUTE = 4,
};

/** How a range is judged. object-definition.md, section 6, row 9. */
enum definition_strictness {
    DEFINITION_RANGE_NONE, /**< no range, or prose (group K) */
    DEFINITION_RANGE_WARN, /**< groups C, G, I */
    DEFINITION_RANGE_FAIL, /**< groups A, B, D, E, F, H, J */
};

/** One closed interval of allowed values or byte lengths. Integers are kept
 *  exact; `low_real`/`high_real` serve Float. */
struct definition_interval {
    int64_t low;
    int64_t high;
    uint64_t low_unsigned;
    uint64_t high_unsigned;
    double low_real;
    double high_real;
};

struct resource_definition {
    uint16_t id;
    const char *name;
    unsigned operations; /**< DEFINITION_READ | … */
    bool multiple;
    bool mandatory;
    enum lwm2m_type type;
    const char *range_text; /**< as written, "" when absent */
    enum definition_strictness strictness;
    const struct definition_interval *intervals;
    size_t interval_count;
};

struct object_definition {
    uint16_t id;
    const char *name;
    const char *urn;
    unsigned version_major;
    unsigned version_minor;
    unsigned lwm2m_major; /**< minimum enabler version */
    unsigned lwm2m_minor;
    bool multiple;
    bool mandatory;
    const struct resource_definition *resources; /**< ascending IDs */
    size_t resource_count;
};

/** A set of Object definitions, several versions of one Object allowed. */
struct definitions;

MUST_CHECK
struct definitions *definitions_new(void);
void definitions_free(struct definitions *definitions);

/**
 * Add the Objects of one DDF XML file. Lenient as object-definition.md
 * section 2 demands (BOM, child order, missing elements).
 *
 * @param name  for the reason and the warnings: the file's name
 * Errors: STATUS_MALFORMED (not XML, not an Object file, URN and ID disagree,
 *         duplicate Resource ID), STATUS_LIMIT, STATUS_NO_MEMORY; the set is
 *         as it was.
 */
MUST_CHECK
enum status definitions_add_xml(struct definitions *definitions,
                                const char *name, const uint8_t *xml,
                                size_t length, struct reason *reason);
/** The definitions that are compiled in: /1, /3, /5 and /33629. Errors:
 *  STATUS_NO_MEMORY, STATUS_LIMIT; the set is as it was. */
MUST_CHECK
enum status definitions_add_embedded(struct definitions *definitions,
                                     struct reason *reason);
/** Remarks of loading ("5.xml: …"), in order; NULL past the end. */
const char *definitions_warning(const struct definitions *definitions,
                                size_t index);

/**
 * Definition of an Object. Exact version, else same major with the highest
 * minor not above, else same major with the lowest minor above, else NULL.
 * A version of 0.0 means "newest".
 */
const struct object_definition *definitions_object(
    const struct definitions *definitions, uint16_t object, unsigned major,
    unsigned minor);
const struct resource_definition *object_resource(
    const struct object_definition *object, uint16_t resource);
/** Newest definition's Resource at a path of depth 3 or 4; NULL if none. */
const struct resource_definition *definitions_resource(
    const struct definitions *definitions, const struct lwm2m_path *path);

/**
 * Check one value against type and range; the words of the first violation
 * go to `reason`.
 *
 * @return STATUS_OK; STATUS_MALFORMED when the type is wrong or a range of
 *         DEFINITION_RANGE_FAIL is left; STATUS_LIMIT when only a range of
 *         DEFINITION_RANGE_WARN is left
 */
MUST_CHECK
enum status resource_check_value(const struct resource_definition *resource,
                                 const struct lwm2m_value *value,
                                 struct reason *reason);

#endif
