/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/image.h"

#include <stdio.h>
#include <string.h>

enum {
    HEADER_MIN = 32,
    TLV_HEAD = 4, /* of an area as well as of each TLV */
    RESULT_CUT = 5,
    RESULT_WRONG = 6,
    FLAG_128 = 4,
    FLAG_256 = 8,
    SHA256_LENGTH = 32,
    NEED_LENGTH = 12,
};

/** Little endian. */
static uint32_t word(const uint8_t *at, unsigned bytes)
{
    uint32_t value = 0;

    while (bytes-- > 0) {
        value = value << 8 | at[bytes];
    }
    return value;
}

static struct image_version version_at(const uint8_t *at)
{
    const struct image_version version = { at[0], at[1],
                                           (uint16_t)word(at + 2, 2),
                                           word(at + 4, 4) };

    return version;
}

int image_order(const struct image_version *a, const struct image_version *b)
{
    uint64_t left = (uint64_t)a->major << 56 | (uint64_t)a->minor << 48 |
                    (uint64_t)a->revision << 32 | a->build;
    uint64_t right = (uint64_t)b->major << 56 | (uint64_t)b->minor << 48 |
                     (uint64_t)b->revision << 32 | b->build;

    return (left > right) - (left < right);
}

void image_name(const struct image_version *version, char *out_text,
                size_t size)
{
    int length = snprintf(out_text, size, "%u.%u.%u", version->major,
                          version->minor, version->revision); /* fits */

    if (version->build != 0 && length > 0 && (size_t)length < size) {
        (void)snprintf(out_text + length, size - (size_t)length, "+%lu",
                       (unsigned long)version->build); /* fits */
    }
}

bool image_is_unhealthy(const uint8_t *body, size_t length)
{
    static const char mark[] = "ASSAY-UNHEALTHY\n";

    return length >= sizeof(mark) - 1 &&
           memcmp(body, mark, sizeof(mark) - 1) == 0;
}

bool image_is_one(const uint8_t *bytes, size_t length)
{
    static const uint8_t magic[4] = { 0x3d, 0xb8, 0xf3, 0x96 };

    return length >= sizeof(magic) && memcmp(bytes, magic, sizeof(magic)) == 0;
}

/** Sizes of the header. @return 0, or the Result */
static int read_header(const uint8_t *bytes, size_t length, struct image *image)
{
    if (!image_is_one(bytes, length)) {
        return RESULT_WRONG;
    }
    if (length < HEADER_MIN) {
        return RESULT_CUT;
    }
    image->header = word(bytes + 8, 2);
    image->signed_tail = word(bytes + 10, 2);
    image->body = word(bytes + 12, 4);
    image->version = version_at(bytes + 20);
    if (image->header < HEADER_MIN) {
        return RESULT_WRONG;
    }
    if (image->header > length || image->body > length - image->header ||
        image->signed_tail > length - image->header - image->body) {
        return RESULT_CUT;
    }
    return 0;
}

/** The info of an area of TLVs. @return bytes of the area, 0: it is none */
static size_t area_at(const struct image *image, size_t at, unsigned magic)
{
    if (image->length - at < TLV_HEAD || word(image->bytes + at, 2) != magic) {
        return 0;
    }
    size_t total = word(image->bytes + at + 2, 2);
    return total >= TLV_HEAD && total <= image->length - at ? total : 0;
}

int image_skim(const uint8_t *bytes, size_t length)
{
    struct image image = { .bytes = bytes, .length = length };
    int result = read_header(bytes, length, &image);

    if (result != 0) {
        return result;
    }
    size_t end = image.header + image.body + image.signed_tail;
    return area_at(&image, end, 0x6907) > 0 ? 0 : RESULT_CUT;
}

/** Of the protected area. @return whether it makes sense */
static bool take_signed(struct image *image, unsigned type,
                        const uint8_t *value, size_t length)
{
    switch (type) {
    case 0x40:
        if (length != NEED_LENGTH || image->need_count == IMAGE_NEEDS_MAX) {
            return false;
        }
        image->needs[image->need_count++] =
            (struct image_need){ value[0], version_at(value + 4) };
        return true;
    case 0x50:
        image->has_counter = length == 4;
        image->counter = length == 4 ? word(value, 4) : 0;
        return length == 4;
    case 0x75:
        image->class_id = value;
        return length == IMAGE_CLASS;
    default:
        return true;
    }
}

static bool take_unsigned(struct image *image, unsigned type,
                          const uint8_t *value, size_t length)
{
    switch (type) {
    case 0x10:
        image->hash = value;
        return length == SHA256_LENGTH;
    case 0x31:
    case 0x32:
        image->wrapped = value;
        image->wrapped_length = length;
        image->is_ecies = type == 0x32;
        return true;
    case 0x40:
    case 0x50:
    case 0x74:
    case 0x75:
        image->has_stranger = true; /* not on the list of a boot loader */
        return true;
    default:
        return true;
    }
}

/** All TLVs of an area. @return 0 or RESULT_WRONG */
static int walk(struct image *image, size_t at, size_t end, bool is_signed)
{
    while (at < end) {
        if (end - at < TLV_HEAD) {
            return RESULT_WRONG;
        }
        unsigned type = word(image->bytes + at, 2);
        size_t length = word(image->bytes + at + 2, 2);
        at += TLV_HEAD;
        if (length > end - at) {
            return RESULT_WRONG;
        }
        bool good = is_signed
                        ? take_signed(image, type, image->bytes + at, length)
                        : take_unsigned(image, type, image->bytes + at, length);
        if (!good) {
            return RESULT_WRONG;
        }
        at += length;
    }
    return 0;
}

int image_read(const uint8_t *bytes, size_t length, struct image *out_image)
{
    struct image image = { .bytes = bytes, .length = length };
    int result = read_header(bytes, length, &image);
    size_t at = image.header + image.body;

    *out_image = image;
    if (result != 0) {
        return result;
    }
    uint32_t flags = word(bytes + 16, 4);
    image.key_bytes = (flags & FLAG_128) != 0   ? 16
                      : (flags & FLAG_256) != 0 ? 32
                                                : 0;
    if ((flags & FLAG_128) != 0 && (flags & FLAG_256) != 0) {
        return RESULT_WRONG;
    }
    if (image.signed_tail > 0) {
        if (area_at(&image, at, 0x6908) != image.signed_tail) {
            return RESULT_WRONG;
        }
        result = walk(&image, at + TLV_HEAD, at + image.signed_tail, true);
        at += image.signed_tail;
    }
    size_t total = area_at(&image, at, 0x6907);
    if (result == 0 && total == 0) {
        /* Its end is missing, or what is there is something else. */
        bool is_cut = length - at < TLV_HEAD || word(bytes + at, 2) == 0x6907;
        return is_cut ? RESULT_CUT : RESULT_WRONG;
    }
    image.tlvs = at + TLV_HEAD;
    image.tlvs_end = at + total;
    if (result == 0) {
        result = walk(&image, image.tlvs, image.tlvs_end, false);
    }
    *out_image = image;
    return result;
}
