/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_JOURNAL_FIELDS_H
#define SCENARIOS_JOURNAL_FIELDS_H

/*
 * The members of each kind of event, as tables: one row per kind, one row per
 * member. Writing, reading and copying walk them, so that a member cannot be
 * written and then not read. Private to scenarios/journal.
 */
#include "scenarios/journal/event.h"
#include "scenarios/journal/json_text.h"
#include "scenarios/journal/memory.h"

/** How one member of struct journal_event is written. */
enum field_form {
    FIELD_TEXT,   /**< const char *; NULL is left out */
    FIELD_BYTES,  /**< const uint8_t * and size_t: hexadecimal; without
                         bytes but with a length "NAME-length" */
    FIELD_OUTPUT, /**< const char * and size_t: text */
    FIELD_BOOL,   /**< left out when false */
    FIELD_U64,
    FIELD_U32,
    FIELD_UNSIGNED,
    FIELD_INT,
    FIELD_FORMAT,   /**< int; CONTENT_FORMAT_NONE is left out */
    FIELD_CODE,     /**< uint8_t: "2.05" */
    FIELD_METHOD,   /**< uint8_t: "PUT" */
    FIELD_BLOCK,    /**< struct server_block with a bool before it */
    FIELD_OPTION,   /**< uint32_t with a bool before it */
    FIELD_LEVEL,    /**< enum finding_level */
    FIELD_EVIDENCE, /**< the numbers of a finding */
    FIELD_TREE,     /**< const cJSON *: the data of the engine's kinds */
    FIELD_FORMS
};

struct field {
    const char *name;
    enum field_form form;
    size_t offset; /**< in struct journal_event */
    size_t second; /**< of the length or of the bool, where there is one */
};

/** One row per kind. `fields` is NULL for kinds that are not journaled. */
struct kind_row {
    const char *name;
    const struct field *fields;
    size_t field_count;
};
extern const struct kind_row kind_rows[JOURNAL_KINDS];

/** Append all members as one JSON object. */
void fields_write(struct json_text *text, const struct journal_event *event);
/** Whether the kind has one tree and no members. */
static inline bool kind_has_tree(enum journal_kind kind)
{
    return kind_rows[kind].field_count == 1 &&
           kind_rows[kind].fields[0].form == FIELD_TREE;
}

/** Fill the members from the object that `reader` has announced; not for a
 *  tree. Errors: STATUS_MALFORMED and STATUS_LIMIT with the member, or what
 *  the reader says; STATUS_NO_MEMORY. */
MUST_CHECK
enum status fields_read(struct json_reader *reader, struct journal_event *event,
                        struct event_memory *memory, struct reason *reason);
/** A whole number: of at most 2^53 as a number of JSON, or 64 bits as a string
 *  of digits. */
MUST_CHECK
bool number_read(const struct json_value *value, bool *out_negative,
                 uint64_t *out_magnitude);
/** A string as it was before it became JSON, NUL-terminated in `memory`; with
 *  `keep_nul` as json_text_restore(). */
MUST_CHECK
enum status text_read(const struct json_value *value, const char *name,
                      bool keep_nul, struct event_memory *memory,
                      const char **out_text, size_t *out_length,
                      struct reason *reason);
/** Replace each pointer of a shallow copy by one into `memory`.
 *  @return false when memory ran out */
MUST_CHECK
bool fields_copy(struct journal_event *event, struct event_memory *memory);

/** line.c: fill an event from one line; pointers lead into `memory`. */
MUST_CHECK
enum status line_read(const char *line, size_t length,
                      struct event_memory *memory,
                      struct journal_event *out_event, struct reason *reason);

#endif
