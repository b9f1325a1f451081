/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_FIRMWARE_PARTS_H
#define TESTS_DEVICE_FIRMWARE_PARTS_H

/*
 * What firmware.c, download.c and update.c share. Nobody else includes it.
 */
#include "tests/device/firmware.h"

enum { APPLICATION = 0, TEE = 1 };

struct component *firmware_at(struct firmware *firmware, uint16_t instance);
/** State and Update Result; forgets culprits and a deferral. Does not write
 *  the record. */
void firmware_set_pair(struct firmware *firmware, uint16_t instance,
                       enum firmware_state state, int result);
/** Give up what a download has brought so far. */
void firmware_stop_receiving(struct component *component);
/** Forget the package in Downloaded or Updating. Does not write the record. */
void firmware_forget_package(struct component *component);
/** Remove its file; only after a record that does not name it is on disk. */
void firmware_remove_staged(struct firmware *firmware, uint16_t instance);
/** Forget the package, write the record, remove the file. */
void firmware_drop_package(struct firmware *firmware, uint16_t instance);
/** Idle with `result`: no download, no package. Writes the record. */
void firmware_to_idle(struct firmware *firmware, uint16_t instance, int result);
/** Whether another instance pulls, or is pushed to as well. */
bool firmware_others_fetch(const struct firmware *firmware, uint16_t instance,
                           bool or_receive);
/** A pull waits for another one that runs: for variants. */
bool firmware_is_queued(const struct firmware *firmware, uint16_t instance);
/** For mutants: what a Cancel leaves of pulls.
 *  @param fetch  number that the cancelled one had, or 0 */
void firmware_spoil_cancel(struct firmware *firmware, uint16_t instance,
                           unsigned fetch);
/** After a reboot in Downloading. */
void firmware_boot_fetch(struct firmware *firmware, uint16_t instance);
/** For mutants: the bytes are taken as they are. */
bool firmware_is_unchecked(const struct firmware *firmware, uint16_t instance);
/** Back to Idle by an empty Package URI or 0x00. @return the code */
uint8_t firmware_reset(struct firmware *firmware, uint16_t instance);
/** Take the next bytes. @return 2.31 to go on; else the download is over */
uint8_t firmware_receive(struct firmware *firmware, uint16_t instance,
                         size_t offset, bool more, const uint8_t *bytes,
                         size_t length, uint64_t now_ms);
/** Bytes behind those that have come. @return false: no memory */
bool firmware_append(struct component *component, const uint8_t *bytes,
                     size_t length);
/** Zeros behind them, up to `length` bytes in all. */
void firmware_fill(struct component *component, size_t length);
/** Everything was received: look at it, and take it or not.
 *  @return the code for the last block */
uint8_t firmware_finish_download(struct firmware *firmware, uint16_t instance);
/** Load all packages, or none of them when the disk refuses. */
bool firmware_stage_all(struct firmware *firmware,
                        const struct device_packages *packages);
/** The new slot is to run; one save of the record later it does. */
void firmware_switch_slot(struct firmware *firmware, uint16_t instance);
/** All trials succeed together or are rolled back together. */
void firmware_settle_trials(struct firmware *firmware);
/** These begin to update. */
void firmware_start_update(struct firmware *firmware, unsigned mask,
                           uint64_t now_ms);
/** Start an update of the mask that was asked for at `instance`, or refuse
 *  it. */
void firmware_attempt(struct firmware *firmware, uint16_t instance,
                      unsigned mask, uint64_t now_ms);
/** Whether an update runs. */
bool firmware_is_running(const struct firmware *firmware);
/** Bit i: instance i is Downloaded. */
unsigned firmware_ready(const struct firmware *firmware);
bool firmware_is_ready(const struct firmware *firmware, uint16_t instance);
/** A package for the instance has come or was installed: it is no longer the
 *  reason of a Result 13. */
void firmware_solve(struct firmware *firmware, uint16_t instance);
/** Whether in this batch the instance needs a newer version of the other. */
bool dependency_is_short(const struct firmware *firmware, unsigned batch,
                         uint16_t instance, uint16_t other);
/** Instances that keep the batch from being updated, seen from `instance`:
 *  what is missing, what is too old, and who would miss something. */
unsigned dependency_culprits(const struct firmware *firmware, unsigned batch,
                             uint16_t instance);
/** What mutants add to Linked and make of Conflicting Instances. */
unsigned dependency_mutant_links(const struct firmware *firmware,
                                 uint16_t instance);
unsigned dependency_mutant_conflicts(const struct firmware *firmware,
                                     uint16_t instance, unsigned mask);
/** Other instances in Downloaded that the batch needs with their packages. */
unsigned dependency_partners(const struct firmware *firmware, unsigned batch);

/* deferral.c */

/** An Update of the mask is to start: whether the user defers it. Then it is
 *  deferred. */
bool deferral_take(struct firmware *firmware, uint16_t instance, unsigned mask,
                   uint64_t now_ms);
/** Nothing is deferred any more. Does not write the record. */
void deferral_forget(struct firmware *firmware, uint16_t instance);
/** Whether the mutant refuses what comes while the instance is deferred. */
bool deferral_refuses(const struct firmware *firmware, uint16_t instance,
                      enum mutant mutant);
/** Whether a mutant takes no package because another one is deferred. */
bool deferral_blocks(const struct firmware *firmware, uint16_t instance);
/** After a boot. */
void deferral_resume(struct firmware *firmware, uint16_t instance,
                     uint64_t now_ms);
/** Start what is due, and when that will be. */
void deferral_tick(struct firmware *firmware, uint64_t now_ms);
uint64_t deferral_deadline(const struct firmware *firmware);

#endif
