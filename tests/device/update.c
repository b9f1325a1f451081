/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/device/comeback.h"
#include "tests/device/firmware_parts.h"
#include "tests/device/loader.h"
#include "tests/device/message.h"
#include "tests/device/moment.h"
#include "tests/device/package_mutants.h"
#include "tests/device/package_variants.h"
#include "tests/device/push_odd.h"
#include "tests/device/refusals.h"
#include "tests/device/restart.h"

enum {
    HANG_MS = 5000, /* OUTCOME_HANG ends by the device's own limit */
};

/** Who is to be updated, before anything is checked. */
static unsigned participants(const struct firmware *firmware, uint16_t instance,
                             const struct update_arguments *arguments)
{
    unsigned mask = 1u << instance;
    enum mutant mutant = firmware->config.mutant;

    if (!arguments->has_list && mutant == MUTANT_ANNOUNCED_LEFT_OUT) {
        return mask;
    }
    if (!arguments->has_list) {
        return mask | firmware_linked(firmware, instance) |
               (mutant == MUTANT_UNLINKED_UPDATED ? firmware_ready(firmware)
                                                  : 0);
    }
    if ((mutant == MUTANT_ALONE_IGNORED && arguments->link_count == 0) ||
        (mutant == MUTANT_LIST_EXTENDED && arguments->link_count > 0)) {
        mask |= firmware_ready(firmware);
    }
    for (size_t i = 0; i < arguments->link_count; i++) {
        mask |= 1u << arguments->links[i];
    }
    if (mutant == MUTANT_UNREADY_SKIPPED) {
        mask &= firmware_ready(firmware);
    }
    if (mutant == MUTANT_ADDRESSED_LEFT_OUT && arguments->link_count > 0) {
        mask &= ~(1u << instance);
    }
    return mutant == MUTANT_LIST_IGNORED ? 1u << instance : mask;
}

/** For a mutant: what is listed and still downloads gets no package. */
static void stop_listed(struct firmware *firmware, unsigned mask)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((mask & 1u << i) != 0 &&
            firmware->config.mutant == MUTANT_LIST_STOPS_DOWNLOAD &&
            firmware_at(firmware, i)->state == STATE_DOWNLOADING) {
            firmware_to_idle(firmware, i, RESULT_CONNECTION_LOST);
        }
    }
}

void firmware_start_update(struct firmware *firmware, unsigned mask,
                           uint64_t now_ms)
{
    uint64_t install_ms = firmware->config.install_ms;

    firmware->updates_begun++;
    if (firmware->config.is_watched) {
        moment_update_begins(firmware->store);
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((mask & 1u << i) != 0) {
            struct component *component = firmware_at(firmware, i);
            component->takes_part = true;
            if (loader_takes_images(firmware)) {
                loader_begin(firmware, i);
            }
            firmware_set_pair(firmware, i, STATE_UPDATING, RESULT_INITIAL);
            if (component->outcome == OUTCOME_HANG) {
                install_ms = firmware->config.install_ms + HANG_MS;
            }
        }
    }
    if (firmware->config.mutant == MUTANT_STUCK_UPDATING) {
        install_ms = UINT64_C(3600000);
    }
    firmware->install_deadline_ms = now_ms + install_ms;
    (void)firmware_save(firmware); /* told; the old versions run on */
}

bool firmware_is_running(const struct firmware *firmware)
{
    return firmware->install_deadline_ms != FIRMWARE_NEVER;
}

/** The batch cannot be done; nothing was installed. */
static void refuse(struct firmware *firmware, uint16_t instance,
                   unsigned culprits)
{
    firmware_set_pair(firmware, instance, STATE_DOWNLOADED, RESULT_DEPENDENCY);
    firmware_at(firmware, instance)->culprits = culprits;
    (void)firmware_save(firmware); /* told */
}

void firmware_attempt(struct firmware *firmware, uint16_t instance,
                      unsigned mask, uint64_t now_ms)
{
    unsigned culprits = dependency_culprits(firmware, mask, instance);

    if (culprits != 0) {
        refuse(firmware, instance, culprits);
    } else {
        firmware_start_update(firmware, mask, now_ms);
    }
}

/** Whether a mutant still has a package in Idle. */
static bool is_kept(const struct firmware *firmware, uint16_t instance)
{
    switch (firmware->config.mutant) {
    case MUTANT_RESET_KEEPS_PACKAGE:
    case MUTANT_CANCEL_KEEPS_PACKAGE:
    case MUTANT_PACKAGE_LEFT:
        return firmware->components[instance].has_package;
    default:
        return false;
    }
}

