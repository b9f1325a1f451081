/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The user who is asked when an update is to start, and Maximum Defer Period.
 * Spec: afu.md, 3.7 and section 8.
 */
#include <time.h>

#include "tests/device/firmware_parts.h"
#include "tests/device/message.h"
#include "tests/device/objects.h"

enum {
    PERIOD_MAX_S = 1 << 30,
    ASK_MS = 150,       /* how long a variant asks in Updating: below T_STATE */
    ASK_LONG_MS = 2500, /* above it */
    MS_PER_S = 1000,
    PERIOD_RESOURCE = 13,
    PERIOD_OWN_S = 300,
};

static int64_t wall_ms(void)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / 1000000;
}

static enum mutant mutant_of(const struct firmware *firmware)
{
    return firmware->config.mutant;
}

/** What the user answers now; a signal may have just said it. */
static enum user user_of(const struct firmware *firmware)
{
    int word =
        firmware->config.user_word != NULL ? *firmware->config.user_word : 0;

    return word == USER_WORD_ACCEPT  ? USER_ACCEPTS
           : word == USER_WORD_DEFER ? USER_DEFERS
                                     : firmware->user;
}

/** Maximum Defer Period; the device's own where no Server can set it. */
static uint64_t period_of(const struct firmware *firmware, uint16_t instance)
{
    return variant_hides(firmware, OBJECT_FIRMWARE, instance, PERIOD_RESOURCE)
               ? PERIOD_OWN_S
               : firmware->components[instance].defer_s;
}

/** When the update starts by itself: AFU-134. */
static uint64_t start_of(const struct firmware *firmware, uint16_t instance)
{
    const struct component *component = &firmware->components[instance];
    uint64_t period_s = varies(firmware, VARIANT_OLD_PERIOD)
                            ? component->defer_period_s
                            : period_of(firmware, instance);

    if (component->late_start_ms != 0) {
        return component->late_start_ms;
    }
    if (!component->is_deferred || mutant_of(firmware) == MUTANT_NEVER_STARTS ||
        (mutant_of(firmware) == MUTANT_NEW_PERIOD_ENDS_NEVER &&
         component->defer_period_s != component->defer_s)) {
        return component->is_accepted ? 0 : FIRMWARE_NEVER;
    }
    if (component->is_accepted) {
        return 0;
    }
    if (period_s == 0 && mutant_of(firmware) == MUTANT_NO_PERIOD_DEFERS) {
        return FIRMWARE_NEVER;
    }
    int64_t period_ms =
        (int64_t)(period_s < PERIOD_MAX_S ? period_s : PERIOD_MAX_S) * MS_PER_S;
    if (mutant_of(firmware) == MUTANT_STARTS_EARLY) {
        period_ms /= 4;
    }
    int64_t start_ms = component->deferred_ms + period_ms;
    return start_ms > 0 ? (uint64_t)start_ms : 0;
}

void deferral_forget(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);
    bool is_idle = component->state == STATE_IDLE;
    bool stays = (mutant_of(firmware) == MUTANT_STARTS_AFTER_CANCEL &&
                  component->result == RESULT_CANCELLED) ||
                 (mutant_of(firmware) == MUTANT_STARTS_AFTER_RESET &&
                  component->result == RESULT_INITIAL);

    if (is_idle && stays && component->is_deferred) {
        component->ghost_deadline_ms = start_of(firmware, instance);
    }
    component->is_deferred = false;
    component->is_accepted = false;
    component->late_start_ms = 0;
    component->defer_mask = 0;
    component->ask_deadline_ms = FIRMWARE_NEVER;
}

static void defer(struct firmware *firmware, uint16_t instance, unsigned mask,
                  uint64_t now_ms)
{
    struct component *component = firmware_at(firmware, instance);
    int64_t since_ms = wall_ms();

    if (varies(firmware, VARIANT_PERIOD_FROM_DOWNLOAD)) { /* */
        since_ms = component->loaded_wall_ms;
    }
    firmware_set_pair(firmware, instance, STATE_DOWNLOADED, RESULT_DEFERRED);
    component->is_deferred = true;
    component->deferred_wall_ms = since_ms;
    component->deferred_ms = (int64_t)now_ms - (wall_ms() - since_ms);
    component->is_timed = true;
    component->defer_period_s = component->defer_s;
    component->defer_mask = mask;
    for (uint16_t i = 0;
         varies(firmware, VARIANT_DEFERRED_TOGETHER) && i < FIRMWARE_COMPONENTS;
         i++) {
        if (i != instance && (mask & 1u << i) != 0) {
            firmware_set_pair(firmware, i, STATE_DOWNLOADED, RESULT_DEFERRED);
        }
    }
    (void)firmware_save(firmware); /* told; a reboot forgets the deferral */
}

/** the user is asked while State is Updating. */
static void ask(struct firmware *firmware, uint16_t instance, unsigned mask,
                uint64_t now_ms)
{
    bool is_long = mutant_of(firmware) == MUTANT_ASKS_FOR_LONG;

    firmware_set_pair(firmware, instance, STATE_UPDATING, RESULT_INITIAL);
    firmware_at(firmware, instance)->ask_deadline_ms =
        now_ms + (is_long ? ASK_LONG_MS : ASK_MS);
    firmware_at(firmware, instance)->defer_mask = mask;
}

