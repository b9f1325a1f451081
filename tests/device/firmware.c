/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/firmware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/device/message.h"
#include "tests/device/record_file.h"

enum {
    APPLICATION = 0,
    TEE = 1,
    HANG_MS = 5000, /* OUTCOME_HANG ends by the device's own limit */
    START_CAPACITY = 32768,
};

static struct component *at(struct firmware *firmware, uint16_t instance)
{
    return &firmware->components[instance];
}

void firmware_save(struct firmware *firmware)
{
    if (!record_save(firmware)) {
        fprintf(stderr, "assay-device: cannot write the state record\n");
    }
    firmware->has_changed = true;
}

/** Last State Change Time goes first: AFU-150. */
static void set_pair(struct firmware *firmware, uint16_t instance,
                     enum firmware_state state, int result)
{
    struct component *component = at(firmware, instance);

    if (component->state != state) {
        component->changed_s = (int64_t)time(NULL);
    }
    component->state = state;
    component->result = result;
    component->culprits = 0;
    firmware->has_changed = true;
}

static void stop_receiving(struct component *component)
{
    free(component->partial);
    component->partial = NULL;
    component->partial_length = 0;
    component->partial_capacity = 0;
    component->is_receiving = false;
    component->receive_deadline_ms = FIRMWARE_NEVER;
}

static void drop_package(struct firmware *firmware, uint16_t instance)
{
    struct component *component = at(firmware, instance);
    char name[32];

    component->has_package = false;
    component->was_deferred = false;
    component->package_version[0] = '\0';
    component->link_count = 0;
    component->outcome = OUTCOME_NONE;
    firmware_save(firmware); /* first: a record never names a lost file */
    (void)snprintf(name, sizeof(name), "%u.staged", instance);
    store_remove(firmware->store, name);
    if (firmware->defer_deadline_ms != FIRMWARE_NEVER &&
        firmware->deferred == instance) {
        firmware->defer_deadline_ms = FIRMWARE_NEVER;
    }
}

static void to_idle(struct firmware *firmware, uint16_t instance, int result)
{
    stop_receiving(at(firmware, instance));
    set_pair(firmware, instance, STATE_IDLE, result);
    drop_package(firmware, instance);
}

/* Links and conflicts. */

static bool is_ready(const struct firmware *firmware, uint16_t instance)
{
    return firmware->components[instance].state == STATE_DOWNLOADED;
}

/** Whether the application's package needs a newer TEE than `version`. */
static bool needs_more_than(const struct firmware *firmware,
                            const char *version)
{
    return version_lead(firmware->components[APPLICATION].package_version) >
           version_lead(version);
}

static bool tee_would_do(const struct firmware *firmware)
{
    return is_ready(firmware, TEE) &&
           !needs_more_than(firmware,
                            firmware->components[TEE].package_version);
}

unsigned firmware_linked(const struct firmware *firmware, uint16_t instance)
{
    const struct component *component = &firmware->components[instance];
    unsigned mask = 0;

    if (component->state != STATE_DOWNLOADED) {
        return 0;
    }
    for (size_t i = 0; i < component->link_count; i++) {
        uint16_t link = component->links[i];
        if (link < FIRMWARE_COMPONENTS && link != instance &&
            is_ready(firmware, link)) {
            mask |= 1u << link;
        }
    }
    if (instance == APPLICATION &&
        needs_more_than(firmware, firmware->components[TEE].version) &&
        tee_would_do(firmware)) {
        mask |= 1u << TEE;
    }
    return mask;
}

