/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_RECIPE_H
#define SCENARIOS_PACKAGE_RECIPE_H

/* Private to scenarios/package: recipes of a profile, and its keys. */
#include "scenarios/package/set.h"

/**
 * Read {"recipe": "anjay"|"mcuboot"|"suit"|"dfumi", …}. What the format cannot express is
 * refused here, not when a case runs.
 */
MUST_CHECK
enum status recipe_parse(const struct set_parser *parser, const cJSON *package,
                         struct package_entry *entry);
/** Read {"sign": FILE, "enc": FILE, …} into the set. NULL: there are none. */
MUST_CHECK
enum status recipe_parse_keys(struct set_parser *parser, const cJSON *keys);
/** The class UUID of a component as the simulated device knows it. */
void recipe_class(uint16_t instance, uint8_t out_class[PACKAGE_CLASS_SIZE]);

/** Whether its packages are signed images: of MCUboot, or in an envelope. */
bool recipe_is_image(const struct package_format *format);
/** Whether that needs a secret that both know; else it is for a key of P-256,
 *  or nothing is encrypted. */
bool recipe_is_wrapped(enum package_encryption encryption);

/** What build.c knows when it makes one image, or an envelope. */
struct recipe_image {
    const struct package_set *set;
    const struct package_entry *entry;
    const char *variant; /**< NULL: the entry's own, or none */
    const char *version;
    const char *installed;
    const struct package_dependency *needs; /**< the other images by instance */
    size_t need_count;
    uint64_t seed;
};
/** Build an image or an envelope. Of one for several components each gets
 *  another payload.
 *  @param out_bytes  owned by the caller */
MUST_CHECK
enum status recipe_make_image(const struct recipe_image *image,
                              uint8_t **out_bytes, size_t *out_size,
                              struct reason *reason);

#endif
