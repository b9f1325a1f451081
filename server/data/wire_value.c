/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/wire_value.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/data/scalar.h"

enum { SHOWN_SIZE = 64 };

static void set_data(struct lwm2m_value *value, enum lwm2m_type type,
                     const struct wire_value *wire)
{
    value->type = type;
    value->as.data.bytes = wire->bytes;
    value->as.data.length = wire->length;
}

static bool read_link(const struct wire_value *wire, struct lwm2m_value *value,
                      bool *out_leading_zeros)
{
    value->type = LWM2M_TYPE_OBJLNK;
    return parse_objlnk(wire->bytes, wire->length, &value->as.link.object,
                        &value->as.link.instance, out_leading_zeros);
}

/** The type that the value shows by itself. */
static void read_shown(const struct wire_value *wire, struct lwm2m_value *value)
{
    bool zeros = false;

    switch (wire->kind) {
    case WIRE_NUMBER:
        value->type = LWM2M_TYPE_FLOAT;
        if (wire->number.is_plain &&
            number_is_signed(&wire->number, &value->as.integer)) {
            value->type = LWM2M_TYPE_INTEGER;
        } else if (wire->number.is_plain &&
                   number_is_unsigned(&wire->number,
                                      &value->as.unsigned_integer)) {
            value->type = LWM2M_TYPE_UNSIGNED;
        } else {
            value->as.real = wire->number.real;
        }
        return;
    case WIRE_LINK:
        if (!read_link(wire, value, &zeros)) {
            set_data(value, LWM2M_TYPE_STRING, wire);
        }
        return;
    case WIRE_TEXT:
        set_data(value, LWM2M_TYPE_STRING, wire);
        return;
    case WIRE_BYTES:
        set_data(value, LWM2M_TYPE_OPAQUE, wire);
        return;
    case WIRE_BOOLEAN:
        value->type = LWM2M_TYPE_BOOLEAN;
        value->as.boolean = wire->boolean;
        return;
    case WIRE_NULL:
        value->type = LWM2M_TYPE_NONE;
        return;
    }
}

static bool read_number(enum lwm2m_type type, const struct number *number,
                        struct lwm2m_value *value)
{
    value->type = type;
    if (type == LWM2M_TYPE_INTEGER || type == LWM2M_TYPE_TIME) {
        return number_is_signed(number, &value->as.integer);
    }
    if (type == LWM2M_TYPE_UNSIGNED) {
        return number_is_unsigned(number, &value->as.unsigned_integer);
    }
    value->as.real = number->real;
    return type == LWM2M_TYPE_FLOAT;
}

/** Whether the value is of the type that is demanded; read when it is. */
static bool read_as(enum lwm2m_type type, const struct wire_value *wire,
                    struct lwm2m_value *value)
{
    bool zeros = false;

    switch (wire->kind) {
    case WIRE_NUMBER:
        return read_number(type, &wire->number, value);
    case WIRE_TEXT:
        set_data(value, type, wire);
        return type == LWM2M_TYPE_STRING || type == LWM2M_TYPE_CORELNK;
    case WIRE_BOOLEAN:
        value->type = type;
        value->as.boolean = wire->boolean;
        return type == LWM2M_TYPE_BOOLEAN;
    case WIRE_BYTES:
        set_data(value, type, wire);
        return type == LWM2M_TYPE_OPAQUE;
    case WIRE_LINK:
        return type == LWM2M_TYPE_OBJLNK && read_link(wire, value, &zeros);
    case WIRE_NULL:
        break;
    }
    return false;
}

static const char *kind_name(enum wire_kind kind)
{
    switch (kind) {
    case WIRE_NUMBER:
        return "a number";
    case WIRE_TEXT:
        return "text";
    case WIRE_BOOLEAN:
        return "a Boolean";
    case WIRE_BYTES:
        return "bytes";
    case WIRE_LINK:
        return "a link";
    case WIRE_NULL:
        return "null";
    }
    return "?";
}

static void note_misfit(struct record_list *list, struct lwm2m_path path,
                        enum lwm2m_type type, const struct wire_value *wire)
{
    char shown[SHOWN_SIZE];

