/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/scenarios_oracle_walk_device.h"

#include <string.h>

#include "server/data/data.h"

#define CODE(class, detail) ((uint8_t)((class) << 5 | (detail)))

enum {
    CREATED_CHANGED = CODE(2, 4),
    CONTINUE = CODE(2, 31),
    NOT_ALLOWED = CODE(4, 5),
    ABANDON_MS = 40000,  /* a push without further blocks */
    DOWNLOAD_MS = 20000, /* a pull */
    INSTALL_MS = 25000,
};

uint32_t walk_roll(struct walk_dice *dice, uint32_t sides)
{
    return (uint32_t)(random_next(&dice->seed) % sides);
}

/** A way beside the plain one. */
static bool rather(struct walk_device *device, uint32_t percent)
{
    return !device->cooperates && walk_roll(&device->dice, 100) < percent;
}

/** A way that only the interop reading tolerates. */
static bool lax(struct walk_device *device, uint32_t percent)
{
    return !device->is_strict && rather(device, percent);
}

static int pick(struct walk_device *device, const int *values, size_t count)
{
    return values[walk_roll(&device->dice, (uint32_t)count)];
}

#define PICK(device, ...)                                                      \
    pick(device, (const int[]){ __VA_ARGS__ },                                 \
         sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

/** 4.05, 4.00, 4.09 pass, the others warn. */
static uint8_t refusal(struct walk_device *device)
{
    return device->cooperates
               ? NOT_ALLOWED
               : (uint8_t)PICK(device, NOT_ALLOWED, CODE(4, 0), CODE(4, 9),
                               CODE(4, 6), CODE(5, 0), CODE(5, 3));
}

void walk_device_init(struct walk_device *device, uint64_t seed, bool is_strict)
{
    struct walk_dice *dice = &device->dice;

    memset(device, 0, sizeof(*device));
    dice->seed = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
    device->is_strict = is_strict;
    device->persists = walk_roll(dice, 2) == 0;
    device->forgets = walk_roll(dice, 4) == 0 || !device->persists;
    device->shows_push = walk_roll(dice, 2) == 0;
    device->keeps_result = walk_roll(dice, 3) == 0;
    device->is_push_only = walk_roll(dice, 8) == 0;
    device->has_links = walk_roll(dice, 2) == 0;
    device->links_early = walk_roll(dice, 4) == 0 && !is_strict;
    device->is_transient = walk_roll(dice, 2) == 0;
    for (size_t i = 0; i < WALK_COMPONENTS; i++) {
        device->components[i].due_ms = WALK_NEVER;
    }
}

/* Faces. */

static struct walk_face newest(const struct walk_component *component)
{
    return component->change_count > 0
               ? component->changes[component->change_count - 1].face
               : component->face;
}

/** Show what is due. */
static void follow(struct walk_component *component, uint64_t now_ms)
{
    while (component->change_count > 0 &&
           component->changes[0].at_ms <= now_ms) {
        component->face = component->changes[0].face;
        component->change_count--;
        memmove(component->changes, component->changes + 1,
                component->change_count * sizeof(component->changes[0]));
    }
}

/** @return from when on it is shown */
static uint64_t show(struct walk_device *device,
                     struct walk_component *component, struct walk_face face,
                     uint64_t by_ms)
{
    uint64_t at_ms = device->now_ms;

    if (component->change_count > 0 &&
        component->changes[component->change_count - 1].at_ms > at_ms) {
        at_ms = component->changes[component->change_count - 1].at_ms;
    }
    if (by_ms > at_ms && rather(device, 60)) {
        at_ms += walk_roll(&device->dice, (uint32_t)(by_ms - at_ms) + 1);
    }
    if (component->change_count == WALK_CHANGES_MAX) {
        component->change_count--; /* a short state nobody sees */
    }
    component->changes[component->change_count++] =
        (struct walk_change){ at_ms, face };
    follow(component, device->now_ms);
    return at_ms;
}

/**
 * Half-way pairs between two: 4.1 (the code on the way out), 4.2 (R first in
 * Downloaded) and A-24 (R not final yet).
 */
static size_t passings(const struct walk_face *from, const struct walk_face *to,
                       struct walk_face *out)
{
    const int r = from->result;
    const int e = to->result;
    size_t count = 0;
#define PASSING(s, c)                                                          \
    (out[count] = (s) == from->state ? *from : *to, out[count].state = (s),    \
     out[count].result = (c), count++)
    if (from->state == WALK_DOWNLOADING && to->state == WALK_IDLE && e != 0) {
        PASSING(WALK_DOWNLOADING, e);
        PASSING(WALK_IDLE, 0);
        PASSING(WALK_IDLE, 10);
        PASSING(WALK_DOWNLOADING, 10);
    } else if (from->state == WALK_UPDATING && e != 0) {
        PASSING(to->state, 0);
        if (e == 1 || e == 5 || e == 8 || e == 13) {
            PASSING(WALK_UPDATING, e);
        }
    } else if (from->state == WALK_DOWNLOADED && r != 0 &&
               to->state == WALK_UPDATING) {
        PASSING(WALK_DOWNLOADED, 0);
    } else if (from->state == WALK_DOWNLOADED && to->state == WALK_IDLE &&
               r != e) {
        if (r == 0 || r == 8 || r == 13) {
            PASSING(WALK_IDLE, r);
        }
        if (e == 0) {
            PASSING(WALK_DOWNLOADED, 0);
        }
    } else if (from->state == WALK_IDLE && r != 0 &&
               to->state == WALK_DOWNLOADING && e == 0) {
        PASSING(WALK_DOWNLOADING, r);
        PASSING(WALK_IDLE, 0);
    } else if (from->state == WALK_IDLE && r != 0 &&
               to->state == WALK_DOWNLOADED && e == 0) {
        PASSING(WALK_IDLE, 0);
    }
#undef PASSING
    return count;
}

/** The component is at (state, result) from now on, and shows it by `by_ms`. */
static void enter(struct walk_device *device, struct walk_component *component,
                  int state, int result, uint64_t by_ms)
{
    struct walk_face between[4];
    struct walk_face from = newest(component);

    if (state == WALK_IDLE) { /* without a package it is in no batch */
        unsigned self = (unsigned)(component - device->components);
        for (size_t i = 0; i < WALK_COMPONENTS; i++) {
            device->components[i].batch &= ~(1u << self);
        }
    }
    component->real.state = state;
    component->real.result = result;
    if (result != 12 && result != 13) {
        component->real.culprits = 0;
    }
    struct walk_face to = component->real;
    if (component->is_hidden && state == WALK_DOWNLOADING) {
        to.state = WALK_IDLE;
    }
    size_t count = passings(&from, &to, between);
    /* Who was not told of a deferral, or of Updating, takes (L,0) for an
     * Update that was ignored. */
    bool is_unheard =
        (from.state == WALK_UPDATING && to.state == WALK_DOWNLOADED &&
         component->told.state != WALK_UPDATING) ||
        (from.result == 11 && to.state == WALK_UPDATING &&
         (component->told.state != WALK_DOWNLOADED ||
          component->told.result != 11));
    if (device->is_transient && count > 0 && !is_unheard &&
        rather(device, 30)) {
        /* However late the response: it lasts no longer than T_STATE. */
        uint64_t since_ms =
            show(device, component,
                 between[walk_roll(&device->dice, (uint32_t)count)], by_ms);
        by_ms =
            by_ms < since_ms + WALK_STATE_MS ? by_ms : since_ms + WALK_STATE_MS;
    }
    (void)show(device, component, to, by_ms);
}

void walk_device_settle(struct walk_device *device, unsigned instance)
{
    struct walk_component *component = &device->components[instance];

    component->change_count = 0;
    component->face = component->real;
    if (component->is_hidden && component->real.state == WALK_DOWNLOADING) {
        component->face.state = WALK_IDLE;
    }
}

unsigned walk_device_links(const struct walk_device *device, unsigned instance)
{
    unsigned partner = instance ^ 1u;

    if (!device->has_links || partner >= WALK_COMPONENTS ||
        device->components[instance].face.state != WALK_DOWNLOADED) {
        return 0;
    }
    bool is_shown = device->components[partner].face.state == WALK_DOWNLOADED ||
                    device->links_early;
    return is_shown ? 1u << partner : 0;
}

/* Transfers. */

static void stop(struct walk_component *component)
{
    component->work = WORK_NONE;
    component->due_ms = WALK_NEVER;
    component->is_hidden = false;
    component->is_queued = false;
    component->batch = 0;
}

static bool is_busy_elsewhere(const struct walk_device *device, unsigned self)
{
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        if (i != self && device->components[i].real.state == WALK_DOWNLOADING) {
            return true;
        }
    }
    return false;
}

