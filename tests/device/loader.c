/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/image.h"
#include "tests/device/loader_parts.h"
#include "tests/device/manifest.h"
#include "tests/device/moment.h"
#include "tests/device/multi_image.h"

/* The keys of the tests; no secrets. RFC 6979, A.2.5: the signer's point. */
static const uint8_t signer[] = {
    0x04, 0x60, 0xfe, 0xd4, 0xba, 0x25, 0x5a, 0x9d, 0x31, 0xc9, 0x61,
    0xeb, 0x74, 0xc6, 0x35, 0x6d, 0x68, 0xc0, 0x49, 0xb8, 0x92, 0x3b,
    0x61, 0xfa, 0x6c, 0xe6, 0x69, 0x62, 0x2e, 0x60, 0xf2, 0x9f, 0xb6,
    0x79, 0x03, 0xfe, 0x10, 0x08, 0xb8, 0xbc, 0x99, 0xa4, 0x1a, 0xe9,
    0xe9, 0x56, 0x28, 0xbc, 0x64, 0xf2, 0xf1, 0xb2, 0x0c, 0x2d, 0x7e,
    0x9f, 0x51, 0x77, 0xa3, 0xc2, 0x94, 0xd4, 0x46, 0x22, 0x99,
};
/* RFC 5903, 8.1, i; and SHA-256 of "enc-new". */
static const uint8_t secrets[2][32] = {
    { 0xc8, 0x8f, 0x01, 0xf5, 0x10, 0xd9, 0xac, 0x3f, 0x70, 0xa2, 0x92,
      0xda, 0xa2, 0x31, 0x6d, 0xe5, 0x44, 0xe9, 0xaa, 0xb8, 0xaf, 0xe8,
      0x40, 0x49, 0xc6, 0x2a, 0x9c, 0x57, 0x86, 0x2d, 0x14, 0x33 },
    { 0x60, 0xd4, 0xce, 0x88, 0xb1, 0x18, 0x87, 0x3b, 0x39, 0x96, 0xe4,
      0xa9, 0x0c, 0x6e, 0x73, 0xde, 0x1c, 0xf1, 0xe7, 0xeb, 0x38, 0xdf,
      0x6b, 0xe7, 0x70, 0x3a, 0x91, 0x1d, 0xd2, 0x30, 0x5a, 0xfc },
};
/* RFC 3394, section 4; and the start of SHA-256 of "kek-new". */
static const uint8_t keks[2][16] = {
    { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
      0x0c, 0x0d, 0x0e, 0x0f },
    { 0x69, 0x81, 0xe1, 0xfb, 0x36, 0x89, 0x19, 0x9a, 0x09, 0x8d, 0x25, 0x1c,
      0xb5, 0xde, 0x54, 0x6c },
};

bool loader_is_mutant(const struct firmware *firmware, enum mutant mutant)
{
    return firmware->config.mutant == mutant;
}

bool loader_has(const struct firmware *firmware, enum images bit)
{
    return ((firmware->config.shape->images | firmware->config.images) & bit) !=
           0;
}

bool loader_takes_images(const struct firmware *firmware)
{
    return loader_has(firmware, IMAGES_TAKEN);
}

/** "ASSAY-COMPONENT" and the instance. */
bool loader_is_class(const uint8_t *class_id, uint16_t instance)
{
    static const char name[] = "ASSAY-COMPONENT";

    return class_id != NULL && memcmp(class_id, name, IMAGE_CLASS - 1) == 0 &&
           class_id[IMAGE_CLASS - 1] == instance;
}

/** "1.2.3+4" backwards; what is not like that is old. */
struct image_version loader_version(const char *text)
{
    unsigned numbers[4] = { 0 };

    (void)sscanf(text, "%u.%u.%u+%u", &numbers[0], &numbers[1], &numbers[2],
                 &numbers[3]); /* what is missing is 0 */
    return (struct image_version){ (uint8_t)numbers[0], (uint8_t)numbers[1],
                                   (uint16_t)numbers[2], numbers[3] };
}

