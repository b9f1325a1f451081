/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_CONSOLE_PRIVATE_H
#define SCENARIOS_ENGINE_CONSOLE_PRIVATE_H

/*
 * Private to scenarios/engine: where a campaign asks its console, if it has
 * one. All of it is called from the server's one callback.
 */
#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/console.h"

/** A device's event: finds the lane, or makes one for a new device. */
void console_take_device(struct campaign *campaign,
                         const struct server_event *event);
void console_take_input(struct campaign *campaign, uint64_t watch);
void console_take_signal(struct campaign *campaign, int number);
/** The time to register is over. */
void console_take_register_end(struct campaign *campaign);
/** What ran on the lane is released: keep the requests that opened
 *  observations, so that later notifications can be understood. */
void console_keep_observations(struct lane *lane);
/** After each event: sessions begin, commands end. */
void console_advance(struct campaign *campaign);

#endif
