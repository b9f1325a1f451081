/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_PRELUDE_H
#define SCENARIOS_ENGINE_PRELUDE_H

/*
 * Private to scenarios/engine: what a server's personality does before a
 * package, one request after the other. Whatever the device answers, the
 * package follows.
 */
#include "scenarios/engine/run_private.h"

/** Begin, or go on behind the request that ended by `event`.
 *  @return false: nothing is left to do, the package may go out */
bool prelude_begin(struct run *run, struct run_transfer *transfer);
bool prelude_take(struct run *run, struct run_transfer *transfer,
                  const struct journal_event *event);
/** The case is over: what was observed is cancelled, passively. */
void prelude_release(struct run *run);

#endif
