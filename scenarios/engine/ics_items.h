/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_ICS_ITEMS_H
#define SCENARIOS_ENGINE_ICS_ITEMS_H

/*
 * Private to scenarios/engine: the items of the ICS, their values, and who
 * says them. Spec: afu.md section 2; docs/profile.md adds some.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/** What a declared value looks like. */
enum ics_values {
    ICS_BOOL,
    ICS_NUMBER,   /**< whole, 0 or more; 0 is none */
    ICS_INSTANCE, /**< whole, 0 or more, and 0 is one, too */
    ICS_WORD,     /**< one of `words` */
    ICS_WORDS,    /**< one or more of `words`, with blanks between them */
    ICS_ANY,      /**< of somebody's own item */
};

/** Who says the value unless the profile's "ics" does. */
enum ics_source {
    ICS_FROM_DEFAULT, /**< `value`: only people know */
    ICS_FROM_LOOK,    /**< the look at the device; not seen: false */
    ICS_FROM_LIST,    /**< resource 8; not read: unknown */
    ICS_FROM_CORE,    /**< the same, when a case asks for such items */
    ICS_FROM_PROFILE, /**< another member of the profile, see `elsewhere` */
};

struct ics_type {
    const char *name; /**< "defer"; "format-" is the beginning of a name */
    enum ics_values values;
    enum ics_source source;
    const char *value; /**< default; NULL: none */
    const char *words[8];
    const char *elsewhere; /**< where the profile says it; NULL: in "ics" */
};

/** Beginning of the names that are nobody's but the user's. */
#define ICS_OWN "x-"

/** The row of an item, NULL for an unknown one. */
const struct ics_type *ics_type(const char *name);
/** All rows; families by their beginning. */
const struct ics_type *ics_type_at(size_t index);
size_t ics_type_count(void);
/** Names for messages; NULL-terminated. */
const char *const *ics_type_names(void);
/** "unknown item 'cancle', did you mean 'cancel'? …" into a buffer. */
char *ics_unknown(const char *name, char *buffer, size_t size);
/** Whether a declared value is one that the item can have.
 *  @param out_expected  else, what is expected, into this buffer */
bool ics_type_takes(const struct ics_type *type, const cJSON *value,
                    char *out_expected, size_t size);

#endif
