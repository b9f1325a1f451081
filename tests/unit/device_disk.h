/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_DEVICE_DISK_H
#define TESTS_UNIT_DEVICE_DISK_H

/*
 * A disk each of whose changing calls can be the last one or a refused one.
 * The linker wraps the calls (device_store.cmake), so that the device is not
 * changed for the test. Synchronisation is not done but watched.
 */

enum disk_fault {
    DISK_NONE,
    DISK_KILL,   /**< the process ends before the call */
    DISK_HALF,   /**< the same, but half of what a write has is written */
    DISK_REFUSE, /**< the call fails, once */
};

enum { DISK_KILLED = 99 }; /**< exit status of a process that was ended */

/** Count from 0 again; the `nth` call (from 1) meets the fault. */
void disk_arm(enum disk_fault fault, unsigned nth);
/** Calls since disk_arm(). */
unsigned disk_calls(void);
/** As if nothing had been written yet: a temporary folder keeps no rules. */
void disk_forget(void);
/**
 * What would be lost in a power cut though it is not in a kill: a rename of a
 * file whose bytes may still be in memory, or a removal that may reach the
 * disk before the rename it depends on.
 * @return NULL, or the first of these since the start
 */
const char *disk_broken_rule(void);

#endif
