/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_RANGE_H
#define SERVER_DATA_RANGE_H

/* Private to server/data. Spec: object-definition.md, section 4. */
#include "server/data/definition.h"

#define RANGE_INTERVALS_MAX 64

/** A parsed RangeEnumeration. */
struct range {
    struct definition_interval intervals[RANGE_INTERVALS_MAX];
    size_t count;
    enum definition_strictness strictness;
    bool was_reversed; /**< group G: worth a warning */
    bool is_cut;       /**< more than RANGE_INTERVALS_MAX: no check */
};

/**
 * Parse any of the registry's spellings (groups A..K). What is no range, holds
 * nothing or is longer than what is kept here gives DEFINITION_RANGE_NONE and
 * no interval.
 */
void range_parse(const char *text, enum lwm2m_type type,
                 struct range *out_range);

#endif