uint8_t firmware_update(struct firmware *firmware, uint16_t instance,
                        const struct update_arguments *arguments,
                        uint64_t now_ms)
{
    const struct component *component = firmware_at(firmware, instance);

    if (component->state != STATE_DOWNLOADED && !is_kept(firmware, instance)) {
        return refusal_of_update(firmware, instance);
    }
    if (deferral_refuses(firmware, instance, MUTANT_DEFERRED_UPDATE_REFUSED)) {
        return CODE(4, 5);
    }
    if (firmware->config.mutant == MUTANT_UPDATE_NOT_STARTED) {
        return CODE(2, 4);
    }
    bool is_absent = false;
    for (size_t i = 0; i < arguments->link_count; i++) {
        is_absent =
            is_absent || arguments->links[i] >= variant_instances(firmware);
    }
    bool is_unsatisfied =
        arguments->is_unsatisfied ||
        (is_absent && varies(firmware, VARIANT_BAD_LINKS_ARE_13));
    if (is_unsatisfied) {
        refuse(firmware, instance, 0);
        return CODE(2, 4);
    }
    if (is_absent && firmware->config.mutant != MUTANT_ABSENT_IGNORED) {
        return CODE(4, 0);
    }
    if (firmware->was_cancelled &&
        firmware->config.mutant == MUTANT_CANCEL_BLOCKS_SIBLING) {
        return CODE(4, 5);
    }
    bool has_to_wait =
        varies(firmware, VARIANT_UPDATE_WHILE_FETCHING_REFUSED) &&
        firmware_others_fetch(firmware, instance, false);
    if (firmware_is_running(firmware) || has_to_wait) {
        return CODE(5, 3);
    }
    static const struct update_arguments none = { .has_list = false };
    unsigned mask =
        participants(firmware, instance, is_absent ? &none : arguments);
    uint8_t code = 0;
    stop_listed(firmware, mask);
    unsigned culprits =
        dependency_culprits(firmware, mask, instance) |
        package_variant_culprits(firmware, instance) |
        variant_list_culprits(
            firmware, arguments->has_list ? mask & ~(1u << instance) : 0,
            &code);
    if (code != 0) {
        return code;
    }
    if (culprits != 0 &&
        variant_refuse(firmware, instance, culprits, now_ms, &code)) {
        return code;
    }
    bool defers =
        culprits == 0 && deferral_take(firmware, instance, mask, now_ms);
    if (culprits != 0) {
        refuse(firmware, instance, culprits);
    } else if (!defers) {
        refusal_update_begins(firmware, mask, !arguments->has_list);
        firmware_start_update(firmware, variant_first(firmware, instance, mask),
                              now_ms);
    }
    return firmware->config.mutant == MUTANT_LIST_DONE_BY_ERROR &&
                   arguments->link_count > 0 && culprits == 0 && !defers
               ? CODE(4, 5)
               : CODE(2, 4);
}

static bool fails_while_installing(const struct firmware *firmware,
                                   uint16_t instance)
{
    const struct component *component = &firmware->components[instance];

    return component->is_corrupt || component->refused_by != 0 ||
           component->outcome == OUTCOME_FAIL_AT_UPDATE ||
           component->outcome == OUTCOME_FAIL_INTEGRITY ||
           component->outcome == OUTCOME_FAILURE_NO_RESTART ||
           component->outcome == OUTCOME_HANG ||
           package_variant_fails(firmware, instance);
}

/** The update of one component is over, and its old version runs. */
static void end_failed(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    component->takes_part = false;
    if (package_mutant_ends_failed(firmware, instance) ||
        variant_end_failed(firmware, instance)) {
        return;
    }
    if (component->outcome == OUTCOME_FAIL_INTEGRITY) {
        firmware_to_idle(firmware, instance, RESULT_INTEGRITY);
    } else if (firmware->config.shape->fails_to_idle &&
               firmware->config.mutant != MUTANT_FAILURE_IS_3) {
        firmware_to_idle(firmware, instance, RESULT_UPDATE_FAILED);
    } else {
        firmware_set_pair(firmware, instance, STATE_DOWNLOADED,
                          firmware->config.mutant == MUTANT_FAILURE_IS_3
                              ? RESULT_NO_RAM
                              : RESULT_UPDATE_FAILED);
    }
}