static unsigned occupied(const struct walk_device *device, unsigned self)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        if (i != self && (device->components[self].parts & 1u << i) != 0 &&
            device->components[i].real.state != WALK_IDLE) {
            mask |= 1u << i;
        }
    }
    return mask;
}

static unsigned some_others(struct walk_device *device, unsigned self)
{
    return 1u << ((self + 1 + walk_roll(&device->dice, WALK_COMPONENTS - 1)) %
                  WALK_COMPONENTS);
}

/** the response may say it, too. */
static uint8_t error_code(int result)
{
    switch (result) {
    case 2:
        return CODE(4, 13);
    case 5:
        return CODE(4, 8);
    case 6:
        return CODE(4, 15);
    default:
        return CODE(5, 0);
    }
}

/** ST-17 to 24: the transfer is over, well or not. */
static uint8_t finish(struct walk_device *device, unsigned self, uint64_t by_ms)
{
    struct walk_component *component = &device->components[self];
    bool is_push = component->work == WORK_PUSH;
    unsigned others = occupied(device, self);
    int result = 0;

    if (others != 0) {
        result = 12;
    } else if (lax(device, 4)) {
        result = 8;
    } else if (rather(device, 25)) {
        result = is_push ? PICK(device, 2, 3, 5, 6)
                         : PICK(device, 2, 3, 4, 5, 6, 7, 9);
    }
    stop(component);
    if (result != 0) {
        component->real.culprits = others;
        enter(device, component, WALK_IDLE, result, by_ms);
        return is_push && rather(device, 50) ? error_code(result)
                                             : CREATED_CHANGED;
    }
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        if (i == self || (component->parts & 1u << i) != 0) {
            enter(device, &device->components[i], WALK_DOWNLOADED, 0, by_ms);
        }
    }
    return CREATED_CHANGED;
}

