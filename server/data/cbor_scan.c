/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/cbor_scan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/cursor.h"
#include "server/data/scalar.h"

/* The first byte of an item. Spec: RFC 8949, 3. */
enum {
    MAJOR_SHIFT = 5,
    INFO_MASK = 0x1f,
    INFO_ONE_BYTE = 24, /* 1, 2, 4 or 8 bytes of argument follow */
    INFO_EIGHT_BYTES = 27,
    INFO_INDEFINITE = 31,
};

enum major {
    MAJOR_UNSIGNED,
    MAJOR_NEGATIVE,
    MAJOR_BYTES,
    MAJOR_TEXT,
    MAJOR_ARRAY,
    MAJOR_MAP,
    MAJOR_TAG,
    MAJOR_SIMPLE,
};

/* Of MAJOR_SIMPLE. Spec: RFC 8949, 3.3. */
enum {
    SIMPLE_FALSE = 20,
    SIMPLE_UNDEFINED = 23,
    SIMPLE_IN_A_BYTE = 24,
};

/* The tags whose heads libcbor takes for reserved: packages.md, 10.2. */
enum { TAG_REFUSED_LOW = 6, TAG_REFUSED_HIGH = 20 };

enum { KEYS_START = 32 };

struct head {
    enum major major;
    unsigned info;
    uint64_t argument; /* 0 when is_indefinite */
    bool is_indefinite;
    bool is_break;
    size_t offset;
};

/** One key, as it stands in the input. */
struct key {
    const uint8_t *bytes;
    size_t length;
    size_t offset;
};

struct scan {
    struct cursor cursor;
    struct reason *reason;
    size_t items;
    struct key *keys; /* of every open map, those of the innermost last */
    size_t key_count;
    size_t key_capacity;
};

/** @return NULL, or what is wrong */
static const char *read_head(struct cursor *cursor, struct head *out_head)
{
    struct head head = { .offset = cursor->offset };
    uint64_t first = 0;

    if (!cursor_number(cursor, 1, &first)) {
        return "the input ends";
    }
    head.major = (enum major)(first >> MAJOR_SHIFT);
    head.info = (unsigned)(first & INFO_MASK);
    head.argument = head.info;
    if (head.info >= INFO_ONE_BYTE && head.info <= INFO_EIGHT_BYTES &&
        !cursor_number(cursor, (size_t)1 << (head.info - INFO_ONE_BYTE),
                       &head.argument)) {
        return "the head is cut";
    }
    if (head.info == INFO_INDEFINITE) {
        head.argument = 0;
        head.is_break = head.major == MAJOR_SIMPLE;
        head.is_indefinite = !head.is_break;
    } else if (head.info > INFO_EIGHT_BYTES) {
        return "reserved additional information";
    }
    if (head.is_indefinite &&
        (head.major < MAJOR_BYTES || head.major > MAJOR_MAP)) {
        return "a number or a tag has no indefinite length";
    }
    *out_head = head;
    return NULL;
}

/* Comparing keys that were scanned before. */

/** The text or byte string that a cursor stands behind the head of. */
struct string {
    struct cursor *cursor;
    size_t chunk; /* bytes that are left of this chunk */
    bool is_indefinite;
};

static struct string string_open(struct cursor *cursor, const struct head *head)
{
    return (struct string){ cursor, (size_t)head->argument,
                            head->is_indefinite };
}

/** Whether a byte is left; goes to the next chunk, behind the last one. */
static bool string_has_more(struct string *string)
{
    struct head head;

    while (string->chunk == 0 && string->is_indefinite) {
        if (read_head(string->cursor, &head) != NULL || head.is_break) {
            string->is_indefinite = false;
        } else {
            string->chunk = (size_t)head.argument;
        }
    }
    return string->chunk > 0;
}

static const uint8_t *string_take(struct string *string, size_t length)
{
    const uint8_t *bytes = NULL;

    (void)cursor_take(string->cursor, length, &bytes); /* scanned before */
    string->chunk -= length;
    return bytes;
}

