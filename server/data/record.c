/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/record.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROW_START = 8 };

/** One allocation of value bytes; a chain of them is the arena. */
struct chunk {
    struct chunk *next;
    char bytes[];
};

void record_list_init(struct record_list *list)
{
    *list = (struct record_list){ .records = NULL };
}

void record_list_release(struct record_list *list)
{
    struct chunk *chunk = list->arena;

    while (chunk != NULL) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(list->records);
    free(list->notes);
    free(list->empty);
    record_list_init(list);
}

static bool has_bytes(enum lwm2m_type type)
{
    return type == LWM2M_TYPE_STRING || type == LWM2M_TYPE_OPAQUE ||
           type == LWM2M_TYPE_CORELNK || type == LWM2M_TYPE_UNKNOWN;
}

/** Copy of the bytes, with a NUL behind, owned by the list; NULL: no memory. */
static const char *keep_bytes(struct record_list *list, const char *bytes,
                              size_t length)
{
    if (length > SIZE_MAX - sizeof(struct chunk) - 1) {
        return NULL;
    }
    struct chunk *chunk = malloc(sizeof(*chunk) + length + 1);
    if (chunk == NULL) {
        return NULL;
    }
    if (length > 0) {
        memcpy(chunk->bytes, bytes, length);
    }
    chunk->bytes[length] = '\0';
    chunk->next = list->arena;
    list->arena = chunk;
    return chunk->bytes;
}

static enum status grow(struct record_list *list, struct reason *reason)
{
    if (list->count < list->capacity) {
        return STATUS_OK;
    }
    size_t capacity = list->capacity == 0 ? GROW_START : list->capacity * 2;
    struct lwm2m_record *records =
        realloc(list->records, capacity * sizeof(*records));
    if (records == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    list->records = records;
    list->capacity = capacity;
    return STATUS_OK;
}

enum status record_list_add(struct record_list *list,
                            const struct lwm2m_record *record,
                            struct reason *reason)
{
    if (list->count >= RECORD_LIST_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d records",
                          RECORD_LIST_MAX);
    }
    enum status status = grow(list, reason);
    if (status != STATUS_OK) {
        return status;
    }
    struct lwm2m_record copy = *record;
    if (has_bytes(record->value.type)) {
        copy.value.as.data.bytes = keep_bytes(list, record->value.as.data.bytes,
                                              record->value.as.data.length);
        if (copy.value.as.data.bytes == NULL) {
            return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
    }
    list->records[list->count++] = copy;
    return STATUS_OK;
}

enum status record_list_add_empty(struct record_list *list,
                                  struct lwm2m_path path, struct reason *reason)
{
    if (list->empty_count >= RECORD_LIST_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d empty arrays",
                          RECORD_LIST_MAX);
    }
    struct lwm2m_path *empty =
        realloc(list->empty, (list->empty_count + 1) * sizeof(*empty));
    if (empty == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    empty[list->empty_count++] = path;
    list->empty = empty;
    return STATUS_OK;
}

/** A violation must not be hidden behind tolerated deviations. */
static struct record_note *last_tolerated(struct record_list *list)
{
    for (size_t i = list->note_count; i > 0; i--) {
        if (list->notes[i - 1].class == RECORD_NOTE_TOLERATED) {
            return &list->notes[i - 1];
        }
    }
    return NULL;
}

/** Where the next note is written; NULL: nowhere. */
static struct record_note *note_place(struct record_list *list,
                                      enum record_note_class class)
{
    if (list->note_count >= RECORD_NOTE_MAX) {
        return class == RECORD_NOTE_NON_CONFORMING ? last_tolerated(list)
                                                   : NULL;
    }
    struct record_note *notes =
        realloc(list->notes, (list->note_count + 1) * sizeof(*notes));
    if (notes == NULL) {
        list->is_lacking = true;
        return NULL;
    }
    list->notes = notes;
    return &notes[list->note_count++];
}

void record_list_note(struct record_list *list, enum record_note_class class,
                      struct lwm2m_path path, const char *format, ...)
{
    struct record_note *note = note_place(list, class);
    va_list arguments;

    if (note == NULL) {
        return;
    }
    note->class = class;
    note->path = path;
    va_start(arguments, format);
    (void)vsnprintf(note->text, sizeof(note->text), format,
                    arguments); /* cut where it does not fit */
    va_end(arguments);
}

const struct lwm2m_record *record_list_find(const struct record_list *list,
                                            struct lwm2m_path path)
{
    for (size_t i = 0; i < list->count; i++) {
        if (lwm2m_path_equal(&list->records[i].path, &path)) {
            return &list->records[i];
        }
    }
    return NULL;
}

bool record_list_has(const struct record_list *list, struct lwm2m_path path)
{
    for (size_t i = 0; i < list->count; i++) {
        if (lwm2m_path_is_within(&list->records[i].path, &path)) {
            return true;
        }
    }
    for (size_t i = 0; i < list->empty_count; i++) {
        if (lwm2m_path_is_within(&list->empty[i], &path)) {
            return true;
        }
    }
    return false;
}