unsigned firmware_conflicting(const struct firmware *firmware,
                              uint16_t instance)
{
    const struct component *component = &firmware->components[instance];
    unsigned mask = component->culprits;

    if (firmware->config.mutant == MUTANT_CONFLICTS_EMPTY) {
        return 0;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        bool solved =
            component->result == RESULT_CONFLICT
                ? firmware->components[i].state == STATE_IDLE
                : is_ready(firmware, i) && (instance != APPLICATION ||
                                            i != TEE || tee_would_do(firmware));
        if (solved) {
            mask &= ~(1u << i);
        }
    }
    if (instance == APPLICATION && is_ready(firmware, APPLICATION) &&
        needs_more_than(firmware, firmware->components[TEE].version) &&
        !tee_would_do(firmware)) {
        mask |= 1u << TEE;
    } else if (instance == APPLICATION &&
               component->result == RESULT_DEPENDENCY &&
               !needs_more_than(firmware, firmware->components[TEE].version) &&
               component->has_package && component->culprits == 1u << TEE) {
        mask &= ~(1u << TEE); /* the TEE was installed meanwhile */
    }
    return mask;
}

/* Downloads. */

static uint8_t reset(struct firmware *firmware, uint16_t instance)
{
    struct component *component = at(firmware, instance);

    if (firmware->config.mutant == MUTANT_RESET_IGNORED) {
        return CODE(2, 4);
    }
    if (firmware->config.mutant == MUTANT_RESET_KEEPS_PACKAGE &&
        component->state == STATE_DOWNLOADED) {
        set_pair(firmware, instance, STATE_IDLE, RESULT_INITIAL);
        firmware_save(firmware);
        return CODE(2, 4);
    }
    to_idle(firmware, instance, RESULT_INITIAL);
    return CODE(2, 4);
}

uint8_t firmware_write_uri(struct firmware *firmware, uint16_t instance,
                           const uint8_t *bytes, size_t length)
{
    (void)bytes; /* ST-10: push only, so every address is refused */
    if (length > 0 || at(firmware, instance)->state == STATE_UPDATING) {
        return CODE(4, 5);
    }
    return reset(firmware, instance);
}

static bool append(struct component *component, const uint8_t *bytes,
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
    return firmware->config.mutant == MUTANT_CONFLICT_IGNORED ? 0 : busy;
}

static void fail_conflict(struct firmware *firmware, uint16_t instance,
                          unsigned culprits)
{
    to_idle(firmware, instance, RESULT_CONFLICT);
    at(firmware, instance)->culprits = culprits;
    firmware_save(firmware);
}

static void stage(struct firmware *firmware,
                  const struct device_package *package)
{
    struct component *component = at(firmware, package->instance);
    char name[32];

    (void)snprintf(name, sizeof(name), "%u.staged", package->instance);
    if (!store_write(firmware->store, name, package->payload,
                     package->payload_length)) {
        to_idle(firmware, package->instance, RESULT_NO_FLASH);
        return;
    }
    int stale = component->stale_result;
    component->has_package = true;
    component->was_deferred = false;
    memcpy(component->package_version, package->version,
           sizeof(component->package_version));
    component->outcome = package->outcome;
    memcpy(component->links, package->links, sizeof(component->links));
    component->link_count = package->link_count;
    component->package_crc =
        crc32_of(package->payload, package->payload_length);
    if (firmware->config.mutant == MUTANT_VERSION_WITHOUT_UPDATE) {
        memcpy(component->version, package->version,
               sizeof(component->version));
    }
    bool keeps = firmware->config.mutant == MUTANT_RESULT_NOT_RESET;
    set_pair(firmware, package->instance, STATE_DOWNLOADED,
             keeps ? stale : RESULT_INITIAL);
}

/** @return the Update Result; 0: take it */
static int inspect(const struct firmware *firmware, uint16_t instance,
                   struct device_packages *packages)
{
    const struct component *component = &firmware->components[instance];
    int result =
        package_read(component->partial, component->partial_length, packages);
    bool contains = false;

    if (result != 0 && firmware->config.mutant == MUTANT_JUNK_ACCEPTED) {
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
        const struct device_package *member = &packages->members[i];
        contains = contains || member->instance == instance;
        if (!member->has_good_crc &&
            firmware->config.mutant != MUTANT_CORRUPT_ACCEPTED) {
            result = RESULT_INTEGRITY;
        } else if (member->outcome == OUTCOME_OUT_OF_MEMORY) {
            result = RESULT_NO_RAM;
        }
    }
    return result == 0 && !contains ? RESULT_TYPE : result;
}

