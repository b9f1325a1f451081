/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/lwm2m_cbor.h"

#include <stdlib.h>

#include "server/data/cbor_item.h"

/* The levels of a path. */
enum { OBJECT = 1, INSTANCE = 2, RESOURCE = 3, RESOURCE_INSTANCE = 4 };

struct decoder {
    const struct definitions *definitions;
    const struct lwm2m_path *base;
    struct record_list *list;
    struct reason *reason;
    bool may_delete;
};

static enum status wrong_at(const struct decoder *decoder,
                            struct lwm2m_path path, const char *what)
{
    char text[LWM2M_PATH_TEXT_MAX];

    return reason_set(decoder->reason, STATUS_MALFORMED, "%s at %s", what,
                      lwm2m_path_text(&path, text));
}

static enum status add_id(const struct decoder *decoder,
                          const cbor_item_t *item, struct lwm2m_path *path)
{
    if (!cbor_isa_uint(item)) {
        return wrong_at(decoder, *path, "a key that is no ID");
    }
    if (cbor_get_int(item) > LWM2M_ID_MAX) {
        return wrong_at(decoder, *path, "an ID above 65534");
    }
    if (path->depth == RESOURCE_INSTANCE) {
        return wrong_at(decoder, *path, "an ID below a Resource Instance");
    }
    *path = lwm2m_path_child(*path, (uint16_t)cbor_get_int(item));
    return STATUS_OK;
}

/** A key is one ID, or an array of one or more. */
static enum status add_key(const struct decoder *decoder,
                           const cbor_item_t *key, struct lwm2m_path *path)
{
    enum status status = STATUS_OK;

    if (!cbor_isa_array(key)) {
        return add_id(decoder, key, path);
    }
    if (cbor_array_size(key) == 0) {
        return wrong_at(decoder, *path, "an empty array as key");
    }
    for (size_t i = 0; status == STATUS_OK && i < cbor_array_size(key); i++) {
        status = add_id(decoder, cbor_array_handle(key)[i], path);
    }
    return status;
}

/** An empty map says that there are no members; one value has none to lack. */
static void note_empty(const struct decoder *decoder, struct lwm2m_path path)
{
    const struct resource_definition *definition =
        decoder->definitions != NULL
            ? definitions_resource(decoder->definitions, &path)
            : NULL;

    if (path.depth == RESOURCE_INSTANCE ||
        (path.depth == RESOURCE && definition != NULL &&
         !definition->multiple)) {
        record_list_note(decoder->list, RECORD_NOTE_NON_CONFORMING, path,
                         "an empty map where one value belongs");
    }
}

static enum status decode_map(const struct decoder *decoder,
                              struct lwm2m_path path, const cbor_item_t *map);

static enum status decode_value(const struct decoder *decoder,
                                struct lwm2m_path path, const cbor_item_t *item)
{
    if (!cbor_isa_map(item)) {
        return path.depth < RESOURCE
                   ? wrong_at(decoder, path, "a value where a map belongs")
                   : item_add(decoder->list, decoder->definitions, path, item,
                              decoder->may_delete, decoder->reason);
    }
    if (cbor_map_size(item) > 0) {
        return decode_map(decoder, path, item);
    }
    if (path.depth == RESOURCE_INSTANCE) {
        return wrong_at(decoder, path, "a map where a value belongs");
    }
    note_empty(decoder, path);
    if (path.depth > OBJECT) {
        return record_list_add_empty(decoder->list, path, decoder->reason);
    }
    /* It has no Instances, for which a list has no entry. */
    if (!lwm2m_path_is_within(&path, decoder->base)) {
        record_list_note(decoder->list, RECORD_NOTE_NON_CONFORMING, path,
                         "an Object that was not asked for");
    }
    return STATUS_OK;
}

/** As deep as a path: every key makes it longer. */
static enum status decode_map(const struct decoder *decoder,
                              struct lwm2m_path path, const cbor_item_t *map)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < cbor_map_size(map); i++) {
        const struct cbor_pair *pair = &cbor_map_handle(map)[i];
        struct lwm2m_path inner = path;
        status = add_key(decoder, pair->key, &inner);
        if (status == STATUS_OK) {
            status = decode_value(decoder, inner, pair->value);
        }
    }
    return status;
}

