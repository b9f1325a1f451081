/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/variants.h"

#include <string.h>
#include <time.h>

#include "tests/device/firmware_parts.h"
#include "tests/device/message.h"
#include "tests/device/refusals.h"

enum {
    LATE_MS = 300, /* well below T_STATE */
    PASSING_MS = 100,
    OBJECT_DEVICE = 3,
    OBJECT_FIRMWARE = 33629,
};

bool varies(const struct firmware *firmware, enum variant variant)
{
    return variants_have(&firmware->config.variants, variant);
}

static uint64_t clock_ms(void)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/** Result 13 would need Resource 17: AFU-104. */
static bool has_no_13(const struct firmware *firmware)
{
    return varies(firmware, VARIANT_NO_LINKS) ||
           varies(firmware, VARIANT_MANDATORY_ONLY);
}

/* What is seen. */

static void add_shown(struct component *component, int state, uint64_t from_ms)
{
    if (component->shown_count == VARIANT_SHOWN_MAX) {
        component->shown_count--;
        memmove(&component->shown[0], &component->shown[1],
                component->shown_count * sizeof(component->shown[0]));
    }
    struct shown *shown = &component->shown[component->shown_count++];
    *shown = (struct shown){ .from_ms = from_ms,
                             .state = state,
                             .result = component->result };
    memcpy(shown->package_version, component->package_version,
           sizeof(component->package_version));
}

/** Whether what is to be seen is kept with its time. */
static bool shows_otherwise(const struct firmware *firmware)
{
    return varies(firmware, VARIANT_SHOWN_LATE) ||
           varies(firmware, VARIANT_SIBLINGS_LATE) ||
           varies(firmware, VARIANT_ERROR_IN_DOWNLOADING) ||
           varies(firmware, VARIANT_RESULT_IN_UPDATING) ||
           varies(firmware, VARIANT_RESULT_PASSES_BY_10);
}

void variant_pair_set(struct firmware *firmware, uint16_t instance, int state)
{
    struct component *component = firmware_at(firmware, instance);
    uint64_t now_ms = clock_ms();
    bool leaves_download =
        state == STATE_DOWNLOADING && component->state == STATE_IDLE;
    bool leaves_update =
        state == STATE_UPDATING && component->state != STATE_UPDATING;
    bool is_sibling = state == STATE_IDLE && !component->is_receiving &&
                      component->state == STATE_DOWNLOADED;
    uint64_t late_ms = 0;

    bool is_early =
        (leaves_download && varies(firmware, VARIANT_ERROR_IN_DOWNLOADING)) ||
        (leaves_update && varies(firmware, VARIANT_RESULT_IN_UPDATING));
    bool passes_by =
        leaves_download && varies(firmware, VARIANT_RESULT_PASSES_BY_10);
    if (!shows_otherwise(firmware)) {
        return;
    }
    if (passes_by) {
        late_ms = PASSING_MS;
        add_shown(component, STATE_IDLE, now_ms);
        component->shown[component->shown_count - 1].result = RESULT_CANCELLED;
    }
    if (is_early || varies(firmware, VARIANT_SHOWN_LATE) ||
        (is_sibling && varies(firmware, VARIANT_SIBLINGS_LATE))) {
        late_ms = LATE_MS;
    }
    if (is_early) {
        add_shown(component, state, now_ms);
    }
    add_shown(component, (int)component->state, now_ms + late_ms);
}

void variant_boot(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    component->shown_count = 0;
    if (shows_otherwise(firmware)) {
        add_shown(component, (int)component->state, 0);
    }
}

void variant_show(const struct firmware *firmware, uint16_t instance,
                  struct shown *out_shown)
{
    const struct component *component = &firmware->components[instance];
    uint64_t now_ms = component->shown_count > 0 ? clock_ms() : 0;

