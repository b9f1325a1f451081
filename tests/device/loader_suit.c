/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/loader_parts.h"
#include "tests/device/manifest.h"

enum { SLOT = 512 * 1024 };

/** The instance that has the name; -1: none. */
static int instance_of(const struct firmware *firmware, const char *name)
{
    const struct shape *shape = firmware->config.shape;

    for (unsigned i = 0; i < shape->count; i++) {
        if (strcmp(shape->components[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static bool is_component(const void *user, const char *name)
{
    const struct firmware *firmware = user;

    return instance_of(firmware, name) >= 0;
}

/** Whose a part is; -1: nobody's. */
static int owner_of(const struct firmware *firmware,
                    const struct manifest *manifest, size_t part,
                    uint16_t receiver)
{
    /* A mutant takes it for its own, whatever it says. */
    if (manifest->part_count == 1 &&
        loader_is_mutant(firmware, MUTANT_IMAGE_OF_ANOTHER_TAKEN)) {
        return receiver;
    }
    return instance_of(firmware, manifest->parts[part].name);
}

/** What is asked of each part, beyond what the envelope says of itself. */
static int check_part(const struct firmware *firmware,
                      const struct manifest *manifest,
                      const struct manifest_part *part, uint16_t instance)
{
    const struct component *component = &firmware->components[instance];
    const struct image_version has = loader_version(component->version);
    const struct image_version new_one = loader_version(manifest->version);
    const uint8_t *class_id = part->has_class ? part->class_id : NULL;

    if (!loader_is_class(class_id, instance) &&
        !loader_is_mutant(firmware, MUTANT_IMAGE_OF_ANOTHER_TAKEN)) {
        return RESULT_TYPE;
    }
    if (!part->was_encrypted && !loader_has(firmware, IMAGES_PLAINTEXT) &&
        !loader_is_mutant(firmware, MUTANT_PLAINTEXT_TAKEN)) {
        return RESULT_TYPE;
    }
    if (manifest->sequence < component->counter &&
        !loader_is_mutant(firmware, MUTANT_COUNTER_IGNORED)) {
        return RESULT_UPDATE_FAILED;
    }
    return image_order(&new_one, &has) < 0 &&
                   !loader_has(firmware, IMAGES_DOWNGRADE) &&
                   !loader_is_mutant(firmware, MUTANT_OLDER_IMAGE_TAKEN)
               ? RESULT_UPDATE_FAILED
               : 0;
}

/** Authenticate and decrypt it, and check each part. */
static int open_envelope(const struct firmware *firmware, uint16_t instance,
                         const uint8_t *bytes, size_t length,
                         struct manifest *out_manifest)
{
    const struct manifest_blindness blindness = {
        .signature = loader_is_mutant(firmware, MUTANT_SIGNATURE_SKIPPED),
        .tag = loader_is_mutant(firmware, MUTANT_TAG_SKIPPED),
        .sequence = loader_is_mutant(firmware, MUTANT_COUNTER_IGNORED),
    };
    struct image_trust keys;

    loader_trust(firmware, instance, &keys);
    const struct manifest_trust trust = {
        .signer = keys.signer,
        .secret = keys.secret,
        .kek = keys.kek,
        .kid = keys.kid,
        .sequence = firmware->components[instance].counter,
        .slot = SLOT,
        .is_component = is_component,
        .user = firmware,
    };
    int result = manifest_open(bytes, length, &trust, &blindness, out_manifest);
    for (size_t i = 0; result == 0 && i < out_manifest->part_count; i++) {
        const struct manifest_part *part = &out_manifest->parts[i];
        int owner = owner_of(firmware, out_manifest, i, instance);
        result = owner < 0 ? RESULT_TYPE
                           : check_part(firmware, out_manifest, part,
                                        (uint16_t)owner);
    }
    return result;
}

static bool fits(const struct manifest_need *need, const char *version)
{
    int order = version_compare(version, need->version);

    switch (need->comparison) {
    case 1:
        return order > 0;
    case 2:
        return order >= 0;
    case 3:
        return order == 0;
    case 4:
        return order <= 0;
    case 5:
        return order < 0;
    default:
        return false;
    }
}

/** Conditions on versions: "at least" of another component is a need, like any
 *  other; what else there is decides when it is installed. */
static void take_needs(const struct firmware *firmware,
                       const struct manifest *manifest,
                       struct device_package *member)
{
    for (size_t i = 0; i < manifest->need_count; i++) {
        const struct manifest_need *row = &manifest->needs[i];
        int owner = instance_of(firmware, row->name);
        bool is_other = owner >= 0 && owner != member->instance;
        if (is_other && row->comparison == 2 &&
            member->needs.count < FIRMWARE_NEEDS) {
            struct need *need = &member->needs.list[member->needs.count++];
            need->instance = (uint16_t)owner;
            (void)snprintf(need->version, sizeof(need->version), "%.24s",
                           row->version); /* cut */
        } else if (owner < 0 ||
                   !fits(row, firmware->components[owner].version)) {
            member->outcome = OUTCOME_FAIL_AT_UPDATE;
        }
    }
}

int loader_suit_judge(const struct firmware *firmware, uint16_t instance,
                      struct device_packages *out_packages)
{
    const struct component *component = &firmware->components[instance];
    const uint8_t *bytes = component->partial;
    size_t length = component->partial_length;
    struct manifest manifest;
    int result =
        loader_has(firmware, IMAGES_LATE)
            ? manifest_skim(bytes, length, &manifest)
            : open_envelope(firmware, instance, bytes, length, &manifest);

    *out_packages = (struct device_packages){ .count = 0 };
    for (size_t i = 0; result == 0 && i < manifest.part_count; i++) {
        int owner = owner_of(firmware, &manifest, i, instance);
        if (owner < 0 || manifest.parts[i].size > SLOT) {
            result = owner < 0 ? RESULT_TYPE : RESULT_NO_FLASH;
            break;
        }
        struct device_package *member =
            &out_packages->members[out_packages->count++];
        *member = (struct device_package){
            .instance = (uint16_t)owner,
            .version = "0.0.0",
            .payload = bytes,
            .payload_length = length,
            .bytes = bytes,
            .length = length,
            .has_good_crc = true,
        };
        if (manifest.version[0] != '\0') {
            (void)snprintf(member->version, sizeof(member->version), "%.24s",
                           manifest.version); /* cut */
        }
        take_needs(firmware, &manifest, member);
    }
    if (result != 0 && loader_is_mutant(firmware, MUTANT_PACKAGE_LEFT)) {
        out_packages->count = 1; /* it is left, whatever it was for */
        out_packages->members[0] = (struct device_package){
            .instance = instance,
            .version = "0.0.0",
            .payload = bytes,
            .payload_length = length,
            .bytes = bytes,
            .length = length,
            .has_good_crc = true,
        };
    }
    out_packages->is_bundle = out_packages->count > 1;
    manifest_release(&manifest);
    return result;
}

int loader_suit_load(const struct firmware *firmware, uint16_t instance,
                     const uint8_t *bytes, size_t length, uint8_t **out_body,
                     size_t *out_length, uint32_t *out_counter)
{
    struct manifest manifest;
    int result = open_envelope(firmware, instance, bytes, length, &manifest);
    bool is_found = false;

    *out_body = NULL;
    for (size_t i = 0; result == 0 && i < manifest.part_count; i++) {
        struct manifest_part *part = &manifest.parts[i];
        if (owner_of(firmware, &manifest, i, instance) == instance) {
            *out_body = part->image; /* it is the caller's now */
            *out_length = part->length;
            part->image = NULL;
            is_found = true;
        }
    }
    *out_counter = (uint32_t)manifest.sequence;
    manifest_release(&manifest);
    return result != 0 ? result : is_found ? 0 : RESULT_TYPE;
}
