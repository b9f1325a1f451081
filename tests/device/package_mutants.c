/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/package_mutants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARK_SIZE = 4,
    CRC_AT = 12,
    APPENDED = 16,
    BUNDLE_TABLE_AT = 12,
    EARLY_SIZE = 16384, /* of a bundle, for the one that does not wait */
};

static bool is_mutant(const struct firmware *firmware, enum mutant mutant)
{
    return firmware->config.mutant == mutant;
}

static void name_version(char version[FIRMWARE_VERSION_MAX + 1],
                         const char *text)
{
    (void)snprintf(version, FIRMWARE_VERSION_MAX + 1, "%s", text); /* cut */
}

static void copy_version(char to[FIRMWARE_VERSION_MAX + 1],
                         const char from[FIRMWARE_VERSION_MAX + 1])
{
    memcpy(to, from, FIRMWARE_VERSION_MAX + 1);
}

/* Downloads. */

/** Leave only one member, or none. */
static void keep_member(struct device_packages *packages, size_t index)
{
    struct device_package kept = packages->members[index];

    packages->members[0] = kept;
    packages->count = 1;
}

/** The whole download, as if it were a payload. */
static int take_as_payload(const struct component *component, uint16_t instance,
                           struct device_packages *packages)
{
    packages->count = 1;
    packages->members[0] = (struct device_package){
        .instance = instance,
        .version = "0.1",
        .payload = component->partial,
        .payload_length = component->partial_length,
        .has_good_crc = true,
    };
    return RESULT_INITIAL;
}

