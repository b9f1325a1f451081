/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_WATCH_H
#define TESTS_DEVICE_WATCH_H

/*
 * When an observer is told: conditions and periods of the notification
 * attributes. Has no clock of its own. Spec: lwm2m-core.md, section 4.2.
 */
#include <stdbool.h>
#include <stdint.h>

#include "tests/device/attributes.h"

#define WATCH_NEVER UINT64_MAX

/** What is observed, at some moment. */
struct watch_sample {
    bool differs;    /**< from what the observer was told last */
    bool has_number; /**< it is one number, or one Boolean as 0 or 1 */
    bool is_boolean;
    double number;
};

/** What counts for one observation. */
struct watch_rules {
    struct attributes attributes;
    unsigned version;   /**< of LwM2M: gt and lt have a direction since 1.2 */
    double pmin_s;      /**< without the attribute */
    double pmax_s;      /**< the same; 0: none */
    bool ignores_steps; /**< a mutant: gt, lt, st, edge */
};

struct watch {
    uint64_t told_ms;   /**< the last notification, or the first answer */
    uint64_t looked_ms; /**< the value was looked at */
    bool is_due;        /**< a condition was met; it waits for pmin */
    bool is_unseen;     /**< a change that epmin keeps from being looked at */
    double seen;
    double told;
};

/** The first answer has told `sample`. */
void watch_begin(struct watch *watch, const struct watch_sample *sample,
                 uint64_t now_ms);
/** Look at the value. @return whether the observer is to be told now */
bool watch_look(struct watch *watch, const struct watch_rules *rules,
                const struct watch_sample *sample, uint64_t now_ms);
/** The observer was told. */
void watch_tell(struct watch *watch, const struct watch_sample *sample,
                uint64_t now_ms);
/** When watch_look() wants to be called though nothing changes. */
uint64_t watch_deadline(const struct watch *watch,
                        const struct watch_rules *rules);

#endif
