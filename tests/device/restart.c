/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/restart.h"

#include <stdio.h>
#include <time.h>

#include "tests/device/firmware_parts.h"
#include "tests/device/message.h"

enum { DAY_S = 86400, OTHER_PERIOD_S = 7777 };

/** What the loss of power alone does. */
static void cut(const struct firmware *firmware, struct component *component)
{
    bool is_idle = component->state == STATE_IDLE;

    switch (firmware->config.mutant) {
    case MUTANT_SUCCESS_IS_8_AFTER_POWER:
        component->result = is_idle && component->result == RESULT_UPDATED
                                ? RESULT_UPDATE_FAILED
                                : component->result;
        break;
    case MUTANT_ERROR_IS_1_AFTER_POWER:
        component->result = is_idle && component->result == RESULT_INTEGRITY
                                ? RESULT_UPDATED
                                : component->result;
        break;
    case MUTANT_SEVERITY_IS_0_AFTER_POWER:
        component->severity = 0;
        break;
    case MUTANT_DEFER_PERIOD_AFTER_POWER:
        component->defer_s = OTHER_PERIOD_S;
        break;
    case MUTANT_CHANGE_TIME_TOMORROW:
        component->changed_s = (int64_t)time(NULL) + DAY_S;
        break;
    default:
        break;
    }
    if (varies(firmware, VARIANT_RESULT_CLEARED_BY_POWER) && is_idle) {
        component->result = RESULT_INITIAL;
    }
    if (varies(firmware, VARIANT_SETTINGS_LOST_BY_POWER)) {
        component->severity = 1;
        component->defer_s = 0;
    }
    if (varies(firmware, VARIANT_CHANGE_TIME_LOST_BY_POWER)) {
        component->changed_s = 0;
    }
}

/** What any boot does to a package in Downloaded. */
static void boot(struct firmware *firmware, uint16_t instance, uint64_t now_ms)
{
    struct component *component = firmware_at(firmware, instance);

    switch (firmware->config.mutant) {
    case MUTANT_SECOND_LOST_ON_REBOOT:
        if (instance == 1) {
            firmware_to_idle(firmware, instance, RESULT_INITIAL);
        }
        break;
    case MUTANT_PACKAGE_VERSION_AFTER_REBOOT:
        (void)snprintf(component->package_version,
                       sizeof(component->package_version), "0.0");
        break;
    case MUTANT_NAME_LOST_ON_REBOOT:
        component->is_nameless = true;
        break;
    case MUTANT_REBOOT_STARTS_UPDATE:
        if (component->result == RESULT_INITIAL) {
            firmware_start_update(firmware, 1u << instance, now_ms);
        }
        break;
    default:
        break;
    }
}

void restart_effects(struct firmware *firmware, bool by_power, uint64_t now_ms)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        if (by_power) {
            cut(firmware, component);
        }
        if (component->state == STATE_IDLE &&
            component->result != RESULT_UPDATED &&
            varies(firmware, VARIANT_RESULT_CLEARED_BY_BOOT)) {
            component->result = RESULT_INITIAL;
        }
        if (component->state == STATE_DOWNLOADED) {
            boot(firmware, i, now_ms);
        }
        if (firmware->boots > 0 && component->state == STATE_IDLE &&
            firmware->config.mutant == MUTANT_DOWNLOADING_AFTER_REBOOT) {
            firmware_set_pair(firmware, i, STATE_DOWNLOADING, RESULT_INITIAL);
        }
        if (component->result == RESULT_UPDATED &&
            firmware->config.mutant == MUTANT_SUCCESS_FORGOTTEN_BY_BOOT) {
            component->result = RESULT_INITIAL;
        }
    }
    firmware->boots++;
    if (firmware->updated_again != 0) {
        firmware_start_update(firmware, firmware->updated_again, now_ms);
        firmware->updated_again = 0;
    }
}

void restart_repeated(struct firmware *firmware)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (firmware->config.mutant == MUTANT_REPEATED_UPDATE_AGAIN &&
            firmware_at(firmware, i)->state == STATE_UPDATING) {
            firmware->updated_again |= 1u << i;
        }
    }
}

void restart_tick(struct firmware *firmware, uint64_t now_ms)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (firmware->config.mutant == MUTANT_UPDATES_BY_ITSELF &&
            firmware->install_deadline_ms == FIRMWARE_NEVER &&
            firmware_is_ready(firmware, i)) {
            firmware_start_update(firmware, 1u << i, now_ms);
        }
    }
}

/** The update is given up, and the old versions run on. */
static void stop(struct firmware *firmware, uint16_t instance, int result)
{
    firmware->install_deadline_ms = FIRMWARE_NEVER;
    firmware_at(firmware, instance)->takes_part = false;
    firmware_to_idle(firmware, instance, result);
}

uint8_t restart_write(struct firmware *firmware, uint16_t instance,
                      bool is_reset)
{
    enum mutant mutant = firmware->config.mutant;
    bool stops = varies(firmware, VARIANT_RESET_STOPS_UPDATE);

    if (varies(firmware, VARIANT_WRITES_IN_UPDATING_IGNORED)) {
        return CODE(2, 4);
    }
    if (!is_reset && mutant == MUTANT_WRITE_IN_UPDATING_FAILS) {
        stop(firmware, instance, RESULT_UPDATE_FAILED);
        return CODE(2, 4);
    }
    if (!is_reset) {
        return CODE(4, 5); /* ST-52 */
    }
    if (mutant == MUTANT_RESET_IN_UPDATING_SHOWS_IDLE) {
        firmware_set_pair(firmware, instance, STATE_IDLE, RESULT_INITIAL);
        return CODE(2, 4); /* and the installation goes on */
    }
    if (mutant == MUTANT_RESET_IN_UPDATING_CANCELS || stops) {
        stop(firmware, instance, stops ? RESULT_INITIAL : RESULT_CANCELLED);
        return CODE(2, 4);
    }
    return CODE(4, 5);
}

bool restart_wide_write(struct firmware *firmware, uint16_t instance,
                        int result)
{
    if (firmware->config.mutant == MUTANT_WIDE_WRITE_TAKEN && result >= 0) {
        firmware_set_pair(firmware, instance, STATE_IDLE, result);
        (void)firmware_save(firmware); /* told */
        return true;
    }
    return varies(firmware, VARIANT_WIDE_WRITE_IGNORED);
}

bool restart_hides_name(const struct firmware *firmware, uint16_t instance)
{
    const struct component *component = &firmware->components[instance];

    return component->is_nameless && component->state == STATE_DOWNLOADED;
}
