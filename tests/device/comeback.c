/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/comeback.h"

#include <stdio.h>

const char *comeback_stage(const struct firmware *firmware)
{
    bool is_there[STATE_UPDATING + 1] = { false };
    bool is_pending = false;
    bool is_trial = false;

    if (!firmware->config.is_watched || !firmware->is_restarted) {
        return NULL;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = &firmware->components[i];
        is_there[component->state] = true;
        is_pending = is_pending || component->is_pending;
        is_trial = is_trial || component->is_trial;
    }
    return is_trial                     ? "on trial"
           : is_pending                 ? "in the boot loader"
           : is_there[STATE_UPDATING]   ? "installing"
           : is_there[STATE_DOWNLOADED] ? "downloaded"
                                        : "idle";
}

void comeback_tell(const struct firmware *firmware, const char *stage)
{
    unsigned count = 0;

    for (uint16_t i = 0; stage != NULL && i < FIRMWARE_COMPONENTS; i++) {
        count += firmware->components[i].result == RESULT_UPDATED ? 1 : 0;
    }
    if (stage != NULL) {
        fprintf(stderr, "assay-device: power is back, %s; %u updated\n", stage,
                count);
    }
}
