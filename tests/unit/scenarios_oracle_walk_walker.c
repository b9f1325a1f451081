/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/scenarios_oracle_walk_walker.h"

#include <stdlib.h>
#include <string.h>

enum {
    QUICK_MS = 150,
    SLOW_MS = 8000,
    GIVE_UP_MS = 20000, /* a request without an answer */
    QUIET_MS = 60000,   /* longer than everything a device does by itself */
};

bool walk_init(struct walk *walk, const struct definitions *definitions,
               uint64_t seed, bool is_strict)
{
    memset(walk, 0, sizeof(*walk));
    walk_device_init(&walk->device, seed, is_strict);
    walk->dice.seed = seed ^ UINT64_C(0x5bd1e9955bd1e995);
    walk->now_ms = 1000;
    walk->device.now_ms = 1000;
    return walk_feed_init(&walk->feed, definitions, is_strict,
                          walk->device.persists);
}

void walk_release(struct walk *walk)
{
    walk_feed_release(&walk->feed);
}

static bool chance(struct walk *walk, uint32_t percent)
{
    return walk_roll(&walk->dice, 100) < percent;
}

static uint64_t delay(struct walk *walk)
{
    return walk->is_calm      ? 1
           : chance(walk, 10) ? 1 + walk_roll(&walk->dice, SLOW_MS)
                              : 1 + walk_roll(&walk->dice, QUICK_MS);
}

static bool is_lost(struct walk *walk)
{
    return !walk->is_calm && chance(walk, 3);
}

static struct walk_pending *post(struct walk *walk,
                                 const struct walk_pending *pending)
{
    if (walk->pending_count == WALK_PENDING_MAX) {
        abort(); /* the walk asks faster than the network forgets */
    }
    struct walk_pending *slot = &walk->pending[walk->pending_count++];
    *slot = *pending;
    slot->order = ++walk->next_order;
    return slot;
}

void walk_view_now(const struct walk *walk, struct walk_view *out_view)
{
    memset(out_view, 0, sizeof(*out_view));
    out_view->link_object = 33629;
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        out_view->faces[i] = walk->device.components[i].face;
        out_view->links[i] = walk_device_links(&walk->device, i);
    }
}

/* What arrives. */

static void lose(struct walk *walk, uint64_t id)
{
    (void)post(walk, &(struct walk_pending){
                         .kind = PENDING_LOSS,
                         .at_ms = walk->now_ms + GIVE_UP_MS +
                                  walk_roll(&walk->dice, GIVE_UP_MS),
                         .id = id });
}

static void arrive(struct walk *walk, const struct walk_pending *pending)
{
    const struct walk_stimulus *stimulus = &pending->stimulus;
    uint64_t answered_ms = walk->now_ms + delay(walk);
    bool lost = is_lost(walk);

    if (walk->device.is_down || is_lost(walk)) {
        lose(walk, pending->id);
        return;
    }
    if (answered_ms < walk->answered_ms) {
        answered_ms = walk->answered_ms;
    }
    uint64_t by_ms = (lost ? walk->now_ms : answered_ms) + WALK_STATE_MS;
    if (by_ms < walk->answered_ms + WALK_STATE_MS) {
        by_ms = walk->answered_ms + WALK_STATE_MS;
    }
    uint8_t code = walk_device_take(&walk->device, stimulus, by_ms);
    if (stimulus->kind == WALK_FIRST || stimulus->kind == WALK_NEXT) {
        walk->is_pushing[stimulus->instance] = code >> 5 == 2;
    } else if (stimulus->kind != WALK_REBOOT) {
        walk->is_pushing[stimulus->instance] = false;
    }
    if (lost) {
        lose(walk, pending->id);
        return;
    }
    walk->answered_ms = answered_ms;
    (void)post(walk, &(struct walk_pending){ .kind = PENDING_ANSWER,
                                             .at_ms = answered_ms,
                                             .id = pending->id,
                                             .code = code });
}

static void sample(struct walk *walk, const struct walk_pending *pending)
{
    struct walk_pending view = { .kind = PENDING_VIEW,
                                 .at_ms = walk->now_ms + delay(walk),
                                 .id = pending->id,
                                 .target = pending->target };

    if (walk->device.is_down || is_lost(walk)) {
        lose(walk, pending->id);
        return;
    }
    walk_view_now(walk, &view.view);
    for (size_t i = 0; pending->observes && i < WALK_OBSERVATIONS_MAX; i++) {
        if (walk->observations[i].id == 0) {
            walk->observations[i] =
                (struct walk_observation){ pending->id, pending->target,
                                           view.view, view.at_ms };
            break;
        }
    }
    (void)post(walk, &view);
}

