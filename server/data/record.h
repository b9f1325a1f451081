/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_RECORD_H
#define SERVER_DATA_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "server/data/path.h"
#include "server/data/status.h"
#include "server/data/value.h"

#define RECORD_LIST_MAX 10000 /**< records in one list */
#define RECORD_NOTE_MAX 64    /**< notes in one list */

/**
 * One value at one path: a Resource or a Resource Instance. Without a value
 * (LWM2M_TYPE_NONE) it is a path that is asked for or deleted: see enum
 * payload_kind in codec.h.
 */
struct lwm2m_record {
    struct lwm2m_path path; /**< depth 3, or 4 for an array member; any depth
                                 where paths are asked for */
    struct lwm2m_value value;
    bool has_time;
    double time_s; /**< UNIX time, when has_time */
};

/** How bad a remark of a decoder is. content-formats.md, section 12. */
enum record_note_class {
    RECORD_NOTE_TOLERATED,      /**< historic or SHOULD-level deviation */
    RECORD_NOTE_NON_CONFORMING, /**< decodable, but a MUST is violated */
};

struct record_note {
    enum record_note_class class;
    struct lwm2m_path path; /**< what it is about */
    char text[160];
};

/**
 * The one in-memory form of data: a flat list in wire order, which owns the
 * bytes of its values. `empty_arrays` and `empty_instances` are paths that
 * were present without content (an empty multiple Resource in TLV, an Object
 * Instance without Resources).
 */
struct record_list {
    struct lwm2m_record *records;
    size_t count;
    size_t capacity;
    struct record_note *notes;
    size_t note_count;
    struct lwm2m_path *empty; /**< Resources or Instances without values */
    size_t empty_count;
    void *arena;     /**< private: the bytes */
    bool is_lacking; /**< private: memory ran out for a note */
};

void record_list_init(struct record_list *list);
/** Accepts a list that was only initialised; leaves it initialised. */
void record_list_release(struct record_list *list);
/** Append a copy (bytes included). Errors: STATUS_NO_MEMORY, STATUS_LIMIT. */
MUST_CHECK
enum status record_list_add(struct record_list *list,
                            const struct lwm2m_record *record,
                            struct reason *reason);
MUST_CHECK
enum status record_list_add_empty(struct record_list *list,
                                  struct lwm2m_path path,
                                  struct reason *reason);
/**
 * Append a remark. Beyond RECORD_NOTE_MAX a violation takes the place of the
 * last tolerated deviation; what then has no place is dropped. When memory
 * runs out the list is marked, and its decoder fails.
 */
void record_list_note(struct record_list *list, enum record_note_class class,
                      struct lwm2m_path path, const char *format, ...)
    PRINTF_LIKE(4, 5);
/** First record at exactly `path`, or NULL. */
const struct lwm2m_record *record_list_find(const struct record_list *list,
                                            struct lwm2m_path path);
/** Whether there is a record or an empty entry at or below `path`. */
bool record_list_has(const struct record_list *list, struct lwm2m_path path);

#endif
