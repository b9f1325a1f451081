/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_VALUE_H
#define SERVER_DATA_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/status.h"

/** Data types of LwM2M Core 1.2.2, Appendix C. */
enum lwm2m_type {
    LWM2M_TYPE_NONE,    /**< executable, or no value */
    LWM2M_TYPE_UNKNOWN, /**< bytes of a Resource without definition (TLV) */
    LWM2M_TYPE_STRING,
    LWM2M_TYPE_INTEGER,
    LWM2M_TYPE_UNSIGNED,
    LWM2M_TYPE_FLOAT,
    LWM2M_TYPE_BOOLEAN,
    LWM2M_TYPE_OPAQUE,
    LWM2M_TYPE_TIME, /**< seconds since 1970-01-01 UTC, in `integer` */
    LWM2M_TYPE_OBJLNK,
    LWM2M_TYPE_CORELNK,
};

/**
 * One typed value. STRING, OPAQUE, CORELNK and UNKNOWN use `bytes`/`length`
 * (a NUL follows the bytes, not counted; strings are valid UTF-8). In a
 * record list the bytes belong to the list.
 */
struct lwm2m_value {
    enum lwm2m_type type;
    union {
        int64_t integer; /**< INTEGER, TIME */
        uint64_t unsigned_integer;
        double real;
        bool boolean;
        struct {
            uint16_t object;
            uint16_t instance; /**< 65535:65535 is the null link */
        } link;
        struct {
            const char *bytes;
            size_t length;
        } data;
    } as;
};

/** "String", "Integer" …: the spelling of the object definitions. */
const char *lwm2m_type_name(enum lwm2m_type type);
bool lwm2m_value_equal(const struct lwm2m_value *a,
                       const struct lwm2m_value *b);
/**
 * The value for people: strings in double quotes with control characters
 * escaped, opaque as hexadecimal (cut with "…" after 32 bytes), links 33629:1.
 * Always NUL-terminated, cut where `size` ends; returns `buffer`.
 */
char *lwm2m_value_text(const struct lwm2m_value *value, char *buffer,
                       size_t size);

#endif
