/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/package/cbor_read.h"

#include <inttypes.h>
#include <string.h>

enum {
    DEPTH_MAX = 16,
    KEYS_MAX = 64, /* of a map: they are compared with each other */
    SIMPLE_FALSE = 20,
    SIMPLE_NULL = 22,
};

static enum status wrong(struct cbor_in *in, const char *what)
{
    return reason_set(in->reason, STATUS_MALFORMED, "offset %zu: %s", in->at,
                      what);
}

static enum status cut(struct cbor_in *in)
{
    in->is_cut = true;
    return wrong(in, "it ends too early");
}

/** One head, in its shortest form. Moves behind it. */
static enum status take_head(struct cbor_in *in, enum cbor_major *out_major,
                             uint64_t *out_argument)
{
    static const uint64_t least[] = { 24, UINT64_C(1) << 8, UINT64_C(1) << 16,
                                      UINT64_C(1) << 32 };

    if (in->at >= in->end) {
        return cut(in);
    }
    uint8_t first = in->bytes[in->at];
    unsigned info = first & 0x1f;
    *out_major = (enum cbor_major)(first >> 5);
    *out_argument = info;
    if (info < 24) {
        in->at++;
        return STATUS_OK;
    }
    if (info > 27) {
        return wrong(in, "a length that is not definite, or a reserved head");
    }
    size_t width = (size_t)1 << (info - 24);
    if (in->end - in->at - 1 < width) {
        return cut(in);
    }
    *out_argument = 0;
    for (size_t i = 1; i <= width; i++) {
        *out_argument = *out_argument << 8 | in->bytes[in->at + i];
    }
    if (*out_argument < least[info - 24] || *out_major == CBOR_SIMPLE) {
        return wrong(in, *out_major == CBOR_SIMPLE
                             ? "a simple value or float that no package has"
                             : "a head that is longer than it need be");
    }
    in->at += 1 + width;
    return STATUS_OK;
}

/** Arrays, maps and tags that are open. */
struct open_item {
    uint64_t left; /* items: of a map keys and values */
    bool is_map;
    bool is_value; /* the next one is a value */
    size_t keys[KEYS_MAX];
    size_t key_sizes[KEYS_MAX];
    size_t key_count;
};

struct walk {
    struct open_item open[DEPTH_MAX];
    size_t depth;
    bool sorts;
};

static int compare_keys(const uint8_t *bytes, size_t a, size_t a_size, size_t b,
                        size_t b_size)
{
    size_t shared = a_size < b_size ? a_size : b_size;
    int order = memcmp(bytes + a, bytes + b, shared);

    return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

/** A key is whole: it begins at the one remembered last. */
static enum status end_key(struct cbor_in *in, struct walk *walk,
                           struct open_item *map)
{
    size_t last = map->key_count - 1;

    map->key_sizes[last] = in->at - map->keys[last];
    for (size_t i = 0; i < last; i++) {
        int order = compare_keys(in->bytes, map->keys[i], map->key_sizes[i],
                                 map->keys[last], map->key_sizes[last]);
        if (order == 0) {
            in->at = map->keys[last];
            return wrong(in, "a key that the map has already");
        }
        if (order > 0 && walk->sorts) {
            in->at = map->keys[last];
            return wrong(in, "keys that are not in their order");
        }
    }
    return STATUS_OK;
}

/** An item is whole: so may be those around it. */
static enum status end_item(struct cbor_in *in, struct walk *walk)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && walk->depth > 0) {
        struct open_item *around = &walk->open[walk->depth - 1];
        if (around->is_map && !around->is_value) {
            status = end_key(in, walk, around);
        }
        around->is_value = around->is_map && !around->is_value;
        if (--around->left > 0) {
            return status;
        }
        walk->depth--;
    }
    return status;
}

static enum status begin_item(struct cbor_in *in, struct walk *walk)
{
    if (walk->depth == 0) {
        return STATUS_OK;
    }
    struct open_item *around = &walk->open[walk->depth - 1];
    if (!around->is_map || around->is_value) {
        return STATUS_OK;
    }
    if (around->key_count == KEYS_MAX) {
        return wrong(in, "a map of more than 64 keys");
    }
    around->keys[around->key_count++] = in->at;
    return STATUS_OK;
}

static enum status open_item(struct cbor_in *in, struct walk *walk,
                             enum cbor_major major, uint64_t argument)
{
    uint64_t count = major == CBOR_TAG   ? 1
                     : major == CBOR_MAP ? 2 * argument
                                         : argument;

    if (argument > in->end - in->at || count > in->end - in->at) {
        return major == CBOR_TAG ? wrong(in, "a tag without an item") : cut(in);
    }
    if (walk->depth == DEPTH_MAX) {
        return wrong(in, "items that are nested too deeply");
    }
    if (count == 0) {
        return end_item(in, walk);
    }
    struct open_item *item = &walk->open[walk->depth++];
    item->left = count;
    item->is_map = major == CBOR_MAP;
    item->is_value = false;
    item->key_count = 0;
    return STATUS_OK;
}