/** ST-02, 26. */
static uint8_t begin_push(struct walk_device *device,
                          const struct walk_stimulus *stimulus, uint64_t by_ms)
{
    struct walk_component *component = &device->components[stimulus->instance];
    bool was_idle = component->real.state == WALK_IDLE;
    bool is_hidden = was_idle ? !device->shows_push : component->is_hidden;
    int result = is_hidden && device->keeps_result ? component->real.result : 0;

    stop(component);
    component->work = WORK_PUSH;
    component->is_hidden = is_hidden;
    component->parts = stimulus->parts;
    component->due_ms = device->now_ms + ABANDON_MS / 2 +
                        walk_roll(&device->dice, ABANDON_MS / 2);
    enter(device, component, WALK_DOWNLOADING, result, by_ms);
    return stimulus->kind == WALK_WHOLE
               ? finish(device, stimulus->instance, by_ms)
               : CONTINUE;
}

static uint8_t taken(const struct walk_stimulus *stimulus)
{
    return stimulus->kind == WALK_FIRST || stimulus->kind == WALK_NEXT
               ? CONTINUE
               : CREATED_CHANGED;
}

/** refused, or taken without effect. */
static uint8_t no_trigger(struct walk_device *device,
                          const struct walk_stimulus *stimulus)
{
    return rather(device, 25) ? taken(stimulus) : refusal(device);
}

/** refused since another transfer runs. */
static uint8_t busy(struct walk_device *device,
                    struct walk_component *component, unsigned self,
                    uint64_t by_ms)
{
    if (rather(device, 30)) {
        component->real.culprits = some_others(device, self);
        enter(device, component, WALK_IDLE, 12, by_ms);
        return CODE(5, 0);
    }
    return NOT_ALLOWED;
}

static uint8_t take_package(struct walk_device *device,
                            const struct walk_stimulus *stimulus,
                            uint64_t by_ms)
{
    unsigned self = stimulus->instance;
    struct walk_component *component = &device->components[self];

    switch (component->real.state) {
    case WALK_IDLE:
        if (is_busy_elsewhere(device, self) && rather(device, 25)) {
            return busy(device, component, self, by_ms);
        }
        if (rather(device, 5)) { /* Size1 says it already */
            enter(device, component, WALK_IDLE, 2, by_ms);
            return CODE(4, 13);
        }
        return begin_push(device, stimulus, by_ms);
    case WALK_DOWNLOADING:
        if (component->work == WORK_PUSH) { /* */
            return rather(device, 40) ? refusal(device)
                                      : begin_push(device, stimulus, by_ms);
        }
        return rather(device, 15) ? begin_push(device, stimulus, by_ms)
                                  : no_trigger(device, stimulus);
    default:
        return no_trigger(device, stimulus);
    }
}