static uint32_t stored_crc(const struct device_package *member)
{
    const uint8_t *at = member->bytes + CRC_AT;

    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

/** What follows the payload is not looked at, but it is not left out. */
static int ignore_tail(struct device_package *member, int result)
{
    if (member->payload_length <= APPENDED ||
        crc32_of(member->payload, member->payload_length - APPENDED) !=
            stored_crc(member)) {
        return result;
    }
    member->has_good_crc = true;
    name_version(member->version, "0.1");
    return RESULT_INITIAL;
}

/** The last byte may be any. */
static int ignore_last_byte(struct device_package *member, int result)
{
    uint8_t *copy = malloc(member->payload_length);
    bool good = false;

    if (copy == NULL) {
        return result;
    }
    memcpy(copy, member->payload, member->payload_length);
    for (unsigned bit = 0; bit < 8 && !good; bit++) {
        copy[member->payload_length - 1] =
            (uint8_t)(member->payload[member->payload_length - 1] ^ 1u << bit);
        good = crc32_of(copy, member->payload_length) == stored_crc(member);
    }
    free(copy);
    member->has_good_crc = member->has_good_crc || good;
    return good ? RESULT_INITIAL : result;
}

/** Only those that are whole. @return whether the instance has one */
static bool keep_good(struct device_packages *packages, uint16_t instance)
{
    size_t count = 0;
    bool contains = false;

    for (size_t i = 0; i < packages->count; i++) {
        if (packages->members[i].has_good_crc) {
            contains = contains || packages->members[i].instance == instance;
            packages->members[count++] = packages->members[i];
        }
    }
    packages->count = count;
    return contains;
}

/** On packages that are whole and for the instance. */
static void judge_good(const struct firmware *firmware, uint16_t instance,
                       struct device_packages *packages)
{
    const char *version = packages->members[0].version;
    size_t own = 0;

    for (size_t i = 0; i < packages->count; i++) {
        own = packages->members[i].instance == instance ? i : own;
    }
    if (is_mutant(firmware, MUTANT_CONFLICT_SPOILS_DOWNLOAD) &&
        firmware->had_conflict) {
        name_version(packages->members[0].version, "0.1");
    } else if (is_mutant(firmware, MUTANT_BUNDLE_BY_SIBLING_LOADS_ONE) &&
               own > 0) {
        keep_member(packages, own);
    } else if (is_mutant(firmware, MUTANT_BUNDLE_LOADS_TWO) &&
               packages->count > 2) {
        packages->count = 2;
    } else if (is_mutant(firmware, MUTANT_SIBLING_SHOWS_OTHER_VERSION)) {
        for (size_t i = 1; i < packages->count; i++) {
            copy_version(packages->members[i].version, version);
        }
    }
}

/** On packages for others. */
static int judge_foreign(const struct firmware *firmware, uint16_t instance,
                         struct device_packages *packages, int result)
{
    bool takes = packages->is_bundle
                     ? is_mutant(firmware, MUTANT_BUNDLE_OF_OTHERS_LOADED)
                     : is_mutant(firmware, MUTANT_OTHER_COMPONENT_LOADED);

    if (!takes || packages->count == 0 || packages->members[0].bytes == NULL) {
        return result;
    }
    keep_member(packages, 0);
    packages->members[0].instance = instance;
    return RESULT_INITIAL;
}

int package_mutant_judges(const struct firmware *firmware, uint16_t instance,
                          struct device_packages *packages, int result)
{
    const struct component *component = &firmware->components[instance];
    bool has_mark = component->partial_length > MARK_SIZE &&
                    memcmp(component->partial, "AJAY", MARK_SIZE) == 0;
    bool is_single = packages->count == 1 && !packages->is_bundle;

    if (result == RESULT_TYPE && has_mark &&
        is_mutant(firmware, MUTANT_HEADER_NOT_CHECKED)) {
        return take_as_payload(component, instance, packages);
    }
    if (result == RESULT_TYPE) {
        return judge_foreign(firmware, instance, packages, result);
    }
    if (result == RESULT_INTEGRITY && is_single) {
        struct device_package *member = &packages->members[0];
        return is_mutant(firmware, MUTANT_APPENDED_TAKEN)
                   ? ignore_tail(member, result)
               : is_mutant(firmware, MUTANT_LAST_BYTE_NOT_CHECKED)
                   ? ignore_last_byte(member, result)
                   : result;
    }
    if (result == RESULT_INTEGRITY &&
        is_mutant(firmware, MUTANT_CORRUPT_PART_LOADS_GOOD)) {
        return keep_good(packages, instance) ? RESULT_INITIAL : result;
    }
    if (result == RESULT_INITIAL &&
        component->stale_result == RESULT_INTEGRITY &&
        is_mutant(firmware, MUTANT_INTEGRITY_STAYS)) {
        return RESULT_INTEGRITY;
    }
    if (result == RESULT_INITIAL) {
        judge_good(firmware, instance, packages);
    }
    return result;
}

/** Of a bundle with a corrupt part: what becomes of the other ones. */
static void spoil_siblings(struct firmware *firmware, uint16_t instance,
                           struct device_packages *packages)
{
    if (!is_mutant(firmware, MUTANT_CORRUPT_PART_LEAVES_SIBLING)) {
        return;
    }
    (void)keep_good(packages, instance);
    for (size_t i = packages->count; i-- > 0;) {
        if (packages->members[i].instance == instance) {
            packages->members[i] = packages->members[--packages->count];
        }
    }
    (void)firmware_stage_all(firmware, packages); /* all or none */
}

void package_mutant_leaves(struct firmware *firmware, uint16_t instance,
                           struct device_packages *packages, int result)
{
    struct component *component = firmware_at(firmware, instance);

    if (result == RESULT_INTEGRITY && packages->is_bundle) {
        spoil_siblings(firmware, instance, packages);
    } else if (result == RESULT_INTEGRITY && packages->count == 1) {
        if (is_mutant(firmware, MUTANT_PACKAGE_LEFT) &&
            firmware_stage_all(firmware, packages)) {
            component->is_corrupt = false;
            firmware_set_pair(firmware, instance, STATE_IDLE, result);
        }
        if (is_mutant(firmware, MUTANT_PACKAGE_DATA_LEFT)) {
            copy_version(component->package_version,
                         packages->members[0].version);
        }
    } else if (result == RESULT_TYPE && packages->count > 0 &&
               is_mutant(firmware, MUTANT_OTHER_COMPONENT_NAMED)) {
        copy_version(component->package_version, packages->members[0].version);
    }
}

void package_mutant_loads_early(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);
    struct device_packages packages = { .count = 0 };

    if (!is_mutant(firmware, MUTANT_INTERRUPTED_BUNDLE_LOADED) ||
        component->partial_length < EARLY_SIZE ||
        memcmp(component->partial, "MULTI", MARK_SIZE) != 0) {
        return;
    }
    size_t at = BUNDLE_TABLE_AT + 4 * (size_t)component->partial[11];
    if (package_read(component->partial + at, component->partial_length - at,
                     &packages) == 0) {
        packages.members[0].instance = instance;
        packages.members[0].has_good_crc = true;
        (void)firmware_stage_all(firmware, &packages); /* all or none */
    }
}

