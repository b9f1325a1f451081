/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/watch.h"

/** The period in milliseconds, `otherwise` (in seconds) when it is not set. */
static uint64_t period(const struct attributes *attributes,
                       enum attribute which, double otherwise)
{
    double seconds = attributes_have(attributes, which)
                         ? attributes->values[which]
                         : otherwise;

    return (uint64_t)seconds * 1000;
}

static uint64_t pmin_ms(const struct watch_rules *rules)
{
    return period(&rules->attributes, ATTRIBUTE_PMIN, rules->pmin_s);
}

/** 0: none; one below pmin does not count. */
static uint64_t pmax_ms(const struct watch_rules *rules)
{
    uint64_t pmax = period(&rules->attributes, ATTRIBUTE_PMAX, rules->pmax_s);

    return pmax < pmin_ms(rules) ? 0 : pmax;
}

/** Whether `from` and `to` are on both sides of the threshold; since 1.2 only
 *  upwards through gt and downwards through lt. */
static bool crosses(const struct watch_rules *rules, enum attribute which,
                    double from, double to)
{
    double threshold = rules->attributes.values[which];
    bool was_below =
        which == ATTRIBUTE_GT ? from <= threshold : from < threshold;
    bool is_below = which == ATTRIBUTE_GT ? to <= threshold : to < threshold;

    if (rules->version < 12) {
        return was_below != is_below;
    }
    return which == ATTRIBUTE_GT ? was_below && !is_below
                                 : !was_below && is_below;
}

static double distance(double a, double b)
{
    return a < b ? b - a : a - b;
}

static bool is_met(const struct watch *watch, const struct watch_rules *rules,
                   const struct watch_sample *sample)
{
    const struct attributes *set = &rules->attributes;
    double now = sample->number;
    bool edge = attributes_have(set, ATTRIBUTE_EDGE) && sample->is_boolean;
    bool gt = attributes_have(set, ATTRIBUTE_GT);
    bool lt = attributes_have(set, ATTRIBUTE_LT);
    bool st = attributes_have(set, ATTRIBUTE_ST);

    if (!(edge || gt || lt || st) || !sample->has_number ||
        rules->ignores_steps || !attributes_agree(set)) {
        return sample->differs;
    }
    return (gt && crosses(rules, ATTRIBUTE_GT, watch->seen, now)) ||
           (lt && crosses(rules, ATTRIBUTE_LT, watch->seen, now)) ||
           (st && distance(now, watch->told) >= set->values[ATTRIBUTE_ST] &&
            sample->differs) ||
           (edge && (watch->seen > 0) != (now > 0) &&
            (now > 0) == (set->values[ATTRIBUTE_EDGE] > 0));
}

void watch_begin(struct watch *watch, const struct watch_sample *sample,
                 uint64_t now_ms)
{
    *watch = (struct watch){ .looked_ms = now_ms, .seen = sample->number };
    watch_tell(watch, sample, now_ms);
}

bool watch_look(struct watch *watch, const struct watch_rules *rules,
                const struct watch_sample *sample, uint64_t now_ms)
{
    uint64_t epmin = period(&rules->attributes, ATTRIBUTE_EPMIN, 0);
    uint64_t pmax = pmax_ms(rules);
    bool is_late = pmax > 0 && now_ms >= watch->told_ms + pmax;

    if (!is_late && now_ms < watch->looked_ms + epmin) {
        watch->is_unseen = true;
        return false;
    }
    bool has_steps = attributes_have(&rules->attributes, ATTRIBUTE_GT) ||
                     attributes_have(&rules->attributes, ATTRIBUTE_LT) ||
                     attributes_have(&rules->attributes, ATTRIBUTE_ST) ||
                     attributes_have(&rules->attributes, ATTRIBUTE_EDGE);
    /* What crossed a threshold is told though it came back since; a plain
     * change that came back is none. */
    watch->is_due =
        (has_steps && watch->is_due) || is_met(watch, rules, sample);
    watch->seen = sample->number;
    watch->looked_ms = now_ms;
    watch->is_unseen = false;
    return is_late ||
           (watch->is_due && now_ms >= watch->told_ms + pmin_ms(rules));
}

void watch_tell(struct watch *watch, const struct watch_sample *sample,
                uint64_t now_ms)
{
    watch->told_ms = now_ms;
    watch->told = sample->number;
    watch->is_due = false;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t watch_deadline(const struct watch *watch,
                        const struct watch_rules *rules)
{
    uint64_t deadline = WATCH_NEVER;
    uint64_t pmax = pmax_ms(rules);

    if (pmax > 0) {
        deadline = watch->told_ms + pmax;
    }
    if (watch->is_due) {
        deadline = earlier(deadline, watch->told_ms + pmin_ms(rules));
    }
    if (watch->is_unseen) {
        deadline =
            earlier(deadline, watch->looked_ms + period(&rules->attributes,
                                                        ATTRIBUTE_EPMIN, 0));
    }
    if (attributes_have(&rules->attributes, ATTRIBUTE_EPMAX)) {
        deadline =
            earlier(deadline, watch->looked_ms + period(&rules->attributes,
                                                        ATTRIBUTE_EPMAX, 0));
    }
    return deadline;
}
