/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/strict_cbor.h"

#include <string.h>

enum { DEPTH_MAX = 16, KEYS_MAX = 48 };

struct scan {
    const uint8_t *bytes;
    size_t at;
    size_t length;
    bool sorts;
    enum strict_cbor verdict;
};

static bool stop(struct scan *scan, enum strict_cbor verdict)
{
    scan->verdict = verdict;
    return false;
}

static bool head(struct scan *scan, unsigned *out_major, uint64_t *out_value)
{
    if (scan->at == scan->length) {
        return stop(scan, STRICT_CUT);
    }
    uint8_t first = scan->bytes[scan->at++];
    unsigned small = first & 31u;
    *out_major = first >> 5;
    *out_value = small;
    if (small < 24) {
        return true;
    }
    if (small > 27 || *out_major == 7) {
        return stop(scan, STRICT_WRONG);
    }
    unsigned width = 1u << (small - 24u);
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++) {
        if (scan->at == scan->length) {
            return stop(scan, STRICT_CUT);
        }
        value = value * 256 + scan->bytes[scan->at++];
    }
    *out_value = value;
    bool is_short = width == 1   ? value >= 24
                    : width == 2 ? value > UINT8_MAX
                    : width == 4 ? value > UINT16_MAX
                                 : value > UINT32_MAX;
    return is_short || stop(scan, STRICT_WRONG);
}

static bool item(struct scan *scan, unsigned depth);

/** Keys are compared with all before them. */
static bool map(struct scan *scan, uint64_t count, unsigned depth)
{
    size_t starts[KEYS_MAX];
    size_t sizes[KEYS_MAX];

    if (count > KEYS_MAX) {
        return stop(scan, STRICT_WRONG);
    }
    for (size_t i = 0; i < count; i++) {
        starts[i] = scan->at;
        if (!item(scan, depth)) {
            return false;
        }
        sizes[i] = scan->at - starts[i];
        for (size_t j = 0; j < i; j++) {
            size_t both = sizes[i] < sizes[j] ? sizes[i] : sizes[j];
            int order =
                memcmp(scan->bytes + starts[j], scan->bytes + starts[i], both);
            bool is_same = order == 0 && sizes[i] == sizes[j];
            bool is_after = order > 0 || (order == 0 && sizes[j] > sizes[i]);
            if (is_same || (scan->sorts && is_after)) {
                return stop(scan, STRICT_WRONG);
            }
        }
        if (!item(scan, depth)) {
            return false;
        }
    }
    return true;
}

static bool items(struct scan *scan, uint64_t count, unsigned depth)
{
    bool good = true;

    for (uint64_t i = 0; good && i < count; i++) {
        good = item(scan, depth);
    }
    return good;
}

static bool item(struct scan *scan, unsigned depth)
{
    unsigned major = 0;
    uint64_t value = 0;

    if (!head(scan, &major, &value)) {
        return false;
    }
    if (major >= 4 && major <= 6 && depth == DEPTH_MAX) {
        return stop(scan, STRICT_WRONG);
    }
    switch (major) {
    case 2:
    case 3:
        if (value > scan->length - scan->at) {
            return stop(scan, STRICT_CUT);
        }
        scan->at += (size_t)value;
        return true;
    case 4:
    case 5:
        if (value > scan->length - scan->at) {
            return stop(scan, STRICT_CUT);
        }
        return major == 4 ? items(scan, value, depth + 1)
                          : map(scan, value, depth + 1);
    case 6:
        return item(scan, depth + 1);
    case 7:
        return (value >= 20 && value <= 22) || stop(scan, STRICT_WRONG);
    default:
        return true;
    }
}

enum strict_cbor strict_cbor(const uint8_t *bytes, size_t length, bool sorts)
{
    struct scan scan = { .bytes = bytes, .length = length, .sorts = sorts };

    if (item(&scan, 0) && scan.at != length) {
        return STRICT_WRONG;
    }
    return scan.verdict;
}