/* Updates. */

static void end_as_updated(struct firmware *firmware, uint16_t instance)
{
    firmware_at(firmware, instance)->takes_part = false;
    firmware_to_idle(firmware, instance, RESULT_UPDATED);
}

bool package_mutant_ends_failed(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);
    bool is_integrity = component->outcome == OUTCOME_FAIL_INTEGRITY;
    bool is_good = component->outcome == OUTCOME_NONE;

    switch (firmware->config.mutant) {
    case MUTANT_FAILURE_SHOWN_AS_1:
        if (!is_good) {
            end_as_updated(firmware, instance);
        }
        return !is_good;
    case MUTANT_INTEGRITY_SHOWN_AS_1:
        if (is_integrity) {
            end_as_updated(firmware, instance);
        }
        return is_integrity;
    case MUTANT_PACKAGE_LEFT: /* found by the boot loader */
        if (is_integrity) {
            firmware_set_pair(firmware, instance, STATE_IDLE, RESULT_INTEGRITY);
        }
        return is_integrity;
    case MUTANT_BATCH_OLD_WITH_1:
        if (is_good) {
            end_as_updated(firmware, instance);
        }
        return is_good;
    case MUTANT_BATCH_NEW_WITH_8:
        if (is_good) {
            copy_version(component->version, component->package_version);
        }
        return false;
    case MUTANT_FAILED_VERSION_SHOWN:
        copy_version(component->version, component->package_version);
        return false;
    case MUTANT_INTEGRITY_SHOWN_AS_3:
        if (is_integrity) {
            firmware_to_idle(firmware, instance, RESULT_NO_RAM);
        }
        return is_integrity;
    default:
        return false;
    }
}

bool package_mutant_ends_trial(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    switch (firmware->config.mutant) {
    case MUTANT_BOOT_FAILURE_SHOWN_AS_1:
        end_as_updated(firmware, instance);
        return true;
    case MUTANT_BOOT_FAILURE_KEEPS_NEW:
        copy_version(component->version, component->package_version);
        return false;
    case MUTANT_BOOT_FAILURE_BRICKS:
        firmware->is_dead = true;
        firmware->wants_reboot = true;
        return false;
    default:
        return false;
    }
}

bool package_mutant_installs(const struct firmware *firmware,
                             bool failed_before)
{
    return (is_mutant(firmware, MUTANT_BATCH_GOES_ON) && failed_before) ||
           (is_mutant(firmware, MUTANT_BATCH_STOPS) && !failed_before);
}

bool package_mutant_was_cut(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);
    bool is_mixed = is_mutant(firmware, MUTANT_CUT_IS_MIXED) && instance == TEE;

    if (is_mutant(firmware, MUTANT_CUT_BRICKS)) {
        firmware->is_dead = true;
        firmware->wants_reboot = true;
        return false;
    }
    if (is_mixed) {
        copy_version(component->version, component->package_version);
    }
    if (is_mixed || is_mutant(firmware, MUTANT_CUT_SHOWN_AS_1)) {
        end_as_updated(firmware, instance);
        return true;
    }
    return false;
}

void package_mutant_confirms(struct firmware *firmware, uint16_t instance,
                             const char *old_version)
{
    struct component *component = firmware_at(firmware, instance);

    if (is_mutant(firmware, MUTANT_SAME_VERSION_RENAMED) &&
        strcmp(component->version, old_version) == 0) {
        name_version(component->version, "0.1");
    }
}
