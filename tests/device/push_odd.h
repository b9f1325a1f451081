/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_PUSH_ODD_H
#define TESTS_DEVICE_PUSH_ODD_H

/*
 * What mutants and variants make of a push: of blocks that do not follow each
 * other, of a first block while a push is open, and of one that never ends.
 * Spec: AFU-040, AFU-046, AFU-047, AFU-049; A-16.
 */
#include "tests/device/firmware.h"

/** A Write to Package: one block, or everything. */
struct push_part {
    size_t offset;
    bool more;
    const uint8_t *bytes;
    size_t length;
};

/** Answer it instead of the device. @return false: the device does */
bool push_odd_answers(struct firmware *firmware, uint16_t instance,
                      const struct push_part *part, uint64_t now_ms,
                      uint8_t *out_code);
/** Whether a push may begin where the device would refuse it. */
bool push_odd_begins(const struct firmware *firmware, uint16_t instance);
/** Whether a first block goes on with the push that is open, and a later one
 *  begins a push. */
bool push_odd_goes_on(const struct firmware *firmware, uint16_t instance);
bool push_odd_begins_late(const struct firmware *firmware);
/** Where the block is taken to belong. */
size_t push_odd_offset(const struct firmware *firmware, uint16_t instance,
                       const struct push_part *part);
/** What a block is answered that was there before, and one behind a gap. */
uint8_t push_odd_repeat_code(const struct firmware *firmware);
uint8_t push_odd_gap_code(const struct firmware *firmware, bool more);
/** Everything came: what is looked at may be something else.
 *  @return false when the device waits for more */
bool push_odd_completes(struct firmware *firmware, uint16_t instance);
/** Whether a wrong checksum is found while updating only. */
bool push_odd_looks_late(const struct firmware *firmware);
/** Whether a package with an unknown mark is taken for one of its own. */
bool push_odd_takes_foreign(const struct firmware *firmware,
                            const struct component *component);
/** Update Result of a package that takes all RAM. */
int push_odd_no_ram(const struct firmware *firmware);
/** Update Result of what is larger than the storage. */
int push_odd_too_big(const struct firmware *firmware);
/** How long nothing may come. */
uint64_t push_odd_deadline(const struct firmware *firmware, uint64_t now_ms);
/** A reset, or Cancel: true when it has done it all. */
bool push_odd_resets(struct firmware *firmware, uint16_t instance);
bool push_odd_cancels(struct firmware *firmware, uint16_t instance,
                      uint8_t *out_code);
/** Nothing came for too long: true when it has done it all. */
bool push_odd_abandoned(struct firmware *firmware, uint16_t instance);
/** Whether a push is in Downloading after a reboot, too. */
bool push_odd_survives(const struct firmware *firmware);
/** A Package URI comes while the push is open. */
void push_odd_uri(struct firmware *firmware, uint16_t instance);
/** An observer is told something. */
void push_odd_told(struct firmware *firmware);
/** Something was read. */
void push_odd_read(struct firmware *firmware);

#endif