static uint8_t take_block(struct walk_device *device,
                          const struct walk_stimulus *stimulus, uint64_t by_ms)
{
    struct walk_component *component = &device->components[stimulus->instance];

    if (component->work != WORK_PUSH) {
        return component->real.state == WALK_IDLE || !rather(device, 20)
                   ? CODE(4, 8)
                   : taken(stimulus);
    }
    if (stimulus->kind == WALK_LAST) {
        return finish(device, stimulus->instance, by_ms);
    }
    if (rather(device, 8)) {
        int result = PICK(device, 2, 3, 5, 6);
        stop(component);
        enter(device, component, WALK_IDLE, result, by_ms);
        return error_code(result);
    }
    component->due_ms = device->now_ms + ABANDON_MS;
    return CONTINUE;
}

static uint8_t begin_pull(struct walk_device *device, unsigned self,
                          unsigned parts, uint64_t by_ms)
{
    struct walk_component *component = &device->components[self];

    stop(component);
    component->work = WORK_PULL;
    component->parts = parts;
    component->is_queued = is_busy_elsewhere(device, self);
    component->due_ms = device->now_ms + walk_roll(&device->dice, DOWNLOAD_MS);
    enter(device, component, WALK_DOWNLOADING, 0, by_ms);
    return CREATED_CHANGED;
}

/** ST-07 to 10. */
static uint8_t take_uri_in_idle(struct walk_device *device,
                                const struct walk_stimulus *stimulus,
                                uint64_t by_ms)
{
    unsigned self = stimulus->instance;
    struct walk_component *component = &device->components[self];

    if (device->is_push_only) {
        if (rather(device, 30)) {
            enter(device, component, WALK_IDLE, 9, by_ms);
        }
        return NOT_ALLOWED;
    }
    if (is_busy_elsewhere(device, self) && rather(device, 20)) {
        return busy(device, component, self, by_ms);
    }
    if (rather(device, 15)) {
        int result = lax(device, 10) ? 8 : PICK(device, 7, 9, 4, 6);
        bool is_late = rather(device, 50);
        if (is_late) {
            enter(device, component, WALK_DOWNLOADING, 0, by_ms);
        }
        enter(device, component, WALK_IDLE, result, by_ms);
        return is_late || rather(device, 50) ? CREATED_CHANGED : CODE(4, 0);
    }
    return rather(device, 5) ? CODE(4, 0) /* */
                             : begin_pull(device, self, stimulus->parts, by_ms);
}

static uint8_t take_uri(struct walk_device *device,
                        const struct walk_stimulus *stimulus, uint64_t by_ms)
{
    switch (device->components[stimulus->instance].real.state) {
    case WALK_IDLE:
        return take_uri_in_idle(device, stimulus, by_ms);
    case WALK_DOWNLOADING:
        if (!device->is_push_only && rather(device, 15)) {
            return begin_pull(device, stimulus->instance, stimulus->parts,
                              by_ms);
        }
        return no_trigger(device, stimulus);
    default:
        return no_trigger(device, stimulus);
    }
}

/* Resets: ST-05, 28, 40, 52. */

static uint8_t take_reset(struct walk_device *device,
                          const struct walk_stimulus *stimulus, uint64_t by_ms)
{
    struct walk_component *component = &device->components[stimulus->instance];
    int result = lax(device, 15) ? 10 : 0;

    switch (component->real.state) {
    case WALK_IDLE:
        if (lax(device, 15)) {
            return CREATED_CHANGED; /* the old R kept */
        }
        if (lax(device, 10)) {
            result = PICK(device, 6, 8);
            enter(device, component, WALK_IDLE, result, by_ms);
            return rather(device, 50) ? error_code(result) : CREATED_CHANGED;
        }
        if (rather(device, 10)) {
            return refusal(device);
        }
        result = 0;
        break;
    case WALK_DOWNLOADING:
        if (component->is_hidden && device->is_strict) {
            if (rather(device, 40)) { /* who shows Idle is judged as Idle */
                return refusal(device);
            }
        } else if (rather(device, 40)) {
            return no_trigger(device, stimulus);
        }
        break;
    case WALK_UPDATING:
        if (device->cooperates || rather(device, 80)) {
            return no_trigger(device, stimulus);
        }
        break;
    default:
        break;
    }
    stop(component);
    enter(device, component, WALK_IDLE, result, by_ms);
    return CREATED_CHANGED;
}

