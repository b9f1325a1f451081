/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/firmware_parts.h"
#include "tests/device/loader.h"
#include "tests/device/message.h"
#include "tests/device/package_mutants.h"
#include "tests/device/package_variants.h"
#include "tests/device/push_odd.h"
#include "tests/device/refusals.h"
#include "tests/device/restart.h"

enum { START_CAPACITY = 32768 };

uint8_t firmware_reset(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);
    uint8_t code = 0;

    if (variant_reset(firmware, instance, &code)) {
        return code;
    }
    if (deferral_refuses(firmware, instance, MUTANT_DEFERRED_RESET_REFUSED)) {
        return CODE(4, 5);
    }
    if (firmware->config.mutant == MUTANT_RESET_IGNORED ||
        push_odd_resets(firmware, instance)) {
        return CODE(2, 4);
    }
    if (firmware->config.mutant == MUTANT_RESET_KEEPS_PACKAGE &&
        component->state == STATE_DOWNLOADED) {
        firmware_set_pair(firmware, instance, STATE_IDLE, RESULT_INITIAL);
        (void)firmware_save(firmware);
        return CODE(2, 4);
    }
    if (firmware->config.mutant == MUTANT_RESET_KEEPS_13 &&
        component->result == RESULT_DEPENDENCY) {
        firmware_to_idle(firmware, instance, RESULT_DEPENDENCY);
        return CODE(2, 4);
    }
    if (!varies(firmware, VARIANT_URI_KEPT)) {
        component->uri[0] = '\0';
    }
    firmware_to_idle(firmware, instance, RESULT_INITIAL);
    return CODE(2, 4);
}

bool firmware_append(struct component *component, const uint8_t *bytes,
                     size_t length)
{
    size_t needed = component->partial_length + length;

    if (needed > component->partial_capacity) {
        size_t capacity = component->partial_capacity * 2;
        capacity = capacity < START_CAPACITY ? START_CAPACITY : capacity;
        capacity = capacity < needed ? needed : capacity;
        uint8_t *grown = realloc(component->partial, capacity);
        if (grown == NULL) {
            return false;
        }
        component->partial = grown;
        component->partial_capacity = capacity;
    }
    if (length > 0) {
        memcpy(component->partial + component->partial_length, bytes, length);
        component->partial_length = needed;
    }
    return true;
}

void firmware_fill(struct component *component, size_t length)
{
    static const uint8_t zeros[1024] = { 0 };

    while (component->partial_length < length) {
        size_t left = length - component->partial_length;
        if (!firmware_append(component, zeros,
                             left < sizeof(zeros) ? left : sizeof(zeros))) {
            return;
        }
    }
}

/** Instances of the mask that are not Idle, without the receiver. */
static unsigned occupied(const struct firmware *firmware, uint16_t receiver,
                         unsigned mask)
{
    unsigned busy = 0;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (i != receiver && (mask & 1u << i) != 0 &&
            firmware->components[i].state != STATE_IDLE) {
            busy |= 1u << i;
        }
    }
    return firmware->config.mutant == MUTANT_CONFLICT_IGNORED
               ? 0
               : package_variant_occupied(firmware, receiver, busy);
}

static void fail_conflict(struct firmware *firmware, uint16_t instance,
                          unsigned culprits)
{
    struct component *component = firmware_at(firmware, instance);

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        bool clears = firmware->config.mutant == MUTANT_CONFLICT_CLEARS_SIBLING;
        if (clears && (culprits & 1u << i) != 0) {
            firmware_to_idle(firmware, i, RESULT_INITIAL);
        }
    }
    firmware->had_conflict = true;
    firmware_stop_receiving(component);
    firmware_set_pair(firmware, instance, STATE_IDLE, RESULT_CONFLICT);
    component->culprits = culprits; /* in the same record: AFU-104 */
    firmware_drop_package(firmware, instance);
}

static bool write_staged(struct firmware *firmware,
                         const struct device_package *package)
{
    char name[32];

    (void)snprintf(name, sizeof(name), "%u.staged", package->instance);
    return store_write(firmware->store, name, package->payload,
                       package->payload_length);
}