static int compare_strings(struct string a, struct string b)
{
    bool has_a = string_has_more(&a);
    bool has_b = string_has_more(&b);

    while (has_a && has_b) {
        size_t length = a.chunk < b.chunk ? a.chunk : b.chunk;
        int order =
            memcmp(string_take(&a, length), string_take(&b, length), length);
        if (order != 0) {
            return order;
        }
        has_a = string_has_more(&a);
        has_b = string_has_more(&b);
    }
    return (int)has_a - (int)has_b;
}

static int compare_items(struct cursor *a, struct cursor *b);

/** Whether a container has another item; takes the break behind the last. */
static bool has_child(struct cursor *cursor, const struct head *head,
                      uint64_t index)
{
    struct cursor behind = *cursor;
    struct head next;

    if (!head->is_indefinite) {
        uint64_t count = head->argument;
        return index < (head->major == MAJOR_MAP ? 2 * count : count);
    }
    if (read_head(&behind, &next) == NULL && next.is_break) {
        *cursor = behind;
        return false;
    }
    return true; /* also where the input is cut: who reads on will see it */
}

static int compare_children(struct cursor *a, const struct head *head_a,
                            struct cursor *b, const struct head *head_b)
{
    for (uint64_t i = 0;; i++) {
        bool has_a = has_child(a, head_a, i);
        bool has_b = has_child(b, head_b, i);
        if (!has_a || !has_b) {
            return (int)has_a - (int)has_b;
        }
        int order = compare_items(a, b);
        if (order != 0) {
            return order;
        }
    }
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/** A total order of scanned items; 0 when both mean the same. As deep as
 *  scan_cbor() lets an item be. */
static int compare_items(struct cursor *a, struct cursor *b)
{
    struct head head_a = { .major = MAJOR_UNSIGNED };
    struct head head_b = { .major = MAJOR_UNSIGNED };

    (void)read_head(a, &head_a); /* scanned before */
    (void)read_head(b, &head_b);
    if (head_a.major != head_b.major) {
        return head_a.major < head_b.major ? -1 : 1;
    }
    int order = compare_numbers(head_a.argument, head_b.argument);
    switch (head_a.major) {
    case MAJOR_UNSIGNED:
    case MAJOR_NEGATIVE:
        break;
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        order =
            compare_strings(string_open(a, &head_a), string_open(b, &head_b));
        break;
    case MAJOR_ARRAY:
    case MAJOR_MAP:
        order = compare_children(a, &head_a, b, &head_b);
        break;
    case MAJOR_TAG:
        order = order == 0 ? compare_items(a, b) : order;
        break;
    case MAJOR_SIMPLE:
        if (head_a.info != head_b.info) {
            order = head_a.info < head_b.info ? -1 : 1;
        }
        break;
    }
    return order;
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *key_a = a;
    const struct key *key_b = b;
    struct cursor cursor_a = { key_a->bytes, key_a->length, key_a->offset };
    struct cursor cursor_b = { key_b->bytes, key_b->length, key_b->offset };
    int order = compare_items(&cursor_a, &cursor_b);

    return order != 0 ? order : compare_numbers(key_a->offset, key_b->offset);
}

static bool is_same_key(const struct key *a, const struct key *b)
{
    struct cursor cursor_a = { a->bytes, a->length, a->offset };
    struct cursor cursor_b = { b->bytes, b->length, b->offset };

    return compare_items(&cursor_a, &cursor_b) == 0;
}

static enum status keep_key(struct scan *scan, const struct cursor *start)
{
    if (scan->key_count == scan->key_capacity) {
        size_t capacity =
            scan->key_capacity == 0 ? KEYS_START : scan->key_capacity * 2;
        struct key *keys = realloc(scan->keys, capacity * sizeof(*keys));
        if (keys == NULL) {
            return reason_set(scan->reason, STATUS_NO_MEMORY, "out of memory");
        }
        scan->keys = keys;
        scan->key_capacity = capacity;
    }
    scan->keys[scan->key_count++] =
        (struct key){ start->bytes, scan->cursor.offset - start->offset,
                      start->offset };
    return STATUS_OK;
}

/** Forget the keys of a map that ends; `first` is where they start. */
static enum status close_keys(struct scan *scan, size_t first)
{
    size_t count = scan->key_count - first;

