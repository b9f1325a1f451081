/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is an image of MCUboot that the simulated device gets. */
#include "tests/device/image.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t kek[16] = { 0, 1, 2,  3,  4,  5,  6,  7,
                                 8, 9, 10, 11, 12, 13, 14, 15 };

static void check_inside(const struct image *image, const uint8_t *part,
                         size_t length)
{
    HOLDS(part == NULL || (part >= image->bytes && length <= image->length &&
                           part <= image->bytes + image->length - length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* No public keys: they take their time, and read nothing else. */
    const uint8_t point[65] = { 4 };
    const uint8_t scalar[32] = { 1 };
    const struct image_trust trust = { point, scalar, kek, NULL };
    const struct image_blindness blindness = { true, size % 2 == 0 };
    struct image image;
    uint8_t *body = NULL;
    int skimmed = image_skim(data, size);
    int result = image_read(data, size, &image);

    HOLDS(skimmed == 0 || skimmed == 5 || skimmed == 6);
    HOLDS(result == 0 || result == 5 || result == 6);
    /* What is right in all is so at the first look. */
    HOLDS(result != 0 || skimmed == 0);
    if (result != 0) {
        return 0;
    }
    HOLDS(image.header + image.body + image.signed_tail <= size);
    HOLDS(image.tlvs <= image.tlvs_end && image.tlvs_end <= size);
    HOLDS(image.need_count <= IMAGE_NEEDS_MAX);
    check_inside(&image, image.hash, 32);
    check_inside(&image, image.class_id, IMAGE_CLASS);
    check_inside(&image, image.wrapped, image.wrapped_length);
    if (!image.is_ecies || size % 16 == 0) {
        result = image_open(&image, &trust, &blindness, &body);
        HOLDS(result == 0 || result == 5);
        HOLDS((body != NULL) == (result == 0));
        free(body);
    }
    return 0;
}
