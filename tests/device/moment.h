/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_MOMENT_H
#define TESTS_DEVICE_MOMENT_H

/*
 * A loss of power at a named moment: the device kills itself by SIGKILL, and
 * who watches over it starts it again. A hook of a profile arms that, by a file
 * beside the device's state, for the next time.
 */
#include <stdbool.h>

#include "tests/device/store.h"

#define MOMENT_LOOK_MS 50 /**< how often a device that is idle looks */

enum moment {
    MOMENT_DOWNLOADING, /**< some component is in Downloading */
    MOMENT_DOWNLOADED,
    MOMENT_UPDATING,
    MOMENT_BETWEEN, /**< one component of a batch is written, the next is not */
    MOMENT_COUNT
};

/*
 * Or at a moment that chance has chosen: "call-17" is the 17th change of the
 * disk since an Update began, "us-5000" is 5,000 microseconds after that. When
 * the boot that ends the update is over earlier, it is then.
 */

/** A device with this state begins: leave word whether it is watched. */
void moment_begin(struct store *store, bool is_watched);
/** Arm the device with this state folder, or say on stderr why not: one that
 *  nobody watches would not come back.
 *  @return the exit status of the program that was called for it */
int moment_arm(const char *folder, const char *name);
/** Kill this process if that is armed. */
void moment_reached(struct store *store, enum moment moment);

/** An Update begins: what chance has chosen counts from here. */
void moment_update_begins(struct store *store);
/** The boot is over: what has counted in vain has its moment now. */
void moment_boot_over(const struct store *store);

/**
 * Watch over a device: start it, and again whenever SIGKILL ended it.
 *
 * @param out_status  of the watcher, when there is nothing left to watch
 * @return true in the device itself, each time
 */
bool moment_watch(int *out_status);

#endif