/** The session is gone, and with it all that was under way. */
static void come_up(struct walk *walk)
{
    size_t kept = 0;

    walk->device.is_down = false;
    walk_device_boot(&walk->device);
    memset(walk->observations, 0, sizeof(walk->observations));
    memset(walk->is_pushing, 0, sizeof(walk->is_pushing));
    for (size_t i = 0; i < walk->pending_count; i++) {
        const struct walk_pending pending = walk->pending[i];
        if (pending.kind == PENDING_DOWN) {
            walk->pending[kept++] = pending;
        } else if (pending.kind != PENDING_NOTIFY) {
            walk_feed_event(&walk->feed, walk->now_ms, pending.id,
                            SERVER_SESSION_LOST);
        }
    }
    walk->pending_count = kept;
    walk->arrived_ms = walk->now_ms;
    walk->answered_ms = walk->now_ms;
    walk_feed_event(&walk->feed, walk->now_ms, 0, SERVER_REGISTER);
}

/** What the tester knows now. */
static void tell(struct walk *walk, const struct walk_pending *pending)
{
    for (int i = 0; i < WALK_COMPONENTS; i++) {
        if (pending->target.resource < 0 &&
            (pending->target.instance < 0 || pending->target.instance == i)) {
            walk->device.components[i].told = pending->view.faces[i];
        }
    }
}

static void take(struct walk *walk, const struct walk_pending *pending)
{
    switch (pending->kind) {
    case PENDING_ARRIVE:
        arrive(walk, pending);
        break;
    case PENDING_SAMPLE:
        sample(walk, pending);
        break;
    case PENDING_ANSWER:
        walk_feed_answer(&walk->feed, walk->now_ms, pending->id, pending->code);
        break;
    case PENDING_VIEW:
        tell(walk, pending);
        /* fall through */
    case PENDING_NOTIFY:
        walk_feed_view(&walk->feed, walk->now_ms, pending->id, &pending->target,
                       &pending->view, pending->kind == PENDING_NOTIFY);
        break;
    case PENDING_LOSS:
        walk_feed_event(&walk->feed, walk->now_ms, pending->id, SERVER_TIMEOUT);
        break;
    case PENDING_DOWN:
        if (!walk->device.is_down) {
            walk->device.is_down = true;
            (void)post(walk, &(struct walk_pending){
                                 .kind = PENDING_UP,
                                 .at_ms = walk->now_ms + 500 +
                                          walk_roll(&walk->dice, SLOW_MS) });
        }
        break;
    case PENDING_UP:
        come_up(walk);
        break;
    }
}

/** Observers are told, but not of each change and not at once. */
static void notify(struct walk *walk)
{
    struct walk_view view;

    walk_view_now(walk, &view);
    for (size_t i = 0; i < WALK_OBSERVATIONS_MAX && !walk->device.is_down;
         i++) {
        struct walk_observation *seen = &walk->observations[i];
        if (seen->id == 0 || memcmp(&seen->last, &view, sizeof(view)) == 0 ||
            chance(walk, 30)) {
            continue;
        }
        seen->last = view;
        uint64_t at_ms = walk->now_ms + delay(walk);
        seen->notified_ms =
            at_ms > seen->notified_ms ? at_ms : seen->notified_ms;
        (void)post(walk, &(struct walk_pending){ .kind = PENDING_NOTIFY,
                                                 .at_ms = seen->notified_ms,
                                                 .id = seen->id,
                                                 .target = seen->target,
                                                 .view = view });
    }
}

/** What the file server sees. It ends a pull when the last block was given,
 *  which may be before the device has looked at it, or when it has waited for
 *  long enough. */
static void watch_pulls(struct walk *walk)
{
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        bool runs = walk->device.components[i].work == WORK_PULL;
        if (runs && chance(walk, 20)) {
            walk_feed_fetch(&walk->feed, walk->now_ms, i);
        }
        if (chance(walk, runs ? 10 : 50)) {
            walk_feed_end_pulls(&walk->feed, walk->now_ms, i);
        }
    }
}

static size_t first_pending(const struct walk *walk)
{
    size_t first = walk->pending_count;

    for (size_t i = 0; i < walk->pending_count; i++) {
        const struct walk_pending *a = &walk->pending[i];
        const struct walk_pending *b =
            first < walk->pending_count ? &walk->pending[first] : NULL;
        if (b == NULL || a->at_ms < b->at_ms ||
            (a->at_ms == b->at_ms && a->order < b->order)) {
            first = i;
        }
    }
    return first;
}

void walk_pass(struct walk *walk, uint64_t ms)
{
    uint64_t end_ms = walk->now_ms + ms;

    for (;;) {
        uint64_t due_ms = walk_device_due(&walk->device);
        size_t first = first_pending(walk);
        uint64_t at_ms = first < walk->pending_count
                             ? walk->pending[first].at_ms
                             : WALK_NEVER;
        uint64_t next_ms = due_ms < at_ms ? due_ms : at_ms;
        if (next_ms > end_ms) {
            break;
        }
        walk->now_ms = next_ms > walk->now_ms ? next_ms : walk->now_ms;
        walk_device_advance(&walk->device, walk->now_ms);
        if (at_ms <= walk->now_ms) {
            const struct walk_pending pending = walk->pending[first];
            walk->pending[first] = walk->pending[--walk->pending_count];
            take(walk, &pending);
        }
        if (walk->device.wants_reboot) {
            walk->device.wants_reboot = false;
            (void)post(walk, &(struct walk_pending){
                                 .kind = PENDING_DOWN,
                                 .at_ms = walk->now_ms +
                                          walk_roll(&walk->dice, 3000) });
        }
        notify(walk);
        watch_pulls(walk);
    }
    walk->now_ms = end_ms;
    walk_device_advance(&walk->device, end_ms);
}