    *out_shown = (struct shown){ .state = (int)component->state,
                                 .result = component->result };
    memcpy(out_shown->package_version, component->package_version,
           sizeof(component->package_version));
    for (size_t i = component->shown_count; i-- > 0;) {
        if (component->shown[i].from_ms <= now_ms) {
            *out_shown = component->shown[i];
            return;
        }
    }
    if (component->shown_count > 0) { /* as it was at the beginning */
        out_shown->state = STATE_IDLE;
        out_shown->result = RESULT_INITIAL;
        out_shown->package_version[0] = '\0';
    }
}

bool variant_hides(const struct firmware *firmware, uint16_t object,
                   uint16_t instance, uint16_t resource)
{
    bool is_link = resource == 16 || resource == 17;
    bool is_name = resource == 6 || resource == 7;

    if (object == OBJECT_DEVICE) {
        return resource == 3 &&
               varies(firmware, VARIANT_FIRMWARE_VERSION_ABSENT);
    }
    if (object != OBJECT_FIRMWARE) {
        return false; /* others have Instances that are no components */
    }
    const struct component *component = &firmware->components[instance];
    bool is_one = variant_instances(firmware) == 1 &&
                  !varies(firmware, VARIANT_ONE_COMPONENT_LINKS);
    bool is_empty =
        (resource == 16 && firmware_linked(firmware, instance) == 0) ||
        (resource == 17 && firmware_conflicting(firmware, instance) == 0);
    enum firmware_state state = component->state;

    return (is_link && (is_one || has_no_13(firmware))) ||
           ((is_name || (resource >= 10 && resource <= 13)) &&
            varies(firmware, VARIANT_MANDATORY_ONLY)) ||
           (resource == 14 &&
            varies(firmware, VARIANT_ONE_COMPONENT_UNNAMED)) ||
           (is_empty && varies(firmware, VARIANT_LINKS_ABSENT_WHEN_EMPTY)) ||
           (is_name && state != STATE_DOWNLOADED &&
            varies(firmware, VARIANT_NAMES_ABSENT_IN_UPDATING)) ||
           (is_name && state < STATE_DOWNLOADED &&
            varies(firmware, VARIANT_NAMES_ABSENT_IN_IDLE));
}

unsigned variant_instances(const struct firmware *firmware)
{
    bool is_one = varies(firmware, VARIANT_ONE_COMPONENT) ||
                  varies(firmware, VARIANT_ONE_COMPONENT_LINKS) ||
                  varies(firmware, VARIANT_ONE_COMPONENT_UNNAMED);

    return is_one ? 1 : firmware->config.shape->count;
}

/* Downloads and resets. */

static bool reset_in_idle(struct firmware *firmware, uint16_t instance,
                          uint8_t *out_code)
{
    if (varies(firmware, VARIANT_RESET_IDLE_REFUSED)) {
        *out_code = CODE(4, 5);
        return true;
    }
    if (varies(firmware, VARIANT_RESET_IDLE_FAILS)) {
        firmware_to_idle(firmware, instance,
                         variant_download_result(firmware, RESULT_TYPE));
        return true;
    }
    return varies(firmware, VARIANT_RESET_IDLE_IGNORED);
}

bool variant_reset(struct firmware *firmware, uint16_t instance,
                   uint8_t *out_code)
{
    bool is_idle = firmware_at(firmware, instance)->state == STATE_IDLE;
    bool is_downloading =
        firmware_at(firmware, instance)->state == STATE_DOWNLOADING;

    *out_code = CODE(2, 4);
    if (is_idle) {
        return reset_in_idle(firmware, instance, out_code);
    }
    if (is_downloading && varies(firmware, VARIANT_RESET_DOWNLOADING_REFUSED)) {
        *out_code = CODE(4, 5);
        return true;
    }
    if (is_downloading && varies(firmware, VARIANT_RESET_DOWNLOADING_IGNORED)) {
        return true;
    }
    if (varies(firmware, VARIANT_RESET_CANCELS)) {
        firmware_to_idle(firmware, instance, RESULT_CANCELLED);
        return true;
    }
    return false;
}