static bool write_slot(struct firmware *firmware, uint16_t instance)
{
    const struct component *component = firmware_at(firmware, instance);
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

void firmware_switch_slot(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    memcpy(component->old_version, component->version,
           sizeof(component->old_version));
    if (firmware->config.mutant != MUTANT_VERSION_NOT_CHANGED) {
        memcpy(component->version, component->package_version,
               firmware->config.mutant == MUTANT_VERSION_TAIL_KEPT &&
                       strlen(component->version) >
                           strlen(component->package_version)
                   ? strlen(component->package_version)
                   : sizeof(component->version));
    }
    component->old_needs = component->needs;
    component->needs = component->package_needs;
    component->slot = component->slot == 'a' ? 'b' : 'a';
    component->is_trial = true;
}

static void confirm(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    component->is_trial = false;
    component->takes_part = false;
    loader_confirmed(firmware, instance);
    package_mutant_confirms(firmware, instance, component->old_version);
    firmware_set_pair(firmware, instance, STATE_IDLE, RESULT_UPDATED);
    if (firmware->config.mutant == MUTANT_SEVERITY_LOST) {
        component->severity = 1;
    }
    firmware_forget_package(component);
    firmware_solve(firmware, instance);
}

static void roll_back(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    memcpy(component->version, component->old_version,
           sizeof(component->version));
    component->needs = component->old_needs;
    component->slot = component->slot == 'a' ? 'b' : 'a';
    component->is_trial = false;
    if (!package_mutant_ends_trial(firmware, instance)) {
        end_failed(firmware, instance);
    }
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
                crc32_of(bytes, length) == component->package_crc &&
                loader_is_healthy(bytes, length);
    free(bytes);
    return good;
}

void firmware_settle_trials(struct firmware *firmware)
{
    unsigned bad = 0;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        bool is_bad =
            firmware_at(firmware, i)->is_trial && !self_test(firmware, i);
        bad |= is_bad ? 1u << i : 0u;
    }
    unsigned done = 0;
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        unsigned mine = loader_goes_alone(firmware) ? bad & 1u << i : bad;
        if (!firmware_at(firmware, i)->is_trial) {
            continue;
        }
        if (mine == 0) {
            confirm(firmware, i);
            done |= 1u << i;
        } else {
            roll_back(firmware, i);
        }
    }
    if (!firmware_save(firmware)) { /* one record: all or none */
        return;                     /* the next boot settles them again */
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((done & 1u << i) != 0) {
            firmware_remove_staged(firmware, i);
        }
    }
}

static void end_all_failed(struct firmware *firmware)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (firmware_at(firmware, i)->takes_part) {
            end_failed(firmware, i);
        }
    }
    (void)firmware_save(firmware); /* told; the next boot ends them */
}

/** For a mutant: what is written runs at the next boot, whatever comes of the
 *  others. */
static bool save_alone(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    if (firmware->config.mutant != MUTANT_BATCH_SAVED_ONE_BY_ONE) {
        return true;
    }
    const struct component before = *component;
    firmware_switch_slot(firmware, instance);
    const bool is_saved = firmware_save(firmware);
    *component = before;
    return is_saved;
}

static void install_now(struct firmware *firmware)
{
    struct component before[FIRMWARE_COMPONENTS];
    bool good = true;
    bool reboots = false;
    unsigned failed = 0;
    unsigned written = 0;
    bool partial = firmware->config.mutant == MUTANT_BATCH_NOT_TRANSACTIONAL ||
                   varies(firmware, VARIANT_BATCH_PARTIAL);

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = firmware_at(firmware, i);
        if (component->takes_part) {
            if (written > 0 && firmware->config.is_watched) {
                moment_reached(firmware->store, MOMENT_BETWEEN);
            }
            good = good && !fails_while_installing(firmware, i) &&
                   write_slot(firmware, i) && save_alone(firmware, i);
            written++;
        }
    }
    memcpy(before, firmware->components, sizeof(before));
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        if (!component->takes_part) {
            continue;
        }
        bool installs =
            good ||
            ((partial || package_mutant_installs(firmware, failed > 0)) &&
             !fails_while_installing(firmware, i) && write_slot(firmware, i));
        if (installs) {
            firmware_switch_slot(firmware, i);
            reboots =
                reboots || ((firmware->config.shape->reboots & 1u << i) != 0 &&
                            component->outcome != OUTCOME_SUCCESS_NO_RESTART &&
                            !varies(firmware, VARIANT_NO_REBOOT));
        } else {
            end_failed(firmware, i);
            failed++;
        }
    }
    if (failed > 1 && firmware->config.mutant == MUTANT_BRICKED_BY_BATCH) {
        firmware->is_dead = true;
        reboots = true;
    }
    if (!firmware_save(firmware)) { /* the moment of the switch */
        memcpy(firmware->components, before, sizeof(before));
        end_all_failed(firmware);
    } else if (reboots) {
        firmware->wants_reboot = true;
    } else {
        firmware_settle_trials(firmware);
    }
}