void walk_calm(struct walk *walk)
{
    walk->is_calm = true;
    do {
        walk_pass(walk, QUIET_MS);
    } while (walk->pending_count > 0 ||
             walk_device_due(&walk->device) != WALK_NEVER);
    walk->device.cooperates = true;
}

/* What the tester does. */

void walk_ask(struct walk *walk, const struct walk_stimulus *stimulus)
{
    uint64_t id = ++walk->next_id;
    uint64_t at_ms = walk->now_ms + delay(walk);

    walk_feed_stimulus(&walk->feed, walk->now_ms, id, stimulus);
    walk->arrived_ms = at_ms > walk->arrived_ms ? at_ms : walk->arrived_ms;
    (void)post(walk, &(struct walk_pending){ .kind = PENDING_ARRIVE,
                                             .at_ms = walk->arrived_ms,
                                             .id = id,
                                             .stimulus = *stimulus });
}

void walk_read(struct walk *walk, int instance, int resource, bool observes)
{
    uint64_t id = ++walk->next_id;
    const struct walk_target target = { instance, resource };

    walk_feed_read(&walk->feed, walk->now_ms, id, &target, observes);
    (void)post(walk,
               &(struct walk_pending){ .kind = PENDING_SAMPLE,
                                       .at_ms = walk->now_ms + delay(walk),
                                       .id = id,
                                       .target = target,
                                       .observes = observes });
}

static void choose(struct walk *walk, struct walk_stimulus *stimulus)
{
    static const struct {
        enum walk_kind kind;
        uint32_t weight;
    } rows[] = {
        { WALK_WHOLE, 14 }, { WALK_FIRST, 9 },     { WALK_NEXT, 2 },
        { WALK_LAST, 2 },   { WALK_NULL, 6 },      { WALK_ZERO, 3 },
        { WALK_URI, 12 },   { WALK_URI_EMPTY, 6 }, { WALK_UPDATE, 20 },
        { WALK_CANCEL, 9 }, { WALK_REBOOT, 3 },
    };
    uint32_t total = 0;

    *stimulus = (struct walk_stimulus){
        .instance = walk_roll(&walk->dice, chance(walk, 60) ? 2 : 4)
    };
    stimulus->parts = 1u << stimulus->instance;
    if (chance(walk, 20)) {
        stimulus->parts |= walk_roll(&walk->dice, 1u << WALK_COMPONENTS);
    }
    stimulus->form = (enum walk_form)walk_roll(&walk->dice, 3);
    stimulus->list = walk_roll(&walk->dice, 1u << WALK_COMPONENTS) &
                     ~(1u << stimulus->instance);
    if (walk->is_pushing[stimulus->instance] && chance(walk, 70)) {
        stimulus->kind = chance(walk, 50) ? WALK_NEXT : WALK_LAST;
        return;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        total += rows[i].weight;
    }
    uint32_t at = walk_roll(&walk->dice, total);
    for (size_t i = 0; at < total; i++) {
        stimulus->kind = rows[i].kind;
        if (at < rows[i].weight) {
            return;
        }
        at -= rows[i].weight;
    }
}

static void look(struct walk *walk)
{
    int instance = (int)walk_roll(&walk->dice, WALK_COMPONENTS);

    switch (walk_roll(&walk->dice, 8)) {
    case 0:
        walk_read(walk, instance, 3, false);
        break;
    case 1:
        walk_read(walk, instance, 5, false);
        break;
    case 2:
        walk_read(walk, instance, -1, chance(walk, 30));
        break;
    case 3:
    case 4:
        walk_read(walk, -1, -1, chance(walk, 10));
        break;
    default:
        walk_read(walk, instance, -1, false);
        break;
    }
}

void walk_step(struct walk *walk)
{
    struct walk_stimulus stimulus;
    uint32_t looks = walk_roll(&walk->dice, 4);

    if (walk->pending_count > WALK_PENDING_MAX / 2) {
        walk_pass(walk, QUIET_MS);
    }
    choose(walk, &stimulus);
    walk_ask(walk, &stimulus);
    for (uint32_t i = 0; i <= looks; i++) {
        uint32_t pace = walk_roll(&walk->dice, 10);
        walk_pass(walk, walk_roll(&walk->dice, pace < 5   ? 300
                                               : pace < 9 ? 3000
                                                          : 20000));
        if (i < looks) {
            look(walk);
        }
    }
}
