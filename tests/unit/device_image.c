/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/device_image.h"

#include <assert.h>
#include <string.h>

uint32_t image_crc(const uint8_t *bytes, size_t length)
{
    /* Half a byte at a time; entry i is the CRC of the nibble i. */
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < length; i++) {
        crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
        crc = table[(crc ^ (uint32_t)(bytes[i] >> 4)) & 15] ^ crc >> 4;
    }
    return crc ^ 0xffffffff;
}

void image_put(struct image *image, size_t offset, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) {
        image->bytes[offset + i] = (uint8_t)(value >> 8 * (size - 1 - i));
    }
}

uint8_t image_payload_byte(uint8_t seed, size_t index)
{
    return (uint8_t)(index * 31 + index / 256 + seed * 97u + 1);
}

void image_make(struct image *image, const struct image_plan *plan)
{
    static const char *const magics[4] = { "AJAY_APP", "AJAY_TEE", "AJAYBOOT",
                                           "AJAYMODE" };
    const char *version = plan->version != NULL ? plan->version : "2.0";
    size_t version_length = strlen(version);

    assert(plan->instance < 4 && version_length < 256 &&
           plan->payload_length <= IMAGE_SIZE_MAX - 300);
    *image = (struct image){ .length = 0 };
    memcpy(image->bytes, magics[plan->instance], 8);
    image_put(image, IMAGE_AT_FORMAT, 2, 3);
    image_put(image, IMAGE_AT_OUTCOME, 2, plan->outcome);
    for (size_t i = 0; i < 8; i++) {
        image->bytes[IMAGE_AT_LINKS + i] =
            i < plan->link_count ? plan->links[i] : 0xff;
    }
    image_put(image, IMAGE_AT_VERSION_LENGTH, 1, version_length);
    memcpy(image->bytes + IMAGE_AT_VERSION, version, version_length);
    image->payload_at = IMAGE_AT_VERSION + version_length;
    for (size_t i = 0; i < plan->payload_length; i++) {
        image->bytes[image->payload_at + i] = image_payload_byte(plan->seed, i);
    }
    if (plan->head != NULL) {
        assert(plan->head_length <= plan->payload_length);
        memcpy(image->bytes + image->payload_at, plan->head, plan->head_length);
    }
    image->length = image->payload_at + plan->payload_length;
    image_put(
        image, IMAGE_AT_CRC, 4,
        image_crc(image->bytes + image->payload_at, plan->payload_length));
}

void image_bundle(struct image *image, const struct image *members,
                  size_t count)
{
    *image = (struct image){ .length = IMAGE_AT_MEMBER_LENGTHS + 4 * count };
    memcpy(image->bytes, "MULTIPKG", 8);
    image_put(image, IMAGE_AT_FORMAT, 2, 4);
    image_put(image, IMAGE_AT_MEMBER_COUNT, 2, count);
    for (size_t i = 0; i < count; i++) {
        assert(members[i].length <= IMAGE_SIZE_MAX - image->length);
        image_put(image, IMAGE_AT_MEMBER_LENGTHS + 4 * i, 4, members[i].length);
        memcpy(image->bytes + image->length, members[i].bytes,
               members[i].length);
        image->length += members[i].length;
    }
}