static uint8_t finish_download(struct firmware *firmware, uint16_t instance)
{
    struct component *component = at(firmware, instance);
    struct device_packages packages;
    unsigned mask = 0;
    int result = inspect(firmware, instance, &packages);

    if (result != 0) {
        to_idle(firmware, instance, result);
        return CODE(2, 4); /* the error is in Update Result: A-09 */
    }
    for (size_t i = 0; i < packages.count; i++) {
        mask |= 1u << packages.members[i].instance;
    }
    unsigned culprits = occupied(firmware, instance, mask);
    if (culprits != 0) {
        fail_conflict(firmware, instance, culprits);
        return CODE(5, 0);
    }
    for (size_t i = 0; i < packages.count; i++) {
        if (packages.members[i].instance == instance ||
            firmware->config.mutant != MUTANT_SIBLINGS_NOT_LOADED) {
            stage(firmware, &packages.members[i]);
        }
    }
    stop_receiving(component);
    firmware_save(firmware);
    return CODE(2, 4);
}

static void begin_download(struct firmware *firmware, uint16_t instance,
                           bool more)
{
    struct component *component = at(firmware, instance);

    if (component->state == STATE_IDLE) {
        component->stale_result = component->result;
    }
    stop_receiving(component);
    component->is_receiving = true;
    set_pair(firmware, instance, more ? STATE_DOWNLOADING : component->state,
             RESULT_INITIAL);
}

static uint8_t receive(struct firmware *firmware, uint16_t instance,
                       size_t offset, bool more, const uint8_t *bytes,
                       size_t length, uint64_t now_ms)
{
    struct component *component = at(firmware, instance);
    unsigned mask = 0;

    if (offset != component->partial_length) {
        bool repeated = offset + length <= component->partial_length &&
                        memcmp(component->partial + offset, bytes, length) == 0;
        return repeated && more ? CODE(2, 31) : CODE(4, 8);
    }
    if (offset + length > FIRMWARE_PACKAGE_MAX) {
        to_idle(firmware, instance, RESULT_NO_FLASH);
        return CODE(4, 13);
    }
    if (!append(component, bytes, length)) {
        to_idle(firmware, instance, RESULT_NO_RAM);
        return CODE(5, 0);
    }
    component->receive_deadline_ms = now_ms + firmware->config.push_timeout_ms;
    if (package_peek(component->partial, component->partial_length, &mask) &&
        occupied(firmware, instance, mask) != 0) {
        fail_conflict(firmware, instance, occupied(firmware, instance, mask));
        return CODE(5, 0);
    }
    return more ? CODE(2, 31) : finish_download(firmware, instance);
}

uint8_t firmware_write_package(struct firmware *firmware, uint16_t instance,
                               size_t offset, bool more, const uint8_t *bytes,
                               size_t length, uint64_t now_ms)
{
    struct component *component = at(firmware, instance);

    if (component->state == STATE_UPDATING) {
        return CODE(4, 5);
    }
    if (offset == 0 && !more && length == 1 && bytes[0] == 0x00) {
        return reset(firmware, instance);
    }
    if (component->state == STATE_DOWNLOADED) {
        return CODE(4, 5);
    }
    if (offset == 0 && !more && length == 0) {
        return CODE(4, 0);
    }
    if (offset == 0) {
        begin_download(firmware, instance, more);
    } else if (!component->is_receiving) {
        return CODE(4, 8);
    }
    return receive(firmware, instance, offset, more, bytes, length, now_ms);
}

