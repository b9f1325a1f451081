/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/loader_parts.h"
#include "tests/device/multi_image.h"

int loader_multi_judge(const struct firmware *firmware, uint16_t instance,
                       struct device_packages *out_packages)
{
    const struct component *component = &firmware->components[instance];
    const uint8_t *bytes = component->partial;
    struct multi_images images;
    int result = multi_image_read(bytes, component->partial_length, &images);

    *out_packages = (struct device_packages){ .is_bundle = true };
    for (size_t i = 0; i < images.count; i++) {
        const struct multi_image *image = &images.list[i];
        if (image->id < 0 || image->id >= firmware->config.shape->count) {
            return RESULT_TYPE;
        }
        struct device_package *member =
            &out_packages->members[out_packages->count++];
        int own =
            loader_image_judge(firmware, (uint16_t)image->id,
                               bytes + image->offset, image->length, member);
        member->has_good_crc = own != RESULT_INTEGRITY;
        result = result != 0 ? result : own; /* all are taken, or none */
    }
    return result;
}