/** The package is on disk; the record that says so is the caller's. */
static void take_package(struct firmware *firmware,
                         const struct device_package *package, unsigned bundle)
{
    struct component *component = firmware_at(firmware, package->instance);
    int stale = component->stale_result;

    component->has_package = true;
    component->bundle = bundle;
    memcpy(component->package_version, package->version,
           sizeof(component->package_version));
    component->outcome = package->outcome;
    component->package_needs = package->needs;
    component->ghost_version[0] = '\0';
    component->order = ++firmware->packages;
    component->is_corrupt =
        !package->has_good_crc &&
        firmware->config.mutant != MUTANT_CORRUPT_ACCEPTED &&
        firmware->config.mutant != MUTANT_CORRUPT_INSTALLED;
    memcpy(component->links, package->links, sizeof(component->links));
    component->link_count = package->link_count;
    component->package_crc =
        crc32_of(package->payload, package->payload_length);
    if (firmware->config.mutant == MUTANT_VERSION_WITHOUT_UPDATE) {
        memcpy(component->version, package->version,
               sizeof(component->version));
    }
    enum mutant mutant = firmware->config.mutant;
    firmware_set_pair(firmware, package->instance, STATE_DOWNLOADED,
                      mutant == MUTANT_RESULT_NOT_RESET      ? stale
                      : mutant == MUTANT_SUCCESS_AT_DOWNLOAD ? RESULT_UPDATED
                                                             : RESULT_INITIAL);
    firmware_solve(firmware, package->instance);
}

bool firmware_stage_all(struct firmware *firmware,
                        const struct device_packages *packages)
{
    struct component before[FIRMWARE_COMPONENTS];
    unsigned bundle = 0;
    bool good = true;

    for (size_t i = 0; i < packages->count; i++) {
        bundle |= 1u << packages->members[i].instance;
    }
    for (size_t i = 0; good && i < packages->count; i++) {
        good = write_staged(firmware, &packages->members[i]);
    }
    memcpy(before, firmware->components, sizeof(before));
    for (size_t i = 0; good && i < packages->count; i++) {
        take_package(firmware, &packages->members[i], bundle);
    }
    if (good && firmware_save(firmware)) { /* the moment of Downloaded */
        return true;
    }
    /* The files stay: a record that names them may have reached the disk. */
    memcpy(firmware->components, before, sizeof(before));
    return false;
}

/** Whether all members are for components that the device has. */
static bool fits_shape(const struct firmware *firmware,
                       const struct device_packages *packages)
{
    const struct shape *shape = firmware->config.shape;
    bool fits = shape->has_bundles || !packages->is_bundle;

    for (size_t i = 0; i < packages->count; i++) {
        fits = fits && packages->members[i].instance < shape->count;
    }
    return fits;
}

/** @return the Update Result; 0: take it */
static int inspect(struct firmware *firmware, uint16_t instance,
                   struct device_packages *packages)
{
    const struct component *component = &firmware->components[instance];
    int result = loader_takes_images(firmware)
                     ? loader_judge(firmware, instance, packages)
                     : package_read(component->partial,
                                    component->partial_length, packages);
    bool is_unchecked = firmware_is_unchecked(firmware, instance);
    bool contains = false;

    if (result != 0 &&
        (is_unchecked || firmware->config.mutant == MUTANT_JUNK_ACCEPTED ||
         push_odd_takes_foreign(firmware, component))) {
        packages->count = 1;
        packages->members[0] = (struct device_package){
            .instance = instance,
            .version = "0.0",
            .payload = component->partial,
            .payload_length = component->partial_length,
            .has_good_crc = true,
        };
        result = 0;
    }
    for (size_t i = 0; result == 0 && i < packages->count; i++) {
        struct device_package *member = &packages->members[i];
        member->has_good_crc = member->has_good_crc || is_unchecked;
        contains = contains || member->instance == instance;
        if (!member->has_good_crc && !push_odd_looks_late(firmware) &&
            !varies(firmware, VARIANT_CHECKED_AT_UPDATE) &&
            !varies(firmware, VARIANT_CHECKED_AT_UPDATE_8) &&
            firmware->config.mutant != MUTANT_CORRUPT_ACCEPTED &&
            firmware->config.mutant != MUTANT_CORRUPT_INSTALLED) {
            result = RESULT_INTEGRITY;
        } else if (member->outcome == OUTCOME_OUT_OF_MEMORY) {
            result = push_odd_no_ram(firmware);
        }
    }
    if (result == 0 && (!contains || !fits_shape(firmware, packages))) {
        result = RESULT_TYPE;
    }
    result = package_mutant_judges(firmware, instance, packages, result);
    return package_variant_judges(firmware, instance, packages, result);
}

/** The download is over and the package refused. */
static void refuse_package(struct firmware *firmware, uint16_t instance,
                           struct device_packages *packages, int result)
{
    struct component *component = firmware_at(firmware, instance);
    uint8_t *partial = component->partial; /* `packages` points into it */

    component->partial = NULL;
    firmware_to_idle(firmware, instance, result);
    package_mutant_leaves(firmware, instance, packages, result);
    package_variant_leaves(firmware, packages, result);
    free(partial);
}

/** For a mutant. */
static void keep_only(struct device_packages *packages, uint16_t instance)
{
    for (size_t i = 0; i < packages->count; i++) {
        if (packages->members[i].instance == instance) {
            packages->members[0] = packages->members[i];
        }
    }
    packages->count = 1;
}

