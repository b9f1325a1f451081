/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/refusals.h"

#include <string.h>

#include "tests/device/message.h"

enum { AGAIN_MS = 50 };

/** any error code does, but only some are expected. */
static uint8_t refusal_code(const struct firmware *firmware)
{
    return varies(firmware, VARIANT_NO_TRIGGER_IS_400)   ? CODE(4, 0)
           : varies(firmware, VARIANT_NO_TRIGGER_IS_409) ? CODE(4, 9)
           : varies(firmware, VARIANT_NO_TRIGGER_IS_503) ? CODE(5, 3)
                                                         : CODE(4, 5);
}

uint8_t refusal_of_uri(const struct firmware *firmware)
{
    return varies(firmware, VARIANT_URI_IGNORED) ? CODE(2, 4)
                                                 : refusal_code(firmware);
}

uint8_t refusal_of_package(const struct firmware *firmware, bool more)
{
    if (!varies(firmware, VARIANT_PACKAGE_IGNORED)) {
        return refusal_code(firmware);
    }
    return more ? CODE(2, 31) : CODE(2, 4);
}

void refusal_keeps_uri(struct firmware *firmware, uint16_t instance,
                       const void *bytes, size_t length)
{
    struct component *component = firmware_at(firmware, instance);

    if (varies(firmware, VARIANT_URI_IGNORED_SHOWN) && length <= URI_ALLOWED) {
        memcpy(component->uri, bytes, length);
        component->uri[length] = '\0';
    }
}

uint8_t refusal_of_update(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);
    enum mutant mutant = firmware->config.mutant;
    enum firmware_state state = component->state;
    bool is_taken =
        (mutant == MUTANT_UPDATE_IN_IDLE && state == STATE_IDLE) ||
        (mutant == MUTANT_UPDATE_WHILE_DOWNLOADING &&
         state == STATE_DOWNLOADING) ||
        (mutant == MUTANT_UPDATE_IN_UPDATING && state == STATE_UPDATING);

    component->installs_again =
        mutant == MUTANT_INSTALLS_AGAIN && state == STATE_UPDATING;
    if (mutant == MUTANT_UPDATE_IN_IDLE_FAILS && state == STATE_IDLE &&
        component->result == RESULT_TYPE) {
        firmware_to_idle(firmware, instance, RESULT_INTEGRITY);
    }
    return varies(firmware, VARIANT_UPDATE_IN_IDLE_400) ? CODE(4, 0)
           : is_taken                                   ? CODE(2, 4)
                                                        : CODE(4, 5);
}

uint8_t refusal_of_list(const struct firmware *firmware)
{
    return varies(firmware, VARIANT_UNREADY_IS_406)   ? CODE(4, 6)
           : varies(firmware, VARIANT_UNREADY_IS_500) ? CODE(5, 0)
                                                      : 0;
}

void refusal_tick(struct firmware *firmware, uint64_t now_ms)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        if (component->installs_again && component->state == STATE_IDLE &&
            component->result == RESULT_UPDATED) {
            component->installs_again = false;
            component->ghost_deadline_ms = now_ms + AGAIN_MS;
        }
    }
}

void refusal_update_begins(struct firmware *firmware, unsigned mask,
                           bool is_bare)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        bool is_other = (mask & 1u << i) == 0;
        if (is_other && is_bare && firmware_is_ready(firmware, i) &&
            varies(firmware, VARIANT_OTHERS_DROPPED_AT_ONCE)) {
            firmware_to_idle(firmware, i, RESULT_INITIAL);
        }
        if (is_other && firmware_at(firmware, i)->fetch != 0 &&
            firmware->config.mutant == MUTANT_UPDATE_ENDS_PULLS) {
            firmware_to_idle(firmware, i, RESULT_INITIAL);
        }
    }
}