    scan->key_count = first;
    if (count < 2) {
        return STATUS_OK;
    }
    struct key *keys = scan->keys + first;
    qsort(keys, count, sizeof(*keys), compare_keys);
    for (size_t i = 1; i < count; i++) {
        if (is_same_key(&keys[i - 1], &keys[i])) {
            return reason_set(scan->reason, STATUS_MALFORMED,
                              "CBOR at offset %zu: the key of offset %zu again",
                              keys[i].offset, keys[i - 1].offset);
        }
    }
    return STATUS_OK;
}

/* Walking over what was scanned before. */

void scan_enter(struct cursor *cursor)
{
    struct head head;

    (void)read_head(cursor, &head); /* scanned before */
}

void scan_skip(struct cursor *cursor)
{
    struct head head = { .major = MAJOR_UNSIGNED };
    const uint8_t *bytes = NULL;
    bool is_string = false;

    (void)read_head(cursor, &head); /* scanned before */
    is_string = head.major == MAJOR_BYTES || head.major == MAJOR_TEXT;
    if (is_string && !head.is_indefinite) {
        (void)cursor_take(cursor, (size_t)head.argument, &bytes);
    } else if (head.major == MAJOR_TAG) {
        scan_skip(cursor);
    } else if (head.major >= MAJOR_BYTES && head.major <= MAJOR_MAP) {
        /* Chunks of a string are met like members. */
        for (uint64_t i = 0; has_child(cursor, &head, i); i++) {
            scan_skip(cursor);
        }
    }
}

/* Scanning. */

static enum status malformed(const struct scan *scan, size_t offset,
                             const char *wrong)
{
    return reason_set(scan->reason, STATUS_MALFORMED, "CBOR at offset %zu: %s",
                      offset, wrong);
}

static enum status take_head(struct scan *scan, struct head *out_head)
{
    size_t offset = scan->cursor.offset;
    const char *wrong = read_head(&scan->cursor, out_head);

    if (wrong != NULL) {
        return malformed(scan, offset, wrong);
    }
    if (++scan->items > SCAN_ITEMS_MAX) {
        return reason_set(scan->reason, STATUS_LIMIT,
                          "CBOR: more than %d items", SCAN_ITEMS_MAX);
    }
    return STATUS_OK;
}

static enum status scan_chunk(struct scan *scan, const struct head *head)
{
    const uint8_t *bytes = NULL;

    if (head->argument > scan->cursor.length ||
        !cursor_take(&scan->cursor, (size_t)head->argument, &bytes)) {
        return reason_set(scan->reason, STATUS_MALFORMED,
                          "CBOR at offset %zu: a string of %llu bytes, but "
                          "%zu are left",
                          head->offset, (unsigned long long)head->argument,
                          scan->cursor.length);
    }
    return head->major == MAJOR_BYTES ||
                   utf8_is_valid(bytes, (size_t)head->argument)
               ? STATUS_OK
               : malformed(scan, head->offset, "text that is not UTF-8");
}

static enum status scan_string(struct scan *scan, const struct head *head)
{
    struct head chunk = *head;
    enum status status = STATUS_OK;

    if (!head->is_indefinite) {
        return scan_chunk(scan, head);
    }
    while (status == STATUS_OK) {
        status = take_head(scan, &chunk);
        if (status != STATUS_OK || chunk.is_break) {
            break;
        }
        if (chunk.major != head->major || chunk.is_indefinite) {
            return malformed(scan, chunk.offset,
                             "no chunk of the string it stands in");
        }
        status = scan_chunk(scan, &chunk);
    }
    return status;
}

static enum status scan_item(struct scan *scan, const struct head *head,
                             unsigned depth);

/** One item that must not be a break. */
static enum status scan_next(struct scan *scan, unsigned depth)
{
    struct head head;
    enum status status = take_head(scan, &head);

