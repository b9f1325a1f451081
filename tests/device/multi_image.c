/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/multi_image.h"

#include <string.h>

#include "tests/device/firmware.h"

enum {
    PREFIX = 2,
    MAJOR_UNSIGNED = 0,
    MAJOR_NEGATIVE = 1,
    MAJOR_TEXT = 3,
    MAJOR_ARRAY = 4,
    MAJOR_MAP = 5,
    ONE_BYTE = 24, /* additional information: so many bytes follow */
    EIGHT_BYTES = 27,
};

/** The header, read from its start; once wrong, all that follows is, too. */
struct header {
    const uint8_t *bytes;
    size_t at;
    size_t end;
    bool is_wrong;
};

/** One head of CBOR: definite, and as short as can be. @return its number */
static uint64_t take_head(struct header *header, unsigned major)
{
    static const uint64_t lowest[] = { ONE_BYTE, 0x100, 0x10000, 0x100000000 };
    unsigned first =
        header->at < header->end ? header->bytes[header->at++] : 0xffu;
    unsigned more = first & 0x1fu;
    uint64_t value = more;

    if (first >> 5 != major || more > EIGHT_BYTES) {
        header->is_wrong = true;
        return 0;
    }
    if (more < ONE_BYTE) {
        return value;
    }
    size_t size = (size_t)1 << (more - ONE_BYTE);
    if (size > header->end - header->at) {
        header->is_wrong = true;
        return 0;
    }
    value = 0;
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | header->bytes[header->at++];
    }
    header->is_wrong = header->is_wrong || value < lowest[more - ONE_BYTE];
    return value;
}

static void take_text(struct header *header, const char *text)
{
    uint64_t length = take_head(header, MAJOR_TEXT);

    if (header->is_wrong || length != strlen(text) ||
        length > header->end - header->at ||
        memcmp(header->bytes + header->at, text, strlen(text)) != 0) {
        header->is_wrong = true;
        return;
    }
    header->at += strlen(text);
}

/** Ids may be negative. */
static int64_t take_id(struct header *header)
{
    bool is_negative = header->at < header->end &&
                       header->bytes[header->at] >> 5 == MAJOR_NEGATIVE;
    uint64_t number =
        take_head(header, is_negative ? MAJOR_NEGATIVE : MAJOR_UNSIGNED);

    header->is_wrong = header->is_wrong || number > INT32_MAX;
    return header->is_wrong ? 0
           : is_negative    ? -1 - (int64_t)number
                            : (int64_t)number;
}

/** {"id": 0, "size": 102} */
static void take_image(struct header *header, size_t offset,
                       struct multi_images *images)
{
    struct multi_image image = { .offset = offset };

    header->is_wrong = take_head(header, MAJOR_MAP) != 2 || header->is_wrong;
    take_text(header, "id");
    image.id = take_id(header);
    take_text(header, "size");
    uint64_t length = take_head(header, MAJOR_UNSIGNED);
    header->is_wrong = header->is_wrong || length > STORE_FILE_MAX;
    for (size_t i = 0; i < images->count; i++) {
        header->is_wrong = header->is_wrong || images->list[i].id == image.id;
    }
    if (!header->is_wrong) {
        image.length = (size_t)length;
        images->list[images->count++] = image;
    }
}

bool multi_image_is_one(const uint8_t *bytes, size_t length)
{
    static const uint8_t start[] = { 0xa1, 0x63, 'i', 'm', 'g' };

    return length >= PREFIX + sizeof(start) &&
           memcmp(bytes + PREFIX, start, sizeof(start)) == 0;
}

int multi_image_read(const uint8_t *bytes, size_t length,
                     struct multi_images *out_images)
{
    size_t size = length >= PREFIX ? bytes[0] | (size_t)bytes[1] << 8 : 0;
    struct header header = { bytes, PREFIX, PREFIX + size, false };
    size_t offset = header.end;

    *out_images = (struct multi_images){ .count = 0 };
    if (length < PREFIX || size > length - PREFIX) {
        return RESULT_INTEGRITY;
    }
    header.is_wrong = take_head(&header, MAJOR_MAP) != 1 || header.is_wrong;
    take_text(&header, "img");
    uint64_t count = take_head(&header, MAJOR_ARRAY);
    if (header.is_wrong || count == 0 || count > MULTI_IMAGES_MAX) {
        return RESULT_TYPE;
    }
    for (uint64_t i = 0; i < count && !header.is_wrong; i++) {
        take_image(&header, offset, out_images);
        offset += header.is_wrong ? 0 : out_images->list[i].length;
    }
    if (header.is_wrong || header.at != header.end) {
        out_images->count = 0;
        return RESULT_TYPE;
    }
    if (offset != length) {
        out_images->count = 0; /* some are not there, or too much is */
        return offset > length ? RESULT_INTEGRITY : RESULT_UPDATE_FAILED;
    }
    return 0;
}
