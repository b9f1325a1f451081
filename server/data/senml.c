/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/senml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/** From here on a time is UNIX time, below it is relative: RFC 8428, 4.5.3. */
#define ABSOLUTE_TIME_MIN 268435456.0

static const struct senml_field fields[SENML_LABEL_COUNT] = {
    [SENML_BASE_VERSION] = { "bver", true, -1, SENML_ROLE_NUMBER, WIRE_NUMBER },
    [SENML_BASE_NAME] = { "bn", true, -2, SENML_ROLE_NAME, WIRE_TEXT },
    [SENML_BASE_TIME] = { "bt", true, -3, SENML_ROLE_NUMBER, WIRE_NUMBER },
    [SENML_BASE_UNIT] = { "bu", true, -4, SENML_ROLE_IGNORE, WIRE_TEXT },
    [SENML_BASE_VALUE] = { "bv", true, -5, SENML_ROLE_REFUSE, WIRE_NUMBER },
    [SENML_BASE_SUM] = { "bs", true, -6, SENML_ROLE_REFUSE, WIRE_NUMBER },
    [SENML_NAME] = { "n", true, 0, SENML_ROLE_NAME, WIRE_TEXT },
    [SENML_UNIT] = { "u", true, 1, SENML_ROLE_IGNORE, WIRE_TEXT },
    [SENML_VALUE] = { "v", true, 2, SENML_ROLE_VALUE, WIRE_NUMBER },
    [SENML_STRING] = { "vs", true, 3, SENML_ROLE_VALUE, WIRE_TEXT },
    [SENML_BOOLEAN] = { "vb", true, 4, SENML_ROLE_VALUE, WIRE_BOOLEAN },
    [SENML_DATA] = { "vd", true, 8, SENML_ROLE_VALUE, WIRE_BYTES },
    [SENML_LINK] = { "vlo", false, 0, SENML_ROLE_VALUE, WIRE_LINK },
    [SENML_SUM] = { "s", true, 5, SENML_ROLE_IGNORE, WIRE_NUMBER },
    [SENML_TIME] = { "t", true, 6, SENML_ROLE_NUMBER, WIRE_NUMBER },
    [SENML_UPDATE_TIME] = { "ut", true, 7, SENML_ROLE_IGNORE, WIRE_NUMBER },
};

/** Remarks that are made once a pack. */
enum {
    NOTED_NO_SLASH = 1,
    NOTED_PREFIX = 2,
    NOTED_RELATIVE_TIME = 4,
};

const struct senml_field *senml_field(enum senml_label label)
{
    return &fields[label];
}

bool senml_label_of_name(const char *name, size_t length,
                         enum senml_label *out_label)
{
    for (unsigned i = 0; i < SENML_LABEL_COUNT; i++) {
        if (strlen(fields[i].name) == length &&
            memcmp(fields[i].name, name, length) == 0) {
            *out_label = (enum senml_label)i;
            return true;
        }
    }
    return false;
}

bool senml_label_of_number(int64_t number, enum senml_label *out_label)
{
    for (unsigned i = 0; i < SENML_LABEL_COUNT; i++) {
        if (fields[i].has_number && fields[i].number == number) {
            *out_label = (enum senml_label)i;
            return true;
        }
    }
    return false;
}

bool senml_name_is_mandatory(const char *name, size_t length)
{
    return length > 0 && name[length - 1] == '_';
}

bool senml_has(const struct senml_record *record, enum senml_label label)
{
    return (record->present & 1u << label) != 0;
}

struct wire_value senml_content(const struct senml_record *record,
                                enum senml_label label)
{
    switch (label) {
    case SENML_BASE_NAME:
        return (struct wire_value){ .kind = WIRE_TEXT,
                                    .bytes = record->base_name.bytes,
                                    .length = record->base_name.length };
    case SENML_NAME:
        return (struct wire_value){ .kind = WIRE_TEXT,
                                    .bytes = record->name.bytes,
                                    .length = record->name.length };
    case SENML_TIME:
        return (struct wire_value){ .kind = WIRE_NUMBER,
                                    .number = record->time };
    default: /* one of the values */
        return record->value;
    }
}

bool senml_has_value(const struct senml_record *record)
{
    for (unsigned i = 0; i < SENML_LABEL_COUNT; i++) {
        if (fields[i].role == SENML_ROLE_VALUE &&
            senml_has(record, (enum senml_label)i)) {
            return true;
        }
    }
    return false;
}

static enum status set_value(struct senml_record *record,
                             const struct senml_field *field,
                             const struct wire_value *value,
                             struct reason *reason)
{
    if (senml_has_value(record)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "record at offset %zu: a second value",
                          record->offset);
    }
    if (value->kind != field->kind && value->kind != WIRE_NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "record at offset %zu: '%s' of another kind",
                          record->offset, field->name);
    }
    record->value = *value;
    return STATUS_OK;
}