/** Whether it may replace what runs. @return the Result, 0: it may */
static int check_policy(const struct firmware *firmware, uint16_t instance,
                        const struct image *image)
{
    const struct component *component = &firmware->components[instance];
    const struct image_version running = loader_version(component->version);
    bool is_older = image_order(&image->version, &running) < 0;

    if (!loader_is_class(image->class_id, instance) &&
        !loader_is_mutant(firmware, MUTANT_IMAGE_OF_ANOTHER_TAKEN)) {
        return RESULT_TYPE;
    }
    if ((!image->has_counter || image->counter < component->counter) &&
        !loader_is_mutant(firmware, MUTANT_COUNTER_IGNORED)) {
        return RESULT_INTEGRITY;
    }
    return is_older && !loader_has(firmware, IMAGES_DOWNGRADE) &&
                   !loader_is_mutant(firmware, MUTANT_OLDER_IMAGE_TAKEN)
               ? RESULT_UPDATE_FAILED
               : 0;
}

void loader_trust(const struct firmware *firmware, uint16_t instance,
                  struct image_trust *out_trust)
{
    bool is_new = firmware->components[instance].has_new_key &&
                  !loader_is_mutant(firmware, MUTANT_OLD_KEY_TAKEN);
    int key = is_new ? 1 : 0;

    *out_trust = (struct image_trust){ signer, secrets[key], keks[key],
                                       is_new ? "kid-2" : "kid-1" };
}

/** Everything. @param out_body  in plaintext; caller frees */
static int verify(const struct firmware *firmware, uint16_t instance,
                  const uint8_t *bytes, size_t length, struct image *out_image,
                  uint8_t **out_body)
{
    struct image_trust trust;
    const struct image_blindness blindness = {
        .signature = loader_is_mutant(firmware, MUTANT_SIGNATURE_SKIPPED),
        .tag = loader_is_mutant(firmware, MUTANT_TAG_SKIPPED),
    };
    int result = image_read(bytes, length, out_image);

    *out_body = NULL;
    if (result != 0) {
        return result;
    }
    loader_trust(firmware, instance, &trust);
    if (out_image->key_bytes == 0 && !loader_has(firmware, IMAGES_PLAINTEXT) &&
        !loader_is_mutant(firmware, MUTANT_PLAINTEXT_TAKEN)) {
        return RESULT_TYPE;
    }
    result = image_open(out_image, &trust, &blindness, out_body);
    return result != 0 ? result : check_policy(firmware, instance, out_image);
}

/** What it needs of others, as the rest of the device has it. */
static void take_needs(const struct image *image, struct needs *needs)
{
    needs->count = 0;
    for (size_t i = 0; i < image->need_count && i < FIRMWARE_NEEDS; i++) {
        struct need *need = &needs->list[needs->count++];
        /* Of an image that there is not: nobody can be new enough. */
        need->instance = image->needs[i].image;
        image_name(&image->needs[i].version, need->version,
                   sizeof(need->version));
    }
}

/** Before Downloaded, as the boot loader will do it once more. */
static int look(const struct firmware *firmware, uint16_t instance,
                const uint8_t *bytes, size_t length)
{
    struct image image;
    uint8_t *body = NULL;
    int result = verify(firmware, instance, bytes, length, &image, &body);

    free(body);
    return result;
}

/** Magic, sizes and for which component it is; the rest is the boot
 *  loader's. */
static int glance(const struct firmware *firmware, uint16_t instance,
                  const uint8_t *bytes, size_t length)
{
    struct image image;
    int result = image_skim(bytes, length);
    bool is_foreign =
        result == 0 && image_read(bytes, length, &image) == 0 &&
        !loader_is_class(image.class_id, instance) &&
        !loader_is_mutant(firmware, MUTANT_IMAGE_OF_ANOTHER_TAKEN);

    return is_foreign ? RESULT_TYPE : result;
}

