/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_RESTART_H
#define TESTS_DEVICE_RESTART_H

/*
 * Mutants and variants of what a boot leaves, and of writes where there is
 * nothing to write. Spec: afu.md, AFU-045, AFU-062, AFU-163..166, A-04, A-37.
 */
#include "tests/device/firmware.h"

/** What a boot makes of what was kept.
 *  @param by_power  the program was started anew */
void restart_effects(struct firmware *firmware, bool by_power, uint64_t now_ms);
/** The message of a request that was carried out came once more. */
void restart_repeated(struct firmware *firmware);
/** Begin an update that nobody asked for. */
void restart_tick(struct firmware *firmware, uint64_t now_ms);
/** A Write to Package or Package URI in Updating.
 *  @param is_reset  0x00, or an empty URI
 *  @return its code; nothing else is to be done */
uint8_t restart_write(struct firmware *firmware, uint16_t instance,
                      bool is_reset);
/** A Write of the Object Instance, with what only the device may set: true
 *  when it was taken; `result` is the Update Result in it, or -1. */
bool restart_wide_write(struct firmware *firmware, uint16_t instance,
                        int result);
/** Whether PkgName is not there any more. */
bool restart_hides_name(const struct firmware *firmware, uint16_t instance);

#endif