static enum status set_base(struct senml_record *record, enum senml_label label,
                            const struct wire_value *value,
                            struct reason *reason)
{
    if (value->kind != fields[label].kind) {
        return reason_set(reason, STATUS_MALFORMED,
                          "record at offset %zu: '%s' of another kind",
                          record->offset, fields[label].name);
    }
    struct senml_name name = { value->bytes, value->length };
    switch (label) {
    case SENML_BASE_NAME:
        record->base_name = name;
        break;
    case SENML_NAME:
        record->name = name;
        break;
    case SENML_BASE_VERSION:
        record->base_version = value->number;
        break;
    case SENML_BASE_TIME:
        record->base_time = value->number;
        break;
    default:
        record->time = value->number;
        break;
    }
    return STATUS_OK;
}

enum status senml_set(struct senml_record *record, enum senml_label label,
                      const struct wire_value *value, struct reason *reason)
{
    const struct senml_field *field = &fields[label];
    enum status status = STATUS_OK;

    if (senml_has(record, label)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "record at offset %zu: '%s' given twice",
                          record->offset, field->name);
    }
    switch (field->role) {
    case SENML_ROLE_NAME:
    case SENML_ROLE_NUMBER:
        status = set_base(record, label, value, reason);
        break;
    case SENML_ROLE_VALUE:
        status = set_value(record, field, value, reason);
        break;
    case SENML_ROLE_IGNORE:
        break;
    case SENML_ROLE_REFUSE:
        status = reason_set(reason, STATUS_MALFORMED,
                            "record at offset %zu: '%s' has no use in LwM2M",
                            record->offset, field->name);
        break;
    }
    if (status == STATUS_OK) {
        record->present |= 1u << label;
    }
    return status;
}

void senml_resolver_init(struct senml_resolver *resolver,
                         enum payload_kind kind, bool is_etch,
                         const struct definitions *definitions,
                         const struct lwm2m_path *base,
                         struct record_list *list)
{
    *resolver = (struct senml_resolver){ .kind = kind,
                                         .is_etch = is_etch,
                                         .definitions = definitions,
                                         .base = base,
                                         .list = list };
}

/** Note a remark when it is the first of its sort. */
static bool is_first(struct senml_resolver *resolver, unsigned remark)
{
    bool first = (resolver->noted & remark) == 0;

    resolver->noted |= remark;
    return first;
}

/** Replace what follows `*at` in the name. */
static enum status put_name(struct senml_resolver *resolver, size_t at,
                            const struct senml_name *name, size_t *out_length,
                            size_t offset, struct reason *reason)
{
    if (name->length > SENML_NAME_MAX - at) {
        return reason_set(reason, STATUS_LIMIT,
                          "record at offset %zu: a name of more than %d bytes",
                          offset, SENML_NAME_MAX);
    }
    if (name->length > 0) {
        memcpy(resolver->name + at, name->bytes, name->length);
    }
    *out_length = at + name->length;
    resolver->name[*out_length] = '\0';
    return STATUS_OK;
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_';
}

/** Length of an alternate path in front: segments that begin with a letter. */
static size_t prefix_length(const char *name, size_t length)
{
    size_t at = 0;

    while (at + 1 < length && name[at] == '/' && is_letter(name[at + 1])) {
        at++;
        while (at < length && name[at] != '/') {
            at++;
        }
    }
    return at;
}

/** The path that a resolved name stands for; deviations are noted. */
static enum status read_path(struct senml_resolver *resolver, size_t length,
                             size_t offset, struct lwm2m_path *out_path,
                             struct reason *reason)
{
    char text[SENML_NAME_MAX + 2] = "/";
    bool has_slash = length > 0 && resolver->name[0] == '/';
    struct reason why = { .status = STATUS_OK };

    if (length == 0) {
        return reason_set(reason, STATUS_MALFORMED,
                          "record at offset %zu: without a name", offset);
    }
    memcpy(text + (has_slash ? 0 : 1), resolver->name, length);
    length += has_slash ? 0 : 1;
    size_t prefix = prefix_length(text, length);
    if (lwm2m_path_parse(text + prefix, length - prefix, out_path, &why) !=
        STATUS_OK) {
        return reason_set(reason, STATUS_MALFORMED, "record at offset %zu: %s",
                          offset, why.text);
    }
    if (!has_slash && is_first(resolver, NOTED_NO_SLASH)) {
        record_list_note(resolver->list, RECORD_NOTE_TOLERATED, *out_path,
                         "a name without a leading slash");
    }
    if (prefix > 0 && is_first(resolver, NOTED_PREFIX)) {
        record_list_note(resolver->list, RECORD_NOTE_TOLERATED, *out_path,
                         "names begin with '%.*s'", (int)prefix, text);
    }
    return STATUS_OK;
}