uint8_t firmware_cancel(struct firmware *firmware, uint16_t instance)
{
    switch (at(firmware, instance)->state) {
    case STATE_IDLE:
        break;
    case STATE_DOWNLOADING:
    case STATE_DOWNLOADED:
        to_idle(firmware, instance,
                firmware->config.mutant == MUTANT_WRONG_RESULT_ON_CANCEL
                    ? RESULT_INITIAL
                    : RESULT_CANCELLED);
        return CODE(2, 4);
    case STATE_UPDATING:
        if (firmware->config.mutant == MUTANT_CANCEL_WHILE_UPDATING) {
            return CODE(2, 4);
        }
        break;
    }
    return CODE(4, 5);
}

/* Updates. */

static unsigned all_ready(const struct firmware *firmware)
{
    unsigned mask = 0;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        mask |= is_ready(firmware, i) ? 1u << i : 0u;
    }
    return mask;
}

/** Who is to be updated, before anything is checked. */
static unsigned participants(const struct firmware *firmware, uint16_t instance,
                             const struct update_arguments *arguments)
{
    unsigned mask = 1u << instance;
    enum mutant mutant = firmware->config.mutant;

    if (!arguments->has_list) {
        return mask | firmware_linked(firmware, instance);
    }
    if ((mutant == MUTANT_ALONE_IGNORED && arguments->link_count == 0) ||
        (mutant == MUTANT_LIST_EXTENDED && arguments->link_count > 0)) {
        mask |= all_ready(firmware);
    }
    for (size_t i = 0; i < arguments->link_count; i++) {
        mask |= 1u << arguments->links[i];
    }
    return mutant == MUTANT_LIST_IGNORED ? 1u << instance : mask;
}

/** Instances that keep the batch from being done. */
static unsigned culprits_of(const struct firmware *firmware, unsigned mask,
                            uint16_t instance)
{
    const struct component *tee = &firmware->components[TEE];
    unsigned culprits = 0;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((mask & 1u << i) != 0 && i != instance && !is_ready(firmware, i)) {
            culprits |= 1u << i;
        }
    }
    const char *version = (mask & 1u << TEE) != 0 && is_ready(firmware, TEE)
                              ? tee->package_version
                              : tee->version;
    if ((mask & 1u << APPLICATION) != 0 &&
        firmware->config.mutant != MUTANT_DEPENDENCY_IGNORED &&
        needs_more_than(firmware, version)) {
        culprits |= 1u << TEE;
    }
    return culprits;
}

static void start_update(struct firmware *firmware, unsigned mask,
                         uint64_t now_ms)
{
    uint64_t install_ms = firmware->config.install_ms;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((mask & 1u << i) != 0) {
            struct component *component = at(firmware, i);
            component->takes_part = true;
            component->was_deferred = false;
            set_pair(firmware, i, STATE_UPDATING, RESULT_INITIAL);
            if (component->outcome == OUTCOME_HANG) {
                install_ms = firmware->config.install_ms + HANG_MS;
            }
        }
    }
    firmware->defer_deadline_ms = FIRMWARE_NEVER;
    firmware->install_deadline_ms = now_ms + install_ms;
    firmware_save(firmware);
}

static bool is_running(const struct firmware *firmware)
{
    return firmware->install_deadline_ms != FIRMWARE_NEVER;
}