    if (wire->kind == WIRE_LINK && type == LWM2M_TYPE_OBJLNK) {
        return; /* its form is wrong: note_form() says so */
    }
    if (wire->kind == WIRE_NUMBER) {
        (void)number_text(&wire->number, shown); /* its length is not needed */
        record_list_note(list, RECORD_NOTE_NON_CONFORMING, path,
                         "the number %s is no %s", shown,
                         lwm2m_type_name(type));
        return;
    }
    record_list_note(list, RECORD_NOTE_NON_CONFORMING, path,
                     "%s where %s is expected", kind_name(wire->kind),
                     lwm2m_type_name(type));
}

/** Deviations that leave the value clear. */
static void note_form(struct record_list *list, struct lwm2m_path path,
                      const struct wire_value *wire,
                      const struct lwm2m_value *value)
{
    struct lwm2m_value link;
    bool zeros = false;

    if (wire->kind == WIRE_NUMBER && !wire->number.is_plain &&
        value->type != LWM2M_TYPE_FLOAT) {
        record_list_note(list, RECORD_NOTE_TOLERATED, path,
                         "%s as a number with fraction or exponent",
                         lwm2m_type_name(value->type));
    }
    if (wire->kind == WIRE_LINK && !read_link(wire, &link, &zeros)) {
        int shown =
            (int)(wire->length < SHOWN_SIZE ? wire->length : SHOWN_SIZE);
        record_list_note(list, RECORD_NOTE_NON_CONFORMING, path,
                         "'%.*s' is no Objlnk", shown, wire->bytes);
    }
    if (zeros) {
        record_list_note(list, RECORD_NOTE_TOLERATED, path,
                         "Objlnk with leading zeros");
    }
}

enum status wire_value_add(struct record_list *list,
                           const struct definitions *definitions,
                           const struct lwm2m_record *place,
                           const struct wire_value *value,
                           struct reason *reason)
{
    const struct resource_definition *definition =
        definitions != NULL ? definitions_resource(definitions, &place->path)
                            : NULL;
    struct lwm2m_record record = *place;
    bool is_typed = definition != NULL && value->kind != WIRE_NULL &&
                    definition->type != LWM2M_TYPE_NONE &&
                    definition->type != LWM2M_TYPE_UNKNOWN;

    if (definition != NULL && definition->multiple != (place->path.depth > 3)) {
        record_list_note(list, RECORD_NOTE_NON_CONFORMING, place->path,
                         "%s-instance Resource named %s Resource Instance",
                         definition->multiple ? "multiple" : "single",
                         definition->multiple ? "without its" : "with a");
    }
    if (!is_typed || !read_as(definition->type, value, &record.value)) {
        read_shown(value, &record.value);
        if (is_typed && definition->type != record.value.type) {
            note_misfit(list, place->path, definition->type, value);
        }
    }
    note_form(list, place->path, value, &record.value);
    return record_list_add(list, &record, reason);
}

enum status wire_value_of(const struct lwm2m_value *value,
                          char out_link[WIRE_LINK_SIZE],
                          struct wire_value *out_value, struct reason *reason)
{
    struct wire_value wire = { .kind = WIRE_NUMBER };

