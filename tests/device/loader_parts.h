/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_LOADER_PARTS_H
#define TESTS_DEVICE_LOADER_PARTS_H

/* Private to loader.c and loader_suit.c: packages that are signed images, as
 * images of MCUboot or in SUIT envelopes. */
#include "tests/device/image.h"
#include "tests/device/loader.h"

bool loader_has(const struct firmware *firmware, enum images bit);
bool loader_is_mutant(const struct firmware *firmware, enum mutant mutant);
/** The keys that a component knows now. */
void loader_trust(const struct firmware *firmware, uint16_t instance,
                  struct image_trust *out_trust);
/** Whether a class is that of the component.
 *  @param class_id  IMAGE_CLASS bytes, or NULL */
bool loader_is_class(const uint8_t *class_id, uint16_t instance);
/** "1.2.3+4" backwards; what is not like that is old. */
struct image_version loader_version(const char *text);

/** loader_judge() of one image of MCUboot.
 *  @param out_member  its payload is the image as it came */
int loader_image_judge(const struct firmware *firmware, uint16_t instance,
                       const uint8_t *bytes, size_t length,
                       struct device_package *out_member);
/** loader_judge() of a multi-image: a member for each image. */
int loader_multi_judge(const struct firmware *firmware, uint16_t instance,
                       struct device_packages *out_packages);
/** loader_judge() of an envelope: a member for each component in it, each with
 *  the whole envelope as its payload. */
int loader_suit_judge(const struct firmware *firmware, uint16_t instance,
                      struct device_packages *out_packages);
/**
 * What an envelope has for a component, verified once more.
 *
 * @param out_body  in plaintext; caller frees
 * @return the Update Result, 0: run it
 */
int loader_suit_load(const struct firmware *firmware, uint16_t instance,
                     const uint8_t *bytes, size_t length, uint8_t **out_body,
                     size_t *out_length, uint32_t *out_counter);

#endif
