/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_NAMES_H
#define SCENARIOS_ENGINE_NAMES_H

/*
 * Names of devices: found quickly among thousands, numbered, and turned into
 * names of folders. Private to scenarios/engine.
 */
#include <stdbool.h>
#include <stddef.h>

#include "server/server.h"

#define SLUG_SIZE 64 /**< bytes of a folder's name, with NUL */

/** Where a name stands in somebody's list. All zero until name_table_init(). */
struct name_table {
    struct name_slot *slots;
    size_t capacity; /**< a power of two, more than twice the names */
};

/** @param count_max  names that are added at most
 *  Errors: STATUS_NO_MEMORY. */
MUST_CHECK
enum status name_table_init(struct name_table *table, size_t count_max,
                            struct reason *reason);
void name_table_release(struct name_table *table);
/** @param name  borrowed as long as the table lives
 *  @return false when the name is there already; `out_index` (may be NULL) is
 *          then the index it was added with */
bool name_table_add(struct name_table *table, const char *name, size_t index,
                    size_t *out_index);
/** @return false when it is not there */
bool name_table_find(const struct name_table *table, const char *name,
                     size_t *out_index);

/** A copy of the text with every "{n}" replaced; caller frees, NULL: no
 *  memory. */
char *name_numbered(const char *text, unsigned number);

/**
 * A folder's name for a device: lower-case letters, digits, '.', '_' and '-',
 * never hidden, cut where SLUG_SIZE ends. "urn:imei:35" gives "urn-imei-35".
 */
void slug_of(const char *name, char out_slug[SLUG_SIZE]);
/**
 * One folder's name for each device, no two alike: those that come later get
 * "-2", "-3" … And none is a file of the result directory.
 *
 * Errors: STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status slugs_assign(const char *const *names, size_t count,
                         char (*out_slugs)[SLUG_SIZE], struct reason *reason);

#endif