static enum status decode(const struct decoder *decoder, const uint8_t *bytes,
                          size_t length)
{
    const struct lwm2m_path root = { .depth = 0 };
    cbor_item_t *item = NULL;
    enum status status = item_load(bytes, length, &item, decoder->reason);

    if (status != STATUS_OK) {
        return status;
    }
    if (!cbor_isa_map(item)) {
        status = reason_set(decoder->reason, STATUS_MALFORMED,
                            "LwM2M CBOR is a map");
    } else if (cbor_map_size(item) == 0) {
        note_empty(decoder, *decoder->base);
    } else {
        status = decode_map(decoder, root, item);
    }
    cbor_decref(&item);
    return status == STATUS_OK
               ? wire_list_check(decoder->list, decoder->base, decoder->reason)
               : status;
}

enum status lwm2m_cbor_decode(const struct definitions *definitions,
                              const struct lwm2m_path *base,
                              const uint8_t *bytes, size_t length,
                              struct record_list *list, struct reason *reason)
{
    const struct decoder decoder = { definitions, base, list, reason, false };

    return decode(&decoder, bytes, length);
}

enum status lwm2m_cbor_decode_patch(const struct definitions *definitions,
                                    const struct lwm2m_path *base,
                                    const uint8_t *bytes, size_t length,
                                    struct record_list *list,
                                    struct reason *reason)
{
    const struct decoder decoder = { definitions, base, list, reason, true };

    return decode(&decoder, bytes, length);
}

/** One record of the list, or an empty entry behind them. */
struct entry {
    struct lwm2m_path path;
    const struct lwm2m_value *value; /* NULL: empty */
    /* For each level, the first place in the list of an entry that has the
     * same IDs down to there: sorted by it, what belongs together stands
     * together, and else the order is the list's. */
    size_t first[RESOURCE_INSTANCE];
};

static int compare_paths(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;

    return lwm2m_path_compare(&left->path, &right->path);
}

static int compare_places(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;

    for (size_t i = 0; i < RESOURCE_INSTANCE; i++) {
        if (left->first[i] != right->first[i]) {
            return left->first[i] < right->first[i] ? -1 : 1;
        }
    }
    return 0;
}

/** Whether both go on, and the same way, behind `depth` IDs that they share. */
static bool shares_level(const struct entry *a, const struct entry *b,
                         unsigned depth)
{
    return a->path.depth > depth && b->path.depth > depth &&
           a->path.ids[depth] == b->path.ids[depth];
}

/** How many entries from the first on share its ID at `depth`. */
static size_t group_of(const struct entry *entries, size_t count,
                       unsigned depth)
{
    size_t size = 1;

    while (size < count && shares_level(&entries[0], &entries[size], depth)) {
        size++;
    }
    return size;
}

/** Fill `first` of entries that are sorted by path, level by level. */
static void find_places(struct entry *entries, size_t count, unsigned depth)
{
    for (size_t start = 0; depth < RESOURCE_INSTANCE && start < count;) {
        size_t size = group_of(entries + start, count - start, depth);
        size_t first = entries[start].first[depth];
        for (size_t i = start; i < start + size; i++) {
            first = entries[i].first[depth] < first ? entries[i].first[depth]
                                                    : first;
        }
        for (size_t i = start; i < start + size; i++) {
            entries[i].first[depth] = first;
        }
        find_places(entries + start, size, depth + 1);
        start += size;
    }
}

static enum status put_key(struct byte_buffer *buffer,
                           const struct lwm2m_path *path, unsigned from,
                           unsigned to, struct reason *reason)
{
    enum status status =
        to - from == 1 ? STATUS_OK : item_put_array(buffer, to - from, reason);

    for (unsigned i = from; status == STATUS_OK && i < to; i++) {
        status = item_put_unsigned(buffer, path->ids[i], reason);
    }
    return status;
}