uint8_t firmware_finish_download(struct firmware *firmware, uint16_t instance)
{
    struct device_packages packages;
    unsigned mask = 0;
    int result = variant_download_result(
        firmware, inspect(firmware, instance, &packages));

    if (varies(firmware, VARIANT_EMPTY_IS_4) &&
        firmware_at(firmware, instance)->partial_length == 0) {
        result = RESULT_CONNECTION_LOST;
    }

    firmware->receiver = instance;
    if (result == RESULT_TYPE &&
        firmware->config.mutant == MUTANT_ERROR_BY_CODE_ONLY) {
        firmware_to_idle(firmware, instance, result);
        return CODE(4, 15);
    }
    if (result != 0) {
        refuse_package(firmware, instance, &packages, result);
        /* The error is in Update Result: A-09. */
        return variant_download_code(firmware, result, CODE(2, 4));
    }
    for (size_t i = 0; i < packages.count; i++) {
        mask |= 1u << packages.members[i].instance;
    }
    unsigned culprits = occupied(firmware, instance, mask);
    if (culprits != 0) {
        fail_conflict(firmware, instance, culprits);
        return variant_download_code(firmware, RESULT_CONFLICT, CODE(5, 0));
    }
    if (firmware->config.mutant == MUTANT_SIBLINGS_NOT_LOADED) {
        keep_only(&packages, instance);
    }
    if (!firmware_stage_all(firmware, &packages)) {
        firmware_to_idle(firmware, instance, RESULT_NO_FLASH);
        return CODE(5, 0);
    }
    for (size_t i = 0; i < packages.count; i++) { /* of siblings: a variant */
        firmware_stop_receiving(
            firmware_at(firmware, packages.members[i].instance));
    }
    firmware_stop_receiving(firmware_at(firmware, instance));
    return CODE(2, 4);
}

static void begin_download(struct firmware *firmware, uint16_t instance,
                           bool more)
{
    struct component *component = firmware_at(firmware, instance);

    if (component->state == STATE_IDLE) {
        component->stale_result = component->result;
        component->ready_before = firmware_ready(firmware);
    }
    bool keeps_result = varies(firmware, VARIANT_RESULT_CLEARED_LATE);
    bool keeps_state =
        !more || keeps_result || varies(firmware, VARIANT_PUSH_STAYS_IDLE);
    firmware_stop_receiving(component);
    component->is_receiving = true;
    firmware_set_pair(firmware, instance,
                      keeps_state ? component->state : STATE_DOWNLOADING,
                      keeps_result ? component->result : RESULT_INITIAL);
    if (more) { /* a power cut must end in a pair of ST-31 */
        (void)firmware_save(firmware);
    }
}

static uint64_t storage_of(const struct firmware *firmware)
{
    return firmware->config.mutant == MUTANT_OVERSIZE_ACCEPTED ? UINT32_MAX
           : firmware->config.storage > 0 ? firmware->config.storage
                                          : FIRMWARE_STORAGE;
}

uint8_t firmware_receive(struct firmware *firmware, uint16_t instance,
                         size_t offset, bool more, const uint8_t *bytes,
                         size_t length, uint64_t now_ms)
{
    struct component *component = firmware_at(firmware, instance);
    const struct push_part part = { offset, more, bytes, length };
    unsigned mask = 0;

    offset = push_odd_offset(firmware, instance, &part);
    if (offset != component->partial_length) {
        bool repeated = offset + length <= component->partial_length &&
                        memcmp(component->partial + offset, bytes, length) == 0;
        return repeated && more ? push_odd_repeat_code(firmware)
                                : push_odd_gap_code(firmware, more);
    }
    if (offset + length > storage_of(firmware)) {
        firmware_to_idle(firmware, instance, push_odd_too_big(firmware));
        return CODE(4, 13);
    }
    if (!firmware_append(component, bytes, length)) {
        firmware_to_idle(firmware, instance, RESULT_NO_RAM);
        return CODE(5, 0);
    }
    component->receive_deadline_ms = push_odd_deadline(firmware, now_ms);
    if (!varies(firmware, VARIANT_CONFLICT_AT_END) &&
        firmware->config.shape->has_bundles &&
        package_peek(component->partial, component->partial_length, &mask) &&
        occupied(firmware, instance, mask) != 0) {
        fail_conflict(firmware, instance, occupied(firmware, instance, mask));
        return CODE(5, 0);
    }
    if (more) {
        package_mutant_loads_early(firmware, instance);
        return CODE(2, 31);
    }
    if (!push_odd_completes(firmware, instance)) {
        return CODE(2, 4);
    }
    return variant_verifies_late(firmware, instance, now_ms)
               ? CODE(2, 4)
               : firmware_finish_download(firmware, instance);
}

