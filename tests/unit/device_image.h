/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_DEVICE_IMAGE_H
#define TESTS_UNIT_DEVICE_IMAGE_H

/*
 * Packages in the `anjay` format, written byte by byte for the tests of the
 * simulated device: neither the tester's builder nor the device's reader nor
 * its checksum is used. Spec: packages.md, section 7.
 */
#include <stddef.h>
#include <stdint.h>

#define IMAGE_SIZE_MAX 16384

enum image_offset {
    IMAGE_AT_MAGIC = 0,
    IMAGE_AT_FORMAT = 8,
    IMAGE_AT_OUTCOME = 10,
    IMAGE_AT_CRC = 12,
    IMAGE_AT_LINKS = 16,
    IMAGE_AT_VERSION_LENGTH = 24,
    IMAGE_AT_VERSION = 25,
    IMAGE_AT_MEMBER_COUNT = 10,  /**< of a bundle */
    IMAGE_AT_MEMBER_LENGTHS = 12 /**< of a bundle */
};

/** A package; a value, so that a test can damage a copy. */
struct image {
    uint8_t bytes[IMAGE_SIZE_MAX];
    size_t length;
    size_t payload_at; /**< 0 for a bundle */
};

/** What image_make() writes. All zero: application, no links, no payload. */
struct image_plan {
    unsigned instance; /**< 0..3 */
    unsigned outcome;
    uint8_t links[8];
    size_t link_count;
    const char *version; /**< NULL: "2.0" */
    size_t payload_length;
    const char *head;   /**< what the payload begins with; NULL */
    size_t head_length; /**< at most payload_length */
    uint8_t seed;       /**< another seed, another payload */
};

void image_make(struct image *image, const struct image_plan *plan);
/** The payload byte at `index` for a seed. */
uint8_t image_payload_byte(uint8_t seed, size_t index);
/** A bundle of `count` packages, also of more than the format allows. */
void image_bundle(struct image *image, const struct image *members,
                  size_t count);
/** Big-endian, `size` bytes. */
void image_put(struct image *image, size_t offset, size_t size, uint64_t value);
/** CRC-32 of zlib, by a table; held by the check value of the polynomial. */
uint32_t image_crc(const uint8_t *bytes, size_t length);

#endif
