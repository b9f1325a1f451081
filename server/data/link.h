/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_LINK_H
#define SERVER_DATA_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/path.h"
#include "server/data/record.h"
#include "server/data/status.h"

#define LINK_LIST_MAX      20000 /**< links in one list */
#define LINK_ATTRIBUTE_MAX 32    /**< attributes of one link */

struct link_attribute {
    const char *name;  /**< NUL-terminated, owned by the list */
    const char *value; /**< unquoted, unescaped; NULL when without value */
};

/** One link of a Register payload or a Discover answer. RFC 6690. */
struct link {
    const char *target;     /**< as sent, without < >; owned by the list */
    bool is_lwm2m;          /**< the target, less the root path, is numeric */
    bool is_root;           /**< the target is the LwM2M root */
    struct lwm2m_path path; /**< valid when is_lwm2m; depth 0 for the root */
    const struct link_attribute *attributes;
    size_t attribute_count;
};

/** A parsed list. Notes are tolerated deviations (blanks, CRLF, bare
 *  attributes of old Bootstrap-Discover answers). */
struct link_list {
    struct link *links;
    size_t count;
    const char *root; /**< alternate path such as "/lwm2m", or "/" */
    struct record_note *notes;
    size_t note_count;
    void *arena; /**< private */
};

void link_list_init(struct link_list *list);
void link_list_release(struct link_list *list);

/**
 * Parse application/link-format of a Register, Update or Discover.
 * The root is taken from the link with rt="oma.lwm2m", else it is "/" (a
 * caller that knows the root of a registration passes it as `root`, else
 * NULL).
 *
 * Errors: STATUS_MALFORMED with offset and reason, STATUS_LIMIT,
 *         STATUS_NO_MEMORY. On failure `out_list` is untouched.
 */
MUST_CHECK
enum status link_list_parse(const char *text, size_t length, const char *root,
                            struct link_list *out_list, struct reason *reason);
/** Value of an attribute, "" when it has none, NULL when it is absent. */
const char *link_attribute(const struct link *link, const char *name);

#endif