static void install(struct firmware *firmware)
{
    if (loader_takes_images(firmware) && loader_refuses(firmware)) {
        end_all_failed(firmware); /* before anything is changed */
        return;
    }
    if (loader_takes_images(firmware)) {
        loader_schedule(firmware);
        return;
    }
    install_now(firmware);
}

/** Files that a kill left when the record no longer named them. */
static void sweep(struct firmware *firmware)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (!firmware_at(firmware, i)->has_package) {
            firmware_remove_staged(firmware, i);
        }
    }
}

void firmware_boot(struct firmware *firmware, uint64_t now_ms)
{
    const char *stage = comeback_stage(firmware);

    firmware->install_deadline_ms = FIRMWARE_NEVER;
    firmware->wants_reboot = false;
    loader_boot(firmware);
    if (!variant_confirms_late(firmware)) {
        firmware_settle_trials(firmware);
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        firmware_stop_receiving(component);
        if (component->is_trial) {
            continue;
        }
        if (component->state == STATE_UPDATING) { /* cut before the switch */
            loader_was_cut(firmware, i);
            if (!package_mutant_was_cut(firmware, i) &&
                !package_variant_was_cut(firmware, i)) {
                end_failed(firmware, i);
            }
        } else if (component->state == STATE_DOWNLOADING &&
                   !push_odd_survives(firmware)) {
            firmware_boot_fetch(firmware, i);
        } else if (component->state == STATE_DOWNLOADED &&
                   (varies(firmware, VARIANT_OTHERS_DROPPED) ||
                    firmware->config.mutant == MUTANT_PACKAGE_LOST_ON_REBOOT)) {
            /* What became of an update outlasts the package. */
            firmware_to_idle(firmware, i,
                             component->result == RESULT_UPDATE_FAILED
                                 ? RESULT_UPDATE_FAILED
                                 : RESULT_INITIAL);
        }
        deferral_resume(firmware, i, now_ms);
        variant_boot(firmware, i);
        if (varies(firmware, VARIANT_CHANGE_TIME_AT_BOOT)) {
            component->changed_s = (int64_t)time(NULL); /* */
        }
    }
    restart_effects(firmware, firmware->is_restarted, now_ms);
    firmware->is_restarted = false;
    if (firmware_save(firmware)) { /* else the next boot does it again */
        sweep(firmware);
    }
    comeback_tell(firmware, stage);
    moment_boot_over(firmware->store);
}

/** Power may be lost now: moment.h. */
static void note_moments(struct firmware *firmware, uint64_t now_ms)
{
    bool is_there[STATE_UPDATING + 1] = { false };

    firmware->moment_ms = now_ms + MOMENT_LOOK_MS;
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        is_there[firmware->components[i].state] = true;
    }
    if (is_there[STATE_DOWNLOADING]) {
        moment_reached(firmware->store, MOMENT_DOWNLOADING);
    }
    if (is_there[STATE_DOWNLOADED]) {
        moment_reached(firmware->store, MOMENT_DOWNLOADED);
    }
    if (is_there[STATE_UPDATING]) {
        moment_reached(firmware->store, MOMENT_UPDATING);
    }
}

void firmware_tick(struct firmware *firmware, uint64_t now_ms)
{
    if (firmware->config.is_watched) {
        note_moments(firmware, now_ms);
    }
    restart_tick(firmware, now_ms);
    refusal_tick(firmware, now_ms);
    variant_tick(firmware, now_ms);
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (firmware_at(firmware, i)->receive_deadline_ms <= now_ms &&
            !push_odd_abandoned(firmware, i)) {
            firmware_to_idle(firmware, i, RESULT_CONNECTION_LOST);
        }
    }
    deferral_tick(firmware, now_ms);
    if (firmware->install_deadline_ms <= now_ms) {
        firmware->install_deadline_ms = FIRMWARE_NEVER;
        install(firmware);
    }
}

uint64_t firmware_deadline(const struct firmware *firmware)
{
    uint64_t deadline = firmware->install_deadline_ms;

    if (firmware->config.is_watched && firmware->moment_ms < deadline) {
        deadline = firmware->moment_ms;
    }
    if (variant_deadline(firmware) < deadline) {
        deadline = variant_deadline(firmware);
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = &firmware->components[i];
        if (component->receive_deadline_ms < deadline) {
            deadline = component->receive_deadline_ms;
        }
    }
    return deferral_deadline(firmware) < deadline ? deferral_deadline(firmware)
                                                  : deadline;
}