/** ST-06; A-05: any outcome that is a legal pair. */
static uint8_t take_zero(struct walk_device *device,
                         const struct walk_stimulus *stimulus, uint64_t by_ms)
{
    struct walk_component *component = &device->components[stimulus->instance];

    if (component->real.state == WALK_UPDATING || !rather(device, 60)) {
        return no_trigger(device, stimulus);
    }
    if (component->real.state == WALK_IDLE && rather(device, 10)) {
        enter(device, component, WALK_DOWNLOADED, 0, by_ms);
        return CREATED_CHANGED;
    }
    int result = PICK(device, 0, 0, 2, 4, 5, 6, 7, 8);
    stop(component);
    enter(device, component, WALK_IDLE, result, by_ms);
    return result == 0 || rather(device, 50) ? CREATED_CHANGED
                                             : error_code(result);
}

/* Update: ST-12, 29, 32 to 37, 50. */

static void start(struct walk_device *device, unsigned self, uint64_t by_ms)
{
    struct walk_component *component = &device->components[self];
    unsigned batch = component->batch;

    stop(component);
    component->work = WORK_UPDATE;
    component->due_ms =
        device->now_ms + 200 + walk_roll(&device->dice, INSTALL_MS);
    enter(device, component, WALK_UPDATING, 0, by_ms);
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        struct walk_component *other = &device->components[i];
        if (i == self || (batch & 1u << i) == 0 ||
            other->real.state != WALK_DOWNLOADED) {
            continue;
        }
        if (rather(device, 50)) { /* later */
            other->work = WORK_WAITING;
            other->batch = 0;
            other->due_ms =
                device->now_ms + walk_roll(&device->dice, INSTALL_MS);
        } else {
            other->batch = 0;
            start(device, i, by_ms);
        }
    }
}

/** ST-35, 36. Who refuses an Update does not begin it. */
static uint8_t fail_dependency(struct walk_device *device, unsigned self,
                               unsigned culprits, uint64_t by_ms)
{
    struct walk_component *component = &device->components[self];
    bool is_refused = rather(device, 30);

    stop(component);
    if (!is_refused && rather(device, 30)) {
        enter(device, component, WALK_UPDATING, 0, by_ms);
    }
    component->real.culprits = culprits;
    enter(device, component, rather(device, 40) ? WALK_IDLE : WALK_DOWNLOADED,
          13, by_ms);
    return is_refused ? NOT_ALLOWED : CREATED_CHANGED;
}

static void defer(struct walk_device *device, struct walk_component *component,
                  unsigned batch, uint64_t by_ms)
{
    stop(component);
    component->work = WORK_DEFERRED;
    component->batch = batch;
    component->due_ms =
        rather(device, 50)
            ? device->now_ms + walk_roll(&device->dice, 2 * INSTALL_MS)
            : WALK_NEVER;
    if (rather(device, 30)) { /* */
        enter(device, component, WALK_UPDATING, 0, by_ms);
    }
    enter(device, component, WALK_DOWNLOADED, 11, by_ms);
}

static uint8_t take_update(struct walk_device *device,
                           const struct walk_stimulus *stimulus, uint64_t by_ms)
{
    unsigned self = stimulus->instance;
    struct walk_component *component = &device->components[self];
    unsigned batch =
        stimulus->form == WALK_NO_ARGUMENT ? walk_device_links(device, self)
        : stimulus->form == WALK_LIST      ? stimulus->list & ~(1u << self)
                                           : 0;
    unsigned missing = 0;

    if (component->real.state != WALK_DOWNLOADED) {
        return refusal(device);
    }
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        if ((batch & 1u << i) != 0 &&
            device->components[i].real.state != WALK_DOWNLOADED) {
            missing |= 1u << i;
        }
    }
    if (stimulus->form == WALK_LIST && missing != 0) {
        if (lax(device, 30)) {
            return NOT_ALLOWED; /* */
        }
        return fail_dependency(device, self, missing, by_ms);
    }
    batch &= ~missing;
    if (rather(device, 12)) {
        return fail_dependency(device, self, some_others(device, self), by_ms);
    }
    if (rather(device, 15)) {
        defer(device, component, batch, by_ms);
    } else {
        component->batch = batch;
        start(device, self, by_ms);
    }
    return CREATED_CHANGED;
}