    switch (value->type) {
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
        wire.number = number_of_signed(value->as.integer);
        break;
    case LWM2M_TYPE_UNSIGNED:
        wire.number = number_of_unsigned(value->as.unsigned_integer);
        break;
    case LWM2M_TYPE_FLOAT:
        if (!number_of_real(value->as.real, &wire.number)) {
            return reason_set(reason, STATUS_INVALID,
                              "a Float that is not finite cannot be sent");
        }
        break;
    case LWM2M_TYPE_BOOLEAN:
        wire.kind = WIRE_BOOLEAN;
        wire.boolean = value->as.boolean;
        break;
    case LWM2M_TYPE_OBJLNK:
        wire.kind = WIRE_LINK;
        wire.length =
            (size_t)snprintf(out_link, WIRE_LINK_SIZE, "%u:%u",
                             value->as.link.object, value->as.link.instance);
        wire.bytes = out_link;
        break;
    case LWM2M_TYPE_NONE:
        wire.kind = WIRE_NULL;
        break;
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_CORELNK:
    case LWM2M_TYPE_OPAQUE:
    case LWM2M_TYPE_UNKNOWN:
        wire.kind = value->type == LWM2M_TYPE_STRING ||
                            value->type == LWM2M_TYPE_CORELNK
                        ? WIRE_TEXT
                        : WIRE_BYTES;
        wire.bytes = value->as.data.bytes;
        wire.length = value->as.data.length;
        break;
    }
    if (wire.kind == WIRE_TEXT &&
        !utf8_is_valid((const uint8_t *)wire.bytes, wire.length)) {
        return reason_set(reason, STATUS_INVALID,
                          "a String that is not UTF-8 cannot be sent");
    }
    *out_value = wire;
    return STATUS_OK;
}

static int compare_records(const void *a, const void *b)
{
    const struct lwm2m_record *left = a;
    const struct lwm2m_record *right = b;
    int order = lwm2m_path_compare(&left->path, &right->path);

    if (order != 0) {
        return order;
    }
    if (left->has_time != right->has_time) {
        return left->has_time ? 1 : -1;
    }
    return left->time_s < right->time_s   ? -1
           : left->time_s > right->time_s ? 1
                                          : 0;
}

/** Whether `next`, which follows in order, says again what `record` says. */
static bool is_repeated(const struct lwm2m_record *record,
                        const struct lwm2m_record *next)
{
    if (lwm2m_path_equal(&record->path, &next->path)) {
        return compare_records(record, next) == 0;
    }
    return lwm2m_path_is_within(&next->path, &record->path);
}

void wire_list_note_strangers(struct record_list *list,
                              const struct lwm2m_path *base)
{
    char given[LWM2M_PATH_TEXT_MAX];
    char asked[LWM2M_PATH_TEXT_MAX];

    for (size_t i = 0; i < list->count + list->empty_count; i++) {
        const struct lwm2m_path *path = i < list->count
                                            ? &list->records[i].path
                                            : &list->empty[i - list->count];
        if (!lwm2m_path_is_within(path, base)) {
            record_list_note(list, RECORD_NOTE_NON_CONFORMING, *path,
                             "%s in a payload about %s",
                             lwm2m_path_text(path, given),
                             lwm2m_path_text(base, asked));
        }
    }
}

/** Records and empty entries by path; these are records without a value. */
static struct lwm2m_record *sorted_records(const struct record_list *list,
                                           size_t count)
{
    struct lwm2m_record *sorted = calloc(count, sizeof(*sorted));

    size_t record = 0;
    size_t empty = 0;
    bool is_sorted = true;

    for (size_t i = 0; sorted != NULL && i < count; i++) {
        /* Most lists are in order, and then this merges them. */
        if (empty == list->empty_count ||
            (record < list->count &&
             lwm2m_path_compare(&list->records[record].path,
                                &list->empty[empty]) <= 0)) {
            sorted[i] = list->records[record++];
        } else {
            sorted[i].path = list->empty[empty++];
        }
        is_sorted = is_sorted && (i == 0 || compare_records(&sorted[i - 1],
                                                            &sorted[i]) <= 0);
    }
    if (sorted != NULL && !is_sorted) {
        qsort(sorted, count, sizeof(*sorted), compare_records);
    }
    return sorted;
}

enum status wire_list_check(struct record_list *list,
                            const struct lwm2m_path *base,
                            struct reason *reason)
{
    size_t count = list->count + list->empty_count;

    if (count == 0) {
        return STATUS_OK;
    }
    wire_list_note_strangers(list, base);
    struct lwm2m_record *sorted = sorted_records(list, count);
    if (sorted == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 1; i < count; i++) {
        if (is_repeated(&sorted[i - 1], &sorted[i])) {
            record_list_note(list, RECORD_NOTE_NON_CONFORMING, sorted[i].path,
                             "given twice");
        }
    }
    free(sorted);
    return STATUS_OK;
}