int variant_download_result(const struct firmware *firmware, int result)
{
    if (result != RESULT_TYPE) {
        return result;
    }
    return varies(firmware, VARIANT_JUNK_IS_5)   ? RESULT_INTEGRITY
           : varies(firmware, VARIANT_JUNK_IS_8) ? RESULT_UPDATE_FAILED
                                                 : result;
}

uint8_t variant_download_code(const struct firmware *firmware, int result,
                              uint8_t code)
{
    if (varies(firmware, VARIANT_CONFLICT_AT_END)) {
        return CODE(2, 4);
    }
    if (!varies(firmware, VARIANT_ERROR_CODE_WITH_RESULT)) {
        return code;
    }
    switch (result) {
    case RESULT_NO_FLASH:
        return CODE(4, 13);
    case RESULT_INTEGRITY:
        return CODE(4, 8);
    case RESULT_TYPE:
        return CODE(4, 15);
    default:
        return CODE(5, 0);
    }
}

bool variant_verifies_late(struct firmware *firmware, uint16_t instance,
                           uint64_t now_ms)
{
    struct component *component = firmware_at(firmware, instance);

    if (!varies(firmware, VARIANT_VERIFIED_LATE)) {
        return false;
    }
    component->verify_deadline_ms = now_ms + LATE_MS;
    component->receive_deadline_ms = FIRMWARE_NEVER;
    return true;
}

/* Updates. */

bool variant_end_failed(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    if (component->refused_by != 0) {
        unsigned culprits = component->refused_by;
        component->refused_by = 0;
        firmware_set_pair(firmware, instance, STATE_DOWNLOADED,
                          RESULT_DEPENDENCY);
        component->culprits = culprits;
        return true;
    }
    if (varies(firmware, VARIANT_FAILED_KEEPS_5)) {
        firmware_set_pair(firmware, instance, STATE_DOWNLOADED,
                          RESULT_INTEGRITY);
        return true;
    }
    if (varies(firmware, VARIANT_FAILED_BY_INTEGRITY) ||
        (component->is_corrupt &&
         varies(firmware, VARIANT_CHECKED_AT_UPDATE))) {
        firmware_to_idle(firmware, instance, RESULT_INTEGRITY);
        return true;
    }
    if (varies(firmware, VARIANT_FAILED_TO_IDLE)) {
        firmware_to_idle(firmware, instance, RESULT_UPDATE_FAILED);
        return true;
    }
    return false;
}

/** Whether all culprits are there with packages that would not do. */
static bool are_too_old(const struct firmware *firmware, uint16_t instance,
                        unsigned culprits)
{
    unsigned batch = culprits | 1u << instance;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((culprits & 1u << i) != 0 &&
            (!firmware_is_ready(firmware, i) ||
             !dependency_is_short(firmware, batch, instance, i))) {
            return false;
        }
    }
    return culprits != 0;
}

bool variant_refuse(struct firmware *firmware, uint16_t instance,
                    unsigned culprits, uint64_t now_ms, uint8_t *out_code)
{
    struct component *component = firmware_at(firmware, instance);

    *out_code = CODE(2, 4);
    if (has_no_13(firmware)) {
        *out_code = CODE(4, 5); /* Result 13 would need Resource 17 */
        return true;
    }
    if (varies(firmware, VARIANT_TOO_OLD_IS_8) &&
        are_too_old(firmware, instance, culprits)) {
        firmware_set_pair(firmware, instance, STATE_DOWNLOADED,
                          RESULT_UPDATE_FAILED);
        firmware_save(firmware);
        return true;
    }
    if (varies(firmware, VARIANT_DEPENDENCY_WHILE_UPDATING)) {
        component->refused_by = culprits;
        firmware_start_update(firmware, 1u << instance, now_ms);
        return true;
    }
    bool by_code = varies(firmware, VARIANT_DEPENDENCY_BY_CODE);
    bool to_idle = varies(firmware, VARIANT_DEPENDENCY_TO_IDLE);
    if (to_idle) {
        firmware_to_idle(firmware, instance, RESULT_DEPENDENCY);
    } else if (by_code) {
        firmware_set_pair(firmware, instance, STATE_DOWNLOADED,
                          RESULT_DEPENDENCY);
    }
    if (!by_code && !to_idle) {
        return false;
    }
    component->culprits = culprits;
    firmware_save(firmware);
    *out_code = by_code ? CODE(4, 6) : CODE(2, 4);
    return true;
}

