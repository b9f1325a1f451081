/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/package_variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CRC_AT = 12, APPENDED = 16, VERSION_LENGTH_AT = 24, FIXED_SIZE = 25 };

/** Compare numbers with dots. */
static int compare_versions(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        unsigned long left = version_lead(a);
        unsigned long right = version_lead(b);
        if (left != right) {
            return left < right ? -1 : 1;
        }
        a += strcspn(a, ".");
        b += strcspn(b, ".");
        a += *a == '.' ? 1 : 0;
        b += *b == '.' ? 1 : 0;
    }
    return 0;
}

/** The package's version, seen from the one that runs: -1 older. */
static int order_of(const struct firmware *firmware, uint16_t instance,
                    const char *version)
{
    return compare_versions(version, firmware->components[instance].version);
}

/* Downloads. */

/** A package of one component that goes to another: it gets it. */
static int route(struct firmware *firmware, uint16_t instance,
                 struct device_packages *packages, int result)
{
    for (size_t i = 0; i < packages->count; i++) {
        const struct device_package *member = &packages->members[i];
        if (member->instance == instance || !member->has_good_crc ||
            firmware->components[member->instance].state != STATE_IDLE) {
            return result;
        }
    }
    return packages->count > 0 && firmware_stage_all(firmware, packages)
               ? RESULT_INITIAL
               : result;
}

/** What follows the payload is left out. */
static int leave_tail_out(struct device_package *member, int result)
{
    const uint8_t *at = member->bytes + CRC_AT;
    uint32_t crc = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
                   (uint32_t)at[2] << 8 | at[3];

    if (member->payload_length <= APPENDED ||
        crc32_of(member->payload, member->payload_length - APPENDED) != crc) {
        return result;
    }
    member->payload_length -= APPENDED;
    member->has_good_crc = true;
    return RESULT_INITIAL;
}

static bool has_damaged_header(const struct component *component)
{
    return component->partial_length > FIXED_SIZE &&
           memcmp(component->partial, "AJAY", 4) == 0 &&
           component->partial[VERSION_LENGTH_AT] > FIRMWARE_VERSION_MAX;
}

static bool is_lowest(const struct device_packages *packages, uint16_t instance)
{
    for (size_t i = 0; i < packages->count; i++) {
        if (packages->members[i].instance < instance) {
            return false;
        }
    }
    return true;
}

/** Of packages by their version. */
static int judge_version(const struct firmware *firmware, int order)
{
    if (order == 0) {
        return varies(firmware, VARIANT_SAME_VERSION_IS_6) ? RESULT_TYPE
                                                           : RESULT_INITIAL;
    }
    if (order > 0) {
        return RESULT_INITIAL;
    }
    return varies(firmware, VARIANT_DOWNGRADE_IS_5)   ? RESULT_INTEGRITY
           : varies(firmware, VARIANT_DOWNGRADE_IS_6) ? RESULT_TYPE
           : varies(firmware, VARIANT_DOWNGRADE_IS_8) ? RESULT_UPDATE_FAILED
                                                      : RESULT_INITIAL;
}

int package_variant_judges(struct firmware *firmware, uint16_t instance,
                           struct device_packages *packages, int result)
{
    const struct component *component = &firmware->components[instance];

    if (result == RESULT_TYPE && has_damaged_header(component) &&
        varies(firmware, VARIANT_HEADER_IS_5)) {
        return RESULT_INTEGRITY;
    }
    if (packages->is_bundle && !is_lowest(packages, instance) &&
        varies(firmware, VARIANT_BUNDLE_BY_FIRST_ONLY)) {
        return RESULT_TYPE;
    }
    if (result == RESULT_INTEGRITY && packages->count == 1 &&
        !packages->is_bundle && varies(firmware, VARIANT_APPENDED_LEFT_OUT)) {
        result = leave_tail_out(&packages->members[0], result);
    }
    if (result == RESULT_TYPE &&
        varies(firmware, VARIANT_OTHER_COMPONENT_ROUTED)) {
        return route(firmware, instance, packages, result);
    }
    return result == RESULT_INITIAL && packages->count == 1
               ? judge_version(firmware, order_of(firmware, instance,
                                                  packages->members[0].version))
               : result;
}

void package_variant_leaves(struct firmware *firmware,
                            struct device_packages *packages, int result)
{
    if (!varies(firmware, VARIANT_CORRUPT_PART_FAILS_ALL) ||
        result != RESULT_INTEGRITY || !packages->is_bundle) {
        return;
    }
    for (size_t i = 0; i < packages->count; i++) {
        uint16_t sibling = packages->members[i].instance;
        if (firmware_at(firmware, sibling)->state == STATE_IDLE) {
            firmware_to_idle(firmware, sibling, result);
        }
    }
}

unsigned package_variant_occupied(const struct firmware *firmware,
                                  uint16_t receiver, unsigned busy)
{
    return varies(firmware, VARIANT_CONFLICT_WITH_LOADED_ONLY)
               ? busy & firmware->components[receiver].ready_before
               : busy;
}

void package_variant_cancelled(struct firmware *firmware, uint16_t instance,
                               unsigned siblings)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (varies(firmware, VARIANT_CANCEL_DROPS_BUNDLE) && i != instance &&
            (siblings & 1u << i) != 0 && firmware_is_ready(firmware, i)) {
            firmware_to_idle(firmware, i, RESULT_CANCELLED);
        }
    }
}

/* Updates. */

bool package_variant_fails(const struct firmware *firmware, uint16_t instance)
{
    int order = order_of(firmware, instance,
                         firmware->components[instance].package_version);

    return (varies(firmware, VARIANT_DOWNGRADE_FAILS) && order < 0) ||
           (varies(firmware, VARIANT_SAME_VERSION_FAILS) && order == 0);
}

unsigned package_variant_culprits(const struct firmware *firmware,
                                  uint16_t instance)
{
    bool is_older =
        firmware_is_ready(firmware, instance) &&
        order_of(firmware, instance,
                 firmware->components[instance].package_version) < 0;

    return varies(firmware, VARIANT_DOWNGRADE_IS_13) && is_older
               ? 1u << (instance == TEE ? APPLICATION : TEE)
               : 0;
}

bool package_variant_was_cut(struct firmware *firmware, uint16_t instance)
{
    if (!varies(firmware, VARIANT_CUT_FORGETS_UPDATE)) {
        return false;
    }
    firmware_at(firmware, instance)->takes_part = false;
    firmware_set_pair(firmware, instance, STATE_DOWNLOADED, RESULT_INITIAL);
    return true;
}