uint8_t firmware_write_package(struct firmware *firmware, uint16_t instance,
                               size_t offset, bool more, const uint8_t *bytes,
                               size_t length, uint64_t now_ms)
{
    struct component *component = firmware_at(firmware, instance);
    const struct push_part part = { offset, more, bytes, length };
    uint8_t code = 0;

    bool is_reset = offset == 0 && !more && length == 1 && bytes[0] == 0x00;
    if (component->state == STATE_UPDATING) {
        return restart_write(firmware, instance, is_reset);
    }
    if (push_odd_answers(firmware, instance, &part, now_ms, &code)) {
        return code;
    }
    if (is_reset) {
        return firmware_reset(firmware, instance);
    }
    bool is_pull_only =
        firmware->config.delivery == DELIVERY_PULL ||
        (offset == 0 && varies(firmware, VARIANT_SECOND_PUSH_REFUSED) &&
         firmware_others_fetch(firmware, instance, true));
    if (deferral_blocks(firmware, instance)) {
        return CODE(5, 3);
    }
    bool is_refused = component->state == STATE_DOWNLOADED ||
                      component->fetch != 0 || is_pull_only;
    if ((is_refused && !push_odd_begins(firmware, instance)) ||
        firmware->config.mutant == MUTANT_PUSH_REFUSED) {
        bool is_busy =
            component->state == STATE_DOWNLOADED || component->fetch != 0;
        return is_busy ? refusal_of_package(firmware, more) /* ST-27, ST-43 */
                       : CODE(4, 5);                        /* ST-03 */
    }
    if (offset > 0 && firmware->config.mutant == MUTANT_BLOCKS_REFUSED) {
        return CODE(5, 0);
    }
    if (offset == 0 && !more && length == 0) {
        return CODE(4, 0);
    }
    if ((offset == 0 && !push_odd_goes_on(firmware, instance)) ||
        (!component->is_receiving && push_odd_begins_late(firmware))) {
        begin_download(firmware, instance, more);
    } else if (!component->is_receiving) {
        return push_odd_gap_code(firmware, more);
    }
    return firmware_receive(firmware, instance, offset, more, bytes, length,
                            now_ms);
}

uint8_t firmware_cancel(struct firmware *firmware, uint16_t instance)
{
    unsigned fetch = 0;
    uint8_t code = 0;

    if (varies(firmware, VARIANT_QUEUED_CANCEL_IGNORED) &&
        firmware_is_queued(firmware, instance)) {
        return CODE(2, 4);
    }
    if (push_odd_cancels(firmware, instance, &code)) {
        return code;
    }
    switch (firmware_at(firmware, instance)->state) {
    case STATE_IDLE:
        firmware_at(firmware, instance)->is_jammed =
            firmware->config.mutant == MUTANT_CANCEL_IN_IDLE_JAMS;
        if (firmware->config.mutant == MUTANT_CANCEL_IN_IDLE_IGNORED) {
            return CODE(2, 4);
        }
        if (varies(firmware, VARIANT_CANCEL_IN_IDLE) &&
            firmware_at(firmware, instance)->result != RESULT_UPDATED) {
            firmware_to_idle(firmware, instance, RESULT_CANCELLED);
            return CODE(2, 4);
        }
        break;
    case STATE_DOWNLOADING:
    case STATE_DOWNLOADED:
        if (firmware->config.mutant == MUTANT_CANCEL_REFUSED ||
            (firmware->config.mutant == MUTANT_CANCEL_AFTER_13_REFUSED &&
             firmware_at(firmware, instance)->result == RESULT_DEPENDENCY) ||
            deferral_refuses(firmware, instance,
                             MUTANT_DEFERRED_CANCEL_REFUSED)) {
            break;
        }
        if (firmware->config.mutant == MUTANT_CANCEL_KEEPS_PACKAGE) {
            firmware_set_pair(firmware, instance, STATE_IDLE, RESULT_CANCELLED);
            return CODE(2, 4);
        }
        fetch = firmware_at(firmware, instance)->fetch;
        memcpy(firmware_at(firmware, instance)->ghost_version,
               firmware_at(firmware, instance)->package_version,
               FIRMWARE_VERSION_MAX + 1);
        firmware->was_cancelled = true;
        package_variant_cancelled(firmware, instance,
                                  firmware_at(firmware, instance)->bundle);
        firmware_to_idle(firmware, instance,
                         firmware->config.mutant ==
                                 MUTANT_WRONG_RESULT_ON_CANCEL
                             ? RESULT_INITIAL
                             : RESULT_CANCELLED);
        firmware_spoil_cancel(firmware, instance, fetch);
        return CODE(2, 4);
    case STATE_UPDATING:
        if (firmware->config.mutant == MUTANT_CANCEL_WHILE_UPDATING) {
            return CODE(2, 4);
        }
        break;
    }
    return CODE(4, 5);
}