unsigned variant_list_culprits(const struct firmware *firmware, unsigned others,
                               uint8_t *out_code)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((others & 1u << i) != 0 && !firmware_is_ready(firmware, i)) {
            *out_code = has_no_13(firmware) ? CODE(4, 5) /* */
                                            : refusal_of_list(firmware);
        }
    }
    if (others != 0 && varies(firmware, VARIANT_LIST_REFUSED_BY_CODE)) {
        *out_code = CODE(4, 5);
    }
    return varies(firmware, VARIANT_LIST_REFUSED_13) ? others : 0;
}

bool variant_keeps_conflicts(const struct firmware *firmware)
{
    return varies(firmware, VARIANT_CONFLICT_STAYS) ||
           firmware->config.mutant == MUTANT_CONFLICT_STAYS;
}

unsigned variant_first(struct firmware *firmware, uint16_t instance,
                       unsigned mask)
{
    if (!varies(firmware, VARIANT_BATCH_ONE_BY_ONE)) {
        return mask;
    }
    firmware->waiting = mask & ~(1u << instance);
    return 1u << instance;
}

bool variant_confirms_late(struct firmware *firmware)
{
    if (!varies(firmware, VARIANT_CONFIRMED_LATE)) {
        return false;
    }
    firmware->confirm_deadline_ms = clock_ms() + LATE_MS;
    return true;
}

static bool may_go_on(const struct firmware *firmware)
{
    return firmware->waiting != 0 && !firmware->wants_reboot &&
           firmware->install_deadline_ms == FIRMWARE_NEVER;
}

/** When something is shown next that was set before; FIRMWARE_NEVER. */
static uint64_t next_shown(const struct firmware *firmware)
{
    uint64_t next = FIRMWARE_NEVER;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = &firmware->components[i];
        for (size_t j = 0; j < component->shown_count; j++) {
            uint64_t from_ms = component->shown[j].from_ms;
            if (from_ms > firmware->looked_ms && from_ms < next) {
                next = from_ms;
            }
        }
    }
    return next;
}

void variant_tick(struct firmware *firmware, uint64_t now_ms)
{
    if (next_shown(firmware) <= now_ms) { /* observers are told then: AFU-151 */
        firmware->looked_ms = now_ms;
        firmware->has_changed = true;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        if (component->verify_deadline_ms <= now_ms) {
            component->verify_deadline_ms = FIRMWARE_NEVER;
            (void)firmware_finish_download(firmware, i); /* was answered */
        }
    }
    if (firmware->confirm_deadline_ms <= now_ms) {
        firmware->confirm_deadline_ms = FIRMWARE_NEVER;
        firmware_settle_trials(firmware);
    }
    if (may_go_on(firmware)) {
        unsigned next = firmware->waiting & ~(firmware->waiting - 1);
        firmware->waiting &= ~next;
        firmware_start_update(firmware, next, now_ms);
    }
}

uint64_t variant_deadline(const struct firmware *firmware)
{
    uint64_t deadline = firmware->confirm_deadline_ms;
    uint64_t next = next_shown(firmware);

    deadline = next < deadline ? next : deadline;
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (firmware->components[i].verify_deadline_ms < deadline) {
            deadline = firmware->components[i].verify_deadline_ms;
        }
    }
    return may_go_on(firmware) ? 0 : deadline;
}
