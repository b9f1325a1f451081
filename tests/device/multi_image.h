/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_MULTI_IMAGE_H
#define TESTS_DEVICE_MULTI_IMAGE_H

/*
 * The device's own reader of DFU multi-images: which bytes are for whom. What
 * the images are is for others to say.
 * Spec: packages.md, section 6.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MULTI_IMAGES_MAX 4

struct multi_image {
    int64_t id;
    size_t offset; /**< in what was read, where its `length` bytes are */
    size_t length;
};

struct multi_images {
    struct multi_image list[MULTI_IMAGES_MAX];
    size_t count;
};

/** Whether the start is that of a multi-image. */
bool multi_image_is_one(const uint8_t *bytes, size_t length);
/**
 * @return the Update Result it deserves: 0; 5 for one that is cut; 6 for a
 *         header that is none, an id twice, no or too many images; 8 for bytes
 *         behind the last image
 */
int multi_image_read(const uint8_t *bytes, size_t length,
                     struct multi_images *out_images);

#endif