    return status == STATUS_OK ? scan_item(scan, &head, depth) : status;
}

/** An item of an array, or a key with its value. */
static enum status scan_member(struct scan *scan, const struct head *container,
                               unsigned depth)
{
    struct cursor start = scan->cursor;
    enum status status = scan_next(scan, depth);

    if (status != STATUS_OK || container->major == MAJOR_ARRAY) {
        return status;
    }
    status = keep_key(scan, &start);
    return status == STATUS_OK ? scan_next(scan, depth) : status;
}

static enum status scan_container(struct scan *scan, const struct head *head,
                                  unsigned depth)
{
    size_t first_key = scan->key_count;
    uint64_t most = head->major == MAJOR_MAP ? scan->cursor.length / 2
                                             : scan->cursor.length;
    enum status status = STATUS_OK;

    if (head->argument > most) {
        return reason_set(scan->reason, STATUS_MALFORMED,
                          "CBOR at offset %zu: %llu members, but %zu bytes "
                          "are left",
                          head->offset, (unsigned long long)head->argument,
                          scan->cursor.length);
    }
    for (uint64_t i = 0; status == STATUS_OK; i++) {
        if (head->is_indefinite ? !has_child(&scan->cursor, head, i)
                                : i == head->argument) {
            break;
        }
        status = scan_member(scan, head, depth);
    }
    return status == STATUS_OK ? close_keys(scan, first_key) : status;
}

static enum status scan_simple(const struct scan *scan, const struct head *head)
{
    if (head->is_break) {
        return malformed(scan, head->offset, "a break where an item belongs");
    }
    if ((head->info >= SIMPLE_FALSE && head->info <= SIMPLE_UNDEFINED) ||
        head->info > SIMPLE_IN_A_BYTE) { /* the floats */
        return STATUS_OK;
    }
    return reason_set(scan->reason, STATUS_MALFORMED,
                      "CBOR at offset %zu: simple value %u", head->offset,
                      (unsigned)head->argument);
}

static enum status scan_tag(struct scan *scan, const struct head *head,
                            unsigned depth)
{
    if (head->argument >= TAG_REFUSED_LOW &&
        head->argument <= TAG_REFUSED_HIGH) {
        return reason_set(scan->reason, STATUS_MALFORMED,
                          "CBOR at offset %zu: tag %u, which no LwM2M format "
                          "has",
                          head->offset, (unsigned)head->argument);
    }
    return scan_next(scan, depth);
}

static enum status scan_item(struct scan *scan, const struct head *head,
                             unsigned depth)
{
    if (head->major >= MAJOR_ARRAY && head->major <= MAJOR_TAG &&
        depth == SCAN_DEPTH_MAX) {
        return reason_set(scan->reason, STATUS_LIMIT,
                          "CBOR at offset %zu: more than %d levels",
                          head->offset, SCAN_DEPTH_MAX);
    }
    switch (head->major) {
    case MAJOR_UNSIGNED:
    case MAJOR_NEGATIVE:
        break;
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        return scan_string(scan, head);
    case MAJOR_ARRAY:
    case MAJOR_MAP:
        return scan_container(scan, head, depth + 1);
    case MAJOR_TAG:
        return scan_tag(scan, head, depth + 1);
    case MAJOR_SIMPLE:
        return scan_simple(scan, head);
    }
    return STATUS_OK;
}

enum status scan_cbor(const uint8_t *bytes, size_t length,
                      struct reason *reason)
{
    struct scan scan = { .cursor = { bytes, length, 0 }, .reason = reason };
    enum status status = scan_next(&scan, 0);

    free(scan.keys);
    if (status == STATUS_OK && scan.cursor.length > 0) {
        return reason_set(reason, STATUS_MALFORMED,
                          "CBOR at offset %zu: %zu bytes behind the item",
                          scan.cursor.offset, scan.cursor.length);
    }
    return status;
}