/** ST-46 to 49, and the version that runs on trial before. */
static void finish_update(struct walk_device *device, unsigned self,
                          uint64_t by_ms)
{
    static const struct {
        int state;
        int result;
    } failures[] = { { WALK_IDLE, 8 },
                     { WALK_DOWNLOADED, 8 },
                     { WALK_IDLE, 5 },
                     { WALK_IDLE, 13 },
                     { WALK_DOWNLOADED, 13 } };
    struct walk_component *component = &device->components[self];
    unsigned version = component->real.version;

    stop(component);
    if (rather(device, 15)) { /* the new one runs, Updating is still shown */
        component->real.version = version + 1;
        enter(device, component, WALK_UPDATING, 0, by_ms);
    }
    if (!rather(device, 45)) {
        component->real.version = version + (rather(device, 10) ? 0 : 1);
        enter(device, component, WALK_IDLE, 1, by_ms);
        return;
    }
    size_t row = walk_roll(&device->dice, sizeof(failures) / sizeof(*failures));
    bool keeps = failures[row].result == 5 && lax(device, 50); /* */
    component->real.version = version;
    component->real.culprits = some_others(device, self);
    enter(device, component, keeps ? WALK_DOWNLOADED : failures[row].state,
          failures[row].result, by_ms);
}

/* Cancel: ST-13, 14, 30, 41, 51. */

static uint8_t take_cancel(struct walk_device *device,
                           const struct walk_stimulus *stimulus, uint64_t by_ms)
{
    struct walk_component *component = &device->components[stimulus->instance];

    switch (component->real.state) {
    case WALK_IDLE:
        if (component->real.result == 1 || !rather(device, 20)) {
            return NOT_ALLOWED;
        }
        break; /* */
    case WALK_UPDATING:
        return NOT_ALLOWED;
    case WALK_DOWNLOADING:
        if (component->is_hidden && rather(device, 40)) {
            return NOT_ALLOWED; /* it shows Idle */
        }
        if (component->is_queued &&
            is_busy_elsewhere(device, stimulus->instance) && lax(device, 40)) {
            return CREATED_CHANGED; /* */
        }
        break;
    default:
        break;
    }
    stop(component);
    enter(device, component, WALK_IDLE, 10, by_ms);
    return CREATED_CHANGED;
}

uint8_t walk_device_take(struct walk_device *device,
                         const struct walk_stimulus *stimulus, uint64_t by_ms)
{
    switch (stimulus->kind) {
    case WALK_WHOLE:
    case WALK_FIRST:
        return take_package(device, stimulus, by_ms);
    case WALK_NEXT:
    case WALK_LAST:
        return take_block(device, stimulus, by_ms);
    case WALK_NULL:
    case WALK_URI_EMPTY:
        return take_reset(device, stimulus, by_ms);
    case WALK_ZERO:
        return take_zero(device, stimulus, by_ms);
    case WALK_URI:
        return take_uri(device, stimulus, by_ms);
    case WALK_UPDATE:
        return take_update(device, stimulus, by_ms);
    case WALK_CANCEL:
        return take_cancel(device, stimulus, by_ms);
    case WALK_REBOOT:
        if (rather(device, 10)) {
            return NOT_ALLOWED;
        }
        device->wants_reboot = true;
        return CREATED_CHANGED;
    case WALK_KINDS:
        break;
    }
    return CODE(5, 1);
}

/* Reboots: ST-31, 45, 53; A-17. */

static void boot_download(struct walk_device *device,
                          struct walk_component *component, uint64_t now_ms)
{
    uint64_t due_ms = now_ms + walk_roll(&device->dice, DOWNLOAD_MS);