static enum status read_bases(struct senml_resolver *resolver,
                              const struct senml_record *record,
                              struct reason *reason)
{
    uint64_t version = 0;

    if (senml_has(record, SENML_BASE_VERSION) &&
        (!number_is_unsigned(&record->base_version, &version) || version == 0 ||
         version > SENML_VERSION_MAX)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "record at offset %zu: a base version not in 1..%d",
                          record->offset, SENML_VERSION_MAX);
    }
    if (senml_has(record, SENML_BASE_TIME)) {
        resolver->has_base_time = true;
        resolver->base_time_s = record->base_time.real;
    }
    if (senml_has(record, SENML_BASE_NAME)) {
        return put_name(resolver, 0, &record->base_name, &resolver->base_length,
                        record->offset, reason);
    }
    return STATUS_OK;
}

static enum status read_time(struct senml_resolver *resolver,
                             const struct senml_record *record,
                             struct lwm2m_record *place, struct reason *reason)
{
    bool has_time = senml_has(record, SENML_TIME);

    if (!has_time && !resolver->has_base_time) {
        return STATUS_OK;
    }
    place->has_time = true;
    place->time_s = (resolver->has_base_time ? resolver->base_time_s : 0) +
                    (has_time ? record->time.real : 0);
    if (!isfinite(place->time_s)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "record at offset %zu: a time beyond all bounds",
                          record->offset);
    }
    if (!resolver->is_legacy && place->time_s > 0 &&
        place->time_s < ABSOLUTE_TIME_MIN &&
        is_first(resolver, NOTED_RELATIVE_TIME)) {
        record_list_note(resolver->list, RECORD_NOTE_TOLERATED, place->path,
                         "time %.17g: absolute for OMA, relative for RFC 8428",
                         place->time_s);
    }
    return STATUS_OK;
}

/** Whether path and value suit what the payload is for. */
static enum status check_use(const struct senml_resolver *resolver,
                             const struct senml_record *record,
                             const struct lwm2m_path *path,
                             struct reason *reason)
{
    bool has_value = senml_has_value(record);
    bool is_null = has_value && record->value.kind == WIRE_NULL;
    const char *wrong = NULL;

    if (resolver->kind == PAYLOAD_PATHS) {
        wrong = has_value ? "a value where paths are asked for" : NULL;
    } else if (!has_value) {
        wrong = "without a value";
    } else if (is_null &&
               (!resolver->is_etch || resolver->kind != PAYLOAD_PATCH)) {
        wrong = "null is for patches in SenML-ETCH";
    } else if (path->depth < 3) {
        wrong = "a value, but not at a Resource";
    } else if (is_null && path->depth != 4) {
        wrong = "null deletes a Resource Instance, nothing else";
    }
    if (wrong != NULL) {
        char text[LWM2M_PATH_TEXT_MAX];
        return reason_set(reason, STATUS_MALFORMED,
                          "record at offset %zu, %s: %s", record->offset,
                          lwm2m_path_text(path, text), wrong);
    }
    return STATUS_OK;
}

enum status senml_place(struct senml_resolver *resolver,
                        const struct senml_record *record,
                        struct lwm2m_record *out_place, struct reason *reason)
{
    struct lwm2m_record place = { .value = { .type = LWM2M_TYPE_NONE } };
    size_t length = 0;
    enum status status = read_bases(resolver, record, reason);

    if (status == STATUS_OK) {
        status = put_name(resolver, resolver->base_length, &record->name,
                          &length, record->offset, reason);
    }
    if (status == STATUS_OK) {
        status =
            read_path(resolver, length, record->offset, &place.path, reason);
    }
    if (status == STATUS_OK) {
        status = check_use(resolver, record, &place.path, reason);
    }
    if (status == STATUS_OK) {
        status = read_time(resolver, record, &place, reason);
    }
    if (status == STATUS_OK) {
        resolver->count++;
        *out_place = place;
    }
    return status;
}

enum status senml_resolve(struct senml_resolver *resolver,
                          const struct senml_record *record,
                          struct reason *reason)
{
    struct lwm2m_record place;
    enum status status = senml_place(resolver, record, &place, reason);

    if (status != STATUS_OK) {
        return status;
    }
    return resolver->kind == PAYLOAD_PATHS
               ? record_list_add(resolver->list, &place, reason)
               : wire_value_add(resolver->list, resolver->definitions, &place,
                                &record->value, reason);
}

