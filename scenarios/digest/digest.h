/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_DIGEST_DIGEST_H
#define SCENARIOS_DIGEST_DIGEST_H

#include <stddef.h>

#include "server/server.h"

/**
 * The requirements that cases claim, as docs/afu.md and docs/core.md have them:
 * both pages are compiled in and read here, so that the program and the page
 * cannot say different things. Plain data, never changed.
 */
struct digest;

enum { DIGEST_COLUMNS_MAX = 9 };

/** What the first column of a row holds. */
enum digest_kind {
    DIGEST_REQUIREMENT, /**< "AFU-089", "LWM-101" */
    DIGEST_TRANSITION,  /**< "ST-35", and "DG-04" as the figure has it */
    DIGEST_AMBIGUITY,   /**< "A-07" */
};

/** One row of a table whose first column is an id. */
struct digest_row {
    enum digest_kind kind;
    const char *id;
    const char *document; /**< "docs/afu.md" */
    const char *no_case;  /**< why no case claims this requirement, or NULL */
    size_t count;         /**< columns after the id */
    const char *names[DIGEST_COLUMNS_MAX]; /**< "Strength", … */
    const char *texts[DIGEST_COLUMNS_MAX]; /**< as in the page, in Markdown */
};

/**
 * Read the pages that are compiled in.
 *
 * Errors: STATUS_NO_MEMORY; STATUS_MALFORMED: a row has more or fewer cells
 *         than its table's head, an id stands twice, or a reason for not
 *         testing is about an unknown one.
 */
MUST_CHECK
enum status digest_new(struct digest **out_digest, struct reason *reason);
/** The same from a text of the caller's. @param document  not copied */
MUST_CHECK
enum status digest_parse(const char *document, const char *text,
                         struct digest **out_digest, struct reason *reason);
void digest_free(struct digest *digest);

size_t digest_count(const struct digest *digest);
/** In the order of the pages. */
const struct digest_row *digest_at(const struct digest *digest, size_t index);
/** By id, in upper or lower case; NULL when there is none. */
const struct digest_row *digest_find(const struct digest *digest,
                                     const char *id);
/** The column with that name ("Requirement"), in upper or lower case; NULL. */
const char *digest_text(const struct digest_row *row, const char *name);

#endif