int loader_image_judge(const struct firmware *firmware, uint16_t instance,
                       const uint8_t *bytes, size_t length,
                       struct device_package *out_member)
{
    struct image image = { .bytes = NULL };
    int result = loader_has(firmware, IMAGES_LATE)
                     ? glance(firmware, instance, bytes, length)
                     : look(firmware, instance, bytes, length);

    *out_member = (struct device_package){
        .instance = instance,
        .version = "0.0.0",
        .payload = bytes,
        .payload_length = length,
        .bytes = bytes,
        .length = length,
        .has_good_crc = true,
    };
    if (result == 0) {
        /* Of one that is broken inside, whatever could be read. */
        (void)image_read(bytes, length, &image);
        image_name(&image.version, out_member->version,
                   sizeof(out_member->version));
        take_needs(&image, &out_member->needs);
    }
    return result;
}

int loader_judge(const struct firmware *firmware, uint16_t instance,
                 struct device_packages *out_packages)
{
    const struct component *component = &firmware->components[instance];
    const uint8_t *bytes = component->partial;
    size_t length = component->partial_length;

    if (manifest_is_one(bytes, length)) {
        return loader_suit_judge(firmware, instance, out_packages);
    }
    if (multi_image_is_one(bytes, length)) {
        return loader_multi_judge(firmware, instance, out_packages);
    }
    *out_packages = (struct device_packages){ .count = 1 };
    return loader_image_judge(firmware, instance, bytes, length,
                              &out_packages->members[0]);
}

static void slot_name(const struct component *component, uint16_t instance,
                      char out_name[32])
{
    (void)snprintf(out_name, 32, "%u.%c.slot", instance,
                   component->slot == 'a' ? 'b' : 'a'); /* fits */
}

static bool read_staged(const struct firmware *firmware, uint16_t instance,
                        uint8_t **out_bytes, size_t *out_length)
{
    char name[32];

    (void)snprintf(name, sizeof(name), "%u.staged", instance); /* fits */
    return store_read(firmware->store, name, out_bytes, out_length);
}

void loader_begin(struct firmware *firmware, uint16_t instance)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    char name[32];

    slot_name(firmware_at(firmware, instance), instance, name);
    if (read_staged(firmware, instance, &bytes, &length)) {
        /* Nothing is lost when it fails: the boot loader writes all of it. */
        (void)store_write(firmware->store, name, bytes, length / 2);
    }
    free(bytes);
}

bool loader_refuses(const struct firmware *firmware)
{
    bool refuses = false;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = &firmware->components[i];
        refuses = refuses || (component->takes_part &&
                              component->outcome == OUTCOME_FAIL_AT_UPDATE);
    }
    return refuses && !loader_has(firmware, IMAGES_LATE);
}

void loader_schedule(struct firmware *firmware)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        component->is_pending = component->takes_part;
    }
    if (firmware_save(firmware)) {
        firmware->wants_reboot = true;
        return;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        firmware_at(firmware, i)->is_pending = false;
    }
}

/** What waits is verified, whatever it is. @return as load() */
static int open_staged(const struct firmware *firmware, uint16_t instance,
                       const uint8_t *staged, size_t length, uint8_t **out_body,
                       size_t *out_length, uint32_t *out_counter)
{
    struct image image;

    if (manifest_is_one(staged, length)) {
        return loader_suit_load(firmware, instance, staged, length, out_body,
                                out_length, out_counter);
    }
    int result = verify(firmware, instance, staged, length, &image, out_body);
    if (result == 0) {
        *out_length = image.body;
        *out_counter = image.counter;
    }
    return result;
}

/** One image from where it waits into the slot that does not run.
 *  @return 0, or the Update Result that it deserves */
static int load(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);
    uint8_t *staged = NULL;
    uint8_t *body = NULL;
    size_t length = 0;
    size_t body_length = 0;
    uint32_t counter = 0;
    char name[32];

    slot_name(component, instance, name);
    int result = read_staged(firmware, instance, &staged, &length)
                     ? open_staged(firmware, instance, staged, length, &body,
                                   &body_length, &counter)
                     : RESULT_UPDATE_FAILED;
    if (result == 0 && !store_write(firmware->store, name, body, body_length)) {
        result = RESULT_UPDATE_FAILED;
    }
    if (result == 0) {
        component->package_crc = crc32_of(body, body_length);
        component->package_counter = counter;
    }
    free(body);
    free(staged);
    return result;
}

