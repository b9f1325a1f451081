/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_PATH_H
#define SERVER_DATA_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/status.h"

#define LWM2M_ID_MAX        65534 /**< 65535 is reserved. Core 1.2.2, 7.1 */
#define LWM2M_PATH_TEXT_MAX 25    /**< "/65534/65534/65534/65534" and NUL */

/**
 * A LwM2M path: the root (depth 0), an Object (1), an Object Instance (2), a
 * Resource (3) or a Resource Instance (4). Levels beyond `depth` are 0.
 */
struct lwm2m_path {
    uint16_t ids[4];
    uint8_t depth;
};

/* Constructors, by value. */
struct lwm2m_path lwm2m_path_object(uint16_t object);
struct lwm2m_path lwm2m_path_instance(uint16_t object, uint16_t instance);
struct lwm2m_path lwm2m_path_resource(uint16_t object, uint16_t instance,
                                      uint16_t resource);
/** `path` with one more level; `path` itself when it is at depth 4. */
struct lwm2m_path lwm2m_path_child(struct lwm2m_path path, uint16_t id);

/**
 * Read "/3/0/0". Decimal IDs without leading zeros, 0..65534, no trailing
 * slash but for the root "/".
 *
 * @param text    `length` bytes, needs no NUL
 * Errors: STATUS_MALFORMED.
 */
MUST_CHECK
enum status lwm2m_path_parse(const char *text, size_t length,
                             struct lwm2m_path *out_path,
                             struct reason *reason);
/** Write the path with its leading slash; returns `buffer`. */
char *lwm2m_path_text(const struct lwm2m_path *path,
                      char buffer[LWM2M_PATH_TEXT_MAX]);
bool lwm2m_path_equal(const struct lwm2m_path *a, const struct lwm2m_path *b);
/** Whether `path` is `prefix` or lies below it. */
bool lwm2m_path_is_within(const struct lwm2m_path *path,
                          const struct lwm2m_path *prefix);
/** <0, 0, >0: level by level, a parent before its children. */
int lwm2m_path_compare(const struct lwm2m_path *a, const struct lwm2m_path *b);

#endif
