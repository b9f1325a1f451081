/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is a multi-image that the simulated device gets. */
#include "tests/device/multi_image.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct multi_images images;
    int result = multi_image_read(data, size, &images);
    size_t end = 0;

    HOLDS(result == 0 || result == 5 || result == 6 || result == 8);
    HOLDS((images.count > 0) == (result == 0));
    HOLDS(images.count <= MULTI_IMAGES_MAX);
    for (size_t i = 0; i < images.count; i++) {
        HOLDS(i == 0 || images.list[i].offset == end);
        end = images.list[i].offset + images.list[i].length;
    }
    HOLDS(result != 0 || end == size);
    HOLDS(result != 0 || multi_image_is_one(data, size));
    return 0;
}