/** Entries that share `depth` IDs, as one map. */
static enum status put_map(struct byte_buffer *buffer,
                           const struct entry *entries, size_t count,
                           unsigned depth, struct reason *reason)
{
    size_t keys = 0;

    for (size_t at = 0; at < count; keys++) {
        at += group_of(entries + at, count - at, depth);
    }
    enum status status = item_put_map(buffer, keys, reason);
    for (size_t at = 0; status == STATUS_OK && at < count;) {
        const struct entry *group = entries + at;
        size_t size = group_of(group, count - at, depth);
        unsigned shared = depth + 1;
        while (shared < RESOURCE && group->path.depth > shared &&
               group_of(group, size, shared) == size) {
            shared++;
        }
        status = put_key(buffer, &group->path, depth, shared, reason);
        if (status == STATUS_OK && group->path.depth > shared) {
            status = put_map(buffer, group, size, shared, reason);
        } else if (status == STATUS_OK) {
            status = group->value == NULL
                         ? item_put_map(buffer, 0, reason)
                         : item_put_value(buffer, group->value, reason);
        }
        at += size;
    }
    return status;
}

/** @return NULL, or why this format cannot carry the record */
static const char *wrong_record(const struct lwm2m_record *record,
                                bool may_delete)
{
    if (record->has_time) {
        return "a time, which LwM2M CBOR does not have,";
    }
    if (record->path.depth < RESOURCE) {
        return "a value of no Resource";
    }
    if (record->value.type == LWM2M_TYPE_NONE &&
        (!may_delete || record->path.depth < RESOURCE_INSTANCE)) {
        return "no value";
    }
    return NULL;
}

/** Check the entry, and set its path and its place. */
static enum status take_entry(const struct lwm2m_path *base,
                              const struct record_list *list, size_t index,
                              bool may_delete, struct entry *entry,
                              struct reason *reason)
{
    bool is_record = index < list->count;
    const char *wrong =
        is_record ? wrong_record(&list->records[index], may_delete) : NULL;
    char text[LWM2M_PATH_TEXT_MAX];

    entry->path = is_record ? list->records[index].path
                            : list->empty[index - list->count];
    entry->value = is_record ? &list->records[index].value : NULL;
    for (size_t i = 0; i < RESOURCE_INSTANCE; i++) {
        entry->first[i] = index;
    }
    if (wrong == NULL &&
        (entry->path.depth == 0 || !lwm2m_path_is_within(&entry->path, base))) {
        wrong = "a path that the payload is not about";
    }
    return wrong == NULL ? STATUS_OK
                         : reason_set(reason, STATUS_INVALID, "%s at %s", wrong,
                                      lwm2m_path_text(&entry->path, text));
}

/** Put the entries in the order of the maps. */
static enum status arrange(struct entry *entries, size_t count,
                           struct reason *reason)
{
    char text[LWM2M_PATH_TEXT_MAX];

    qsort(entries, count, sizeof(*entries), compare_paths);
    for (size_t i = 1; i < count; i++) {
        if (lwm2m_path_is_within(&entries[i].path, &entries[i - 1].path)) {
            return reason_set(reason, STATUS_INVALID, "%s given twice",
                              lwm2m_path_text(&entries[i].path, text));
        }
    }
    find_places(entries, count, 0);
    qsort(entries, count, sizeof(*entries), compare_places);
    return STATUS_OK;
}

static enum status encode(const struct lwm2m_path *base,
                          const struct record_list *list, bool may_delete,
                          struct byte_buffer *buffer, struct reason *reason)
{
    size_t count = list->count + list->empty_count;
    enum status status = STATUS_OK;

    if (count == 0) {
        return item_put_map(buffer, 0, reason);
    }
    struct entry *entries = calloc(count, sizeof(*entries));
    if (entries == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        status = take_entry(base, list, i, may_delete, &entries[i], reason);
    }
    if (status == STATUS_OK) {
        status = arrange(entries, count, reason);
    }
    if (status == STATUS_OK) {
        status = put_map(buffer, entries, count, 0, reason);
    }
    free(entries);
    return status;
}

enum status lwm2m_cbor_encode(const struct lwm2m_path *base,
                              const struct record_list *list,
                              struct byte_buffer *buffer, struct reason *reason)
{
    return encode(base, list, false, buffer, reason);
}

enum status lwm2m_cbor_encode_patch(const struct lwm2m_path *base,
                                    const struct record_list *list,
                                    struct byte_buffer *buffer,
                                    struct reason *reason)
{
    return encode(base, list, true, buffer, reason);
}
