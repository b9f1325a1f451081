/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_TRANSFER_H
#define SCENARIOS_ENGINE_TRANSFER_H

/*
 * Private to scenarios/engine: transfer.c (what all transfers share),
 * transfer_push.c and transfer_pull.c, the two drivers.
 */
#include "scenarios/engine/run_private.h"

enum { TRANSFER_OBJECT = 33629 };

/** How a package gets to the device. */
struct transfer_driver {
    enum mechanism mechanism;
    /** Send the first message, or record the end of the transfer. */
    enum status (*start)(struct run *run, struct run_transfer *transfer,
                         struct reason *reason);
    /** Take one event of the run, whoever it is for. */
    void (*take)(struct run *run, struct run_transfer *transfer,
                 const struct journal_event *event);
    /** It will go on at another block. NULL: it cannot. */
    void (*shift)(struct run_transfer *transfer,
                  const struct delivery_shift *shift);
    /** A paused one goes on. */
    void (*resume)(struct run *run, struct run_transfer *transfer);
};
extern const struct transfer_driver transfer_push;
extern const struct transfer_driver transfer_pull;

/** Record the end and forget the transfer.
 *  @param code  of the device's last answer, 0 without one */
void transfer_end(struct run *run, struct run_transfer *transfer,
                  const char *outcome, uint8_t code);
/** It waits for transfer_driver.resume(); tells the step. */
void transfer_pause(struct run *run, struct run_transfer *transfer,
                    uint64_t offset);

#endif