uint8_t firmware_update(struct firmware *firmware, uint16_t instance,
                        const struct update_arguments *arguments,
                        uint64_t now_ms)
{
    struct component *component = at(firmware, instance);
    bool kept = firmware->config.mutant == MUTANT_RESET_KEEPS_PACKAGE &&
                component->has_package;

    if (component->state != STATE_DOWNLOADED && !kept) {
        return firmware->config.mutant == MUTANT_UPDATE_IN_IDLE &&
                       component->state == STATE_IDLE
                   ? CODE(2, 4)
                   : CODE(4, 5);
    }
    for (size_t i = 0; i < arguments->link_count; i++) {
        if (arguments->links[i] >= FIRMWARE_COMPONENTS) {
            return CODE(4, 0);
        }
    }
    if (is_running(firmware)) {
        return CODE(5, 3);
    }
    unsigned mask = participants(firmware, instance, arguments);
    unsigned culprits = culprits_of(firmware, mask, instance);
    if (culprits != 0) {
        set_pair(firmware, instance, STATE_DOWNLOADED, RESULT_DEPENDENCY);
        component->culprits = culprits;
        firmware_save(firmware);
        return CODE(2, 4);
    }
    if (component->outcome == OUTCOME_DEFER && !component->was_deferred) {
        set_pair(firmware, instance, STATE_DOWNLOADED, RESULT_DEFERRED);
        component->was_deferred = true;
        if (component->defer_s > 0) {
            firmware->deferred = instance;
            firmware->defer_deadline_ms = now_ms + component->defer_s * 1000;
        }
        firmware_save(firmware);
        return CODE(2, 4);
    }
    start_update(firmware, mask, now_ms);
    return CODE(2, 4);
}

static bool fails_while_installing(const struct component *component)
{
    return component->outcome == OUTCOME_FAIL_AT_UPDATE ||
           component->outcome == OUTCOME_FAILURE_NO_RESTART ||
           component->outcome == OUTCOME_HANG;
}

/** The update of one component is over, and its old version runs. */
static void end_failed(struct firmware *firmware, uint16_t instance)
{
    at(firmware, instance)->takes_part = false;
    set_pair(firmware, instance, STATE_DOWNLOADED, RESULT_UPDATE_FAILED);
}

static bool write_slot(struct firmware *firmware, uint16_t instance)
{
    const struct component *component = at(firmware, instance);
    char staged[32];
    char slot[32];
    uint8_t *bytes = NULL;
    size_t length = 0;

    (void)snprintf(staged, sizeof(staged), "%u.staged", instance);
    (void)snprintf(slot, sizeof(slot), "%u.%c.slot", instance,
                   component->slot == 'a' ? 'b' : 'a');
    bool good = store_read(firmware->store, staged, &bytes, &length) &&
                store_write(firmware->store, slot, bytes, length);
    free(bytes);
    return good;
}

/** The new slot is to run; one save of the record later it does. */
static void switch_slot(struct firmware *firmware, uint16_t instance)
{
    struct component *component = at(firmware, instance);

    memcpy(component->old_version, component->version,
           sizeof(component->old_version));
    if (firmware->config.mutant != MUTANT_VERSION_NOT_CHANGED) {
        memcpy(component->version, component->package_version,
               sizeof(component->version));
    }
    component->slot = component->slot == 'a' ? 'b' : 'a';
    component->is_trial = true;
}

static void confirm(struct firmware *firmware, uint16_t instance)
{
    struct component *component = at(firmware, instance);

    component->is_trial = false;
    component->takes_part = false;
    set_pair(firmware, instance, STATE_IDLE, RESULT_UPDATED);
}

static void roll_back(struct firmware *firmware, uint16_t instance)
{
    struct component *component = at(firmware, instance);

    memcpy(component->version, component->old_version,
           sizeof(component->version));
    component->slot = component->slot == 'a' ? 'b' : 'a';
    component->is_trial = false;
    end_failed(firmware, instance);
}

/** Does the image of the trial slot run? */
static bool self_test(const struct firmware *firmware, uint16_t instance)
{
    const struct component *component = &firmware->components[instance];
    char slot[32];
    uint8_t *bytes = NULL;
    size_t length = 0;

    (void)snprintf(slot, sizeof(slot), "%u.%c.slot", instance, component->slot);
    bool good = component->outcome != OUTCOME_FAILURE_AFTER_RESTART &&
                store_read(firmware->store, slot, &bytes, &length) &&
                crc32_of(bytes, length) == component->package_crc;
    free(bytes);
    return good;
}