    if (component->is_hidden) { /* nothing but Idle was ever shown */
        int kept = component->real.result;
        int result = PICK(device, 0, 4, kept);
        stop(component);
        enter(device, component, WALK_IDLE, result, now_ms);
    } else if (component->work == WORK_PULL && !rather(device, 60)) {
        component->due_ms = due_ms;
    } else {
        int result = PICK(device, 0, 4, 0, 4, 10);
        stop(component);
        enter(device, component, WALK_IDLE, result, now_ms);
    }
}

static void boot_downloaded(struct walk_device *device,
                            struct walk_component *component, uint64_t now_ms)
{
    int result = component->real.result;

    if (device->forgets && rather(device, 60)) {
        result = PICK(device, 0, 0, 0, 4, 8, 10, 13, result);
        stop(component);
        component->real.culprits = 0;
        enter(device, component, WALK_IDLE, result, now_ms);
    } else if (rather(device, 30)) { /* a deferral goes on */
        enter(device, component, WALK_DOWNLOADED, 0, now_ms);
    }
}

static void boot_update(struct walk_device *device, unsigned self,
                        uint64_t now_ms)
{
    struct walk_component *component = &device->components[self];

    if (rather(device, 20)) { /* AFU-165 */
        stop(component);
        enter(device, component, PICK(device, WALK_IDLE, WALK_DOWNLOADED), 0,
              now_ms);
    } else if (rather(device, 50)) {
        finish_update(device, self, now_ms);
    } else {
        component->due_ms = now_ms + walk_roll(&device->dice, INSTALL_MS);
    }
}

void walk_device_boot(struct walk_device *device)
{
    uint64_t now_ms = device->now_ms;

    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        struct walk_component *component = &device->components[i];
        component->change_count = 0;
        switch (component->real.state) {
        case WALK_IDLE:
            if (rather(device, 25)) {
                enter(device, component, WALK_IDLE, 0, now_ms);
            }
            break;
        case WALK_DOWNLOADING:
            boot_download(device, component, now_ms);
            break;
        case WALK_DOWNLOADED:
            boot_downloaded(device, component, now_ms);
            break;
        default:
            boot_update(device, i, now_ms);
            break;
        }
        walk_device_settle(device, i);
    }
}

/* Time. */

uint64_t walk_device_due(const struct walk_device *device)
{
    uint64_t due_ms = WALK_NEVER;

    for (size_t i = 0; i < WALK_COMPONENTS; i++) {
        if (!device->is_down && device->components[i].due_ms < due_ms) {
            due_ms = device->components[i].due_ms;
        }
    }
    return due_ms;
}

static void end_work(struct walk_device *device, unsigned self)
{
    struct walk_component *component = &device->components[self];
    uint64_t by_ms = device->now_ms + walk_roll(&device->dice, WALK_STATE_MS);

    switch (component->work) {
    case WORK_PUSH: /* abandoned */
        stop(component);
        enter(device, component, WALK_IDLE, 4, by_ms);
        break;
    case WORK_PULL:
        (void)finish(device, self, by_ms);
        break;
    case WORK_DEFERRED:
    case WORK_WAITING:
        start(device, self, by_ms);
        break;
    case WORK_UPDATE:
        if (rather(device, 15)) {
            component->due_ms = WALK_NEVER; /* goes on after it */
            device->wants_reboot = true;
        } else {
            finish_update(device, self, by_ms);
        }
        break;
    case WORK_NONE:
        component->due_ms = WALK_NEVER;
        break;
    }
}

void walk_device_advance(struct walk_device *device, uint64_t now_ms)
{
    unsigned next = WALK_COMPONENTS;

    do {
        next = WALK_COMPONENTS;
        for (unsigned i = 0; i < WALK_COMPONENTS && !device->is_down; i++) {
            uint64_t due_ms = device->components[i].due_ms;
            if (due_ms <= now_ms &&
                (next == WALK_COMPONENTS ||
                 due_ms < device->components[next].due_ms)) {
                next = i;
            }
        }
        if (next < WALK_COMPONENTS) {
            if (device->components[next].due_ms > device->now_ms) {
                device->now_ms = device->components[next].due_ms;
            }
            end_work(device, next);
        }
    } while (next < WALK_COMPONENTS);
    device->now_ms = now_ms;
    for (size_t i = 0; i < WALK_COMPONENTS; i++) {
        follow(&device->components[i], now_ms);
    }
}