static bool is_wanted(const struct firmware *firmware, uint16_t instance)
{
    const struct component *component = &firmware->components[instance];
    bool may_defer =
        period_of(firmware, instance) > 0 || /* 0: not allowed, AFU-135 */
        mutant_of(firmware) == MUTANT_NO_PERIOD_DEFERS;
    bool is_again = component->result == RESULT_DEFERRED;

    if (!may_defer || (is_again && !varies(firmware, VARIANT_DEFERRED_AGAIN) &&
                       mutant_of(firmware) != MUTANT_PERIOD_EXTENDED)) {
        return false;
    }
    return user_of(firmware) == USER_DEFERS ||
           (component->outcome == OUTCOME_DEFER && !is_again);
}

bool deferral_take(struct firmware *firmware, uint16_t instance, unsigned mask,
                   uint64_t now_ms)
{
    struct component *component = firmware_at(firmware, instance);
    unsigned others = mask & ~(1u << instance);

    if (mutant_of(firmware) == MUTANT_STARTS_LATE &&
        period_of(firmware, instance) == 0 &&
        user_of(firmware) == USER_DEFERS) {
        component->late_start_ms = now_ms + ASK_LONG_MS;
        component->defer_mask = mask;
        return true;
    }
    if (!is_wanted(firmware, instance)) {
        return false;
    }
    if (component->is_deferred &&
        mutant_of(firmware) != MUTANT_PERIOD_EXTENDED) {
        return true; /* still so, and the period runs on */
    }
    if (varies(firmware, VARIANT_DEFERRED_WHILE_UPDATING) ||
        mutant_of(firmware) == MUTANT_ASKS_FOR_LONG) {
        ask(firmware, instance, mask, now_ms);
        return true;
    }
    defer(firmware, instance, mask, now_ms);
    if (others != 0 && mutant_of(firmware) == MUTANT_PARTNER_NOT_DEFERRED) {
        firmware_start_update(firmware, others, now_ms);
    }
    return true;
}

bool deferral_refuses(const struct firmware *firmware, uint16_t instance,
                      enum mutant mutant)
{
    return firmware->config.mutant == mutant &&
           firmware->components[instance].is_deferred;
}

bool deferral_blocks(const struct firmware *firmware, uint16_t instance)
{
    bool blocks = false;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        blocks =
            blocks || (i != instance && firmware->components[i].is_deferred);
    }
    return blocks && mutant_of(firmware) == MUTANT_BLOCKS_WHILE_DEFERRED;
}

void deferral_resume(struct firmware *firmware, uint16_t instance,
                     uint64_t now_ms)
{
    struct component *component = firmware_at(firmware, instance);
    int64_t gone_ms = wall_ms() - component->deferred_wall_ms;

    if (!component->is_deferred) {
        return;
    }
    if (varies(firmware, VARIANT_DEFERRAL_LOST_BY_REBOOT)) {
        deferral_forget(firmware, instance);
        component->result = RESULT_INITIAL;
        return;
    }
    if (varies(firmware, VARIANT_DEFERRAL_HIDDEN_BY_REBOOT)) {
        component->result = RESULT_INITIAL;
    }
    if (mutant_of(firmware) == MUTANT_STUCK_AFTER_REBOOT) {
        component->is_deferred = false;
    }
    if (component->is_timed) {
        return;
    }
    bool is_wrong = gone_ms < 0; /* the clock was set back */
    component->deferred_ms = (int64_t)now_ms - (is_wrong ? 0 : gone_ms);
    component->is_timed = true;
    component->defer_period_s = component->defer_s;
}

void firmware_set_user(struct firmware *firmware, enum user user)
{
    firmware->user = user;
    for (uint16_t i = 0; user == USER_ACCEPTS && i < FIRMWARE_COMPONENTS &&
                         mutant_of(firmware) != MUTANT_ACCEPTANCE_IGNORED;
         i++) {
        firmware_at(firmware, i)->is_accepted =
            firmware_at(firmware, i)->is_deferred;
    }
}

/** For mutants: an update without a package. */
static void haunt(struct firmware *firmware, uint16_t instance, uint64_t now_ms)
{
    firmware_at(firmware, instance)->ghost_deadline_ms = FIRMWARE_NEVER;
    if (firmware_at(firmware, instance)->state == STATE_IDLE) {
        firmware_start_update(firmware, 1u << instance, now_ms);
    }
}

void deferral_tick(struct firmware *firmware, uint64_t now_ms)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        if (component->ask_deadline_ms <= now_ms) {
            defer(firmware, i, component->defer_mask, now_ms);
        }
        if (!firmware_is_running(firmware) &&
            component->ghost_deadline_ms <= now_ms) {
            haunt(firmware, i, now_ms);
        }
        if (!firmware_is_running(firmware) && start_of(firmware, i) <= now_ms) {
            firmware_attempt(firmware, i, component->defer_mask, now_ms);
        }
    }
}

uint64_t deferral_deadline(const struct firmware *firmware)
{
    uint64_t deadline = FIRMWARE_NEVER;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = &firmware->components[i];
        uint64_t start = start_of(firmware, i);
        start = component->ghost_deadline_ms < start
                    ? component->ghost_deadline_ms
                    : start;
        if (start < deadline && !firmware_is_running(firmware)) {
            deadline = start;
        }
        if (component->ask_deadline_ms < deadline) {
            deadline = component->ask_deadline_ms;
        }
    }
    return deadline;
}
