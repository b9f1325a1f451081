/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_SUIT_READING_H
#define SCENARIOS_PACKAGE_SUIT_READING_H

/* Private to suit_read.c, suit_read_manifest.c and suit_read_commands.c. */
#include "scenarios/package/suit.h"

/** An envelope that is being read. */
struct suit_reading {
    struct cbor_in *in;
    struct suit_view *view;
    struct package_fields *fields; /**< NULL: nobody wants them */
    size_t wrong_at;               /**< where an inner cursor failed */
};

size_t suit_offset_of(const struct suit_reading *reading, const uint8_t *at);
/** Remembers the place, and tells it: "offset N: " comes before `what`. */
MUST_CHECK
enum status suit_wrong(struct suit_reading *reading, size_t at,
                       const char *what);
/** A field whose value are its bytes. */
MUST_CHECK
enum status suit_note_span(struct suit_reading *reading, const char *name,
                           const struct span *span);
/** One whose value is a number. */
MUST_CHECK
enum status suit_note_number(struct suit_reading *reading, const char *name,
                             size_t from, size_t to, int64_t number);
/** One whose value is a text. */
MUST_CHECK
enum status suit_note_text(struct suit_reading *reading, const char *name,
                           const struct span *span, const char *text);
/** One whose value is the text in the package; control characters as '?'. */
MUST_CHECK
enum status suit_note_characters(struct suit_reading *reading, const char *name,
                                 const struct span *span);
/** What can be printed as it is, anything else as digits. */
void suit_copy_name(char out_name[SUIT_NAME_SIZE], const struct span *span);
/** A number that is critical and that we do not know: the first one counts. */
void suit_note_unknown(struct suit_view *view, int64_t number, size_t at);

/** Whether the member may stand outside of the manifest. */
bool suit_is_severable(int64_t key);

/** All of view->manifest_body. */
MUST_CHECK
enum status suit_read_manifest(struct suit_reading *reading);
/** The commands in a byte string, appended to those of the view. */
MUST_CHECK
enum status suit_read_sequence(struct suit_reading *reading,
                               const struct span *wrapper,
                               enum suit_sequence sequence);
/** [-16, h'…'], as bytes or as an item. */
MUST_CHECK
enum status suit_read_digest(struct suit_reading *reading, struct cbor_in *in,
                             struct span *out_digest);

#endif
