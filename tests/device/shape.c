/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/shape.h"

#include <string.h>

#include "tests/device/firmware.h"

enum { ALL = (1u << FIRMWARE_COMPONENTS) - 1 };

static const struct shape shapes[] = {
    {
        .name = "quad",
        .count = 4,
        .components = { "application", "tee", "bootloader", "modem" },
        .reboots = ALL,
        .delivery = DELIVERY_BOTH,
        .has_bundles = true,
        .links_needed = true,
        .has_lead_rule = true,
    },
    {
        /* A microcontroller that fetches by its modem, which starts again by
         * itself and without the rest of the device. */
        .name = "modem-mcu",
        .count = 3,
        .components = { "application", "modem", "bootloader" },
        .reboots = 1u << 0 | 1u << 2,
        .delivery = DELIVERY_PULL,
        .has_bundles = true,
        .links_needed = true,
    },
    {
        /* Two images in slots of their own: no package for both, and nothing
         * is updated that was not asked for. */
        .name = "dual-core",
        .count = 2,
        .components = { "core-0", "core-1" },
        .reboots = ALL,
        .delivery = DELIVERY_PUSH,
    },
    {
        /* One flash, written as a whole: what is there is updated together,
         * and a failure leaves nothing behind. */
        .name = "trustzone",
        .count = 2,
        .components = { "non-secure", "secure" },
        .reboots = ALL,
        .delivery = DELIVERY_BOTH,
        .has_bundles = true,
        .links_needed = true,
        .links_all = true,
        .fails_to_idle = true,
    },
    {
        /* Signed and encrypted images of MCUboot, verified before Downloaded;
         * several of them as a multi-image. */
        .name = "mcuboot",
        .count = 3,
        .components = { "application", "radio", "sensor" },
        .reboots = ALL,
        .delivery = DELIVERY_BOTH,
        .has_bundles = true,
        .links_needed = true,
        .images = IMAGES_TAKEN,
    },
    {
        /* The same, verified by the boot loader after the reboot. */
        .name = "mcuboot-late",
        .count = 3,
        .components = { "application", "radio", "sensor" },
        .reboots = ALL,
        .delivery = DELIVERY_BOTH,
        .has_bundles = true,
        .links_needed = true,
        .images = IMAGES_TAKEN | IMAGES_LATE,
    },
    {
        /* SUIT envelopes for one or several of them, verified before
         * Downloaded. */
        .name = "suit",
        .count = 3,
        .components = { "application", "radio", "sensor" },
        .reboots = ALL,
        .delivery = DELIVERY_BOTH,
        .has_bundles = true,
        .links_needed = true,
        .images = IMAGES_TAKEN,
    },
    {
        .name = "suit-late",
        .count = 3,
        .components = { "application", "radio", "sensor" },
        .reboots = ALL,
        .delivery = DELIVERY_BOTH,
        .has_bundles = true,
        .links_needed = true,
        .images = IMAGES_TAKEN | IMAGES_LATE,
    },
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

const struct shape *shape_default(void)
{
    return &shapes[0];
}

const struct shape *shape_parse(const char *name)
{
    for (size_t i = 0; i < SHAPES; i++) {
        if (strcmp(shapes[i].name, name) == 0) {
            return &shapes[i];
        }
    }
    return NULL;
}

void shape_list(FILE *stream)
{
    for (size_t i = 0; i < SHAPES; i++) {
        fprintf(stream, "%-12s", shapes[i].name);
        for (size_t j = 0; j < shapes[i].count; j++) {
            fprintf(stream, "%s%s", j > 0 ? ", " : " ",
                    shapes[i].components[j]);
        }
        fputc('\n', stream);
    }
}

bool shape_parse_images(const char *text, unsigned *images)
{
    static const struct {
        const char *word;
        enum images bit;
    } words[] = { { "taken", IMAGES_TAKEN },
                  { "late", IMAGES_LATE },
                  { "plaintext", IMAGES_PLAINTEXT },
                  { "downgrade", IMAGES_DOWNGRADE } };
    size_t left = strlen(text);

    while (left > 0) {
        size_t length = strcspn(text, ",");
        unsigned bit = 0;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            bool is_it = strlen(words[i].word) == length &&
                         memcmp(words[i].word, text, length) == 0;
            bit |= is_it ? words[i].bit : 0u;
        }
        *images |= bit;
        if (bit == 0) {
            return false;
        }
        text += text[length] == ',' ? length + 1 : length;
        left = strlen(text);
    }
    return *images != 0;
}