/** Whether all that wait are content with what will run beside them. */
static bool has_what_it_needs(const struct firmware *firmware, unsigned pending)
{
    bool good = true;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct needs *needs = &firmware->components[i].package_needs;
        for (size_t k = 0; (pending & 1u << i) != 0 && k < needs->count; k++) {
            uint16_t other = needs->list[k].instance;
            good = good && other < firmware->config.shape->count;
            const struct component *component =
                &firmware->components[good ? other : i];
            const char *version = (pending & 1u << other) != 0
                                      ? component->package_version
                                      : component->version;
            good =
                good && version_compare(version, needs->list[k].version) >= 0;
        }
    }
    return good;
}

bool loader_goes_alone(const struct firmware *firmware)
{
    return loader_takes_images(firmware) &&
           (varies(firmware, VARIANT_BATCH_PARTIAL) ||
            loader_is_mutant(firmware, MUTANT_ONE_IMAGE_REVERTED));
}

/** What waits for the boot loader. */
static unsigned waiting(const struct firmware *firmware)
{
    unsigned mask = 0;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        mask |= firmware->components[i].is_pending ? 1u << i : 0u;
    }
    return mask;
}

/** Load what waits, which then waits no more. @return what may run */
static unsigned load_all(struct firmware *firmware, unsigned pending)
{
    unsigned good = 0;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        component->is_pending = false;
        if ((pending & 1u << i) == 0) {
            continue;
        }
        if (good != 0 && firmware->config.is_watched) {
            moment_reached(firmware->store, MOMENT_BETWEEN);
        }
        int result = component->outcome == OUTCOME_FAIL_AT_UPDATE
                         ? RESULT_UPDATE_FAILED /* it says so itself */
                         : load(firmware, i);
        good |= result == 0 ? 1u << i : 0u;
        if (result == RESULT_INTEGRITY) { /* told by the boot loader */
            component->outcome = OUTCOME_FAIL_INTEGRITY;
        }
        if (result == 0 && loader_goes_alone(firmware)) {
            firmware_switch_slot(firmware, i);
            (void)firmware_save(firmware); /* told; else it waits still */
        }
    }
    return good;
}

void loader_boot(struct firmware *firmware)
{
    unsigned pending = waiting(firmware);
    bool alone = loader_goes_alone(firmware);

    if (pending != 0 && firmware->is_restarted &&
        (alone || loader_is_mutant(firmware, MUTANT_HALF_SLOT_BOOTED))) {
        /* Power was cut in here: the rest is given up. */
        pending = 0;
    }
    if (alone && !has_what_it_needs(firmware, pending)) {
        pending = 0;
    }
    unsigned good = load_all(firmware, pending);
    if (pending == 0 || alone || good != pending ||
        !has_what_it_needs(firmware, pending)) {
        return;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((pending & 1u << i) != 0) {
            firmware_switch_slot(firmware, i);
        }
    }
    (void)firmware_save(firmware); /* told; else they all wait still */
}

bool loader_is_healthy(const uint8_t *slot, size_t length)
{
    return !image_is_unhealthy(slot, length);
}

void loader_confirmed(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    if (component->package_counter > component->counter) {
        component->counter = component->package_counter;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        firmware_at(firmware, i)->has_new_key = false;
    }
}

void loader_was_cut(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    if (loader_is_mutant(firmware, MUTANT_HALF_SLOT_BOOTED)) {
        memcpy(component->version, component->package_version,
               sizeof(component->version));
    }
}

void loader_rotate_key(struct firmware *firmware)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        firmware_at(firmware, i)->has_new_key = true;
    }
    (void)firmware_save(
        firmware); /* told; without it, it is lost by a reboot */
}