enum status senml_resolve_end(struct senml_resolver *resolver,
                              struct reason *reason)
{
    if (resolver->kind != PAYLOAD_PATHS) {
        return wire_list_check(resolver->list, resolver->base, reason);
    }
    if (resolver->count == 0) {
        return reason_set(reason, STATUS_MALFORMED,
                          "a pack that asks for nothing");
    }
    wire_list_note_strangers(resolver->list, resolver->base);
    return STATUS_OK;
}

static enum status check_path(const struct senml_sender *sender,
                              const struct lwm2m_path *base,
                              const struct lwm2m_path *path,
                              struct reason *reason)
{
    char text[LWM2M_PATH_TEXT_MAX];

    if (!lwm2m_path_is_within(path, base) ||
        (sender->kind != PAYLOAD_PATHS && path->depth < 3)) {
        return reason_set(reason, STATUS_INVALID, "%s does not belong there",
                          lwm2m_path_text(path, text));
    }
    return STATUS_OK;
}

enum status senml_sender_init(struct senml_sender *sender,
                              enum payload_kind kind, bool is_etch,
                              const struct lwm2m_path *base,
                              const struct record_list *list,
                              struct reason *reason)
{
    struct senml_sender fresh = {
        .kind = kind, .is_etch = is_etch, .list = list, .base_name = *base
    };

    if (kind == PAYLOAD_PATHS && list->count == 0) {
        return reason_set(reason, STATUS_INVALID, "no path to ask for");
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct lwm2m_path *path = &list->records[i].path;
        enum status status = check_path(&fresh, base, path, reason);
        if (status != STATUS_OK) {
            return status;
        }
        if (path->depth == base->depth) {
            fresh.base_name.depth = 0;
        }
    }
    *sender = fresh;
    return STATUS_OK;
}

static void name_record(struct senml_sender *sender, size_t index,
                        const struct lwm2m_path *path,
                        struct senml_record *record)
{
    size_t skipped = 0;

    record->name.bytes = lwm2m_path_text(path, sender->name_text);
    if (sender->base_name.depth > 0) {
        char text[LWM2M_PATH_TEXT_MAX];
        skipped = (size_t)snprintf(sender->base_name_text,
                                   sizeof(sender->base_name_text), "%s/",
                                   lwm2m_path_text(&sender->base_name, text));
        record->name.bytes += skipped;
    }
    record->name.length = strlen(record->name.bytes);
    record->present |= 1u << SENML_NAME;
    if (skipped > 0 && index == 0) {
        record->base_name.bytes = sender->base_name_text;
        record->base_name.length = skipped;
        record->present |= 1u << SENML_BASE_NAME;
    }
}

/** The field in which a kind of value travels; null has the number's. */
static enum senml_label label_of(enum wire_kind kind)
{
    for (unsigned i = 0; i < SENML_LABEL_COUNT; i++) {
        if (fields[i].role == SENML_ROLE_VALUE && fields[i].kind == kind) {
            return (enum senml_label)i;
        }
    }
    return SENML_VALUE;
}

enum status senml_record_of(struct senml_sender *sender, size_t index,
                            struct senml_record *out_record,
                            struct reason *reason)
{
    const struct lwm2m_record *source = &sender->list->records[index];
    struct senml_record record = { .present = 0 };
    bool is_none = source->value.type == LWM2M_TYPE_NONE;
    bool may_be_none = sender->kind == PAYLOAD_PATHS ||
                       (sender->kind == PAYLOAD_PATCH && sender->is_etch &&
                        source->path.depth == 4);
    char text[LWM2M_PATH_TEXT_MAX];

    if (is_none ? !may_be_none : sender->kind == PAYLOAD_PATHS) {
        return reason_set(reason, STATUS_INVALID, "%s with%s a value",
                          lwm2m_path_text(&source->path, text),
                          is_none ? "out" : "");
    }
    name_record(sender, index, &source->path, &record);
    if (sender->kind != PAYLOAD_PATHS) {
        enum status status = wire_value_of(&source->value, sender->link_text,
                                           &record.value, reason);
        if (status != STATUS_OK) {
            return status;
        }
        record.present |= 1u << label_of(record.value.kind);
    }
    if (source->has_time) {
        if (!number_of_real(source->time_s, &record.time)) {
            return reason_set(reason, STATUS_INVALID, "%s at no time",
                              lwm2m_path_text(&source->path, text));
        }
        /* Seconds are integers wherever they can be. */
        record.time.is_plain = record.time.is_integral;
        record.present |= 1u << SENML_TIME;
    }
    *out_record = record;
    return STATUS_OK;
}