/** All trials succeed together or are rolled back together. */
static void settle_trials(struct firmware *firmware)
{
    bool good = true;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        good = good && (!at(firmware, i)->is_trial || self_test(firmware, i));
    }
    unsigned done = 0;
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (!at(firmware, i)->is_trial) {
            continue;
        }
        if (good) {
            confirm(firmware, i);
            done |= 1u << i;
        } else {
            roll_back(firmware, i);
        }
    }
    firmware_save(firmware); /* one record: all or none */
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((done & 1u << i) != 0) {
            drop_package(firmware, i);
        }
    }
}

static void install(struct firmware *firmware)
{
    bool good = true;
    bool reboots = false;
    bool partial = firmware->config.mutant == MUTANT_BATCH_NOT_TRANSACTIONAL;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = at(firmware, i);
        if (component->takes_part) {
            good = good && !fails_while_installing(component) &&
                   write_slot(firmware, i);
        }
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = at(firmware, i);
        if (!component->takes_part) {
            continue;
        }
        bool installs =
            good || (partial && !fails_while_installing(component) &&
                     write_slot(firmware, i));
        if (installs) {
            switch_slot(firmware, i);
            reboots =
                reboots || component->outcome != OUTCOME_SUCCESS_NO_RESTART;
        } else {
            end_failed(firmware, i);
        }
    }
    firmware_save(firmware); /* the moment of the switch */
    if (reboots) {
        firmware->wants_reboot = true;
    } else {
        settle_trials(firmware);
    }
}

void firmware_boot(struct firmware *firmware)
{
    firmware->install_deadline_ms = FIRMWARE_NEVER;
    firmware->wants_reboot = false;
    settle_trials(firmware);
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = at(firmware, i);
        stop_receiving(component);
        if (component->state == STATE_UPDATING) {
            end_failed(firmware, i); /* cut before the switch */
        } else if (component->state == STATE_DOWNLOADING) {
            set_pair(firmware, i, STATE_IDLE, RESULT_INITIAL);
        } else if (component->state == STATE_DOWNLOADED &&
                   firmware->config.mutant == MUTANT_PACKAGE_LOST_ON_REBOOT) {
            to_idle(firmware, i, RESULT_INITIAL);
        }
    }
    firmware_save(firmware);
}

void firmware_tick(struct firmware *firmware, uint64_t now_ms)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (at(firmware, i)->receive_deadline_ms <= now_ms) {
            to_idle(firmware, i, RESULT_CONNECTION_LOST);
        }
    }
    if (firmware->defer_deadline_ms <= now_ms && !is_running(firmware)) {
        start_update(firmware,
                     1u << firmware->deferred |
                         firmware_linked(firmware, firmware->deferred),
                     now_ms);
    }
    if (firmware->install_deadline_ms <= now_ms) {
        firmware->install_deadline_ms = FIRMWARE_NEVER;
        install(firmware);
    }
}

uint64_t firmware_deadline(const struct firmware *firmware)
{
    uint64_t deadline = firmware->install_deadline_ms;

    if (firmware->defer_deadline_ms < deadline) {
        deadline = firmware->defer_deadline_ms;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (firmware->components[i].receive_deadline_ms < deadline) {
            deadline = firmware->components[i].receive_deadline_ms;
        }
    }
    return deadline;
}

bool firmware_open(struct firmware *firmware, struct store *store,
                   const struct firmware_config *config)
{
    static const char *const names[FIRMWARE_COMPONENTS] = { "application",
                                                            "tee", "bootloader",
                                                            "modem" };

    *firmware = (struct firmware){ .config = *config,
                                   .store = store,
                                   .install_deadline_ms = FIRMWARE_NEVER,
                                   .defer_deadline_ms = FIRMWARE_NEVER };
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        *at(firmware, i) = (struct component){
            .name = names[i],
            .version = "1.0",
            .severity = 1,
            .slot = 'a',
            .receive_deadline_ms = FIRMWARE_NEVER,
        };
    }
    record_load(firmware);
    return record_save(firmware);
}

void firmware_close(struct firmware *firmware)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        stop_receiving(at(firmware, i));
    }
}