static enum status walk_item(struct cbor_in *in, struct walk *walk)
{
    enum cbor_major major = CBOR_UNSIGNED;
    uint64_t argument = 0;
    size_t start = in->at;
    enum status status = begin_item(in, walk);

    if (status == STATUS_OK) {
        status = take_head(in, &major, &argument);
    }
    if (status != STATUS_OK) {
        return status;
    }
    switch (major) {
    case CBOR_BYTES:
    case CBOR_TEXT:
        if (argument > in->end - in->at) {
            return cut(in);
        }
        in->at += (size_t)argument;
        return end_item(in, walk);
    case CBOR_TAG:
        if (in->at >= in->end) {
            return cut(in);
        }
        return open_item(in, walk, major, 1);
    case CBOR_ARRAY:
    case CBOR_MAP:
        return open_item(in, walk, major, argument);
    case CBOR_SIMPLE:
        if (argument < SIMPLE_FALSE || argument > SIMPLE_NULL) {
            in->at = start;
            return wrong(in, "a simple value that no package has");
        }
        return end_item(in, walk);
    default:
        return end_item(in, walk);
    }
}

enum status cbor_check(struct cbor_in *in, bool sorts)
{
    struct walk walk = { .depth = 0, .sorts = sorts };
    size_t start = in->at;
    enum status status = STATUS_OK;

    do {
        status = walk_item(in, &walk);
    } while (status == STATUS_OK && walk.depth > 0);
    if (status == STATUS_OK && in->at != in->end) {
        status = wrong(in, "bytes behind the end");
    }
    in->at = status == STATUS_OK ? start : in->at;
    return status;
}

int cbor_peek(const struct cbor_in *in)
{
    return in->at < in->end ? in->bytes[in->at] >> 5 : -1;
}

enum status cbor_take(struct cbor_in *in, enum cbor_major major,
                      const char *what, uint64_t *out_argument)
{
    static const char *const names[] = { "a number", "a negative number",
                                         "bytes",    "text",
                                         "an array", "a map",
                                         "a tag",    "null" };
    enum cbor_major found = CBOR_UNSIGNED;
    size_t start = in->at;
    enum status status = take_head(in, &found, out_argument);

    if (status == STATUS_OK && found != major) {
        in->at = start;
        return reason_set(in->reason, STATUS_MALFORMED,
                          "offset %zu: %s: %s instead of %s", start, what,
                          names[found], names[major]);
    }
    return status;
}

enum status cbor_take_number(struct cbor_in *in, const char *what,
                             int64_t *out_number)
{
    uint64_t argument = 0;
    size_t start = in->at;
    bool is_negative = cbor_peek(in) == CBOR_NEGATIVE;
    enum status status = cbor_take(
        in, is_negative ? CBOR_NEGATIVE : CBOR_UNSIGNED, what, &argument);

    if (status == STATUS_OK && argument > INT64_MAX) {
        in->at = start;
        return reason_set(in->reason, STATUS_MALFORMED,
                          "offset %zu: %s: a number that is too large", start,
                          what);
    }
    *out_number = is_negative ? -1 - (int64_t)argument : (int64_t)argument;
    return status;
}

static enum status take_string(struct cbor_in *in, enum cbor_major major,
                               const char *what, struct span *out_span)
{
    uint64_t length = 0;
    enum status status = cbor_take(in, major, what, &length);

    if (status == STATUS_OK && length > in->end - in->at) {
        return cut(in);
    }
    if (status == STATUS_OK) {
        *out_span = (struct span){ in->bytes + in->at, (size_t)length };
        in->at += (size_t)length;
    }
    return status;
}

enum status cbor_take_bytes(struct cbor_in *in, const char *what,
                            struct span *out_span)
{
    return take_string(in, CBOR_BYTES, what, out_span);
}

enum status cbor_take_text(struct cbor_in *in, const char *what,
                           struct span *out_span)
{
    return take_string(in, CBOR_TEXT, what, out_span);
}

enum status cbor_skip(struct cbor_in *in)
{
    struct walk walk = { .depth = 0, .sorts = false };
    enum status status = STATUS_OK;

    do {
        status = walk_item(in, &walk);
    } while (status == STATUS_OK && walk.depth > 0);
    return status;
}

enum status cbor_enter(struct cbor_in *in, const struct span *span, bool sorts,
                       struct cbor_in *out_inner)
{
    size_t start = (size_t)(span->bytes - in->bytes);

    *out_inner = (struct cbor_in){ .bytes = in->bytes,
                                   .at = start,
                                   .end = start + span->size,
                                   .reason = in->reason };
    enum status status = cbor_check(out_inner, sorts);
    if (status != STATUS_OK) {
        in->at = out_inner->at; /* where it failed, for the caller */
    }
    return status;
}
